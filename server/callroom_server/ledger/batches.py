"""The pure part of a commit: what was submitted gets its position and seq, or its refusal, and its bytes."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from callroom_server.core.ledger import Outcome, Record, Refusal
from callroom_server.ledger.limits import MAX_COUNTER

Submission = tuple[str, bytes, int, int]
"""Stream, event, device, counter: a tuple, because making one is the cheapest thing `submit` can do."""

Row = tuple[int, int, int, int, bytes]
"""A record as it lies in a batch: number of the stream, seq, device, counter, event."""

encode_rows = msgspec.msgpack.Encoder().encode
decode_rows = msgspec.msgpack.Decoder(list[Row]).decode


class Past(Protocol):
    """What is known of everything before the batch."""

    def head(self, stream: str) -> tuple[int, int]:
        """The number of a stream and its last seq; (a new number, 0) for a stream that has no record yet."""
        ...

    def last_counter(self, device: int) -> int:
        """The greatest counter stored for a device, or 0."""
        ...

    def find(self, device: int, counter: int) -> tuple[str, int] | None:
        """The stream and seq that this counter was stored as."""
        ...


class Span:
    """The part of one stream in a batch: its seqs run from `first` to `last` without a gap."""

    __slots__ = ("first", "last", "number")

    def __init__(self, number: int, head: int) -> None:
        self.number = number
        self.first = head + 1
        self.last = head


class Origin:
    """The part of one device in a batch: its counters lie between `first` (0: none yet) and `last`."""

    __slots__ = ("first", "last")

    def __init__(self, last: int) -> None:
        self.first = 0
        self.last = last


class Batch:
    """A numbered batch: what to store, and what to tell once it is stored."""

    __slots__ = ("origins", "position", "records", "refusals", "rows", "spans")

    def __init__(self, position: int) -> None:
        self.position = position
        self.rows: list[Row] = []
        self.records: list[Record] = []
        self.refusals: list[Refusal] = []
        self.spans: dict[str, Span] = {}
        self.origins: dict[int, Origin] = {}


def number(submissions: Sequence[Submission], past: Past, position: int) -> Batch:
    """Gives each submission its position and seq, or its refusal. `position` is the ledger's last one so far.

    Nothing of `past` is changed: a batch that could not be stored is simply dropped.
    """
    batch = Batch(position)
    spans, origins, records, rows = batch.spans, batch.origins, batch.records, batch.rows
    inside = _Inside(records)
    for stream, event, device, counter in submissions:
        if counter:
            origin = origins.get(device)
            if origin is None:
                origin = origins[device] = Origin(past.last_counter(device))
            if not origin.last < counter <= MAX_COUNTER:
                batch.refusals.append(_refuse((stream, event, device, counter), inside, past))
                continue
            origin.last = counter
            if not origin.first:
                origin.first = counter
        span = spans.get(stream)
        if span is None:
            span = spans[stream] = Span(*past.head(stream))
        seq = span.last = span.last + 1
        position += 1
        rows.append((span.number, seq, device, counter, event))
        records.append(Record(position, stream, seq, device, counter, event))
    batch.position = position
    return batch


class _Inside:
    """Finds the records of the batch being made; its index grows only when a counter comes twice."""

    __slots__ = ("_found", "_records")

    def __init__(self, records: list[Record]) -> None:
        self._records = records
        self._found: dict[tuple[int, int], Record] = {}

    def find(self, device: int, counter: int) -> Record | None:
        for record in self._records[len(self._found) :]:
            # A record without an origin gets a key of its own: the index is as long as what it covers.
            self._found[(record.device, record.counter or -record.position)] = record
        return self._found.get((device, counter))


def _refuse(submission: Submission, inside: _Inside, past: Past) -> Refusal:
    stream, event, device, counter = submission
    record = inside.find(device, counter)
    if record is not None:
        return Refusal(record.stream, device, counter, Outcome.DUPLICATE, record.seq, event=event)
    stored = past.find(device, counter) if 0 < counter <= MAX_COUNTER else None
    if stored is not None:
        return Refusal(stored[0], device, counter, Outcome.DUPLICATE, stored[1], event=event)
    reason = "a greater counter was stored before it"
    return Refusal(stream, device, counter, Outcome.REJECTED, reason=reason, event=event)


def unknown(submissions: Sequence[Submission], reason: str) -> list[Refusal]:
    """The answer to submissions whose commit failed."""
    return [
        Refusal(stream, device, counter, Outcome.UNKNOWN, reason=reason, event=event)
        for stream, event, device, counter in submissions
    ]
