"""The client's benchmark with tiny numbers, and where it must not be believed."""

import threading
from pathlib import Path

import msgspec
import pytest

from bench_support import REAL, small_bench
from callroom_bench import clientside
from callroom_bench.faults import BenchError, Overdue
from callroom_bench.starting import start

TINY = clientside.Settings(lines=300, kept=300, starts=1)


def test_client(tmp_path: Path) -> None:
    told: list[str] = []
    outcome = clientside.run(small_bench(REAL, tmp_path, told), TINY)
    begun, link, model = outcome.rows
    assert isinstance(begun, clientside.StartRow)
    assert (begun.starts, len(begun.all_runs)) == (1, 1)
    assert begun.best_ms <= begun.wall_ms
    assert begun.cpu_ms > 0
    assert isinstance(link, clientside.LinkRow)
    assert (link.lines, len(link.all_runs)) == (300, 1)
    assert isinstance(model, clientside.ModelRow)
    assert model.lines == 300
    assert len(outcome.table.lines) == 4
    assert len(told) == 3
    assert list(tmp_path.iterdir()) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("callroom-")]


def test_it_gives_up(tmp_path: Path) -> None:
    bench = msgspec.structs.replace(small_bench(REAL, tmp_path), seconds=0.0)
    with pytest.raises(Overdue, match=r"not all of 300 lines came in 0 s"):
        clientside.measure_link(bench, 300)


def test_a_client_without_a_prompt_gives_no_figure(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="the client has ended: b'usage"):
        start(["sh", "-c", "echo usage"], "tcp://127.0.0.1:1", tmp_path, 20.0)
    with pytest.raises(Overdue, match="no prompt came in time"):
        start(["sh", "-c", "exec sleep 60"], "tcp://127.0.0.1:1", tmp_path, 0.2)
