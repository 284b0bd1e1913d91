"""What a transport has written and the kernel has not taken yet."""

import socket
from collections import deque
from itertools import islice

SMALL_BYTES = 4096
"""Pieces are joined up to this size: a queue of single bytes would cost many times what it holds."""

PIECES_PER_SEND = 64
"""Pieces that go into one sendmsg(2); IOV_MAX is 1,024, and small ones are joined anyway."""


class Outbox:
    """Bytes in order. Large pieces are kept as they came, so that many outboxes share the same bytes."""

    __slots__ = ("_pieces", "size")

    def __init__(self) -> None:
        self._pieces: deque[bytes | bytearray | memoryview] = deque()
        self.size = 0

    @property
    def pieces(self) -> int:
        """In how many pieces the bytes are kept."""
        return len(self._pieces)

    def add(self, data: bytes | memoryview) -> None:
        """Queue this behind the rest."""
        self.size += len(data)
        if len(data) >= SMALL_BYTES:
            self._pieces.append(data)
            return
        last = self._pieces[-1] if self._pieces else None
        if isinstance(last, bytearray) and len(last) < SMALL_BYTES:
            last += data
        else:
            self._pieces.append(bytearray(data))

    def send(self, sock: socket.socket) -> int:
        """Send what the kernel takes, and return how much that was.

        Raises:
            BlockingIOError: it takes nothing now.
            OSError: it never will again.
        """
        pieces = self._pieces
        left = sent = sock.sendmsg(islice(pieces, PIECES_PER_SEND))
        self.size -= sent
        while pieces and left >= len(pieces[0]):
            left -= len(pieces.popleft())
        if left:
            pieces[0] = memoryview(pieces[0])[left:]
        return sent
