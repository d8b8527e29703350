"""The command line of the fuzzer."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import fuzz
from fuzz.harness import run_many


def main() -> int:
    """Run the mutants asked for, print what came of them; 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=fuzz.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=Path, action="append", default=[], metavar="DIR")
    parser.add_argument("--keep", type=Path, help="write mutants that fail to this folder")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    if args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    tally = run_many(args.seed, args.mutants, args.pages, args.keep, args.jobs)
    print(f"{args.mutants} mutants in {time.monotonic() - begun:.0f} s; slowest page {tally.slowest:.2f} s")
    print("outcomes: " + ", ".join(f"{name} {count}" for name, count in tally.outcomes.most_common()))
    print("reasons:  " + ", ".join(f"{name} {count}" for name, count in tally.reasons.most_common(12)))
    for fault in tally.faults[:40]:
        print("FAULT " + fault)
    print(f"{len(tally.faults)} faults")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
