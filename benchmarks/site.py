"""The report over many generated articles: time, memory and size of the build, and how its pages answer in Chromium.

    python benchmarks/site.py [--articles 50000] [--keep DIR]

Articles are composed Vietnamese texts with a figure for the numbers in them. The build runs in a fresh process: once
from nothing, once for a release that differs by one partition. The pages are then opened in headless Chromium (named
by `TINHUY_CHROMIUM`, else found on the PATH): time until each is interactive, bytes, time of queries in the list.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "tests")]

import site_fakes as fakes  # noqa: E402
from standin.writing import compose  # noqa: E402

from transforms import provinces as province_rows  # noqa: E402
from warehouse.site import build, serving  # noqa: E402

PORTALS = [f"cong{n:02d}" for n in range(1, 21)]
FIRST_DAY = date(2016, 1, 4)
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
QUERIES = (
    "dân vận khéo",
    "dan van kheo",
    "Hà Giang",
    "giam ngheo ben vung",
    "xây dựng nông thôn mới",
    "25-NQ/TW",
    "đ",
    "khong co gi nhu the",
)
NUMBER = re.compile(r"\d[\d.,]{0,14}\d|\d")
SLUGS = {name: slug for (_, slug), unit in province_rows.provinces().items() for name in (unit.name,)}
FIGURES = 25
"""For one article at most."""
INDICATORS = ("dvk_models_total", "ntm_communes", "poverty_rate", "petitions_resolved")


def make(folder: Path, count: int, name: str, previous: str | None = None, edited: bool = False) -> Path:
    """Write a release of `count` articles; `edited` changes one of them."""
    writer = fakes.ReleaseWriter(folder, name, previous)
    per = -(-count // len(PORTALS))
    panel: list[dict[str, Any]] = []
    for portal in PORTALS:
        batch: dict[str, list[dict[str, Any]]] = {"articles": [], "figures": [], "citations": []}
        for number in range(per):
            row, figures, citations = story(portal, number, per, edited and portal == PORTALS[0] and number == per - 1)
            batch["articles"].append(row)
            batch["figures"] += figures
            batch["citations"] += citations
            if figures and number % 3 == 0:
                panel.append(value(row, figures[0], number))
            if len(batch["articles"]) == 400:
                for table, rows in batch.items():
                    writer.add(table, rows)
                    rows.clear()
        for table, rows in batch.items():
            writer.add(table, rows)
    writer.add("indicators", panel)
    writer.add("provinces", sorted(province_rows.table(), key=lambda row: (row["scheme"], row["province"])))
    writer.add(
        "portals",
        [
            fakes.filled("portals", portal=p, name=f"Cổng {p}", host=f"{p}.invalid", state="ok", articles=per)
            for p in PORTALS
        ],
    )
    writer.add("runs", runs())
    return writer.close()


def story(
    portal: str, number: int, per: int, edited: bool
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """One article with its figures and citations; years ascend with the number."""
    told = compose(PORTALS.index(portal) + 1, number, paragraphs=10)
    day = FIRST_DAY + timedelta(days=number * 3650 // per)
    extra = ("Tin được bổ sung: có 7 hộ.",) if edited else ()
    row = fakes.article(
        number,
        told.title,
        told.lead,
        *told.paragraphs,
        *extra,
        portal=portal,
        day=day,
        lead=told.lead,
        section="Dân vận",
        province=SLUGS[told.province],
        province_now=SLUGS[told.province],
        flags=["dates_disagree"] if number % 50 == 0 else [],
    )
    figures, citations = [], []
    for match in islice(NUMBER.finditer(row["text"]), FIGURES):
        start, end = match.span()
        told_of = {name: row[name] for name in ("article_id", "portal", "year")}
        figures.append(
            fakes.filled(
                "figures",
                **told_of,
                figure_id=f"{row['article_id'][:10]}{start:06x}",
                start=start,
                end=end,
                surface=match[0],
                value=float(re.sub(r"\D", "", match[0])[:12]),
                unit="mô hình",
                kind="count",
                confidence=0.9,
                sentence_start=row["text"].rfind("\n", 0, start) + 1,
                sentence_end=end,
                period_end=day,
            )
        )
    if number % 3 == 0:
        citations.append(
            fakes.filled(
                "citations",
                **told_of,
                citation_id=row["article_id"],
                start=0,
                end=3,
                surface=row["text"][:3],
                type="Nghị quyết",
                key="25-NQ/TW",
                document_id="vn.party:tw:NQ:25:2013",
                sentence_start=0,
                sentence_end=9,
                confidence=1.0,
            )
        )
    return row, figures, citations


def value(row: dict[str, Any], number: dict[str, Any], n: int) -> dict[str, Any]:
    """A row of the panel."""
    year = row["published_on"].year
    return fakes.indicator(
        row,
        number,
        row["province"],
        "2008" if year < 2025 else "2025",
        date(year, 1, 1),
        date(year, 12, 31),
        indicator=INDICATORS[n % len(INDICATORS)],
        chosen=n % 9 == 0,
    )


def runs() -> Iterator[dict[str, Any]]:
    """A year of nights."""
    for night in range(365):
        started = fakes.FETCHED - timedelta(days=night)
        for portal in PORTALS:
            yield fakes.filled(
                "runs",
                run_id=f"{started:%Y%m%dT%H%M%SZ}-nightly",
                portal=portal,
                command="nightly",
                started_at=started,
                finished_at=started + timedelta(minutes=20),
                outcome="pages",
                state="ok",
                new_articles=(night * 7) % 23,
                seconds=60.0,
            )


def measured_build(release: Path) -> None:
    """Build the site of a release (the body of the fresh process) and print what it took."""
    began = time.perf_counter()
    build(release, release / "site")
    took = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {"seconds": time.perf_counter() - began, "cpu": took.ru_utime + took.ru_stime, "peak_mib": peak() / 2**20}
        )
    )


def peak() -> float:
    """Largest resident memory of this process, in bytes."""
    status = Path("/proc/self/status")
    if status.is_file():
        # Not `ru_maxrss`: on Linux a fresh process begins with the size of the one that started it.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return float(line.split()[1]) * 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * (1 if sys.platform == "darwin" else 1024)


def sizes(release: Path) -> str:
    """What lies in the site, in MiB; files shared with another release counted apart."""
    site = release / "site"
    files = [path for path in site.rglob("*") if path.is_file()]
    whole = sum(path.stat().st_size for path in files)
    linked = sum(path.stat().st_size for path in files if path.stat().st_nlink > 1)
    tables = sum(path.stat().st_size for path in release.rglob("*.parquet"))
    parts = {
        name: sum(p.stat().st_size for p in files if p.relative_to(site).parts[:2] == ("data", name))
        for name in ("articles", "list", "find", "indicators")
    }
    told = ", ".join(f"{name} {size / 2**20:.1f}" for name, size in parts.items())
    site_told = f"{len(files)} files, {whole / 2**20:.0f} MiB ({told}), linked {linked / 2**20:.0f} MiB"
    return f"{site_told}; tables {tables / 2**20:.0f} MiB"


def in_browser(site: Path) -> None:
    """Open every page and ask the list."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("TINHUY_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    shard = json.loads(gzip.decompress(next(site.glob("data/articles/*/*/0.json.gz")).read_bytes()))
    pages = (
        "index.html",
        "indicators.html",
        "articles.html",
        f"article.html?id={next(iter(shard))}",
        "dictionary.html",
    )
    with serving(site) as (server, address), sync_playwright() as playwright:
        Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium, args=list(SWITCHES))
        for name in pages:
            context = browser.new_context()
            page = context.new_page()
            page.goto(address + name, wait_until="load")
            page.wait_for_timeout(800)
            told = page.evaluate(
                """() => { const n = performance.getEntriesByType('navigation')[0];
                const paint = performance.getEntriesByName('first-contentful-paint')[0];
                const files = performance.getEntriesByType('resource');
                return {interactive: n.domContentLoadedEventEnd, paint: paint ? paint.startTime : null,
                        last: Math.max(n.loadEventEnd, ...files.map(f => f.responseEnd)),
                        kib: (n.encodedBodySize + files.reduce((s, f) => s + f.encodedBodySize, 0)) / 1024}; }"""
            )
            times = f"first paint {told['paint']:>5.0f} ms, interactive {told['interactive']:>5.0f} ms"
            print(f"  {name.split('?')[0]:<16} {times}, last byte {told['last']:>5.0f} ms, {told['kib']:>6.0f} KiB")
            context.close()
        page = browser.new_page()
        page.goto(address + "articles.html")
        began = time.perf_counter()
        page.focus("#q")
        page.fill("#q", "dan")
        page.wait_for_selector("#status[data-complete=true][data-q=dan]", timeout=60_000)
        print(f"  list loaded and folded in {time.perf_counter() - began:.2f} s")
        for query in QUERIES:
            times = [ask(page, query) for _ in range(3)]
            shown, inside, found = sorted(times)[1]
            print(
                f"  {query:<26} {found:>6} articles  shown after {shown:>4.0f} ms, of which searching {inside:>5.1f} ms"
            )
        browser.close()
        server.shutdown()


def ask(page: Any, query: str) -> tuple[float, float, int]:
    """Type a query into the list; return (ms until it is shown, ms of searching, articles found)."""
    return tuple(
        page.evaluate(
            """(query) => new Promise((done) => {
            const field = document.getElementById('q'), status = document.getElementById('status');
            field.value = ''; field.dispatchEvent(new Event('input', {bubbles: true}));
            setTimeout(() => {
                const began = performance.now();
                new MutationObserver((_, watch) => {
                    if (status.dataset.q !== query) return;
                    watch.disconnect();
                    requestAnimationFrame(() => setTimeout(() => done([performance.now() - began,
                        Number(status.dataset.milliseconds), Number(status.dataset.found)])));
                }).observe(document.getElementById('results'), {childList: true});
                field.value = query; field.dispatchEvent(new Event('input', {bubbles: true}));
            }, 400); })""",
            query,
        )
    )


def main() -> None:
    """Measure, or be the measured build."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=50_000)
    parser.add_argument("--keep", type=Path, help="keep the releases in this folder, and use those that are there")
    parser.add_argument("--pages-only", action="store_true", help="build nothing; open the pages that --keep holds")
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build:
        measured_build(options.build)
        return
    random.seed(1)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        first, second = "20260301T190000Z-00000001", "20260302T190000Z-00000002"
        for name, before, edited in () if options.pages_only else ((first, None, False), (second, first, True)):
            release = folder / name
            if not (release / "release.json").is_file():
                make(folder, options.articles, name, before, edited)
            shutil.rmtree(release / "site", ignore_errors=True)
            told = subprocess.run(
                [sys.executable, __file__, "--build", str(release)], check=True, capture_output=True, text=True
            )
            took = json.loads(told.stdout)
            what = "after one edit" if edited else "from nothing"
            cost = f"{took['seconds']:.1f} s ({took['cpu']:.1f} s of CPU), peak {took['peak_mib']:.0f} MiB"
            print(f"{options.articles} articles, {what}: {cost}; {sizes(release)}")
        in_browser(folder / second / "site")


if __name__ == "__main__":
    main()
