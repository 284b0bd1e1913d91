"""Lines out of a byte stream, as every terminal ends them: CR LF, CR NUL, LF, or a bare CR."""

import re
from enum import StrEnum

import msgspec

LINE_LIMIT = 1024  # bytes, without the ending

_END = re.compile(rb"[\r\n]")


class Ending(StrEnum):
    """How a peer ends its lines."""

    NONE = "none yet"
    LF = "LF"
    CR = "CR"
    CRLF = "CR LF"
    CRNUL = "CR NUL"


class Line(msgspec.Struct, frozen=True, gc=False):
    """A complete line, without its ending."""

    data: bytes


class TooLong(msgspec.Struct, frozen=True, gc=False):
    """More bytes than the limit came without an ending; told once, the rest of the line is discarded."""


class Lines:
    """Cuts a stream into lines of at most `limit` bytes; the same ones however the bytes were split.

    Cutting before decoding is safe: no multi-byte character of UTF-8, GBK or GB18030 holds CR, LF, BS or DEL.
    A bare CR ends its line at once; an LF or NUL right after it belongs to the same ending.
    """

    __slots__ = ("_after_cr", "_discarding", "_held", "_limit", "ending")

    def __init__(self, limit: int = LINE_LIMIT) -> None:
        self.ending = Ending.NONE
        """How the last line ended."""
        self._held = bytearray()
        self._limit = limit
        self._after_cr = False
        self._discarding = False

    @property
    def partial(self) -> bool:
        """Whether a line has begun and not ended."""
        return bool(self._held)

    @property
    def held(self) -> bytes:
        """What has come of the line that has not ended."""
        return bytes(self._held)

    def feed(self, data: bytes) -> list[Line | TooLong]:
        """Takes what was received; the lines it completes."""
        events: list[Line | TooLong] = []
        position, end = 0, len(data)
        fresh = not (self._held or self._after_cr or self._discarding) and 0 < end <= self._limit
        if fresh and data.find(b"\n") == end - 1 and b"\r" not in data:  # one whole line, as people type
            self.ending = Ending.LF
            return [Line(data[:-1])]
        while position < end:
            if self._after_cr:
                self._after_cr = False
                if data[position] in b"\n\0":
                    self.ending = Ending.CRLF if data[position] == 0x0A else Ending.CRNUL
                    position += 1
                    continue
            found = _END.search(data, position)
            stop = found.start() if found else end
            if self._hold(data, position, stop):
                events.append(TooLong())
            position = stop
            if found:
                position += 1
                self._after_cr = data[stop] == 0x0D
                self.ending = Ending.CR if self._after_cr else Ending.LF
                if not self._discarding:
                    events.append(Line(bytes(self._held)))
                self._held.clear()
                self._discarding = False
        return events

    def take_partial(self) -> bytes:
        """What has come of an unfinished line: an entry after a silence, or the rest at the end of input."""
        taken = bytes(self._held)
        self._held.clear()
        return taken

    def reset(self) -> None:
        """Forgets the unfinished line."""
        self._held.clear()
        self._discarding = False

    def _hold(self, data: bytes, start: int, stop: int) -> bool:
        """Keeps a piece of a line; True when the line has just become too long."""
        if self._discarding:
            return False
        if len(self._held) + stop - start > self._limit:
            self._held.clear()
            self._discarding = True
            return True
        self._held += data[start:stop]
        return False
