"""What the ledger's tests share: a loop that is a queue, a listener that remembers, ledgers with faults."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Protocol

import msgspec

from callroom_server.core.ledger import Ledger, LedgerState, Record, Refusal
from callroom_server.ledger.database import LEDGER_FILE
from callroom_server.ledger.limits import LedgerLimits
from callroom_server.ledger.memory import MemoryLedger, MemoryReader, Store
from callroom_server.ledger.reader import SqliteReader
from callroom_server.ledger.sqlite import SqliteLedger

DEADLINE = 20.0
QUICK = LedgerLimits(busy_timeout=0.05, probe_every=0.02, index_idle=0.01)


class Loop:
    """Stands in for the reactor: other threads wake it, the test runs it until something is true."""

    def __init__(self) -> None:
        self.calls: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def until(self, condition: Callable[[], bool], ledger: Ledger) -> None:
        end = time.monotonic() + DEADLINE
        while not condition():
            ledger.tick()
            try:
                self.calls.get(timeout=min(0.05, max(0.0, end - time.monotonic())))()
            except Empty:
                assert time.monotonic() < end, "the condition never came true"


class Listener:
    """Remembers everything it is told, and the order of it."""

    def __init__(self) -> None:
        self.snapshots: list[bytes] = []
        self.records: list[Record] = []
        self.refusals: list[Refusal] = []
        self.states: list[tuple[LedgerState, str]] = []
        self.told: list[str] = []

    def restore(self, snapshot: bytes) -> None:
        self.snapshots.append(snapshot)
        self.told.append("restore")

    def committed(self, records: list[Record]) -> None:
        assert records
        self.records += records
        self.told.append("committed")

    def refused(self, refusals: list[Refusal]) -> None:
        assert refusals
        self.refusals += refusals
        self.told.append("refused")

    def ledger_changed(self, state: LedgerState, reason: str) -> None:
        self.states.append((state, reason))
        self.told.append(str(state))

    @property
    def answers(self) -> int:
        return len(self.records) + len(self.refusals)

    @property
    def state(self) -> LedgerState:
        return self.states[-1][0]


class House(Protocol):
    """A place where a ledger lives through restarts."""

    loop: Loop

    def ledger(self, limits: LedgerLimits = QUICK) -> MemoryLedger | SqliteLedger: ...

    def reader(self) -> MemoryReader | SqliteReader: ...

    def damage(self) -> None:
        """From now on no commit works."""
        ...

    def mend(self) -> None: ...


class MemoryHouse:
    def __init__(self) -> None:
        self.loop = Loop()
        self._store = Store()
        self._ledger = MemoryLedger()

    def ledger(self, limits: LedgerLimits = QUICK) -> MemoryLedger:
        self._ledger = MemoryLedger(self.loop.calls.put, self._store, limits)
        return self._ledger

    def reader(self) -> MemoryReader:
        return MemoryReader(self._store)

    def damage(self) -> None:
        self._ledger.fail_next()

    def mend(self) -> None:
        self._ledger.recover()


class SqliteHouse:
    """Its fault is real: another connection holds the database's lock for writing."""

    def __init__(self, folder: Path, unfiled_rows: int) -> None:
        self.loop = Loop()
        self._folder = folder
        self._unfiled_rows = unfiled_rows
        self._intruder: sqlite3.Connection | None = None

    def ledger(self, limits: LedgerLimits = QUICK) -> SqliteLedger:
        limits = msgspec.structs.replace(limits, unfiled_rows=self._unfiled_rows)
        return SqliteLedger(self._folder, self.loop.calls.put, limits)

    def reader(self) -> SqliteReader:
        return SqliteReader(self._folder, limits=QUICK)

    def damage(self) -> None:
        self._intruder = sqlite3.connect(self._folder / LEDGER_FILE, isolation_level=None)
        self._intruder.execute("BEGIN IMMEDIATE")

    def mend(self) -> None:
        assert self._intruder is not None
        self._intruder.execute("ROLLBACK")
        self._intruder.close()
