"""The client's benchmark with tiny numbers, and where it must not be believed."""

import threading
from pathlib import Path

import msgspec
import pytest

from bench_support import REAL, small_bench
from callroom_bench import clientside
from callroom_bench.faults import Overdue

TINY = clientside.Settings(lines=300, kept=300)


def test_client(tmp_path: Path) -> None:
    told: list[str] = []
    outcome = clientside.run(small_bench(REAL, tmp_path, told), TINY)
    link, model = outcome.rows
    assert isinstance(link, clientside.LinkRow)
    assert (link.lines, len(link.all_runs)) == (300, 1)
    assert isinstance(model, clientside.ModelRow)
    assert model.lines == 300
    assert len(outcome.table.lines) == 3
    assert len(told) == 2
    assert list(tmp_path.iterdir()) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("callroom-")]


def test_it_gives_up(tmp_path: Path) -> None:
    bench = msgspec.structs.replace(small_bench(REAL, tmp_path), seconds=0.0)
    with pytest.raises(Overdue, match=r"not all of 300 lines came in 0 s"):
        clientside.measure_link(bench, 300)
