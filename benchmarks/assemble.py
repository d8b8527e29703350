"""Memory and time of a release: assemble many generated articles, cold and after a small night.

    python benchmarks/assemble.py [--articles 5000 20000] [--portals 5] [--figures 20] [--words 700]

For each number of articles: packages and parts are made in one process, then each step runs in a fresh one and prints
its wall time and the largest resident memory of the process. `first` writes everything, `night` adds 40 new and 10
edited articles, `nothing` finds nothing new.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import warehouse_fakes as fakes
from warehouse.checks import verify
from warehouse.raw import packages
from warehouse.store import open_root

STEPS = ("parts", "first", "night", "nothing", "verify")


def stories(first: int, count: int, figures: int, words: int, version: int = 0) -> list[fakes.Story]:
    """Articles of the years 2018 to 2026."""
    return [
        fakes.Story(i, version, date(2018 + i % 9, 1 + i % 12, 1 + i % 28), figures, words)
        for i in range(first, first + count)
    ]


def main() -> None:
    """Measure, or be one measured step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[5000, 20000])
    parser.add_argument("--portals", type=int, default=5)
    parser.add_argument("--figures", type=int, default=20)
    parser.add_argument("--words", type=int, default=700)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--root", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(step(options)))
        return
    peaks: dict[str, list[float]] = {}
    for count in options.articles:
        with tempfile.TemporaryDirectory() as folder:
            for name in STEPS:
                argv = [sys.executable, __file__, "--step", name, "--root", folder, "--articles", str(count)]
                argv += [
                    "--portals",
                    str(options.portals),
                    "--figures",
                    str(options.figures),
                    "--words",
                    str(options.words),
                ]
                told = json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)
                peaks.setdefault(name, []).append(told["peak_mib"])
                print(
                    f"{count:>7} articles  {name:<8} {told['seconds']:>7.2f} s  "
                    f"peak {told['peak_mib']:>6.0f} MiB  {told['note']}"
                )
    if len(options.articles) > 1:
        for name, (first, *_, last) in peaks.items():
            print(f"{name}: peak grows by {100 * (last / first - 1):+.1f} %")


def step(options: argparse.Namespace) -> dict[str, object]:
    """Run one step in this process and return what it took."""
    root = open_root(create=True, address=Path(options.root, "data"))
    slugs = [f"portal{i}" for i in range(options.portals)]
    each = options.articles[0] // options.portals
    began = time.perf_counter()
    note = ""
    if options.step == "parts":
        for slug in slugs:
            for night in range(4):
                some = stories(night * (each // 4), each // 4, options.figures, options.words)
                fakes.crawl(root, slug, fakes.crawl_of(night), some)
        for package in packages(root):
            fakes.transform(package)
    elif options.step == "verify":
        note = f"{len(verify(root, fakes.DERIVE))} problems"
    else:
        if options.step == "night":
            new = stories(each, 40, options.figures, options.words) + stories(0, 10, options.figures, options.words, 1)
            fakes.crawl(root, slugs[0], fakes.crawl_of(9), new)
        made = fakes.publish(root, slugs)
        if made is None:
            note = "nothing new"
        else:
            manifest = made.manifest
            size = sum(entry["bytes"] for entry in manifest["files"]) / 2**20
            counts = made.counts()
            note = (
                f"{counts['articles']} articles, {counts['figures']} figures, {size:.0f} MiB, "
                f"{len(manifest['linked'])} of {len(manifest['files'])} files linked"
            )
    # Linux counts in KiB, macOS in bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {
        "seconds": time.perf_counter() - began,
        "peak_mib": peak / 2**20,
        "note": note,
    }


if __name__ == "__main__":
    main()
