"""Which menus the robot has: those that ship, and over them the operator's own."""

from collections.abc import Mapping

from callroom_menus.library import load_folder, shipped_folder
from callroom_menus.model import Menu
from callroom_menus.problems import MenuError

from callroom_server.config.settings import Settings


def menus_of(settings: Settings) -> Mapping[str, Menu]:
    """All menus by name; the operator's replace those that ship under the same name.

    Raises:
        MenuError: a file is wrong, or the menu that answers callers is not there.
    """
    raise MenuError
