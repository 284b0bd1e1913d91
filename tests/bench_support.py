"""Servers to be measured in tests: the fake one and the real one, and a small bench to measure them on."""

import os
import sys
from pathlib import Path

from callroom_bench.bench import Bench

ROOT = Path(__file__).resolve().parent.parent
FAKE = [sys.executable, str(ROOT / "tests" / "bench_fake_server.py")]
REAL = [sys.executable, "-m", "callroom.main"]
PYTHONPATH = os.pathsep.join(
    str(ROOT / folder) for folder in ("wire", "menus", "server", "tui", "cli", "bench")
)
"""What a server needs to be started from a checkout that nobody has installed."""


def small_bench(command: list[str], folder: Path, told: list[str] | None = None, runs: int = 1) -> Bench:
    """A bench that is not patient; what it tells goes to `told`."""
    return Bench(command, folder, runs, 20.0, (told if told is not None else []).append, quiet_seconds=0.1)
