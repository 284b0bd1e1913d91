"""Where each key and value of a TOML source stands: tomllib reads values but keeps no positions.

The source has passed tomllib before it comes here: the scanner only has to follow it, never to judge it.
A path is the keys from the top, and the index inside an array: `("node", "main", "keys", "1", "words", 0)`.
"""

import re
import tomllib
from bisect import bisect_right
from functools import cached_property

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


class Positions:
    """Line and column (both from 1, in characters) of every key and array element of a TOML source.

    The source is scanned when a position is first asked for: a menu without a problem never asks.
    """

    def __init__(self, source: str) -> None:
        self._source = source

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self._source))]

    @cached_property
    def _offsets(self) -> dict[Path, int]:
        try:
            return _Scanner(self._source).scan()
        except RecursionError:  # nested to the very depth that tomllib could still bear: all is at the top
            return {}

    def find(self, path: Path) -> tuple[int, int]:
        """Where the path stands; if it is not in the source, the longest part of it that is (or the top)."""
        while path and path not in self._offsets:
            path = path[:-1]
        offset = self._offsets.get(path, 0)
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1


class _Scanner:
    """Walks the tokens once, noting the offset of each key where it is first seen."""

    def __init__(self, source: str) -> None:
        self._tokens: list[tuple[str, str, int]] = [
            (match.lastgroup or "", match[0], match.start())
            for match in _TOKEN.finditer(source)
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
