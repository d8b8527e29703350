"""Runs as the ledger tells them: what was asked for, what is done, what was good, what state each portal is in.

A run leaves four kinds of ledger rows, told apart by `stage`: `plan` (portal `*`, written first: what was asked),
`crawl` (one per package that it begins or continues), `portal` (one per portal when it has ended, with the columns of
`runs` and the numbers behind them) and `publish` (portal `*`, written last). A plan without its later rows is a run
that was killed. All functions here are pure over such rows, oldest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from warehouse import contracts, ledger

WHOLE: Final = ledger.WHOLE
"""Portal of ledger rows that speak of the run as a whole."""
_RUN_COLUMNS: Final = tuple(column.name for column in contracts.TABLES["runs"].columns)
COUNTS: Final = ("pages", "unchanged", "new_articles", "changed_articles", "figures", "rejects")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run was asked to do."""

    run: str
    """`YYYYMMDDTHHMMSSZ-<command>`, UTC start."""
    command: str
    portals: tuple[str, ...]
    since: str | None = None
    until: str | None = None
    """ISO days, both included."""
    base_urls: Mapping[str, str] = field(default_factory=dict)
    registry: str | None = None
    """Folder of portal files instead of the bundled ones."""
    of: str | None = None
    """The run that this one continues."""
    prefect_run: str | None = None
    """Flow run in Prefect that carries it; a retry there continues the same run."""
    archives: tuple[str, ...] = ()

    @property
    def started_at(self) -> datetime:
        """Start, UTC."""
        return datetime.strptime(self.run.split("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    @property
    def deep(self) -> bool:
        """Whether it brings a window of the past (a backfill, or the rerun of one) rather than what is new."""
        return self.until is not None

    @property
    def crawls(self) -> bool:
        """Whether this run asks portals for pages."""
        return self.command in ("nightly", "backfill", "rerun", "demo")

    def as_row(self) -> dict[str, Any]:
        """Return the plan as a ledger row."""
        return {"run_id": self.run, "portal": WHOLE, "stage": "plan", "plan": asdict(self)}

    @classmethod
    def from_row(cls, row: Row) -> Plan:
        """Return the plan of a ledger row."""
        told = dict(row["plan"])
        told["portals"], told["archives"] = tuple(told["portals"]), tuple(told.get("archives") or ())
        return cls(**told)


def plans(rows: Iterable[Row]) -> dict[str, Plan]:
    """Return run to plan, oldest first."""
    return {row["run_id"]: Plan.from_row(row) for row in rows if row["stage"] == "plan"}


def endings(rows: Iterable[Row]) -> dict[tuple[str, str], Row]:
    """Return (run, portal) to its ending; of two in one run (a retry) the later."""
    return {(row["run_id"], row["portal"]): row for row in rows if row["stage"] == "portal"}


WHOLE_THOUGH_DEGRADED: Final = ("layout_changed", "low_fill", "silent")
"""Degradations that say nothing against the crawl: doing it again would bring the same pages."""


def ended_well(row: Row) -> bool:
    """Whether an ending leaves nothing for a rerun to do."""
    return row["state"] in ("ok", "closed") or (
        row["state"] == "degraded" and row["failure_class"] in WHOLE_THOUGH_DEGRADED
    )


def done(rows: Sequence[Row], run: str) -> frozenset[str]:
    """Return the portals that a run, or a run that continued it, has brought to an end that leaves nothing to do."""
    family = {run} | {plan.run for plan in plans(rows).values() if plan.of == run}
    return frozenset(portal for (name, portal), row in endings(rows).items() if name in family and ended_well(row))


def good_ending(rows: Sequence[Row], run: str, portal: str) -> dict[str, Any] | None:
    """Return how a portal ended in a run, if that leaves nothing to do."""
    row = endings(rows).get((run, portal))
    return dict(row) if row is not None and ended_well(row) else None


def published(rows: Iterable[Row], run: str) -> bool:
    """Whether the run came to its end."""
    return any(row["stage"] == "publish" and row["run_id"] == run for row in rows)


def good_nights(rows: Sequence[Row], portal: str) -> list[Row]:
    """Return a portal's endings with state `ok`, newest first."""
    return [
        row for row in reversed(rows) if row["stage"] == "portal" and row["portal"] == portal and row["state"] == "ok"
    ]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a portal stands after its last night."""

    state: str = "never"
    failure_class: str | None = None
    message: str | None = None
    last_good_at: datetime | None = None
    """End of the last crawl with state `ok`."""
    failing_since: datetime | None = None
    """Start of the first run since then that was not."""
    last: Row | None = None
    """Its last ending."""

    @property
    def stale(self) -> bool:
        """Whether the portal's rows are older than the last night."""
        return self.state == "failed"


def standings(rows: Sequence[Row], under_way: str | None = None) -> dict[str, Standing]:
    """Return portal to standing. Only runs that crawled for what is new count; a rebuild says nothing about a portal's
    health. `under_way` is the run at work now, if there is one: any other without an end was cut off.
    """
    known: dict[str, Standing] = {}
    for row in _with_killed(rows, under_way):
        if row["command"] not in ("nightly", "rerun", "demo"):
            continue
        before = known.get(row["portal"], Standing())
        good = row["state"] in ("ok", "closed")
        known[row["portal"]] = Standing(
            state=row["state"],
            failure_class=row["failure_class"],
            message=row["message"],
            last_good_at=_time(row["finished_at"]) if good else before.last_good_at,
            failing_since=None if good else before.failing_since or _time(row["started_at"]),
            last=row,
        )
    return known


def table(rows: Sequence[Row], under_way: str | None = None) -> list[dict[str, Any]]:
    """Return the rows of the table `runs`: every ending, and one failed row per portal that a killed run left open."""
    return [
        {name: _time(row.get(name)) if name.endswith("_at") else row.get(name) for name in _RUN_COLUMNS}
        for row in _with_killed(rows, under_way)
    ]


def _with_killed(rows: Sequence[Row], under_way: str | None) -> list[Row]:
    ended = endings(rows)
    for plan in plans(rows).values():
        if plan.run == under_way or published(rows, plan.run):
            continue
        for portal in plan.portals:
            if (plan.run, portal) not in ended:
                ended[plan.run, portal] = {
                    "run_id": plan.run, "portal": portal, "stage": "portal", "command": plan.command,
                    "started_at": plan.started_at.isoformat(), "finished_at": None, "outcome": "failed",
                    "state": "failed", "failure_class": "crashed", "seconds": 0.0,
                    "message": "the run was cut off before this portal ended", **dict.fromkeys(COUNTS, 0),
                }  # fmt: skip
    return [ended[key] for key in sorted(ended)]


def _time(text: str | datetime | None) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else text
