"""Which menus the robot has: those that ship, over them the operator's own; read again when they change."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from callroom_menus.loader import load, load_folder
from callroom_menus.model import Menu
from callroom_menus.shelf import STARTERS, Shelf, library, shipped
from callroom_menus.sources import NAME as SOURCES
from callroom_menus.sources import Source, load_sources
from callroom_server.app.lookups import Lookups
from callroom_server.config.settings import Settings

LOOK_SECONDS = 0.5
"""How often the folder of menus is looked at: a few stat calls. What is new is read when two looks agree."""

Fingerprint = tuple[tuple[str, int, int, int], ...]


class NoSuchMenu(LookupError):  # noqa: N818 - like KeyError, it is not always an error
    """The menu that answers callers, or the operator's folder, is not there; the message says so."""


def shipped_menus() -> dict[str, Menu]:
    """The menus that ship, by name."""
    return {name: load(shipped(name)) for name in library() if name not in STARTERS.values()}


def all_menus(settings: Settings) -> dict[str, Menu]:
    """All menus by id; the operator's replace those that ship under the same id.

    Raises:
        MenuError: a file is wrong.
        NoSuchMenu: the menu that answers callers is not there, or the operator's folder is not.
    """
    menus = shipped_menus()
    if settings.menus is not None:
        if not settings.menus.is_dir():  # perhaps a disk that is not mounted: not the same as no menus
            raise NoSuchMenu(f"there is no folder {settings.menus}")
        menus |= load_folder(settings.menus, menus)
    if settings.menu not in menus:
        raise NoSuchMenu(f'there is no menu "{settings.menu}"; choose one of {", ".join(sorted(menus))}')
    return menus


def all_sources(settings: Settings) -> dict[str, tuple[Source, Path]]:
    """All sources by name, each with the folder of its files; the operator's replace those that ship.

    Raises:
        MenuError: `sources.toml` is wrong.
    """
    found: dict[str, tuple[Source, Path]] = {}
    for folder in (shipped(library()[0]).parent, settings.menus):
        if folder is not None and (folder / SOURCES).is_file():
            found |= {name: (source, folder) for name, source in load_sources(folder / SOURCES).items()}
    return found


class Menus:
    """The shelf and the sources, and the watch over the operator's folder.

    A call stays on the version that it began with; new calls find the newest. A broken file changes nothing.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.shelf = Shelf(all_menus(settings).values(), settings.menu)
        self.lookups = Lookups(all_sources(settings))
        self._read_at = self._seen = self._fingerprint()

    def changed(self) -> bool:
        """Whether a file has come, gone or changed since the menus were read, and not since the last look.

        So nothing is read that is half written, or away for the moment in which an editor replaces it.
        """
        before, self._seen = self._seen, self._fingerprint()
        return self._seen == before != self._read_at

    def noticed(self) -> None:
        """What is in the folder now is being read: no need to notice it again."""
        self._read_at = self._seen = self._fingerprint()

    def read(self) -> tuple[dict[str, Menu], Lookups]:
        """Reads everything anew, for a worker; nothing is changed yet.

        Raises:
            MenuError, NoSuchMenu: something is wrong.
        """
        return all_menus(self._settings), Lookups(all_sources(self._settings))

    def take(self, menus: dict[str, Menu], lookups: Lookups, used: Iterable[tuple[str, str]]) -> list[str]:
        """From now on these; versions in `used` stay for their calls. What is new, changed, gone."""
        before = self.shelf.newest()
        self.shelf.put(menus.values())
        self.shelf.keep(set(used))
        self.lookups = lookups
        hashes = [{name: menu.hash for name, menu in each.items()} for each in (before, menus)]
        return sorted({name for name, _ in hashes[0].items() ^ hashes[1].items()})

    def _fingerprint(self) -> Fingerprint:
        return tuple(sorted(self._files()))

    def _files(self) -> Iterator[tuple[str, int, int, int]]:
        folder = self._settings.menus
        if folder is None:
            return
        try:
            for path in folder.glob("*.toml"):
                status = path.stat()
                yield path.name, status.st_ino, status.st_mtime_ns, status.st_size
        except OSError:  # a file went while we looked: the next look sees it gone
            return
