"""The house at work: doors, hub and ledger meet here, and effects are carried out here alone."""

from collections.abc import Callable
from pathlib import Path

from callroom_server.app.errands import Errands
from callroom_server.app.fanout import Fanout
from callroom_server.app.gate import Gate
from callroom_server.app.orders import Orders
from callroom_server.app.pacing import Pacing
from callroom_server.app.runs import Runs
from callroom_server.app.tally import Tally
from callroom_server.config.limits import Limits
from callroom_server.config.logs import Log
from callroom_server.core import texts
from callroom_server.core.effects import (
    Alarm,
    Append,
    AppendAll,
    Begin,
    Close,
    Effect,
    Execute,
    Later,
    Replay,
    Run,
    Send,
    Settle,
    Wake,
    session_of,
)
from callroom_server.core.hub import Hub, Result
from callroom_server.core.ledger import QUEUE_FULL, Ledger, LedgerState, Outcome, Record, Refusal
from callroom_server.core.state import decode_state, encode_state
from callroom_server.net.datagram import DatagramTransport
from callroom_server.net.reactor import Reactor
from callroom_server.net.transport import Transport
from callroom_server.protocols.house import Door, Holding
from callroom_wire import messages as m
from callroom_wire.errors import WireError
from callroom_wire.messages import ClientMessage, LoggedIn, Press

CALL_SECONDS = 1.0
"""When a wait that is over is looked at again because its prompt is still on its way."""

PRUNE_SECONDS = 3600.0
"""How often what is older than the retention is let go; it is days that count."""

DAY_MS = 86_400_000

_SENSIBLE = frozenset({Press, m.Run})


class House:
    """Implements `protocols.house.House` for the doors and `LedgerListener` for the ledger.

    Loop thread only.
    """

    def __init__(
        self,
        reactor: Reactor,
        hub: Hub,
        ledger: Ledger,
        errands: Errands,
        gate: Gate,
        log: Log,
        lang: str,
        wall: Callable[[], float],
        runbooks: Path | None = None,
    ) -> None:
        self.reactor = reactor
        self.hub = hub
        self.ledger = ledger
        self.gate = gate
        self.log = log
        self.limits: Limits = hub.limits
        self.doors: dict[int, Door] = {}
        self.time = reactor.time
        self.call_later = reactor.call_later
        self.ledger_state = LedgerState.CATCHING_UP
        self.errands = errands
        self._lang = lang
        self.wall = wall
        self.tally = Tally()
        self.fanout = Fanout(hub, self.doors, self.carry, self.broke)
        self.runs = Runs(reactor, runbooks, hub.limits, log, hub.boot, self.wall_ms, self.carry)
        self._orders = Orders(hub, self.runs, self.doors, self.carry, self.time)
        self.pacing = Pacing(reactor, hub, self.doors, self.tally, self._handle, self.carry, self.broke)
        self._number = 0
        self._since_snapshot = 0
        self.buffered_bytes = 0
        self._unsent: list[Holding] = []
        self._reason = ""
        self.stamp()
        reactor.after_pass(self.pass_ended)

    # --- for the doors --------------------------------------------------------------------------------------

    def opened(self, door: Door, kind: str, address: str) -> int:
        """A door is there; the number of its session."""
        self._number += 1
        number = self._number
        self.doors[number] = door
        self.carry(self.hub.opened(number, kind, address, self._lang, greeted=kind != "frames"))
        self.tally.begun[kind] += 1
        self.log.event("session.opened", session=number, door=kind, peer=address)
        return number

    def received(self, session: int, message: ClientMessage, size: int = 0) -> None:
        """The session asks for something; while it pays for having been too fast, it waits its turn."""
        if not self.pacing.keep(session, message, size):
            self._handle(session, message, size)

    def received_all(self, session: int, messages: list[ClientMessage], size: int) -> None:
        """Several requests that came together; under flood control each is weighed alone."""
        if len(messages) == 1:
            self.received(session, messages[0], size)
        elif self.hub.flood or not self.free(session):
            share = size // len(messages)
            for message in messages:
                self.received(session, message, share)
        else:
            self.carry(self.hub.received_all(session, messages, self.time()))

    def unsent(self, door: Holding) -> None:
        """A door holds words until the pass ends: they leave with what its places have for it."""
        self._unsent.append(door)

    def _handle(self, session: int, message: ClientMessage, size: int) -> None:
        hub = self.hub
        now = self.time()
        self.carry(hub.received(session, message, now))
        # Who speaks with the robot, or has a runbook run, is no stranger.
        if type(message) in _SENSIBLE and session in self.doors:
            self.gate.proved(self.doors[session].transport)
        if hub.counts(session, message, now):
            self.pacing.charge(session, size, 1)

    def weigh(self, session: int, size: int, messages: int) -> None:
        """What a door took in, or did by itself, counts too; who says anything at all is no stranger."""
        door = self.doors.get(session)
        if door is not None and messages:
            self.gate.proved(door.transport)
        self.pacing.charge(session, size, messages)

    def free(self, session: int) -> bool:
        """Whether the session does not wait for having been too fast."""
        return session not in self.pacing.waiting

    def writable(self, session: int) -> None:
        """Everything the door had to send has left."""
        self.fanout.writable(session)
        self._orders.writable(session)

    def finished(self, session: int) -> None:
        """The peer has sent its last byte: commits under way are answered, then it is closed."""
        self.call_later(self.limits.half_close_seconds, self._finish, session)

    def _finish(self, session: int) -> None:
        door = self.doors.get(session)
        if door is None:
            return
        if self.free(session):
            door.transport.close("ended")
        else:
            self.finished(session)

    def buffered(self, change: int) -> bool:
        """A door holds so many bytes more (or fewer) of unfinished frames; False if all hold too much."""
        self.buffered_bytes += change
        return self.buffered_bytes <= self.limits.receive_buffers_bytes

    def faulted(self, session: int, fault: WireError) -> None:
        """The peer broke the protocol; the door tells it and closes."""
        self.log.event("session.faulted", level="warning", session=session, code=fault.code)

    def lost(self, session: int, reason: str) -> None:
        """The connection is gone."""
        door = self.doors.pop(session, None)
        if door is None:
            return
        self.pacing.forget(session)
        self._orders.left(session)
        self.gate.left(door.transport)
        self.carry(self.hub.lost(session, self.time()))
        self.tally.ended[reason] += 1
        self.log.event("session.closed", session=session, reason=reason)

    # --- for the ledger -------------------------------------------------------------------------------------

    def restore(self, snapshot: bytes) -> None:
        """Starts from this snapshot."""
        if snapshot:
            self.hub.state = decode_state(snapshot)

    def committed(self, records: list[Record]) -> None:
        """These are durable."""
        self.stamp()
        if self.hub.live:
            self.tally.records += len(records)
        self.carry(self.hub.committed(records, self.time()))
        self._since_snapshot += len(records)
        if self._since_snapshot >= self.limits.snapshot_records and self.ledger_state is LedgerState.READY:
            self.save_snapshot()

    def save_snapshot(self) -> None:
        """Keeps the state, so that a restart replays only what comes after."""
        self._since_snapshot = 0
        self.ledger.save_snapshot(self.hub.state.position, encode_state(self.hub.state))

    def refused(self, refusals: list[Refusal]) -> None:
        """These were not stored."""
        self.carry(self.hub.refused(refusals, self.time()))

    def ledger_changed(self, state: LedgerState, reason: str) -> None:
        """The ledger can do more, or less, than before."""
        self.ledger_state, self._reason = state, reason
        level = "info" if state in (LedgerState.READY, LedgerState.CATCHING_UP) else "error"
        self.log.event("ledger.changed", level=level, state=state.value, reason=reason)

    # --- effects --------------------------------------------------------------------------------------------

    def carry(self, effects: list[Effect]) -> None:
        """Carries out effects, in order; one that fails ends the session it is for, and the rest go on."""
        for effect in effects:
            try:
                if isinstance(effect, Append):
                    if not self.ledger.submit(effect.stream, effect.event, effect.device, effect.counter):
                        self._not_submitted(effect)
                elif isinstance(effect, AppendAll):
                    self._submit_all(effect)
                elif isinstance(effect, Send):
                    self._send(effect)
                elif isinstance(effect, Wake):
                    self.fanout.wake(effect.stream)
                elif isinstance(effect, Settle):
                    self.fanout.settle(effect.member)
                elif isinstance(effect, Later):
                    self.reactor.call_at(effect.at, self._due, effect.alarm)
                elif isinstance(effect, Close):
                    self._close(effect)
                elif isinstance(effect, Run):
                    self.errands.run(effect, self.worked)
                elif isinstance(effect, Execute):
                    self._orders.execute(effect)
                elif isinstance(effect, Begin):
                    self.runs.begin(effect.run, effect.reason)
                elif isinstance(effect, Replay):
                    self.fanout.replay(effect)
                else:
                    self.broke(effect.session, effect.error)
            except Exception as error:
                self.broke(session_of(effect), error)

    def _submit_all(self, effect: AppendAll) -> None:
        taken = self.ledger.submit_all(effect.stream, effect.events, effect.device, effect.counters)
        for event, counter in zip(effect.events[taken:], effect.counters[taken:], strict=True):
            self._not_submitted(Append(effect.stream, event, effect.device, counter))

    def _not_submitted(self, effect: Append) -> None:
        if effect.counter:  # at once: what the next in this very read is may find a place
            self.hub.halt(effect.device, effect.counter)
        down = self.ledger_state is not LedgerState.READY
        refusal = Refusal(
            stream=effect.stream,
            device=effect.device,
            counter=effect.counter,
            outcome=Outcome.UNKNOWN,
            reason=self._reason if down else QUEUE_FULL,
            event=effect.event,
        )
        self.reactor.call_soon(self.refused, [refusal])

    def _send(self, effect: Send) -> None:
        door = self.doors.get(effect.session)
        if door is None:
            return
        if type(effect.message) is LoggedIn:
            self.gate.proved(door.transport)
            door.logged_in()
        door.send(effect.message)

    def _close(self, effect: Close) -> None:
        door = self.doors.get(effect.session)
        if door is not None:
            door.close(effect.code, effect.text)

    def _due(self, alarm: Alarm) -> None:
        door = self.doors.get(alarm.number) if alarm.kind == "call" else None
        # While the prompt is on its way it is no silence yet: that counts from when it was sent.
        if door is not None and door.congested:
            self.call_later(CALL_SECONDS, self._due, alarm)
            return
        try:
            effects = self.hub.due(alarm, self.time())
        except Exception as error:
            self.broke(alarm.number if alarm.kind == "call" else 0, error)
        else:
            self.carry(effects)

    def worked(self, run: Run, result: Result) -> None:
        """A worker is done."""
        try:
            effects = self.hub.finished(run, result, self.time())
        except Exception as error:
            self.broke(run.session, error)
        else:
            self.carry(effects)

    def broke(self, session: int, error: Exception) -> None:
        """Our own fault in serving one session: it is closed, the log has the traceback, the others go on."""
        self.log.failure("session.broke", error, session=session)
        door = self.doors.get(session)
        if door is not None:
            door.transport.abort("internal_error")

    def prune(self) -> None:
        """Lets go of what is older than the retention, now and every hour."""
        self.ledger.prune(int(self.hub.at - self.limits.retention_days * DAY_MS))
        self.call_later(PRUNE_SECONDS, self.prune)

    def transport_failed(self, transport: Transport, error: Exception) -> None:
        """A door raised: its connection is aborted by the transport, the others go on."""
        self.log.failure("connection.broke", error, peer=transport.peer)

    def datagram_failed(self, transport: DatagramTransport, error: Exception) -> None:
        """A door raised at a datagram: the socket goes on, and so do its other callers."""
        self.log.failure("datagram.broke", error, local=transport.local)

    def drain(self) -> None:
        """The house closes: everyone is told, and what is on its way still goes out."""
        for number, door in list(self.doors.items()):
            session = self.hub.sessions.get(number)
            lang = session.lang if session is not None else self._lang
            door.close("shutting_down", texts.word(lang, "shutting_down"))

    # --- time -----------------------------------------------------------------------------------------------

    def pass_ended(self) -> None:
        """The end of each pass: a commit of what has queued begins, and while it runs all are served."""
        self.ledger.tick()
        again = self.fanout.flush()
        unsent, self._unsent = self._unsent, []
        for door in unsent:
            door.flush()
        if again:
            self.reactor.call_soon(_nothing)

    def stamp(self) -> None:
        """Tells the hub what time of day it is."""
        self.hub.at = self.wall_ms()

    def wall_ms(self) -> int:
        """The time of day, in milliseconds."""
        return int(self.wall() * 1000)


def _nothing() -> None:
    """Keeps the loop from waiting: there is more to serve."""
