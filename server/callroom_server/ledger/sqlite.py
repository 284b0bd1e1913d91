"""The durable ledger over SQLite, as the loop sees it: a queue in, one call per committed batch out."""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import repeat
from pathlib import Path

from callroom_server.core.ledger import LedgerError, LedgerListener, LedgerState, Refusal
from callroom_server.ledger.batches import Submission, unknown
from callroom_server.ledger.database import (
    LEDGER_FILE,
    SEARCH_FILE,
    FolderLock,
    connect,
    make_database,
    reason_of,
)
from callroom_server.ledger.indexer import Indexer
from callroom_server.ledger.limits import DEFAULT_LIMITS, LedgerLimits
from callroom_server.ledger.migrations import migrate
from callroom_server.ledger.reader import SqliteReader, records_after
from callroom_server.ledger.search import SearchIndex
from callroom_server.ledger.unfiled import Unfiled
from callroom_server.ledger.writer import (
    COMMIT,
    Answer,
    Done,
    Failed,
    Noticed,
    Probe,
    Prune,
    Recovered,
    Save,
    Stop,
    Writer,
)
from callroom_server.metrics import COMMIT_SECONDS, Spread

Wake = Callable[[Callable[[], None]], None]


class SqliteLedger:
    """A `Ledger` in a folder of its own: group commit in one thread, durable before it is told.

    Args:
        folder: made for the owner alone if it is not there; locked while the ledger is open.
        wake: runs a call on the loop's thread; called from the writer's thread.
    """

    def __init__(
        self, folder: Path, wake: Callable[[Callable[[], None]], None], limits: LedgerLimits = DEFAULT_LIMITS
    ) -> None:
        self.folder = folder
        self.state = LedgerState.CATCHING_UP
        self._wake = wake
        self._limits = limits
        self._queue: deque[Submission] = deque()
        self._answers: deque[Answer] = deque()
        self._free_records = 0
        self._free_bytes = 0
        self._unfiled = Unfiled()
        self.commits = Spread(COMMIT_SECONDS)
        self._index = SearchIndex(folder / SEARCH_FILE, limits)
        self._indexer: Indexer | None = None
        self._lock: FolderLock | None = None
        self._writer: Writer | None = None
        self._thread: threading.Thread | None = None
        self._listener: LedgerListener | None = None

    def open(self, listener: LedgerListener) -> None:
        """See `Ledger.open`."""
        if self._writer is not None:
            raise LedgerError(f"{self.folder} is open already")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = FolderLock(self.folder)
            make_database(self.folder)
        except OSError as error:
            self._unlock()
            raise LedgerError(
                f"{self.folder} cannot be used: {error.strerror}; check its owner and mode"
            ) from error
        connection: sqlite3.Connection | None = None
        try:
            connection = connect(self.folder / LEDGER_FILE, self._limits)
            migrate(connection, str(self.folder / LEDGER_FILE))
            self._writer = Writer(connection, self._queue, self._unfiled, self._answered, self._limits)
            self._replay(connection, listener)
        except BaseException as error:
            self._writer = None
            if connection is not None:
                connection.close()
            self._unlock()
            if isinstance(error, sqlite3.Error):
                raise LedgerError(
                    f"{self.folder / LEDGER_FILE} cannot be opened: {reason_of(error)}"
                ) from error
            raise
        self._listener = listener
        self._thread = threading.Thread(target=self._writer.run, name="ledger", daemon=True)
        self._thread.start()
        self._indexer = Indexer(
            self.folder / LEDGER_FILE, self._index, self._writer.last_commit_at, self._limits
        )
        self._indexer.start()
        self._change(LedgerState.READY, "")

    def submit(self, stream: str, event: bytes, device: int = 0, counter: int = 0) -> bool:
        """See `Ledger.submit`. While the ledger is not ready there is no free place either."""
        if self._free_records <= 0 or self._free_bytes <= 0:
            return False
        self._free_records -= 1
        self._free_bytes -= len(event)
        self._queue.append((stream, event, device, counter))
        return True

    def submit_all(self, stream: str, events: list[bytes], device: int, counters: list[int]) -> int:
        """See `Ledger.submit_all`."""
        if self._free_records <= 0 or self._free_bytes <= 0:
            return 0
        taken = min(len(events), self._free_records)
        self._free_records -= taken
        self._free_bytes -= sum(map(len, events[:taken]))
        self._queue.extend(zip(repeat(stream, taken), events, repeat(device), counters))
        return taken

    def tick(self) -> None:
        """See `Ledger.tick`. A commit asked for while one is running follows it at once."""
        writer = self._writer
        if self._queue and writer is not None and not writer.asked:
            writer.asked = True
            writer.jobs.put(COMMIT)

    @property
    def queued(self) -> int:
        """See `Ledger.queued`."""
        return len(self._queue)

    def save_snapshot(self, position: int, snapshot: bytes) -> None:
        """See `Ledger.save_snapshot`. If it fails, `ledger_changed` says so without a change of state."""
        if self._writer is not None:
            self._writer.jobs.put(Save(position, snapshot))

    def prune(self, before_at: int) -> None:
        """Drops, in the background, what the snapshot covers and is older than this Unix time in ms."""
        if self._writer is not None:
            self._writer.jobs.put(Prune(before_at))

    def reader(self) -> SqliteReader:
        """A reader of this ledger, for one other thread, to be used once it is open."""
        return SqliteReader(self.folder, self._index, self._unfiled, self._limits)

    def close(self, deadline: float) -> None:
        """See `Ledger.close`. What is not stored by then is refused as unknown."""
        writer, thread = self._writer, self._thread
        if writer is None or thread is None:
            return
        self._close_door()
        for _ in range(0, len(self._queue), self._limits.batch_records):
            writer.jobs.put(COMMIT)
        writer.jobs.put(Stop())
        end = time.monotonic() + deadline
        if self._indexer is not None:
            # First, because SQLite checkpoints and removes the WAL only when the last connection closes.
            self._indexer.stop(deadline)
            self._indexer = None
        thread.join(max(0.0, end - time.monotonic()))
        while self._answers:
            self._deliver()
        self._writer = self._thread = None
        if self._queue:
            self._told().refused(self._drain("the ledger was closed"))
        self._index.close()
        self.state = LedgerState.LOST
        if not thread.is_alive():  # else the folder stays locked until the thread, or the process, has ended
            self._unlock()

    # --- the writer's thread ---

    def _answered(self, answer: Answer) -> None:
        self._answers.append(answer)
        self._wake(self._deliver)

    # --- the loop's thread ---

    def _deliver(self) -> None:
        if not self._answers:  # `close` was quicker than the loop
            return
        answer = self._answers.popleft()
        match answer:
            case Done():
                self._delivered(answer)
            case Failed():
                self._failed(answer)
            case Recovered():
                self._change(LedgerState.READY, "")
            case Noticed():
                self._told().ledger_changed(self.state, answer.reason)

    def _delivered(self, done: Done) -> None:
        if self.state is LedgerState.READY:
            self._free_records += done.taken
            self._free_bytes += done.taken_bytes
        listener = self._told()
        self.commits.add(done.seconds)
        if done.records:
            if self._indexer is not None:
                self._indexer.news.set()
            listener.committed(done.records)
        if done.refusals:
            listener.refused(done.refusals)

    def _failed(self, failed: Failed) -> None:
        refusals = failed.refusals + self._drain(failed.reason)
        self._close_door()
        if refusals:
            self._told().refused(refusals)
        self._change(LedgerState.LOST if failed.lost else LedgerState.DEGRADED, failed.reason)
        if self._writer is not None and not failed.lost:
            self._writer.jobs.put(Probe())

    def _drain(self, reason: str) -> list[Refusal]:
        refusals = unknown(self._queue, reason)
        self._queue.clear()
        return refusals

    def _change(self, state: LedgerState, reason: str) -> None:
        self.state = state
        if state is LedgerState.READY:
            self._free_records = self._limits.queue_records
            self._free_bytes = self._limits.queue_bytes
        self._told().ledger_changed(state, reason)

    def _close_door(self) -> None:
        self._free_records = self._free_bytes = 0

    def _replay(self, connection: sqlite3.Connection, listener: LedgerListener) -> None:
        row: tuple[int, bytes] | None = connection.execute("SELECT position, state FROM snapshot").fetchone()
        position, snapshot = row or (0, b"")
        listener.restore(snapshot)
        for records in records_after(connection, position):
            listener.committed(records)

    def _told(self) -> LedgerListener:
        if self._listener is None:
            raise LedgerError(f"{self.folder} is not open")
        return self._listener

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None
