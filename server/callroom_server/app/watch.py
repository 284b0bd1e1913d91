"""The watch: deadlines of newcomers, of the silent, of those who take nothing; looked at once a second."""

from collections.abc import Iterator
from itertools import islice

from callroom_server.app.house import House
from callroom_server.app.taken import all_taken
from callroom_server.core import texts
from callroom_server.core.sessions import Session, State
from callroom_server.net.transport import Transport
from callroom_server.protocols.frames import FramesDoor
from callroom_server.protocols.house import Connection, Door
from callroom_server.protocols.text.door import TextDoor
from callroom_wire.messages import Ping

SWEEP_SECONDS = 1.0
"""How often deadlines are looked at; each of them is seconds long."""

SWEEP_PARTS = 5
"""Those who are logged in are looked at in so many parts, one a sweep: of 10,000, 2,000 a second."""


class Watch:
    """Looks at everyone in turn, and closes with the reason whoever is over a deadline."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._hub = house.hub
        self._doors = house.doors
        self._limits = house.limits
        self._rota: Iterator[int] = iter(())
        self._share = 1

    def sweep(self) -> None:
        """Once a second: deadlines of newcomers, and of a part of the others."""
        self._house.call_later(SWEEP_SECONDS, self.sweep)
        now = self._house.time()
        self._house.stamp()
        for transport in self._house.gate.newcomers:
            self._look_at_newcomer(transport, now)
        part = list(islice(self._rota, self._share))
        for number in part:
            self._look(number, now)
        if len(part) < self._share:
            self._rota = iter(list(self._doors))
            self._share = max(100, -(-len(self._doors) // SWEEP_PARTS))
        self._house.ledger.tick()

    def _look_at_newcomer(self, transport: Connection, now: float) -> None:
        limits = self._limits
        age = now - transport.opened_at
        if not transport.handshaken:
            if age > limits.tls_handshake_seconds:
                transport.abort("tls_handshake")
        elif not isinstance(transport, Transport):
            pass  # datagrams have deadlines of their own
        elif isinstance(door := transport.protocol, FramesDoor):
            self._look(door.session, now)
        elif isinstance(door, TextDoor) and age > limits.first_word_seconds:
            session = self._hub.sessions.get(door.session)
            if session is not None:
                self._end(door, session.lang, "first_word", seconds=limits.first_word_seconds)

    def _look(self, number: int, now: float) -> None:
        door = self._doors.get(number)
        session = self._hub.sessions.get(number)
        if door is None or session is None:
            return
        try:
            self._look_at(door, session, now)
        except Exception as error:
            self._house.broke(number, error)

    def _look_at(self, door: Door, session: Session, now: float) -> None:
        self._hub.idle(session, now)
        transport = door.transport
        stalled = transport.stalled_since
        if stalled is not None and now - stalled > self._limits.send_stall_seconds:
            self._end(door, session.lang, "slow_reader", seconds=self._limits.send_stall_seconds)
        elif isinstance(door, FramesDoor):
            busy = session.call is not None or session.running > 0
            self._look_at_frames(door, session.state, busy, session.lang, now)
        elif session.members and all_taken(transport):
            for member in session.members.values():
                member.confirmed = member.cursor

    def _look_at_frames(self, door: FramesDoor, state: State, busy: bool, lang: str, now: float) -> None:
        limits = self._limits
        idle = now - door.heard_at
        age = now - door.transport.opened_at
        if state is State.CLOSING:
            return
        if not door.transport.bytes_in and age > limits.first_byte_seconds:
            self._end(door, lang, "first_byte", seconds=limits.first_byte_seconds)
        elif state is not State.READY and not busy and age > limits.login_seconds:
            self._end(door, lang, "login_timeout", seconds=limits.login_seconds)
        elif age > limits.first_word_seconds and self._house.gate.is_newcomer(door.transport):
            self._end(door, lang, "first_word", seconds=limits.first_word_seconds)
        elif not self._house.free(door.session):
            return  # what it has sent meanwhile, the house has not read
        elif door.frame_since is not None and now - door.frame_since > limits.frame_seconds:
            self._end(door, lang, "frame_timeout", seconds=limits.frame_seconds)
        elif idle > limits.drop_after_seconds:
            self._end(door, lang, "idle", seconds=limits.drop_after_seconds)
        elif idle > limits.ping_after_seconds and not door.pinged:
            door.pinged = True
            door.send(Ping(n=int(now)))

    def _end(self, door: Door, lang: str, code: str, **params: float) -> None:
        rounded = {
            name: int(value) if value == int(value) else f"{value:g}" for name, value in params.items()
        }
        door.close(code, texts.word(lang, code, **rounded))
