"""Lines that are not acknowledged yet: which are on the disk, which may be on their way, which are next."""

from collections.abc import Iterable
from enum import Enum
from itertools import islice

import msgspec

from callroom_wire.messages import Say, Tell


class Keeping(Enum):
    """How far a line has got on our own disk."""

    NEW = "new"  # being written down
    KEPT = "kept"  # it survives a crash of the client
    MARKED = "marked"  # and it is written down that the server may have it


class Line(msgspec.Struct):
    """One line. `flown_at`: when it was sent on this connection; None: not yet."""

    id: int
    place: str
    text: str
    keeping: Keeping
    flown_at: float | None = None

    def message(self) -> Say | Tell:
        """What says it."""
        if self.place.startswith("@"):
            return Tell(id=self.id, to=self.place[1:], text=self.text)
        return Say(id=self.id, room=self.place, text=self.text)


class Lines:
    """All of them, in the order of their ids, which is the order in which they are sent.

    Args:
        lines: what an earlier run left.
        counter: the greatest id that was ever given.
    """

    def __init__(self, lines: Iterable[Line], counter: int) -> None:
        self._lines = {line.id: line for line in lines}
        self.counter = max(counter, *self._lines) if self._lines else counter

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, place: str, text: str) -> Line:
        """A new line with the next id."""
        self.counter += 1
        line = self._lines[self.counter] = Line(self.counter, place, text, Keeping.NEW)
        return line

    def reached(self, keeping: Keeping, ids: Iterable[int]) -> list[Line]:
        """These lines have got so far on the disk; those of them that are not settled yet."""
        lines = [self._lines[number] for number in ids if number in self._lines]
        for line in lines:
            line.keeping = keeping
        return lines

    def all(self) -> list[Line]:
        """Every line, in the order of the ids."""
        return list(self._lines.values())

    def at(self, keeping: Keeping) -> list[Line]:
        """The lines that have got so far and no further."""
        return [line for line in self._lines.values() if line.keeping is keeping]

    def settle(self, ids: Iterable[int]) -> list[Line]:
        """Lines that need no sending any more; those that were here."""
        return [line for number in ids if (line := self._lines.pop(number, None))]

    def land(self, number: int) -> None:
        """A line has come back: it will have to be sent again."""
        if line := self._lines.get(number):
            line.flown_at = None

    def land_all(self) -> None:
        """The connection is gone, and what flew has landed nowhere."""
        for line in self._lines.values():
            line.flown_at = None

    def flying(self) -> list[Line]:
        """Those that were sent and are not answered, in the order of their ids."""
        return [line for line in self._lines.values() if line.flown_at is not None]

    def start(self, window: int, now: float) -> list[Line]:
        """The next to send: as many as the window lets fly, and none before one that may not go yet."""
        started: list[Line] = []
        for line in islice(self._lines.values(), window):
            if line.keeping is not Keeping.MARKED:
                break
            if line.flown_at is None:
                line.flown_at = now
                started.append(line)
        return started
