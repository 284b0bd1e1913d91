"""What the writer knows of everything stored: heads of streams and counters of devices, looked up once."""

import sqlite3

from callroom_server.ledger.batches import Batch, decode_rows
from callroom_server.ledger.limits import LedgerLimits
from callroom_server.ledger.unfiled import Unfiled

_DECODED_BATCHES = 8

_HEAD = """SELECT id, max(pruned, coalesce((SELECT max(last) FROM span WHERE span.stream = stream.id), 0))
    FROM stream WHERE name = ?"""
_LAST_COUNTER = """SELECT max(
    coalesce((SELECT max(last) FROM origin WHERE device = :device), 0),
    coalesce((SELECT pruned FROM device WHERE id = :device), 0))"""
_GREATEST_DEVICE = (
    "SELECT max(coalesce((SELECT max(device) FROM origin), 0), coalesce((SELECT max(id) FROM device), 0))"
)
_ORIGIN = "SELECT first, position FROM origin WHERE device = ? AND last >= ? ORDER BY last LIMIT 1"


class Known:
    """The `Past` of an SQLite ledger. Writer's thread only.

    A batch changes it only once it is stored (`learn`). At its limits it forgets what was used longest ago.
    """

    def __init__(self, connection: sqlite3.Connection, unfiled: Unfiled, limits: LedgerLimits) -> None:
        self._connection = connection
        self._unfiled = unfiled
        self._limits = limits
        self.forget()

    def forget(self) -> None:
        """Starts again from what is stored."""
        self._heads: dict[str, tuple[int, int]] = {}
        self._counters: dict[int, int] = {}
        self._decoded: dict[int, dict[tuple[int, int], tuple[int, int]]] = {}
        self._numbers = self._value("SELECT coalesce(max(id), 0) FROM stream")
        self._unfiled.follow(self._connection, anew=True)
        self._greatest_device = max(self._value(_GREATEST_DEVICE), self._unfiled.greatest_device())

    def last_position(self) -> int:
        """The position of the last record."""
        return self._value(
            "SELECT max(coalesce((SELECT max(position) FROM batch), 0),"
            " coalesce((SELECT max(position) FROM snapshot), 0))"
        )

    def head(self, stream: str) -> tuple[int, int]:
        """See `Past.head`."""
        known = self._heads.get(stream)
        if known is not None:
            return known
        row: tuple[int, int] | None = self._connection.execute(_HEAD, (stream,)).fetchone()
        if row is not None:
            return row[0], max(row[1], self._unfiled.head(row[0]))
        self._numbers += 1
        return self._numbers, 0

    def last_counter(self, device: int) -> int:
        """See `Past.last_counter`. Devices are numbered in order: one beyond the greatest needs no look."""
        if device > self._greatest_device:
            return 0
        known = self._counters.get(device)
        if known is not None:
            return known
        counter = self._unfiled.last_counter(device)
        if counter:
            return counter
        row: tuple[int] = self._connection.execute(_LAST_COUNTER, {"device": device}).fetchone()
        return row[0]

    def find(self, device: int, counter: int) -> tuple[str, int] | None:
        """See `Past.find`."""
        part = self._unfiled.origin(device, counter)
        row: tuple[int, int] | None = (
            part[1:] if part else self._connection.execute(_ORIGIN, (device, counter)).fetchone()
        )
        if row is None or counter < row[0]:
            return None
        stored = self._origins_in(row[1]).get((device, counter))
        if stored is None:
            return None
        name: str = self._connection.execute("SELECT name FROM stream WHERE id = ?", (stored[0],)).fetchone()[
            0
        ]
        return name, stored[1]

    def learn(self, batch: Batch) -> None:
        """Takes over what a batch changed, once it is stored."""
        self._unfiled.learn(batch)
        heads, counters = self._heads, self._counters
        for name, span in batch.spans.items():
            heads.pop(name, None)  # so that the one used last stands last
            heads[name] = (span.number, span.last)
        for device, origin in batch.origins.items():
            if origin.first:
                counters.pop(device, None)
                counters[device] = origin.last
                if device > self._greatest_device:
                    self._greatest_device = device
        while len(heads) > self._limits.known_streams:
            del heads[next(iter(heads))]
        while len(counters) > self._limits.known_devices:
            del counters[next(iter(counters))]

    def _origins_in(self, position: int) -> dict[tuple[int, int], tuple[int, int]]:
        known = self._decoded.get(position)
        if known is None:
            row: tuple[bytes] | None = self._connection.execute(
                "SELECT records FROM batch WHERE position = ?", (position,)
            ).fetchone()
            rows = [] if row is None else decode_rows(row[0])
            known = {(device, counter): (stream, seq) for stream, seq, device, counter, _ in rows if counter}
            if len(self._decoded) >= _DECODED_BATCHES:
                del self._decoded[next(iter(self._decoded))]
            self._decoded[position] = known
        return known

    def _value(self, query: str) -> int:
        row: tuple[int] = self._connection.execute(query).fetchone()
        return row[0]
