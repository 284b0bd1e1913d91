import time
from pathlib import Path

import pytest

from callroom_bench.faults import BenchError, Overdue
from callroom_bench.filling import AUTHOR, ROOMS, Filling
from callroom_server.core.events import room_stream
from callroom_server.ledger.reader import SqliteReader


def test_the_ledger_holds_what_was_asked_for_and_is_indexed(tmp_path: Path) -> None:
    Filling(tmp_path / "data", 500, 100, 99, 64).run(time.monotonic() + 20)
    reader = SqliteReader(tmp_path / "data")
    try:
        lines = reader.read(room_stream("room0"), 0, 10**9, 1000, False)
        assert len(lines) == (500 - ROOMS - 1) // ROOMS + 1
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
        assert AUTHOR.encode() in lines[0].event
        found = reader.search("dog", [room_stream("room1")], 5)
        assert len(found.records) == 5
        assert found.behind == 0
    finally:
        reader.close()


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    Filling(tmp_path, 100, 100, 0, 64).run(time.monotonic() + 20)
    with pytest.raises(BenchError, match="has a ledger already"):
        Filling(tmp_path, 100, 100, 0, 64).run(time.monotonic() + 20)


def test_it_gives_up_at_the_deadline(tmp_path: Path) -> None:
    with pytest.raises(Overdue):
        Filling(tmp_path, 100_000, 10, 0, 64).run(time.monotonic())
