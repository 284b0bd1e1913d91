"""Callers at a text door who press a key, wait for the whole answer, and press the next."""

import selectors
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from time import perf_counter

from callroom_bench.client import ARRIVING_AT_ONCE, CONNECT_SECONDS, RECEIVE_BYTES
from callroom_bench.faults import Lost, Overdue, Unfaithful
from callroom_bench.server import Address
from callroom_menus import NEW, Menu, Say, Start, State, Text, step

GREETING_BYTES = 4096  # the banner is shorter; what is longer is not one


@dataclass(frozen=True)
class Script:
    """What is pressed, again and again, and what the robot must answer, to the byte."""

    greeting: bytes
    turns: Sequence[tuple[bytes, bytes]]


def script(menu: Menu, keys: Sequence[str]) -> Script:
    """The script of these keys, which lead back to where they began."""
    state, greeting = _answer(menu, NEW, Start())
    begun = state.frames[-1].node
    turns: list[tuple[bytes, bytes]] = []
    for key in keys:
        state, answer = _answer(menu, state, Text(key))
        turns.append((f"{key}\n".encode(), answer))
    if state.frames[-1].node != begun:
        raise ValueError(f"the keys {keys} lead elsewhere")
    return Script(greeting, turns)


def _answer(menu: Menu, state: State, happened: Start | Text) -> tuple[State, bytes]:
    state, effects = step(menu, state, happened, 0.0)
    said = "\n".join(effect.text for effect in effects if isinstance(effect, Say))
    return state, said.replace("\n", "\r\n").encode() + b"\r\n"


class Caller:
    """One connection: `left` turns are still to be begun."""

    __slots__ = ("_at", "_got", "_pressed_at", "_script", "left", "sock", "waiting_for")

    def __init__(self, sock: socket.socket, script: Script) -> None:
        self.sock = sock
        self.left = 0
        self.waiting_for = b""
        self._script = script
        self._got = b""
        self._at = 0
        self._pressed_at = 0.0

    def press(self) -> None:
        """Presses the next key."""
        key, self.waiting_for = self._script.turns[self._at]
        self._at = (self._at + 1) % len(self._script.turns)
        self.left -= 1
        self._pressed_at = perf_counter()
        self.sock.send(key)

    def greeted(self, data: bytes) -> bool:
        """Takes what comes before the first key; whether that is all."""
        self._got += data
        if not self._got.endswith(self._script.greeting):
            if len(self._got) > GREETING_BYTES:
                raise Unfaithful(f"the robot greeted with {self._got!r}")
            return False
        self._got = b""
        return True

    def heard(self, data: bytes) -> float | None:
        """Takes what came; the seconds since the key if it is the whole answer."""
        self._got += data
        if self._got != self.waiting_for:
            if not self.waiting_for.startswith(self._got):
                raise Unfaithful(f"the robot said {self._got!r} where {self.waiting_for!r} was due")
            return None
        self._got = self.waiting_for = b""
        return perf_counter() - self._pressed_at


class Callers:
    """All callers of a measurement, in one thread."""

    def __init__(self, address: Address, script: Script, deadline: float) -> None:
        self._address = address
        self._script = script
        self._deadline = deadline
        self._selector = selectors.DefaultSelector()
        self._open = ExitStack()
        self._callers: list[Caller] = []

    def __enter__(self) -> "Callers":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self._selector.close()

    def arrive(self, count: int) -> None:
        """So many call; each presses through the script once, so that the server knows them for callers."""
        while count > 0:
            coming: set[Caller] = set()
            for _ in range(min(count, ARRIVING_AT_ONCE)):
                coming.add(self._call())
            count -= len(coming)
            arrived = list(coming)
            while coming:
                for caller, data in self._received():
                    if caller.greeted(data):
                        coming.discard(caller)
            self._talk(arrived, len(self._script.turns))

    def _call(self) -> Caller:
        try:
            sock = socket.create_connection(self._address, CONNECT_SECONDS)
        except OSError as fault:
            raise Lost(f"the server takes no call: {fault}") from fault
        self._open.enter_context(sock)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        caller = Caller(sock, self._script)
        self._selector.register(sock, selectors.EVENT_READ, caller)
        self._callers.append(caller)
        return caller

    def talk(self, turns: int) -> list[float]:
        """Each caller has so many turns; the seconds that each of them took."""
        return self._talk(self._callers, turns)

    def _talk(self, callers: Sequence[Caller], turns: int) -> list[float]:
        seconds: list[float] = []
        for caller in callers:
            caller.left = turns
            caller.press()
        total = turns * len(callers)
        while len(seconds) < total:
            for caller, data in self._received():
                took = caller.heard(data)
                if took is not None:
                    seconds.append(took)
                    if caller.left:
                        caller.press()
        return seconds

    def _received(self) -> list[tuple[Caller, bytes]]:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise Overdue("the deadline came before every caller had an answer")
        received: list[tuple[Caller, bytes]] = []
        for key, _ in self._selector.select(min(left, 1.0)):
            caller: Caller = key.data
            try:
                data = caller.sock.recv(RECEIVE_BYTES)
            except OSError as fault:
                raise Lost(f"the server closed a connection: {fault}") from fault
            if not data:
                raise Lost("the server closed a connection without a word")
            received.append((caller, data))
        return received
