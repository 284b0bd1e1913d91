"""The way from the link's threads to whoever listens: every event once, in order, one at a time."""

import logging
import threading
from collections import deque
from collections.abc import Callable

from callroom_client.events import LinkEvent

log = logging.getLogger(__name__)


class Telling:
    """Events that happened and were not told yet.

    An event is put down where it happens, perhaps under a lock; it is told by the next thread of the link
    that holds none. So the listener may call anything of the client, and never two threads call it at once.
    """

    def __init__(self, listen: Callable[[LinkEvent], object]) -> None:
        self._listen = listen
        self._events: deque[LinkEvent] = deque()
        self._turn = threading.Lock()
        self._teller: threading.Thread | None = None

    @property
    def untold(self) -> bool:
        """Whether there is something to tell, and nobody about it."""
        return bool(self._events) and not self._turn.locked()

    @property
    def by_this_thread(self) -> bool:
        """Whether it is the listener who asks."""
        return self._teller is threading.current_thread()

    def put(self, event: LinkEvent) -> None:
        """Something happened."""
        self._events.append(event)

    def tell_all(self) -> None:
        """Tells what there is, unless another thread is about it, which then tells this, too."""
        while self._events and self._turn.acquire(blocking=False):
            self._teller = threading.current_thread()
            try:
                self._tell()
            finally:
                self._teller = None
                self._turn.release()

    def _tell(self) -> None:
        while self._events:
            event = self._events.popleft()
            try:
                self._listen(event)
            except Exception:  # a mistake of the listener's; the connection has nothing to do with it
                log.exception("the listener failed at %s", type(event).__name__)
