"""A non-blocking datagram socket, IPv4 or IPv6, and the protocol that it feeds."""

import errno
import socket
from collections import deque
from collections.abc import Callable
from typing import Protocol as Interface

from callroom_server.config.limits import Limits
from callroom_server.net.listener import bound_socket
from callroom_server.net.reactor import READ, WRITE, Reactor
from callroom_server.net.sockets import end_of
from callroom_server.net.ways import Ways
from callroom_wire.address import Address, SocketAddress, address_text

LARGEST_DATAGRAM = 65_507
"""Bytes that UDP over IPv4 can carry: 65,535 less 20 of IP and 8 of UDP (RFC 768, RFC 791)."""

PASSING = frozenset(
    {
        errno.ECONNREFUSED,
        errno.ECONNRESET,
        errno.EHOSTUNREACH,
        errno.EHOSTDOWN,
        errno.ENETUNREACH,
        errno.ENETDOWN,
        errno.ENONET,
        errno.EPROTO,
        errno.ENOPROTOOPT,
        errno.EMSGSIZE,
        errno.ETIMEDOUT,
    }
)
"""What a receive reports about a datagram sent before (icmp(7), ip(7) "Error handling"), not about itself."""

OVERHEAD_BYTES = 256
"""What one that waits is charged besides its payload: empty datagrams are not free of charge."""

NO_LIMITS_GIVEN = Limits()


class DatagramProtocol(Interface):
    """Whom a datagram transport tells, from the loop. What a call raises costs that datagram alone."""

    def datagram_received(self, data: bytes, address: SocketAddress) -> None:
        """Someone sent this, perhaps nothing at all: an empty datagram is one, too."""

    def datagram_cut(self, data: bytes, address: SocketAddress) -> None:
        """Someone sent more than `largest` bytes; these are the first of them, the rest is gone."""

    def connection_lost(self, reason: str) -> None:
        """The end, exactly once: "" after `close`, else what the socket broke with."""


class DatagramTransport:
    """One bound (or connected) datagram socket. Loop thread only.

    A datagram may be lost anywhere, here too: `dropped_out` counts what found the queue full or the way
    blocked. `received`, `sent`, `cut`, `bytes_in` and `bytes_out` count datagrams and their payload, and
    `errors` what the kernel told of datagrams that were sent before, such as an ICMP "port unreachable".

    Args:
        sock: the transport owns it from here on.
        on_error: gets what the protocol raised; the transport goes on.
        limits: `datagrams_per_wake` and `bytes_per_pass` for reading, `datagram_queue_bytes` for writing.
        largest: bytes of one datagram; a longer one is told as `datagram_cut`.
    """

    __slots__ = (
        "_buffer",
        "_events",
        "_limits",
        "_on_error",
        "_queue",
        "_reactor",
        "_reason",
        "_sock",
        "_ways",
        "bytes_in",
        "bytes_out",
        "closed",
        "cut",
        "dropped_out",
        "errors",
        "local",
        "protocol",
        "received",
        "sent",
        "waiting_bytes",
    )

    def __init__(
        self,
        reactor: Reactor,
        sock: socket.socket,
        protocol: DatagramProtocol,
        on_error: "Callable[[DatagramTransport, Exception], object]",
        limits: Limits = NO_LIMITS_GIVEN,
        largest: int | None = None,
    ) -> None:
        sock.setblocking(False)
        self.protocol = protocol
        self.local = address_text(sock.getsockname())
        self.closed = False
        self.received = self.sent = self.cut = self.errors = self.dropped_out = 0
        self.bytes_in = self.bytes_out = self.waiting_bytes = 0
        self._reactor = reactor
        self._sock = sock
        self._on_error = on_error
        self._limits = limits
        self._buffer = bytearray(limits.datagram_bytes if largest is None else largest)
        self._queue: deque[tuple[bytes, SocketAddress | None]] = deque()
        self._ways = Ways(sock)
        self._events = READ
        self._reason = ""
        reactor.register(sock, READ, self._ready)

    def fileno(self) -> int:
        """The descriptor; -1 once it is closed."""
        return self._sock.fileno()

    def send(self, data: bytes, address: SocketAddress | None = None) -> bool:
        """Send one datagram now or, when the kernel is full, soon; never blocks.

        Args:
            data: any length that the way carries, nothing included.
            address: where to; None on a connected socket.

        Returns:
            False if it was dropped: the queue is full, the kernel will not have it, or this is closed.
        """
        if self.closed:
            return False
        if not self._queue:
            done = self._send_now(data, address)
            if done is not None:
                return done
        if self.waiting_bytes + len(data) + OVERHEAD_BYTES > self._limits.datagram_queue_bytes:
            self.dropped_out += 1
            return False
        self._queue.append((data, address))
        self.waiting_bytes += len(data) + OVERHEAD_BYTES
        self._wait_for(READ | WRITE)
        return True

    def close(self) -> None:
        """Send what the kernel takes of the queue, drop the rest, and close. May be called from anywhere."""
        self._flush()
        self._lose("")

    # The loop's side

    def _ready(self, events: int) -> None:
        if events & WRITE:
            self._flush()
        if not events & READ:
            return
        taken = 0
        for _ in range(self._limits.datagrams_per_wake):
            if self.closed or taken >= self._limits.bytes_per_pass:
                return
            try:
                size, extra, flags, address = self._sock.recvmsg_into([self._buffer], self._ways.extra_bytes)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in PASSING:
                    self.errors += 1
                    continue
                self._lose(end_of(error))  # not about a datagram, and the socket would be readable for ever
                return
            taken += size
            if extra:
                self._ways.learn(address, extra)
            self._take(bytes(memoryview(self._buffer)[:size]), address, bool(flags & socket.MSG_TRUNC))

    def _take(self, data: bytes, address: SocketAddress, cut: bool) -> None:
        self.received += 1
        self.cut += cut
        self.bytes_in += len(data)
        try:
            if cut:
                self.protocol.datagram_cut(data, address)
            else:
                self.protocol.datagram_received(data, address)
        except Exception as error:
            self._on_error(self, error)

    def _send_now(self, data: bytes, address: SocketAddress | None) -> bool | None:
        """Whether it was sent, or None if the kernel is full."""
        for last in (False, True):
            try:
                if address is None:
                    self._sock.send(data)
                else:
                    self._sock.sendmsg([data], self._ways.back(address), 0, address)
            except BlockingIOError:
                return None
            except OSError as error:
                if error.errno in PASSING and error.errno != errno.EMSGSIZE and not last:
                    self.errors += 1  # of the datagram before: reported once, and this one was not tried
                    continue
                # EMSGSIZE: too long for the way. EINVAL: port 0, which is nobody's. EPERM: a firewall.
                # ENOBUFS: the device's queue is full, and yet the socket stays writable.
                self.dropped_out += 1
                return False
            self.sent += 1
            self.bytes_out += len(data)
            return True
        raise AssertionError("the second try ends the loop")

    def _flush(self) -> None:
        while self._queue:
            data, address = self._queue[0]
            if self._send_now(data, address) is None:
                return
            self._queue.popleft()
            self.waiting_bytes -= len(data) + OVERHEAD_BYTES
        self._wait_for(READ)

    def _wait_for(self, events: int) -> None:
        if not self.closed and events != self._events:
            self._events = events
            self._reactor.modify(self._sock, events, self._ready)

    def _lose(self, reason: str) -> None:
        """Close the socket now; tell the protocol later, as it may be in the middle of a call."""
        if self.closed:
            return
        self.closed = True
        self._reason = reason
        self.dropped_out += len(self._queue)
        self._queue.clear()
        self.waiting_bytes = 0
        self._reactor.unregister(self._sock)
        self._sock.close()
        self._reactor.call_soon(self._tell_lost)

    def _tell_lost(self) -> None:
        try:
            self.protocol.connection_lost(self._reason)
        except Exception as error:
            self._on_error(self, error)


def datagram_socket(address: Address) -> socket.socket:
    """A bound UDP socket, IPv4 or IPv6 alone; its `getsockname` has the port that the kernel chose for 0.

    Raises:
        ListenError: the host is unknown or not ours, the port is taken or not allowed.
    """
    return bound_socket(address, socket.SOCK_DGRAM)
