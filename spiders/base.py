"""The crawl of one portal: what to ask, in which order, what to keep, when to stop.

The night asks for what is new: listings are walked until a page of them brings nothing that earlier nights do not
know (unless the last night was cut short: then further), feeds and sitemaps are read whole, known articles are asked
again only inside their refresh window and conditionally. A backfill walks on over known pages and keeps to its window
of days.

What an earlier night left open travels in the manifest of its package (`stats.state`): articles that could not be
fetched, addresses that turned out to be second addresses, and how far each listing was walked. An interrupted crawl
reads its own durable pages and goes on after them.

Memory is bounded by what waits (`frontier`), never by what was fetched: no body outlives its callback.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import logging
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, cast
from urllib.parse import urlencode, urljoin, urlsplit

import scrapy
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from spiders import feeds, guards
from spiders.families.patterns import compiled
from spiders.frontier import ARTICLES, DEEPER, FIRST, LISTINGS, ArticleTask, Frontier, ListingTask, fingerprint
from spiders.job import CrawlJob
from spiders.landing import Landing, kept_headers
from spiders.links import PageLinks, address_month, named_address, page_links, parse_html, printed_day
from spiders.middlewares import Refused, failure_class, is_too_large
from spiders.outcome import TRANSIENT, Tally
from spiders.registry import Portal
from spiders.sharepoint_api import ApiWalk
from warehouse import ids
from warehouse.addresses import HostMap, canonical, identity, is_article, is_file, is_loopback, is_private_host, path_of
from warehouse.raw import KnownPages, Package

_log: Final = logging.getLogger(__name__)
MAX_HOPS: Final = 5
MAX_SECTIONS: Final = 80
"""Listings found on the home page that are walked; a portal has some dozens."""
MAX_SITEMAPS: Final = 200
SECTION_WORDS: Final = 5
"""Words up to which the text of a link may be a section's name; headlines have more."""
BLOCKED_IN_A_ROW: Final = 3
FAILED_IN_A_ROW: Final = 12
SAME_BODY: Final = 4
"""Different articles with the same bytes: the fourth is taken for a block page."""
NEWEST: Final = 3
"""Known articles that are asked again whatever their age: they tell when a portal has moved."""
PENDING_TRIES: Final = {"gone": 3, "elsewhere": 3}
"""Nights that an article is asked again after such an answer; other failures get `PENDING_LONGEST`."""
PENDING_LONGEST: Final = 14
MAX_PENDING: Final = 5000
"""Articles, and listings, that a manifest speaks of: a hostile portal names new ones every night."""
MAX_ALIASES: Final = 20_000
_NO_SECTION: Final = re.compile(
    r"(?:^|/)(?:lien-he|contact|gioi-thieu|about|sitemap|so-do|rss|login|dang-nhap|register|search|tim-kiem|tag|tags|"
    r"print|video|videos|media|clip|audio|podcast|anh|album|gallery|thu-vien-anh|thu-vien-video|hinh-anh|infographic|"
    r"e-?magazine|van-ban|vanban|thu-tuc|lich|lich-cong-tac|hoi-dap|gop-y|y-kien|binh-chon|tham-do|danh-ba|download|"
    r"quang-cao|ads|wp-[a-z]+|user|users|member|account|_layouts|api|cgi-bin|feed|en|fr|zh|cn)(?:/|\.|$)",
    re.IGNORECASE,
)
_FORM: Final = "application/x-www-form-urlencoded; charset=UTF-8"


@dataclass(slots=True)
class Walk:
    """How far one listing was walked."""

    seen: set[int] = field(default_factory=set)
    pages: int = 0
    articles: int = 0
    complete: bool = False
    before_complete: bool = False
    """Whether the last night walked it to its end."""
    before_pages: int = 0
    before_articles: int = 0


class PortalSpider(scrapy.Spider):
    """Crawls one portal into one raw package."""

    name = "portal"

    def __init__(
        self, portal: Portal, job: CrawlJob, landing: Landing, known: KnownPages, earlier: list[Package],
        resumed: Package | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.portal = portal
        self.job = job
        self.landing = landing
        self.known = known
        self.rules = portal.address_rules()
        self.hosts = HostMap(self.rules, job.base_url)
        self.loopback = job.base_url is not None and is_loopback(job.base_url)
        self.caps = portal.caps.model_copy(update=dict(job.caps))
        self.family = portal.cms
        self.tally = Tally()
        self.frontier = Frontier()
        self.robots_failure: str | None = None
        self.robots_sitemaps: list[str] = []
        self.quitting = False
        self.deadline = time.monotonic() + self.caps.minutes * 60
        self.started_on = ids.crawl_started(job.crawl).date()
        self._earlier = earlier
        self._resumed = resumed
        self._inflight = 0
        self._width = 16 if self.loopback else max(4, 2 * portal.politeness.concurrency)
        self._walks: dict[str, Walk] = {}
        self._sections = 0
        self._sitemaps = 0
        self._robots_sitemaps_read = False
        self._api = ApiWalk(portal.api, portal, self.rules) if portal.api is not None else None
        self._bad_in_a_row: Counter[str] = Counter()
        self._bodies: Counter[bytes] = Counter()
        self._claims: dict[str, list[str]] = {}
        self._earlier_hints: dict[str, dict[str, Any]] | None = None
        self._refresh: set[str] = set()
        self._folded = {identity(url, self.rules): url for url in known} if self.rules.case_insensitive else {}
        self._skip = [compiled(p, ignore_case=True) for p in self.family.skip]
        state = _state_of(earlier)
        self._pending: dict[str, list[Any]] = dict(state.get("pending") or {})
        """Article to [nights tried, class] that earlier nights could not get."""
        self._aliases: dict[str, str] = dict(state.get("aliases") or {})
        self._listing_states: dict[str, Any] = dict(state.get("listings") or {})
        self._settled = bool(state.get("whole")) and not self._pending_serious()
        self._moved = 0
        """Known articles that this crawl was sent on from, to other addresses."""
        self._sweep: str | None = state.get("sweep") if isinstance(state.get("sweep"), str) else None
        """After a move: known addresses up to this one have been asked where they lead; None when nothing moved."""
        self._swept = False
        self._listed: set[int] = set()
        self._section_marks: set[int] = set()
        self._listed_before = 0

    # ---- what other parts ask of a spider

    def may_ask(self, url: str) -> bool:
        """Whether a request may go to `url`: the portal's host, or only the base address when one is given."""
        if self.hosts.is_wire(url):
            return True
        return self.job.base_url is None and canonical(url, self.rules) is not None

    def state(self) -> dict[str, Any]:
        """What the next night needs to know; goes into the manifest."""
        for key, walk in self._walks.items():
            if walk.pages:
                self._listing_states[key] = {
                    "complete": walk.complete, "pages": walk.pages, "articles": walk.articles or walk.before_articles,
                }  # fmt: skip
            elif key in self.tally.listings_failed:
                held = self._listing_states.setdefault(key, {"complete": False, "pages": 0, "articles": 0})
                held["complete"] = False
        whole = self.tally.stopped is None and not self.tally.listings_failed and not len(self.frontier)
        return {
            "whole": whole,
            "pending": dict(list(self._pending.items())[-MAX_PENDING:]),
            "aliases": dict(list(self._aliases.items())[-MAX_ALIASES:]),
            "listings": dict(list(self._listing_states.items())[-MAX_PENDING:]),
            "sweep": self._sweep,
        }

    def resume_pump(self) -> list[Request]:
        """Requests to go on with after our own code failed on an answer."""
        return list(self._pump())

    def finish(self) -> None:
        """Let temporary files go."""
        self.frontier.close()
        if self._api is not None:
            self._api.close()

    def listed(self) -> int:
        """Distinct articles that this crawl was shown; listings that answered 304 count as they did before."""
        return max(len(self._listed), self._listed_before)

    # ---- the crawl

    async def start(self) -> AsyncIterator[Any]:
        """First requests: feeds, sitemaps and APIs, then home page and listings, then what waits from before."""
        self._seed()
        if self._resumed is not None:
            self._replay(self._resumed)
        for request in self._pump():
            yield request

    def _seed(self) -> None:
        portal, origin = self.portal, self.rules.origin
        for path in portal.feeds if portal.feeds is not None else self.family.feeds:
            if path == "{section}":
                for section in portal.sections:
                    module, _, rest = section.strip("/").partition("/")
                    if rest:
                        self._list(f"{origin}/{module}/rss/{rest.rstrip('/')}/", "feed", declared=False)
            else:
                self._list(origin + path, "feed", declared=portal.feeds is not None)
        for path in portal.sitemaps if portal.sitemaps is not None else self.family.sitemaps:
            self._list(origin + path, "sitemap", declared=portal.sitemaps is not None)
        if self._api is not None:
            for task in self._api.first():
                self.frontier.listing(task, FIRST)
        for path, name in portal.sections.items():
            self._list(origin + path, "listing", section=name, declared=True)
        self._list(f"{origin}/", "listing", declared=not portal.sections and self._api is None)
        for url, (tries, _) in list(self._pending.items()):
            self._offer(url, {}, reason="pending", attempts=int(tries))
        if self.job.command != "backfill":
            for url in self._refreshable():
                self._refresh.add(url)
                self._offer(url, {}, reason="refresh")

    def _refreshable(self) -> list[str]:
        """Known articles inside their refresh window, those that listings showed first before the others."""
        if self.caps.refresh_days == 0:
            return []
        since = self.started_on - timedelta(days=self.caps.refresh_days)
        found: list[tuple[date, str]] = []
        for url in self.known:
            page = self.known.get(url)
            if page is not None and page.article and url not in self._aliases:
                found.append((page.first_fetched_at.date(), url))
        found.sort(key=lambda pair: pair[0], reverse=True)  # stable: within a day, in the order of that night
        young = sum(day >= since for day, _ in found)
        return [url for _, url in found[: min(max(young, NEWEST), self.caps.refresh_pages)]]

    def _ask_old_addresses(self) -> bool:
        """After a move ask known addresses where they lead now, some a night; tell whether there was one to ask.

        A portal has moved when at least `NEWEST` known articles, and half of those asked again, are sent elsewhere.
        """
        if self._swept or self.job.command == "backfill" or self.caps.refresh_days == 0:
            return False
        self._swept = True
        if self._sweep is None and self._moved >= max(NEWEST, self.tally.unchanged):
            self._sweep = ""
        if self._sweep is None:
            return False
        present = set(self._aliases.values())
        waiting = (u for u in self.known if u > str(self._sweep) and u not in present and self._may_have_moved(u))
        chosen = heapq.nsmallest(self.caps.refresh_pages, waiting)
        for url in chosen:
            self._refresh.add(url)
            self._offer(url, {}, reason="refresh")
        self._sweep = chosen[-1] if len(chosen) == self.caps.refresh_pages and chosen else None
        return bool(chosen)

    def _may_have_moved(self, url: str) -> bool:
        page = self.known.get(url)
        if page is None or not page.article or url in self._aliases or url in self._refresh:
            return False
        return fingerprint(identity(url, self.rules)) not in self._listed  # what listings show stands where it is

    def _list(self, url: str, kind: str, *, section: str | None = None, declared: bool = False) -> None:
        key = path_of(url)
        self.frontier.listing(
            ListingTask(url, kind, key, section, declared=declared), LISTINGS if kind == "listing" else FIRST
        )

    def _pump(self) -> Iterator[Request]:
        """Requests for as much of what waits as may be under way."""
        if not self.quitting:
            if time.monotonic() > self.deadline:
                self._quit("time")
            elif self.tally.requests >= self.caps.pages and len(self.frontier):
                self._quit("pages")
        while self._inflight < self._width and not self.quitting:
            if self.frontier.phase() == ARTICLES and self._inflight and self._gathering:
                return  # first all that tells dates and titles, then articles: hints must be complete
            task = self.frontier.pop()
            if task is None:
                if self._inflight or not self._ask_old_addresses():
                    return
                continue
            if self.tally.requests >= self.caps.pages:
                self._put_back(task)
                self._quit("pages")
                return
            self._inflight += 1
            self.tally.requests += 1
            if isinstance(task, ListingTask):
                self._gathering += 1
                yield self._listing_request(task)
            else:
                yield self._article_request(task)

    _gathering = 0
    """Listing requests under way."""

    def _put_back(self, task: ListingTask | ArticleTask) -> None:
        if isinstance(task, ArticleTask):
            self.frontier.again(identity(task.url, self.rules), task)

    def _quit(self, reason: str) -> None:
        self.quitting = True
        self.tally.stopped = reason
        for url, attempts in self.frontier.clear():
            if len(self._pending) < MAX_PENDING and url not in self.known:
                self._pending.setdefault(url, [attempts, "partial"])
        _log.warning("%s: the crawl stops (%s)", self.portal.slug, reason)

    def _request(self, url: str, wire: str | None, task: ListingTask | ArticleTask, **kwargs: Any) -> Request:
        listing = isinstance(task, ListingTask)
        return Request(
            wire or self.hosts.to_wire(url),
            callback=self.on_listing if listing else self.on_article,
            errback=self.on_error,
            meta={"task": task},
            dont_filter=True,
            **kwargs,
        )

    def _listing_request(self, task: ListingTask) -> Request:
        if task.form is not None:
            return self._request(
                task.url.partition("?")[0], task.wire, task, method="POST", body=urlencode(task.form),
                headers={"Content-Type": _FORM, "Accept": "application/json"},
            )  # fmt: skip
        headers: dict[str, str] = {}
        held = self._listing_states.get(task.key)
        if (
            self._settled
            and held is not None
            and held.get("complete")
            and self.job.command != "backfill"
            and task.page == 1
        ):
            headers = self._conditions(task.url)
        return self._request(task.url, task.wire, task, headers=headers)

    def _article_request(self, task: ArticleTask) -> Request:
        return self._request(task.url, task.wire, task, headers=self._conditions(task.url))

    def _conditions(self, url: str) -> dict[str, str]:
        page = self.known.get(url)
        headers: dict[str, str] = {}
        if page is not None:
            if page.etag and page.etag.isascii():
                headers["If-None-Match"] = page.etag
            if page.last_modified and page.last_modified.isascii():
                headers["If-Modified-Since"] = page.last_modified
        return headers

    # ---- answers

    def on_error(self, failure: Failure) -> Iterator[Request]:
        """A request that got no answer."""
        task = cast(Any, failure).request.meta["task"]  # Scrapy hangs the request on the failure
        self._done(task)
        error = failure.value or RuntimeError("no error given")
        reason = failure_class(error)
        flags = ["too_large"] if is_too_large(error) else []
        if isinstance(error, Refused):
            if self.robots_failure is not None:
                # Closed because robots.txt could not be had: nothing else will be let out either.
                if not self.quitting:
                    self._quit("unreachable")
                yield from self._pump()
                return
            flags.append(f"refused_{error.reason}")
        if isinstance(task, ListingTask):
            self._listing_failed(task, reason, 0, flags=flags)
            self._after(task)
        else:
            self._article_failed(task, reason, 0, flags=flags)
        yield from self._pump()

    def on_listing(self, response: Response) -> Iterator[Request]:
        """An answer to a listing, feed, sitemap or API page."""
        task: ListingTask = response.meta["task"]
        self._done(task)
        status, headers = response.status, kept_headers(response.headers)
        if status == 304:
            self._listing_unchanged(task, headers)
        elif status in (301, 302, 303, 307, 308):
            self._listing_moved(task, headers)
        elif status != 200:
            self._listing_failed(task, _status_class(status), status, headers)
        elif guards.is_challenge(response.body, headers):
            self._listing_failed(task, "blocked", status, headers, flags=["challenge"])
        else:
            self._good()
            self.tally.listings += 1
            url = task.url
            self.landing.land(
                task.kind, url, requested=url, final=self.hosts.to_real(response.url) if task.form is None else url,
                status=status, body=response.body, headers=headers, hints=_listing_hints(task),
            )  # fmt: skip
            self._absorb(task, response.body)
        self._after(task)
        yield from self._pump()

    def on_article(self, response: Response) -> Iterator[Request]:
        """An answer to an article."""
        task: ArticleTask = response.meta["task"]
        self._done(task)
        status, headers, body = response.status, kept_headers(response.headers), response.body
        known = self.known.get(task.url)
        if status == 304 and known is not None:
            self._article_unchanged(task, known.sha256, headers)
        elif status in (301, 302, 303, 307, 308):
            self._article_moved(task, status, headers)
        elif status != 200:
            reason = _status_class(status)
            self._article_failed(task, reason, status, headers)
        elif guards.is_challenge(body, headers):
            self._article_failed(task, "blocked", status, headers, body=body, flags=["challenge"])
        else:
            digest = hashlib.sha256(body)
            if known is not None and known.sha256 == digest.hexdigest():
                self._good()
                self._article_unchanged(task, known.sha256, headers, flags=("same_bytes",))
            elif body and self._repeats(digest.digest()):
                self._article_failed(task, "blocked", status, headers, body=body, flags=["same_body"])
            elif guards.is_soft_404(body):
                self._article_failed(task, "gone", status, headers, body=body, flags=["soft_404"])
            else:
                self._good()
                self._article_came(task, body, headers, digest.hexdigest(), self.hosts.to_real(response.url))
        yield from self._pump()

    def _done(self, task: ListingTask | ArticleTask) -> None:
        self._inflight -= 1
        if isinstance(task, ListingTask):
            self._gathering -= 1

    def _after(self, task: ListingTask) -> None:
        if self._api is not None and self._api.answered(task):
            self._settle_api()

    def _good(self) -> None:
        self._bad_in_a_row.clear()

    def _bad(self, reason: str) -> None:
        """Notice that the portal has stopped answering, before asking for everything that waits."""
        if reason == "blocked":
            self._bad_in_a_row["blocked"] += 1
            if self._bad_in_a_row["blocked"] >= BLOCKED_IN_A_ROW and not self.quitting:
                self._quit("blocked")
        elif reason in ("network", "timeout", "tls", "server_error", "rate_limited"):
            self._bad_in_a_row["failed"] += 1
            if self._bad_in_a_row["failed"] >= FAILED_IN_A_ROW and not self.quitting:
                self._quit("unreachable")

    def _repeats(self, digest: bytes) -> bool:
        self._bodies[digest[:8]] += 1
        if len(self._bodies) > 20_000:
            self._bodies = Counter({k: n for k, n in self._bodies.items() if n > 1})
        return self._bodies[digest[:8]] >= SAME_BODY

    # ---- listings

    def _absorb(self, task: ListingTask, body: bytes) -> None:
        """Take from a listing's body what it shows, and queue its next page."""
        if task.kind == "api":
            self._absorb_api(task, body)
        elif task.kind == "sitemap" or (task.kind == "feed" and feeds.looks_like_sitemap(body)):
            self._absorb_sitemap(task, body)
        elif task.kind == "feed":
            self._absorb_feed(task, body)
        else:
            self._absorb_page(task, body)

    def _walk(self, key: str) -> Walk:
        walk = self._walks.get(key)
        if walk is None:
            held = self._listing_states.get(key) or {}
            walk = Walk(
                before_complete=bool(held.get("complete")), before_pages=int(held.get("pages") or 0),
                before_articles=int(held.get("articles") or 0),
            )  # fmt: skip
            self._walks[key] = walk
        return walk

    def _absorb_feed(self, task: ListingTask, body: bytes) -> None:
        walk = self._walk(task.key)
        walk.pages, walk.complete = 1, True
        found = 0
        for item in feeds.feed_items(body):
            url = canonical(item.link, self.rules, task.url)
            if url is None or not is_article(url, self.rules):
                continue
            found += 1
            hints = {"feed": item.hint(), "referrer": task.url}
            self._offer(url, hints, day=feeds.published_day(item.pubdate), late=True)
        walk.articles = found
        if not found and task.declared and not feeds.looks_like_feed(body):
            self.tally.listings_failed[task.key] = "gone"

    def _absorb_sitemap(self, task: ListingTask, body: bytes) -> None:
        walk = self._walk(task.key)
        walk.pages, walk.complete = 1, True
        for entry in feeds.sitemap_entries(body):
            url = canonical(entry.url, self.rules, task.url)
            if url is None:
                continue
            if entry.nested:
                if self._sitemaps < MAX_SITEMAPS and not guards.is_trap(url) and self._wanted_month(entry.lastmod):
                    self._sitemaps += 1
                    self._list(url, "sitemap")
            elif is_article(url, self.rules):
                walk.articles += 1
                hints = {"sitemap_lastmod": entry.lastmod} if entry.lastmod else {}
                self._offer(url, {**hints, "referrer": task.url}, day=printed_day(entry.lastmod), late=True)

    def _wanted_month(self, lastmod: str) -> bool:
        day = printed_day(lastmod)
        return day is None or self.job.since is None or day >= self.job.since

    def _absorb_api(self, task: ListingTask, body: bytes) -> None:
        assert self._api is not None  # noqa: S101 - API tasks exist only with an API
        walk = self._walk(task.key)
        walk.pages += 1
        rows = self._api.read(task, body)
        if rows is None:
            self.tally.listings_failed[task.key] = "layout_changed"
            return
        fresh = [row for row in rows if row.url is not None and self._first_here(walk, row.url)]
        walk.articles += len(fresh)
        for row in fresh:
            self._api.keep(row)
        unknown = [row for row in fresh if not self._is_known(row.url or "")]
        too_old = (
            bool(fresh)
            and self.job.since is not None
            and all(row.created is not None and row.created < self.job.since for row in fresh)
        )
        if not fresh or too_old or (not unknown and not self._walks_on(walk)) or walk.pages >= self.caps.listing_pages:
            walk.complete = walk.pages < self.caps.listing_pages
            return
        following = self._api.following(task, len(rows))
        self.frontier.listing(following, FIRST)
        self._api.expects(following)

    def _settle_api(self) -> None:
        """All rows of the API's lists are in: offer each article once, under the address that was created first."""
        assert self._api is not None  # noqa: S101 - called only with an API
        for row in self._api.originals():
            hints = {"api": row.row, "section": row.section, "referrer": row.listing}
            also = self._api.also_at(row)
            if also:
                hints["also_at"] = also
            self._offer(row.url or "", hints, day=row.created)
        for row, original in self._api.copies():
            self._offer(
                row.url or "",
                {"api": row.row, "section": row.section, "same_as": original},
                day=row.created,
                alias=True,
            )

    def _absorb_page(self, task: ListingTask, body: bytes) -> None:
        walk = self._walk(task.key)
        walk.pages += 1
        root = parse_html(body)
        if root is None:
            self.tally.listings_failed[task.key] = "layout_changed" if body.strip() else "no_pages"
            return
        links = page_links(root, task.url, self.rules, embedded=self.family.embedded)
        if self.family.loose:
            self._set_sections_apart(links)
        self._find_more(task, links)
        if not links.articles and guards.declares_empty(body):
            self.tally.empty += 1
        fresh = [link for link in links.articles if self._first_here(walk, link.url)]
        walk.articles += len(fresh)
        unknown = 0
        days: list[date | None] = []
        for link in fresh:
            day = printed_day(link.date) or _month_end(link.url)
            days.append(day)
            if not self._is_known(link.url):
                unknown += 1
            hints = {
                "section": None if link.aside else task.section, "listed_title": link.title, "listed_date": link.date,
                "listed_lead": link.lead, "referrer": task.url,
            }  # fmt: skip
            self._offer(link.url, {k: v for k, v in hints.items() if v}, day=day)
        too_old = bool(days) and self.job.since is not None and all(d is not None and d < self.job.since for d in days)
        goes_on = bool(fresh) and not too_old and (unknown > 0 or self._walks_on(walk))
        following = self._next_listing(task, links) if goes_on else None
        if following is None:
            walk.complete = True
        elif walk.pages >= self.caps.listing_pages or self.frontier.listing(following, DEEPER):
            walk.complete = False
        else:
            walk.complete = True

    def _set_sections_apart(self, links: PageLinks) -> None:
        """Move links that only look like articles to the others: few words, no number, or articles stand under them."""
        parents = {link.url.rpartition("/")[0] for link in links.articles}
        articles = []
        for link in links.articles:
            bare = re.sub(r"(?:\.html?|\.aspx|/)$", "", link.url)
            short = len(link.title.split()) <= SECTION_WORDS and not re.search(r"\d{4,}", bare.rpartition("/")[2])
            if bare in parents or short or fingerprint(identity(link.url, self.rules)) in self._section_marks:
                self._section_marks.add(fingerprint(identity(link.url, self.rules)))
                links.others.append((link.url, link.title))
            else:
                articles.append(link)
        links.articles[:] = articles

    def _walks_on(self, walk: Walk) -> bool:
        """Whether to go on although a page brought nothing new."""
        if self.job.command == "backfill" or self.job.since is not None:
            return True
        return not walk.before_complete and walk.pages <= walk.before_pages

    def _first_here(self, walk: Walk, url: str) -> bool:
        mark = fingerprint(identity(url, self.rules))
        if mark in walk.seen:
            return False
        walk.seen.add(mark)
        return True

    def _next_listing(self, task: ListingTask, links: PageLinks) -> ListingTask | None:
        if task.url == f"{self.rules.origin}/":
            return None  # the home page shows what sections list; its pager, if any, is one of theirs
        targets = [path_of(url) for url, _ in links.others]
        number = self.family.first_number(path_of(task.url))
        target = self.family.next_page(path_of(task.url), number, targets)
        if target is None or guards.is_trap(self.rules.origin + target):
            return None
        return ListingTask(self.rules.origin + target, "listing", task.key, task.section, page=task.page + 1)

    def _find_more(self, task: ListingTask, links: PageLinks) -> None:
        """Feeds that a page declares, and on the home page the sections it links to."""
        if not self._robots_sitemaps_read:
            self._robots_sitemaps_read = True
            for sitemap in self.robots_sitemaps:
                url = canonical(sitemap, self.rules)
                if url is not None and self._sitemaps < MAX_SITEMAPS:
                    self._sitemaps += 1
                    self._list(url, "sitemap")
        if task.page > 1:
            return
        for feed in links.feeds[:20]:
            if not guards.is_trap(feed) and self.portal.feeds is None:
                self._list(feed, "feed")
        if not self.portal.discover or task.url != f"{self.rules.origin}/":
            return
        for url, text in links.others:
            if self._sections >= MAX_SECTIONS:
                return
            if self._may_be_section(url, text):
                self._sections += 1
                self._list(url, "listing", section=text or None)

    def _may_be_section(self, url: str, text: str) -> bool:
        parts = urlsplit(url)
        path = parts.path
        if path in ("", "/") or is_file(url) or guards.is_trap(url) or guards.is_calendar(url):
            return False
        if len([s for s in path.split("/") if s]) > 4 or _NO_SECTION.search(path):
            return False
        if any(pattern.fullmatch(path) for pattern in self._skip):
            return False
        found = self.family.number_of(path_of(url))
        if found is not None and found[2] > found[0].first:
            return False
        return len(parts.query) < 200

    def _listing_unchanged(self, task: ListingTask, headers: Mapping[str, str]) -> None:
        self._good()
        self.tally.listings += 1
        known = self.known.get(task.url)
        walk = self._walk(task.key)
        walk.pages, walk.complete, walk.articles = max(1, walk.before_pages), True, walk.before_articles
        self._listed_before = max(self._listed_before, walk.before_articles)
        self.landing.land(
            task.kind, task.url, requested=task.url, status=304, headers=headers,
            sha256=known.sha256 if known is not None else None, hints=_listing_hints(task),
        )  # fmt: skip

    def _listing_moved(self, task: ListingTask, headers: Mapping[str, str]) -> None:
        target, wire = self._target(task.url, headers.get("location", ""))
        if target is None or task.hops >= MAX_HOPS or guards.is_trap(target):
            self._listing_failed(task, "gone", 302, headers)
            return
        if is_article(target, self.rules) or (target == f"{self.rules.origin}/" and task.url != target):
            self._listing_failed(task, "gone", 302, headers)
            return
        self._good()
        moved = ListingTask(target, task.kind, task.key, task.section, task.page, task.declared, hops=task.hops + 1)
        if target != task.url:
            if self.frontier.took(moved):
                self.frontier.detour(moved)
        elif wire is None or wire == task.wire:
            self._listing_failed(task, "gone", 302, headers)
        else:
            moved.wire = wire
            self.frontier.detour(moved)

    def _listing_failed(
        self,
        task: ListingTask,
        reason: str,
        status: int,
        headers: Mapping[str, str] | None = None,
        flags: Iterable[str] = (),
    ) -> None:
        if reason == "robots":
            self.tally.robots += 1
        optional = not task.declared and reason in ("gone", "robots", "blocked") and "challenge" not in flags
        if not optional or task.page > 1:
            before = self._listing_states.get(task.key) or {}
            if reason != "gone" or task.page == 1:
                self.tally.listings_failed[task.key] = reason
            walk = self._walk(task.key)
            walk.complete = reason == "gone" and task.page > 1
            walk.before_articles = walk.before_articles or int(before.get("articles") or 0)
        self.landing.land(
            task.kind, task.url, requested=task.url, status=status, headers=headers, error=reason,
            hints=_listing_hints(task), flags=flags,
        )  # fmt: skip
        if not optional:
            self._bad(reason)

    # ---- articles

    def _is_known(self, url: str) -> bool:
        return url in self.known or url in self._aliases or identity(url, self.rules) in self._folded

    def _offer(
        self,
        url: str,
        hints: dict[str, Any],
        *,
        day: date | None = None,
        reason: str = "new",
        attempts: int = 0,
        alias: bool = False,
        late: bool = False,
    ) -> None:
        """Queue an article, unless it is outside the window, known, or asked already."""
        key = identity(url, self.rules)
        if self._folded and key in self._folded:
            url = self._folded[key]
        if guards.is_trap(url):
            self.tally.traps += self.frontier.mark(key)
            return
        if reason == "new" and not self._in_window(day):
            self.tally.outside += self.frontier.mark(key)
            return
        if not alias:
            self._listed.add(fingerprint(key))
        if reason == "new" and url not in self._pending and self._is_known(url) and url not in self._refresh:
            self.tally.known += self.frontier.mark(key)
            return
        self.frontier.article(key, ArticleTask(url, hints, reason, attempts, alias=alias), late=late)

    def _in_window(self, day: date | None) -> bool:
        if day is None:
            return True
        if self.job.since is not None and day < self.job.since:
            return False
        return self.job.until is None or day <= self.job.until

    def _article_came(
        self, task: ArticleTask, body: bytes, headers: Mapping[str, str], sha256: str, final: str
    ) -> None:
        named = None if task.own else named_address(body, task.url, self.rules)
        original = task.hints.get("same_as") if task.alias else None
        if original is None and named is not None and named != task.url and self._trusts(named, task.url):
            original = named
        hints = self._hints_of(task)
        self._pending.pop(task.url, None)
        if original is not None:
            self.tally.aliases += 1
            self._aliases[task.url] = original
            self.landing.land(
                "other", task.url, requested=task.url, final=final, status=200, body=body, headers=headers,
                sha256=sha256, hints={**hints, "same_as": original}, flags=("alias",),
            )  # fmt: skip
            carried = {k: v for k, v in hints.items() if k not in ("same_as", "api")}
            self._offer(original, {**carried, "also_at": [task.url]})
            return
        self._aliases.pop(task.url, None)
        self.tally.fetched += 1
        if task.own or named not in (None, task.url):
            hints = {**hints, "own": True}
        self.landing.land(
            "article", task.url, requested=task.url, final=final, status=200, body=body, headers=headers, sha256=sha256,
            hints=hints,
        )  # fmt: skip

    def _trusts(self, target: str, url: str) -> bool:
        """Whether a page may call itself by another address: not when a template gives all pages the same one."""
        if self._aliases.get(target) == url or guards.is_trap(target):
            return False
        claims = self._claims.setdefault(target, [])
        if len(claims) > 3:
            return False
        claims.append(url)
        if len(claims) > 3:
            for other in claims:
                self._aliases.pop(other, None)
                if other != url:
                    self.frontier.again(identity(other, self.rules), ArticleTask(other, own=True))
            return False
        return True

    def _hints_of(self, task: ArticleTask) -> dict[str, Any]:
        """Hints of tonight; for an article that changed, what earlier nights said of it too."""
        if task.url not in self.known:
            return task.hints
        if self._earlier_hints is None:
            self._earlier_hints = self._read_earlier_hints()
        earlier = self._earlier_hints.get(task.url) or {}
        return {**earlier, **task.hints}

    def _read_earlier_hints(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        wanted = set(self._refresh) | {url for url in self._pending if url in self.known}
        for package in reversed(self._earlier):
            if not wanted - found.keys():
                break
            here: dict[str, dict[str, Any]] = {}
            for row in package.records(["url", "kind", "status", "hints"], batch=1024):
                if (
                    row["kind"] == "article"
                    and row["status"] == 200
                    and row["url"] in wanted
                    and row["url"] not in found
                ):
                    here[row["url"]] = json.loads(row["hints"])
            found |= here
        return found

    def _article_unchanged(
        self, task: ArticleTask, sha256: str, headers: Mapping[str, str], flags: Iterable[str] = ()
    ) -> None:
        self._good()
        self.tally.unchanged += 1
        self._pending.pop(task.url, None)
        self.landing.land(
            "article", task.url, requested=task.url, status=304, headers=headers, sha256=sha256, flags=flags
        )

    def _article_moved(self, task: ArticleTask, status: int, headers: Mapping[str, str]) -> None:
        location = headers.get("location", "")
        target, wire = self._target(task.url, location)
        if target is None:
            host = (urlsplit(_joined(self.hosts.to_wire(task.url), location)).hostname or "").lower()
            if not host or is_private_host(host):
                self._article_failed(task, "blocked", status, headers, flags=["redirect_private"])
                return
            self._good()
            self.tally.elsewhere += 1
            self._keep_pending(task, "elsewhere")
            self.landing.land(
                "other", task.url, requested=task.url, status=status, headers=headers, hints=task.hints,
                flags=("redirect_elsewhere",),
            )  # fmt: skip
            return
        if target == task.url:
            if wire is None or wire == task.wire or task.hops >= MAX_HOPS:
                self._article_failed(task, "gone", status, headers, flags=["redirect_loop"])
                return
            self.frontier.detour(
                ArticleTask(task.url, task.hints, task.reason, task.attempts, task.own, task.alias, task.hops + 1, wire)
            )
            return
        if not is_article(target, self.rules) or guards.is_trap(target):
            self._article_failed(task, "gone", status, headers, flags=["redirect_away"])
            return
        self._good()
        self.tally.aliases += 1
        self._moved += task.url in self.known
        self._pending.pop(task.url, None)
        self._aliases[task.url] = target
        self.landing.land(
            "other", task.url, requested=task.url, final=target, status=status, headers=headers,
            hints={**task.hints, "same_as": target}, flags=("alias",),
        )  # fmt: skip
        self._offer(target, {**task.hints, "also_at": [task.url]})

    def _target(self, url: str, location: str) -> tuple[str | None, str | None]:
        """Canonical address that a redirect leads to (None when it is another site's), and where to ask for it."""
        if not location:
            return None, None
        wire = _joined(self.hosts.to_wire(url), location)
        real = self.hosts.to_real(wire)
        target = canonical(real, self.rules)
        if target is None:
            target = canonical(location, self.rules, url)
        return target, wire if target is not None and self.may_ask(wire) else None

    def _article_failed(
        self, task: ArticleTask, reason: str, status: int, headers: Mapping[str, str] | None = None,
        body: bytes | None = None, flags: Iterable[str] = (),
    ) -> None:  # fmt: skip
        if reason == "robots":
            self.tally.robots += 1
            self._pending.pop(task.url, None)
        elif reason == "gone":
            self.tally.gone += 1
            self._keep_pending(task, reason)
            for claimed in self._claims.pop(task.url, []):
                # What a page called its own address does not exist: the page counts under the address it came from.
                self._aliases.pop(claimed, None)
                self.frontier.again(identity(claimed, self.rules), ArticleTask(claimed, task.hints, own=True))
        else:
            self.tally.failed[reason] += 1
            self._keep_pending(task, reason)
        self.landing.land(
            "article", task.url, requested=task.url, status=status, body=body, headers=headers, error=reason,
            hints=task.hints, flags=flags,
        )  # fmt: skip
        self._bad(reason)

    def _keep_pending(self, task: ArticleTask, reason: str) -> None:
        tries = task.attempts + 1
        if tries >= PENDING_TRIES.get(reason, PENDING_LONGEST) or (task.url in self.known and reason == "gone"):
            self._pending.pop(task.url, None)
        elif len(self._pending) < MAX_PENDING or task.url in self._pending:
            self._pending[task.url] = [tries, reason]

    def _pending_serious(self) -> bool:
        return any(reason in TRANSIENT for _, reason in self._pending.values())

    # ---- resuming

    def _replay(self, package: Package) -> None:
        """Take up an interrupted crawl: what its durable pages brought need not be asked again."""
        for page in package.pages():
            if page.kind in ("listing", "feed", "sitemap", "api") and page.error is None:
                self._replay_listing(page.kind, page.url, page.status, page.body, dict(page.hints))
            elif page.kind in ("article", "other") and page.error is None:
                self.frontier.mark(identity(page.url, self.rules))
                self.frontier.drop(identity(page.url, self.rules))
                self._pending.pop(page.url, None)
                same_as = page.hints.get("same_as")
                if page.kind == "article":
                    self.tally.resumed += 1
                    self._listed.add(fingerprint(identity(page.url, self.rules)))
                elif isinstance(same_as, str):
                    self._aliases[page.url] = same_as
                    self._moved += page.status != 200 and page.url in self.known
                    self._offer(same_as, {"also_at": [page.url]})
        _log.info("%s: resumed after %d pages", self.portal.slug, self.landing.pages)

    def _replay_listing(self, kind: str, url: str, status: int, body: bytes | None, hints: dict[str, Any]) -> None:
        task = ListingTask(
            url, kind, str(hints.get("listing") or path_of(url)), hints.get("section"), int(hints.get("page") or 1),
            form=hints.get("form"),
        )  # fmt: skip
        self.frontier.took(task)
        self.tally.listings += 1
        if status == 304:
            walk = self._walk(task.key)
            walk.pages, walk.complete, walk.articles = max(1, walk.before_pages), True, walk.before_articles
            self._listed_before = max(self._listed_before, walk.before_articles)
        elif body is not None:
            self._absorb(task, body)
        self._after(task)


def _state_of(earlier: list[Package]) -> Mapping[str, Any]:
    """What the newest sealed package with a state says; the night before may have been an archive's."""
    for package in reversed(earlier):
        state = package.manifest.stats.get("state")
        if isinstance(state, dict):
            return state
    return {}


def _status_class(status: int) -> str:
    if status in (404, 410):
        return "gone"
    if status == 429:
        return "rate_limited"
    if status in (401, 402, 403, 406, 451):
        return "blocked"
    if status == 408:
        return "timeout"
    if status >= 500:
        return "server_error"
    return "gone" if 400 <= status < 500 else "network"


def _listing_hints(task: ListingTask) -> dict[str, Any]:
    hints: dict[str, Any] = {"listing": task.key, "page": task.page}
    if task.section:
        hints["section"] = task.section
    if task.form is not None:
        hints["form"] = dict(task.form)
    return hints


def _joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location.strip())
    except ValueError:
        return ""


def _month_end(url: str) -> date | None:
    """Last day of the month that an address carries: the article is no younger."""
    month = address_month(url)
    if month is None:
        return None
    year, number = month
    first_of_next = date(year + number // 12, number % 12 + 1, 1)
    return first_of_next - timedelta(days=1)
