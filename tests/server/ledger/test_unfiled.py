"""Index rows wait in memory: readers find what is stored before they are filed, meanwhile, and after."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from callroom_server.core.events import Said, encode
from callroom_server.core.ledger import LedgerError, LedgerState, Outcome, Record
from callroom_server.ledger.backup import restore
from callroom_server.ledger.batches import encode_rows
from callroom_server.ledger.database import LEDGER_FILE, connect
from callroom_server.ledger.limits import LedgerLimits
from callroom_server.ledger.migrations import APPLICATION_ID, MIGRATIONS
from callroom_server.ledger.reader import SqliteReader
from callroom_server.ledger.sqlite import SqliteLedger
from callroom_server.ledger.unfiled import Part, Unfiled
from callroom_server.ledger.verify import verify
from ledger_support import QUICK, Listener, Loop

EVER = 1 << 62
LINE = encode(Said(by="ana", at=1, text="x"))


class Opened:
    """An open ledger with its loop."""

    def __init__(self, folder: Path, limits: LedgerLimits = QUICK) -> None:
        self.loop, self.heard = Loop(), Listener()
        self.ledger = SqliteLedger(folder, self.loop.calls.put, limits)
        self.ledger.open(self.heard)

    def say(self, *lines: tuple[str, int, int]) -> None:
        """One commit of lines: stream, device, counter."""
        answers = self.heard.answers + len(lines)
        for stream, device, counter in lines:
            assert self.ledger.submit(stream, LINE, device, counter)
        self.loop.until(lambda: self.heard.answers == answers, self.ledger)


def rows(folder: Path, query: str) -> list[tuple[int, ...]]:
    connection = sqlite3.connect(folder / LEDGER_FILE)
    found: list[tuple[int, ...]] = connection.execute(query).fetchall()
    connection.close()
    return found


def numbers(records: list[Record]) -> list[int]:
    return [record.seq for record in records]


def test_rows_are_filed_when_there_are_enough(tmp_path: Path) -> None:
    house = Opened(tmp_path, LedgerLimits(unfiled_rows=8))
    for n in range(1, 4):
        house.say(("room/b", 1, n), ("room/a", 2, n))
    # The third batch makes twelve rows of eight, but the second had made it eight already.
    assert rows(tmp_path, "SELECT position FROM filed") == [(4,)]
    assert rows(tmp_path, "SELECT * FROM span") == [(1, 1, 1, 2), (1, 2, 2, 4), (2, 1, 1, 2), (2, 2, 2, 4)]
    assert rows(tmp_path, "SELECT * FROM origin") == [(1, 1, 1, 2), (1, 2, 2, 4), (2, 1, 1, 2), (2, 2, 2, 4)]
    house.ledger.close(5)
    assert verify(tmp_path).sound


def test_rows_are_filed_when_they_lead_to_many_records(tmp_path: Path) -> None:
    house = Opened(tmp_path, LedgerLimits(unfiled_records=10))
    house.say(*(("room/a", 1, n) for n in range(1, 10)))
    assert rows(tmp_path, "SELECT position FROM filed") == [(0,)]
    house.say(("room/a", 1, 10))
    house.say(("room/a", 1, 11))
    house.ledger.close(5)
    assert rows(tmp_path, "SELECT position FROM filed") == [(10,)]


def test_an_opened_ledger_knows_what_was_not_filed(tmp_path: Path) -> None:
    house = Opened(tmp_path, LedgerLimits(unfiled_rows=8))
    for n in range(1, 8):
        house.say(("room/a", 1, 2 * n), ("room/b", 2, n))
    house.ledger.close(5)
    assert rows(tmp_path, "SELECT position FROM filed") == [(12,)]
    again = Opened(tmp_path)
    again.say(("room/a", 1, 14), ("room/a", 1, 13), ("room/b", 2, 3), ("room/c", 2, 7), ("room/a", 1, 15))
    assert [(r.outcome, r.stream, r.seq) for r in again.heard.refusals] == [
        (Outcome.DUPLICATE, "room/a", 7),
        (Outcome.REJECTED, "room/a", 0),
        (Outcome.DUPLICATE, "room/b", 3),
        (Outcome.DUPLICATE, "room/b", 7),
    ]
    assert again.heard.records[-1].seq == 8
    again.ledger.close(5)
    assert verify(tmp_path).sound


def test_readers_beside_the_writer_miss_nothing_while_rows_are_filed(tmp_path: Path) -> None:
    house = Opened(tmp_path, LedgerLimits(unfiled_rows=6))
    told = 0
    done = threading.Event()
    faults: list[str] = []

    def read(reader: SqliteReader) -> None:
        """All of the room from either end, over and over: gapless, and at least what was told before."""
        newest = False
        while not done.is_set():
            least, newest = told, not newest
            seqs = numbers(reader.read("room/a", 0, EVER, 1 << 30, newest))
            if seqs != list(range(1, len(seqs) + 1)) or len(seqs) < least:
                faults.append(f"{least} were told, read: {seqs}")
        reader.close()

    readers = [house.ledger.reader(), house.ledger.reader(), SqliteReader(tmp_path)]
    threads = [threading.Thread(target=read, args=(reader,)) for reader in readers]
    for thread in threads:
        thread.start()
    try:
        for n in range(1, 201):
            house.say(("room/a", 1, n), (f"room/{n}", 2, n))
            told = n
    finally:
        done.set()
        for thread in threads:
            thread.join()
    house.ledger.close(5)
    assert not faults, faults[0]


class FiledMeanwhile(Unfiled):
    """Rows that are filed between a reader's look at them and its look at the tables."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection
        self.follow(connection)

    def spans(self, number: int, after: int, before: int) -> list[Part]:
        parts = super().spans(number, after, before)
        self.file(self._connection)
        return parts


@pytest.mark.parametrize("newest", [False, True])
def test_what_is_filed_while_a_reader_looks_is_read_once(tmp_path: Path, newest: bool) -> None:
    house = Opened(tmp_path)
    for n in range(1, 4):
        house.say(("room/a", 1, n))
    house.ledger.close(5)
    with closing(connect(tmp_path / LEDGER_FILE)) as connection:
        reader = SqliteReader(tmp_path, unfiled=FiledMeanwhile(connection))
        assert numbers(reader.read("room/a", 0, EVER, EVER, newest)) == [1, 2, 3]
        reader.close()
    assert rows(tmp_path, "SELECT position FROM filed") == [(3,)]


def test_rows_that_cannot_be_filed_stay_and_are_told(tmp_path: Path) -> None:
    house = Opened(tmp_path, LedgerLimits(unfiled_rows=4, probe_every=0.01))
    connection = sqlite3.connect(tmp_path / LEDGER_FILE)
    with connection:  # in the way of a row that will be filed
        connection.execute("INSERT INTO span VALUES (1, 2, 2, 2)")
    house.say(("room/a", 1, 1))
    house.say(("room/a", 1, 2))
    house.loop.until(lambda: "index rows stay in memory" in house.heard.states[-1][1], house.ledger)
    assert house.heard.state is LedgerState.READY
    with connection:
        connection.execute("DELETE FROM span")
    connection.close()
    counter = 2
    while rows(tmp_path, "SELECT position FROM filed") == [(0,)]:
        counter += 1
        house.say(("room/a", 1, counter))
    house.ledger.close(5)
    report = verify(tmp_path)
    assert report.sound, report.problems
    reader = SqliteReader(tmp_path)
    assert numbers(reader.read("room/a", 0, EVER, EVER, False)) == list(range(1, counter + 1))
    reader.close()


def make_old(file: Path) -> None:
    """A ledger of version 1, whose index rows came with each commit: one batch of two lines."""
    connection = connect(file)
    for statement in MIGRATIONS[0]:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 1")
    stored = [(1, 1, 7, 1, LINE), (1, 2, 7, 2, LINE)]
    connection.execute(
        "INSERT INTO entry VALUES (2, 1, 2, ?, '[[1,\"room/a\"]]', '[[1,2,1]]', '[[7,2,1]]')",
        (encode_rows(stored),),
    )
    connection.execute("PRAGMA journal_mode = DELETE")  # one file, as a backup is
    connection.close()


def test_a_backup_from_before_is_sound_and_restored(tmp_path: Path) -> None:
    make_old(tmp_path / "archive")
    report = verify(tmp_path / "archive")
    assert report.sound, report.problems
    assert report.records == 2
    restore(tmp_path / "archive", tmp_path / "house")
    with pytest.raises(LedgerError, match="from an older Callroom; start the server"):
        SqliteReader(tmp_path / "house").read("room/a", 0, EVER, 10, False)
    house = Opened(tmp_path / "house")
    assert numbers(house.heard.records) == [1, 2]
    house.ledger.close(5)


def test_a_ledger_from_before_is_brought_up_to_date(tmp_path: Path) -> None:
    make_old(tmp_path / LEDGER_FILE)
    house = Opened(tmp_path)
    assert numbers(house.heard.records) == [1, 2]
    house.say(("room/a", 7, 2), ("room/a", 7, 3))
    assert [refusal.seq for refusal in house.heard.refusals] == [2]
    reader = house.ledger.reader()
    assert numbers(reader.read("room/a", 0, EVER, 10, True)) == [1, 2, 3]
    reader.close()
    house.ledger.close(5)
    report = verify(tmp_path)
    assert report.sound, report.problems
    assert rows(tmp_path, "SELECT position FROM filed") == [(2,)]
