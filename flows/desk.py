"""What a data engineer asks at seven in the morning: `status`, `diagnose`, `releases`, `verify`, `portals`; and what is
done by hand: `rollback`, `prune`.

Everything here is read from the data root and the registry; nothing imports Prefect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from click import echo

from flows import runs, settings
from flows.runs import Standing
from warehouse import ledger, locks
from warehouse.export import as_text_table
from warehouse.store import Root, open_root

_MENDS: Final = {
    "layout_changed": "tinhuy diagnose {portal}    # then mend transforms/layouts, and: tinhuy rebuild {portal}",
    "low_fill": "tinhuy diagnose {portal}",
    "silent": "tinhuy portals check {portal}",
    "crashed": "tinhuy rerun {run} {portal}",
    "no_pages": "tinhuy portals check {portal}",
    "gone": "tinhuy portals check {portal}    # has it moved? see successor in its record",
    "robots": "tinhuy diagnose {portal}    # its robots.txt forbids; ask the portal",
    "blocked": "tinhuy diagnose {portal}    # wait, then: tinhuy rerun {run} {portal}",
    "tls": 'tinhuy diagnose {portal}    # tls = "legacy" in its record, if that is what it needs',
    "configuration": "tinhuy portals    # mend its record",
}
_RERUN: Final = "tinhuy rerun {run} {portal}"


def status() -> int:
    """Print every portal's standing; 1 when one of them is failed or degraded, or nothing has run yet."""
    root = open_root(address=settings.data_root())
    rows = ledger.read(root)
    standings = runs.standings(rows, _under_way(root, rows))
    registered = settings.registered()
    lines = []
    for slug in sorted({*standings, *(registered if not standings else ())}):
        standing = standings.get(slug, Standing())
        last: Mapping[str, Any] = standing.last or {}
        lines.append(
            (slug, standing.state, _when(standing.last_good_at), _when(standing.failing_since), last.get("listed", ""),
             _expected(registered, slug), last.get("new_articles", ""), last.get("pages", ""), standing.message or "",
             _mend(slug, standing))
        )  # fmt: skip
    heads = ("portal", "state", "last good", "failing since", "listed", "floor", "new", "pages", "what", "run")
    echo(as_text_table(heads, lines, width=160), nl=False)
    _runs(root, rows)
    bad = [slug for slug, standing in standings.items() if standing.state not in ("ok", "closed")]
    return 1 if bad or not standings else 0


def _runs(root: Root, rows: Sequence[Mapping[str, Any]]) -> None:
    from warehouse.release import current

    release = current(root)
    echo(f"\nrelease  {release.id if release is not None else 'none yet'}")
    for plan in list(runs.plans(rows).values())[-5:]:
        ended = [row for (run, _), row in runs.endings(rows).items() if run == plan.run]
        bad = sum(row["state"] not in ("ok", "closed") for row in ended)
        cut = "under way" if plan.run == _under_way(root, rows) else "cut off"
        end = "ended" if runs.published(rows, plan.run) else cut
        echo(f"run      {plan.run}  {end}, {len(ended)} of {len(plan.portals)} portals, {bad} not ok")


def _under_way(root: Root, rows: Sequence[Mapping[str, Any]]) -> str | None:
    """The run at work now: the newest, if somebody holds the lock."""
    return max(runs.plans(rows), default=None) if locks.busy(root) else None


def _expected(registered: Mapping[str, Any], slug: str) -> str:
    return str(registered[slug].expect.floor) if slug in registered else "no record"


def _mend(slug: str, standing: Standing) -> str:
    if standing.state in ("ok", "closed", "never") or standing.last is None:
        return "" if standing.state != "never" else f"tinhuy nightly {slug}"
    command = _MENDS.get(standing.failure_class or "", _RERUN)
    return command.format(portal=slug, run=standing.last["run_id"])


def diagnose(portal: str) -> int:
    """Print what is known of one portal's last night and what to run; 1 when it is not well."""
    root = open_root(address=settings.data_root())
    registered = settings.registered()
    rows = ledger.read(root)
    standings = runs.standings(rows, _under_way(root, rows))
    if portal not in standings:
        settings.portal_named(registered, portal)
    standing = standings.get(portal, Standing())
    last: Mapping[str, Any] = standing.last or {}
    echo(f"{portal}  {standing.state}" + (f"  {standing.failure_class}" if standing.failure_class else ""))
    for name, value in (
        ("what", standing.message),
        ("last good", _when(standing.last_good_at) or "never"),
        ("failing since", _when(standing.failing_since)),
        ("run", last.get("run_id")),
        ("raw pages", last.get("package") and f"{root}/{last['package']}"),
        ("run next", _mend(portal, standing)),
    ):
        if value:
            echo(f"  {name:<14} {value}")
    if last.get("checks"):
        echo("\nexpected and seen")
        lines = [(c["name"], c["expected"], c["seen"], "yes" if c["good"] else "NO") for c in last["checks"]]
        echo(as_text_table(("check", "expected", "seen", "good"), lines), nl=False)
    if last.get("selectors"):
        echo("\nselectors of the layout")
        lines = [(name, found, asked, "yes" if found else "NO") for name, (found, asked) in last["selectors"].items()]
        echo(as_text_table(("selector", "found", "asked", "works"), lines), nl=False)
    if last.get("failing"):
        echo("\npages to look at (position in the raw package)")
        lines = [
            (page["position"], page["url"], page["reason"] or "", ", ".join(page["selectors"]))
            for page in last["failing"]
        ]
        echo(as_text_table(("position", "address", "why", "selectors that found nothing"), lines, width=160), nl=False)
    _last_rejects(root, portal)
    return 0 if standing.state in ("ok", "closed") else 1


def _last_rejects(root: Root, portal: str) -> None:
    from warehouse.release import current

    release = current(root)
    if release is None:
        return
    tables = release.tables()
    found: list[tuple[Any, ...]] = []
    for row in tables.rows("rejects", ["portal", "stage", "reason", "url", "detail"]):
        if row["portal"] == portal:
            found.append((row["stage"], row["reason"], row["url"], row["detail"]))
            if len(found) == 5:
                break
    if found:
        echo('\nrejects (the first five; `tinhuy sql "from rejects"` has all)')
        echo(as_text_table(("stage", "reason", "address", "detail"), found, width=120), nl=False)


def portals() -> int:
    """Print the registry with each portal's grade of evidence and last night."""
    standings = _standings_if_any()
    lines = []
    for slug, portal in sorted(settings.registered().items()):
        standing = standings.get(slug, Standing())
        span = " to ".join(str(day) for day in (portal.valid_from or "", portal.valid_to or "") if day)
        lines.append((slug, portal.name, portal.host, portal.family, portal.province or "central", portal.grade, span,
                      standing.state, _when(standing.last_good_at)))  # fmt: skip
    echo(
        as_text_table(("portal", "name", "host", "family", "province", "known", "valid", "state", "last good"), lines),
        nl=False,
    )
    return 0


def _standings_if_any() -> dict[str, Standing]:
    from warehouse.store import DataRootError

    try:
        root = open_root(address=settings.data_root())
        rows = ledger.read(root)
        return runs.standings(rows, _under_way(root, rows))
    except DataRootError:  # the list needs no data root
        return {}


def releases() -> int:
    """Print the releases, newest last; `*` is the current one."""
    from warehouse import release

    root = open_root(address=settings.data_root())
    now = release.current(root)
    lines = []
    for one in release.releases(root):
        counts = one.counts()
        mark = "*" if now is not None and one.id == now.id else ""
        told = (counts["articles"], counts["figures"], counts["citations"], one.digest[:16])
        lines.append((mark, one.id, _when(one.created_at), *told))
    if not lines:
        echo(f"no release in {root} yet; run `tinhuy nightly` or `tinhuy demo`")
        return 0
    echo(as_text_table(("", "release", "made", "articles", "figures", "citations", "digest"), lines), nl=False)
    return 0


def rollback(release: str) -> int:
    """Move the pointer to an earlier release."""
    from warehouse.release import rollback as move

    now = move(open_root(address=settings.data_root()), release)
    echo(f"current is {now.id}")
    return 0


def prune(keep: int, *, dry_run: bool) -> int:
    """Remove what is no longer needed, and say what; with `dry_run` only say it."""
    from flows import stages
    from warehouse import pruning

    root = open_root(address=settings.data_root())
    digests = {slug: stages.portal_digest(portal.facts()) for slug, portal in settings.registered().items()}
    done = pruning.prune(root, keep, digests, dry_run=dry_run)
    for one in done.removals:
        echo(f"{one.path}  {one.why}")
    echo(f"{root}: {len(done.removals)} {'would go' if dry_run else 'removed'}, {done.bytes / (1 << 20):.1f} MiB")
    return 0


def verify() -> int:
    """Check every promise on disk; 1 when one is broken."""
    from flows import derive
    from warehouse.checks import verify as check

    root = open_root(address=settings.data_root())
    problems = check(root, derive.DERIVERS)
    for problem in problems:
        echo(problem)
    echo(f"{root}: {f'{len(problems)} promises broken' if problems else 'every promise holds'}")
    return 1 if problems else 0


def _when(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") + "Z" if moment is not None else ""
