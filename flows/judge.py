"""Whether a portal's night was good: pure rules over counts, declared expectations and earlier good nights.

Promises: zero is never a pass; a failure and a degradation always carry a class of `contracts.FAILURE_CLASSES` and a
sentence; only good nights count as history, so a slow decline cannot teach the judge to accept it; the same counts
always get the same verdict. Every comparison made is kept in `Verdict.checks`, which `tinhuy diagnose` prints.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

GENERIC_SHARE: Final = 0.2
"""Share of a night's articles read by the fallback at which a layout counts as changed. A single stray page of an
old kind stays below it on an ordinary night; the first page of a redesign, alone or with others, does not."""
SURPRISE: Final = 0.01
"""How unlikely a fill must be at the declared rate before it is called low."""
REJECT_SHARE: Final = 0.5
HISTORY: Final = 14
"""Good nights that make up what is usual."""


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a portal's record says of a good night."""

    floor: int = 1
    """Articles listed, known ones included, below which the night failed."""
    silence_days: int | None = None
    """Days without a new article after which the portal is no longer healthy."""
    fill: Mapping[str, float] = field(default_factory=dict)
    """Field of an article to the lowest share of articles that have it."""
    has_layout: bool = True
    """False where pages are read by the generic way on purpose."""
    closed: bool = False
    """The portal no longer exists; nothing is expected of it."""


@dataclass(frozen=True, slots=True)
class Night:
    """What one portal's night brought."""

    outcome: str
    """Of the crawl: `pages`, `empty` or `failed`."""
    failure_class: str | None = None
    message: str | None = None
    listed: int = 0
    """Distinct articles that listings, feeds, sitemaps or the API showed, or that were fetched or answered 304."""
    pages: int = 0
    unchanged: int = 0
    articles: int = 0
    """Articles read from tonight's pages."""
    unread: int = 0
    """Pages that came as articles and gave no rows, galleries and the like left out."""
    asides: int = 0
    """Pages that came as articles and were read as something else: galleries, listings, static pages."""
    generic: int = 0
    """Of `articles`, those read by the fallback."""
    crashed: int = 0
    """Pages on which a transform failed in a way nobody foresaw."""
    filled: Mapping[str, int] = field(default_factory=dict)
    """Field to the number of `articles` that have it."""
    last_new: date | None = None
    """Newest day on which an article of this portal was first fetched, tonight included."""
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison: what was measured against what."""

    name: str
    expected: str
    seen: str
    good: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """State of the portal after the night, for `runs` and `portals`."""

    state: str
    failure_class: str | None
    message: str | None
    checks: tuple[Check, ...]


def judge(night: Night, expected: Expectations, good_nights: Iterable[Mapping[str, Any]] = ()) -> Verdict:
    """Return the verdict; `good_nights` are (`articles`, `filled`) of earlier nights that were ok, newest first."""
    checks: list[Check] = []
    if expected.closed:
        return Verdict("closed", None, night.message, ())
    if night.outcome == "failed":
        return Verdict("failed", night.failure_class or "crashed", night.message or "the crawl failed", ())
    if night.outcome == "empty":
        return Verdict("degraded", "no_pages", night.message or "the portal says itself that it has no articles", ())
    troubles: list[tuple[str, str, str]] = []
    if night.failure_class is not None:
        # Pages came, but not all that was listed: what came is published, what did not is asked again.
        troubles.append(("degraded", night.failure_class, night.message or "the crawl is not whole"))

    def look(name: str, expect: str, seen: str, good: bool, state: str, failure: str, message: str) -> None:
        checks.append(Check(name, expect, seen, good))
        if not good:
            troubles.append((state, failure, message))

    look(
        "listed", f"at least {expected.floor}", str(night.listed), night.listed >= expected.floor,
        "failed", "partial" if night.listed else "no_pages",
        f"{night.listed} articles listed where at least {expected.floor} are expected",
    )  # fmt: skip
    if expected.silence_days is not None and night.today is not None and night.last_new is not None:
        days = (night.today - night.last_new).days
        look(
            "silence", f"at most {expected.silence_days} days", f"{days} days", days <= expected.silence_days,
            "degraded", "silent", f"no new article for {days} days ({expected.silence_days} are allowed)",
        )  # fmt: skip
    if expected.has_layout and night.articles:
        share = night.generic / night.articles
        look(
            "layout", f"fallback below {GENERIC_SHARE:.0%}", f"{night.generic} of {night.articles} by the fallback",
            share < GENERIC_SHARE, "degraded", "layout_changed",
            f"layout changed: {night.generic} of {night.articles} articles came from the fallback",
        )  # fmt: skip
    good_nights = list(good_nights)
    if night.asides:
        usually, came = _usual_share(good_nights), night.articles + night.asides
        few = night.articles / came < usually / 2 and _surprising(night.articles, came, usually)
        look(
            "articles", f"at least {usually / 2:.0%} of pages", f"{night.articles} of {came}", not few,
            "degraded", "low_fill",
            f"only {night.articles} of {came} pages that are listed as articles are articles; see the table rejects",
        )  # fmt: skip
    usual = _usual(good_nights)
    for name in sorted(expected.fill.keys() | usual.keys()):
        if not night.articles:
            break
        found, declared, usually = night.filled.get(name, 0), expected.fill.get(name, 0.0), usual.get(name, 0.0)
        half = usually / 2
        halved = found / night.articles < half and _surprising(found, night.articles, usually)
        low = halved or _below(found, night.articles, declared)
        look(
            f"fill {name}", f"at least {max(declared, half):.0%}", f"{found} of {night.articles}", not low,
            "degraded", "low_fill",
            f"low fill: {name} in {found} of {night.articles} articles (at least {max(declared, half):.0%} expected)",
        )  # fmt: skip
    read = night.articles + night.unread
    if night.unread:
        look(
            "unread", f"below {REJECT_SHARE:.0%}", f"{night.unread} of {read}", night.unread / read < REJECT_SHARE,
            "degraded", "low_fill", f"{night.unread} of {read} pages could not be read; see the table rejects",
        )  # fmt: skip
    if night.crashed:
        look(
            "transform", "no page crashes it", f"{night.crashed} did", False,
            "degraded", "crashed", f"{night.crashed} pages made a transform fail; see the table rejects",
        )  # fmt: skip
    if not troubles:
        return Verdict("ok", None, night.message, tuple(checks))
    state = "failed" if any(state == "failed" for state, _, _ in troubles) else "degraded"
    worst = next(trouble for trouble in troubles if trouble[0] == state)
    return Verdict(state, worst[1], "; ".join(message for _, _, message in troubles), tuple(checks))


def _usual_share(good_nights: Iterable[Mapping[str, Any]]) -> float:
    """Share of articles among the pages that came as such over the last good nights; half, where there is none."""
    nights = [night for night in good_nights if night.get("articles")][:HISTORY]
    articles = sum(night["articles"] for night in nights)
    return articles / (articles + sum(night.get("asides", 0) for night in nights)) if articles else 0.5


def _usual(good_nights: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Share of articles with each field over the last good nights that brought articles."""
    articles, filled, nights = 0, dict[str, int](), 0
    for night in good_nights:
        if nights == HISTORY:
            break
        if night.get("articles"):
            nights += 1
            articles += night["articles"]
            for name, count in (night.get("filled") or {}).items():
                filled[name] = filled.get(name, 0) + count
    return {name: count / articles for name, count in filled.items()} if articles else {}


def _below(found: int, articles: int, declared: float) -> bool:
    """Whether so few are a surprise at the declared rate, or, from four articles on, less than half of it."""
    share = found / articles
    return share < declared and ((articles >= 4 and share < declared / 2) or _surprising(found, articles, declared))


def _surprising(found: int, articles: int, rate: float) -> bool:
    """Whether `found` or fewer of `articles` would be rarer than `SURPRISE` if each had the field at `rate`."""
    if articles > 400:  # exact enough, and no huge binomials
        spread = math.sqrt(articles * rate * (1 - rate))
        return found < articles * rate - 2.33 * spread
    chance = math.fsum(math.comb(articles, k) * rate**k * (1 - rate) ** (articles - k) for k in range(found + 1))
    return chance < SURPRISE
