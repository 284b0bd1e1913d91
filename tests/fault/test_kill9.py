"""Killed under load, 200 times: what was acknowledged is there, once and in order, for everyone."""

import subprocess
from pathlib import Path

from crash_support import said_in, trial
from house_support import COMMAND, ENVIRON, Nursery

CYCLES = 200
SEED = 20


def test_nothing_acknowledged_is_lost_doubled_or_out_of_order(nursery: Nursery, tmp_path: Path) -> None:
    folder = tmp_path / "house"
    result = trial(nursery, folder, CYCLES, SEED)
    assert result.head == sum(result.said.values()) > CYCLES * 10
    assert said_in(folder) == {name: list(range(1, count + 1)) for name, count in result.said.items()}
    verified = subprocess.run(
        [*COMMAND, "verify", str(folder)], env=ENVIRON, capture_output=True, text=True, check=False
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
