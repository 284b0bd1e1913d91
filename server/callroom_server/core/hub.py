"""The house's mind: messages, committed records and time in; effects out. Pure: it owns no socket, clock,
thread or file.

Every method returns the effects of what happened, in the order in which they must be carried out. `now` is
monotonic seconds; `at`, set by the owner of the clock, is Unix milliseconds and only ever a label.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable

from callroom_menus.shelf import Shelf
from callroom_server.config.limits import Limits
from callroom_server.core import calls, events, presence, running, taking, texts
from callroom_server.core.effects import Alarm, Append, Close, Effect, Handed, Later, Run, Send, Wake
from callroom_server.core.flood import Bucket
from callroom_server.core.handlers import HANDLERS, lines, people, places
from callroom_server.core.ledger import Hits, Record, Refusal
from callroom_server.core.log import Log
from callroom_server.core.reading import Wanted, arrived, failed, handed_out, still_behind
from callroom_server.core.runbooks import Over
from callroom_server.core.sessions import LEGAL, Member, Place, Session
from callroom_server.core.sessions import State as At
from callroom_server.core.state import State
from callroom_wire.errors import Refused
from callroom_wire.messages import ClientMessage, Error, Hello, Join, Login, Ping, Pong, Present, Quit, Say

Result = list[Record] | Hits | Handed | dict[str, str] | Exception | None
"""What a worker gives back: records, hits, a row, that there is none, or what went wrong."""

_SMALL_TALK = frozenset({Ping, Pong, Hello, Quit})


class Hub:
    """Everyone who is connected just now, over the `State` that the log tells.

    Args:
        boot: a number of this process, unlike any earlier one: it marks which server asked for a record.
        shelf: the robot's menus.
        new_token: makes a secret that a person can type.
        hash_token: what is kept of it.
        flood: whether flood control is on.
    """

    def __init__(
        self,
        *,
        boot: int,
        limits: Limits,
        shelf: Shelf,
        new_token: Callable[[], str],
        hash_token: Callable[[str], str],
        flood: bool = True,
        name: str = "Callroom",
    ) -> None:
        self.boot = boot
        self.limits = limits
        self.shelf = shelf
        self.new_token = new_token
        self.hash_token = hash_token
        self.flood = flood
        self.name = name
        self.at = 0
        self.site = ""  # where its pages are reached from outside; "" while it has none
        self.said = 0
        self.refused_as: Counter[str] = Counter()
        self.state = State()
        self.sessions: dict[int, Session] = {}
        self.online: dict[int, Session] = {}  # by device
        self.places: dict[str, Place] = {}
        self.lost_at: dict[int, int] = {}  # devices whose connection broke: the generation of their alarm
        self.wanted: dict[int, Wanted] = {}  # what the readers in the workers are asked for
        self.tokens: dict[int, str] = {}  # session -> the token it will be told once its record is durable
        self.outputs: dict[int, bytearray] = {}  # of runs that calls have asked for, by ticket
        self.calls = 0
        self.live = False  # while the log is replayed nobody is answered
        self._ticket = 0
        self._alarms = 0

    # --- connections ----------------------------------------------------------------------------------------

    def opened(self, number: int, door: str, address: str, lang: str, greeted: bool) -> list[Effect]:
        """A connection is there. `greeted`: it needs no Hello (text doors)."""
        self.sessions[number] = Session(number, door, address, lang, At.CALLER if greeted else At.GREETING)
        return []

    def received(self, number: int, message: ClientMessage, now: float) -> list[Effect]:
        """A session said something. What it may not is answered; only a broken peer raises."""
        session = self.sessions.get(number)
        if session is None or session.state is At.CLOSING:
            return []
        kind = type(message)
        if (session.awaiting or session.state is At.LOGGING_IN) and kind not in _SMALL_TALK:
            return self._hold(session, message)
        if kind not in LEGAL[session.state]:
            return [self._wrong_state(session, message)]
        try:
            return HANDLERS[kind](self, session, message, now)
        except Refused as fault:
            return [self.error(session, fault, message.ref, getattr(message, "id", 0))]

    def received_all(self, number: int, messages: list[ClientMessage], now: float) -> list[Effect]:
        """What a session said, as it came in one read: as `received` for each, in order.

        Lines for one room that follow one another are taken together. That is what makes a busy room cheap.
        """
        effects: list[Effect] = []
        session = self.sessions.get(number)
        start, count = 0, len(messages)
        while start < count:
            first = messages[start]
            stop = start + 1
            if isinstance(first, Say) and session is not None and session.free:
                run = [first]
                while stop < count and isinstance(after := messages[stop], Say) and after.room == first.room:
                    run.append(after)
                    stop += 1
                together = lines.say_all(self, session, run) if len(run) > 1 else None
                if together is not None:
                    effects.append(together)
                    start = stop
                    continue
                stop = start + 1
            effects += self.received(number, first, now)
            start = stop
        return effects

    def lost(self, number: int, now: float) -> list[Effect]:
        """A connection is gone. Its seats stay for whoever comes back with the token."""
        session = self.sessions.pop(number, None)
        if session is None:
            return []
        self.tokens.pop(number, None)
        effects: list[Effect] = []
        seen = {stream: member.confirmed for stream, member in session.members.items()}
        for member in list(session.members.values()):
            self.unseat(member)
            self.news(member.place, effects).lost.append(session.name)
        if session.device and self.online.get(session.device) is session:
            del self.online[session.device]
            if seen and session.state is not At.CLOSING:
                effects.append(Append(events.PEOPLE, events.encode(events.Seen(session.device, seen))))
            effects.append(self.hold_seat(session.device, now))
        elif not session.device:
            effects += calls.broken_off(self, session)
        return effects

    def hold_seat(self, device: int, now: float) -> Effect:
        """Keeps a lost device's name and seats for `seat_hold_seconds` from now."""
        generation = self.lost_at[device] = self.generation()
        return Later(now + self.limits.seat_hold_seconds, Alarm("seat", device, generation))

    # --- the ledger -----------------------------------------------------------------------------------------

    def committed(self, records: list[Record], now: float) -> list[Effect]:
        """These are durable: show them, and acknowledge them to whoever asked."""
        return taking.committed(self, records, now)

    def refused(self, refusals: Iterable[Refusal], now: float) -> list[Effect]:
        """These were not stored, or were before: tell whoever asked."""
        return taking.refused(self, refusals, now)

    def restarted(self, now: float) -> list[Effect]:
        """All records are applied: whoever was here before gets the hold time to come back."""
        self.live = True
        return [self.hold_seat(device, now) for device in self.state.devices]

    # --- time and workers -----------------------------------------------------------------------------------

    def due(self, alarm: Alarm, now: float) -> list[Effect]:
        """An alarm that was asked for with `Later`; a stale one finds nothing to do."""
        if alarm.kind == "seat":
            if self.lost_at.get(alarm.number) != alarm.generation or alarm.number in self.online:
                return []
            del self.lost_at[alarm.number]
            if alarm.number not in self.state.devices:
                return []
            return [Append(events.PEOPLE, events.encode(events.Gone(device=alarm.number)))]
        if alarm.kind == "call":
            return calls.silence(self, alarm, now)
        if alarm.kind == "behind":
            return still_behind(self, alarm.number)
        raise AssertionError(f"unknown alarm {alarm}")

    def finished(self, run: Run, result: "Result", now: float) -> list[Effect]:
        """A worker has done what a `Run` asked, or failed."""
        wanted = self.wanted.pop(run.ticket)
        session = self.sessions.get(wanted.session)
        if session is None:
            return []
        if isinstance(result, Handed):
            return [handed_out(self, session, wanted, result)]
        if isinstance(result, (list, Hits)):
            return arrived(self, session, wanted, run, result)
        if wanted.kind == "lookup":
            return calls.looked_up(self, session, wanted, result, now)
        return failed(self, session, wanted, now)

    def run_output(self, ticket: int, channel: int, data: bytes) -> list[Effect]:
        """A runbook that an `Execute` asked for has written something."""
        wanted = self.wanted.get(ticket)
        return [] if wanted is None else running.output(self, wanted, ticket, channel, data)

    def run_over(self, ticket: int, end: Over | Refused, now: float) -> list[Effect]:
        """It has ended, or was not started."""
        wanted = self.wanted.pop(ticket, None)
        return [] if wanted is None else running.over(self, wanted, ticket, end, now)

    # --- what the handlers share ----------------------------------------------------------------------------

    def charge(self, number: int, size: int, now: float, messages: int = 1) -> float:
        """Takes a message of `size` bytes from the session's allowance; the seconds to read nothing more from
        it.
        """
        session = self.sessions.get(number)
        if not self.flood or session is None:
            return 0.0
        if session.bucket is None:
            session.bucket = Bucket(self.limits, now)
        return session.bucket.charge(self.limits, now, size, messages)

    def counts(self, number: int, message: ClientMessage, now: float) -> bool:
        """Whether flood control counts a message: small talk once in `small_talk_seconds` costs nothing."""
        session = self.sessions.get(number)
        if session is None or type(message) not in _SMALL_TALK:
            return True
        if now - session.small_talk_at < self.limits.small_talk_seconds:
            return True
        session.small_talk_at = now
        return False

    def idle(self, session: Session, now: float) -> None:
        """Lets go of what an idle session does not need: most sessions are idle most of the time."""
        if session.bucket is not None and session.bucket.full(self.limits, now):
            session.bucket = None

    def flooding(self, number: int, now: float) -> list[Effect]:
        """A session is slowed: after a while it is told, after a longer one closed with the reason."""
        session = self.sessions.get(number)
        if session is None or session.bucket is None or session.bucket.debt_since is None:
            return []
        since = now - session.bucket.debt_since
        if since >= self.limits.flood_close_seconds:
            return [self.close(session, "too_fast")]
        if since >= self.limits.flood_tell_seconds and not session.bucket.told:
            session.bucket.told = True
            return [self.error(session, Refused("too_fast"), 0)]
        return []

    def ask(self, session: Session, stream: str, event: events.Asked) -> list[Effect]:
        """Submits a request's own record; until it is back, what the session asks waits its turn."""
        session.awaiting = True
        return [Append(stream, events.encode(event))]

    def release(self, session: Session, now: float) -> list[Effect]:
        """The record a session waited for is back: what it asked meanwhile has its turn."""
        session.awaiting = False
        effects: list[Effect] = []
        while session.waiting and not session.awaiting and session.state is not At.LOGGING_IN:
            effects += self.received(session.number, session.waiting.popleft(), now)
        return effects

    def halt(self, device: int, line: int) -> None:
        """A line was not stored: later ones must not be, either, or it never could be (ids grow).

        Programs send it again. People do not: they see what came of it, and type the next.
        """
        session = self.online.get(device)
        if session is not None and session.door == "frames":
            session.halted = min(line, session.halted or line)

    def error(self, session: Session, fault: Refused, ref: int, line: int = 0) -> Send:
        """The answer to what may not be."""
        self.refused_as[fault.code] += 1
        text, fix = texts.sentence(session.lang, fault.code, fault.params)
        return Send(session.number, Error(code=fault.code, text=text, fix=fix, ref=ref, id=line))

    def close(self, session: Session, code: str, **params: str | int) -> Close:
        """Ends a session with a reason."""
        return Close(session.number, code, texts.word(session.lang, code, **params))

    def enter(self, session: Session, join: Join, now: float) -> list[Effect]:
        """Takes a session to a room where the robot wants it."""
        try:
            return places.join(self, session, join, now, go=True)
        except Refused as fault:
            return [self.error(session, fault, 0)]

    def login_guest(self, session: Session, now: float) -> list[Effect]:
        """Gives a session a name that nobody asked for."""
        return people.login(self, session, Login(), now)

    def place(self, stream: str, name: str) -> Place:
        """The live place of a stream, made when its first member comes."""
        place = self.places.get(stream)
        if place is None:
            limits = self.limits
            log = Log(name, self.state.head(stream), limits.log_entries, limits.log_bytes)
            place = self.places[stream] = Place(stream, log)
        return place

    def sit(self, session: Session, place: Place, cursor: int) -> Member:
        """Makes a session a member of a place, served from `cursor` on."""
        member = Member(session, place, cursor)
        place.members[session.number] = member
        session.seat(member)
        return member

    def unseat(self, member: Member) -> None:
        """Takes a member out of its place, and lets an empty place go: its entries are in the ledger."""
        place = member.place
        place.members.pop(member.session.number, None)
        member.session.members.pop(place.stream, None)
        if not place.members:
            self.places.pop(place.stream, None)

    def news(self, place: Place, effects: list[Effect]) -> Present:
        """What will be told of comings and goings at the next flush of this place."""
        if place.news is None:
            place.news = presence.empty(place.log.place)
            effects.append(Wake(place.stream))
        return place.news

    def generation(self) -> int:
        """A number that no alarm has had before: whoever is given it knows a stale alarm by another."""
        self._alarms += 1
        return self._alarms

    def ticket(self, wanted: Wanted) -> int:
        """Remembers what a worker's answer will be for."""
        self._ticket += 1
        self.wanted[self._ticket] = wanted
        return self._ticket

    def place_name(self, stream: str, reader: int) -> str:
        """What a device calls a stream: the room's name, or `@` and the other's."""
        room = self.state.rooms.get(stream)
        if room is not None:
            return room.name
        one, other = events.direct_devices(stream)
        device = self.state.devices.get(other if one == reader else one)
        return "@" + (device.name if device is not None else "?")

    def shared_name(self, stream: str) -> str:
        """What the log calls a place: a room's name, or as in `events.direct_place`."""
        room = self.state.rooms.get(stream)
        if room is not None:
            return room.name
        known = [self.state.devices.get(number) for number in events.direct_devices(stream)]
        return events.direct_place(stream, [device.name if device is not None else "?" for device in known])

    def open_direct(self, stream: str, seq: int) -> Place | None:
        """A direct line came and nobody sits there yet: whoever of the two is connected takes the seat."""
        if not stream.startswith("dm/"):
            return None
        numbers = events.direct_devices(stream)
        present = [self.online[number] for number in numbers if number in self.online]
        if not present:
            return None
        place = self.place(stream, self.shared_name(stream))
        place.log.head, place.log.first = seq - 1, seq
        for session in present:
            self.sit(session, place, seq - 1)
        return place

    def _hold(self, session: Session, message: ClientMessage) -> list[Effect]:
        if session.waiting is None:
            session.waiting = deque()
        if len(session.waiting) >= self.limits.requests_waiting:
            return [self.error(session, Refused("busy"), message.ref, getattr(message, "id", 0))]
        session.waiting.append(message)
        return []

    def _wrong_state(self, session: Session, message: ClientMessage) -> Effect:
        what = type(message).__struct_config__.tag
        if session.state is At.CALLER and type(message) in LEGAL[At.READY]:
            return self.error(session, Refused("not_logged_in"), message.ref, getattr(message, "id", 0))
        expected = texts.word(session.lang, "hello_first" if session.state is At.GREETING else "log_in_once")
        fault = Refused("wrong_state", what=str(what), expected=expected)
        return self.error(session, fault, message.ref, getattr(message, "id", 0))
