"""Runs that sessions have asked for: their output goes to the hub; a slow reader slows the program down."""

from collections.abc import Callable

from callroom_server.app.runs import Run, Runs
from callroom_server.core.effects import Effect, Execute
from callroom_server.core.hub import Hub
from callroom_server.core.runbooks import Over
from callroom_server.protocols.house import Door
from callroom_wire.errors import Refused


class Orders:
    """Who has asked for which run. Loop thread only."""

    def __init__(
        self,
        hub: Hub,
        runs: Runs,
        doors: dict[int, Door],
        carry: Callable[[list[Effect]], None],
        time: Callable[[], float],
    ) -> None:
        self.hub = hub
        self.doors = doors
        self.carry = carry
        self.time = time
        self._runs = runs
        self._orders: dict[int, dict[int, Run]] = {}

    def execute(self, effect: Execute) -> None:
        """Carries out an `Execute`."""
        session = self.hub.sessions.get(effect.session)
        if session is None:
            return
        order = _Order(self, effect)
        try:
            run = self._runs.run(effect.runbook, effect.args, session, order)
        except Refused as fault:
            order.refused(fault)
            return
        order.run = run
        self._orders.setdefault(effect.session, {})[effect.ticket] = run

    def writable(self, session: int) -> None:
        """A door that was congested takes output again."""
        for run in self._orders.get(session, {}).values():
            run.resume()

    def left(self, session: int) -> None:
        """A session is gone: nobody waits for its runs any more."""
        for run in list(self._orders.get(session, {}).values()):
            run.cancel()

    def over(self, session: int, ticket: int) -> None:
        """A run has ended."""
        orders = self._orders.get(session, {})
        orders.pop(ticket, None)
        if not orders:
            self._orders.pop(session, None)


class _Order:
    """One run, as whoever asked for it hears of it."""

    def __init__(self, orders: Orders, effect: Execute) -> None:
        self._orders = orders
        self._session = effect.session
        self._ticket = effect.ticket
        self.run: Run | None = None

    def output(self, channel: int, data: bytes) -> None:
        """The program wrote this."""
        orders = self._orders
        orders.carry(orders.hub.run_output(self._ticket, channel, data))
        door = orders.doors.get(self._session)
        if door is not None and door.congested and self.run is not None:
            self.run.pause()

    def over(self, over: Over) -> None:
        """The program has ended."""
        self._end(over)

    def refused(self, fault: Refused) -> None:
        """It was not started."""
        self._end(fault)

    def _end(self, end: Over | Refused) -> None:
        orders = self._orders
        orders.over(self._session, self._ticket)
        orders.carry(orders.hub.run_over(self._ticket, end, orders.time()))
