"""Verifying a ledger or a backup: reads all of it and says what is broken and where."""

import sqlite3
from pathlib import Path

import msgspec

from callroom_server.core.events import decode
from callroom_server.core.ledger import LedgerError
from callroom_server.ledger.batches import Row, decode_rows
from callroom_server.ledger.database import LEDGER_FILE, connect_to_read, reason_of
from callroom_server.ledger.migrations import FILED_SINCE, check_version

MOST_PROBLEMS = 100
"""A damaged file has one problem many times over: the first ones say where to look."""


class Report(msgspec.Struct, frozen=True):
    """What was found: nothing in `problems` means that every promise of the ledger holds."""

    database: Path
    records: int
    batches: int
    streams: int
    last_position: int
    problems: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether there is no problem."""
        return not self.problems


def verify(path: Path) -> Report:
    """Checks a ledger's folder, also of a running server, or a backup file; reads only, in one transaction.

    Raises:
        LedgerError: there is no ledger, or it is of a newer version than this program's.
    """
    database = path / LEDGER_FILE if path.is_dir() else path
    if not database.is_file():
        raise LedgerError(f"there is no ledger at {path}; give a data folder or a backup file")
    connection = connect_to_read(database)
    try:
        connection.execute("BEGIN")
        version = check_version(connection, str(database))
        if not version:
            raise LedgerError(f"{database} is empty: it has not become a ledger yet")
        return _Check(connection, version).run(database)
    except sqlite3.Error as error:
        return Report(database, 0, 0, 0, 0, (reason_of(error),))
    finally:
        connection.close()


class _Check:
    """One reading of a ledger, batch by batch, with what is expected of the next one."""

    def __init__(self, connection: sqlite3.Connection, version: int) -> None:
        self._connection = connection
        self._problems: list[str] = []
        self._records = self._batches = self._position = 0
        self._spans = self._origins = 0
        table = "filed" if version >= FILED_SINCE else "batch"
        self._filed: int | None = connection.execute(f"SELECT max(position) FROM {table}").fetchone()[0]
        self._heads: dict[int, int] = dict(connection.execute("SELECT id, pruned FROM stream"))
        self._counters: dict[int, int] = dict(connection.execute("SELECT id, pruned FROM device"))

    def run(self, path: Path) -> Report:
        self._check_file()
        if not self._problems:  # a damaged tree would only be told again
            self._check_batches()
            self._check_filed_position()
            self._check_index("span", self._spans)
            self._check_index("origin", self._origins)
            self._check_snapshot()
        problems = self._problems[:MOST_PROBLEMS]
        if len(self._problems) > MOST_PROBLEMS:
            problems.append(f"and {len(self._problems) - MOST_PROBLEMS} more")
        return Report(
            database=path,
            records=self._records,
            batches=self._batches,
            streams=len(self._heads),
            last_position=self._position,
            problems=tuple(problems),
        )

    def _found(self, where: str, what: str) -> None:
        self._problems.append(f"{where}: {what}")

    def _value(self, query: str) -> int:
        row: tuple[int] = self._connection.execute(query).fetchone()
        return row[0]

    def _check_file(self) -> None:
        for (line,) in self._connection.execute(f"PRAGMA integrity_check({MOST_PROBLEMS})"):
            if line != "ok":
                self._found("SQLite", line)

    def _check_batches(self) -> None:
        cursor = self._connection.execute("SELECT position, count, records FROM batch ORDER BY position")
        for position, count, blob in cursor:
            where = f"batch {position}"
            self._batches += 1
            try:
                rows = decode_rows(blob)
            except msgspec.DecodeError as error:
                self._found(where, f"its records cannot be decoded: {error}")
                rows = []
            if len(rows) != count:
                self._found(where, f"it holds {len(rows)} records, not {count}")
            if self._batches > 1 and position - count != self._position:
                self._found(where, f"{count} records after position {self._position}")
            self._position = position
            self._check_rows(position, rows)

    def _check_rows(self, position: int, rows: list[Row]) -> None:
        spans: dict[int, tuple[int, int]] = {}
        origins: dict[int, tuple[int, int]] = {}
        for place, (stream, seq, device, counter, event) in enumerate(rows, position - len(rows) + 1):
            where = f"position {place}"
            self._records += 1
            head = self._heads.get(stream)
            if head is None:
                self._found(where, f"stream number {stream} has no name")
            elif seq != head + 1:
                self._found(where, f"seq {seq} of stream number {stream} follows {head}")
            self._heads[stream] = seq
            spans[stream] = (spans.get(stream, (seq, 0))[0], seq)
            if counter:
                last = self._counters.get(device, 0)
                if counter <= last:
                    self._found(where, f"counter {counter} of device {device} follows {last}")
                self._counters[device] = counter
                origins[device] = (origins.get(device, (counter, 0))[0], counter)
            try:
                decode(event)
            except msgspec.MsgspecError as error:
                self._found(where, f"the event cannot be decoded: {error}")
        if self._filed is None or position <= self._filed:
            self._check_filed(position, spans, origins)

    def _check_filed(
        self, position: int, spans: dict[int, tuple[int, int]], origins: dict[int, tuple[int, int]]
    ) -> None:
        self._spans += self._check_rows_of_index("span", "stream", position, spans)
        self._origins += self._check_rows_of_index("origin", "device", position, origins)

    def _check_rows_of_index(
        self, table: str, column: str, position: int, expected: dict[int, tuple[int, int]]
    ) -> int:
        query = f"SELECT first, position FROM {table} WHERE {column} = ? AND last = ?"
        for key, (first, last) in expected.items():
            row: tuple[int, int] | None = self._connection.execute(query, (key, last)).fetchone()
            if row != (first, position):
                where = f"batch {position}"
                self._found(
                    where, f"the {table} of {column} {key} to {last} should be {first, position}: {row}"
                )
        return len(expected)

    def _check_index(self, table: str, expected: int) -> None:
        found = self._value(f"SELECT count(*) FROM {table}")
        if found != expected:
            self._found(f"table {table}", f"{found} rows, and the batches say {expected}")

    def _check_filed_position(self) -> None:
        if self._filed is None and self._batches:
            self._found("index", "it does not say up to where it is filed")
        elif self._filed is not None and self._batches and self._filed > self._position:
            self._found(
                "index", f"it is filed up to position {self._filed}, the last record of {self._position}"
            )

    def _check_snapshot(self) -> None:
        snapshot = self._value("SELECT coalesce(max(position), 0) FROM snapshot")
        if self._batches and snapshot > self._position:
            self._found("snapshot", f"it is of position {snapshot}, the last record of {self._position}")
        gone = self._value("SELECT coalesce(min(position - count), 0) FROM batch")
        if gone > snapshot:
            self._found("snapshot", f"records up to position {gone} are gone, and it covers {snapshot}")
