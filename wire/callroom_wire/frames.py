"""Frames: four bytes of length, big-endian, then so many bytes of body.

Every limit is below 2^24, so a frame always begins with a zero byte. No text protocol and no TLS hello does:
so a listener tells this door from others, and their first bytes are refused here as an absurd length.
"""

from collections.abc import Iterable, Iterator
from struct import Struct

from callroom_wire.errors import BadFrame, FrameTooLong, WireError

MAX_FRAME_BEFORE_LOGIN = 16 * 1024
MAX_FRAME = 64 * 1024
HEADER = 4

_length_at = Struct(">I").unpack_from


def frame(body: bytes) -> bytes:
    """Puts the length before a body. The body's own limit is the business of whoever made it."""
    return len(body).to_bytes(HEADER, "big") + body


class FrameDecoder:
    """Cuts a stream of bytes into the bodies of its frames, however the bytes arrive.

    What is stored is never more than one incomplete frame, and nothing while none is begun. `limit` is the
    longest body in bytes; it may be raised at any time, and holds for frames whose header comes after that.
    """

    __slots__ = ("_held", "_wanted", "error", "limit")

    def __init__(self, limit: int = MAX_FRAME_BEFORE_LOGIN) -> None:
        self.limit = limit
        self.error: WireError | None = None
        """What is wrong with the stream; set for good as soon as it is known."""
        self._held: bytearray | None = None  # the beginning of a frame
        self._wanted = HEADER  # the length at which `_held` is worth looking at again

    @property
    def pending(self) -> int:
        """How many bytes of an incomplete frame are waiting for the rest."""
        return 0 if self._held is None else len(self._held)

    def feed(self, data: bytes) -> Iterable[bytes]:
        """Takes what has arrived and returns the bodies that are complete now, in order.

        To be iterated over: good frames before a broken one come first, then the fault is raised. So the
        caller sees the same frames and the same fault for any cutting of the bytes. Every later call raises
        the fault again. What comes is a list as long as all is well.

        Raises:
            FrameTooLong: a header announces more than `limit`; nothing of the frame is stored.
            BadFrame: a header announces an empty body.
        """
        if self.error is not None:
            raise self.error
        held = self._held
        if held is not None:
            held += data
            if len(held) < self._wanted:
                return []
            data = bytes(held)
            self._held = None
        bodies: list[bytes] = []
        complete = bodies.append
        limit = self.limit
        size = len(data)
        start = 0
        body = HEADER
        while body <= size:
            (length,) = _length_at(data, start)
            if not 0 < length <= limit:
                error = self._broken(length)
                if not bodies:
                    raise error
                return _then_raise(bodies, error)
            end = body + length
            if end > size:
                self._hold(data, start, HEADER + length)
                return bodies
            complete(data[body:end])
            start = end
            body = end + HEADER
        if start < size:
            self._hold(data, start, HEADER)
        return bodies

    def eof(self) -> None:
        """Takes the end of the stream.

        Raises:
            BadFrame: the stream ends within a frame.
            FrameTooLong: the fault that `error` holds from before, if it was not raised yet.
        """
        if self.error is None and self._held is not None:
            held = self.pending
            self._held = None
            self.error = BadFrame(f"The stream ended within a frame, after {held} of its bytes.")
        if self.error is not None:
            raise self.error

    def _hold(self, data: bytes, start: int, wanted: int) -> None:
        self._held = bytearray(memoryview(data)[start:])
        self._wanted = wanted

    def _broken(self, length: int) -> WireError:
        self.error = (
            FrameTooLong(length, self.limit) if length else BadFrame("A frame of length 0 was announced.")
        )
        return self.error


def _then_raise(bodies: list[bytes], error: WireError) -> Iterator[bytes]:
    yield from bodies
    raise error
