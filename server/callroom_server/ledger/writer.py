"""The writer: the one thread that commits, one statement a batch, and what it does in between."""

import sqlite3
import time
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue

import msgspec

from callroom_server.core.ledger import Record, Refusal
from callroom_server.ledger.batches import Batch, Submission, encode_rows, number, unknown
from callroom_server.ledger.database import beyond_repair, reason_of
from callroom_server.ledger.known import Known
from callroom_server.ledger.limits import LedgerLimits
from callroom_server.ledger.retention import prune_step
from callroom_server.ledger.unfiled import Unfiled

_STORE = "INSERT INTO batch VALUES (?, ?, ?, ?)"
_STORE_WITH_STREAMS = "INSERT INTO entry VALUES (?, ?, ?, ?, ?)"
_encode_json = msgspec.json.Encoder().encode


# --- what the writer is asked ---


class Commit(msgspec.Struct, frozen=True):
    """Take what has queued and commit it."""


class Save(msgspec.Struct, frozen=True):
    """Keep a snapshot."""

    position: int
    state: bytes


class Prune(msgspec.Struct, frozen=True):
    """Drop batches older than a time, in Unix milliseconds."""

    before_at: int


class Probe(msgspec.Struct, frozen=True):
    """After a failure: everything that had queued has been answered; try until it works."""


class Stop(msgspec.Struct, frozen=True):
    """End the thread."""


Job = Commit | Save | Prune | Probe | Stop


# --- what the writer answers ---


class Done(msgspec.Struct, frozen=True):
    """A batch of `taken` submissions is durable."""

    records: list[Record]
    refusals: list[Refusal]
    taken: int
    taken_bytes: int
    seconds: float


class Failed(msgspec.Struct, frozen=True):
    """A batch was not stored; until `Recovered` nothing will be. `lost`: there will be no recovery."""

    refusals: list[Refusal]
    reason: str
    lost: bool


class Recovered(msgspec.Struct, frozen=True):
    """Commits work again."""


class Noticed(msgspec.Struct, frozen=True):
    """Something else did not work, or was done; commits go on."""

    reason: str


Answer = Done | Failed | Recovered | Noticed

COMMIT = Commit()


class Writer:
    """Owns the writing connection. `run` is the thread; jobs come by `jobs`, submissions by `queue`.

    After a failed commit it takes nothing from the queue before it is told to probe: by then the loop has
    refused what had queued behind the failed batch, so that nothing overtakes it.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        queue: deque[Submission],
        unfiled: Unfiled,
        answer: Callable[[Answer], None],
        limits: LedgerLimits,
    ) -> None:
        self.jobs: SimpleQueue[Job] = SimpleQueue()
        self.asked = False  # a `Commit` is on its way that has not looked at the queue yet
        self.known = Known(connection, unfiled, limits)
        self._unfiled = unfiled
        self._file_from = 0.0  # monotonic seconds: after a failure it rests
        self._last_commit = time.monotonic()
        self._connection = connection
        self._queue = queue
        self._answer = answer
        self._limits = limits
        self._position = self.known.last_position()
        self._failed = False
        self._probing = False
        self._ballast = limits.probe_bytes

    def run(self) -> None:
        """Works until `Stop`."""
        try:
            while self._work():
                pass
        except Exception as error:
            # Our own bug: the thread cannot go on, and nobody may wait for it; the traceback is the thread's.
            self._answer(Failed([], f"the ledger's writer failed: {error!r}", lost=True))
            raise
        finally:
            self._connection.close()

    def last_commit_at(self) -> float:
        """When the last commit was made, by the monotonic clock; from any thread."""
        return self._last_commit

    def _work(self) -> bool:
        try:
            job = self.jobs.get(timeout=self._limits.probe_every if self._probing else None)
        except Empty:
            job = Probe()
        match job:
            case Commit():
                self.asked = False
                if not self._failed:
                    self._commit()
            case Save():
                self._save(job)
            case Prune():
                self._prune(job)
            case Probe():
                self._probe()
            case Stop():
                return False
        return True

    def _commit(self) -> None:
        queue = self._queue
        pop = queue.popleft
        taken = [pop() for _ in range(min(len(queue), self._limits.batch_records))]
        if not taken:
            return
        began = time.monotonic()
        taken_bytes = sum([len(item[1]) for item in taken])
        try:
            batch = number(taken, self.known, self._position)
            if batch.rows:
                self._store(batch)
        except sqlite3.Error as error:
            self._fail(taken, taken_bytes, error)
            return
        except Exception as error:
            self._answer(
                Failed(unknown(taken, f"{error!r}"), f"the ledger's writer failed: {error!r}", lost=True)
            )
            raise
        if batch.rows:
            self._position = batch.position
            self.known.learn(batch)
            self._last_commit = time.monotonic()
        seconds = time.monotonic() - began
        self._answer(Done(batch.records, batch.refusals, len(taken), taken_bytes, seconds))
        if self._unfiled.is_much(self._limits):
            self._file()

    def _store(self, batch: Batch) -> None:
        row = (batch.position, int(time.time() * 1000), len(batch.rows), encode_rows(batch.rows))
        streams = [(span.number, name) for name, span in batch.spans.items() if span.first == 1]
        if streams:
            self._connection.execute(_STORE_WITH_STREAMS, (*row, _encode_json(streams).decode()))
        else:
            self._connection.execute(_STORE, row)

    def _file(self) -> None:
        if self._last_commit < self._file_from:
            return
        try:
            self._unfiled.file(self._connection)
        except sqlite3.Error as error:
            self._file_from = self._last_commit + self._limits.probe_every
            self._answer(Noticed(f"index rows stay in memory for now: {reason_of(error)}"))

    def _fail(self, taken: list[Submission], taken_bytes: int, error: sqlite3.Error) -> None:
        self._failed = True
        self._ballast = max(self._limits.probe_bytes, taken_bytes)
        reason = reason_of(error)
        self._answer(Failed(unknown(taken, reason), reason, lost=beyond_repair(error)))

    def _probe(self) -> None:
        """Writes about as much as failed, so that a nearly full disk does not pass; then frees it."""
        self._probing = True
        try:
            self._connection.execute("INSERT OR REPLACE INTO probe VALUES (1, zeroblob(?))", (self._ballast,))
            self._connection.execute("DELETE FROM probe")
            self.known.forget()
            self._position = self.known.last_position()
        except sqlite3.Error as error:
            if not beyond_repair(error):
                return  # it comes again after `probe_every`
            self._probing = False
            self._answer(Failed([], reason_of(error), lost=True))
            return
        self._failed = self._probing = False
        self._answer(Recovered())

    def _save(self, job: Save) -> None:
        try:
            self._connection.execute(
                "INSERT OR REPLACE INTO snapshot VALUES (1, ?, ?)", (job.position, job.state)
            )
        except sqlite3.Error as error:
            self._answer(Noticed(f"the snapshot was not saved, the one before stays: {reason_of(error)}"))

    def _prune(self, job: Prune) -> None:
        try:
            self._unfiled.file(self._connection)  # what is not filed is not dropped
            more = prune_step(self._connection, job.before_at, self._limits.prune_batches)
        except sqlite3.Error as error:
            self._answer(Noticed(f"old records were not removed: {reason_of(error)}"))
            return
        if more:
            self.jobs.put(job)  # behind the commits that wait
