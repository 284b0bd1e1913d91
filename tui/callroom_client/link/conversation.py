"""The client's side of a conversation: hello, login or return, pings, and lines until they are acknowledged.

Pure: no socket, clock, thread or file. Messages and time in, effects out.

    connected --Hello--> HELLO --Welcomed--> LOGIN --LoggedIn--> READY --Bye, lost--> OFF
                                             |   ^
                                             +---+ bad_token: Login instead of Resume

A line is on the disk before it is sent, and it is on the disk that it may have been sent before it is. So
whatever ends us: what was not sent is sent later; what may have been sent is sent again with its id, and the
server stores it once; and where the server has forgotten the device, and with it which lines it has, the
author is told (`Dropped`).
"""

from enum import Enum
from math import inf

import msgspec

from callroom_client.events import Asked, Dropped, Queued, Received, RoundTrip, Stage
from callroom_client.link.effects import (
    Effect,
    Forget,
    Hang,
    KeepLine,
    KeepLogin,
    KeepSeen,
    MarkSent,
    Reach,
    Send,
    Tell,
)
from callroom_client.link.lines import Keeping, Line, Lines
from callroom_client.link.pulse import Patience, Pulse
from callroom_wire import messages as m
from callroom_wire.codec import encode
from callroom_wire.messages import ClientMessage, ServerMessage

WINDOW = 8
"""Lines that fly at once: fewer than a server's burst (10), or it would rest from reading our pings, too."""

RETRY_SECONDS = 2.0
"""After a line was refused for want of room or a disk, all wait so long."""

FLOOD_REST_SECONDS = 8.0
"""After `too_fast`, no line is sent for so long: by then most of the server's allowance is back."""

PASSING = frozenset({"busy", "ledger_down", "ledger_full"})
"""Refusals that are about the moment, not about what was asked."""

FINAL = frozenset({"quit", "taken_over"})
"""Farewells after which coming back by oneself would be wrong: one asked for it, or sits elsewhere now."""

OWN = (m.Hello, m.Login, m.Resume, m.Say, m.Tell, m.Ping, m.Pong)
"""Messages that the link sends itself."""


class NotSent(Exception):  # noqa: N818  # it says what happened
    """A request was not sent. `code`: `offline`, or `congested`: what was asked before has not left yet."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Step(Enum):
    """How far this connection's conversation is."""

    OFF = "off"
    HELLO = "hello"
    LOGIN = "login"
    READY = "ready"


class Conversation:
    """One client's conversation, through breaks and returns.

    Args:
        name: the name that was asked for; empty: the last one, or any.
        lang: the language of the server's sentences; empty: the server's own.
        known: the name of the last login.
        token: for coming back.
        seen: the last seq seen of each place.
    """

    def __init__(
        self,
        lines: Lines,
        *,
        name: str = "",
        lang: str = "",
        known: str = "",
        token: str = "",
        seen: dict[str, int] | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.lines = lines
        self.wanted = name
        self.name = known
        self.step = Step.OFF
        self._lang = lang
        self._token = token
        self._seen = dict(seen or {})
        self._seen_at: float | None = None  # since when something is seen and not written down
        self._patience = patience or Patience()
        self._ref = 0
        self._own_ref = 0  # of the hello or login under way
        self._forms = False  # whether this house tells the robot's forms
        self._since = 0.0  # of the step
        self._rest_until = 0.0
        self._pulse = Pulse(self._patience)

    # --- the connection -------------------------------------------------------------------------------------

    def connected(self, now: float) -> list[Effect]:
        """Frames can pass: say hello."""
        self._enter(Step.HELLO, now)
        return [Reach(Stage.PROVING), Send(m.Hello(ref=self._next_own(), client="callroom", lang=self._lang))]

    def lost(self) -> list[Effect]:
        """The connection is gone."""
        self.step = Step.OFF
        self._rest_until = 0.0
        self._pulse.stop()
        self.lines.land_all()
        return self._keep_seen()

    def heard(self) -> list[Effect]:
        """Bytes came, whatever they mean."""
        return [Reach(Stage.READY)] if self._pulse.heard() else []

    # --- what is asked for ----------------------------------------------------------------------------------

    def ask(self, message: ClientMessage, now: float) -> tuple[int, list[Effect]]:
        """Sends a request with a ref of its own.

        Raises:
            NotSent: there is no connection that is ready.
            ValueError: it is the link's own to send, or too long for a frame.
        """
        if isinstance(message, OWN):
            raise ValueError(
                f"{type(message).__name__} is not for asking: lines are said, the rest is the link's own"
            )
        if self.step is not Step.READY:
            raise NotSent("offline")
        self._ref += 1
        message = msgspec.structs.replace(message, ref=self._ref)
        encode(message)
        return self._ref, [Tell(Asked(at=now, message=message)), Send(message)]

    def say(self, place: str, text: str) -> tuple[int, list[Effect]]:
        """Says a line in a room, or to `@` and a person, once it is written down.

        Raises:
            ValueError: it does not fit in a frame, or is no text.
        """
        encode(Line(m.MAX_NUMBER, place, text, Keeping.NEW).message())
        line = self.lines.add(place, text)
        # With what was seen until now: a bot that answers a line, and dies, does not see and answer it again.
        return line.id, [*self._keep_seen(), KeepLine(line.id, place, text, sent=self.step is Step.READY)]

    def remembered(self, now: float) -> list[Effect]:
        """Tells of the lines that an earlier run left."""
        return [
            Tell(Queued(at=now, id=line.id, place=line.place, text=line.text)) for line in self.lines.all()
        ]

    def kept(self, line: KeepLine, now: float) -> list[Effect]:
        """A line is on the disk."""
        self.lines.reached(Keeping.MARKED if line.sent else Keeping.KEPT, [line.id])
        effects: list[Effect] = [Tell(Queued(at=now, id=line.id, place=line.place, text=line.text))]
        return effects + (self._fly(now) if line.sent else self._mark())

    def marked(self, ids: tuple[int, ...], now: float) -> list[Effect]:
        """It is on the disk that these lines may have been sent."""
        self.lines.reached(Keeping.MARKED, ids)
        return self._fly(now)

    def not_kept(self, line: KeepLine, now: float) -> list[Effect]:
        """The disk did not take a line."""
        self.lines.settle([line.id])
        return [Tell(Dropped(at=now, id=line.id, place=line.place, text=line.text, code="not_kept"))]

    # --- what the server tells ------------------------------------------------------------------------------

    def received(self, message: ServerMessage, now: float) -> list[Effect]:
        """The server told something."""
        match message:
            case m.Ping(n=n):
                return [Send(m.Pong(n=n))]
            case m.Pong(n=n):
                seconds = self._pulse.ponged(n, now)
                return [] if seconds is None else [Tell(RoundTrip(at=now, seconds=seconds))]
            case m.LoggedIn():
                shown = msgspec.structs.replace(message, token="")
                return [Tell(Received(at=now, message=shown)), *self._logged_in(message, now)]
            case _:
                return [Tell(Received(at=now, message=message)), *self._heeded(message, now)]

    def _heeded(self, message: ServerMessage, now: float) -> list[Effect]:
        match message:
            case m.Welcomed(limits=limits) if self.step is Step.HELLO:
                self._forms = limits.get(m.FORMS, 0) > 0
                return self._log_in(now)
            case m.Said(room=place, seq=seq) | m.TopicSet(room=place, seq=seq) if seq:
                self._saw(place, seq, now)
            case m.Told(conversation=conversation, seq=seq) if conversation:
                self._saw(conversation, seq, now)
            case m.Gap(place=place, last=last) if not place.startswith("@"):  # there the next line tells
                self._saw(place, last, now)
            case m.Joined(place=place, conversation=conversation, seen=seen):
                self._saw(conversation or place, seen, now, again=True)
            case m.Left(room=room):
                self._seen.pop(room, None)
                self._seen_at = self._seen_at or now
            case m.Ack(ids=ids):
                return self._settled(ids, now)
            case m.Renamed(name=name):
                self.name = name
                return [KeepLogin(name, self._token)]
            case m.Error():
                return self._refused(message, now)
            case m.Bye(code=code, text=text):
                return self._farewell(code, text)
            case _:
                pass
        return []

    def _log_in(self, now: float) -> list[Effect]:
        self._enter(Step.LOGIN, now)
        ref = self._next_own()
        if self._token:
            login: ClientMessage = m.Resume(
                ref=ref, token=self._token, seen=dict(self._seen), forms=self._forms
            )
        else:
            login = m.Login(ref=ref, name=self.wanted or self.name, forms=self._forms)
        return [Reach(Stage.LOGGING_IN), Send(login)]

    def _logged_in(self, message: m.LoggedIn, now: float) -> list[Effect]:
        self._enter(Step.READY, now)
        self._own_ref = 0
        self._pulse.start(now)
        self.name, self._token = message.name, message.token
        self.lines.counter = max(self.lines.counter, message.last_id)
        effects: list[Effect] = [KeepLogin(message.name, message.token), Reach(Stage.READY)]
        if not message.resumed:
            lost = self.lines.settle([line.id for line in self.lines.at(Keeping.MARKED)])
            effects += [
                Tell(Dropped(at=now, id=line.id, place=line.place, text=line.text, code="fate_unknown"))
                for line in lost
            ]
            if lost:
                effects.append(Forget(tuple(line.id for line in lost)))
            rooms = [(place, seen) for place, seen in self._seen.items() if not place.startswith("@")]
            effects += [Send(m.Join(room=room, seen=seen)) for room, seen in rooms]
        return effects + self._mark() + self._fly(now)

    def _refused(self, error: m.Error, now: float) -> list[Effect]:
        if error.ref and error.ref == self._own_ref:
            return self._login_refused(error, now)
        if error.code == "too_fast":
            self._rest_until = now + FLOOD_REST_SECONDS
        if not error.id:
            return []
        if error.code in PASSING:
            self.lines.land(error.id)
            self._rest_until = now + RETRY_SECONDS
            return []
        return self._settled([error.id], now)

    def _login_refused(self, error: m.Error, now: float) -> list[Effect]:
        if error.code in PASSING:
            return self._hang(error.code, error.text)
        if error.code == "bad_token" and self._token:
            self._token = ""
            return [KeepLogin(self.name, ""), *self._log_in(now)]
        if error.code == "name_taken" and self.name and not self.wanted:  # nobody asked for just this one
            self.name = ""
            return self._log_in(now)
        return self._hang(error.code, error.text, final=True)

    def _farewell(self, code: str, text: str) -> list[Effect]:
        effects = self._hang(code, text, final=code in FINAL, by_us=False)
        if code == "quit":
            self._token = self.name = ""
            self._seen.clear()
            self._seen_at = self._since
            return [KeepLogin("", ""), *effects]
        return effects

    # --- lines ----------------------------------------------------------------------------------------------

    def _settled(self, ids: list[int], now: float) -> list[Effect]:
        settled = self.lines.settle(ids)
        if not settled:
            return []
        return [Forget(tuple(line.id for line in settled)), *self._fly(now)]

    def _mark(self) -> list[Effect]:
        """Lines that were said offline may go, once that is written down."""
        if self.step is not Step.READY:
            return []
        ids = tuple(line.id for line in self.lines.at(Keeping.KEPT))
        return [MarkSent(ids)] if ids else []

    def _fly(self, now: float) -> list[Effect]:
        if self.step is not Step.READY or now < self._rest_until:
            return []
        effects: list[Effect] = []
        for line in self.lines.start(WINDOW, now):
            message = line.message()
            effects += [Tell(Asked(at=now, message=message)), Send(message)]
        return effects

    # --- time -----------------------------------------------------------------------------------------------

    @property
    def due(self) -> float:
        """When `tick` has something to do next, by the clock; infinite: only when something happens."""
        patience = self._patience
        times = [inf]
        if self._seen_at is not None:
            times.append(self._seen_at + patience.seen)
        match self.step:
            case Step.OFF:
                pass
            case Step.HELLO:
                times.append(self._since + patience.hello)
            case Step.LOGIN:
                times.append(self._since + patience.login)
            case Step.READY:
                times.append(self._pulse.due)
                if self._rest_until:
                    times.append(self._rest_until)
                times += [line.flown_at + patience.ack for line in self.lines.flying() if line.flown_at]
        return min(times)

    def tick(self, now: float) -> list[Effect]:
        """Time has passed."""
        effects: list[Effect] = []
        if self._seen_at is not None and now >= self._seen_at + self._patience.seen:
            effects += self._keep_seen()
        age = now - self._since
        match self.step:
            case Step.HELLO if age >= self._patience.hello:
                effects += self._hang("hello_timeout")
            case Step.LOGIN if age >= self._patience.login:
                effects += self._hang("login_timeout")
            case Step.READY:
                effects += self._tick_ready(now)
            case _:
                pass
        return effects

    def _tick_ready(self, now: float) -> list[Effect]:
        flights = [line.flown_at for line in self.lines.flying() if line.flown_at]
        if flights and now >= min(flights) + self._patience.ack:
            return self._hang("no_ack")
        if self._pulse.gone(now):
            return self._hang("server_silent")
        effects: list[Effect] = []
        if self._pulse.falls_silent(now):
            effects.append(Reach(Stage.SILENT))
        if number := self._pulse.ping(now):
            effects.append(Send(m.Ping(n=number)))
        if self._rest_until and now >= self._rest_until:
            self._rest_until = 0.0
            effects += self._fly(now)
        return effects

    # --- small things ---------------------------------------------------------------------------------------

    def _enter(self, step: Step, now: float) -> None:
        self.step, self._since = step, now

    def _hang(self, code: str, detail: str = "", final: bool = False, by_us: bool = True) -> list[Effect]:
        self.step = Step.OFF
        return [Hang(code, detail, final, by_us)]

    def _next_own(self) -> int:
        self._ref += 1
        self._own_ref = self._ref
        return self._ref

    def _saw(self, place: str, seq: int, now: float, again: bool = False) -> None:
        if again or seq > self._seen.get(place, 0):
            self._seen[place] = seq
            self._seen_at = self._seen_at or now

    def _keep_seen(self) -> list[Effect]:
        if self._seen_at is None:
            return []
        self._seen_at = None
        return [KeepSeen(dict(self._seen))]
