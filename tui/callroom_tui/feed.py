"""The one way from other threads into the screen: a queue with a limit, emptied 30 times a second.


Textual's own `post_message` takes 2,600 to 5,600 messages a second and starves timers and keys meanwhile;
this way 50,000 a second pass, in slices that leave the screen its time.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import copy_context
from threading import Condition
from typing import Generic, TypeVar

Happening = TypeVar("Happening")
"""What comes: the events of a client, or the steps of an experiment."""

FRAME_SECONDS = 1 / 30
"""The shortest time between two drains."""
SLICE_SECONDS = 0.012
"""So long one drain may take before keys have their turn."""
MOST_WAITING = 5_000
"""Events that may wait; beyond them the link waits for the screen, and so the server for the link (TCP)."""
AT_ONCE = 400
"""Events that are taken together."""


class Feed(Generic[Happening]):
    """Events from other threads, handed on in order on the loop's own.

    Args:
        take: gets each batch.
    """

    def __init__(self, take: Callable[[Sequence[Happening]], None]) -> None:
        self._take = take
        self._waiting: deque[Happening] = deque()
        self._room = Condition()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context = copy_context()
        self._woken = False
        self._closed = False

    def open(self) -> None:
        """Begins to hand on; called on the loop."""
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()  # Textual looks in it for the application that runs
        if self._waiting:
            self._loop.call_soon(self._drain, context=self._context)

    def put(self, event: Happening) -> None:
        """Takes an event from any thread; it waits while too many wait already, and is gone once closed."""
        if self._closed:
            return
        if len(self._waiting) >= MOST_WAITING:
            with self._room:
                self._room.wait_for(lambda: len(self._waiting) < MOST_WAITING or self._closed)
        self._waiting.append(event)
        if not self._woken and self._loop is not None:
            self._woken = True
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._soon, context=self._context)

    def close(self) -> None:
        """Hands on nothing more, and lets nobody wait."""
        self._closed = True
        self._waiting.clear()
        with self._room:
            self._room.notify_all()

    def _soon(self) -> None:
        assert self._loop is not None
        self._loop.call_later(FRAME_SECONDS, self._drain)

    def _drain(self) -> None:
        if self._closed or self._loop is None:
            return
        self._woken = False
        stop = time.perf_counter() + SLICE_SECONDS
        while self._waiting and time.perf_counter() < stop:
            batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            self._take(batch)
        if len(self._waiting) < MOST_WAITING // 2:
            with self._room:
                self._room.notify_all()
        if self._waiting and not self._woken:
            self._woken = True
            self._loop.call_later(FRAME_SECONDS, self._drain)
