"""What an archive tells of articles beside their pages: listings, feeds, sitemaps, APIs, redirects.

A crawl hears of a section, a feed's date or an API's row before it asks for the article, and the page travels with
these hints. An archive has the same answers, in any order; they are gathered before its pages are taken. What an
article is called elsewhere is gathered too: an address that was redirected, a page that names another address as its
own, a second row of an API. So an article that was moved to another address keeps its identity.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Final
from urllib.parse import parse_qsl, urljoin, urlsplit

from spiders import feeds, guards
from spiders.frontier import ListingTask, fingerprint, merge
from spiders.links import named_address, page_links, parse_html
from spiders.registry import Portal
from spiders.sharepoint_api import ApiWalk
from warehouse.addresses import canonical, is_article, is_file, path_of

_CLAIMS: Final = 3
"""Addresses that may lead to one, or pages that name one as their own; what all lead to is the article of none."""
_HOPS: Final = 5
_PLACES: Final = 8
"""Listings remembered for one article."""


@dataclass(slots=True)
class Answer:
    """One answer of an archive, as far as hints need it."""

    url: str
    """Canonical address."""
    status: int
    body: bytes
    location: str = ""
    form: Mapping[str, str] | None = None
    """Fields that were posted for it."""


@dataclass(slots=True)
class _Told:
    """What listings, feeds and sitemaps say of one article."""

    hints: dict[str, Any] = field(default_factory=dict)
    listed: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)
    """(number of the page, path of the listing, what it prints), from listings."""


class Gleanings:
    """The hints of some archives; `take` every answer, then `settle`, then ask."""

    def __init__(self, portal: Portal, aliases: Mapping[str, str]) -> None:
        self._portal = portal
        self._rules = portal.address_rules()
        self._told: dict[str, _Told] = {}
        self._names: dict[str, str] = dict(portal.sections)
        self._order = {path: number for number, path in enumerate(portal.sections)}
        self._moved: dict[str, str] = dict(aliases)
        self._before: dict[str, list[str]] = {}
        """Article to addresses that led to it; after `settle`."""
        self._copies: dict[str, str] = {}
        self._claims: dict[str, list[str]] = {}
        self._captured: set[int] = set()
        self._api = ApiWalk(portal.api, portal, self._rules) if portal.api is not None else None
        self._api_address = self._rules.origin + portal.api.path if portal.api is not None else None
        self._rows: dict[str, tuple[int, int]] = {}
        self._spill: IO[bytes] | None = None

    def take(self, answer: Answer) -> None:
        """Hear what an answer of the portal tells of articles."""
        url, article = answer.url, is_article(answer.url, self._rules)
        if answer.status in (301, 302, 303, 307, 308) and article:
            target = self._address(answer.location, url)
            if target is not None and target != url:
                self._moved[url] = target
        if answer.status != 200 or not answer.body or guards.is_challenge(answer.body):
            return
        if article:
            self._captured.add(fingerprint(url))
            self._names_itself(url, answer.body)
        elif url.partition("?")[0] == self._api_address:
            self._take_rows(answer)
        elif feeds.looks_like_sitemap(answer.body):
            for entry in feeds.sitemap_entries(answer.body):
                target = self._address(entry.url, url)
                if target is not None and entry.lastmod and not entry.nested:
                    self._hint(target, {"sitemap_lastmod": entry.lastmod})
        elif feeds.looks_like_feed(answer.body):
            for item in feeds.feed_items(answer.body):
                target = self._address(item.link, url)
                if target is not None:
                    self._hint(target, {"feed": item.hint()})
        elif not is_file(url) and not guards.is_trap(url):
            self._take_listing(answer)

    def settle(self) -> None:
        """All answers are in: tell originals from copies and follow redirects to their end."""
        if self._api is not None:
            for row in self._api.originals():
                hints: dict[str, Any] = {"api": row.row, "section": row.section}
                if also := self._api.also_at(row):
                    hints["also_at"] = also
                self._keep_row(row.url or "", hints)
            for row, original in self._api.copies():
                self._copies[row.url or ""] = original
            self._api.close()
        for target, claimants in self._claims.items():
            if len(claimants) <= _CLAIMS:
                self._copies |= dict.fromkeys(claimants, target)
        for left in self._moved:
            lasting, _ = self.identity(left)
            if lasting != left:
                self._before.setdefault(lasting, []).append(left)
        for lasting, several in [pair for pair in self._before.items() if len(pair[1]) > _CLAIMS]:
            del self._before[lasting]  # a notice that old addresses lead to is none of them
            for left in several:
                del self._moved[left]

    def close(self) -> None:
        """Let the temporary file go."""
        if self._spill is not None:
            self._spill.close()
            self._spill = None

    def identity(self, url: str) -> tuple[str, bool]:
        """Return an article's lasting address, and whether the page at `url` is only a copy of another that is here."""
        target = url
        for _ in range(_HOPS):
            target = self._moved.get(target, target)
        if target in self._moved:
            target = url  # they lead round in a ring, or for ever on
        named = self._copies.get(target)
        if named is None or self._copies.get(named) == target:
            return target, False
        return named, fingerprint(named) in self._captured

    def own(self, url: str, body: bytes) -> bool:
        """Whether the page at `url` names an address as its own that a template gives to all of them."""
        named = named_address(body, url, self._rules)
        return named not in (None, url) and len(self._claims.get(str(named), ())) > _CLAIMS

    def hints(self, url: str) -> dict[str, Any]:
        """What is told of the article at a canonical address."""
        told = self._told.get(url, _Told())
        found: dict[str, Any] = dict(told.hints)
        for _, path, listed in sorted(told.listed, key=lambda place: (place[0], self._order.get(place[1], 1 << 20))):
            if path not in self._names:
                continue  # neither of the record's sections nor linked from the home page: a search or tag view
            section = self._names[path] if not listed.get("aside") else ""
            kept = {name: value for name, value in listed.items() if name != "aside"}
            found = merge(found, {"section": section, **kept} if section else kept)
        place = self._rows.get(url)
        if place is not None and self._spill is not None:
            self._spill.seek(place[0])
            found = merge(json.loads(self._spill.read(place[1])), found)
        left = self._before.get(url, ())
        return merge(found, {"also_at": sorted(left)}) if left else found

    def _address(self, link: str, base: str) -> str | None:
        try:
            url = canonical(urljoin(base, link.strip()), self._rules)
        except ValueError:
            return None
        return url if url is not None and is_article(url, self._rules) and not guards.is_trap(url) else None

    def _hint(self, url: str, hints: Mapping[str, Any]) -> None:
        told = self._told.setdefault(url, _Told())
        told.hints = merge(told.hints, hints)

    def _names_itself(self, url: str, body: bytes) -> None:
        named = named_address(body, url, self._rules)
        if named is not None and named != url and not guards.is_trap(named):
            claimants = self._claims.setdefault(named, [])
            if url not in claimants and len(claimants) <= _CLAIMS:
                claimants.append(url)

    def _take_rows(self, answer: Answer) -> None:
        api, told = self._api, self._portal.api
        form = dict(answer.form or parse_qsl(urlsplit(answer.url).query))
        path = form.get("UrlList", "")
        if api is None or told is None or path not in told.lists:
            return
        task = ListingTask(answer.url, "api", path, told.lists[path], form=form)
        for row in api.read(task, answer.body) or ():
            if row.url is not None and row.url not in self._rows:
                self._rows[row.url] = (0, 0)
                api.keep(row)

    def _keep_row(self, url: str, hints: Mapping[str, Any]) -> None:
        if self._spill is None:
            self._spill = tempfile.TemporaryFile(prefix="tinhuy-gleanings-")  # noqa: SIM115 - lives as long as this
        packed = json.dumps(hints).encode("ascii")
        self._rows[url] = self._spill.seek(0, 2), len(packed)
        self._spill.write(packed)

    def _take_listing(self, answer: Answer) -> None:
        root = parse_html(answer.body)
        if root is None:
            return
        family, here = self._portal.cms, path_of(answer.url)
        links = page_links(root, answer.url, self._rules, embedded=family.embedded)
        if here == "/" and self._portal.discover:
            for url, text in links.others:
                if text:
                    self._names.setdefault(path_of(url), text)
        self._names.setdefault("/", "")
        found = family.number_of(here)
        number = found[2] if found is not None else 0
        path = next(self._listings(here, found[1] if found is not None else None), here)
        for link in links.articles:
            printed = {"listed_title": link.title, "listed_date": link.date, "listed_lead": link.lead}
            listed = {name: value for name, value in printed.items() if value}
            if link.aside:
                listed["aside"] = "yes"
            told = self._told.setdefault(link.url, _Told())
            if len(told.listed) < _PLACES:
                told.listed.append((number, path, listed))

    def _listings(self, here: str, base: str | None) -> Iterator[str]:
        """Sections of the record that an address may be a page of, in any of their spellings."""
        for path in (here, base, f"{base}/" if base else None):
            if path and path in self._order:
                yield path
        if base:
            yield from (path for path in self._order if path.rstrip("/") == base.rstrip("/"))
            yield base
