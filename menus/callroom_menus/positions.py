"""Where each key and value of a TOML source stands: tomllib reads values but keeps no positions.

The source has passed tomllib before it comes here: the scanner only has to follow it, never to judge it.
A path is the keys from the top, and the index inside an array: `("node", "main", "keys", "1", "words", 0)`.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t]+ | \#[^\n]*)
  | (?P<line>\n)
  | (?P<string>\"\"\"(?:\\[\s\S]|[^\\])*?\"\"\"\"{0,2} | '''[\s\S]*?''''{0,2}
            | "(?:\\.|[^"\\\n])*" | '[^'\n]*')
  | (?P<sign>[\[\]{}=,.])
  | (?P<bare>[^\s\[\]{}=,.\#"']+)
    """,
    re.VERBOSE,
)


class Part(NamedTuple):
    """A part of a source that can be scanned by itself: from a header to the next; the path that it opens."""

    path: Path
    begins: int
    ends: int


class Positions:
    """Line and column (both from 1, in characters) of every key and array element of a TOML source.

    Nothing is scanned before a position is asked for, and then, if the source's `parts` are known, only those
    in which the path can stand: most menus have few problems, or none.
    """

    def __init__(self, source: str, parts: Sequence[Part] = ()) -> None:
        self._source = source
        self._parts = parts or (Part((), 0, len(source)),)
        self._scanned: dict[int, dict[Path, int]] = {}

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self._source))]

    @cached_property
    def _opening(self) -> dict[Path, list[int]]:
        """Which parts open just this path, and the first one of those that open something in it."""
        opening: dict[Path, list[int]] = {}
        for number, part in enumerate(self._parts):
            opening.setdefault(part.path, []).append(number)
            for length in range(len(part.path)):
                opening.setdefault(part.path[:length], [number])
        return opening

    def find(self, path: Path) -> tuple[int, int]:
        """Where the path stands; if it is not in the source, the longest part of it that is (or the top)."""
        offset = None
        while path and (offset := self._offset(path)) is None:
            path = path[:-1]
        offset = offset or 0
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def _offset(self, path: Path) -> int | None:
        opening = self._opening
        parts = {number for length in range(len(path) + 1) for number in opening.get(path[:length], ())}
        found = (self._scan(number).get(path) for number in sorted(parts))
        return next((offset for offset in found if offset is not None), None)

    def _scan(self, number: int) -> dict[Path, int]:
        if number not in self._scanned:
            _, begins, ends = self._parts[number]
            try:
                self._scanned[number] = _Scanner(self._source, begins, ends).scan()
            except (
                RecursionError
            ):  # nested to the very depth that tomllib could still bear: all is at the top
                self._scanned[number] = {}
        return self._scanned[number]


class _Scanner:
    """Walks the tokens once, noting the offset of each key where it is first seen."""

    def __init__(self, source: str, begins: int, ends: int) -> None:
        self._tokens: list[tuple[str, str, int]] = [
            (match.lastgroup or "", match[0], match.start())
            for match in _TOKEN.finditer(source, begins, ends)
            if match.lastgroup != "space"
        ]
        self._next = 0
        self._offsets: dict[Path, int] = {}
        self._arrays: dict[Path, int] = {}  # arrays of tables: how many elements so far

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while self._next < len(self._tokens):
            if self._skip("\n"):
                continue
            table = self._header() if self._peek() == "[" else self._pair(table)
        return self._offsets

    def _peek(self) -> str:
        return self._tokens[self._next][1] if self._next < len(self._tokens) else ""

    def _skip(self, text: str) -> bool:
        if self._peek() != text:
            return False
        self._next += 1
        return True

    def _header(self) -> Path:
        """`[a.b]` or `[[a.b]]`: the path that the pairs below it belong to."""
        self._skip("[")
        repeated = self._skip("[")
        offset = self._tokens[self._next][2]
        path = self._key(())
        if repeated:
            if isinstance(path[-1], int):  # not the first of them: the key led into the one before
                path = path[:-1]
            index = self._arrays.get(path, 0)
            self._arrays[path] = index + 1
            path = (*path, index)
            self._offsets[path] = offset
        while self._skip("]"):
            pass
        return path

    def _pair(self, table: Path) -> Path:
        path = self._key(table)
        self._skip("=")
        self._value(path)
        return table

    def _key(self, table: Path) -> Path:
        """A dotted key, each part noted; ends on the first token that is no part of it."""
        parts: list[str | int] = list(table)
        while True:
            kind, text, offset = self._tokens[self._next]
            self._next += 1
            parts.append(_name(kind, text))
            self._offsets.setdefault(tuple(parts), offset)
            if (elements := self._arrays.get(tuple(parts))) is not None:
                parts.append(elements - 1)
            if not self._skip("."):
                return tuple(parts)

    def _value(self, path: Path) -> None:
        if self._skip("["):
            self._array(path)
        elif self._skip("{"):
            while not self._skip("}"):
                if not (self._skip(",") or self._skip("\n")):
                    self._pair(path)
        else:  # a string, or bare words: `1.5` and `07:30` are several tokens
            while self._peek() not in ("", "\n", ",", "]", "}"):
                self._next += 1

    def _array(self, path: Path) -> None:
        index = 0
        while not self._skip("]"):
            if self._skip(",") or self._skip("\n"):
                continue
            self._offsets[(*path, index)] = self._tokens[self._next][2]
            self._value((*path, index))
            index += 1


def _name(kind: str, text: str) -> str:
    if kind != "string":
        return text
    value: str = tomllib.loads(f"key = {text}")["key"]
    return value
