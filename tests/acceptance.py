"""Floors on material that lies beside the checkout: annotated texts, and stand-in portals with what they must give.

.venv/bin/python -m tests.acceptance FOLDER

FOLDER holds `gold/`, `seeds/` and `portals/` (each with its own README). Prints one line per figure and its floor;
exits with 1 when one is missed. The portals are served on loopback by their own server.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
WORDS = {
    "figures value+kind+unit": (("figures", "value+kind+unit", "f1"), {"seeds": 0.98, "dev": 0.98}),
    "figures whole row": (("figures", "whole row", "f1"), {"seeds": 0.95, "dev": 0.94}),
    "citations key": (("citations", "key", "f1"), {"seeds": 0.99, "dev": 0.99}),
    "citations type": (("citations", "type right"), {"seeds": 0.98, "dev": 0.98}),
    "citations date": (("citations", "date right of dated"), {"seeds": 0.98, "dev": 0.98}),
}
FIELDS = ("title", "lead", "author", "author_roles", "credited_source", "published_at", "published_on", "tags")
NIGHT = {
    ("articles", "f1"): 1.0,
    ("text exact",): 1.0,
    **{("fields right of found", field): 1.0 for field in FIELDS},
    ("image captions", "f1"): 0.95,
    ("attachments", "f1"): 0.95,
    ("table cells", "f1"): 0.95,
    ("figures in tables", "value+kind+unit", "f1"): 0.90,
}


class Floors:
    """Figures against their floors."""

    def __init__(self) -> None:
        self.missed = 0

    def hold(self, name: str, value: float, floor: float) -> None:
        """Print one and remember whether it was missed."""
        good = value >= floor
        self.missed += not good
        print(f"{'ok    ' if good else 'MISSED'} {name}: {value:.4g} (floor {floor:.4g})", flush=True)


def run(*argv: str | Path, env: Mapping[str, str] | None = None, code: int | None = 0) -> str:
    """Run a command and return what it printed; AssertionError when it ends otherwise than with `code`."""
    done = subprocess.run([*map(str, argv)], capture_output=True, text=True, env={**os.environ, **(env or {})})
    if code is not None and done.returncode != code:
        raise AssertionError(f"{' '.join(map(str, argv))} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def at(told: Any, path: tuple[str, ...]) -> float:
    """Return a figure inside a JSON answer; 1 where nothing was asked for (no dated citation, say)."""
    for key in path:
        told = told[key]
    return 1.0 if told is None else float(told)


def texts(shared: Path, folder: Path, floors: Floors) -> list[tuple[Path, Path]]:
    """Check `tinhuy parse`; return (gold, texts) pairs for the night's check."""
    seeds = folder / "seeds.jsonl"
    with seeds.open("w", encoding="utf-8") as out:
        for path in sorted((shared / "seeds").glob("*.txt")):
            row = {"id": f"seed{path.name[:3]}", "text": path.read_text(encoding="utf-8")}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    sets = {
        "seeds": (shared / "gold" / "seeds.jsonl", seeds),
        "dev": (shared / "gold" / "dev.jsonl", shared / "gold" / "dev_texts.jsonl"),
    }
    for name, (gold, given) in sets.items():
        rows = folder / f"{name}_rows.jsonl"
        rows.write_text(run(BIN / "tinhuy", "parse", given), encoding="utf-8")
        told = json.loads(run(sys.executable, shared / "gold" / "score.py", gold, rows, "--json"))
        for what, (path, wanted) in WORDS.items():
            floors.hold(f"{name}: {what}", at(told, path), wanted[name])
    return list(sets.values())


@contextmanager
def served(shared: Path) -> Iterator[dict[str, str]]:
    """Serve the stand-in portals; yield slug to address."""
    portals = shared / "portals"
    argv = [sys.executable, str(portals / "serve.py"), str(portals / "sites"), "--port", "0"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield json.loads(server.stdout.readline())
        finally:
            server.terminate()


def night(shared: Path, folder: Path, gold: list[tuple[Path, Path]], floors: Floors) -> None:
    """Check a night on the stand-in portals, and the same night again."""
    env = {"TINHUY_WAREHOUSE": str(folder / "root"), "TINHUY_PORTALS": ""}
    with served(shared) as addresses:
        urls = [f"--base-url={slug}={address}" for slug, address in addresses.items()]
        print(run(BIN / "tinhuy", "nightly", *urls, env=env), end="")
        pairs = [str(part) for pair in gold for part in ("--gold", *pair)]
        argv = [sys.executable, shared / "portals" / "check.py", folder / "root", shared / "portals" / "expected.jsonl"]
        told = json.loads(run(*argv, *pairs, "--json"))
        for path, floor in NIGHT.items():
            floors.hold(f"portals: {' '.join(path)}", at(told, path), floor)
        before = partitions(folder)
        run(BIN / "tinhuy", "nightly", *urls, env=env)
        kept = sum(1 for path, inode in partitions(folder).items() if before.get(path) == inode)
        floors.hold("the same night again: partition files left as they were", kept / len(before), 1.0)
    run(BIN / "tinhuy", "verify", env=env)


def partitions(folder: Path) -> dict[str, int]:
    """Return the partition files of the current release with their inodes."""
    current = folder / "root" / "current"
    return {str(path.relative_to(current)): path.stat().st_ino for path in current.glob("*/portal=*/year=*/*.parquet")}


def main() -> int:
    """Check everything; return 1 when a floor is missed."""
    shared = Path(sys.argv[1]).resolve()
    floors = Floors()
    with tempfile.TemporaryDirectory(prefix="tinhuy-acceptance-") as folder:
        night(shared, Path(folder), texts(shared, Path(folder), floors), floors)
    return 1 if floors.missed else 0


if __name__ == "__main__":
    sys.exit(main())
