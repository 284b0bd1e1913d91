"""Look-ups of the robot: a row of a table, or the answer of an address, within the source's limits."""

import csv
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import msgspec

from callroom_menus.sources import Source
from callroom_server.core.effects import LookupJob

READ_BYTES = 16 * 1024
MAX_FIELDS = 200
MAX_VALUE = 2_000
"""So many characters of one value: it is said to a caller, or compared."""

Row = dict[str, str]

decode_fields = msgspec.json.Decoder(dict[str, str | int | float | bool | None]).decode


class SourceFailed(Exception):  # noqa: N818 - what happened, as the events of the robot are named
    """A source could not be asked; the message is for the record and the operator."""


class Table:
    """One CSV, read again when the file has changed."""

    def __init__(self, path: Path, source: Source) -> None:
        self._path = path
        self._source = source
        self._seen: tuple[int, int] | None = None
        self._rows: dict[str, Row] = {}

    def find(self, key: str) -> Row | None:
        """The row whose key column holds this.

        Raises:
            SourceFailed: the file cannot be used.
        """
        try:
            status = self._path.stat()
            if (status.st_mtime_ns, status.st_size) != self._seen:
                self._rows = self._read(status.st_size)
                self._seen = status.st_mtime_ns, status.st_size
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise SourceFailed(f"{self._path.name}: {error}") from error
        return self._rows.get(key)

    def _read(self, size: int) -> dict[str, Row]:
        if size > self._source.max_bytes:
            raise SourceFailed(f"{self._path.name} has {size} bytes; the limit is {self._source.max_bytes}")
        with self._path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if self._source.key not in (reader.fieldnames or ()):
                raise SourceFailed(f"{self._path.name} has no column {self._source.key}")
            rows = [{name: value or "" for name, value in row.items() if name} for row in reader]
        return {row[self._source.key]: row for row in rows}


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
            raise SourceFailed(f"there is no source {job.source}")
        table = self._tables.get(job.source)
        return table.find(job.key) if table is not None else ask(source, source.address(job.key, job.args))


class _Allowed(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to a host that the source allows."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Only to where the operator said."""
        check_host(self._source, newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def check_host(source: Source, url: str) -> None:
    """Refuses an address whose host is not on the source's list.

    Raises:
        SourceFailed: it is not.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or (parts.hostname or "") not in {
        h.lower() for h in source.allow
    }:
        raise SourceFailed(f"{source.name}: {parts.hostname or parts.scheme} is not allowed")


def ask(source: Source, url: str) -> Row | None:
    """The JSON object at this address as a row; None if the answer is 404.

    `timeout` holds for each step of the connection and, checked between pieces, for the whole answer.

    Raises:
        SourceFailed: anything else.
    """
    check_host(source, url)
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        _Allowed(source),
    ):
        opener.add_handler(handler)
    request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "callroom"})
    deadline = time.monotonic() + source.timeout
    try:
        answer = opener.open(request, timeout=source.timeout)
        with answer:
            return _row(source, _body(source, answer, deadline))
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 404:
                return None
            raise SourceFailed(f"{source.name}: status {error.code}") from error
    except (OSError, ValueError) as error:
        raise SourceFailed(f"{source.name}: {error}") from error


def _body(source: Source, answer: HTTPResponse, deadline: float) -> bytes:
    body = bytearray()
    while piece := answer.read1(READ_BYTES):
        body += piece
        if len(body) > source.max_bytes:
            raise SourceFailed(f"{source.name}: the answer is longer than {source.max_bytes} bytes")
        if time.monotonic() > deadline:
            raise SourceFailed(f"{source.name}: no whole answer within {source.timeout:g} s")
    return bytes(body)


def _row(source: Source, body: bytes) -> Row:
    try:
        fields = decode_fields(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SourceFailed(f"{source.name}: the answer is no flat JSON object: {error}") from error
    if len(fields) > MAX_FIELDS:
        raise SourceFailed(f"{source.name}: the answer has more than {MAX_FIELDS} fields")
    return {name: "" if value is None else str(value)[:MAX_VALUE] for name, value in fields.items()}
