"""A text door over a real socketpair, with a house that remembers what it was asked."""

import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

import msgspec

from callroom_server.net.reactor import Reactor, Timer
from callroom_server.net.transport import Transport
from callroom_server.protocols.house import Door, Holding
from callroom_server.protocols.text.door import TextDoor
from callroom_wire import messages as m
from callroom_wire.errors import WireError
from callroom_wire.messages import ClientMessage, ServerMessage

DEADLINE = 5.0


class FakeHouse:
    """Answers robot, logins and rooms at once; everything else is for the test to answer."""

    def __init__(self, reactor: Reactor) -> None:
        self.reactor = reactor
        self.doors: dict[int, Door] = {}
        self.asked: list[ClientMessage] = []
        self.weighed: list[tuple[int, int]] = []
        self.held = False
        self.lost_because: list[str] = []
        self.drained: list[int] = []
        self.kind = ""
        self.answering = True
        self.heads: dict[str, int] = {}

    def opened(self, door: Door, kind: str, address: str) -> int:
        self.doors[len(self.doors) + 1] = door
        self.kind = kind
        return len(self.doors)

    def received(self, session: int, message: ClientMessage, size: int = 0) -> None:
        self.asked.append(message)
        if self.answering:
            for answer in self.answers(message):
                self.doors[session].send(answer)

    def received_all(self, session: int, messages: list[ClientMessage], size: int) -> None:
        raise AssertionError("a person says one thing at a time")

    def weigh(self, session: int, size: int, messages: int) -> None:
        self.weighed.append((size, messages))

    def free(self, session: int) -> bool:
        return not self.held

    def unsent(self, door: Holding) -> None:
        raise AssertionError("a text door holds nothing back")

    def answers(self, message: ClientMessage) -> list[ServerMessage]:
        match message:
            case m.Dial():
                return [m.Prompted(text="欢迎致电10086\n1 话费", ref=message.ref)]
            case m.Press():
                return [m.Prompted(text=f"pressed {message.text}", ref=message.ref)]
            case m.Login():
                return [
                    m.LoggedIn(
                        name=message.name or "guest-7", token="ABCDE-FGHJK", last_id=4, ref=message.ref
                    )
                ]
            case m.Join():
                return [m.Joined(place=message.room, people=["guest-7"], ref=message.ref)]
            case m.Leave():
                return [m.Left(room=message.room, ref=message.ref)]
            case m.Doctor():
                return [m.Diagnosed(rows=[("session", "1")], ref=message.ref)]
            case m.Say():
                return [m.Ack(place=message.room, ids=[message.id], seqs=[1])]
            case _:
                return []

    def writable(self, session: int) -> None:
        self.drained.append(session)

    def finished(self, session: int) -> None:
        raise AssertionError("a text door ends by itself")

    def buffered(self, change: int) -> bool:
        return True

    def faulted(self, session: int, fault: WireError) -> None:
        raise AssertionError(fault)

    def lost(self, session: int, reason: str) -> None:
        self.lost_because.append(reason)

    def time(self) -> float:
        return self.reactor.time()

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        return self.reactor.call_later(seconds, call)


class Caller:
    """A peer at a text door."""

    def __init__(self, reactor: Reactor, sock: socket.socket, door: TextDoor, house: FakeHouse) -> None:
        self.reactor = reactor
        self.sock = sock
        self.door = door
        self.house = house
        self.got = b""
        self.ended = False

    def read(self) -> None:
        while not self.ended:
            try:
                data = self.sock.recv(65536)
            except BlockingIOError:
                return
            self.got += data
            self.ended = not data

    def wait(self, met: Callable[[], bool], what: object = "") -> None:
        deadline = self.reactor.time() + DEADLINE
        self.read()
        while not met():
            assert self.reactor.time() < deadline, (what, self.text[-500:], self.house.asked)
            self.reactor.run_pass(0.02)
            self.read()

    def send(self, data: bytes | str) -> None:
        self.sock.sendall(data.encode() if isinstance(data, str) else data)

    def pour(self, data: bytes) -> None:
        """Sends more than the kernel takes at once: the door reads in between."""
        left = memoryview(data)
        while left:
            with suppress(BlockingIOError):
                left = left[self.sock.send(left) :]
            self.reactor.run_pass(0)

    def see(self, text: str, encoding: str = "utf-8") -> str:
        """Waits until `text` is shown; everything up to and with it, which is then forgotten."""
        wanted = text.encode(encoding)
        self.wait(lambda: wanted in self.got, text)
        end = self.got.index(wanted) + len(wanted)
        seen, self.got = self.got[:end], self.got[end:]
        return seen.decode(encoding, "backslashreplace")

    def see_bytes(self, wanted: bytes) -> bytes:
        self.wait(lambda: wanted in self.got, wanted)
        end = self.got.index(wanted) + len(wanted)
        seen, self.got = self.got[:end], self.got[end:]
        return seen

    def asks(self, message: ClientMessage) -> None:
        """Waits until the house is asked this, whatever its ref."""
        self.wait(lambda: any(unnumbered(one) == message for one in self.house.asked), message)

    def settle(self) -> None:
        """Lets everything that was sent be handled, told by the door's answer to a marker."""
        self.send("/nosuchmarker\r\n")
        self.see("nosuchmarker")
        self.reactor.run_pass(0)
        self.read()

    @property
    def text(self) -> str:
        return self.got.decode("utf-8", "backslashreplace")


def unnumbered(message: ClientMessage) -> ClientMessage:
    """The message without its ref."""
    return msgspec.structs.replace(message, ref=0)


@contextmanager
def calling(kind: str = "text", lang: str = "en", telnet: bool = False) -> Generator[Caller]:
    """A caller at a fresh text door."""
    errors: list[Exception] = []
    reactor = Reactor()
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    house = FakeHouse(reactor)
    door = TextDoor(house, kind, lang=lang, telnet=telnet)
    transport = Transport(reactor, ours, door, lambda _transport, error: errors.append(error), peer="here")
    transport.start()
    caller = Caller(reactor, theirs, door, house)
    try:
        yield caller
    finally:
        transport.abort("test over")
        while not house.lost_because:
            reactor.run_pass(0.01)
        theirs.close()
        reactor.close()
    assert not errors, errors
