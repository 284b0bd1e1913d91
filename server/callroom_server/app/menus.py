"""Which menus the robot has: those that ship, and over them the operator's own."""

from collections.abc import Mapping

from callroom_menus.loader import load, load_folder
from callroom_menus.model import Menu
from callroom_menus.shelf import library, shipped
from callroom_server.config.settings import Settings


class NoSuchMenu(LookupError):  # noqa: N818 - like KeyError, it is not always an error
    """The menu that answers callers is not there; the message says which there are."""


def shipped_menus() -> dict[str, Menu]:
    """The menus that ship, by name."""
    return {name: load(shipped(name)) for name in library()}


def menus_of(settings: Settings) -> Mapping[str, Menu]:
    """All menus by name; the operator's replace those that ship under the same name.

    Raises:
        MenuError: a file is wrong.
        NoSuchMenu: the menu that answers callers is not there.
    """
    menus = shipped_menus()
    if settings.menus is not None:
        menus |= load_folder(settings.menus)
    if settings.menu not in menus:
        raise NoSuchMenu(f'there is no menu "{settings.menu}"; choose one of {", ".join(sorted(menus))}')
    return menus
