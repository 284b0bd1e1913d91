"""Where menus are found: those that ship, and the shelf with every version that a call still uses."""

from collections.abc import Collection, Iterable
from importlib.resources import files
from pathlib import Path

from callroom_menus.loader import is_menu
from callroom_menus.model import Menu


class Shelf:
    """Menus by id. A call stays on the version that it began with, as long as that is here.

    `home` is the id of the menu that answers a caller who names none; it must be among the menus.
    """

    def __init__(self, menus: Iterable[Menu], home: str) -> None:
        self._home = home
        self._newest: dict[str, Menu] = {}
        self._versions: dict[tuple[str, str], Menu] = {}
        self.put(menus)

    def find(self, id: str, hash: str) -> Menu | None:  # noqa: A002 - the names of a menu's fields
        """The version with this hash; if it is gone, the newest; None if there is no such menu."""
        return self._versions.get((id, hash)) or self._newest.get(id)

    def first(self) -> Menu:
        """The menu that a new call begins with."""
        return self._newest[self._home]

    def newest(self) -> dict[str, Menu]:
        """All menus by id, as new calls find them."""
        return dict(self._newest)

    def put(self, menus: Iterable[Menu]) -> None:
        """New calls find these; the versions they replace stay until they are taken away.

        Raises:
            KeyError: the home menu is not among them; nothing has changed.
        """
        newest = {menu.id: menu for menu in menus}
        if self._home not in newest:
            raise KeyError(self._home)
        self._newest = newest
        self._versions |= {(menu.id, menu.hash): menu for menu in newest.values()}

    def keep(self, used: Collection[tuple[str, str]]) -> None:
        """Takes away every replaced version but these: (menu, hash) of the frames of live calls."""
        newest = {(menu.id, menu.hash) for menu in self._newest.values()}
        for version in [version for version in self._versions if version not in newest]:
            if version not in used:
                del self._versions[version]


STARTERS = {"zh": "starter", "en": "starter-en"}
"""The shipped menus that authors begin with (`callroom menus new`), by the language they write in; no house
answers with one by itself."""


def library() -> tuple[str, ...]:
    """The names of the shipped menus, sorted; their translations are not menus of their own."""
    return tuple(sorted(file.stem for file in _folder().glob("*.toml") if is_menu(file)))


def shipped(name: str, kind: str = "toml") -> Path:
    """The file of a shipped menu: `toml` for the menu, `chat` for its transcripts.

    Raises:
        KeyError: no such menu ships.
    """
    if name not in library():
        raise KeyError(name)
    return _folder() / f"{name}.{kind}"


def _folder() -> Path:
    return Path(str(files("callroom_menus").joinpath("library")))
