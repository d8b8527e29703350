"""The night, as Prefect runs it.

Each portal is a flow of its own, seen and retried alone; its red is its own. When all have ended, one release is
published from whatever is good. The last state is red (`Partial`) while any portal is, so that a schedule, an
automation and `echo $?` hear of it. Retrying any of these flows does only what is not done: the data root knows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

from prefect import flow, runtime, task
from prefect.client.schemas.objects import State
from prefect.futures import wait
from prefect.states import Completed, Failed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows import ingestion, notify, runs, session, settings, stages
from flows.runs import Plan
from flows.session import Session
from spiders.archives import ArchiveError
from spiders.run import CrawlOutcome
from warehouse.release import Release

Row = dict[str, Any]
SIDE_BY_SIDE: Final[TaskRunner[Any]] = ThreadPoolTaskRunner(max_workers=settings.load().crawls)
"""Portals that are crawled at once."""


@flow(name="nightly", task_runner=SIDE_BY_SIDE)
def nightly(
    portals: list[str] | None = None,
    since: date | None = None,
    base_urls: dict[str, str] | None = None,
    wait_seconds: int = 0,
) -> State[Any]:
    """Crawl the portals (all, by default), read what came, publish a release."""
    return run(session.asked("nightly", portals, since=since, base_urls=base_urls), wait_seconds)


@flow(name="demo", task_runner=SIDE_BY_SIDE)
def demo(base_urls: dict[str, str]) -> State[Any]:
    """A night on the bundled sample portals."""
    return run(session.asked("demo", list(base_urls), base_urls=base_urls), 0)


@flow(name="backfill", task_runner=SIDE_BY_SIDE)
def backfill(
    portal: str, start: date, end: date, base_urls: dict[str, str] | None = None, wait_seconds: int = 0
) -> State[Any]:
    """Bring one portal's articles of a window of the past, read them, publish a release."""
    return run(session.asked("backfill", [portal], since=start, until=end, base_urls=base_urls), wait_seconds)


@flow(name="rerun", task_runner=SIDE_BY_SIDE)
def rerun(
    of: str = "last", portals: list[str] | None = None, base_urls: dict[str, str] | None = None, wait_seconds: int = 0
) -> State[Any]:
    """Continue a run (its id, or `last`): only the portals that did not come to a good end."""
    return run(session.continuation(of, portals, base_urls), wait_seconds)


@flow(name="rebuild", task_runner=SIDE_BY_SIDE)
def rebuild(portals: list[str] | None = None, wait_seconds: int = 0) -> State[Any]:
    """Read every raw package again, without network, and write every table again."""
    return run(session.asked("rebuild", portals), wait_seconds)


@flow(name="ingest", task_runner=SIDE_BY_SIDE)
def ingest(portal: str, archives: list[str], wait_seconds: int = 0) -> State[Any]:
    """Take a portal's pages from web archives instead of the net."""
    return run(session.asked("ingest", [portal], archives=archives), wait_seconds)


def run(asked: Plan, wait_seconds: float) -> State[Any]:
    """Carry a plan from its portals to its release."""
    carrier = replace(asked, prefect_run=str(runtime.flow_run.id))
    with session.started(carrier, wait_seconds) as night:
        before = runs.standings(night.rows(), night.plan.run)
        endings = all_portals(night)
        release = publish(night.plan.run)
        session.finish(night, release)
        notify.events(night, endings, before)
        notify.artifacts(night, endings, release)
    return last_state(endings, release)


def all_portals(night: Session) -> list[Row]:
    """Each open portal in a flow of its own, several at once; return the endings of all portals of the plan."""
    begun = session.now()
    carried = {slug: portal_task.submit(night.plan.run, slug) for slug in night.open_portals()}
    wait(list(carried.values()))
    ended = runs.endings(night.rows())
    for slug, future in carried.items():
        if (night.plan.run, slug) not in ended:  # a fault of ours, not of the portal's; its own flow has the traceback
            ended[night.plan.run, slug] = session.failed(night, slug, begun, "crashed", str(future.state.message))
    return [dict(ended[night.plan.run, slug]) for slug in night.plan.portals if (night.plan.run, slug) in ended]


@task(name="portal", task_run_name="{portal}")
def portal_task(run: str, portal: str) -> State[Any]:
    """One portal's flow, carried by a thread of the night's."""
    return portal_night.with_options(task_runner=_readers_of_packages())(run, portal, return_state=True)


@flow(name="portal", flow_run_name="{portal} of {run}")
def portal_night(run: str, portal: str, wait_seconds: int = 600) -> State[Any]:
    """One portal: crawl it, read what came, judge it. Retried alone, it publishes too."""
    with session.joined(run, wait_seconds) as (night, alone):
        ending = runs.good_ending(night.rows(), run, portal) or _portal(night, portal)
        if alone:
            session.finish(night, publish(run))
    return portal_state(ending)


def _portal(night: Session, portal: str) -> Row:
    begun, plan = session.now(), night.plan
    crawled = crawl(plan.run, portal) if plan.crawls else None
    if plan.command == "rebuild":
        session.forget_parts(night, portal)
    if plan.command == "ingest":
        try:
            take(plan.run, portal)
        except ArchiveError as error:
            return session.failed(night, portal, begun, "configuration", str(error))
    read(night, portal)
    if plan.crawls:
        return session.settle(night, portal, crawled, begun)
    return session.settle_reading(night, portal, begun)


@task(name="crawl", task_run_name="crawl {portal}")
def crawl(run: str, portal: str) -> CrawlOutcome | None:
    """Fetch the portal's pages into its raw package of this run."""
    with session.joined(run) as (night, _):
        return session.crawl(night, portal)


@task(name="take", task_run_name="take {portal}")
def take(run: str, portal: str) -> None:
    """Take the portal's pages from the run's archives into raw packages."""
    with session.joined(run) as (night, _):
        ingestion.take(night, portal)


def read(night: Session, portal: str) -> None:
    """Make the parts that are missing, in this machine's processes or on the Dask cluster."""
    readings = session.unread(night, portal)
    if settings.load().dask:
        wait(futures := [read_on_cluster.submit(reading) for reading in readings])
        for future in futures:
            future.result()
    else:
        read_here(night.plan.run, portal, len(readings))


@task(name="read", task_run_name="read {portal}")
def read_here(run: str, portal: str, packages: int) -> None:
    """Read the portal's packages in the run's pool of processes."""
    with session.joined(run) as (night, _):
        night.readers.read(session.unread(night, portal))


@task(name="read", task_run_name="read {reading.portal} {reading.crawl}")
def read_on_cluster(reading: stages.Reading) -> dict[str, Any]:
    """Read one package on a Dask worker."""
    return stages.read_package(reading)


@task(name="publish")
def publish(run: str) -> Release | None:
    """Assemble, check, move the pointer."""
    with session.joined(run) as (night, _):
        return session.publish(night, fresh=night.plan.command == "rebuild")


def portal_state(ending: Row) -> State[Any]:
    """Return a portal's last state: red when it failed or is degraded, with the class and what happened."""
    if ending["state"] in ("ok", "closed"):
        return Completed(message=f"{ending['pages']} pages, {ending['new_articles']} new articles")
    return Failed(name=ending["state"].capitalize(), message=f"{ending['failure_class']}: {ending['message']}")


def last_state(endings: list[Row], release: Release | None) -> State[Any]:
    """Return the night's last state: `Partial` when some portals are red, `Failed` when all are."""
    red = [row for row in endings if row["state"] not in ("ok", "closed")]
    told = f"release {release.id}" if release is not None else "nothing new"
    if not red:
        return Completed(message=told)
    named = "; ".join(f"{row['portal']} {row['state']} ({row['failure_class']})" for row in red)
    return Failed(name="Partial" if len(red) < len(endings) else "Failed", message=f"{named}; {told}")


def _readers_of_packages() -> TaskRunner[Any]:
    address = settings.load().dask
    if address is None:
        return ThreadPoolTaskRunner()
    from prefect_dask.task_runners import DaskTaskRunner

    return DaskTaskRunner(address=address)
