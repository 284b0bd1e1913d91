"""The ledger in memory: the same promises as the durable one, with faults on demand, for tests and trials."""

from collections.abc import Callable

import msgspec

from callroom_server.core.ledger import (
    Hits,
    LedgerError,
    LedgerListener,
    LedgerState,
    Record,
)
from callroom_server.ledger.batches import Batch, Submission, number, unknown
from callroom_server.ledger.limits import DEFAULT_LIMITS, LedgerLimits
from callroom_server.ledger.words import matches, parts, searchable_text
from callroom_server.metrics import COMMIT_SECONDS, Spread

Wake = Callable[[Callable[[], None]], None]


def at_once(call: Callable[[], None]) -> None:
    """A `wake` that does not wait for the loop."""
    call()


class Store(msgspec.Struct):
    """What would be on the disk: give it to the next `MemoryLedger` and it is a restart."""

    records: list[Record] = []
    streams: dict[str, list[Record]] = {}
    devices: dict[int, dict[int, Record | None]] = {}
    snapshot: bytes = b""
    snapshot_position: int = 0
    pruned: dict[str, int] = {}

    def head(self, stream: str) -> tuple[int, int]:
        """See `batches.Past`; a number is not needed here."""
        return 0, self.pruned.get(stream, 0) + len(self.streams.get(stream, ()))

    def last_counter(self, device: int) -> int:
        """See `batches.Past`."""
        return next(reversed(self.devices.get(device) or {0: None}))

    def find(self, device: int, counter: int) -> tuple[str, int] | None:
        """See `batches.Past`."""
        record = self.devices.get(device, {}).get(counter)
        return None if record is None else (record.stream, record.seq)

    def learn(self, batch: Batch) -> None:
        """Stores a batch."""
        self.records += batch.records
        for record in batch.records:
            self.streams.setdefault(record.stream, []).append(record)
            if record.counter:
                self.devices.setdefault(record.device, {})[record.counter] = record


class MemoryLedger:
    """A `Ledger` whose commits happen in `tick`, and are told through `wake` (at once when nothing is given).

    Faults: `fail_next(reason)` makes the next commit fail, until `recover()`; while `held` is true
    commits wait, until `release()`; `limits` makes it full as early as a test likes.
    """

    def __init__(
        self, wake: Wake = at_once, store: Store | None = None, limits: LedgerLimits = DEFAULT_LIMITS
    ) -> None:
        self.store = store or Store()
        self.state = LedgerState.CATCHING_UP
        self.held = False
        self._wake = wake
        self._limits = limits
        self._listener: LedgerListener | None = None
        self._queue: list[Submission] = []
        self._queued_bytes = 0
        self._failure = ""
        self.commits = Spread(COMMIT_SECONDS)

    @property
    def queued(self) -> int:
        """See `Ledger.queued`."""
        return len(self._queue)

    def open(self, listener: LedgerListener) -> None:
        """See `Ledger.open`."""
        if self._listener is not None:
            raise LedgerError("this ledger is open already")
        self._listener = listener
        listener.restore(self.store.snapshot)
        later = [record for record in self.store.records if record.position > self.store.snapshot_position]
        if later:
            listener.committed(later)
        self._change(LedgerState.READY, "")

    def submit(self, stream: str, event: bytes, device: int = 0, counter: int = 0) -> bool:
        """See `Ledger.submit`."""
        if (
            self.state is not LedgerState.READY
            or len(self._queue) >= self._limits.queue_records
            or self._queued_bytes >= self._limits.queue_bytes
        ):
            return False
        self._queue.append((stream, event, device, counter))
        self._queued_bytes += len(event)
        return True

    def submit_all(self, stream: str, events: list[bytes], device: int, counters: list[int]) -> int:
        """See `Ledger.submit_all`."""
        for taken, (event, counter) in enumerate(zip(events, counters, strict=True)):
            if not self.submit(stream, event, device, counter):
                return taken
        return len(events)

    def tick(self) -> None:
        """Commits what has queued, unless `held`."""
        while self._queue and not self.held:
            taken = self._queue[: self._limits.batch_records]
            del self._queue[: self._limits.batch_records]
            self._queued_bytes -= sum(len(event) for _, event, _, _ in taken)
            if self._failure:
                self._fail(taken)
                return
            last = self.store.records[-1].position if self.store.records else self.store.snapshot_position
            batch = number(taken, self.store, last)
            self.store.learn(batch)
            self._wake(lambda batch=batch: self._tell(batch))

    def save_snapshot(self, position: int, snapshot: bytes) -> None:
        """See `Ledger.save_snapshot`."""
        self.store.snapshot_position = position
        self.store.snapshot = snapshot

    def prune(self, before_at: int) -> None:
        """Forgets everything that the snapshot covers: in memory nothing has an age, so any time will do."""
        for stream, records in self.store.streams.items():
            covered = [record for record in records if record.position <= self.store.snapshot_position]
            if covered:
                self.store.pruned[stream] = covered[-1].seq
                del records[: len(covered)]
        for counters in self.store.devices.values():
            for counter, record in counters.items():
                if record is not None and record.position <= self.store.snapshot_position:
                    counters[counter] = None  # that there was one is remembered
        self.store.records = [r for r in self.store.records if r.position > self.store.snapshot_position]

    def close(self, deadline: float) -> None:
        """See `Ledger.close`."""
        self.held = False
        self.tick()
        self.state = LedgerState.LOST

    def reader(self) -> "MemoryReader":
        """A reader of the same store."""
        return MemoryReader(self.store)

    def fail_next(self, reason: str = "the disk is full") -> None:
        """Lets the next commit fail; the ledger is degraded from then on, until `recover`."""
        self._failure = reason

    def recover(self) -> None:
        """Ends the failure."""
        self._failure = ""
        self._wake(lambda: self._change(LedgerState.READY, ""))

    def release(self) -> None:
        """Lets held commits go on."""
        self.held = False
        self.tick()

    def _told(self) -> LedgerListener:
        if self._listener is None:
            raise LedgerError("this ledger is not open")
        return self._listener

    def _change(self, state: LedgerState, reason: str) -> None:
        self.state = state
        self._told().ledger_changed(state, reason)

    def _tell(self, batch: Batch) -> None:
        if batch.records:
            self._told().committed(batch.records)
        if batch.refusals:
            self._told().refused(batch.refusals)

    def _fail(self, taken: list[Submission]) -> None:
        taken += self._queue
        self._queue.clear()
        self._queued_bytes = 0
        self.state = LedgerState.DEGRADED
        refusals, reason = unknown(taken, self._failure), self._failure

        def tell() -> None:
            self._told().refused(refusals)
            self._change(LedgerState.DEGRADED, reason)

        self._wake(tell)


class MemoryReader:
    """A `LedgerReader` of a `Store`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, stream: str, after: int, before: int, limit: int, newest: bool) -> list[Record]:
        """See `LedgerReader.read`."""
        found = [record for record in self._store.streams.get(stream, ()) if after < record.seq < before]
        if limit <= 0:
            return []
        return found[-limit:] if newest else found[:limit]

    def first_kept(self, stream: str) -> int:
        """The first seq of a stream that has not been pruned."""
        return self._store.pruned.get(stream, 0) + 1

    def search(self, query: str, streams: list[str], limit: int) -> Hits:
        """See `LedgerReader.search`."""
        wanted = parts(query)
        if not wanted or limit <= 0:
            return Hits([])
        among = set(streams)
        found: list[Record] = []
        for record in reversed(self._store.records):
            if record.stream in among and matches(searchable_text(record.stream, record.event), wanted):
                found.append(record)
                if len(found) > limit:
                    break
        return Hits(found[:limit], more=len(found) > limit)

    def close(self) -> None:
        """Nothing to let go of."""
