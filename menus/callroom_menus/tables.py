"""Tables that look-ups search: a CSV file within its source's limits. No row is guessed at."""

import csv
import io
import stat
from pathlib import Path
from threading import Lock

from callroom_menus.sources import Source

Row = dict[str, str]
Fingerprint = tuple[int, int, int]


class SourceFailed(Exception):  # noqa: N818 - what happened, as the events of the robot are named
    """A source could not be asked.

    The message is for the log and the record: it names what is wrong, never what was asked or answered.
    """


class Table:
    """One CSV, read again when the file has changed. Any thread may search it."""

    def __init__(self, path: Path, source: Source) -> None:
        self._path = path
        self._source = source
        self._lock = Lock()
        self._seen: Fingerprint | None = None
        self._rows: dict[str, Row] = {}

    def find(self, key: str) -> Row | None:
        """The row whose key column holds this. Nothing is found by an empty key.

        Raises:
            SourceFailed: the file cannot be used.
        """
        with self._lock:
            try:
                self._look()
            except OSError as error:
                raise self._failed(error.strerror or type(error).__name__) from error
            return self._rows.get(key) if key else None

    def _look(self) -> None:
        status = self._path.stat()
        seen = status.st_ino, status.st_mtime_ns, status.st_size
        if seen == self._seen:
            return
        if not stat.S_ISREG(status.st_mode):
            raise self._failed("it is no file")  # to open a pipe would be to wait for whoever writes
        self._seen = None
        self._rows = self._read()
        self._seen = seen

    def _read(self) -> dict[str, Row]:
        limit = self._source.max_bytes
        with self._path.open("rb") as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise self._failed(f"it has more than {limit} bytes")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise self._failed("it is not UTF-8", line) from error
        return self._indexed(text)

    def _indexed(self, text: str) -> dict[str, Row]:
        """The rows by key. In one that has more or fewer cells than the header, nobody knows what is what."""
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows: dict[str, Row] = {}
        try:
            header = next(reader, list[str]())
            if self._source.key not in header:
                raise self._failed(f"there is no column {self._source.key}", 1)
            place = header.index(self._source.key)
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(header):
                    found = f"{len(cells)} cells where the header has {len(header)}"
                    raise self._failed(found, reader.line_num)
                if cells[place] in rows:
                    raise self._failed(f"an earlier row has the same {self._source.key}", reader.line_num)
                rows[cells[place]] = dict(zip(header, cells, strict=True))
        except csv.Error as error:
            raise self._failed(str(error), reader.line_num) from error
        return rows

    def _failed(self, reason: str, line: int = 0) -> SourceFailed:
        place = f"{self._path.name}:{line}" if line else self._path.name
        return SourceFailed(f"{self._source.name}: {place}: {reason}")
