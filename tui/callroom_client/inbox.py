"""Events on their way from the link's threads to whoever owns a loop: bounded, and with one wake for many."""

import threading
from collections import deque
from collections.abc import Callable

from callroom_client.events import LinkEvent

EVENTS_WAITING = 20_000
"""Beyond them the link waits, and the server for the link: a flood grows no further than this."""


class Inbox:
    """A queue with a link on one side and a loop on the other.

    Args:
        wake: called on the link's thread when there is something again after there was nothing.
    """

    def __init__(self, wake: Callable[[], object]) -> None:
        self._wake = wake
        self._events: deque[LinkEvent] = deque()
        self._there = threading.Condition()
        self._closed = False

    def put(self, event: LinkEvent) -> None:
        """Takes an event; waits while there are too many, until the loop has taken some."""
        with self._there:
            self._there.wait_for(lambda: len(self._events) < EVENTS_WAITING or self._closed)
            first = not self._events
            self._events.append(event)
        if first and not self._closed:
            self._wake()

    def take(self, most: int) -> list[LinkEvent]:
        """At most so many events; the loop comes again by itself if it got as many."""
        with self._there:
            taken = [self._events.popleft() for _ in range(min(most, len(self._events)))]
            self._there.notify_all()
        return taken

    def close(self) -> None:
        """Nobody will take anything any more: the link never waits again."""
        with self._there:
            self._closed = True
            self._there.notify_all()
