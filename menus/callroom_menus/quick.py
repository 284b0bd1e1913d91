"""TOML as menus are written, read by the line: several times quicker than tomllib, for what it understands.

It understands statements that end on their own line. A value that it does not know (`1.5`, an escape) is left
to tomllib, by the line. Where a statement goes on over lines, where `[[tables]]` come, or where anything is
wrong, it knows nothing at all: tomllib reads the file, and judges it. So a mistake is told as ever, and
whatever is read here is what tomllib would read.
"""

from __future__ import annotations

import re
import tomllib
from typing import TypeGuard

from callroom_menus.positions import Part, Path

Table = dict[str, object]

MAX_DEPTH = 64  # keys in one header or before one `=`: more is nobody's menu

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
# Each part of a pattern begins with a sign that no part before it can take: none of them can be slow.
_NAME = "[A-Za-z0-9_-]+"
_KEY = rf"""(?:{_NAME}|"[^"\\]*"|'[^']*')"""
_KEYS = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_TEXT = r"""(?:"(?!"")[^"\\]*"|'(?!'')[^']*')"""
_TEXTS = rf"\[[ \t]*{_TEXT}(?:[ \t]*,[ \t]*{_TEXT})*[ \t]*\]"
_VALUE = rf"(?:{_TEXT}|{_TEXTS}|true|false|0|[1-9][0-9]{{0,14}})"
_PAIR = rf"[ \t]*{_NAME}[ \t]*=[ \t]*{_VALUE}[ \t]*"
_LINE = re.compile(
    rf"""(?:
        (?P<key>{_KEYS})[ \t]*=[ \t]*
            (?:(?P<plain>{_VALUE}) | (?P<inline>\{{{_PAIR}(?:,{_PAIR})*\}}) | (?P<other>[^ \t\#].*))
      | \[[ \t]*(?P<header>{_KEYS})[ \t]*\]
    )?[ \t]*(?:\#.*)?""",
    re.VERBOSE,
)
_PARTS = re.compile(_KEY)
_PAIRS = re.compile(rf"({_NAME})[ \t]*=[ \t]*({_VALUE})")
_ITEMS = re.compile(_TEXT)


class Unknown(Exception):  # noqa: N818 - it says nothing of the file being wrong
    """This is for tomllib."""


class Reading:
    """A file read by the line: its `table`, and its `parts` for whoever looks for a place in it."""

    def __init__(self, source: str) -> None:
        self.table: Table = {}
        self.parts: list[Part] = []
        self._path: Path = ()
        self._here = self.table
        self._headed: set[Path] = set()
        self._open = {id(self.table)}  # tables that a header may lead into
        self._dotted: set[int] = set()  # tables made by dotted keys of this part of the file
        begins = at = 0
        for line in source.split("\n"):
            match = _LINE.fullmatch(line.strip(" \t"))
            if match is None:
                raise Unknown
            key, plain, inline, other, header = match.groups()
            if key is not None:
                self._set(key, _plain(plain) if plain else _inline(inline) if inline else _other(other))
            elif header is not None:
                self.parts.append(Part(self._path, begins, at))
                self._enter(header)
                begins = at
            at += len(line) + 1
        self.parts.append(Part(self._path, begins, len(source)))

    def _enter(self, header: str) -> None:
        """`[a.b]`: a table of its own, not one made before but as the way to another."""
        self._path = path = _names(header)
        if path in self._headed:
            raise Unknown
        self._headed.add(path)
        table = self.table
        for name in path:
            below = table.get(name)
            if below is None:
                made: Table = {}
                table[name] = below = made
                self._open.add(id(made))
            elif not is_table(below) or id(below) not in self._open:
                raise Unknown
            table = below
        self._here = table
        self._dotted = set()

    def _set(self, key: str, value: object) -> None:
        """`a.b = value`: nothing may be there, and a table on the way must have come the same way."""
        table = self._here
        names = _names(key)
        for name in names[:-1]:
            below = table.get(name)
            if below is None:
                made: Table = {}
                table[name] = below = made
                self._dotted.add(id(made))
            elif not is_table(below) or id(below) not in self._dotted:
                raise Unknown
            table = below
        if names[-1] in table:
            raise Unknown
        table[names[-1]] = value


def read(source: str) -> Reading | None:
    """The file, or None if it is for tomllib."""
    if _CONTROL.search(source):
        return None
    try:
        return Reading(source)
    except (Unknown, ValueError, RecursionError):  # what tomllib says of one line, it says of the file
        return None


def is_table(value: object) -> TypeGuard[Table]:
    """Whether this is a table; its keys are texts, for TOML knows no others."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[object]]:
    """Whether this is an array."""
    return isinstance(value, list)


def _names(key: str) -> tuple[str, ...]:
    if '"' not in key and "'" not in key and " " not in key and "\t" not in key:
        names = tuple(key.split("."))
    else:
        names = tuple(part[1:-1] if part[0] in "\"'" else part for part in _PARTS.findall(key))
    if len(names) > MAX_DEPTH:
        raise Unknown
    return names


def _plain(text: str) -> object:
    sign = text[0]
    if sign in "\"'":
        return text[1:-1]
    if sign == "[":
        return [item[1:-1] for item in _ITEMS.findall(text)]
    return text == "true" if sign in "tf" else int(text)


def _inline(text: str) -> Table:
    pairs = _PAIRS.findall(text)
    table = {name: _plain(value) for name, value in pairs}
    if len(table) < len(pairs):
        raise Unknown
    return table


def _other(text: str) -> object:
    """A value that only tomllib knows, if it ends with its line."""
    return tomllib.loads(f"_ = {text}")["_"]
