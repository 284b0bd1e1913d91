"""Standard input and the link's events on one thread: lines in, events in, whichever comes first."""

import os
import select
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from callroom_client.events import LinkEvent
from callroom_client.inbox import Inbox

CHUNK = 65536
LINE_BYTES = 65536
"""More than a frame may have: a longer line is cut there, and is refused in its parts."""
BATCH = 500


class Pipe:
    """Waits for lines of a descriptor and for events.

    Args:
        descriptor: where lines come from; any file will do. None: nowhere.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._reading, self._waking = socket.socketpair()
        self._waking.setblocking(False)
        self.inbox = Inbox(self._wake)
        self._descriptor = descriptor
        self._rest = b""
        self._ahead: deque[str] = deque()  # read, and not handed on yet: one read brings many lines

    @property
    def ended(self) -> bool:
        """Whether the last line has been handed on."""
        return self._descriptor is None and not self._ahead

    def wait(
        self,
        happened: Callable[[LinkEvent], object],
        typed: Callable[[str], object],
        deadline: float | None,
        full: Callable[[], bool] = lambda: False,
    ) -> None:
        """Waits once, until something comes or the monotonic time `deadline`; hands on what came.

        Args:
            full: asked before each line: whether no line may come now. It stays here until one may.
        """
        sources: list[int] = [self._reading.fileno()]
        if self._descriptor is not None and not self._ahead and not full():
            sources.append(self._descriptor)
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        ready = select.select(sources, [], [], left)[0]
        if self._reading.fileno() in ready:
            self._reading.recv(CHUNK)
            while events := self.inbox.take(BATCH):
                for event in events:
                    happened(event)
        if self._descriptor is not None and self._descriptor in ready:
            self._ahead += self._lines(self._descriptor)
        while self._ahead and not full():
            typed(self._ahead.popleft())

    def close(self) -> None:
        """Nothing more is waited for."""
        self.inbox.close()
        self._reading.close()
        self._waking.close()

    def _wake(self) -> None:
        with suppress(BlockingIOError, OSError):  # full: it wakes already; closed: nobody waits any more
            self._waking.send(b"\0")

    def _lines(self, descriptor: int) -> list[str]:
        data = os.read(descriptor, CHUNK)
        if not data:
            self._descriptor = None
            last, self._rest = self._rest, b""
            return [_text(last)] if last else []
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LINE_BYTES:
            lines.append(self._rest)
            self._rest = b""
        return [_text(line) for line in lines]


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").removesuffix("\r")
