"""What the lessons of the lab share: what they need of the server, and how one connection to them lives."""

from collections.abc import Callable, Collection
from typing import Protocol

from callroom_server.config.limits import Limits
from callroom_server.core.runbooks import Over, Ready
from callroom_server.net.transport import Protocol as Conversation
from callroom_server.net.transport import Transport
from callroom_server.protocols.house import House, Timer
from callroom_wire.errors import Refused

DEFAULTS = Limits()


class LessonError(Exception):
    """An option of a lesson's URL is wrong; the message says what, and what would be right."""


class Run(Protocol):
    """A runbook that was asked for."""

    @property
    def ready(self) -> Ready:
        """What runs."""
        ...

    def cancel(self) -> None:
        """Nobody waits for it any more."""
        ...


class Watcher(Protocol):
    """Whom a run tells; see `app.runs`."""

    def output(self, channel: int, data: bytes) -> None:
        """The program wrote this."""
        ...

    def over(self, over: Over) -> None:
        """The program has ended."""
        ...

    def refused(self, fault: Refused) -> None:
        """It was not started after all."""
        ...


class Lab(Protocol):
    """The server as a lesson sees it. Loop thread only."""

    @property
    def limits(self) -> Limits:
        """Every limit, by name."""
        ...

    @property
    def lang(self) -> str:
        """The language of what is said to whoever cannot choose one."""
        ...

    @property
    def house(self) -> House:
        """The house, for the lesson that is a door to its robot."""
        ...

    @property
    def menus(self) -> Collection[str]:
        """The menus that the robot has."""
        ...

    def time(self) -> float:
        """Monotonic seconds."""
        ...

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Calls later, once."""
        ...

    def run(self, name: str, args: list[str], door: str, address: str, watcher: Watcher) -> Run:
        """Asks for a runbook; raises `Refused`."""
        ...

    def came(self, transport: Transport, lesson: str) -> None:
        """Someone is there. In a lesson nobody has to prove anything to the house."""
        ...

    def left(self, transport: Transport) -> None:
        """A connection that came is gone."""
        ...


class Stream:
    """One connection to a lesson.

    Nothing is read from a peer while anything waits to be sent to it, so that what a peer which never reads
    can send is bounded by the kernel's buffers; if it takes nothing at all for `send_stall_seconds`, it is
    reset. Who has neither sent nor taken anything for `lab_idle_seconds` is closed.
    """

    lesson = ""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._moved_at = lab.time()
        self._seen_out = 0
        self._timer: Timer | None = None
        self.transport: Transport

    # What a lesson does; by default: nothing at the beginning, and at the end of input it closes

    @property
    def busy(self) -> bool:
        """Whether the peer waits for us, and is therefore not idle."""
        return False

    def begun(self) -> None:
        """The connection is there."""

    def taken(self, data: bytes) -> None:
        """The peer has sent this."""
        raise NotImplementedError

    def ended(self) -> None:
        """The peer has finished sending."""
        self.transport.close("ended")

    def gone(self) -> None:
        """The connection is gone."""

    # For the transport

    def connection_made(self, transport: Transport) -> None:
        """Bytes may flow."""
        self.transport = transport
        self.lab.came(transport, self.lesson)
        self._look_again()
        self.begun()

    def data_received(self, data: bytes) -> None:
        """Takes what has come; and nothing more while an answer waits."""
        self._moved_at = self.lab.time()
        self.taken(data)
        if self.transport.congested:
            self.transport.pause_reading()

    def eof_received(self) -> None:
        """The peer has finished sending."""
        self.ended()

    def writable(self) -> None:
        """Every answer has left."""
        self.transport.resume_reading()

    def connection_lost(self, reason: str) -> None:
        """The end."""
        if self._timer is not None:
            self._timer.cancel()
        self.gone()
        self.lab.left(self.transport)

    def _look_again(self) -> None:
        limits = self.lab.limits
        wait = min(limits.send_stall_seconds, limits.lab_idle_seconds) / 2
        self._timer = self.lab.call_later(wait, self._look)

    def _look(self) -> None:
        """Is it stalled, or idle?"""
        limits, now, transport = self.lab.limits, self.lab.time(), self.transport
        stalled = transport.stalled_since
        if self.busy or transport.bytes_out != self._seen_out:
            self._seen_out = transport.bytes_out
            self._moved_at = now
        if stalled is not None and now - stalled > limits.send_stall_seconds:
            transport.abort("slow_reader", reset=True)
        elif now - self._moved_at > limits.lab_idle_seconds:
            transport.close("idle")
        else:
            self._look_again()


Talk = Callable[[], Conversation]
"""Makes the door of one connection."""

Answer = Callable[[bytes], None]
"""Sends a datagram back to where one came from."""

Listen = Callable[[bytes, str, Answer], None]
"""Takes one datagram: its bytes, from whom, and the way back."""
