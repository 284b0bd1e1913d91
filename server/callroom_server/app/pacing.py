"""Sessions that were too fast wait: what they send meanwhile is kept in order, and read on no further."""

from collections import deque
from collections.abc import Callable

from callroom_server.app.tally import Tally
from callroom_server.core.effects import Effect
from callroom_server.core.hub import Hub
from callroom_server.net.reactor import Reactor
from callroom_server.protocols.house import Door
from callroom_wire.messages import ClientMessage

Handle = Callable[[int, ClientMessage, int], None]
"""Takes a request of a session, and what it weighs in bytes."""


class Pacing:
    """Weighs what sessions ask for, and makes those wait whose budget is spent.

    Args:
        doors: of all sessions, by their numbers.
        handle: what is done with a request that has waited.
        carry: carries out effects.
        broke: what is done about our own fault in serving a session.
    """

    def __init__(
        self,
        reactor: Reactor,
        hub: Hub,
        doors: dict[int, Door],
        tally: Tally,
        handle: Handle,
        carry: Callable[[list[Effect]], None],
        broke: Callable[[int, Exception], None],
    ) -> None:
        self._reactor = reactor
        self._hub = hub
        self._doors = doors
        self._tally = tally
        self._handle = handle
        self._carry = carry
        self._broke = broke
        self.waiting: dict[int, deque[tuple[ClientMessage, int]]] = {}

    def keep(self, session: int, message: ClientMessage, size: int) -> bool:
        """Keeps a request for when the session has waited; False if it does not have to."""
        if session not in self.waiting:
            return False
        self.waiting[session].append((message, size))
        return True

    def charge(self, session: int, size: int, messages: int) -> None:
        """So many bytes and requests count against the session's budget; beyond it, it waits."""
        if not self._hub.flood:
            return
        now = self._reactor.time()
        wait = self._hub.charge(session, size, now, messages)
        if wait > 0:
            self._hold(session, wait)
            self._carry(self._hub.flooding(session, now))

    def forget(self, session: int) -> None:
        """The session is gone, and what it wanted with it."""
        self.waiting.pop(session, None)

    def _hold(self, session: int, wait: float) -> None:
        door = self._doors.get(session)
        if door is None:
            return
        door.transport.pause_reading()
        if session not in self.waiting:
            self.waiting[session] = deque()
            self._tally.slowdowns += 1
            self._reactor.call_later(wait, self._release, session)

    def _release(self, session: int) -> None:
        door = self._doors.get(session)
        if door is None:
            return
        wait = self._hub.charge(session, 0, self._reactor.time(), 0)
        if wait > 0:  # it has sent more meanwhile
            self._reactor.call_later(wait, self._release, session)
            return
        kept = self.waiting.pop(session)
        try:
            while kept:
                self._handle(session, *kept.popleft())
                if session in self.waiting:  # it has to wait again, and so has the rest
                    self.waiting[session] = kept
                    return
            if session in self._doors and door.go_on():
                door.transport.resume_reading()
        except Exception as error:  # no transport is there to see it, as when it comes off the wire
            self._broke(session, error)
