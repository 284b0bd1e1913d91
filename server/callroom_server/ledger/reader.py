"""Reading the ledger beside its writer: a connection of its own, read-only, in short transactions."""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from callroom_server.core.ledger import Hits, LedgerError, Record
from callroom_server.ledger.batches import Row, decode_rows
from callroom_server.ledger.database import LEDGER_FILE, SEARCH_FILE, connect_to_read, reason_of
from callroom_server.ledger.limits import DEFAULT_LIMITS, LedgerLimits
from callroom_server.ledger.migrations import VERSION, check_version
from callroom_server.ledger.search import SearchIndex
from callroom_server.ledger.unfiled import Unfiled
from callroom_server.ledger.words import Parts, matches, parts, searchable_text, tokens_of_query

# The spans of a stream do not overlap: those before a seq end with the one that holds the seq before it.
_OLDEST = """SELECT position, count, records FROM span JOIN batch USING (position)
    WHERE stream = :stream AND last > :after AND first < :before ORDER BY last"""
_NEWEST = """SELECT position, count, records FROM span JOIN batch USING (position)
    WHERE stream = :stream AND last > :after AND first < :before AND last <= coalesce(
        (SELECT min(last) FROM span WHERE stream = :stream AND last >= :before - 1), :before)
    ORDER BY last DESC"""
_BATCH = "SELECT position, count, records FROM batch WHERE position = ?"
_BATCH_OF = "SELECT position, count, records FROM batch WHERE position >= ? ORDER BY position LIMIT 1"
_NUMBERS = "SELECT id, name FROM stream WHERE name IN (SELECT value FROM json_each(?))"

_StoredBatch = tuple[int, int, bytes]
"""Position, count, records."""

_encode_json = msgspec.json.Encoder().encode
_GREATEST = (1 << 63) - 1


class SqliteReader:
    """A `LedgerReader` of a folder; opens its files when first used.

    Without `index` and `unfiled` of the ledger that is open in this process it has its own.

    Raises:
        LedgerError: from every method, when the files cannot be read; the message says why.
    """

    def __init__(
        self,
        folder: Path,
        index: SearchIndex | None = None,
        unfiled: Unfiled | None = None,
        limits: LedgerLimits = DEFAULT_LIMITS,
    ) -> None:
        self._path = folder / LEDGER_FILE
        self._limits = limits
        self._index = index or SearchIndex(folder / SEARCH_FILE, limits)
        self._owns_index = index is None
        self._unfiled = unfiled or Unfiled()
        self._owns_unfiled = unfiled is None
        self._connection: sqlite3.Connection | None = None

    def read(self, stream: str, after: int, before: int, limit: int, newest: bool) -> list[Record]:
        """See `LedgerReader.read`."""
        try:
            return self._read(stream, after, before, limit, newest)
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def first_kept(self, stream: str) -> int:
        """The first seq of a stream that has not been pruned: 1 unless old records were dropped."""
        try:
            row: tuple[int] | None = (
                self._connected().execute("SELECT pruned FROM stream WHERE name = ?", (stream,)).fetchone()
            )
        except sqlite3.Error as error:
            raise self._fault(error) from error
        return 1 if row is None else row[0] + 1

    def search(self, query: str, streams: list[str], limit: int) -> Hits:
        """See `LedgerReader.search`. Indexes what is missing first, within a limit; `behind` is the rest."""
        wanted = parts(query)
        if not wanted or limit <= 0:
            return Hits([])
        try:
            return self._search(wanted, streams, limit)
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def close(self) -> None:
        """See `LedgerReader.close`."""
        if self._owns_index:
            self._index.close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = connect_to_read(self._path, self._limits)
            try:
                if check_version(connection, str(self._path)) != VERSION:
                    raise LedgerError(
                        f"{self._path} is from an older Callroom; start the server to bring it up to date"
                    )
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _fault(self, error: sqlite3.Error) -> LedgerError:
        return LedgerError(f"{self._path.parent} cannot be read: {reason_of(error)}")

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
        found: list[Record] = []
        with (
            _one_moment(connection),
            closing(self._batches(connection, number, after, before, newest)) as batches,
        ):
            for last, count, blob in batches:
                part = [
                    Record(position, stream, seq, device, counter, event)
                    for position, (which, seq, device, counter, event) in enumerate(
                        decode_rows(blob), last - count + 1
                    )
                    if which == number and after < seq < before
                ]
                found = part + found if newest else found + part
                if len(found) >= limit:
                    break
        return found[-limit:] if newest else found[:limit]

    def _batches(
        self, connection: sqlite3.Connection, number: int, after: int, before: int, newest: bool
    ) -> Generator[_StoredBatch]:
        """The batches that hold seqs between `after` and `before` of a stream, in the order asked for."""
        if self._owns_unfiled:
            self._unfiled.follow(connection)
        # Before the first look at the tables: what is filed in between is found there, and here as well.
        parts = self._unfiled.spans(number, after, before)
        stored: Iterator[_StoredBatch] = connection.execute(
            _NEWEST if newest else _OLDEST,
            {
                "stream": number,
                "after": max(after, 0),
                "before": min(before, parts[0][1] if parts else _GREATEST),
            },
        )
        if not newest:
            yield from stored
        for _, _, position in reversed(parts) if newest else parts:
            yield from connection.execute(_BATCH, (position,))
        if newest:
            yield from stored

    def _search(self, wanted: Parts, streams: list[str], limit: int) -> Hits:
        ledger = self._connected()
        behind = self._catch_up(ledger)
        names: dict[int, str] = dict(ledger.execute(_NUMBERS, (_encode_json(streams).decode(),)))
        tokens = tokens_of_query(wanted)
        batch = _Batch(ledger)
        found: list[Record] = []
        before, looked_at = _GREATEST, 0
        while len(found) <= limit and looked_at < self._limits.search_candidates:
            candidates = self._index.candidates(tokens, names, before, 2 * limit + 1)
            for position in candidates:
                row = batch.row(position)
                if row is None:
                    continue  # pruned
                stream, seq, device, counter, event = row
                name = names.get(stream)
                if name is not None and matches(searchable_text(name, event), wanted):
                    found.append(Record(position, name, seq, device, counter, event))
                    if len(found) > limit:
                        break
            else:
                if not candidates:
                    return Hits(found, behind=behind)
            looked_at += len(candidates)
            before = candidates[-1]
        return Hits(found[:limit], more=True, behind=behind)

    def _catch_up(self, ledger: sqlite3.Connection) -> int:
        try:
            return self._index.feed(ledger, self._limits.search_catch_up)
        except sqlite3.OperationalError:
            # The index cannot grow (the disk is full): search what there is, and say how much is not in it.
            return self._index.behind(ledger)


@contextmanager
def _one_moment(connection: sqlite3.Connection) -> Generator[None]:
    """A read transaction, ended at once: an open one lets the WAL grow."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


class _Batch:
    """The batch that was looked into last: hits that lie together are decoded once."""

    def __init__(self, ledger: sqlite3.Connection) -> None:
        self._ledger = ledger
        self._first = self._last = 0
        self._rows: list[Row] = []

    def row(self, position: int) -> Row | None:
        if not self._first <= position <= self._last:
            found: tuple[int, int, bytes] | None = self._ledger.execute(_BATCH_OF, (position,)).fetchone()
            if found is None:
                return None
            self._last, count, blob = found
            self._first = self._last - count + 1
            self._rows = decode_rows(blob)
        return self._rows[position - self._first] if position >= self._first else None


def records_after(connection: sqlite3.Connection, position: int) -> Iterator[list[Record]]:
    """All records after a position, a batch at a time."""
    names: dict[int, str] = dict(connection.execute("SELECT id, name FROM stream"))
    cursor = connection.execute(
        "SELECT position, count, records FROM batch WHERE position > ? ORDER BY position", (position,)
    )
    for last, count, blob in cursor:
        yield [
            Record(place, names[stream], seq, device, counter, event)
            for place, (stream, seq, device, counter, event) in enumerate(decode_rows(blob), last - count + 1)
            if place > position
        ]
