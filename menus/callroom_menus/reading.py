"""Reads the files of menus: bounded, UTF-8, normalised; and says where they are no TOML."""

from __future__ import annotations

import re
from pathlib import Path

from callroom_menus.problems import MenuError, Problem, problem

MAX_BYTES = 1_048_576

_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_FULL_WIDTH = re.compile(
    "[\u2018\u2019\u201c\u201d\u3010\u3011\uff03\uff0c\uff1a\uff1d\uff3b\uff3d\uff5b\uff5d]"
)

# How the reasons of tomllib begin, and what an author has most likely done; any other is told as it is.
_KEY = ("Invalid initial character for a key part", "Invalid statement", "Expected '='", "Expected ']'")
_MISTAKES = {
    "Illegal character '\\n'": "open-text",
    "Invalid value": "no-quotes",
    "Cannot overwrite a value": "given-twice",
    "Cannot declare": "given-twice",
    "Cannot redefine namespace": "given-twice",
    "Cannot mutate immutable namespace": "given-twice",
    "Duplicate inline table key": "given-twice",
}


def read_source(path: Path | str) -> str:
    """The text of a menu file or a transcript, normalised: no byte-order mark, lines ending in LF.

    Raises:
        MenuError: it cannot be read, is too big, or is not UTF-8.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise MenuError(
            (problem(str(path), 1, 1, "unreadable", reason=error.strerror or str(error)),)
        ) from error
    if len(data) > MAX_BYTES:
        raise MenuError((problem(str(path), 1, 1, "too-big", limit=MAX_BYTES),))
    try:
        return normalised(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise MenuError((problem(str(path), line, column, "not-utf8"),)) from error


def normalised(text: str) -> str:
    """Without what an editor may add unasked: a byte-order mark, CR LF, or no line ending at the end."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n") + "\n"


def toml_problem(source: str, name: str, reason: str) -> Problem:
    """What is wrong with a text that is no TOML; `reason` is the parser's."""
    place = _TOML_PLACE.search(reason)
    if place is None:  # at the end of the document, or about the whole of it
        return problem(name, source.count("\n"), 1, "toml", reason=reason)
    line, column = int(place[1]), int(place[2])
    written = source.split("\n")[line - 1]
    sign = written[column - 1 : column]
    if _FULL_WIDTH.match(sign):
        return problem(name, line, column, "full-width", sign=sign)
    if reason.startswith(_KEY) and sign.isalpha() and not sign.isascii():
        return problem(name, line, column, "name-not-ascii", sign=sign)
    if not sign and written.count("{") > written.count("}"):
        return problem(name, line, column, "table-over-lines")
    for begins, code in _MISTAKES.items():
        if reason.startswith(begins):
            return problem(name, line, column, code)
    return problem(name, line, column, "toml", reason=reason[: place.start()])
