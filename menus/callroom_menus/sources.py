"""Reads `sources.toml`: where look-ups may ask. The asking is the server's, within these limits.

[source.accounts]
kind = "csv"
file = "accounts.csv"       # beside this file; UTF-8, a header, at most max_bytes
key = "phone"               # the column that is searched

[source.bills]
kind = "http"
url = "https://billing.example/v1/{key}?month={month}"
allow = ["billing.example"] # the only hosts asked, redirects included; the answer is a JSON object
timeout = 3
max_bytes = 65536
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import quote, urlsplit

import msgspec

from callroom_menus.documents import Document
from callroom_menus.problems import MenuError
from callroom_menus.reading import normalised, read_source
from callroom_menus.sections import Book, Section

NAME = "sources.toml"
DEFAULT_TIMEOUT = 5.0  # seconds
MAX_TIMEOUT = 60
DEFAULT_BYTES = {"csv": 16_777_216, "http": 65_536}
MAX_BYTES = 268_435_456

_PLACE = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9a-fA-F:.]{2,45}")


class Source(msgspec.Struct, frozen=True):
    """Where a look-up asks: a `csv` by file and key column, an `http` by address and allowed hosts."""

    name: str
    kind: Literal["csv", "http"]
    file: str = ""
    key: str = ""
    url: str = ""
    allow: tuple[str, ...] = ()
    timeout: float = DEFAULT_TIMEOUT
    max_bytes: int = 0

    def address(self, key: str, args: dict[str, str]) -> str:
        """The address to ask, its places filled; whatever is filled in stays one part of it."""
        values = {"key": key, **args}
        return _PLACE.sub(lambda place: quote(values.get(place[1], ""), safe=""), self.url)


def load_sources(path: Path | str) -> dict[str, Source]:
    """The sources in this file, by name.

    Raises:
        MenuError: with everything that is wrong with it.
    """
    return parse_sources(read_source(path), str(path))


def parse_sources(text: str, name: str) -> dict[str, Source]:
    """The sources in this text, by name; `name` is the file's name in problems.

    Raises:
        MenuError: with everything that is wrong with it.
    """
    document = Document(name, normalised(text))
    book = Book(name, document.positions)
    top = Section(book, (), document.table)
    sources = top.table("source")
    found = {source: _source(sources.table(source), source) for source in sources}
    top.close()
    if problems := book.found():
        raise MenuError(problems)
    return found


def _source(section: Section, name: str) -> Source:
    kind = section.need("kind", 'kind = "csv"')
    timeout = section.number("timeout", 0.1, MAX_TIMEOUT)
    max_bytes = section.whole("max_bytes", 1, MAX_BYTES)
    limits = float(timeout or DEFAULT_TIMEOUT), max_bytes or DEFAULT_BYTES.get(kind, 1)
    if kind == "http":
        allow = section.texts("allow") or ()
        for index, host in enumerate(allow):
            if not _HOST.fullmatch(host):
                section.book.add((*section.path, "allow", index), "bad-host", host=host)
        source = Source(name, "http", "", "", _url(section, allow), allow, *limits)
    else:
        if kind not in ("csv", ""):
            section.add("kind", "bad-value", field="kind", value=kind, choices="csv, http")
        source = Source(name, "csv", _file(section), section.need("key", 'key = "phone"'), "", (), *limits)
    section.close()
    return source


def _file(section: Section) -> str:
    """A file beside the sources or below: never one elsewhere."""
    name = section.need("file", 'file = "accounts.csv"')
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        section.add("file", "bad-file", name=name)
    return name


def _url(section: Section, allow: tuple[str, ...]) -> str:
    url = section.need("url", 'url = "https://..."')
    if not url:
        return url
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:  # a port that is none, a bracket left open
        section.add("url", "bad-url")
        return url
    if parts.scheme not in ("http", "https") or not host or "{" in parts.netloc or "@" in parts.netloc:
        section.add("url", "bad-url")
    elif host not in {name.lower() for name in allow}:
        section.add("url", "host-not-allowed", host=host)
    return url
