"""The ledger's files: SQLite's settings, the modes, the lock on the folder, and what errors mean."""

import fcntl
import os
import sqlite3
from pathlib import Path

from callroom_server.core.ledger import LedgerError
from callroom_server.ledger.limits import DEFAULT_LIMITS, LedgerLimits

LEDGER_FILE = "ledger.db"
SEARCH_FILE = "search.db"
LOCK_FILE = "lock"

# What each is for: https://www.sqlite.org/pragma.html. FULL syncs the WAL at each commit (NORMAL loses
# acknowledged records in a power cut); mapped files turn an I/O error into SIGBUS.
_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 1000",
    f"PRAGMA journal_size_limit = {64 << 20}",
    "PRAGMA mmap_size = 0",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = ON",  # json_each inside a trigger of our own schema
)

_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write",
    sqlite3.SQLITE_READONLY: "the files cannot be written",
    sqlite3.SQLITE_CANTOPEN: "the files cannot be opened",
    sqlite3.SQLITE_PERM: "the files may not be used",
    sqlite3.SQLITE_BUSY: "another program holds the database's lock",
    sqlite3.SQLITE_LOCKED: "another program holds the database's lock",
    sqlite3.SQLITE_NOMEM: "there is not enough memory",
    sqlite3.SQLITE_CORRUPT: "the database is damaged; run `callroom verify`, then restore a backup",
    sqlite3.SQLITE_NOTADB: "the file is not a database; restore a backup",
}
_BEYOND_REPAIR = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))


def reason_of(error: sqlite3.Error) -> str:
    """What an error of SQLite means, in words for the operator, with SQLite's own words."""
    code = _code(error)
    words = _REASONS.get(code & 0xFF)
    return f"{words} ({error})" if words else str(error)


def beyond_repair(error: sqlite3.Error) -> bool:
    """Whether trying again can never help."""
    return _code(error) & 0xFF in _BEYOND_REPAIR


def _code(error: sqlite3.Error) -> int:
    # Only errors that come from SQLite itself carry a code (`sqlite3.ProgrammingError` does not).
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)


class FolderLock:
    """Keeps a second server out of a folder: `flock(2)` on a file of its own, so it ends with the process."""

    def __init__(self, folder: Path) -> None:
        """Takes the lock.

        Raises:
            LedgerError: another process, or another ledger of this one, has it.
        """
        path = folder / LOCK_FILE
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._descriptor)
            raise LedgerError(
                f"{folder} is in use by another Callroom (process {holder}); stop it, or use another folder"
            ) from None
        except OSError:
            os.close(self._descriptor)
            raise
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode("ascii"), 0)

    def release(self) -> None:
        """Lets others in; may be called again."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def make_database(folder: Path) -> None:
    """Makes the empty database file for the owner alone; SQLite gives its mode to the files beside it.

    It is opened here only while it is new: closing any descriptor of a file drops the process's POSIX locks
    on it (https://www.sqlite.org/howtocorrupt.html, 2.2). Call with the folder's lock held.
    """
    database = folder / LEDGER_FILE
    if not database.exists():
        os.close(os.open(database, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def connect(path: Path, limits: LedgerLimits = DEFAULT_LIMITS) -> sqlite3.Connection:
    """A connection for reading and writing, for one thread at a time; statements commit themselves."""
    connection = sqlite3.connect(
        path, timeout=limits.busy_timeout, isolation_level=None, check_same_thread=False
    )
    try:
        for setting in _SETTINGS:
            connection.execute(setting)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path, limits: LedgerLimits = DEFAULT_LIMITS) -> sqlite3.Connection:
    """A connection that can neither write nor checkpoint, for one thread at a time."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=limits.busy_timeout,
        isolation_level=None,
        check_same_thread=False,
    )
