"""A datagram door over a real socket whose sending is kept, with a robot that answers at once and a clock."""

import socket

from callroom_server.config.limits import Limits
from callroom_server.core.whence import address_group
from callroom_server.net.datagram import DatagramTransport
from callroom_server.net.reactor import Reactor
from callroom_server.protocols.house import Connection
from callroom_server.protocols.udp import UdpDoor
from callroom_wire import messages as m
from callroom_wire.address import SocketAddress
from callroom_wire.datagrams import GREETING, Given, read_reply
from callroom_wire.messages import ServerMessage
from net_support import Clock
from text_door_support import FakeHouse

HERE = ("192.0.2.7", 5000)


class Robot(FakeHouse):
    """Answers at once, or as a test wants."""

    def __init__(self, reactor: Reactor) -> None:
        super().__init__(reactor)
        self.says: list[ServerMessage] | None = None

    def answers(self, message: m.ClientMessage) -> list[ServerMessage]:
        if self.says is not None:
            return self.says
        if isinstance(message, m.Dial):
            return [m.Prompted(node="start", text="welcome", ref=message.ref)]
        if isinstance(message, m.Press):
            return [m.Prompted(node="start", text=f"pressed {message.text}", ref=message.ref)]
        return super().answers(message)


class Wide:
    """A gate that lets so many in."""

    def __init__(self) -> None:
        self.most = 1000

    def admit_proved(self, connection: Connection, peer: str) -> tuple[str, int] | None:
        self.most -= 1
        return None if self.most >= 0 else ("house_full", 0)


class Out(DatagramTransport):
    """A real socket's transport that keeps what it would send."""

    __slots__ = ("out",)

    def send(self, data: bytes, address: SocketAddress | None = None) -> bool:
        self.out.append((data, address))
        return True


class Bench:
    """A door with a clock that is set, and a transport that keeps what is sent."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.clock = Clock()
        self.reactor = Reactor(self.clock)
        self.house = Robot(self.reactor)
        self.gate = Wide()
        limits = limits or Limits()
        self.door = UdpDoor(self.house, self.gate, address_group, "en", limits)
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        self.errors: list[Exception] = []
        self.transport = Out(
            self.reactor, sock, self.door, lambda _, error: self.errors.append(error), limits
        )
        self.transport.out = []
        self.door.open(self.transport)

    def send(self, data: bytes | str, address: SocketAddress = HERE) -> list[bytes]:
        """What a datagram from there is answered with."""
        del self.transport.out[:]
        self.door.datagram_received(data.encode() if isinstance(data, str) else data, address)
        assert all(where == address for _, where in self.transport.out)
        return [reply for reply, _ in self.transport.out]

    def cookie(self, address: SocketAddress = HERE) -> str:
        [reply] = self.send(GREETING, address)
        given = read_reply(reply)
        assert isinstance(given, Given)
        return given.cookie

    def call(self, address: SocketAddress = HERE) -> str:
        """The cookie of a call that has begun."""
        cookie = self.cookie(address)
        assert self.send(cookie, address) == [b"welcome\n"]
        return cookie

    def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds
        self.reactor.run_pass(0)

    def close(self) -> None:
        self.transport.close()
        self.reactor.run_pass(0)
        self.reactor.run_pass(0)
        self.reactor.close()
