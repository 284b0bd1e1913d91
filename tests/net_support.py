"""What the tests of `net` share: a clock that is set, a protocol that remembers, and loops that wait."""

import os
import socket
import struct
import time
from collections.abc import Callable

from callroom_server.config.limits import Limits
from callroom_server.net.reactor import Reactor
from callroom_server.net.transport import Transport

PATIENCE = 20.0
"""Seconds until a test that waits for something gives up; a condition that holds is seen at once."""


MUCH = b"0123456789abcdef" * 50_000
"""More than socket buffers take, less than the hard limit."""


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Recorder:
    """A protocol that remembers what it was told; a test may give it something to do."""

    def __init__(self) -> None:
        self.transport: Transport | None = None
        self.events: list[str] = []
        self.received = b""
        self.on_data: Callable[[bytes], object] = len
        self.on_eof: Callable[[], object] = dict
        self.on_writable: Callable[[], object] = dict

    def connection_made(self, transport: Transport) -> None:
        self.transport = transport
        self.events.append("made")

    def data_received(self, data: bytes) -> None:
        assert data
        self.received += data
        self.on_data(data)

    def eof_received(self) -> None:
        self.events.append("eof")
        self.on_eof()

    def writable(self) -> None:
        self.events.append("writable")
        self.on_writable()

    def connection_lost(self, reason: str) -> None:
        self.events.append(f"lost {reason}")

    @property
    def lost(self) -> bool:
        return any(event.startswith("lost") for event in self.events)


class House:
    """A reactor that remembers the errors it was told of, and makes transports."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.errors: list[Exception] = []
        self.reactor = Reactor(clock, lambda error, _callback: self.errors.append(error))
        self.failed: list[tuple[Transport, Exception]] = []
        self._sockets: list[socket.socket] = []

    def transport(
        self, sock: socket.socket, protocol: Recorder | None = None, limits: Limits | None = None
    ) -> tuple[Transport, Recorder]:
        """A started transport on this socket, and its protocol."""
        protocol = protocol or Recorder()
        transport = Transport(self.reactor, sock, protocol, self.told, limits or Limits())
        transport.start()
        return transport, protocol

    def told(self, transport: Transport, error: Exception) -> None:
        self.failed.append((transport, error))

    def keep(self, *sockets: socket.socket) -> None:
        """Close these when the test is over."""
        self._sockets.extend(sockets)

    def pair(self) -> tuple[socket.socket, socket.socket]:
        """A Unix pair: ours, theirs (which is closed at the end)."""
        ours, theirs = socket.socketpair()
        self.keep(theirs)
        theirs.settimeout(PATIENCE)
        return ours, theirs

    def tcp_pair(self) -> tuple[socket.socket, socket.socket]:
        """A TCP pair over loopback: ours, theirs (which is closed at the end)."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            theirs = socket.create_connection(listening.getsockname())
            ours, _ = listening.accept()
        self.keep(theirs)
        theirs.settimeout(PATIENCE)
        return ours, theirs

    def until(self, condition: Callable[[], object]) -> None:
        """Run passes until the condition holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "the condition never came true"
            self.reactor.run_pass(0.02)

    def settle(self) -> None:
        """Run passes until one finds nothing to do."""
        busy = True

        def was_busy() -> None:
            nonlocal busy
            busy = True

        self.reactor.after_pass(was_busy)
        while busy:
            busy = False
            self.reactor.run_pass(0)
        self.reactor.after_pass(None)

    def close(self) -> None:
        for sock in self._sockets:
            sock.close()
        self.reactor.close()


def take(sock: socket.socket, size: int) -> bytes:
    """Exactly so many bytes from a blocking socket."""
    parts: list[bytes] = []
    while size:
        part = sock.recv(min(size, 65536))
        assert part, "the stream ended early"
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def descriptors() -> int:
    """How many descriptors this process has open."""
    return len(os.listdir("/proc/self/fd"))


def reset(sock: socket.socket) -> None:
    """Close with RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def drain(sock: socket.socket) -> None:
    """Read to the end."""
    while sock.recv(1 << 20):
        pass
