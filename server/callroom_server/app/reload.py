"""Reads the menus again while the house is open: when a file changes, and when SIGHUP asks."""

from collections.abc import Callable, Iterator

from callroom_menus.model import Menu
from callroom_menus.problems import MenuError
from callroom_menus.state import State
from callroom_server.app.errands import Errands
from callroom_server.app.house import House
from callroom_server.app.lookups import Lookups
from callroom_server.app.menus import LOOK_SECONDS, Menus, NoSuchMenu
from callroom_server.app.operators import is_operator
from callroom_server.core import texts
from callroom_server.core.effects import Send
from callroom_server.core.sessions import State as At
from callroom_wire.messages import Noted
from callroom_wire.text import clean

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
            self._tell_operators(result.problems[0].told, len(result.problems))
        elif isinstance(result, (NoSuchMenu, OSError)):
            log.event("menus.kept", level="error", problem=str(result))
            self._tell_operators(lambda _: str(result), 1)
        elif isinstance(result, Exception):
            log.failure("menus.kept", result, problem="a fault of Callroom's own")
        else:
            menus, lookups = result
            changed = self._menus.take(menus, lookups, self._used())
            log.event("menus.read", changed=" ".join(changed) or "-")

    def _tell_operators(self, told: Callable[[str], str], count: int) -> None:
        """Tells them the first problem, each in their language, and how many there are."""
        house = self._house
        for session in list(house.hub.sessions.values()):
            door = house.doors.get(session.number)
            if door is None or session.state in (At.GREETING, At.CLOSING) or not is_operator(door.transport):
                continue
            problem = clean(told(session.lang))
            text = texts.word(session.lang, "menus_kept", problem=problem, count=count)
            house.carry([Send(session.number, Noted(code="menus_kept", text=text))])

    def _used(self) -> Iterator[tuple[str, str]]:
        """The versions that live calls stand on, and those of callers who may come back."""
        hub = self._house.hub
        states: list[State] = [
            session.call.state for session in hub.sessions.values() if session.call is not None
        ]
        states += [device.call.state for device in hub.state.devices.values() if device.call is not None]
        return ((frame.menu, frame.hash) for state in states for frame in state.frames)
