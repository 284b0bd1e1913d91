"""At the door: listeners, who is let in, and which door a caller gets."""

import os
import socket
import ssl
from collections import Counter
from pathlib import Path

from callroom_server.app.house import House
from callroom_server.app.laboratory import LESSON_OPTIONS, Laboratory
from callroom_server.app.web import Web
from callroom_server.config.settings import Settings
from callroom_server.core import texts
from callroom_server.core.whence import address_group
from callroom_server.net.address import LISTENING, ListenError, listening
from callroom_server.net.datagram import DatagramTransport, datagram_socket
from callroom_server.net.listener import Listener
from callroom_server.net.tls_transport import TLSTransport
from callroom_server.net.transport import Protocol, Transport
from callroom_server.protocols.first_bytes import REFUSALS, Knock, Porch, Refusal
from callroom_server.protocols.frames import FramesDoor
from callroom_server.protocols.http import service_unavailable
from callroom_server.protocols.lab import BY_SCHEME
from callroom_server.protocols.text.door import TextDoor
from callroom_server.protocols.udp import UdpDoor
from callroom_wire.address import HOUSE_SOCKET, UNIX_PATH_BYTES, Address, AddressError
from callroom_wire.codec import encode
from callroom_wire.messages import Bye
from callroom_wire.tls import server_context

DOORS: dict[str, Knock | None] = {
    "tcp": None,
    "tls": None,
    "unix": None,
    "frames": Knock.FRAMES,
    "telnet": Knock.TELNET,
    "http": Knock.HTTP,
}
"""The schemes of stream listeners, and the door of each; None: the first bytes tell."""

DATAGRAMS = ("udp",)
"""The schemes of datagram sockets, where one door has all callers."""


SCHEMES = frozenset({*DOORS, *DATAGRAMS, *BY_SCHEME})
OPTIONS = {**LISTENING, **LESSON_OPTIONS}
"""What their URLs take."""


class Porter:
    """Opens the listeners, admits whom the gate admits, and gives each caller a door."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings
        self._limits = settings.limits
        self._listeners: list[Listener] = []
        self._laboratory = Laboratory(house, settings)
        self.datagrams: list[tuple[UdpDoor, DatagramTransport]] = []
        self.urls: list[str] = []
        self.refused: Counter[str] = Counter()
        self.web = Web(house, settings, self)

    def open(self) -> list[str]:
        """Opens every listener, or none; their URLs, with the ports that the kernel chose.

        Raises:
            ListenError: one of them cannot be opened; the message says which, why, and what would be
            possible.
        """
        try:
            for url in self._settings.listen:
                address = listening(url, SCHEMES, OPTIONS)
                if address.scheme in BY_SCHEME:
                    self.urls.append(self._laboratory.open(address))
                else:
                    self._open_one(address)
        except AddressError as fault:
            self.close()
            raise ListenError(str(fault)) from fault
        except ListenError:
            self.close()
            raise
        self._open_house_socket()
        self.web.opened(self.urls)
        return self.urls

    def _open_house_socket(self) -> None:
        """Where `callroom run` finds this house. Without it, it is reached by any other listener."""
        path = str(self._settings.data.absolute() / HOUSE_SOCKET)
        if len(os.fsencode(path)) > UNIX_PATH_BYTES:
            reason = f"its path has more than {UNIX_PATH_BYTES} bytes"
            self._house.log.event("house.unreachable", level="warning", socket=path, reason=reason)
            return
        urls = list(self.urls)
        try:
            self._open_one(Address("frames", path=path))
        except ListenError as fault:  # a file system that has no sockets
            self._house.log.event("house.unreachable", level="warning", socket=path, reason=str(fault))
        self.urls = urls

    def _open_one(self, address: Address) -> None:
        if address.scheme in DATAGRAMS:
            self._open_datagrams(address)
            return
        knock = DOORS[address.scheme]
        context = _context(address) if address.scheme == "tls" else None

        def accept(sock: socket.socket, peer: str) -> None:
            self._accept(sock, peer, address, context)

        farewell = (
            b""
            if context
            else self._farewell(knock, "house_full", self._settings.limits.descriptors_reserved)
        )
        listener = Listener(self._house.reactor, address, accept, farewell, self._limits)
        listener.open()
        self._listeners.append(listener)
        self.urls.append(str(listener.address))

    def _open_datagrams(self, address: Address) -> None:
        house = self._house
        sock = datagram_socket(address)
        door = UdpDoor(house, house.gate, address_group, self._settings.lang, self._limits)
        transport = DatagramTransport(house.reactor, sock, door, house.datagram_failed, self._limits)
        door.open(transport)
        self.datagrams.append((door, transport))
        self.urls.append(f"{address.scheme}://{transport.local}")

    def close(self) -> None:
        """No new callers."""
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        for _, transport in self.datagrams:
            transport.close()
        self._laboratory.close()
        self.web.close()

    def _accept(
        self, sock: socket.socket, peer: str, address: Address, context: ssl.SSLContext | None
    ) -> None:
        house = self._house
        knock = DOORS[address.scheme]

        def door(knock: Knock) -> Protocol:
            return self._door(knock, address)

        porch = Porch(house.reactor, self._limits.text_greeting_seconds, knock, door, house.gate.left)
        try:
            if context is None:
                transport = Transport(house.reactor, sock, porch, house.transport_failed, self._limits, peer)
            else:
                transport = TLSTransport(
                    house.reactor, sock, porch, house.transport_failed, context, self._limits, peer
                )
        except OSError:  # gone before we looked
            sock.close()
            return
        porch.transport = transport
        transport.read_bytes = self._limits.text_bytes_per_pass  # a newcomer may turn out to be text
        refused = house.gate.admit(transport, peer)
        if refused is not None:
            code, limit = refused
            self.refused[code] += 1
            house.log.event("connection.refused", level="warning", peer=peer, code=code, limit=limit)
            said = self._farewell(knock, code, limit)
            if context is not None:  # in clear: no deadline is on a handshake with a stranger
                said = REFUSALS[Knock.TLS]
                transport = Transport(house.reactor, sock, porch, house.transport_failed, self._limits, peer)
            transport.protocol = Refusal(said, code, _nobody)
        transport.start()

    def _farewell(self, knock: Knock | None, code: str, limit: int) -> bytes:
        """What is said to whom there is no place for, before we know how they speak."""
        if knock is Knock.FRAMES:
            return encode(Bye(code=code, text=texts.word("en", code, limit=limit)))
        if knock is Knock.HTTP:
            return service_unavailable()
        lines = [texts.word(lang, code, limit=limit) for lang in texts.LANGUAGES]
        return "".join(line + "\r\n" for line in lines).encode()

    def _door(self, knock: Knock, address: Address) -> Protocol:
        house = self._house
        if knock is Knock.HTTP:
            return self.web.door(address)
        if knock is Knock.FRAMES:
            return FramesDoor(house, self._limits)
        answer = REFUSALS.get(knock)
        if answer is not None:
            return Refusal(answer, "wrong_door", house.gate.left)
        telnet = knock is Knock.TELNET
        return TextDoor(house, "telnet" if telnet else "text", self._settings.lang, telnet, self._limits)


def _context(address: Address) -> ssl.SSLContext:
    try:
        return server_context(Path(address.query["cert"]), Path(address.query["key"]))
    except (OSError, ssl.SSLError) as fault:
        reason = fault.strerror or str(fault)
        raise ListenError(
            f"{address}: certificate or key cannot be used: {reason}; check both files"
        ) from fault


def _nobody(transport: Transport) -> None:
    """Who was never let in does not leave."""
