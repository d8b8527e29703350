"""When a night is good: tables of counts and the verdict that they must get."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.judge import Expectations, Night, judge
from warehouse.contracts import FAILURE_CLASSES, STATES

TODAY = date(2026, 11, 22)
GOOD: dict[str, Any] = {
    "outcome": "pages", "listed": 40, "pages": 30, "articles": 12, "filled": {"title": 12, "lead": 11},
    "last_new": TODAY, "today": TODAY,
}  # fmt: skip
RECORD: dict[str, Any] = {"floor": 20, "silence_days": 5, "fill": {"title": 1.0, "lead": 0.8}}

CASES = [
    # what is other than on a good night, expectations, state, class
    ({}, {}, "ok", None),
    ({"outcome": "failed", "failure_class": "blocked", "message": "stubs"}, {}, "failed", "blocked"),
    ({"outcome": "failed", "failure_class": "timeout"}, {}, "failed", "timeout"),
    ({"listed": 0, "pages": 0, "articles": 0, "filled": {}}, {}, "failed", "no_pages"),
    ({"outcome": "empty", "listed": 0, "pages": 1, "articles": 0, "filled": {}}, {}, "degraded", "no_pages"),
    ({"failure_class": "partial", "message": "2 of 40 articles could not be fetched"}, {}, "degraded", "partial"),
    ({"listed": 19}, {}, "failed", "partial"),
    ({"listed": 20}, {}, "ok", None),
    ({"articles": 0, "filled": {}, "unchanged": 30, "last_new": date(2026, 11, 18)}, {}, "ok", None),
    ({"articles": 0, "filled": {}, "last_new": date(2026, 11, 16)}, {}, "degraded", "silent"),
    ({"articles": 1, "generic": 1, "filled": {"title": 1, "lead": 1}}, {}, "degraded", "layout_changed"),
    ({"generic": 12}, {}, "degraded", "layout_changed"),
    ({"generic": 1}, {}, "ok", None),
    ({"generic": 12}, {"has_layout": False}, "ok", None),
    ({"filled": {"title": 12, "lead": 4}}, {}, "degraded", "low_fill"),
    ({"filled": {"title": 11, "lead": 12}}, {}, "degraded", "low_fill"),
    ({"filled": {"title": 12, "lead": 8}}, {}, "ok", None),
    ({"articles": 1, "filled": {"title": 1}}, {}, "ok", None),
    ({"articles": 2, "unread": 10, "filled": {"title": 2, "lead": 2}}, {}, "degraded", "low_fill"),
    ({"unread": 2}, {}, "ok", None),
    ({"crashed": 1, "unread": 1}, {}, "degraded", "crashed"),
    ({"outcome": "failed", "failure_class": "gone"}, {"closed": True}, "closed", None),
]


@pytest.mark.parametrize(("other", "expected", "state", "failure"), CASES)
def test_verdicts(other: dict[str, Any], expected: dict[str, Any], state: str, failure: str | None) -> None:
    verdict = judge(Night(**GOOD | other), Expectations(**RECORD | expected))
    assert (verdict.state, verdict.failure_class) == (state, failure)
    assert verdict.state in STATES
    assert verdict.failure_class is None or verdict.failure_class in FAILURE_CLASSES
    if state in ("failed", "degraded"):
        assert verdict.message


@pytest.mark.parametrize(
    ("articles", "asides", "good", "state"),
    [
        (0, 20, [], "degraded"),  # every page is taken for a listing: a redesign that fools the sanity checks
        (0, 6, [], "ok"),  # too few to tell, with nothing to compare
        (0, 2, [{"articles": 98, "asides": 2}], "degraded"),
        (0, 1, [{"articles": 98, "asides": 2}], "ok"),  # a night whose one new page is a gallery
        (3, 20, [{"articles": 98, "asides": 2}], "degraded"),
        (3, 20, [{"articles": 10, "asides": 60}], "ok"),  # a portal full of galleries
        (30, 8, [{"articles": 98, "asides": 2}], "ok"),
        (0, 20, [{"articles": 40}], "degraded"),  # nights from before this was counted
    ],
)
def test_pages_that_are_no_articles_are_unusual_in_number(
    articles: int, asides: int, good: list[dict[str, Any]], state: str
) -> None:
    night = Night(outcome="pages", listed=30, articles=articles, asides=asides)
    verdict = judge(night, Expectations(has_layout=False), good)
    assert (verdict.state, verdict.failure_class) == (state, "low_fill" if state == "degraded" else None)


def test_half_of_the_usual_fill_is_low_though_nothing_is_declared() -> None:
    good = [{"articles": 20, "filled": {"author": 18}}] * 3
    bad = judge(Night(**GOOD | {"filled": {"title": 12, "lead": 12, "author": 4}}), Expectations(**RECORD), good)
    assert (bad.state, bad.failure_class) == ("degraded", "low_fill")
    assert "author" in str(bad.message)


def test_only_the_latest_good_nights_make_what_is_usual() -> None:
    history = [{"articles": 10, "filled": {"author": 1}}] * 14 + [{"articles": 1000, "filled": {"author": 1000}}] * 9
    night = Night(**GOOD | {"filled": {"title": 12, "lead": 12, "author": 2}})
    assert judge(night, Expectations(**RECORD), history).state == "ok"


def test_a_failure_outranks_a_degradation_and_both_are_told() -> None:
    verdict = judge(Night(**GOOD | {"listed": 3, "generic": 12}), Expectations(**RECORD))
    assert (verdict.state, verdict.failure_class) == ("failed", "partial")
    assert "layout changed" in str(verdict.message)
    assert "3 articles listed" in str(verdict.message)


def test_every_comparison_is_kept_for_diagnose() -> None:
    verdict = judge(Night(**GOOD), Expectations(**RECORD))
    assert [check.name for check in verdict.checks] == ["listed", "silence", "layout", "fill lead", "fill title"]
    assert all(check.good for check in verdict.checks)


@pytest.mark.parametrize("articles", [401, 5000])
def test_large_nights_are_judged_alike(articles: int) -> None:
    fill = {"title": 1.0, "lead": 0.8}
    expected = Expectations(floor=1, fill=fill)

    def state(lead: float) -> str:
        filled = {"title": articles, "lead": round(articles * lead)}
        return judge(Night("pages", listed=9, articles=articles, filled=filled), expected).state

    assert (state(0.79), state(0.6)) == ("ok", "degraded")
