"""`--json`: one event per line out, one request per line in, for scripts and bots; see docs/line.md."""

import sys
import time
from collections import deque
from collections.abc import Callable

import msgspec

from callroom_client import events as e
from callroom_client.client import Client, NotSent
from callroom_client.line.pipe import Pipe
from callroom_client.line.plain import DONE, FAILED
from callroom_client.line.wire import HEADER_BYTES, masked
from callroom_client.model import SECRET, Model
from callroom_client.model.cleaning import cleaned
from callroom_client.talk import is_unanswered
from callroom_wire import messages as m
from callroom_wire.messages import ClientMessage

TRACED = (e.Began, e.Ended, e.SocketOpened, e.SocketClosed, e.KernelSeen, e.FramePassed, e.RoundTrip)
"""What is written only with `--trace`: it is more than all the rest."""

HELD_LINES = 1000
"""Requests that may wait for the first login; beyond them no more is read."""


class Say(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """Say a line: answered by `Queued` with its id."""

    place: str
    text: str


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """Ask the house; any message of docs/protocol.md. Answered by `Asked` with its `ref`."""

    message: ClientMessage


class SetTimeout(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """Set a time-out: null waits for ever, 0 does not wait. Answered by `TimeoutsSet`."""

    verb: e.Verb
    seconds: float | None


class Reconnect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """Connect anew, or at once."""


class Leave(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """End now, without waiting for answers; the name is kept."""


class Wrong(msgspec.Struct, frozen=True, tag=True):
    """A line that could not be carried out: its number, from 1, and why."""

    line: int
    why: str


Request = Say | Ask | SetTimeout | Reconnect | Leave

_decode = msgspec.json.Decoder(Request).decode
_encode = msgspec.json.Encoder().encode


class Objects:
    """Requests in, events out.

    Args:
        room: to be entered after each login.
        trace: write every operation and frame, too.
        write: gets each line, without its end.
    """

    def __init__(self, client: Client, room: str, trace: bool, write: Callable[[bytes], object]) -> None:
        self.leaving = False
        self.lost = ""
        self._client = client
        self._room = room
        self._trace = trace
        self._write = write
        self._model = Model()
        self._refs: set[int] = set()  # without an answer
        self._unwritten: set[int] = set()  # lines on their way to the disk
        self._held: deque[str] = deque()  # requests that came before the first login
        self._begun = False
        self._line = 0
        self._failed = False

    @property
    def idle(self) -> bool:
        """Whether everything has been answered, and every line stored."""
        under_way = self._refs or self._unwritten or self._held or self._model.waiting
        return not under_way and self._model.caught_up and self._model.connection.stage.stage is e.Stage.READY

    @property
    def full(self) -> bool:
        """Whether no more requests can wait for the login."""
        return len(self._held) >= HELD_LINES

    @property
    def code(self) -> int:
        """The exit code, if this is the end."""
        return FAILED if self._failed else DONE

    def happened(self, event: e.LinkEvent) -> None:
        """Writes an event down."""
        match event:
            case e.Asked(message=message):
                self._asked(message)
            case e.Received(message=message):
                self._refs.discard(getattr(message, "ref", 0))
                self._failed = self._failed or isinstance(message, m.Error)
            case e.Queued(id=number) | e.Dropped(id=number):
                self._unwritten.discard(number)
            case e.StageChanged(stage=stage, code=code):
                self.lost = code if stage is e.Stage.OFFLINE else ""
                if stage is not e.Stage.READY:
                    self._refs.clear()
            case _:
                pass
        self._model.apply(event)
        if self._trace or not isinstance(event, TRACED):
            self._write(_encode(self._shown(event)))
        if self._model.connection.stage.stage is e.Stage.READY and isinstance(event, e.StageChanged):
            self._ready()

    def typed(self, line: str) -> None:
        """Carries out a request, as soon as there has been a login."""
        if self._begun:
            self._request(line)
        else:
            self._held.append(line)

    def _ready(self) -> None:
        if self._room and not self._begun:
            self._ask(m.Join(room=self._room))
        self._begun = True
        while self._held:
            self._request(self._held.popleft())

    def _request(self, line: str) -> None:
        self._line += 1
        if not line.strip():
            return
        try:
            self._carry_out(_decode(line))
        except (msgspec.MsgspecError, ValueError) as fault:
            self._wrong(str(fault))
        except NotSent as fault:
            self._wrong(fault.code)

    def _carry_out(self, request: Request) -> None:
        match request:
            case Say(place=place, text=text) | Ask(message=m.Say(room=place, text=text)):
                self._unwritten.add(self._client.say(place, text))
            case Ask(message=m.Tell(to=to, text=text)):
                self._unwritten.add(self._client.say(f"@{to}", text))
            case Ask(message=message):
                self._client.ask(message)
            case SetTimeout(verb=verb, seconds=seconds):
                self._client.set_timeout(verb, seconds)
            case Reconnect():
                self._client.reconnect_now()
            case Leave():
                self.leaving = True

    def _ask(self, message: ClientMessage) -> None:
        try:
            self._client.ask(message)
        except NotSent as fault:
            self._wrong(fault.code)

    def _asked(self, message: ClientMessage) -> None:
        if not is_unanswered(message):
            self._refs.add(message.ref)

    def _wrong(self, why: str) -> None:
        self._failed = True
        self._write(_encode(Wrong(self._line, why)))

    def _shown(self, event: e.LinkEvent) -> e.LinkEvent:
        """The event without what nobody should see, and harmless on a terminal."""
        if isinstance(event, e.Asked):
            press = event.message
            if isinstance(press, m.Press) and press.ref in self._model.secret_refs:
                return e.Asked(at=event.at, message=msgspec.structs.replace(press, text=SECRET))
        if isinstance(event, e.FramePassed):
            body = masked(event.data[HEADER_BYTES:], self._model)
            return msgspec.structs.replace(event, data=event.data[:HEADER_BYTES] + body)
        return cleaned(event)


def write(line: bytes) -> None:
    """Writes a line to standard output, at once."""
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def run(objects: Objects, pipe: Pipe, wait: float) -> int:
    """Reads requests to their end, then waits so many seconds at most for the answers; the exit code."""
    deadline: float | None = None
    while True:
        pipe.wait(objects.happened, objects.typed, deadline, lambda: objects.full)
        if objects.leaving:
            return objects.code
        if objects.lost:
            return DONE if objects.lost == "quit" else FAILED
        if pipe.ended:
            if objects.idle:
                return objects.code
            now = time.monotonic()
            deadline = now + wait if deadline is None else deadline
            if now >= deadline:
                return FAILED
