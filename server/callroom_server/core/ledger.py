"""What the core needs of a ledger: the durable, ordered record of everything that must not be lost."""

from enum import StrEnum
from typing import Protocol

import msgspec

from callroom_server.metrics import Spread


class Record(msgspec.Struct, frozen=True, gc=False):
    """A committed event: durable, and the same for everyone.

    `position` orders all records of the ledger (growing, gaps allowed); `seq` orders those of one stream,
    from 1, without a gap. `device` and `counter` are its origin; a counter of 0 has no origin and is never a
    duplicate.
    """

    position: int
    stream: str
    seq: int
    device: int
    counter: int
    event: bytes


class Outcome(StrEnum):
    """Why a submission has no record of its own."""

    DUPLICATE = "duplicate"  # it was stored before, as `seq`
    REJECTED = "rejected"  # an older counter that was never stored: it can never be stored now
    UNKNOWN = "unknown"  # the ledger failed; it may be stored or not; retrying is safe


QUEUE_FULL = "queue full"
"""The reason of a refusal for want of room in the queue: it passes as soon as a commit has ended."""


class Refusal(msgspec.Struct, frozen=True, gc=False):
    """The answer to a submission that got no record of its own; `event` is what was submitted."""

    stream: str
    device: int
    counter: int
    outcome: Outcome
    seq: int = 0
    reason: str = ""
    event: bytes = b""


class LedgerState(StrEnum):
    """What the ledger can do just now."""

    CATCHING_UP = "catching_up"  # replaying at the start
    READY = "ready"
    DEGRADED = "degraded"  # commits fail (disk full); reading goes on; it tries again by itself
    LOST = "lost"  # it will not recover without an operator


class LedgerListener(Protocol):
    """Whom the ledger tells; every call comes on the loop's thread."""

    def restore(self, snapshot: bytes) -> None:
        """Start from this snapshot (`b""`: from nothing). Comes once, before any batch."""
        ...

    def committed(self, records: list[Record]) -> None:
        """These are durable now, in this order. Never empty."""
        ...

    def refused(self, refusals: list[Refusal]) -> None:
        """These got no record of their own."""
        ...

    def ledger_changed(self, state: LedgerState, reason: str) -> None:
        """The ledger can do more, or less, than before."""
        ...


class Ledger(Protocol):
    """The loop's side of a ledger: never blocks, but for `open` and `close`. Loop thread only."""

    def open(self, listener: LedgerListener) -> None:
        """Calls `restore`, then `committed` with all records after the snapshot, then
        `ledger_changed(READY)`.

        Raises:
            LedgerError: it cannot be opened; the message says what and where, and what to do.
        """
        ...

    def submit(self, stream: str, event: bytes, device: int = 0, counter: int = 0) -> bool:
        """Queues an event; False when the queue is full or the ledger is not ready (nothing was queued)."""
        ...

    def submit_all(self, stream: str, events: list[bytes], device: int, counters: list[int]) -> int:
        """Queues events of one device as `submit` does; how many, from the first on, found a place."""
        ...

    def tick(self) -> None:
        """Starts a commit of what has queued unless one is running. Call once at the end of each pass."""
        ...

    @property
    def queued(self) -> int:
        """Submissions that no commit has taken yet."""
        ...

    @property
    def commits(self) -> Spread:
        """How long commits took, in seconds."""
        ...

    def save_snapshot(self, position: int, snapshot: bytes) -> None:
        """Keeps a snapshot of the state as of `position`; in the background, replacing the one before."""
        ...

    def prune(self, before_at: int) -> None:
        """Lets go, in the background, of what the snapshot covers and is older than this Unix time in ms."""
        ...

    def close(self, deadline: float) -> None:
        """Commits what has queued, waits at most `deadline` seconds, and closes."""
        ...


class LedgerReader(Protocol):
    """The reading side: blocks, so it is used in a worker thread, by one thread at a time."""

    def read(self, stream: str, after: int, before: int, limit: int, newest: bool) -> list[Record]:
        """At most `limit` records with after < seq < before, oldest first; the newest such ones, or the
        first.
        """
        ...

    def search(self, query: str, streams: list[str], limit: int) -> "Hits":
        """Records of these streams whose text holds every word of `query`, newest first."""
        ...

    def close(self) -> None:
        """Lets go of its files."""
        ...


class Hits(msgspec.Struct, frozen=True, gc=False):
    """What a search found, newest first; `behind` entries were not indexed yet and not looked at."""

    records: list[Record]
    more: bool = False
    behind: int = 0


class LedgerError(Exception):
    """The ledger cannot do what was asked of it; the message is for the operator."""
