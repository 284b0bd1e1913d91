"""Look-ups of the robot: a row of a table, or the answer of an address, within the source's limits."""

import csv
import io
import stat
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from callroom_menus.sources import Source
from callroom_server.app.asking import Row, SourceFailed, ask
from callroom_server.core.effects import LookupJob

Fingerprint = tuple[int, int, int]


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


class Lookups:
    """Every source of the operator's menus and of those that ship. `find` blocks: it is for workers."""

    def __init__(self, sources: Mapping[str, tuple[Source, Path]]) -> None:
        self._sources = {name: source for name, (source, _) in sources.items()}
        self._tables = {
            name: Table(folder / source.file, source)
            for name, (source, folder) in sources.items()
            if source.kind == "csv"
        }

    def find(self, job: LookupJob) -> Row | None:
        """The row, or None if there is none.

        Raises:
            SourceFailed: the source is not there, down, slow, too big or malformed.
        """
        source = self._sources.get(job.source)
        if source is None:
            raise SourceFailed(f"{job.source}: there is no such source")
        table = self._tables.get(job.source)
        return table.find(job.key) if table is not None else ask(source, source.address(job.key, job.args))
