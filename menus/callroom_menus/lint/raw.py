"""Reading TOML as it comes: what is not of the wanted kind counts as not there, for the loader tells it."""

from __future__ import annotations

import tomllib
from functools import cached_property
from typing import TypeGuard

from callroom_menus.positions import Path, Positions

Table = dict[str, object]


class Document:
    """A TOML file: its values, and the places of them, which are looked for when the first is asked."""

    def __init__(self, file: str, source: str) -> None:
        self.file = file
        self.table: Table = tomllib.loads(source)
        self._source = source

    @cached_property
    def _positions(self) -> Positions:
        return Positions(self._source)

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column of a path, or of the longest part of it that is there."""
        return self._positions.find(path)


def is_table(value: object) -> TypeGuard[Table]:
    """Whether this is a table; its keys are texts, for TOML knows no others."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[object]]:
    """Whether this is an array."""
    return isinstance(value, list)


def table(of: Table, field: str) -> Table:
    """The table in this field; an empty one if there is none."""
    value = of.get(field)
    return value if is_table(value) else {}


def tables(of: Table, field: str) -> list[Table]:
    """The tables in the array of this field, in order."""
    value = of.get(field)
    return [item for item in value if is_table(item)] if is_list(value) else []


def text(of: Table, field: str) -> str:
    """The text in this field; empty if there is none."""
    value = of.get(field)
    return value if isinstance(value, str) else ""


def texts(of: Table, field: str) -> list[tuple[int, str]]:
    """The texts in the array of this field, each with its index."""
    value = of.get(field)
    if not is_list(value):
        return []
    return [(index, item) for index, item in enumerate(value) if isinstance(item, str)]
