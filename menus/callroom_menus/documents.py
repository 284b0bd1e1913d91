"""A TOML file of menus: its values as they come, and where they stand."""

from __future__ import annotations

import tomllib
from pathlib import Path as FilePath

from callroom_menus import quick
from callroom_menus.positions import Path, Positions
from callroom_menus.problems import MenuError
from callroom_menus.quick import Table
from callroom_menus.reading import read_source, toml_problem


class Document:
    """A file, its normalised source, and its table, which nobody changes. Its places wait until one is asked.

    Raises:
        MenuError: it is no TOML.
    """

    def __init__(self, file: str, source: str) -> None:
        self.file = file
        self.source = source
        read = quick.read(source)
        self.positions = Positions(source, () if read is None else read.parts)
        try:
            self.table: Table = tomllib.loads(source) if read is None else read.table
        except (ValueError, RecursionError) as error:  # ValueError: also a date or a number that cannot be
            raise MenuError((toml_problem(source, file, str(error)),)) from error

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column of a path, or of the longest part of it that is there."""
        return self.positions.find(path)


def open_document(file: FilePath | str) -> Document:
    """The document in this file.

    Raises:
        MenuError: it cannot be read, or is no TOML.
    """
    return Document(str(file), read_source(file))
