"""Reading the ledger beside its writer: a connection of its own, read-only, in short transactions."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from callroom_server.core.ledger import Hits, LedgerError, Record
from callroom_server.ledger.batches import decode_rows
from callroom_server.ledger.database import LEDGER_FILE, connect_to_read, reason_of
from callroom_server.ledger.limits import DEFAULT_LIMITS, LedgerLimits

# The spans of a stream do not overlap: those before a seq end with the one that holds the seq before it.
_OLDEST = """SELECT position, count, records FROM span JOIN batch USING (position)
    WHERE stream = :stream AND last > :after AND first < :before ORDER BY last"""
_NEWEST = """SELECT position, count, records FROM span JOIN batch USING (position)
    WHERE stream = :stream AND last > :after AND last <= coalesce(
        (SELECT min(last) FROM span WHERE stream = :stream AND last >= :before - 1), :before)
    ORDER BY last DESC"""


class SqliteReader:
    """A `LedgerReader` of a folder; opens its files when first used.

    Raises:
        LedgerError: from every method, when the files cannot be read; the message says why.
    """

    def __init__(self, folder: Path, limits: LedgerLimits = DEFAULT_LIMITS) -> None:
        self._path = folder / LEDGER_FILE
        self._limits = limits
        self._connection: sqlite3.Connection | None = None

    def read(self, stream: str, after: int, before: int, limit: int, newest: bool) -> list[Record]:
        """See `LedgerReader.read`."""
        try:
            return self._read(stream, after, before, limit, newest)
        except sqlite3.Error as error:
            raise LedgerError(f"{self._path} cannot be read: {reason_of(error)}") from error

    def first_kept(self, stream: str) -> int:
        """The first seq of a stream that has not been pruned: 1 unless old records were dropped."""
        try:
            row: tuple[int] | None = (
                self._connected().execute("SELECT pruned FROM stream WHERE name = ?", (stream,)).fetchone()
            )
        except sqlite3.Error as error:
            raise LedgerError(f"{self._path} cannot be read: {reason_of(error)}") from error
        return 1 if row is None else row[0] + 1

    def search(self, query: str, streams: list[str], limit: int) -> Hits:
        """See `LedgerReader.search`."""
        raise LedgerError("search is not built yet")

    def close(self) -> None:
        """See `LedgerReader.close`."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = connect_to_read(self._path, self._limits)
        return self._connection

    def _read(self, stream: str, after: int, before: int, limit: int, newest: bool) -> list[Record]:
        if limit <= 0:
            return []
        connection = self._connected()
        row: tuple[int] | None = connection.execute(
            "SELECT id FROM stream WHERE name = ?", (stream,)
        ).fetchone()
        if row is None:
            return []
        number = row[0]
        cursor = connection.execute(
            _NEWEST if newest else _OLDEST, {"stream": number, "after": after, "before": before}
        )
        found: list[Record] = []
        try:
            for position, count, blob in cursor:
                start = position - count + 1
                part = [
                    Record(start + index, stream, seq, device, counter, event)
                    for index, (which, seq, device, counter, event) in enumerate(decode_rows(blob))
                    if which == number and after < seq < before
                ]
                found = part + found if newest else found + part
                if len(found) >= limit:
                    break
        finally:
            cursor.close()  # ends the read transaction: an open one lets the WAL grow
        return found[-limit:] if newest else found[:limit]


def records_after(connection: sqlite3.Connection, position: int) -> Iterator[list[Record]]:
    """All records after a position, a batch at a time."""
    names: dict[int, str] = dict(connection.execute("SELECT id, name FROM stream"))
    cursor = connection.execute(
        "SELECT position, count, records FROM batch WHERE position > ? ORDER BY position", (position,)
    )
    for last, count, blob in cursor:
        start = last - count + 1
        yield [
            Record(start + index, names[stream], seq, device, counter, event)
            for index, (stream, seq, device, counter, event) in enumerate(decode_rows(blob))
            if start + index > position
        ]
