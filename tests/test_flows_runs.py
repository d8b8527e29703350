"""What the ledger's rows say of runs and portals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from flows import runs
from flows.runs import Plan
from warehouse import contracts

A, B, C = "20261120T183000Z-nightly", "20261121T183000Z-nightly", "20261122T000000Z-rerun"


def plan(run: str, *portals: str, **other: Any) -> dict[str, Any]:
    return Plan(run, run.split("-")[1], portals, **other).as_row()


def ending(run: str, portal: str, state: str = "ok", failure: str | None = None, **other: Any) -> dict[str, Any]:
    stamp = datetime.strptime(run.split("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return {
        "run_id": run, "portal": portal, "stage": "portal", "command": run.split("-")[1],
        "started_at": stamp.isoformat(),
        "finished_at": stamp.replace(minute=59).isoformat(), "outcome": "failed" if state == "failed" else "pages",
        "state": state, "failure_class": failure, "message": failure, "seconds": 1.0, **dict.fromkeys(runs.COUNTS, 0),
        **other,
    }  # fmt: skip


def end(run: str) -> dict[str, Any]:
    return {"run_id": run, "portal": runs.WHOLE, "stage": "publish"}


def test_a_plan_survives_the_ledger() -> None:
    before = Plan(A, "nightly", ("a", "b"), since="2026-11-01", base_urls={"a": "http://127.0.0.1:1"}, archives=("x",))
    assert Plan.from_row(before.as_row()) == before


@pytest.mark.parametrize(
    ("state", "failure", "well"),
    [
        ("ok", None, True),
        ("closed", None, True),
        ("degraded", "layout_changed", True),
        ("degraded", "silent", True),
        ("degraded", "partial", False),
        ("degraded", "crashed", False),
        ("failed", "blocked", False),
    ],
)
def test_what_a_rerun_leaves_alone(state: str, failure: str | None, well: bool) -> None:
    rows = [plan(A, "a"), ending(A, "a", state, failure), end(A)]
    assert (runs.done(rows, A) == {"a"}) is well


def test_a_rerun_of_a_rerun_knows_what_both_did() -> None:
    rows = [plan(A, "a", "b", "c"), ending(A, "a"), ending(A, "b", "failed", "timeout"), end(A),
            plan(C, "b", "c", of=A), ending(C, "b")]  # fmt: skip
    assert runs.done(rows, A) == {"a", "b"}


def test_a_later_ending_in_one_run_replaces_the_earlier() -> None:
    rows = [plan(A, "a"), ending(A, "a", "failed", "tls"), ending(A, "a")]
    assert runs.done(rows, A) == {"a"}
    assert len(runs.table(rows)) == 1


def test_standing_after_good_and_bad_nights() -> None:
    rows = [plan(A, "a", "b"), ending(A, "a"), ending(A, "b", "failed", "gone"), end(A)]
    rows += [plan(B, "a", "b"), ending(B, "a", "degraded", "silent"), ending(B, "b", "failed", "gone"), end(B)]
    a, b = runs.standings(rows)["a"], runs.standings(rows)["b"]
    assert (a.state, a.failure_class, a.stale) == ("degraded", "silent", False)
    assert a.last_good_at == datetime(2026, 11, 20, 18, 59, tzinfo=UTC)
    assert a.failing_since == datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
    assert (b.state, b.stale, b.last_good_at) == ("failed", True, None)
    assert b.failing_since == datetime(2026, 11, 20, 18, 30, tzinfo=UTC)


def test_a_rerun_heals_and_a_rebuild_says_nothing_of_health() -> None:
    rows = [plan(A, "a"), ending(A, "a", "failed", "timeout"), end(A), plan(C, "a", of=A), ending(C, "a"), end(C)]
    assert runs.standings(rows)["a"].failing_since is None
    rebuild = "20261123T000000Z-rebuild"
    rows += [plan(rebuild, "a"), ending(rebuild, "a", "degraded", "crashed"), end(rebuild)]
    assert runs.standings(rows)["a"].state == "ok"


def test_a_killed_run_shows_in_history_unless_it_is_still_at_work() -> None:
    rows = [plan(A, "a", "b"), ending(A, "a")]
    killed = next(row for row in runs.table(rows) if row["portal"] == "b")
    assert (killed["state"], killed["failure_class"], killed["finished_at"]) == ("failed", "crashed", None)
    assert runs.standings(rows)["b"].state == "failed"
    assert "b" not in runs.standings(rows, under_way=A)
    assert [row["portal"] for row in runs.table(rows, under_way=A)] == ["a"]


def test_rows_of_the_table_have_the_contract_s_columns() -> None:
    rows = [plan(A, "a"), ending(A, "a", checks=[], package="raw/a/x"), end(A)]
    assert [list(row) for row in runs.table(rows)] == [[column.name for column in contracts.TABLES["runs"].columns]]


def test_good_nights_come_newest_first_and_without_bad_ones() -> None:
    rows = [ending(A, "a"), ending(B, "a", "failed", "tls"), ending(C, "a"), ending(C, "b")]
    assert [row["run_id"] for row in runs.good_nights(rows, "a")] == [C, A]
