"""The lab: listeners of lessons, which serve this machine only unless the settings say otherwise in words."""

import ipaddress
import socket
from collections.abc import Callable, Collection
from functools import partial

import msgspec

from callroom_server.app.gate import Gate
from callroom_server.app.house import House
from callroom_server.app.runs import Run, Watcher
from callroom_server.config.settings import Settings
from callroom_server.net.address import ListenError
from callroom_server.net.datagram import DatagramTransport, datagram_socket
from callroom_server.net.listener import Listener
from callroom_server.net.reactor import Timer
from callroom_server.net.transport import Transport
from callroom_server.protocols.first_bytes import Refusal
from callroom_server.protocols.lab import BY_SCHEME, legitimacy, sticky
from callroom_server.protocols.lesson import LessonError, Listen, Talk
from callroom_wire.address import Address, SocketAddress, address_text, host_and_port, names_path

LESSON_OPTIONS: dict[str, dict[str, str]] = {
    scheme: {**lesson.options, **({"mode": "660"} if names_path(scheme) else {})}
    for scheme, lesson in BY_SCHEME.items()
}
"""What the URL of each lesson takes."""


class Caller(msgspec.Struct, frozen=True):
    """Who asks for a run through a lesson."""

    door: str
    address: str
    name: str = ""


class Laboratory:
    """Opens lessons, and is the server as they see it (`protocols.lesson.Lab`)."""

    def __init__(self, house: House, settings: Settings) -> None:
        self.house = house
        self.limits = settings.limits
        self.lang = settings.lang
        self.time = house.time
        self._settings = settings
        self._gate: Gate = house.gate
        self._listeners: list[Listener] = []
        self._datagrams: list[DatagramTransport] = []

    def open(self, address: Address) -> str:
        """Opens one lesson; its URL, with the port that the kernel chose.

        Raises:
            ListenError: it cannot be opened, or may not be there.
        """
        lesson = BY_SCHEME[address.scheme]
        self._stay_here(address)
        try:
            if lesson.listen is not None:
                return self._open_datagrams(address, lesson.listen(self, address))
            assert lesson.talk is not None
            return self._open_stream(address, lesson.talk(self, address))
        except LessonError as fault:
            raise ListenError(str(fault)) from fault

    def close(self) -> None:
        """No new callers, and no datagrams."""
        for listener in self._listeners:
            listener.close()
        for transport in self._datagrams:
            transport.close()
        self._listeners.clear()
        self._datagrams.clear()

    # What a lesson may ask for

    @property
    def menus(self) -> Collection[str]:
        """The menus that the robot has."""
        return self.house.hub.shelf.newest()

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Calls later, once."""
        return self.house.reactor.call_later(seconds, call)

    def run(self, name: str, args: list[str], door: str, address: str, watcher: Watcher) -> Run:
        """Asks for a runbook; raises `Refused`."""
        return self.house.runs.run(name, args, Caller(door, address), watcher)

    def came(self, transport: Transport, lesson: str) -> None:
        """Someone is there. In a lesson nobody has to prove anything to the house."""
        self._gate.proved(transport)
        self.house.log.event("lesson.opened", level="debug", lesson=lesson, peer=transport.peer)

    def left(self, transport: Transport) -> None:
        """A connection that came is gone."""
        self._gate.left(transport)

    # Listening

    def _stay_here(self, address: Address) -> None:
        """Lessons are naive on purpose: nobody else reaches them unless the operator wants that."""
        if address.path or _all_loopback(address):
            return
        if self._settings.lab_reach != "network":
            raise ListenError(
                f"{address}: a lesson serves this machine only: listen on 127.0.0.1 or [::1], "
                'or write lab_reach = "network" in callroom.toml if everyone may reach it'
            )
        if address.scheme == legitimacy.SCHEME and "key-file" not in address.query:
            raise ListenError(f"{address}: the lab's own key is no secret: write ?key-file=lab.key")

    def _open_stream(self, address: Address, talk: Talk) -> str:
        limits = self.limits
        if address.scheme.removesuffix("+unix") == sticky.SCHEME:  # a real recv of five bytes
            limits = msgspec.structs.replace(limits, bytes_per_pass=limits.lab_receive_bytes)

        def accept(sock: socket.socket, peer: str) -> None:
            try:
                transport = Transport(
                    self.house.reactor, sock, talk(), self.house.transport_failed, limits, peer
                )
            except OSError:  # gone before we looked
                sock.close()
                return
            refused = self._gate.admit(transport, peer)
            if refused is not None:
                code, limit = refused
                self.house.log.event("connection.refused", level="warning", peer=peer, code=code, limit=limit)
                transport.protocol = Refusal(b"", code, _nobody)
            transport.start()

        listener = Listener(self.house.reactor, address, accept, b"", self.limits)
        listener.open()
        self._listeners.append(listener)
        return str(listener.address)

    def _open_datagrams(self, address: Address, listen: Listen) -> str:
        sock = datagram_socket(address)
        post = Post(listen)
        most = self.limits.lab_datagram_bytes
        post.transport = DatagramTransport(
            self.house.reactor, sock, post, self.house.datagram_failed, self.limits, most
        )
        self._datagrams.append(post.transport)
        return f"{address.scheme}://{post.transport.local}"


class Post:
    """Hands each datagram to a lesson, with the way back."""

    transport: DatagramTransport

    def __init__(self, listen: Listen) -> None:
        self._listen = listen

    def datagram_received(self, data: bytes, address: SocketAddress) -> None:
        """One datagram, perhaps an empty one."""
        self._listen(data, address_text(address), partial(self._answer, address))

    def datagram_cut(self, data: bytes, address: SocketAddress) -> None:
        """More than we take: it is answered like what is left of it."""
        self.datagram_received(data, address)

    def connection_lost(self, reason: str) -> None:
        """The socket is closed."""

    def _answer(self, address: SocketAddress, data: bytes) -> None:
        self.transport.send(data, address)


def _all_loopback(address: Address) -> bool:
    """Whether every address that this host stands for is this machine's own."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise ListenError(
            f"{address}: the host {host_and_port(address.host, address.port)} is not known ({error.strerror})"
        ) from None
    return all(ipaddress.ip_address(str(where[0]).partition("%")[0]).is_loopback for *_, where in found)


def _nobody(transport: Transport) -> None:
    """Who was never let in does not leave."""
