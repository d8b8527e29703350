"""A night without net and without Prefect, in the processes that a real one has; what `--night store` kills.

    python -m tests.kill.store_night ROOT

Each portal is crawled by a process of its own into a raw package, each package is read by another, then the release is
assembled and published here. Pages come a few milliseconds apart, so that kills find crawls under way.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from multiprocessing import get_context

from tests import warehouse_fakes as fakes
from tests.warehouse_fakes import Story
from warehouse import ledger, locks, release
from warehouse.raw import Package, PackageWriter, RawError, packages
from warehouse.store import Root, open_root

PORTALS = ("abc", "xyz")
TONIGHT = 1


def stories(portal: str, night: int) -> list[Story]:
    """What a portal shows: on the second night some edited, some new, some gone, one that cannot be read."""
    first = [Story(i, day=date(2022 + i % 5, 3, 3), figures=5, words=300) for i in range(30)]
    if night == 0:
        return first
    edited = [Story(i, version=1, day=date(2022 + i % 5, 3, 3), figures=4, words=280) for i in range(0, 30, 4)]
    new = [Story(i, day=None if i % 7 == 0 else date(2026, 2, 2), figures=6) for i in range(100, 115)]
    return [*edited, *new, Story(120, broken=True), Story(2 if portal == "abc" else 3, broken=True)]


def crawl(root: Root, portal: str, night: int, pause: float) -> None:
    """Fetch, as a spider does: page by page into small files, going on where a killed crawl ended."""
    crawl_id = fakes.crawl_of(night)
    try:
        _fetch(root, portal, crawl_id, stories(portal, night), pause)
    except RawError:
        # The crawl of the killed night has come to its end while this one waited for it.
        if not Package(root, portal, crawl_id).sealed:
            raise


def _fetch(root: Root, portal: str, crawl_id: str, shown: list[Story], pause: float) -> None:
    # A crawl whose night was killed goes on for a moment here; the next one waits for it.
    with PackageWriter(root, portal, crawl_id, command="nightly", pages_per_file=4, wait=60) as writer:
        # Positions decide the order of rows; fetching in one fixed order gives the same ones after any interruption.
        for story in shown[writer.position :]:
            writer.add(fakes.page_of(portal, crawl_id, writer.position, story))
            time.sleep(pause)
        writer.seal("pages")


def night(root: Root, number: int, pause: float) -> None:
    """The whole night; what is done is not done again."""
    with locks.writer(root, f"night {number}", wait=30):
        done = {(package.portal, package.crawl) for package in packages(root)}
        for portal in PORTALS:
            if (portal, fakes.crawl_of(number)) not in done:
                _in_a_process(partial(crawl, root, portal, number, pause))
                ledger.record(root, {"run_id": f"night{number}", "portal": portal, "stage": "portal"})
        for package in packages(root):
            _in_a_process(partial(fakes.transform, package))
        fakes.publish(root, PORTALS)
        release.recover(root)


def _in_a_process(work: Callable[[], object]) -> None:
    child = get_context("fork").Process(target=work)
    child.start()
    child.join()
    if child.exitcode != 0:
        raise SystemExit(f"a process of the night was lost ({child.exitcode})")


def main() -> None:
    """Run tonight's night in the root named on the command line."""
    root = open_root(create=True, address=sys.argv[1])
    print("begun", flush=True)
    night(root, TONIGHT, pause=0.005)


if __name__ == "__main__":
    main()
