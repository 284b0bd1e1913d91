"""What only the durable ledger has: files, a lock, versions, and a disk that can fill up."""

import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from callroom_server.core.ledger import LedgerError, LedgerState, Outcome
from callroom_server.ledger.database import LEDGER_FILE, LOCK_FILE
from callroom_server.ledger.migrations import VERSION
from callroom_server.ledger.sqlite import SqliteLedger
from ledger_support import QUICK, Listener, Loop


def opened(folder: Path) -> tuple[SqliteLedger, Listener, Loop]:
    loop, listener = Loop(), Listener()
    ledger = SqliteLedger(folder, loop.calls.put, QUICK)
    ledger.open(listener)
    return ledger, listener, loop


def answered(listener: Listener, counter: int) -> bool:
    if listener.refusals:
        return listener.state is LedgerState.DEGRADED
    return len(listener.records) == counter


def test_the_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    ledger, listener, loop = opened(tmp_path / "a" / "house")
    ledger.submit("room/a", b'{"type":"said","text":"x"}')
    loop.until(lambda: bool(listener.records), ledger)
    reader = ledger.reader()
    assert len(reader.search("x", ["room/a"], 5).records) == 1
    folder = tmp_path / "a" / "house"
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert set(modes) >= {LEDGER_FILE, LEDGER_FILE + "-wal", LOCK_FILE, "search.db"}
    assert set(modes.values()) == {0o600}, modes
    reader.close()
    ledger.close(5)


def test_a_second_server_is_kept_out_and_told_by_whom(tmp_path: Path) -> None:
    ledger, _, _ = opened(tmp_path)
    with pytest.raises(LedgerError, match=f"in use by another Callroom .process {os.getpid()}"):
        opened(tmp_path)
    with pytest.raises(LedgerError, match="open already"):
        ledger.open(Listener())
    ledger.close(5)
    again, _, _ = opened(tmp_path)
    again.close(5)


def test_a_newer_ledger_is_refused(tmp_path: Path) -> None:
    opened(tmp_path)[0].close(5)
    connection = sqlite3.connect(tmp_path / LEDGER_FILE)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(LedgerError, match=f"newer Callroom: version {VERSION + 1}"):
        opened(tmp_path)


def test_a_foreign_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / LEDGER_FILE)
    connection.execute("CREATE TABLE precious (x)")
    connection.close()
    with pytest.raises(LedgerError, match="not a ledger"):
        opened(tmp_path)
    connection = sqlite3.connect(tmp_path / LEDGER_FILE)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("precious",)]
    connection.close()


def test_what_is_not_a_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / LEDGER_FILE).write_text("no database at all, but longer than its header" * 99)
    with pytest.raises(LedgerError, match="not a database"):
        opened(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be used"):
        opened(tmp_path / "file")


def test_a_file_that_turns_bad_is_lost_and_says_so(tmp_path: Path) -> None:
    ledger, listener, loop = opened(tmp_path)
    ledger.submit("room/a", b"1", 1, 1)
    loop.until(lambda: len(listener.records) == 1, ledger)
    with sqlite3.connect(tmp_path / LEDGER_FILE) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET rootpage = 9999 WHERE name = 'batch'")
        connection.execute("PRAGMA schema_version = 77")
    connection.close()
    ledger.submit("room/a", b"2", 1, 2)
    loop.until(lambda: listener.state is LedgerState.LOST, ledger)
    assert "damaged" in listener.states[-1][1]
    assert [refusal.outcome for refusal in listener.refusals] == [Outcome.UNKNOWN]
    assert not ledger.submit("room/a", b"2", 1, 2)
    ledger.close(5)


def test_a_snapshot_that_cannot_be_saved_is_told_and_commits_go_on(tmp_path: Path) -> None:
    ledger, listener, loop = opened(tmp_path)
    intruder = sqlite3.connect(tmp_path / LEDGER_FILE, isolation_level=None)
    intruder.execute("BEGIN IMMEDIATE")
    ledger.save_snapshot(1, b"state")
    loop.until(lambda: "the snapshot was not saved" in listener.states[-1][1], ledger)
    assert listener.state is LedgerState.READY
    intruder.execute("ROLLBACK")
    intruder.close()
    ledger.submit("room/a", b"1", 1, 1)
    loop.until(lambda: len(listener.records) == 1, ledger)
    ledger.close(5)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root; the test with RLIMIT_FSIZE covers the rest")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "none", disk], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_full_disk_refuses_and_nothing_acknowledged_is_lost(small_disk: Path) -> None:
    folder = small_disk / "house"
    ledger, listener, loop = opened(folder)
    line = b"x" * 10_000
    counter = 0
    while listener.state is LedgerState.READY:
        counter += 1
        assert counter < 500, "the disk never filled up"
        if ledger.submit("room/a", line, 1, counter):
            loop.until(partial(answered, listener, counter), ledger)
    assert "the disk is full" in listener.states[-1][1]
    assert [refusal.outcome for refusal in listener.refusals] == [Outcome.UNKNOWN]
    acknowledged = len(listener.records)
    reader = ledger.reader()
    assert len(reader.read("room/a", 0, 1 << 62, 1000, False)) == acknowledged
    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    loop.until(lambda: listener.state is LedgerState.READY, ledger)
    assert ledger.submit("room/a", line, 1, counter)
    loop.until(lambda: len(listener.records) == acknowledged + 1, ledger)
    reader.close()
    ledger.close(5)
    again, heard, _ = opened(folder)
    assert heard.records == listener.records
    again.close(5)


def test_a_limit_on_file_sizes_refuses_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ledger, listener, loop = opened(tmp_path / "house")
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (256 << 10, hard))
        counter = 0
        while listener.state is LedgerState.READY:
            counter += 1
            ledger.submit("room/a", b"x" * 10_000, 1, counter)
            loop.until(partial(answered, listener, counter), ledger)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    acknowledged = len(listener.records)
    loop.until(lambda: listener.state is LedgerState.READY, ledger)
    ledger.submit("room/a", b"after", 1, counter)
    loop.until(lambda: len(listener.records) == acknowledged + 1, ledger)
    ledger.close(5)
    again, heard, _ = opened(tmp_path / "house")
    assert heard.records == listener.records
    again.close(5)
