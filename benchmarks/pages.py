"""Time of the transforms beside trafilatura (text with metadata), on the same pages in the same run.

    python -m benchmarks.pages [--pages DIR] [--rounds N]

Prints milliseconds a page, pages a second and their ratio. Without `--pages` the pages are those of the stand-in
portals of four families, as heavy as real ones (52 KB; a saved real page of a provincial paper has 50 to 160 KB).
DIR holds saved HTML files; each is read by the layouts of all families until one fits, which is found before the clock
starts, so that the timed part is what a night does.
"""

from __future__ import annotations

import argparse
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import trafilatura

from transforms.layouts import LAYOUTS
from transforms.page import PageContext, transform
from warehouse.pages import RawPage

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from standin import generate, serve, truth

FAMILIES = sorted({layout.family for layout in LAYOUTS.values()})
STANDINS = ("file-uuid", "nukeviet", "danvan")
EACH = 12


@dataclass(frozen=True)
class Case:
    """One page with the context that reads it."""

    page: RawPage
    context: PageContext


def stand_ins() -> Iterator[Case]:
    """Yield generated articles of several families, fetched once from a server on loopback."""
    for family in STANDINS:
        site = generate(family, EACH, slug="benchmark", heavy=True)
        with serve([site]) as urls:
            for url, _ in truth(site):
                parts = urlsplit(url)
                path = parts.path + (f"?{parts.query}" if parts.query else "")
                with urllib.request.urlopen(urls["benchmark"] + path) as answer:
                    body = answer.read()
                context = PageContext("benchmark", parts.scheme, parts.hostname or "", family)
                yield Case(raw_page(url, body), context)


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
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    some = list(saved(args.pages) if args.pages else stand_ins())
    if not some:
        print(f"no article pages under {args.pages}", file=sys.stderr)
        return 2
    rounds = [(seconds(ours, some), seconds(theirs, some)) for _ in range(args.rounds)]
    mine, yardstick = (min(column) for column in zip(*rounds, strict=True))
    ratios = sorted(a / b for a, b in rounds)
    size = sum(len(case.page.body or b"") for case in some) / len(some)
    print(f"pages                 {len(some)}, {size / 1000:.0f} KB each")
    print(f"transform, all tables {mine * 1000:8.2f} ms a page {1 / mine:8.0f} pages a second")
    print(f"trafilatura           {yardstick * 1000:8.2f} ms a page {1 / yardstick:8.0f} pages a second")
    print(f"ratio                 {mine / yardstick:8.2f} (by round {ratios[0]:.2f} to {ratios[-1]:.2f})")
    return 0 if mine <= yardstick / 2 else 1


if __name__ == "__main__":
    raise SystemExit(main())
