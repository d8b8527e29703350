"""Kill nights at random points and compare what is left with an undisturbed night.

    python -m tests.kill                        20 rounds, seeded, of the night of `store_night`
    python -m tests.kill --rounds 200           the long form
    python -m tests.kill --night real           rounds of `tinhuy nightly` itself against the bundled sample portals

A round: a fresh data root, the night's command, SIGKILL after a random time to the whole group of processes (as a power
cut), to the first process alone, or to one of its children; often a second kill of the second try; then the same
command to its end. It holds when

- a reader who polled the pointer all the time never saw a release that was not whole,
- the tables equal those of the undisturbed night (`store`: byte for byte; `real`: in all but what the clock says),
- `verify` finds nothing.

Prints one line a round and exits 1 when any round failed.
"""

from __future__ import annotations

import argparse
import sys

from tests.kill.harness import NIGHTS, Round, rounds


def main() -> int:
    """Run the rounds asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--night", choices=sorted(NIGHTS), default="store")
    options = parser.parse_args()
    done: list[Round] = []
    for one in rounds(NIGHTS[options.night](), options.rounds, options.seed):
        done.append(one)
        print(f"{len(done):>4}  {one}", flush=True)
    bad = [one for one in done if one.faults]
    kills = sum(len(one.kills) for one in done)
    reads = sum(one.reads for one in done)
    print(f"{len(done)} rounds, {kills} kills, {reads} reads of the pointer: {len(bad)} rounds failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
