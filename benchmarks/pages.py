"""Time of fetching and of the transforms, beside trafilatura (text with metadata) on the same pages in the same run.

    python -m benchmarks.pages [--light] [--rounds N]
    python -m benchmarks.pages --pages DIR [--rounds N]

Prints milliseconds a page and pages a second of each, and the ratio of the transforms to trafilatura. The pages are
those that a crawl brings from stand-in portals of three families served on loopback, as heavy as real ones (52 KB; a
saved real page of a provincial paper has 50 to 160 KB) or `--light`, without a real page's furniture. Fetching is
timed from a crawl's first page to its last, with everything a night does: listing, robots.txt, checks, landing.

DIR holds saved HTML files, and nothing is fetched; each is read by the layouts of all families until one fits, which
is found before the clock starts, so that the timed part is what a night does.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from flows.session import context_of
from spiders import registry
from spiders.run import CrawlJob, crawl_portal
from transforms.layouts import LAYOUTS
from transforms.page import PageContext, transform
from warehouse import raw
from warehouse.pages import RawPage
from warehouse.store import open_root

ROOT = Path(__file__).resolve().parents[1]
FAMILIES = sorted({layout.family for layout in LAYOUTS.values()})
STANDINS = ("file-uuid", "nukeviet", "danvan")
CRAWLED = 400
"""Articles of each stand-in."""
EACH = 12
"""Articles of each stand-in that the transforms and the yardstick read."""


@dataclass(frozen=True)
class Case:
    """One page with the context that reads it."""

    page: RawPage
    context: PageContext


def crawled(folder: Path, *, light: bool) -> tuple[list[Case], float]:
    """Crawl the stand-ins; return some of their articles, and the seconds a fetched page takes."""
    records = folder / "records"
    wanted = [word for family in STANDINS for word in ("--portal", f"mau-{family}:{family}:{CRAWLED}")]
    served = subprocess.Popen(
        [sys.executable, "-m", "standin", *wanted, "--records", str(records), *(["--light"] if light else [])],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'tests'}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
    )
    some: list[Case] = []
    pages, taken = 0, 0.0
    try:
        if served.stdout is None:
            raise RuntimeError("the stand-in has no output")
        urls = json.loads(served.stdout.readline())
        root = open_root(create=True, address=str(folder / "root"))
        for slug, portal in registry.load(records).items():
            job = CrawlJob(
                root=str(folder / "root"), portal=slug, crawl="20260101T000000Z-nightly", base_url=urls[slug],
                registry_dir=records,
            )  # fmt: skip
            crawl_portal(job)
            fetched = [page for package in raw.packages(root, slug) for page in package.pages()]
            times = [page.fetched_at for page in fetched]
            pages, taken = pages + len(times), taken + (max(times) - min(times)).total_seconds()
            articles = [page for page in fetched if page.kind == "article"]
            some += [Case(page, context_of(portal)) for page in articles[:EACH]]
    finally:
        served.terminate()
        served.wait()
    return some, taken / pages


def saved(folder: Path) -> Iterator[Case]:
    """Yield the article pages of a folder, each with the family whose layout reads it."""
    for position, path in enumerate(sorted(folder.rglob("*.html"))):
        page = raw_page(f"https://benchmark.invalid/tin-tuc/{path.stem}-{position}.html", path.read_bytes())
        for family in FAMILIES:
            context = PageContext("benchmark", "https", "benchmark.invalid", family)
            result = transform(page, context)
            if result.outcome == "article" and result.tables["articles"][0]["extraction"] == "layout":
                yield Case(page, context)
                break


def raw_page(url: str, body: bytes) -> RawPage:
    """Return a page as if it had been fetched."""
    return RawPage(
        portal="benchmark",
        crawl="20260101T000000Z-nightly",
        position=0,
        kind="article",
        url=url,
        requested_url=url,
        final_url=url,
        status=200,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        body=body,
        headers={"content-type": "text/html; charset=utf-8"},
    )


def seconds(run: Callable[[Case], object], some: list[Case]) -> float:
    """Return processor seconds a page; other work on the machine counts less so."""
    start = time.process_time()
    for case in some:
        run(case)
    return (time.process_time() - start) / len(some)


def ours(case: Case) -> object:
    """All tables of a page."""
    return transform(case.page, case.context)


def theirs(case: Case) -> object:
    """What the yardstick does with a page."""
    return trafilatura.extract(case.page.body, url=case.page.url, with_metadata=True)


def main() -> int:
    """Run the benchmark; 1 when a page takes more than half of the yardstick's time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, help="saved pages instead of the stand-ins")
    parser.add_argument("--light", action="store_true", help="stand-ins without the furniture of real pages")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    fetching = None
    if args.pages:
        some = list(saved(args.pages))
    else:
        with tempfile.TemporaryDirectory(prefix="tinhuy-pages-") as folder:
            some, fetching = crawled(Path(folder), light=args.light)
    if not some:
        print(f"no article pages under {args.pages}", file=sys.stderr)
        return 2
    rounds = [(seconds(ours, some), seconds(theirs, some)) for _ in range(args.rounds)]
    mine, yardstick = (min(column) for column in zip(*rounds, strict=True))
    ratios = sorted(a / b for a, b in rounds)
    size = sum(len(case.page.body or b"") for case in some) / len(some)
    print(f"pages                 {len(some)}, {size / 1000:.0f} KB each")
    for name, taken in (("fetch", fetching), ("transform, all tables", mine), ("trafilatura", yardstick)):
        if taken is not None:
            print(f"{name:<21} {taken * 1000:8.2f} ms a page {1 / taken:8.0f} pages a second")
    print(f"ratio                 {mine / yardstick:8.2f} (by round {ratios[0]:.2f} to {ratios[-1]:.2f})")
    return 0 if mine <= yardstick / 2 else 1


if __name__ == "__main__":
    raise SystemExit(main())
