"""Reads the menus again while the house is open: when a file changes, and when SIGHUP asks."""

from collections.abc import Iterator

from callroom_menus.model import Menu
from callroom_menus.problems import MenuError
from callroom_menus.state import State
from callroom_server.app.errands import Errands
from callroom_server.app.house import House
from callroom_server.app.lookups import Lookups
from callroom_server.app.menus import LOOK_SECONDS, Menus, NoSuchMenu

TOLD = 20
"""So many problems of broken files are told in the log; `callroom menus check` tells them all."""


class Reload:
    """New calls find the new menus, live calls keep theirs; a broken file changes nothing and is told."""

    def __init__(self, house: House, menus: Menus, errands: Errands) -> None:
        self._house = house
        self._menus = menus
        self._errands = errands

    def look(self) -> None:
        """Every `LOOK_SECONDS`: has anything changed?"""
        self._house.call_later(LOOK_SECONDS, self.look)
        if self._menus.changed():
            self.now()

    def now(self) -> None:
        """Reads everything anew, in a worker."""
        self._menus.noticed()
        if not self._errands.read_menus(self._read):
            self._house.call_later(LOOK_SECONDS, self.now)

    def _read(self, result: tuple[dict[str, Menu], Lookups] | Exception) -> None:
        log = self._house.log
        if isinstance(result, MenuError):
            for problem in result.problems[:TOLD]:
                log.event("menus.kept", level="error", problem=problem.told("en"))
        elif isinstance(result, (NoSuchMenu, OSError)):
            log.event("menus.kept", level="error", problem=str(result))
        elif isinstance(result, Exception):
            log.failure("menus.kept", result, problem="a fault of Callroom's own")
        else:
            menus, lookups = result
            changed = self._menus.take(menus, lookups, self._used())
            log.event("menus.read", changed=" ".join(changed) or "-")

    def _used(self) -> Iterator[tuple[str, str]]:
        """The versions that live calls stand on, and those of callers who may come back."""
        hub = self._house.hub
        states: list[State] = [
            session.call.state for session in hub.sessions.values() if session.call is not None
        ]
        states += [device.call.state for device in hub.state.devices.values() if device.call is not None]
        return ((frame.menu, frame.hash) for state in states for frame in state.frames)
