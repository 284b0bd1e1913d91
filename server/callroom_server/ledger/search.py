"""The search index: a file beside the ledger that says where words may be, made from the ledger alone."""

import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path

from callroom_server.ledger.batches import decode_rows
from callroom_server.ledger.database import beyond_repair
from callroom_server.ledger.limits import DEFAULT_LIMITS, LedgerLimits
from callroom_server.ledger.words import SEARCHED_STREAMS, searchable_text, tokens_of_text

# Contentless, without positions: the index only proposes, the text in the ledger decides. The `ascii`
# tokenizer splits at ASCII spaces and punctuation and nowhere else (https://www.sqlite.org/fts5.html,
# 4.3.2), so our tokens stay whole. The rollback journal is safe with two connections that write.
_SCHEMA = (
    "CREATE VIRTUAL TABLE word USING fts5(tokens, content='', detail=none, columnsize=0, tokenize='ascii')",
    """CREATE TABLE progress (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        first INTEGER NOT NULL,
        through INTEGER NOT NULL)""",
    "INSERT INTO progress VALUES (1, 0, 0)",
)
_VERSION = 1

_TOKEN_CHARACTERS = 64
_QUERY_TOKENS = 64
_STREAM_MARK = "\ue000"  # a private-use character, which no word holds: "\ue00017" is stream number 17

_NEXT_BATCHES = "SELECT position, count, records FROM batch WHERE position > ? ORDER BY position"
_GONE_AND_LAST = """SELECT
    coalesce((SELECT position - count FROM batch ORDER BY position LIMIT 1), 0),
    coalesce((SELECT max(position) FROM batch), 0)"""


class SearchIndex:
    """Says which positions of the ledger may hold words; any thread may use it.

    A file that is missing, damaged, or from another version is made again from the ledger.
    """

    def __init__(self, path: Path, limits: LedgerLimits = DEFAULT_LIMITS) -> None:
        self._path = path
        self._limits = limits
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def feed(self, ledger: sqlite3.Connection, most: int) -> int:
        """Indexes at most about `most` records that are not indexed yet; how many are left.

        Raises:
            sqlite3.Error: the ledger cannot be read or the index not be written (the disk is full).
        """
        with self._lock:
            try:
                return self._feed(ledger, most)
            except sqlite3.DatabaseError as error:
                if not beyond_repair(error):
                    raise
                self._remove()
                return self._feed(ledger, most)

    def behind(self, ledger: sqlite3.Connection) -> int:
        """How many records are not indexed."""
        with self._lock:
            _, last = _pair(ledger.execute(_GONE_AND_LAST))
            _, through = _pair(self._connected().execute("SELECT first, through FROM progress"))
            return max(0, last - through)

    def candidates(self, tokens: Iterable[str], streams: Iterable[int], before: int, most: int) -> list[int]:
        """Positions below `before`, newest first, that may hold all tokens, in one of these streams."""
        longest = sorted({token[:_TOKEN_CHARACTERS] for token in tokens}, key=len, reverse=True)[
            :_QUERY_TOKENS
        ]
        # A token is quoted and holds neither quotes nor spaces, so nothing in it is FTS5's syntax.
        among = " OR ".join(f'"{_STREAM_MARK}{stream}"' for stream in streams)
        if not longest or not among:
            return []
        match = " AND ".join((*(f'"{token}"' for token in longest), f"({among})"))
        with self._lock:
            try:
                found: list[tuple[int]] = (
                    self._connected()
                    .execute(
                        "SELECT rowid FROM word WHERE word MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?",
                        (match, before, most),
                    )
                    .fetchall()
                )
            except sqlite3.DatabaseError as error:
                if not beyond_repair(error):
                    raise
                self._remove()  # it is made again, bit by bit, from now on
                return []
        return [position for (position,) in found]

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._disconnect()

    def _feed(self, ledger: sqlite3.Connection, most: int) -> int:
        gone, last = _pair(ledger.execute(_GONE_AND_LAST))
        index = self._connected()
        first, through = _pair(index.execute("SELECT first, through FROM progress"))
        if through > last or gone - first > max(last - gone, self._limits.search_catch_up):
            # Of another ledger; or the greater part of it is about records that are no longer kept.
            self._remove()
            index = self._connected()
            first = through = gone
        through = max(through, gone)
        if through == last:
            return 0
        index.execute("BEGIN IMMEDIATE")
        try:
            through = _index_records(ledger, index, through, most)
            index.execute("UPDATE progress SET first = max(first, ?), through = ?", (first, through))
            index.execute("COMMIT")
        except BaseException:
            if index.in_transaction:
                index.execute("ROLLBACK")
            raise
        return max(0, last - through)  # what was said meanwhile is indexed, too

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            try:
                self._connection = self._connect()
            except sqlite3.DatabaseError as error:
                if not beyond_repair(error):
                    raise
                self._remove()
                self._connection = self._connect()
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=self._limits.busy_timeout, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode = TRUNCATE")
            connection.execute("PRAGMA synchronous = NORMAL")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version != _VERSION:
                _make(connection)
            self._path.chmod(0o600)
        except BaseException:
            connection.close()
            raise
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _remove(self) -> None:
        self._disconnect()
        for suffix in ("-journal", ""):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)


def _make(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for table in ("word", "progress"):
            connection.execute(f"DROP TABLE IF EXISTS {table}")
        for statement in _SCHEMA:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _index_records(ledger: sqlite3.Connection, index: sqlite3.Connection, through: int, most: int) -> int:
    """Indexes from the position after `through` on; the last position that is indexed then."""
    names: dict[int, str] = {}
    cursor = ledger.execute(_NEXT_BATCHES, (through,))
    until = through + most
    try:
        for last, count, blob in cursor:
            entries: list[tuple[int, str]] = []
            for position, (stream, _, _, _, event) in enumerate(decode_rows(blob), last - count + 1):
                if not through < position <= until:
                    continue
                name = names.get(stream)
                if name is None:
                    name = names[stream] = _name(ledger, stream)
                text = searchable_text(name, event) if name.startswith(SEARCHED_STREAMS) else ""
                if text:
                    tokens = {token[:_TOKEN_CHARACTERS] for token in tokens_of_text(text)}
                    entries.append((position, " ".join((f"{_STREAM_MARK}{stream}", *tokens))))
            index.executemany("INSERT INTO word (rowid, tokens) VALUES (?, ?)", entries)
            through = min(last, until)
            if through == until:
                break
    finally:
        cursor.close()
    return through


def _name(ledger: sqlite3.Connection, stream: int) -> str:
    row: tuple[str] = ledger.execute("SELECT name FROM stream WHERE id = ?", (stream,)).fetchone()
    return row[0]


def _pair(cursor: sqlite3.Cursor) -> tuple[int, int]:
    row: tuple[int, int] = cursor.fetchone()
    return row
