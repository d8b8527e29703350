"""Whole nights over generated portals: fetch and transform rates, and the memory of the largest process.

    python -m benchmarks.night [--articles N …] [--family FAMILY]

Serves N articles (52 KB a page) on loopback from a process of its own, runs `tinhuy nightly` into an empty data root
and asks every tenth of a second how much memory each process of the night holds. One line for each N; for two or more
the last line says how much the peak grows from the first to the last.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
MIB = 1 << 20


def peak_while(process: subprocess.Popen[bytes], command: str) -> dict[str, int]:
    """Wait for a process and its descendants; return the peak resident bytes by kind of process."""
    peaks: dict[str, int] = {}
    top = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            everyone = [top, *top.children(recursive=True)]
        except psutil.NoSuchProcess:
            break
        for one in everyone:
            try:
                kind = _kind(one.cmdline(), command)
                peaks[kind] = max(peaks.get(kind, 0), one.memory_info().rss)
            except psutil.Error:
                continue
        time.sleep(0.1)
    return peaks


def _kind(words: list[str], command: str) -> str:
    line = " ".join(words)
    for mark, kind in (
        ("spiders.run", "crawl"),
        ("multiprocessing", "reader"),
        ("prefect", "prefect server"),
        (command, "night"),
    ):
        if mark in line:
            return kind
    return "other"


@dataclass(frozen=True)
class Night:
    """What was measured of one night."""

    articles: int
    figures: int
    seconds: float
    peaks: dict[str, int]
    """Largest resident bytes by kind of process."""


def night(articles: int, family: str, folder: Path) -> Night:
    """Run one night over `articles` articles; return what was measured."""
    records = folder / "records"
    served = subprocess.Popen(
        [sys.executable, "-m", "standin", "--portal", f"mau:{family}:{articles}", "--records", str(records)],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'tests'}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
    )
    try:
        if served.stdout is None:
            raise RuntimeError("the stand-in has no output")
        url = json.loads(served.stdout.readline())["mau"]
        environment = {**os.environ, "TINHUY_WAREHOUSE": str(folder / "root"), "TINHUY_PORTALS": str(records)}
        begun = time.monotonic()
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("tinhuy")), "nightly", "mau", "--base-url", f"mau={url}"],
            env=environment, stdout=subprocess.DEVNULL, cwd=folder,
        )  # fmt: skip
        peaks = peak_while(process, "nightly")
        seconds = time.monotonic() - begun
    finally:
        served.terminate()
        served.wait()
    if process.returncode:
        raise RuntimeError(f"the night ended with exit code {process.returncode}")
    release = json.loads(next((folder / "root" / "releases").glob("*/release.json")).read_text())
    rows = {table: sum(f["rows"] for f in release["files"] if f["table"] == table) for table in ("articles", "figures")}
    return Night(rows["articles"], rows["figures"], seconds, peaks)


def main() -> int:
    """Run the nights and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[5000, 20000])
    parser.add_argument("--family", default="file-uuid")
    args = parser.parse_args()
    print(f"{'articles':>9} {'figures':>9} {'seconds':>8} {'pages/s':>8}   peak MiB by process")
    largest = []
    for count in args.articles:
        with tempfile.TemporaryDirectory(prefix="tinhuy-night-") as folder:
            told = night(count, args.family, Path(folder))
        largest.append(max(told.peaks.values()) / MIB)
        shown = ", ".join(f"{kind} {size / MIB:.0f}" for kind, size in sorted(told.peaks.items()))
        rate = told.articles / told.seconds
        print(f"{told.articles:>9} {told.figures:>9} {told.seconds:>8.0f} {rate:>8.1f}   {shown}", flush=True)
    if len(largest) > 1:
        print(f"largest process: {largest[0]:.0f} to {largest[-1]:.0f} MiB, {largest[-1] / largest[0] - 1:+.1%}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
