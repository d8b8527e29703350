"""Known holes in the locked dependencies, as `pip-audit` tells them, and how many it could ask for at all.

    .ci/audit.py [--strict] [LOCK]

`pip-audit` calls a package that its source of advisories does not know "skipped" and still says that no vulnerability
was found. Here silence is told as silence. Exit codes: 0 nothing known, 1 holes, 3 (with `--strict`) packages that
could not be asked for.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HOLES = 1
SILENCE = 3


def report(lock: Path) -> dict[str, Any]:
    """Return what `pip-audit` says, as JSON; no package at all when it cannot say anything."""
    argv = [
        "--requirement", str(lock), "--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json",
    ]  # fmt: skip
    command = [sys.executable, "-m", "pip_audit", *argv]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own interpreter
    try:
        told = json.loads(done.stdout)
    except json.JSONDecodeError:
        print(done.stderr[-1500:], file=sys.stderr)  # noqa: T201
        return {"dependencies": []}
    return dict(told)


def verdict(told: Mapping[str, Any], locked: int) -> tuple[int, list[str]]:
    """Return the exit code (of `--strict`) and what to print, for `locked` packages in the lock."""
    asked = [row for row in told["dependencies"] if "skip_reason" not in row]
    holes = [(row, hole) for row in asked for hole in row["vulns"]]
    lines = [
        f"{row['name']} {row['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for row, hole in holes
    ]
    silent = locked - len(asked)
    lines.append(f"audited {len(asked)} of {locked} packages: {len(holes)} known holes")
    if silent:
        lines += [
            f"NOT AUDITED: {silent} packages. The package index that this machine uses gives no advisories for them,",
            "so nothing is known of them, good or bad. Run `make audit` where the index gives them, or without a net:",
            "  osv-scanner --offline -L requirements.txt:requirements.lock",
        ]
    return (HOLES if holes else SILENCE if silent else 0), lines


def main() -> int:
    """Audit a lock file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strict", action="store_true", help="exit with 3 when a package could not be asked for")
    parser.add_argument("lock", nargs="?", type=Path, default=Path("requirements.lock"))
    options = parser.parse_args()
    locked = sum("==" in line for line in options.lock.read_text(encoding="utf-8").splitlines())
    code, lines = verdict(report(options.lock), locked)
    print("\n".join(lines))  # noqa: T201
    return code if code != SILENCE or options.strict else 0


if __name__ == "__main__":
    sys.exit(main())
