"""Backups are of one moment and whole; what is broken is found; nothing is overwritten or left half-made."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from callroom_server.core.events import Said, encode
from callroom_server.core.ledger import LedgerError
from callroom_server.ledger.backup import backup, restore
from callroom_server.ledger.batches import decode_rows, encode_rows
from callroom_server.ledger.database import LEDGER_FILE
from callroom_server.ledger.limits import LedgerLimits
from callroom_server.ledger.sqlite import SqliteLedger
from callroom_server.ledger.verify import verify
from ledger_support import QUICK, Listener, Loop

LINE = encode(Said(by="ana", at=1, text="你好"))


class Filled:
    """A ledger with three batches of ten lines, and its loop."""

    def __init__(self, folder: Path, limits: LedgerLimits = QUICK) -> None:
        self.folder = folder
        self.loop = Loop()
        self.listener = Listener()
        self.ledger = SqliteLedger(folder, self.loop.calls.put, limits)
        self.ledger.open(self.listener)
        self.counter = 0
        for _ in range(3):
            self.say(10)

    def say(self, lines: int) -> None:
        for _ in range(lines):
            self.counter += 1
            assert self.ledger.submit(f"room/{self.counter % 2}", LINE, 1 + self.counter % 3, self.counter)
        self.loop.until(lambda: len(self.listener.records) == self.counter, self.ledger)


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Filled]:
    filled = Filled(tmp_path / "house")
    yield filled
    filled.ledger.close(5)


@pytest.fixture
def filed(tmp_path: Path) -> Iterator[Filled]:
    """Its last batch is the only one whose index rows are still in memory."""
    filled = Filled(tmp_path / "house", LedgerLimits(unfiled_rows=8))
    yield filled
    filled.ledger.close(5)


def change(folder: Path, statement: str, *parameters: object) -> None:
    connection = sqlite3.connect(folder / LEDGER_FILE)
    connection.execute(statement, parameters)
    connection.commit()
    connection.close()


def test_a_live_ledger_verifies(filled: Filled) -> None:
    report = verify(filled.folder)
    assert report.sound, report.problems
    assert (report.records, report.batches, report.streams, report.last_position) == (30, 3, 2, 30)


def test_a_backup_is_of_one_moment_and_restores(filled: Filled, tmp_path: Path) -> None:
    # From another process, as `callroom backup` runs beside a server.
    script = (
        "import sys; from pathlib import Path; from callroom_server.ledger.backup import backup;"
        " print(backup(Path(sys.argv[1]), Path(sys.argv[2])))"
    )
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", script, filled.folder, shelf],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    archive = Path(done.stdout.strip())
    filled.say(5)
    assert list(shelf.iterdir()) == [archive]
    assert archive.stat().st_mode & 0o777 == 0o600
    assert verify(archive).records == 30
    restore(archive, tmp_path / "new")
    listener = Listener()
    again = SqliteLedger(tmp_path / "new", Loop().calls.put, QUICK)
    again.open(listener)
    assert listener.records == filled.listener.records[:30]
    again.close(5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["house", "new", "shelf"]


def test_a_backup_never_overwrites(filled: Filled, tmp_path: Path) -> None:
    target = tmp_path / "kept"
    target.write_text("precious")
    with pytest.raises(LedgerError, match="not overwritten"):
        backup(filled.folder, target)
    assert target.read_text() == "precious"
    with pytest.raises(LedgerError, match="no ledger in"):
        backup(tmp_path, tmp_path / "other")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["house", "kept"]


def test_restoring_refuses_a_folder_in_use_or_not_empty(filled: Filled, tmp_path: Path) -> None:
    archive = backup(filled.folder, tmp_path / "archive")
    with pytest.raises(LedgerError, match=f"in use by another Callroom .process {os.getpid()}"):
        restore(archive, filled.folder)
    filled.ledger.close(5)
    with pytest.raises(LedgerError, match="not empty"):
        restore(archive, filled.folder)
    (tmp_path / "empty").mkdir()
    restore(archive, tmp_path / "empty")
    assert verify(tmp_path / "empty").records == 30


def test_restoring_what_is_damaged_leaves_nothing(filled: Filled, tmp_path: Path) -> None:
    archive = backup(filled.folder, tmp_path / "archive")
    content = bytearray(archive.read_bytes())
    content[4096 + 100 : 4096 * 4] = os.urandom(4096 * 3 - 100)
    archive.write_bytes(content)
    with pytest.raises(LedgerError, match="damaged"):
        restore(archive, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    (tmp_path / "text").write_text("not a database, but longer than the header of one" * 99)
    with pytest.raises(LedgerError, match="not a database"):
        restore(tmp_path / "text", tmp_path / "new")
    with pytest.raises(LedgerError, match="there is no ledger at"):
        restore(tmp_path / "nothing", tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "house", "text"]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM batch WHERE position = 20", "position 21: seq 11 of stream number 1 follows 5"),
        ("DELETE FROM batch WHERE position = 20", "batch 30: 10 records after position 10"),
        ("DELETE FROM batch WHERE position = 10", "records up to position 10 are gone"),
        ("DELETE FROM span WHERE last = 10 AND stream = 1", "batch 20: the span of stream 1 to 10"),
        ("UPDATE origin SET position = 10 WHERE position = 20", "batch 20: the origin of device"),
        ("INSERT INTO span VALUES (9, 9, 9, 9)", "table span: 5 rows, and the batches say 4"),
        ("UPDATE filed SET position = 30", "batch 30: the span of stream 2 to 15"),
        ("UPDATE filed SET position = 10", "table origin: 6 rows, and the batches say 3"),
        ("UPDATE filed SET position = 31", "index: it is filed up to position 31, the last record of 30"),
        ("DELETE FROM filed", "index: it does not say up to where it is filed"),
        ("UPDATE batch SET count = 9 WHERE position = 20", "batch 20: it holds 10 records, not 9"),
        ("UPDATE batch SET records = x'00' WHERE position = 20", "batch 20: its records cannot be decoded"),
        ("DELETE FROM stream WHERE id = 2", "position 2: stream number 2 has no name"),
        ("INSERT INTO snapshot VALUES (1, 31, x'')", "snapshot: it is of position 31, the last record of 30"),
    ],
)
def test_what_is_broken_is_told(filed: Filled, statement: str, problem: str) -> None:
    assert verify(filed.folder).sound
    filed.ledger.close(5)
    change(filed.folder, statement)
    report = verify(filed.folder)
    assert any(problem in found for found in report.problems), report.problems


def test_a_counter_that_is_stored_twice_is_told(filled: Filled) -> None:
    filled.ledger.close(5)
    connection = sqlite3.connect(filled.folder / LEDGER_FILE)
    blob: bytes = connection.execute("SELECT records FROM batch WHERE position = 20").fetchone()[0]
    connection.close()
    rows = decode_rows(blob)
    stream, seq, device, _, _ = rows[3]
    rows[3] = (stream, seq, device, 5, b'{"type":"unheard-of"}')
    change(filled.folder, "UPDATE batch SET records = ? WHERE position = 20", encode_rows(rows))
    report = verify(filled.folder)
    assert any("position 14: counter 5 of device" in problem for problem in report.problems)
    assert any("position 14: the event cannot be decoded" in problem for problem in report.problems)


def test_a_pruned_ledger_is_sound(filled: Filled) -> None:
    filled.ledger.save_snapshot(25, b"state")
    filled.ledger.prune(1 << 62)
    reader = filled.ledger.reader()
    filled.loop.until(lambda: reader.first_kept("room/0") == 11, filled.ledger)
    reader.close()
    report = verify(filled.folder)
    assert report.sound, report.problems
    assert (report.records, report.last_position) == (10, 30)
