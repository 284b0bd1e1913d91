"""Transcripts: what was said in a place, as a text file with an address that nobody can guess."""

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from callroom_server.config.limits import Limits
from callroom_server.core import events
from callroom_server.core.effects import Handed, TranscriptJob
from callroom_server.core.ledger import LedgerReader, Record
from callroom_server.protocols.site import Kept
from callroom_wire.text import clean

FOLDER = "transcripts"
TOKEN_BYTES = 24
"""192 random bits, 32 characters of base64url: an address that is handed on is the only way in."""

PER_DEVICE = 10
"""Of one person at once, so that nobody takes the places of all others."""

PAGE_RECORDS = 1000
"""Read from the ledger at once."""

CONTINUED = "    "
"""Before the second and later lines of an entry: nothing said can look like another's line."""


class FullError(Exception):
    """As many are kept as may be."""


class Transcripts:
    """The folder of transcripts, for their owner alone. A file's name tells no token: it is a hash of it.

    `write` belongs to the thread that reads the ledger, `find` to the loop; they share files only.
    """

    def __init__(self, data: Path, limits: Limits, wall: Callable[[], float] = time.time) -> None:
        self._folder = data / FOLDER
        self._limits = limits
        self._wall = wall

    def write(self, job: TranscriptJob, reader: LedgerReader) -> Handed:
        """Writes what a `TranscriptJob` asks for.

        Raises:
            FullError: there are too many already.
            OSError: it cannot be written.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        kept = self.sweep()
        if len(kept) >= self._limits.transcripts_limit or sum(_of(p, job.device) for p in kept) >= PER_DEVICE:
            raise FullError("too many transcripts are kept")
        lines, whole = self._lines(job, reader)
        when = datetime.fromtimestamp(self._wall(), UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        head = f"{clean(job.place)} · {len(lines)} · {when}{'' if whole else ' · …'}\n\n"
        text = (head + "".join(reversed(lines))).encode()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        path = self._folder / f"{job.device}-{_hash(token)}.txt"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with open(descriptor, "wb") as file:
                file.write(text)
            os.utime(path, (self._wall(), self._wall()))
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return Handed(token, len(lines), whole)

    def find(self, token: str) -> Kept | None:
        """The transcript of a token, unless its time is over."""
        for path in self._folder.glob(f"*-{_hash(token)}.txt"):
            with suppress(OSError):  # it expires just now
                left = self._left(path)
                if left > 0:
                    return Kept(path.read_bytes(), path.stem, int(left))
        return None

    def sweep(self) -> list[Path]:
        """Removes what has expired; what is left."""
        kept: list[Path] = []
        for path in self._folder.glob("*-*.txt"):
            with suppress(OSError):
                if self._left(path) > 0:
                    kept.append(path)
                else:
                    path.unlink()
        return kept

    def _left(self, path: Path) -> float:
        return path.stat().st_mtime + self._limits.transcript_seconds - self._wall()

    def _lines(self, job: TranscriptJob, reader: LedgerReader) -> tuple[list[str], bool]:
        """The entries, newest first, as far as they fit; and whether all did."""
        lines: list[str] = []
        size = len(job.place) + 200
        for record in _newest_first(job.stream, reader):
            line = _line(record)
            size += len(line.encode())
            if size > self._limits.transcript_bytes:
                return lines, False
            if line:
                lines.append(line)
        return lines, True


def _of(path: Path, device: int) -> bool:
    return path.name.startswith(f"{device}-")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def _newest_first(stream: str, reader: LedgerReader) -> Iterator[Record]:
    before = 1 << 53
    while True:
        records = reader.read(stream, 0, before, PAGE_RECORDS, newest=True)
        yield from reversed(records)
        if len(records) < PAGE_RECORDS:
            return
        before = records[0].seq


def _line(record: Record) -> str:
    """An entry with its time in UTC; "" for what is none."""
    event = events.decode(record.event)
    if not isinstance(event, events.Said | events.Topic):
        return ""
    when = datetime.fromtimestamp(event.at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    text = clean(event.text, multiline=True).replace("\n", f"\n{CONTINUED}")
    return f"{when} {clean(event.by)}{'*' if isinstance(event, events.Topic) else ':'} {text}\n"
