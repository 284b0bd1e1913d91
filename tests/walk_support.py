"""A house in one process whose clients come and go, each checking what it is sent; and a disk that fails.

The hub, the fan-out, the framed door's encoding and the ledger in memory are the real ones; time, the
workers and the network are the test's. What a client has not read is lost with its connection.
"""

from functools import cache

import core_support
from callroom_server.app.fanout import Fanout
from callroom_server.config.limits import Limits
from callroom_server.core.effects import (
    Append,
    AppendAll,
    Close,
    Effect,
    Format,
    Replay,
    Report,
    Run,
    Send,
    Settle,
    Wake,
)
from callroom_server.core.ledger import LedgerState, Outcome, Refusal
from callroom_server.core.reading import RETRY_SECONDS
from callroom_server.core.state import decode_state, encode_state
from callroom_server.ledger.memory import MemoryLedger, Store
from callroom_server.net.transport import Transport
from callroom_server.protocols.frames import FRAMES
from callroom_server.protocols.house import Door
from callroom_wire import messages as m
from callroom_wire.codec import Chunk, decode_reply, encode
from callroom_wire.frames import MAX_FRAME, FrameDecoder
from callroom_wire.messages import ClientMessage, ServerMessage
from core_support import Playhouse

# Reading the menus costs far more than a walk, and a walk restarts its house again and again.
core_support.shipped_menus = cache(core_support.shipped_menus)

HOLD = 50.0
MOMENTS = 5.0
"""What may pass without being counted, while everything under way happens."""

LIMITS = Limits(
    log_entries=16, log_bytes=65536, replay_records=7, requests_waiting=50, seat_hold_seconds=HOLD
)
"""Little is kept in memory, so that who falls behind is soon served from the ledger."""


class Wire:
    """A framed door whose peer reads when it likes."""

    confirms = False

    def __init__(self) -> None:
        self.unread: list[bytes] = []
        self.congested = False
        self.closed = False

    @property
    def format(self) -> Format:
        return FRAMES

    @property
    def transport(self) -> Transport:
        raise AssertionError("there is no socket here")

    def logged_in(self) -> None:
        pass

    def go_on(self) -> bool:
        return True

    def send(self, message: ServerMessage) -> None:
        self.deliver(encode(message))

    def deliver(self, data: bytes) -> None:
        if not self.closed:
            self.unread.append(data)

    def close(self, code: str, text: str) -> None:
        self.send(m.Bye(code=code, text=text))
        self.closed = True


class WalkHouse(Playhouse):
    """One life of the server over a store; the next one is another object."""

    def __init__(self, store: Store, boot: int) -> None:
        self.wires: dict[int, Wire] = {}
        self.doors: dict[int, Door] = {}
        self.jobs: list[Run] = []
        self.unsubmitted: list[Refusal] = []
        self.fanout: Fanout | None = None
        super().__init__(MemoryLedger(store=store), LIMITS, boot=boot)

    def restore(self, snapshot: bytes) -> None:
        if snapshot:
            self.hub.state = decode_state(snapshot)

    def ledger_changed(self, state: LedgerState, reason: str) -> None:
        pass

    def carry(self, effects: list[Effect]) -> None:
        if self.fanout is None:
            self.fanout = Fanout(self.hub, self.doors, self.carry, self.broke)
        for effect in effects:
            match effect:
                case Append():
                    self._submit(effect)
                case AppendAll():
                    for event, counter in zip(effect.events, effect.counters, strict=True):
                        self._submit(Append(effect.stream, event, effect.device, counter))
                case Send():
                    if effect.session in self.doors:
                        self.doors[effect.session].send(effect.message)
                case Close():
                    if effect.session in self.doors:
                        self.doors[effect.session].close(effect.code, effect.text)
                case Run():
                    self.jobs.append(effect)
                case Wake():
                    self.fanout.wake(effect.stream)
                case Replay():
                    self.fanout.replay(effect)
                case Settle():
                    self.fanout.settle(effect.member)
                case Report():
                    self.broke(effect.session, effect.error)
                case _:
                    super().carry([effect])

    def broke(self, session: int, error: Exception) -> None:
        raise error

    def _submit(self, effect: Append) -> None:
        if not self.ledger.submit(effect.stream, effect.event, effect.device, effect.counter):
            where = effect.stream, effect.device, effect.counter
            self.unsubmitted.append(Refusal(*where, Outcome.UNKNOWN, event=effect.event))

    # --- what happens, one step at a time ---

    def connect(self, number: int) -> Wire:
        """A new connection."""
        wire = self.wires[number] = self.doors[number] = Wire()
        self.open(number)
        return wire

    def hear(self, number: int, messages: list[ClientMessage]) -> None:
        """A read that holds these requests."""
        self.carry(self.hub.received_all(number, messages, self.now))

    def lost_connection(self, number: int) -> None:
        """A connection is gone."""
        if self.wires.pop(number, None) is not None:
            del self.doors[number]
            self.carry(self.hub.lost(number, self.now))

    def pass_ends(self) -> None:
        """What could not be submitted is refused, and everyone who is behind is served."""
        refusals, self.unsubmitted = self.unsubmitted, []
        if refusals:
            self.refused(refusals)
        assert self.fanout is not None
        self.fanout.flush()

    def work(self, fail: bool) -> None:
        """A worker does its oldest job, or has no time for it."""
        if self.jobs:
            job = self.jobs.pop(0)
            if fail:
                self.carry(self.hub.finished(job, OverflowError("busy"), self.now))
            else:
                self.run(job)

    def congest(self, number: int, on: bool) -> None:
        """A connection takes nothing more, or takes again."""
        wire = self.wires.get(number)
        if wire is not None and wire.congested is not on:
            wire.congested = on
            if not on:
                assert self.fanout is not None
                self.fanout.writable(number)

    def settle(self) -> bool:
        """One pass in which everything works; whether anything happened."""
        before = len(self.ledger.store.records)
        busy = bool(self.unsubmitted or self.jobs)
        self.turn(RETRY_SECONDS)  # and commit
        self.pass_ends()
        while self.jobs:
            self.work(fail=False)
        return busy or len(self.ledger.store.records) > before

    def snapshot(self) -> None:
        """Keeps the state, as the app does from time to time."""
        self.ledger.save_snapshot(self.hub.state.position, encode_state(self.hub.state))


class Truth:
    """What everyone has been shown: at one seq of one place everybody has seen the same."""

    def __init__(self) -> None:
        self._shown: dict[tuple[str, int], tuple[str, str]] = {}

    def shown(self, place: str, seq: int, by: str, text: str) -> None:
        """Somebody has seen an entry."""
        assert self._shown.setdefault((place, seq), (by, text)) == (by, text), (place, seq, by, text)


class Client:
    """A program with a memory: its token, what it has seen of each place, and what is not acknowledged."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.number = 0  # of the session; 0: not connected
        self.forget()

    def forget(self) -> None:
        """Becomes somebody else, who has never been here."""
        self.name = ""
        self.token = ""
        self.said = 0
        self.acknowledged: dict[int, tuple[str, int]] = {}
        self.seen: dict[str, int] = {}
        self.asked: set[str] = set()  # rooms that one has asked to join or leave, on this connection
        self.unsure: set[str] = set()  # and on those before: the answer may have been lost
        self.unacknowledged: dict[int, m.Say | m.Tell] = {}
        self.expected: dict[str, int] = {}
        self.away_for = self.was_away = 0.0
        self.ready = False

    def hello(self) -> list[ClientMessage]:
        """How a connection begins."""
        self._decoder = FrameDecoder(MAX_FRAME)
        self.ready = False
        self.unsure |= self.asked
        self.asked.clear()
        self.expected = dict(self.seen)
        if not self.token:
            return [m.Hello(), m.Login()]
        return [m.Hello(), m.Resume(token=self.token, seen=self.seen)]

    def line(self, place: str, to: str) -> m.Say | m.Tell:
        """A new line, in a room or to a person."""
        self.said += 1
        text = f"{self.name} says {self.said}"
        line = m.Tell(id=self.said, to=to, text=text) if to else m.Say(id=self.said, room=place, text=text)
        self.unacknowledged[self.said] = line
        return line

    def read(self, data: bytes) -> None:
        """Takes in what was sent, and checks it."""
        for body in self._decoder.feed(data):
            message = decode_reply(body)
            assert not isinstance(message, Chunk)
            self._told(message)

    def _told(self, message: ServerMessage) -> None:
        match message:
            case m.LoggedIn():
                if message.resumed:
                    assert message.last_id >= max(self.acknowledged, default=0)
                else:  # somebody new; the robot, too, takes a caller to a room under a name of its own
                    self.forget()
                self.name, self.token, self.ready = message.name, message.token, True
                self.was_away, self.away_for = self.away_for, 0.0
                self.seen = {}
            case m.Joined():
                place = message.conversation or message.place
                wanted = self.expected.pop(place, None)
                known = self.seen.get(place, wanted)
                if known is not None and not message.ref and place not in self.unsure:
                    assert message.seen == known, (self.name, known, message)
                if not message.ref:
                    self.unsure.discard(place)
                self.seen[place] = message.seen
            case m.Left():
                self.seen.pop(message.room, None)
            case m.Said() | m.TopicSet() if message.seq:
                self._entry(message.room, message.room, message.seq, message.by, message.text)
            case m.Told():
                self._entry(message.conversation, message.conversation, message.seq, message.by, message.text)
            case m.Ack():
                for number, seq in zip(message.ids, message.seqs, strict=True):
                    self.unacknowledged.pop(number, None)
                    place = "@" if message.place.startswith("@") else message.place  # people change names
                    where = (place, seq)
                    assert self.acknowledged.setdefault(number, where) == where, (self.name, number)
            case m.Gap():
                raise AssertionError((self.name, message))
            case m.Error(code="bad_token") | m.Bye(code="quit"):
                # The hold time may be over while a return is being recorded: then it is granted, and ends.
                away = max(self.away_for, self.was_away)
                assert away >= HOLD - MOMENTS, f"{self.name} is locked out after {away} s"
                self.forget()
            case m.Error(code="id_order" | "no_such_person" | "not_in_room") if message.id:
                assert message.id not in self.acknowledged
                self.unacknowledged.pop(message.id, None)
            case _:
                pass

    def _entry(self, place: str, shared: str, seq: int, by: str, text: str) -> None:
        known = self.seen.get(place)
        if known is None and place.startswith("@"):  # the first line to or from someone opens the place
            known = seq - 1
        assert known is not None, (self.name, place, seq, "not there")
        assert seq == known + 1, f"{self.name} has {known} of {place} and is sent {seq}"
        self.seen[place] = seq
        self.truth.shown(shared, seq, by, text)
