"""Which CMS made a page: what is printed in its markup, headers and addresses, weighed.

Each family has a few marks that were seen in real pages or in the CMS's own source; a mark counts for what it proves.
The answer is a ranking with the marks found, so that a person can judge it; below `ENOUGH` a page is of no known
family.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

from spiders.families import FAMILIES
from spiders.links import parse_html
from warehouse.addresses import AddressRules, canonical, path_of

ENOUGH: Final = 3
_HEAD: Final = 2 << 20


@dataclass(frozen=True, slots=True)
class Mark:
    """One sign of a family."""

    family: str
    weight: int
    where: str
    """`body` (bytes of the page), `header` (`name: value`) or `links` (paths of the page's own and its links)."""
    pattern: re.Pattern[str]
    says: str


@dataclass(frozen=True, slots=True)
class Guess:
    """A family with the marks that speak for it."""

    family: str
    score: int
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a page shows of its portal."""

    guesses: tuple[Guess, ...]
    """Best first; empty when nothing is known of it."""
    site_name: str | None
    feeds: tuple[str, ...]
    sections: tuple[tuple[str, str], ...]
    """Path and text of links that may be sections, as they stand on the page."""
    article: str | None
    """Address pattern that most of the page's deep links share; None when the family's own fits them."""

    @property
    def family(self) -> str:
        """The best guess, `generic` when there is none good enough."""
        return self.guesses[0].family if self.guesses and self.guesses[0].score >= ENOUGH else "generic"


def _mark(family: str, weight: int, where: str, pattern: str, says: str) -> Mark:
    return Mark(family, weight, where, re.compile(pattern, re.IGNORECASE), says)


MARKS: Final = (
    _mark("nukeviet", 5, "body", r"content=\"NukeViet\b", "generator NukeViet"),
    _mark(
        "nukeviet",
        4,
        "body",
        r"\bnv_(?:base_siteurl|module_name|my_abbr|cookie_prefix)\b",
        "NukeViet's script variables",
    ),
    _mark("nukeviet", 2, "body", r"/uploads/[a-z-]+/\d{4}_\d{2}/", "/uploads/<module>/YYYY_MM/"),
    _mark("nukeviet", 1, "body", r"\bnews-bodyhtml\b|\bbodytext\b", "#news-bodyhtml"),
    _mark("sharepoint", 4, "body", r"Microsoft SharePoint|/_layouts/15/|_spPageContextInfo", "SharePoint's scripts"),
    _mark("sharepoint", 4, "header", r"^microsoftsharepointteamservices:", "SharePoint's header"),
    _mark("sharepoint", 2, "body", r"id=\"aspnetForm\"|Skip Ribbon Commands|s4-workspace", "SharePoint's page shell"),
    _mark("sharepoint", 3, "links", r"/Lists/[^/?]+/View_Detail\.aspx\?ItemID=\d+", "View_Detail.aspx?ItemID="),
    _mark(
        "liferay", 4, "body", r"Liferay\.(?:ThemeDisplay|Portlet)|lfr-css-file|data-senna-track", "Liferay's scripts"
    ),
    _mark("liferay", 3, "links", r"/-/(?:asset_publisher|view_content)/", "/-/asset_publisher/ or /-/view_content/"),
    _mark("liferay", 2, "body", r"p_p_id=|/image/journal/article|/o/[a-z-]+-theme/", "portlet addresses"),
    _mark("liferay", 4, "header", r"^liferay-portal:", "Liferay's header"),
    _mark("mcms", 4, "body", r"common\.mcms\.one|cdn\.mcms", "mcms.one"),
    _mark("mcms", 3, "links", r"-post\d+\.html", "-post<id>.html"),
    _mark("mcms", 1, "body", r"\bcms-(?:link|title|desc|date)\b", "cms-… classes"),
    _mark("aid", 3, "links", r"-a\d{3,}\.html", "-a<id>.html"),
    _mark("aid", 2, "body", r"/image/fckeditor/upload/\d{4}/\d{8}/|content-fck", "fckeditor images"),
    _mark("file-uuid", 4, "body", r"/file/[0-9a-f]{32}/", "/file/<32 hex>/"),
    _mark("file-uuid", 3, "links", r"/\d{6}/[^/?]+-(?:\d{4,}|[0-9a-f]{7})/?$", "/{YYYYMM}/<slug>-<id>"),
    _mark("content-detail", 3, "body", r"id=\"content-detail\"", "#content-detail"),
    _mark("bgrid", 3, "body", r"\bb-grid__title\b|\bb-maincontent\b", "b-grid classes"),
    _mark("bgrid", 2, "body", r"\bsc-longform\b", "sc-longform"),
    _mark("easydnn", 4, "body", r"EasyDNN|/DesktopModules/EasyDNNnews", "EasyDNNnews"),
    _mark("easydnn", 2, "body", r"/DesktopModules/|dnnVariable|DNN Platform|DotNetNuke", "DotNetNuke"),
    _mark("easydnn", 2, "links", r"/ID/\d+/|/lapg-\d+/", "/ID/<n>/ or /lapg-"),
    _mark("joomla-k2", 3, "body", r"content=\"Joomla!|/media/k2/|\bitemFullText\b", "Joomla K2"),
    _mark("joomla-k2", 2, "links", r"/item/\d+-", "/item/<id>-<slug>"),
    _mark("wordpress", 4, "body", r"content=\"WordPress|/wp-content/|/wp-includes/", "wp-content"),
    _mark("wordpress", 3, "header", r"^link:.*api\.w\.org", "WordPress's API link"),
    _mark("next", 4, "body", r"__NEXT_DATA__|self\.__next_f|/_next/static/", "Next's data"),
    _mark("vccorp", 3, "body", r"\bmediacdn\.vn|vcmedia\.vn|cnnd\.vn", "mediacdn"),
    _mark("vccorp", 3, "links", r"-\d{15,20}\.(?:htm|chn)", "-<15 to 20 digits>.htm"),
)


def fingerprint(body: bytes, url: str, headers: Mapping[str, str] | None = None) -> Fingerprint:
    """Tell what made the page at `url`; ValueError when it is no HTML page of an http(s) address."""
    host = (urlsplit(url).hostname or "").lower()
    root = parse_html(body[:_HEAD])
    if root is None or not host:
        raise ValueError(f"{url}: not an HTML page")
    rules = AddressRules(urlsplit(url).scheme or "https", host, keep_query=None)
    text = body[:_HEAD].decode("utf-8", "replace")
    links = _links(root, url, rules)
    targets = [target for target, _ in links]
    own = canonical(url, rules)
    if own is not None:
        targets.insert(0, own[len(rules.origin) :])
    found: dict[str, list[Mark]] = {}
    for mark in MARKS:
        if _has(mark, text, headers or {}, targets):
            found.setdefault(mark.family, []).append(mark)
    guesses = sorted(
        (Guess(name, sum(m.weight for m in marks), tuple(m.says for m in marks)) for name, marks in found.items()),
        key=lambda guess: (-guess.score, guess.family),
    )
    best = guesses[0].family if guesses and guesses[0].score >= ENOUGH else "generic"
    return Fingerprint(
        tuple(guesses), _site_name(root, url), tuple(_feeds(root, url, rules)), tuple(_sections(links, best)),
        _pattern(targets, best),
    )  # fmt: skip


def _has(mark: Mark, text: str, headers: Mapping[str, str], targets: list[str]) -> bool:
    if mark.where == "body":
        return mark.pattern.search(text) is not None
    if mark.where == "header":
        return any(mark.pattern.search(f"{name.lower()}: {value}") for name, value in headers.items())
    return any(mark.pattern.search(target) for target in targets)


def _links(root: etree._Element, url: str, rules: AddressRules) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for count, anchor in enumerate(root.iter("a")):
        if count > 3000:
            break
        target = canonical(anchor.get("href") or "", rules, url) if anchor.get("href") else None
        if target is not None and target != f"{rules.origin}/":
            found.setdefault(target[len(rules.origin) :], _text(anchor)[:200])
    return list(found.items())


def _text(element: etree._Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split())


def _site_name(root: etree._Element, url: str) -> str | None:
    for element in root.iter("meta"):
        if element.get("property") == "og:site_name" and element.get("content"):
            return str(element.get("content")).strip()[:120]
    for element in root.iter("title"):
        parts = re.split(r"\s[|–-]\s", _text(element))
        if len(parts) > 1 or path_of(url) == "/":  # a title in one piece is the site's only on its first page
            return parts[-1][:120] or None
    return None


def _feeds(root: etree._Element, url: str, rules: AddressRules) -> list[str]:
    feeds = []
    for link in root.iter("link"):
        if (link.get("type") or "").lower() in ("application/rss+xml", "application/atom+xml") and link.get("href"):
            feed = canonical(link.get("href") or "", rules, url)
            if feed is not None:
                feeds.append(feed[len(rules.origin) :])
    return list(dict.fromkeys(feeds))[:10]


_ID: Final = (
    (re.compile(r"-post\d+\.html$"), r"(?:/[^/?]+){0,2}/[^/?]+-post\d+\.html"),
    (re.compile(r"/\d{6}/[^/?]+-[0-9a-f]{7}/$"), r"(?:/[^/?]+){1,2}/\d{6}/[^/?]+-[0-9a-f]{7}/"),
    (re.compile(r"/\d{6}/[^/?]+-\d{4,}$"), r"(?:/[^/?]+){1,2}/\d{6}/[^/?]+-\d+"),
    (re.compile(r"-a\d{3,}\.html$"), r"(?:/[^/?]+){0,2}/[^/?]+-a\d+\.html"),
    (re.compile(r"-c\d{3,}\.html$"), r"(?:/[^/?]+){0,2}/[^/?]+-c\d+\.html"),
    (re.compile(r"-\d{15,20}\.htm$"), r"(?:/[^/?]+){0,2}/[^/?]+-\d{15,20}\.htm"),
    (re.compile(r"-\d{4,}\.html$"), r"(?:/[^/?]+){0,3}/[^/?]+-\d{4,}\.html"),
    (re.compile(r"-\d{4,}\.htm$"), r"(?:/[^/?]+){0,3}/[^/?]+-\d{4,}\.htm"),
    (re.compile(r"/post/\d+/[^/?]+$"), r"(?:/[^/?]+){0,2}/post/\d+/[^/?]+"),
    (re.compile(r"[^/?]-\d{4,}$"), r"(?:/[^/?]+){0,3}/[^/?]+-\d{4,}"),
    (re.compile(r"-\d{4,}/$"), r"(?:/[^/?]+){0,3}/[^/?]+-\d{4,}/"),
)


def _pattern(targets: list[str], family: str) -> str | None:
    """The form that most of the links with an id have, when the family's own pattern does not cover it."""
    votes = {pattern: sum(1 for t in targets if shape.search(t)) for shape, pattern in _ID}
    best = max(votes, key=lambda pattern: votes[pattern])
    if votes[best] < 2:
        return None
    own = FAMILIES[family].article
    covered = sum(1 for t in targets if own and re.fullmatch(own, t))
    return best if family == "generic" or covered < votes[best] else None


def _sections(links: list[tuple[str, str]], family: str) -> list[tuple[str, str]]:
    article = re.compile(FAMILIES[family].article or "(?!)")
    found = []
    for target, text in links:
        path = target.partition("?")[0]
        plain = not article.fullmatch(target) and "?" not in target and len([s for s in path.split("/") if s]) <= 3
        if plain and 1 <= len(text.split()) <= 7 and not re.search(r"\d{4,}", path):
            found.append((target, text))
    return found[:40]
