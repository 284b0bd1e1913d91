"""What survives the client, in SQLite: unacknowledged lines, the token, and what was seen."""

import sqlite3
from collections.abc import Iterable

import msgspec

from callroom_client.link.effects import Forget, KeepLine, KeepLogin, KeepSeen, Kept, MarkSent
from callroom_client.link.lines import Keeping, Line
from callroom_client.link.profile import Profile, ProfileError
from callroom_words.words import Words

_SCHEMA = """
-- AUTOINCREMENT: the number of a line that was settled and forgotten is never given again.
CREATE TABLE IF NOT EXISTS lines (
    id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT NOT NULL, text TEXT NOT NULL, sent INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS login (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT, token TEXT) STRICT;
CREATE TABLE IF NOT EXISTS seen (place TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
"""

VERSION = 1
"""Of the schema; a file of a later one is refused, not spoilt."""


LOCKED_SECONDS = 0.5
"""The file is ours alone; whoever looks into it meanwhile may keep us waiting so long."""


_UNOPENED = Words("{file}: {why}: choose another profile", "{file}：{why}：请另选一个")
_NEWER = Words(
    "{file} is of a newer Callroom: choose another profile, or install that one",
    "{file} 属于更新版本的 Callroom：请另选一个，或安装该版本",
)
_NONE = Words(
    "{file} is no profile: {why}: choose another, or remove it",
    "{file} 不是客户端文件：{why}：请另选一个，或删除它",
)
_UNWRITTEN = Words("{file}: {why}", "{file}：{why}")


class OutboxError(ProfileError):
    """The file cannot be used; the words say why, and what to do."""


class Remembered(msgspec.Struct, frozen=True):
    """What an earlier run left."""

    lines: list[Line]
    counter: int
    name: str
    token: str
    seen: dict[str, int]


class Outbox:
    """One profile's file, and its lock; used by one thread at a time, the one that opened it or another.

    Raises:
        OutboxError: it holds something else, or cannot be opened.
    """

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        file = self._file = profile.file
        try:
            self._db = sqlite3.connect(file, LOCKED_SECONDS, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise OutboxError(_UNOPENED.fill(file=str(file), why=str(error))) from error
        try:
            # FULL: a commit is on the disk when it returns (sqlite.org/pragma.html#pragma_synchronous).
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            version: int = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                raise OutboxError(_NEWER.fill(file=str(file)))
            self._db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
        except sqlite3.Error as error:
            self._db.close()
            raise OutboxError(_NONE.fill(file=str(file), why=str(error))) from error
        except OutboxError:
            self._db.close()
            raise

    def remembered(self) -> Remembered:
        """All that is in it."""
        lines = [
            Line(number, place, text, Keeping.MARKED if sent else Keeping.KEPT)
            for number, place, text, sent in self._db.execute(
                "SELECT id, place, text, sent FROM lines ORDER BY id"
            )
        ]
        last = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'lines'").fetchone()
        name, token = self._db.execute("SELECT name, token FROM login").fetchone() or ("", "")
        seen = dict(self._db.execute("SELECT place, seq FROM seen"))
        return Remembered(lines, last[0] if last else 0, name, token, seen)

    def write(self, changes: Iterable[Kept]) -> None:
        """Writes changes down, all or none; they are durable when it returns.

        Raises:
            OutboxError: the disk does not take them.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                for change in changes:
                    self._write(change)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise OutboxError(_UNWRITTEN.fill(file=str(self._file), why=str(error))) from error

    def _write(self, change: Kept) -> None:
        db = self._db
        match change:
            case KeepLine(id=number, place=place, text=text, sent=sent):
                db.execute("INSERT INTO lines VALUES (?, ?, ?, ?)", (number, place, text, sent))
            case MarkSent(ids=ids):
                db.executemany("UPDATE lines SET sent = 1 WHERE id = ?", [(number,) for number in ids])
            case Forget(ids=ids):
                db.executemany("DELETE FROM lines WHERE id = ?", [(number,) for number in ids])
            case KeepLogin(name=name, token=token):
                db.execute("REPLACE INTO login VALUES (1, ?, ?)", (name, token))
            case KeepSeen(seen=seen):
                db.execute("DELETE FROM seen")
                db.executemany("INSERT INTO seen VALUES (?, ?)", list(seen.items()))

    def close(self) -> None:
        """Gives the file and its lock back."""
        self._db.close()
        self._profile.close()
