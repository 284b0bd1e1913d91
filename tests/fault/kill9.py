#!/usr/bin/env python
"""Kills a server under load as often as you like: `python tests/fault/kill9.py --cycles 10000`."""

import argparse
import secrets
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from callroom_server.ledger.verify import verify
from crash_support import said_in, trial
from house_support import Nursery

ROUND = 250
"""Cycles over one folder; then a new one: a long run needs little disk, and sees young ledgers too."""


def main() -> int:
    """Runs rounds of cycles; 1 and the seed of the round when anything acknowledged is amiss."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    parser.add_argument("--people", type=int, default=4)
    given = parser.parse_args()
    nursery = Nursery()
    begun = time.monotonic()
    done = lines = 0
    try:
        while done < given.cycles:
            seed = given.seed + done
            cycles = min(ROUND, given.cycles - done)
            with tempfile.TemporaryDirectory() as folder:
                try:
                    result = trial(nursery, Path(folder) / "house", cycles, seed, given.people)
                    report = verify(Path(folder) / "house")
                    assert report.sound, report.problems
                    assert said_in(Path(folder) / "house") == {
                        name: list(range(1, count + 1)) for name, count in result.said.items()
                    }
                except AssertionError as fault:
                    print(f"amiss in the round of --seed {seed} --cycles {cycles}: {fault}", file=sys.stderr)
                    return 1
            done += cycles
            lines += result.head
            took = time.monotonic() - begun
            print(f"{done} kills, {lines} lines acknowledged, 0 lost, doubled or out of order, {took:.0f} s")
    finally:
        nursery.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
