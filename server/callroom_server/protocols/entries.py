"""Entries out of a byte stream without framing: with a line ending at once, without one after a silence."""

from collections.abc import Callable

from callroom_server.codecs.lines import Line, Lines
from callroom_server.protocols.house import Timer


class Entries:
    """Cuts what comes into entries; a program may end some of them and others not.

    Args:
        limit: bytes of an entry.
        silence: seconds after which an entry without a line ending is complete.
        later: calls later.
        taken: gets each entry, or None for one that is too long.
    """

    __slots__ = ("_later", "_lines", "_silence", "_taken", "_timer")

    def __init__(
        self,
        limit: int,
        silence: float,
        later: Callable[[float, Callable[[], None]], Timer],
        taken: Callable[[bytes | None], object],
    ) -> None:
        self._lines = Lines(limit)
        self._silence = silence
        self._later = later
        self._taken = taken
        self._timer: Timer | None = None

    def feed(self, data: bytes) -> None:
        """Bytes as they come, cut anywhere."""
        self.stop()
        for line in self._lines.feed(data):
            self._taken(line.data if isinstance(line, Line) else None)
        if self._lines.partial:
            self._timer = self._later(self._silence, self.rest)

    def rest(self) -> None:
        """What has come is complete: after a silence, or at the end of input."""
        self.stop()
        if self._lines.partial:
            self._taken(self._lines.take_partial())

    def stop(self) -> None:
        """Waits no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
