"""The index rows of the newest batches: in memory until there are enough of them to be filed, sorted."""

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import itemgetter

import msgspec

from callroom_server.ledger.batches import Batch, decode_rows
from callroom_server.ledger.limits import LedgerLimits

Part = tuple[int, int, int]
"""What of a stream (or a device) a batch holds: the last seq (or counter), the first, and its position."""

_FILE = "INSERT INTO filing VALUES (?, ?, ?)"
_last, _first = itemgetter(0), itemgetter(1)
_encode_json = msgspec.json.Encoder().encode


class _Rows:
    """What would stand in `span` and `origin` for the batches from after `filed` to `through`."""

    __slots__ = ("count", "filed", "origins", "spans", "through")

    def __init__(self, filed: int) -> None:
        self.filed = self.through = filed
        self.count = 0
        self.spans: dict[int, list[Part]] = {}
        self.origins: dict[int, list[Part]] = {}

    def take(self, position: int, spans: dict[int, Part], origins: dict[int, Part]) -> None:
        """The parts of the next batch."""
        for number, part in spans.items():
            self.spans.setdefault(number, []).append(part)
        for device, part in origins.items():
            self.origins.setdefault(device, []).append(part)
        self.count += len(spans) + len(origins)
        self.through = position


class Unfiled:
    """The index rows that are not in the tables yet (docs/adr/0006).

    The writer's thread alone changes it. Other threads may look: a list of parts only ever grows at its end,
    and everything is replaced at once, after it can be found in the tables. So whoever looks here first and
    begins to read the tables afterwards finds each part in one place or in both.
    """

    def __init__(self) -> None:
        self._rows = _Rows(0)

    def is_much(self, limits: LedgerLimits) -> bool:
        """Whether it is time to file: many rows, or many records, which each opening has to decode."""
        rows = self._rows
        return rows.count >= limits.unfiled_rows or rows.through - rows.filed >= limits.unfiled_records

    def learn(self, batch: Batch) -> None:
        """Takes in a batch that is stored."""
        position = batch.position
        self._rows.take(
            position,
            {span.number: (span.last, span.first, position) for span in batch.spans.values()},
            {
                device: (origin.last, origin.first, position)
                for device, origin in batch.origins.items()
                if origin.first
            },
        )

    def follow(self, connection: sqlite3.Connection, *, anew: bool = False) -> None:
        """Makes the rows from the batches that `connection` sees, or those that have come since."""
        filed: int = connection.execute("SELECT coalesce(max(position), 0) FROM filed").fetchone()[0]
        rows = _Rows(filed) if anew or filed != self._rows.filed else self._rows
        batches = connection.execute(
            "SELECT position, records FROM batch WHERE position > ? ORDER BY position", (rows.through,)
        )
        for position, records in batches:
            spans: dict[int, Part] = {}
            origins: dict[int, Part] = {}
            for stream, seq, device, counter, _ in decode_rows(records):
                spans[stream] = (seq, spans[stream][1] if stream in spans else seq, position)
                if counter:
                    origins[device] = (
                        counter,
                        origins[device][1] if device in origins else counter,
                        position,
                    )
            rows.take(position, spans, origins)
        self._rows = rows

    def file(self, connection: sqlite3.Connection) -> None:
        """Stores the rows sorted, many to a page, in one statement; then they are forgotten here."""
        rows = self._rows
        if not rows.count:
            return
        connection.execute(_FILE, (rows.through, _sorted(rows.spans), _sorted(rows.origins)))
        self._rows = _Rows(rows.through)

    def spans(self, number: int, after: int, before: int) -> list[Part]:
        """The parts of a stream that hold seqs with after < seq < before, oldest first."""
        parts = self._rows.spans.get(number, [])
        return parts[bisect_right(parts, after, key=_last) : bisect_left(parts, before, key=_first)]

    def head(self, number: int) -> int:
        """The last seq of a stream, 0 if it has no part here."""
        parts = self._rows.spans.get(number)
        return parts[-1][0] if parts else 0

    def last_counter(self, device: int) -> int:
        """The greatest counter of a device, 0 if it has no part here."""
        parts = self._rows.origins.get(device)
        return parts[-1][0] if parts else 0

    def origin(self, device: int, counter: int) -> Part | None:
        """The part of a device among whose counters this one lies, if it was stored."""
        parts = self._rows.origins.get(device, [])
        place = bisect_left(parts, counter, key=_last)
        return parts[place] if place < len(parts) and parts[place][1] <= counter else None

    def greatest_device(self) -> int:
        """The greatest number of a device that has a part here, or 0."""
        return max(self._rows.origins, default=0)


def _sorted(parts: dict[int, list[Part]]) -> str:
    rows: Iterable[tuple[int, int, int, int]] = [
        (number, last, first, position) for number in sorted(parts) for last, first, position in parts[number]
    ]
    return _encode_json(rows).decode()
