"""One run on one data root: its plan, its lock, its portals, its reading processes; and the steps that a run is made
of.

The steps (`crawl`, `read`, `settle`, `publish`) look at the data root first and do only what is not done. That is why
a kill and the same command, a retry in Prefect, `tinhuy rerun` and the next night need no code of their own. Within
one process a run has one session, shared by the threads that carry its portals (`joined`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from flows import derive, judge, runs, settings, stages
from flows.errors import TinhuyError
from flows.progress import say
from flows.runs import WHOLE, Plan
from spiders import registry
from spiders.registry import Portal
from spiders.run import CrawlJob, CrawlOutcome, crawl_portal
from transforms.page import PageContext
from warehouse import contracts, ids, ledger, locks, parts, raw
from warehouse import release as releases
from warehouse.raw import Package
from warehouse.release import Release
from warehouse.store import Root, open_root

LOCAL: Final = ZoneInfo(contracts.TIMEZONE)
"""A night's `today` is Vietnam's."""


def now() -> datetime:
    """The clock of runs, UTC; it names runs and packages and never enters the content of a table."""
    return datetime.now(UTC)


class Session:
    """What a run needs at hand. Make one with `joined`."""

    def __init__(self, root: Root, address: str, plan: Plan, readers: stages.Readers) -> None:
        self.root = root
        self.address = address
        self.plan = plan
        self.readers = readers
        self.stop = threading.Event()
        """Set when the run is told to end; crawls look at it."""
        self.portals = registry.load(plan.registry)
        self._digests: dict[str, str] = {}
        self._lock = threading.Lock()

    def portal(self, slug: str) -> Portal:
        """The portal's record; TinhuyError when the registry has none."""
        return settings.portal_named(self.portals, slug)

    def digest(self, slug: str) -> str:
        """Code digest of a portal's parts."""
        with self._lock:
            if slug not in self._digests:
                self._digests[slug] = stages.portal_digest(self.portal(slug).facts())
            return self._digests[slug]

    def rows(self) -> list[dict[str, Any]]:
        """The ledger, oldest first."""
        return ledger.read(self.root)

    def window_of(self, package: Package) -> tuple[str | None, str | None] | None:
        """The days (since, until) that a package was asked for; None when the ledger does not know it."""
        rows = self.rows()
        for row in rows:
            if row["stage"] == "crawl" and (row["portal"], row["crawl"]) == (package.portal, package.crawl):
                plan = runs.plans(rows)[row["run_id"]]
                return plan.since, plan.until
        return None

    def open_portals(self) -> list[str]:
        """Portals of the plan that are not done yet, in the plan's order."""
        done = runs.done(self.rows(), self.plan.run)
        return [slug for slug in self.plan.portals if slug not in done]


_open: Final[dict[str, Session]] = {}


@contextmanager
def started(asked: Plan, wait: float = 0) -> Iterator[Session]:
    """Open a run for what is `asked` (its `run` is not read) and hold the data root's writer lock until the end.

    LockHeld names who has the lock after `wait` seconds. A retry in Prefect goes on with the run that its flow run
    began, and a rebuild or an ingestion with one of the same wording that was cut off.
    """
    root = open_root(create=True, address=settings.data_root())
    with (
        locks.writer(root, asked.command, wait),
        _opened(root, _continued(root, asked) or begin(root, asked)) as session,
    ):
        yield session


@contextmanager
def joined(run: str, wait: float = 0) -> Iterator[tuple[Session, bool]]:
    """Yield (the session of a run, whether it was opened here): for a portal's flow, inside its night or retried alone.

    A session opened here holds the lock as `started` does. TinhuyError when the ledger does not know the run.
    """
    if run in _open:
        yield _open[run], False
        return
    root = open_root(create=True, address=settings.data_root())
    with locks.writer(root, run, wait), _opened(root, plan_of(root, run)) as session:
        yield session, True


@contextmanager
def _opened(root: Root, plan: Plan) -> Iterator[Session]:
    with stages.readers(settings.load().workers) as readers:
        session = Session(root, settings.data_root(), plan, readers)
        _open[plan.run] = session
        try:
            yield session
        except BaseException:
            session.stop.set()
            raise
        finally:
            del _open[plan.run]


def _continued(root: Root, asked: Plan) -> Plan | None:
    """The run that `asked` goes on with, if it is not a new one."""
    rows = ledger.read(root)
    for plan in reversed(runs.plans(rows).values()):
        if asked.prefect_run is not None and plan.prefect_run == asked.prefect_run:
            return plan
        if asked.command not in ("rebuild", "ingest"):
            continue
        same = replace(plan, run=asked.run, prefect_run=asked.prefect_run) == asked
        if same and not runs.published(rows, plan.run):
            return plan
    return None


def asked(
    command: str,
    portals: Sequence[str] | None,
    *,
    since: date | None = None,
    until: date | None = None,
    base_urls: Mapping[str, str] | None = None,
    archives: Sequence[str] = (),
    of: str | None = None,
) -> Plan:
    """Return what a run is asked to do, checked against the registry; TinhuyError when it cannot be meant."""
    chosen = settings.load().registry
    registered = registry.load(chosen)
    names = tuple(dict.fromkeys(portals or registered))
    for slug in (*names, *(base_urls or {})):
        settings.portal_named(registered, slug)
    for slug in base_urls or {}:
        if slug not in names:
            raise TinhuyError(f"--base-url names {slug}, which this run does not crawl", f"Add {slug} to the portals.")
    return Plan(
        run="",
        command=command,
        portals=names,
        since=since.isoformat() if since else None,
        until=until.isoformat() if until else None,
        base_urls=dict(base_urls or {}),
        registry=str(chosen) if chosen else None,
        of=of,
        archives=tuple(archives),
    )


def continuation(run: str, portals: Sequence[str] | None, base_urls: Mapping[str, str] | None) -> Plan:
    """Return what continues a run: its portals (or those of `portals`) that did not come to a good end."""
    root = open_root(address=settings.data_root())
    before = plan_of(root, run)
    origin = before.of or before.run
    for slug in portals or ():
        if slug not in before.portals:
            raise TinhuyError(f"{slug} was not part of run {before.run}", f"It had {', '.join(before.portals)}.")
    registered = settings.registered()
    for slug in base_urls or {}:
        settings.portal_named(registered, slug)
    done = runs.done(ledger.read(root), origin)
    left = tuple(slug for slug in portals or plan_of(root, origin).portals if slug not in done)
    urls = {slug: url for slug, url in {**before.base_urls, **(base_urls or {})}.items() if slug in left}
    return replace(before, run="", command="rerun", portals=left, base_urls=urls, of=origin, prefect_run=None)


def plan_of(root: Root, run: str) -> Plan:
    """Return the plan of a run (`last`: of the newest that crawled); TinhuyError when the ledger has none."""
    every = runs.plans(ledger.read(root))
    if run == "last":
        crawled = [plan for plan in every.values() if plan.crawls]
        if not crawled:
            raise TinhuyError(f"no run has crawled into {root} yet", "Run `tinhuy nightly`.")
        return crawled[-1]
    if run not in every:
        recent = ", ".join(list(every)[-3:])
        raise TinhuyError(f"there is no run {run!r} in {root}", f"The last ones are {recent}." if recent else None)
    return every[run]


def begin(root: Root, plan: Plan) -> Plan:
    """Write a plan to the ledger under a run id that no run had before; return it with that id.

    The id is `YYYYMMDDTHHMMSSZ-<command>`, later than every run before it even when the
    clock went back, because packages and rows are ordered by it.
    """
    last = max((other.started_at for other in runs.plans(ledger.read(root)).values()), default=None)
    started = now().replace(microsecond=0)
    if last is not None and started <= last:
        started = last + timedelta(seconds=1)
    named = replace(plan, run=ids.crawl_id(started, plan.command))
    ledger.record(root, named.as_row())
    return named


def crawl(session: Session, slug: str) -> CrawlOutcome | None:
    """Bring the portal's package of this run to its seal and return how; None for a portal that has closed.

    An interrupted package is continued; one that is sealed and did not fail is taken as it is; a new one is begun
    otherwise. A crawl process that dies leaves its package unsealed, for the next call to continue.
    """
    plan, portal = session.plan, session.portal(slug)
    if not plan.deep and portal.closed_on(today()) and slug not in plan.base_urls:
        return None
    crawl_id = _crawl_of(session, slug)
    package = Package(session.root, slug, crawl_id)
    if package.sealed:
        manifest = package.manifest
        return CrawlOutcome(slug, crawl_id, manifest.outcome, manifest.failure_class, manifest.message, sealed=True)
    told = {"run_id": plan.run, "portal": slug, "stage": "crawl", "crawl": crawl_id, "started_at": now().isoformat()}
    ledger.record(session.root, told)
    say(plan.run, slug, "crawl", f"into {package.path}")
    job = CrawlJob(
        root=session.address,
        portal=slug,
        crawl=crawl_id,
        command=crawl_id.split("-")[1],
        since=_day(plan.since),
        until=_day(plan.until),
        base_url=plan.base_urls.get(slug),
        registry_dir=Path(plan.registry) if plan.registry else None,
    )
    return crawl_portal(job, stop=session.stop)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None


def _crawl_of(session: Session, slug: str) -> str:
    """Which package this run brings to its seal."""
    plan = session.plan
    every = raw.packages(session.root, slug, sealed=False)
    mine = [package for package in every if _same_kind(session, package)]
    if mine and not mine[-1].sealed:
        return mine[-1].crawl
    if mine and mine[-1].crawl >= plan.run and mine[-1].manifest.failure_class is None:
        return mine[-1].crawl
    command = "backfill" if plan.deep else plan.command
    started = [plan.started_at, *(ids.crawl_started(package.crawl) + timedelta(seconds=1) for package in every)]
    return ids.crawl_id(max(started), command)


def _same_kind(session: Session, package: Package) -> bool:
    """Whether a package, once sealed, answers what this run asks for: the same window of the past, or what is new."""
    command = package.crawl.split("-")[1]
    if not session.plan.deep:
        return command in ("nightly", "rerun", "demo")
    if command != "backfill":
        return False
    asked = session.window_of(package)
    return asked == (session.plan.since, session.plan.until)


def unread(session: Session, slug: str) -> list[stages.Reading]:
    """Return the portal's sealed packages that the code of this run has not read yet."""
    context = context_of(session.portal(slug))
    return stages.missing(session.root, session.address, slug, session.digest(slug), context)


def context_of(portal: Portal) -> PageContext:
    """Return a portal's facts as the transforms take them."""
    facts = portal.facts()
    return PageContext(**{**facts, "layouts": tuple(tuple(entry) for entry in facts["layouts"])})


def forget_parts(session: Session, slug: str) -> None:
    """Remove a portal's parts, once per run: a rebuild reads every page again."""
    told = {"run_id": session.plan.run, "portal": slug, "stage": "forget"}
    if any(all(row.get(key) == value for key, value in told.items()) for row in session.rows()):
        return
    for part in parts.parts(session.root, slug):
        session.root.remove(part.path)
    ledger.record(session.root, told)


def settle_reading(session: Session, slug: str, started: datetime) -> dict[str, Any]:
    """Write the ending of a portal whose packages were only read (a rebuild, an ingestion), and return it."""
    sealed = raw.packages(session.root, slug)
    made = [parts.part(session.root, slug, package.crawl, session.digest(slug)) for package in sealed]
    counts = stages.total(part.manifest["stats"] for part in made if part is not None)
    crashed = counts.get("crashed", 0)
    failure, message = (
        ("crashed", f"{crashed} pages made a transform fail; see the table rejects") if crashed else (None, None)
    )
    own = Package(session.root, slug, session.plan.run)
    if own.sealed and own.manifest.failure_class is not None:
        failure, message = own.manifest.failure_class, own.manifest.message
    return _ended(
        session, slug, started,
        outcome="pages" if sealed else "empty",
        state="degraded" if failure else "ok",
        failure_class=failure,
        message=message,
        pages=sum(package.manifest.pages for package in sealed),
        figures=counts.get("figures", 0),
        rejects=counts.get("rejects", 0),
        articles=counts.get("articles", 0),
        failing=counts.get("failing", []),
    )  # fmt: skip


def settle(session: Session, slug: str, crawled: CrawlOutcome | None, started: datetime) -> dict[str, Any]:
    """Judge what a portal's crawl and its part brought, write the ending to the ledger and return it."""
    portal = session.portal(slug)
    expected = expectations_of(portal, closed=crawled is None)
    part = parts.part(session.root, slug, crawled.crawl, session.digest(slug)) if crawled and crawled.sealed else None
    counts = dict(part.manifest["stats"]) if part is not None else {}
    before = _articles_before(session.root, slug)
    fresh = _texts(part.batches("articles", ["article_id", "text_sha256"])) if part is not None else {}
    new = sum(1 for article in fresh if article not in before.texts)
    night = _night(session.root, crawled, counts, today() if new else before.last_new)
    verdict = judge.judge(night, expected, _history(session, slug))
    return _ended(
        session, slug, started,
        outcome=night.outcome,
        state=verdict.state,
        failure_class=verdict.failure_class,
        message=verdict.message,
        pages=night.pages,
        unchanged=night.unchanged,
        new_articles=new,
        changed_articles=sum(1 for article, text in fresh.items() if before.texts.get(article, text) != text),
        figures=counts.get("figures", 0),
        rejects=counts.get("rejects", 0),
        package=raw.package_path(slug, crawled.crawl) if crawled is not None else None,
        listed=night.listed,
        articles=counts.get("articles", 0),
        asides=counts.get("asides", 0),
        filled=counts.get("filled", {}),
        selectors=counts.get("selectors", {}),
        failing=counts.get("failing", []),
        checks=[asdict(check) for check in verdict.checks],
    )  # fmt: skip


def failed(session: Session, slug: str, started: datetime, failure_class: str, message: str) -> dict[str, Any]:
    """Write the ending of a portal that could not even be judged, and return it."""
    return _ended(
        session, slug, started, outcome="failed", state="failed", failure_class=failure_class, message=message
    )  # fmt: skip


def _ended(session: Session, slug: str, started: datetime, **told: Any) -> dict[str, Any]:
    finished = now()
    row = {
        "run_id": session.plan.run,
        "portal": slug,
        "stage": "portal",
        "command": session.plan.command,
        "started_at": started.isoformat(),
        "finished_at": finished.isoformat(),
        "seconds": round((finished - started).total_seconds(), 3),
        **dict.fromkeys(runs.COUNTS, 0),
        **told,
    }
    ledger.record(session.root, row)
    say(session.plan.run, slug, row["state"], _sentence(row), **{name: row[name] for name in runs.COUNTS})
    return row


def publish(session: Session, fresh: bool = False) -> Release | None:
    """Assemble what all parts say into a release, check it and move the pointer; None when it says nothing new."""
    rows = session.rows()
    say(session.plan.run, None, "publish", "assembling")
    known = [slug for slug in session.root.names(raw.FOLDER) if slug in session.portals]
    # Portals that this run did not carry are read too when the code has changed since they were.
    session.readers.read(reading for slug in known for reading in unread(session, slug))
    release = releases.assemble(
        session.root,
        derive=derive.DERIVERS,
        code=derive.digest(),
        portals=derive.portal_rows(session.portals, runs.standings(rows, session.plan.run)),
        runs=runs.table(rows, session.plan.run),
        digests={slug: session.digest(slug) for slug in known},
        finish=derive.report,
        fresh=fresh,
    )
    if release is not None:
        releases.publish(release)
    return release


def finish(session: Session, release: Release | None) -> None:
    """Write the run's last ledger row."""
    row = {"run_id": session.plan.run, "portal": WHOLE, "stage": "publish", "finished_at": now().isoformat(),
           "release": release.id if release is not None else None}  # fmt: skip
    ledger.record(session.root, row)
    said = f"release {release.id}" if release is not None else "nothing new; no release"
    say(session.plan.run, None, "done", said)


def today() -> date:
    """The day in Vietnam."""
    return now().astimezone(LOCAL).date()


@dataclass(frozen=True, slots=True)
class _Before:
    texts: Mapping[str, str]
    """Article to the hash of its text, as the current release has it."""
    last_new: date | None


def _articles_before(root: Root, slug: str) -> _Before:
    release = releases.current(root)
    if release is None:
        return _Before({}, None)
    tables = release.tables()
    texts: dict[str, str] = {}
    newest: datetime | None = None
    for entry in tables.files("articles"):
        if entry["portal"] == slug:
            for batch in tables.file_batches(entry, ["article_id", "text_sha256", "first_fetched_at"]):
                texts |= _texts([batch])
                newest = max(filter(None, [newest, *batch.column("first_fetched_at").to_pylist()]), default=None)
    return _Before(texts, newest.astimezone(LOCAL).date() if newest else None)


def _texts(batches: Iterable[Any]) -> dict[str, str]:
    return {
        article: text
        for batch in batches
        for article, text in zip(
            batch.column("article_id").to_pylist(), batch.column("text_sha256").to_pylist(), strict=True
        )
    }


def expectations_of(portal: Portal, closed: bool) -> judge.Expectations:
    """Return what the portal's record expects of a night."""
    return judge.Expectations(
        floor=portal.expect.floor,
        silence_days=portal.expect.silence_days,
        fill=portal.expect.fill,
        has_layout=portal.family != "generic",
        closed=closed,
    )


def _night(root: Root, crawled: CrawlOutcome | None, counts: Mapping[str, Any], last_new: date | None) -> judge.Night:
    if crawled is None:
        return judge.Night(outcome="empty", message="closed; nothing is expected of it")
    if not crawled.sealed:
        return judge.Night(outcome="failed", failure_class=crawled.failure_class, message=crawled.message)
    manifest = Package(root, crawled.portal, crawled.crawl).manifest
    return judge.Night(
        outcome=manifest.outcome,
        failure_class=manifest.failure_class,
        message=manifest.message,
        listed=int(manifest.stats.get("listed", 0)),
        pages=manifest.pages,
        unchanged=int(manifest.stats.get("unchanged", 0)),
        articles=counts.get("articles", 0),
        unread=counts.get("unread", 0),
        asides=counts.get("asides", 0),
        generic=counts.get("generic", 0),
        crashed=counts.get("crashed", 0),
        filled=counts.get("filled", {}),
        last_new=last_new,
        today=today(),
    )


def _history(session: Session, slug: str) -> list[Mapping[str, Any]]:
    return [row for row in runs.good_nights(session.rows(), slug) if row["run_id"] != session.plan.run]


def _sentence(row: Mapping[str, Any]) -> str:
    told = f"{row['pages']} pages, {row['new_articles']} new and {row['changed_articles']} changed articles, " \
           f"{row['figures']} figures, {row['rejects']} rejects, {row['seconds']:.1f} s"  # fmt: skip
    return f"{row['failure_class']}: {row['message']} ({told})" if row["failure_class"] else told
