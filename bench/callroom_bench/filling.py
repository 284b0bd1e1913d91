"""A ledger with many records, made by the ledger itself in this process: quicker than through a socket."""

import queue
import time
from collections.abc import Callable
from pathlib import Path

from callroom_bench.faults import BenchError, Overdue
from callroom_bench.transcript import numbered_text
from callroom_server.core import events
from callroom_server.core.ledger import LedgerState, Record, Refusal
from callroom_server.core.state import State, encode_state
from callroom_server.ledger.sqlite import SqliteLedger

AUTHOR = "bench-author"
ROOMS = 20
CLOSE_SECONDS = 30.0


class Filling:
    """Submits `records` events by one author in `ROOMS` rooms, `batch` to a commit, and keeps a snapshot.

    The last snapshot is as of `unsaved` records before the end: what a server has that was killed just before
    its next.
    """

    def __init__(self, folder: Path, records: int, batch: int, unsaved: int, text_bytes: int) -> None:
        self._state = State()
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._ledger = SqliteLedger(folder, self._calls.put)
        self._records = records
        self._batch = batch
        self._save_at = records - unsaved
        self._text_bytes = text_bytes
        self._submitted = 0
        self._committed = 0

    def run(self, deadline: float) -> None:
        """Fills the folder and indexes all of it, so that the server that opens it has nothing left to do.

        Raises:
            Overdue: it is not finished by the deadline (monotonic seconds).
        """
        self._ledger.open(self)
        try:
            while self._committed < self._records:
                if self._submitted == self._committed:
                    self._submit_batch()
                try:
                    self._calls.get(timeout=max(0.0, deadline - time.monotonic()))()
                except queue.Empty:
                    raise Overdue("the deadline came before the ledger was filled") from None
            self._index(deadline)
        finally:
            self._ledger.close(CLOSE_SECONDS)

    def restore(self, snapshot: bytes) -> None:
        """The folder is new, so there is no snapshot."""
        if snapshot:
            raise BenchError("the folder to be filled has a ledger already")

    def committed(self, records: list[Record]) -> None:
        """Applies what is durable, as a server does."""
        before = self._committed
        for record in records:
            self._state.apply(record)
        self._committed += len(records)
        if before < self._save_at <= self._committed:
            self._ledger.save_snapshot(self._state.position, encode_state(self._state))

    def refused(self, refusals: list[Refusal]) -> None:
        """Nothing here may be refused."""
        raise BenchError(f"the ledger refused: {refusals[0].reason or refusals[0].outcome}")

    def ledger_changed(self, state: LedgerState, reason: str) -> None:
        """Only a ledger that is ready can be filled."""
        if state is not LedgerState.READY:
            raise BenchError(f"the ledger is {state}: {reason}")

    def _submit_batch(self) -> None:
        for number in range(self._submitted + 1, min(self._submitted + self._batch, self._records) + 1):
            stream, event = self._event(number)
            said = number > ROOMS + 1
            if not self._ledger.submit(stream, event, *((1, number) if said else (0, 0))):
                raise BenchError("the ledger's queue is full")
            self._submitted = number
        self._ledger.tick()

    def _event(self, number: int) -> tuple[str, bytes]:
        if number == 1:
            return events.PEOPLE, events.encode(events.Came(name=AUTHOR, token="0" * 64))
        room = f"room{number % ROOMS}"
        stream = events.room_stream(room)
        if number <= ROOMS + 1:
            return events.PEOPLE, events.encode(events.Seated(device=1, stream=stream, name=room))
        text = numbered_text(number, self._text_bytes)
        return stream, events.encode(events.Said(by=AUTHOR, at=1_700_000_000_000 + number, text=text))

    def _index(self, deadline: float) -> None:
        reader = self._ledger.reader()
        try:
            while reader.search(
                "dog", [events.room_stream("room0")], 1
            ).behind:  # each search indexes some of what is missing
                if time.monotonic() > deadline:
                    raise Overdue("the deadline came before the search index was complete")
        finally:
            reader.close()
