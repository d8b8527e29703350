"""What came in last night and whether anything is broken: the numbers of the first page, from `portals` and `runs`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

from warehouse.site.release import LOCAL, Row, SiteRelease

STRIP: Final = 14
"""Nights in the strip of a portal."""
DAYS: Final = 45
"""Days in the chart of volumes."""
_USUAL_FROM: Final = 3
"""Earlier nights with pages that it takes to say what is usual."""
_ORDER: Final = ("failed", "degraded", "never", "ok", "closed")
_TRANSIENT: Final = frozenset({"timeout", "partial", "network", "server_error", "rate_limited", "crashed"})
"""Classes that a second try may mend; the others want a look first."""
_READING: Final = frozenset({"rebuild"})
"""Commands that fetch nothing."""


@dataclass
class PortalNight:
    """One line of the table of portals."""

    row: Row
    """The portal's row of `portals`."""
    last: Row | None
    """Its last run that fetched."""
    usual: int | None
    """Median of new articles in earlier nights; None while there are too few."""
    strip: list[tuple[date, str]]
    """Day and state, oldest first; state `none` where it did not run."""
    command: str

    @property
    def broken(self) -> bool:
        """Whether somebody should look at it."""
        return self.row["state"] in ("failed", "degraded")


@dataclass
class Volume:
    """What one night brought, all portals together."""

    day: date
    new: int = 0
    changed: int = 0
    pages: int = 0
    rejects: int = 0
    failed: int = 0
    """Portals that failed."""
    ran: bool = False


@dataclass
class Night:
    """The first page."""

    run: str | None = None
    command: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    portals: list[PortalNight] = field(default_factory=list)
    volumes: list[Volume] = field(default_factory=list)
    """One for each day from the first run (or `DAYS` ago) to the last, nights without a run too."""
    states: dict[str, int] = field(default_factory=dict)
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    figures: int = 0
    rejects: int = 0

    @property
    def broken(self) -> int:
        """Portals that somebody should look at."""
        return sum(portal.broken for portal in self.portals)

    @property
    def stale(self) -> int:
        """Portals that show rows of an earlier night."""
        return sum(bool(portal.row["stale"]) for portal in self.portals)


def read(release: SiteRelease) -> Night:
    """Return the last night of a release; an empty one when nothing ran yet."""
    night = Night()
    fetched = [row for row in release.tables.rows("runs") if row["command"] not in _READING]
    fetched.sort(key=lambda row: (row["started_at"], row["run_id"], row["portal"]))
    by_portal: dict[str, list[Row]] = defaultdict(list)
    for row in fetched:
        by_portal[row["portal"]].append(row)
    if fetched:
        _last_run(night, fetched)
        night.volumes = _volumes(fetched)
    end = night.volumes[-1].day if night.volumes else None
    for row in release.tables.rows("portals"):
        night.portals.append(_portal(row, by_portal.get(row["portal"], []), end))
        night.states[row["state"]] = night.states.get(row["state"], 0) + 1
    night.portals.sort(key=lambda p: (_ORDER.index(p.row["state"]), not p.row["stale"], p.row["name"], p.row["portal"]))
    return night


def _last_run(night: Night, rows: Sequence[Row]) -> None:
    last = max(rows, key=lambda row: (row["started_at"], row["run_id"]))
    mine = [row for row in rows if row["run_id"] == last["run_id"]]
    night.run, night.command = last["run_id"], last["command"]
    night.started_at = min(row["started_at"] for row in mine)
    ends = [row["finished_at"] for row in mine if row["finished_at"] is not None]
    night.finished_at = max(ends, default=None)
    night.new = sum(row["new_articles"] for row in mine)
    night.changed = sum(row["changed_articles"] for row in mine)
    night.unchanged = sum(row["unchanged"] for row in mine)
    night.figures = sum(row["figures"] for row in mine)
    night.rejects = sum(row["rejects"] for row in mine)


def _volumes(rows: Iterable[Row]) -> list[Volume]:
    found: dict[date, Volume] = {}
    bad: dict[date, set[str]] = defaultdict(set)
    for row in rows:
        day = _day(row)
        volume = found.setdefault(day, Volume(day, ran=True))
        volume.new += row["new_articles"]
        volume.changed += row["changed_articles"]
        volume.pages += row["pages"]
        volume.rejects += row["rejects"]
        # A portal that was mended by a later run of the same night is well.
        (bad[day].add if row["outcome"] == "failed" else bad[day].discard)(row["portal"])
    for day, portals in bad.items():
        found[day].failed = len(portals)
    last = max(found)
    first = max(min(found), last - timedelta(days=DAYS - 1))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [found.get(day, Volume(day)) for day in days]


def _portal(row: Row, runs: list[Row], end: date | None) -> PortalNight:
    last = runs[-1] if runs else None
    earlier = [run["new_articles"] for run in runs[:-1] if run["outcome"] != "failed" and run["command"] == "nightly"]
    usual = round(median(earlier[-30:])) if len(earlier) >= _USUAL_FROM else None
    states = {_day(run): str(run["state"]) for run in runs}
    strip = []
    if end is not None:
        strip = [(day, states.get(day, "none")) for day in (end - timedelta(days=n) for n in range(STRIP - 1, -1, -1))]
    return PortalNight(row, last, usual, strip, _command(row, last))


def _command(row: Row, last: Row | None) -> str:
    slug = row["portal"]
    if row["state"] == "never":
        return f"tinhuy nightly {slug}"
    if row["state"] not in ("failed", "degraded"):
        return ""
    if row["failure_class"] in _TRANSIENT and last is not None:
        return f"tinhuy rerun {last['run_id']} {slug}"
    return f"tinhuy diagnose {slug}"


def _day(run: Row) -> date:
    """Return the day of a run as Vietnam counts it."""
    started: datetime = run["started_at"]
    return started.astimezone(LOCAL).date()
