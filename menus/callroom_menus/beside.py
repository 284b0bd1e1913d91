"""What a menu file needs of the files beside it: the menus that it calls, and the tables that it asks."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from callroom_menus.documents import open_document
from callroom_menus.events import Input, Lookup, LookupDone, LookupFailed, LookupMissing
from callroom_menus.loader import check_calls, is_menu, load
from callroom_menus.problems import MenuError
from callroom_menus.shelf import Shelf, library, shipped
from callroom_menus.sources import NAME as SOURCES
from callroom_menus.sources import Source, load_sources
from callroom_menus.tables import SourceFailed, Table


def load_with_called(path: Path) -> Shelf:
    """The menu in this file, and all that it calls: from the same folder, else of those that ship.

    Raises:
        MenuError: with what is wrong with any of them.
    """
    menu = load(path)
    found = {menu.id: menu}
    files = _menus_beside(path)
    wanted = [menu]
    while wanted:
        for call in wanted.pop().calls:
            file = files.get(call.menu) or (shipped(call.menu) if call.menu in library() else None)
            if call.menu not in found and file is not None:
                found[call.menu] = load(file)
                wanted.append(found[call.menu])
    if problems := check_calls(found):
        raise MenuError(problems)
    return Shelf(found.values(), menu.id)


def _menus_beside(path: Path) -> dict[str, Path]:
    """The other menus of the folder by id, as far as they can be read: a broken one is nobody's."""
    found: dict[str, Path] = {}
    for file in sorted(path.parent.glob("*.toml")):
        if is_menu(file) and file != path:
            with suppress(MenuError):
                id_ = open_document(file).table.get("id")
                if isinstance(id_, str):
                    found.setdefault(id_, file)
    return found


class Tables:
    """The tables of a `sources.toml`, for trying a menu: only CSV files are asked, and no address ever."""

    def __init__(self, sources: dict[str, Source], folder: Path) -> None:
        self._tables = {
            name: Table(folder / source.file, source)
            for name, source in sources.items()
            if source.kind == "csv"
        }

    def answer(self, lookup: Lookup) -> Input | None:
        """The answer of its table; None if the look-up asks something else."""
        table = self._tables.get(lookup.source)
        if table is None:
            return None
        try:
            row = table.find(lookup.key)
        except SourceFailed as error:
            return LookupFailed(lookup.ticket, str(error))
        return LookupMissing(lookup.ticket) if row is None else LookupDone(lookup.ticket, row)


def tables_beside(path: Path) -> Tables:
    """The tables of the `sources.toml` beside a menu file; none if there is no such file.

    Raises:
        MenuError: with what is wrong with it.
    """
    file = path.parent / SOURCES
    return Tables(load_sources(file) if file.exists() else {}, path.parent)
