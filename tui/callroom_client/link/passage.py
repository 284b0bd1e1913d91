"""Which operations carried which bytes of a frame: what was cut into pieces, and what was stuck together."""

from collections import deque

Pieces = tuple[tuple[int, int], ...]
"""The number of an operation and how many bytes of the frame it carried, in order."""


class Incoming:
    """What recv brought, cut into frames. `pending`: bytes of a frame that came before anybody looked."""

    def __init__(self, pending: int) -> None:
        self._brought: deque[tuple[int, int]] = deque([(0, pending)])

    def brought(self, number: int, size: int) -> None:
        """The operation `number` brought so many bytes."""
        self._brought.append((number, size))

    def frame(self, size: int) -> Pieces:
        """The next frame has so many bytes: where they came from."""
        pieces: list[tuple[int, int]] = []
        while size:
            number, there = self._brought.popleft()
            taken = min(size, there)
            if taken and number:
                pieces.append((number, taken))
            if taken < there:
                self._brought.appendleft((number, there - taken))
            size -= taken
        return tuple(pieces)


class Outgoing:
    """Frames that send carries away. `pending`: bytes that were waiting before anybody looked."""

    def __init__(self, pending: int) -> None:
        self._waiting: deque[tuple[bytes, int, Pieces]] = deque([(b"", pending, ())])

    def queued(self, data: bytes, size: int) -> None:
        """A frame will go out as so many bytes: more than its own under TLS. Empty: they are no frame."""
        self._waiting.append((data, size, ()))

    def sent(self, number: int, size: int) -> list[tuple[bytes, Pieces]]:
        """The operation `number` sent so many bytes: the frames that are out now, and what carried them."""
        gone: list[tuple[bytes, Pieces]] = []
        while self._waiting:
            data, left, pieces = self._waiting.popleft()
            taken = min(size, left)
            if taken:
                pieces = (*pieces, (number, taken))
            if taken < left:
                self._waiting.appendleft((data, left - taken, pieces))
                break
            if data:
                gone.append((data, pieces))
            size -= taken
        return gone
