"""The country's portals in one night: every record of the registry as a stand-in site, against what it should yield.

    python -m benchmarks.nation [--articles 200] [--portals SLUG…] [--light] [--wrong N] [--out FILE]

Serves one site for every record, in its family's markup, on loopback from a process of its own; runs one
`tinhuy nightly` over all of them into an empty data root; prints for each portal how many articles were found, how
many rows are no article of the site (strange), how many stand twice (doubled), and how many fields are right. A field
that the pages of a family never tell is not counted. Exit 1 when an article is missing, strange or doubled.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from spiders import registry
from warehouse import release as releases
from warehouse.store import open_root

if TYPE_CHECKING:
    from standin import Score

ROOT: Final = Path(__file__).resolve().parents[1]
TABLES: Final = ("articles", "images", "attachments", "table_cells")


def night(articles: int, portals: Sequence[str], folder: Path, *, light: bool) -> tuple[float, int]:
    """Serve the portals and run one night over them; return its seconds and its exit code."""
    served = subprocess.Popen(
        [sys.executable, "-m", "standin", "--nation", str(articles), *(["--light"] if light else [])],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'tests'}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
    )
    try:
        if served.stdout is None:
            raise RuntimeError("the stand-in has no output")
        urls = json.loads(served.stdout.readline())
        begun = time.monotonic()
        with (folder / "night.log").open("wb") as log:
            code = subprocess.call(
                [
                    str(Path(sys.executable).with_name("tinhuy")),
                    "nightly",
                    *portals,
                    *(word for slug in portals for word in ("--base-url", f"{slug}={urls[slug]}")),
                ],
                env={**os.environ, "TINHUY_WAREHOUSE": str(folder / "root")},
                stdout=log,
                stderr=log,
                cwd=folder,
            )
        return time.monotonic() - begun, code
    finally:
        served.terminate()
        served.wait()


def rows_of(folder: Path, portal: str) -> dict[str, list[Mapping[str, Any]]]:
    """Return a portal's published rows by table."""
    release = releases.current(open_root(address=str(folder / "root")))
    if release is None:
        return {name: [] for name in TABLES}
    tables = release.tables()

    def rows(name: str) -> Iterator[Mapping[str, Any]]:
        for entry in tables.files(name):
            if entry["portal"] == portal:
                for batch in tables.file_batches(entry):
                    yield from batch.to_pylist()

    return {name: list(rows(name)) for name in TABLES}


def table(scores: Sequence[tuple[str, str, Score]]) -> str:
    """Return the lines that are printed: a row for each portal, then one for each family, then the whole."""
    head = f"{'portal':<28} {'family':<15} {'found':>11} {'strange':>7} {'doubled':>7} {'right fields':>16}  not right"
    lines = [head, "-" * len(head)]
    families: dict[str, Counter[str]] = {}
    for portal, family, told in scores:
        right, wrong = sum(told.right.values()), sum(map(len, told.wrong.values()))
        sums = families.setdefault(family, Counter())
        sums.update(found=told.found, expected=told.expected, strange=len(told.strange), doubled=len(told.doubled))
        sums.update(right=right, fields=right + wrong, portals=1)
        named = ", ".join(f"{name} {len(rows)}" for name, rows in sorted(told.wrong.items()))
        lines.append(_line(portal, family, Counter(
            found=told.found, expected=told.expected, strange=len(told.strange), doubled=len(told.doubled),
            right=right, fields=right + wrong,
        )) + (f"  {named}" if named else ""))  # fmt: skip
    lines.append("")
    lines += [_line(f"{sums['portals']} portals", family, sums) for family, sums in sorted(families.items())]
    whole: Counter[str] = sum(families.values(), Counter())
    lines.append(_line(f"{whole['portals']} portals", "all", whole))
    return "\n".join(lines)


def _line(portal: str, family: str, sums: Counter[str]) -> str:
    share = f"{sums['right']}/{sums['fields']}"
    return (
        f"{portal:<28} {family:<15} {sums['found']:>5}/{sums['expected']:<5} {sums['strange']:>7} "
        f"{sums['doubled']:>7} {share:>16}"
    )


def main() -> int:
    """Run the night and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=200, help="articles of each portal")
    parser.add_argument("--portals", nargs="+", default=[], metavar="SLUG", help="only these")
    parser.add_argument("--light", action="store_true", help="pages of about 8 KB, not 50 KB")
    parser.add_argument("--wrong", type=int, default=0, metavar="N", help="show N wrong values of each field")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the table there too")
    args = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests"))
    from standin import nation, score

    records = registry.load()
    strange = sorted(set(args.portals) - set(records))
    if strange:
        parser.error(f"no portal {strange[0]}")
    chosen = sorted(args.portals or records)
    with tempfile.TemporaryDirectory(prefix="tinhuy-nation-") as name:
        folder = Path(name)
        seconds, code = night(args.articles, chosen, folder, light=args.light)
        sites = {site.slug: site for site in nation(records, count=args.articles, heavy=not args.light)}
        scores = [(slug, records[slug].family, score(sites[slug], rows_of(folder, slug))) for slug in chosen]
        log = (folder / "night.log").read_text(encoding="utf-8", errors="replace")
    pages = sum(told.found for _, _, told in scores)
    lines = [table(scores), "", f"{seconds:.0f} s, {pages / seconds:.1f} articles/s, exit code of the night {code}"]
    print("\n".join(lines))
    if args.out is not None:
        args.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for slug, _, told in scores:
        for field, rows in sorted(told.wrong.items()) if args.wrong else ():
            for url, got, want in rows[: args.wrong]:
                print(f"\n{slug} {field} {url}\n  got  {got!r}\n  want {want!r}")
        for what, urls in (("missing", told.missing), ("strange", told.strange), ("doubled", told.doubled)):
            for url in urls[: args.wrong]:
                print(f"\n{slug} {what} {url}")
    whole = all(told.found == told.expected and not told.strange and not told.doubled for _, _, told in scores)
    if not whole or code:
        print("\n" + log[-6000:])
    return 0 if whole else 1


if __name__ == "__main__":
    raise SystemExit(main())
