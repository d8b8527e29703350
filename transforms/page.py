"""One raw page to the rows of every table.

The ways of reading are tried in one order: what the portal's API says, the layouts valid on the day of fetching, the
data embedded in the page, the generic extractor. The first reading that passes `transforms.sanity` wins, and the rows
say which it was. Every page ends as an article with its rows, or as exactly one row of `rejects` that says why not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from transforms import duplicates, generic, places, provinces, sanity, tables
from transforms.analysis import Analysis, analyse
from transforms.dates import DateSpan
from transforms.layouts import choose
from transforms.layouts.base import BadPage, Page, Reading, parse, read_fragment, read_page, select
from transforms.layouts.nextjs import read_data
from transforms.layouts.sharepoint import API_CONTENT, API_DATE, API_LEAD, API_TITLE
from transforms.stamps import LOCAL, parse_stamp
from transforms.text import Decoded, NotText, clean, decode, flags_of, repair_fonts
from warehouse.addresses import AddressRules, canonical, is_article
from warehouse.contracts import PAGE_TABLES
from warehouse.ids import article_id, row_id
from warehouse.pages import RawPage
from warehouse.rejects import reject

MAX_BYTES: Final = 8 << 20
"""Bytes of a page that are still read; article pages have less than one twentieth of it."""
NOT_ARTICLES: Final = frozenset(
    [
        "gallery",
        "no_text",
        "listing",
        "soft_404",
        "not_vietnamese",
        "static",
        "other_address",
        "not_an_article",
        "no_title",
    ]
)
"""Reasons that say what a page is, as against those that say that it cannot be read."""
_PLANS: Final = re.compile(
    r"(?:sẽ|dự kiến|phấn đấu|mục tiêu|kế hoạch|định hướng|tầm nhìn|đến năm|giai đoạn|trước)\W", re.IGNORECASE
)
_PAST_KINDS: Final = frozenset(("day", "month", "quarter", "half", "part_year", "year", "cumulative", "open_start"))
_PLAN_WINDOW: Final = 60


@dataclass(frozen=True, slots=True)
class PageContext:
    """What the transforms need to know of a portal; plain facts, made from the portal's record."""

    portal: str
    scheme: str
    host: str
    family: str
    province: str | None = None
    """Slug of the province (division of 2008) that the portal speaks for; null for central portals."""
    article_pattern: str = ""
    """Regular expression that the path (with query) of an article's canonical address matches in full."""
    sections: Mapping[str, str] = field(default_factory=dict)
    """Path prefix or list id to section name, as the portal prints it."""
    layouts: tuple[tuple[str, str | None, str | None], ...] = ()
    """(layout, valid from, valid to) by ISO day of fetching; empty means the family's newest."""


@dataclass(slots=True)
class PageResult:
    """What one page gave."""

    outcome: str
    """`article`, `not_article` (a gallery, listing, static page) or `reject`."""
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Rows by table name, with the columns of `warehouse.contracts`."""
    layout: str | None = None
    fields: dict[str, bool] = field(default_factory=dict)
    """Which fields the layout's selectors found; what drift is judged by."""
    reason: str | None = None


class _Stop(Exception):
    """The page is no article; carries what its row of `rejects` says."""

    def __init__(self, stage: str, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.stage = stage
        self.reason = reason
        self.detail = detail


def transform(page: RawPage, context: PageContext) -> PageResult:
    """Return the rows that a page gives; never raises for what a page holds."""
    result = PageResult("reject")
    elsewhere = page.kind == "other" and (bool(page.hints.get("same_as")) or 300 <= page.status < 400)
    if page.kind not in ("article", "other") or page.status == 304 or elsewhere:
        # Listings and feeds are no articles, an unchanged page says nothing new, and a second address of an article
        # (or one that leads to another site) is not one of its own: none of them is a fault.
        result.outcome, result.reason = "not_article", "not_an_article" if page.status != 304 else "not_modified"
        result.tables = {name: [] for name in PAGE_TABLES}
        return result
    try:
        decoded = _decoded(page)
        tree = _tree(page, decoded)
        url = _identity(page, context, tree)
        reading = _read(page, context, tree, url, result)
        _check_identity(page, context, url, reading)
        result.tables = _rows(page, context, url, reading, [*decoded.flags])
    except _Stop as stop:
        result.outcome = "not_article" if stop.reason in NOT_ARTICLES else "reject"
        result.reason = stop.reason
        result.tables = {name: [] for name in PAGE_TABLES} | {"rejects": [_reject(page, stop)]}
        return result
    result.outcome = "article"
    return result


def _decoded(page: RawPage) -> Decoded:
    if page.error:
        raise _Stop("fetch", page.error, f"the page did not come: {page.error}")
    if page.status != 200:
        raise _Stop("fetch", f"http_{page.status}", f"the answer's status is {page.status}")
    body = page.body or b""
    if len(body) > MAX_BYTES:
        raise _Stop("decode", "too_large", f"the page has {len(body)} bytes, more than {MAX_BYTES}")
    try:
        return decode(body, page.headers)
    except NotText as error:
        raise _Stop("decode", error.reason, str(error)) from error


def _tree(page: RawPage, decoded: Decoded) -> Page:
    try:
        return parse(decoded.text, page.final_url or page.url, page.hints)
    except BadPage as error:
        raise _Stop("layout", error.reason, str(error)) from error


def _identity(page: RawPage, context: PageContext, tree: Page) -> str:
    """Return the article's address: the page's, or that of the article that it says it is.

    The hint `own` says that it is the page's: who fetched it saw a template that gives all pages the same one.
    """
    if not context.article_pattern or page.hints.get("own") is True:
        return page.url
    rules = AddressRules(context.scheme, context.host, article_pattern=context.article_pattern, keep_query=None)
    for link in select(tree, ("link[rel=canonical]",)):
        named = canonical(str(link.get("href") or ""), rules, base=tree.url)
        if named and named.casefold() != page.url.casefold() and is_article(named, rules):
            # A page kept from an address that the portal has left still calls itself by that address.
            left = canonical(page.requested_url, rules) == named
            return page.url if left else named
    return page.url


def _check_identity(page: RawPage, context: PageContext, url: str, reading: Reading) -> None:
    """A page read by no layout must at least lie where the portal's articles lie."""
    if not reading.generic or not context.article_pattern:
        return
    rules = AddressRules(
        context.scheme, context.host, article_pattern=context.article_pattern, keep_query=None, case_insensitive=True
    )
    if not is_article(url, rules):
        raise _Stop("layout", "other_address", "the address is not that of an article")


def _read(page: RawPage, context: PageContext, tree: Page, url: str, result: PageResult) -> Reading:
    """Read the page by the first way whose result passes the checks."""
    refused: list[tuple[str, sanity.Verdict]] = []
    try:
        for reading in _readings(page, context, tree, url):
            if not reading.generic and not result.fields:
                result.layout, result.fields = reading.way, reading.fields
            verdict = sanity.judge(reading)
            if verdict.ok:
                if not reading.generic:
                    result.layout, result.fields = reading.way, reading.fields
                return reading
            refused.append((reading.way, verdict))
            if verdict.reason in ("gallery", "too_long") and all(
                reading.fields.get(name) for name in ("title", "body")
            ):
                break
    except BadPage as error:
        raise _Stop("layout", error.reason, str(error)) from error
    # What the most trusted way that found anything says; a layout that found nothing says nothing.
    telling = [verdict for _, verdict in refused if verdict.reason != "no_title"] or [v for _, v in refused]
    if not telling:
        raise _Stop("layout", "no_text", "nothing on the page reads as an article")
    raise _Stop("layout", telling[0].reason, f"{telling[0].detail} (tried {', '.join(w for w, _ in refused)})")


def _readings(page: RawPage, context: PageContext, tree: Page, url: str) -> Iterator[Reading]:
    api = page.hints.get("api")
    if isinstance(api, Mapping) and isinstance(api.get(API_CONTENT), str) and api[API_CONTENT].strip():
        title = str(api.get(API_TITLE) or "").replace("##", " ")
        reading = read_fragment(
            f"{context.family}-api", title, str(api.get(API_LEAD) or ""), str(api[API_CONTENT]), tree.url
        )
        stamp = parse_stamp(str(api.get(API_DATE) or ""))
        if stamp:
            reading.stamps.append(("api", stamp))
        yield reading
    if context.family == "next":
        data = read_data(tree)
        if data is not None:
            yield data
    for layout in choose(context.family, context.layouts, page.fetched_at.astimezone(LOCAL).date()):
        yield read_page(layout, tree)
    yield from generic.readings(tree, url, addressed=bool(context.article_pattern))


@dataclass(frozen=True, slots=True)
class _Publication:
    at: datetime | None
    on: date | None
    evidence: str
    after: date | None
    before: date


def _publication(
    page: RawPage, url: str, reading: Reading, analysis: Analysis, text: str, flags: list[str]
) -> _Publication:
    fetched = page.fetched_at.astimezone(LOCAL).date()
    before = fetched
    stamps = reading.stamps
    if url != page.url:
        # What listings, feeds and the API say of a second address is when it was listed again there.
        again = [stamp.on for source, stamp in stamps if source not in ("page", "meta") and stamp.on <= fetched]
        stamps = [item for item in stamps if item[0] in ("page", "meta") and "date_from_listing" not in item[1].flags]
        before = min([before, *again])
    for source, stamp in stamps:
        if stamp.on > fetched + timedelta(days=1):
            flags.append("date_in_future")
            continue
        flags += [flag for flag in stamp.flags if flag not in flags]
        if any(abs((other.on - stamp.on).days) > 1 for name, other in stamps if name != source):
            flags.append("dates_disagree")
        return _Publication(stamp.at, stamp.on, source, stamp.on, stamp.on)
    after = _latest_told(analysis.dates, text, before)
    if reading.clock is not None and reading.clock < before:
        if after is not None and reading.clock < after:
            # The text tells of days after the page's clock: the clock is wrong, not the text.
            flags.append("clock_before_text")
        else:
            before = reading.clock
    return _Publication(None, None, "none", after, before)


def _latest_told(spans: list[DateSpan], text: str, until: date) -> date | None:
    """Return the first day of the latest period that the text tells of as past, at most `until`."""
    latest: date | None = None
    for span in spans:
        day = span.last if span.kind == "cumulative" else span.first
        if day is None or day > until or span.kind not in _PAST_KINDS or "impossible_date" in span.flags:
            continue
        if latest is not None and day <= latest:
            continue
        if _PLANS.search(text, max(0, span.start - _PLAN_WINDOW), span.start + 1):
            continue
        latest = day
    return latest


def _rows(
    page: RawPage, context: PageContext, url: str, reading: Reading, flags: list[str]
) -> dict[str, list[dict[str, Any]]]:
    title, lead, paragraphs = reading.title, reading.lead, reading.paragraphs
    text, repaired = repair_fonts("\n".join([title, *([lead] if lead else []), *paragraphs]))
    if repaired:
        flags += repaired
        lines = text.split("\n")
        title, lead = lines[0], lines[1] if lead else None
    first = next((stamp.on for _, stamp in reading.stamps if stamp.on <= page.fetched_at.date()), None)
    analysis = analyse(text, province=context.province, published=first)
    published = _publication(page, url, reading, analysis, text, flags)
    mentions = places.find(text, province=context.province, on=published.on)
    province = places.article_province(title, mentions, context.province)
    identity = article_id(context.portal, url)
    key = {
        "article_id": identity,
        "portal": context.portal,
        "year": (published.on or published.before).year,
    }
    flags += reading.flags + flags_of(text)
    article = {
        **key,
        "url": url,
        "title": title,
        "lead": lead,
        "text": text,
        "section": reading.section or _section(page, context, url),
        "tags": reading.tags,
        "author": reading.byline.author,
        "author_roles": list(reading.byline.roles),
        "credited_source": reading.byline.source,
        "published_at": published.at,
        "published_on": published.on,
        "published_evidence": published.evidence,
        "published_after": published.after,
        "published_before": published.before,
        "province": provinces.province_at(province, published.on or published.after),
        "province_now": provinces.successor(province),
        "extraction": "generic" if reading.generic else "layout",
        "layout": None if reading.generic else reading.way,
        "flags": sorted(set(flags)),
        "text_sha256": hashlib.sha256(text.encode("utf-8")).hexdigest(),
        "signature": duplicates.signature(text),
        "page_sha256": page.sha256 or hashlib.sha256(page.body or b"").hexdigest(),
        "package": f"raw/{page.portal}/{page.crawl}",
        "first_fetched_at": page.fetched_at,
        "fetched_at": page.fetched_at,
    }
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in PAGE_TABLES}
    found |= _analysed(analysis, key)
    found["articles"] = [article]
    found["places"] = [
        {"place_mention_id": row_id(identity, "place", place.start, place.end), **key, **place.row()}
        for place in mentions
    ]
    found["images"] = [
        {**key, "position": index, "url": picture.url, "caption": picture.caption}
        for index, picture in enumerate(reading.pictures)
    ]
    found["attachments"] = [
        {**key, "position": index, "name": file.name, "url": file.url} for index, file in enumerate(_unique(reading))
    ]
    found["table_cells"] = [{**key, **row} for row in tables.rows(reading.content.grids)]
    return found


def _analysed(analysis: Analysis, key: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of figures, citations and audits with their ids."""
    identity = key["article_id"]
    figures = []
    for figure in analysis.figures:
        row = figure.row()
        figures.append(
            {"figure_id": row_id(identity, "figure", row["start"], row["end"], row["writing"]), **key, **row}
        )
    citations = []
    for citation in analysis.citations:
        row = citation.row()
        citations.append({"citation_id": row_id(identity, "citation", row["start"], row["end"]), **key, **row})
    known = [row["figure_id"] for row in figures]
    audits = []
    for audit in analysis.audits:
        row = audit.row(known)
        made = row_id(identity, "audit", audit.rule, audit.arithmetic, *row["figure_ids"])
        audits.append({"audit_id": made, "article_id": identity, "portal": key["portal"], **row})
    return {"figures": figures, "citations": citations, "audits": audits}


def _section(page: RawPage, context: PageContext, url: str) -> str | None:
    """Return the section that listings named, else the one whose path the address begins with."""
    hinted = page.hints.get("section")
    if isinstance(hinted, str) and clean(hinted):
        return clean(context.sections.get(hinted, hinted))
    path = url.split("://", 1)[-1].partition("/")[2]
    best = max(
        (prefix for prefix in context.sections if f"/{path}".casefold().startswith(prefix.casefold())),
        key=len,
        default=None,
    )
    return context.sections[best] if best else None


def _unique(reading: Reading) -> list[Any]:
    found: dict[str, Any] = {}
    for file in reading.files:
        found.setdefault(file.url, file)
    return list(found.values())


def _reject(page: RawPage, stop: _Stop) -> dict[str, Any]:
    return reject(
        portal=page.portal,
        url=page.url,
        stage=stop.stage,
        reason=stop.reason,
        detail=stop.detail,
        package=f"raw/{page.portal}/{page.crawl}",
        fetched_at=page.fetched_at,
        page_sha256=page.sha256 or (hashlib.sha256(page.body).hexdigest() if page.body else None),
    )
