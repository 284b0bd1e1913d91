"""The ledger's schema, as numbered steps from an empty file to today's."""

import sqlite3

from callroom_server.core.ledger import LedgerError

APPLICATION_ID = 0x43524C47
"""`CRLG` in the file's header: what tells a ledger from any other SQLite file."""

# A commit is one row of `batch` and one statement (docs/adr/0001): the view takes the batch together with its
# index rows as JSON arrays, and the trigger spreads them. `position` is that of the batch's last record.
# `pruned` is the last seq, or counter, of what is no longer kept.
_FIRST = (
    """CREATE TABLE stream (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        pruned INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE device (
        id INTEGER PRIMARY KEY,
        pruned INTEGER NOT NULL)""",
    """CREATE TABLE batch (
        position INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        count INTEGER NOT NULL,
        records BLOB NOT NULL)""",
    """CREATE TABLE span (
        stream INTEGER NOT NULL,
        last INTEGER NOT NULL,
        first INTEGER NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (stream, last)) WITHOUT ROWID""",
    """CREATE TABLE origin (
        device INTEGER NOT NULL,
        last INTEGER NOT NULL,
        first INTEGER NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (device, last)) WITHOUT ROWID""",
    """CREATE TABLE snapshot (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        position INTEGER NOT NULL,
        state BLOB NOT NULL)""",
    """CREATE TABLE probe (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        ballast BLOB NOT NULL)""",
    """CREATE VIEW entry AS SELECT
        NULL AS position, NULL AS at, NULL AS count, NULL AS records,
        NULL AS streams, NULL AS spans, NULL AS origins""",
    """CREATE TRIGGER entry_insert INSTEAD OF INSERT ON entry BEGIN
        INSERT INTO batch VALUES (NEW.position, NEW.at, NEW.count, NEW.records);
        INSERT INTO stream (id, name)
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(NEW.streams);
        INSERT INTO span
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
                NEW.position
            FROM json_each(NEW.spans);
        INSERT INTO origin
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
                NEW.position
            FROM json_each(NEW.origins);
    END""",
)

# Index rows are filed many at a time (docs/adr/0006); `filed` says up to which batch that is done.
# A commit without a new stream is a row of `batch` and nothing else.
_FILED_LATER = (
    """CREATE TABLE filed (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        position INTEGER NOT NULL)""",
    "INSERT INTO filed SELECT 1, coalesce(max(position), 0) FROM batch",
    "DROP VIEW entry",
    """CREATE VIEW entry AS SELECT
        NULL AS position, NULL AS at, NULL AS count, NULL AS records, NULL AS streams""",
    """CREATE TRIGGER entry_insert INSTEAD OF INSERT ON entry BEGIN
        INSERT INTO batch VALUES (NEW.position, NEW.at, NEW.count, NEW.records);
        INSERT INTO stream (id, name)
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(NEW.streams);
    END""",
    "CREATE VIEW filing AS SELECT NULL AS position, NULL AS spans, NULL AS origins",
    """CREATE TRIGGER filing_insert INSTEAD OF INSERT ON filing BEGIN
        INSERT INTO span
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
                json_extract(value, '$[3]')
            FROM json_each(NEW.spans);
        INSERT INTO origin
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
                json_extract(value, '$[3]')
            FROM json_each(NEW.origins);
        UPDATE filed SET position = NEW.position;
    END""",
)

MIGRATIONS = (_FIRST, _FILED_LATER)
"""Step n leads from version n to n + 1; a step that has been released is never changed."""

VERSION = len(MIGRATIONS)

FILED_SINCE = 2
"""In ledgers of an earlier version every batch is filed, and nothing says so."""


def migrate(connection: sqlite3.Connection, name: str) -> None:
    """Brings a database to today's version, each step in one transaction.

    Raises:
        LedgerError: it is not a ledger, or a newer one than this program knows.
    """
    version = check_version(connection, name)
    for step, statements in enumerate(MIGRATIONS[version:], version):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {step + 1}")
            connection.execute("COMMIT")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def check_version(connection: sqlite3.Connection, name: str) -> int:
    """The version of a ledger, 0 for an empty file.

    Raises:
        LedgerError: it is not a ledger, or a newer one than this program knows.
    """
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    tables: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != APPLICATION_ID and (application or version or tables):
        raise LedgerError(f"{name} is an SQLite database, but not a ledger of Callroom; use another folder")
    if version > VERSION:
        raise LedgerError(
            f"{name} was written by a newer Callroom: version {version}, this program knows {VERSION}; "
            "use that program, or restore an older backup"
        )
    return version
