"""The outcome of a crawl: pages, declared empty, or failed with a class from the closed list.

Counts go in, a verdict comes out; no count of zero is ever a success. A crawl that brought pages but could not get all
that it was shown is `pages` with the class `partial`: what came is kept, what is missing is asked again next night.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

ORDER: Final = ("blocked", "tls", "rate_limited", "server_error", "timeout", "network", "robots", "gone", "partial")
"""Which class names a failure when several occurred equally often."""
TRANSIENT: Final = frozenset(
    ("blocked", "tls", "rate_limited", "server_error", "timeout", "network", "partial", "crashed")
)
"""Failures of an article after which the night is not whole."""


@dataclass(slots=True)
class Tally:
    """What a crawl counted."""

    listed: int = 0
    """Distinct articles that listings, feeds, sitemaps or the API showed, or that were asked."""
    fetched: int = 0
    """Article pages that came with a body."""
    unchanged: int = 0
    """Known articles that answered 304, or 200 with the same bytes."""
    known: int = 0
    """Listed articles that are known and were not asked."""
    aliases: int = 0
    """Second addresses of articles."""
    gone: int = 0
    """Articles that answered 404 or 410, or led to another page."""
    elsewhere: int = 0
    """Addresses that redirect to another site; never followed."""
    traps: int = 0
    """Addresses refused because they lead round in circles."""
    outside: int = 0
    """Articles outside the window asked for."""
    robots: int = 0
    """Addresses that robots.txt closes."""
    listings: int = 0
    """Listing pages, feeds, sitemaps and API pages that came."""
    requests: int = 0
    resumed: int = 0
    """Articles that an earlier, interrupted process of this crawl had brought."""
    empty: int = 0
    """Listings that say themselves that they have nothing."""
    failed: Counter[str] = field(default_factory=Counter)
    """Articles that could not be got, by class."""
    listings_failed: dict[str, str] = field(default_factory=dict)
    """Listings that could not be got, with the class."""
    crashed: int = 0
    """Answers on which our own code failed."""
    stopped: str | None = None
    """Why the crawl ended before its work did: `pages`, `time`, `blocked`, `unreachable`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a crawl ended."""

    outcome: str
    failure_class: str | None
    message: str | None


def judge(tally: Tally, known_before: int, robots_failure: str | None = None) -> Outcome:
    """Return the outcome; `known_before` is how many articles earlier crawls had brought, `robots_failure` the class
    of the failure to get robots.txt, when that closed the portal."""
    good = tally.fetched + tally.unchanged + tally.resumed
    failures = Counter(tally.failed)
    failures.update(tally.listings_failed.values())
    if tally.crashed:
        failures["crashed"] += tally.crashed
    if good == 0 and tally.listings == 0:
        return _nothing(tally, failures, robots_failure)
    if tally.stopped == "blocked":
        if good == 0:
            return Outcome("failed", "blocked", "every answer was a challenge or block page")
        return Outcome("pages", "partial", f"blocked after {good} pages; the rest is asked next night")
    if tally.listed == 0:
        return _nothing_listed(tally, failures, known_before)
    if good == 0 and failures.total() and not tally.known:
        worst = _worst(failures)
        return Outcome("failed", worst, f"none of {tally.listed} articles could be fetched: {_told(failures)}")
    missing = sum(count for name, count in tally.failed.items() if name in TRANSIENT)
    listings = [f"{key} ({name})" for key, name in tally.listings_failed.items() if name != "gone"]
    if tally.crashed:
        return Outcome("pages", "crashed", f"{tally.crashed} answers made the crawl fail; see its log")
    if missing or listings:
        told = []
        if missing:
            told.append(f"{missing} of {tally.listed} articles could not be fetched: {_told(tally.failed)}")
        if listings:
            told.append("listings failed: " + ", ".join(sorted(listings)[:5]))
        return Outcome("pages", "partial", "; ".join(told) + "; asked again next night")
    if tally.stopped in ("time", "unreachable"):
        reason = "the time allowed was over" if tally.stopped == "time" else "the portal stopped answering"
        return Outcome("pages", "partial", f"{reason} after {good} pages; the next night goes on")
    if tally.stopped == "pages":
        return Outcome("pages", None, f"stopped at the cap of pages after {good}; the next night goes on")
    return Outcome("pages", None, None)


def _nothing(tally: Tally, failures: Counter[str], robots_failure: str | None) -> Outcome:
    if robots_failure is not None:
        return Outcome(
            "failed", robots_failure, f"robots.txt could not be fetched ({robots_failure}), so nothing was asked"
        )
    if tally.crashed:
        return Outcome("failed", "crashed", f"{tally.crashed} answers made the crawl fail; see its log")
    if tally.stopped == "blocked":
        return Outcome("failed", "blocked", "every answer was a challenge or block page")
    if tally.robots and set(failures) <= {"robots", "gone"}:
        return Outcome("failed", "robots", f"robots.txt closes all {tally.robots} addresses that were to be asked")
    if failures:
        worst = _worst(failures)
        return Outcome("failed", worst, f"no page came: {_told(failures)}")
    if tally.stopped == "time":
        return Outcome("failed", "timeout", "the time allowed was over before a page came")
    return Outcome("failed", "no_pages", "no page came and none failed: the record names nothing to ask")


def _nothing_listed(tally: Tally, failures: Counter[str], known_before: int) -> Outcome:
    serious = Counter({name: n for name, n in failures.items() if name not in ("gone", "robots")})
    if serious:
        return Outcome("failed", _worst(serious), f"no article was listed: {_told(serious)}")
    if tally.empty and tally.empty >= tally.listings - 1:
        return Outcome("empty", None, "the portal says itself that it has no articles")
    if known_before:
        return Outcome(
            "failed", "layout_changed",
            f"{tally.listings} listing pages came and none links to an article, where {known_before} articles are "
            "known: the address pattern or the listings changed",
        )  # fmt: skip
    return Outcome("failed", "no_pages", f"{tally.listings} listing pages came and none links to an article")


def _worst(failures: Counter[str]) -> str:
    rank = {name: i for i, name in enumerate(ORDER)}
    return min(failures, key=lambda name: (-failures[name], rank.get(name, len(ORDER))))


def _told(failures: Counter[str]) -> str:
    ordered = sorted(failures.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{count} {_WORDS.get(name, name)}" for name, count in ordered)


_WORDS: Final = {
    "partial": "too large or cut short", "blocked": "blocked or sent elsewhere", "gone": "gone", "tls": "bad TLS",
    "rate_limited": "rate limited", "server_error": "server errors", "layout_changed": "not what a listing is",
}  # fmt: skip
