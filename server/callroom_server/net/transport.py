"""A non-blocking stream socket, TCP or Unix, and the protocol that it feeds."""

import socket
from collections.abc import Callable
from typing import Protocol as Interface
from typing import TypeVarTuple

from callroom_server.config.limits import Limits
from callroom_server.net.outbox import Outbox
from callroom_server.net.reactor import READ, WRITE, Reactor, Timer
from callroom_server.net.sockets import end_of, peer_of, reset_on_close, tune
from callroom_server.net.states import BROKEN, CLOSING, LOST, OPEN, State
from callroom_wire.address import address_text

LINGER_SECONDS = 5.0
"""What `close` waits at most, most of it for what is queued to leave."""

PARTING_SECONDS = 1.0
"""When all has left, the peer may take so long to close its side, too; some, like nc, never do."""

NO_LIMITS_GIVEN = Limits()

Ts = TypeVarTuple("Ts")

PROTOCOL_FAILED = "protocol_failed"
"""The end of a transport whose protocol raised."""


class Protocol(Interface):
    """Whom a transport tells. Every call comes from the loop; what it raises ends this transport alone."""

    def connection_made(self, transport: "Transport") -> None:
        """Bytes may flow; comes once, first. Under TLS: after the handshake."""

    def data_received(self, data: bytes) -> None:
        """The peer sent this: at least one byte, cut anywhere."""

    def eof_received(self) -> None:
        """The peer has finished sending; the transport stays open for writing until it is closed."""

    def writable(self) -> None:
        """All that waited has left; called once after `congested` was true."""

    def connection_lost(self, reason: str) -> None:
        """The end, exactly once; also when `connection_made` never came because a handshake failed."""


class Transport:
    """One connection. Loop thread only.

    `protocol` may be replaced at any time: the next call goes to the new one, which is not told
    `connection_made` by the transport. `bytes_in` and `bytes_out` count what went through the socket.
    `read_bytes` is how much one pass takes in at most: less for a protocol that is slow to handle a byte.
    `congested` is true while anything waits for the kernel, and `stalled_since` is then the time since which
    it has taken nothing at all, else None.

    Args:
        sock: a connected stream socket; the transport owns it from here on.
        on_error: gets what the protocol raised; the transport is aborted.
        peer: who is at the other end, if the caller knows; else the kernel is asked.
    """

    __slots__ = (
        "_deadline",
        "_direct",
        "_eof",
        "_events",
        "_limits",
        "_on_error",
        "_paused",
        "_reactor",
        "_reason",
        "_sock",
        "_state",
        "_waiting",
        "bytes_in",
        "bytes_out",
        "congested",
        "opened_at",
        "peer",
        "protocol",
        "read_bytes",
        "stalled_since",
    )

    def __init__(
        self,
        reactor: Reactor,
        sock: socket.socket,
        protocol: Protocol,
        on_error: "Callable[[Transport, Exception], object]",
        limits: Limits = NO_LIMITS_GIVEN,
        peer: str = "",
    ) -> None:
        sock.setblocking(False)
        self.protocol = protocol
        self.peer = peer or peer_of(sock)
        self.opened_at = reactor.time()
        self.bytes_in = 0
        self.bytes_out = 0
        self.congested = False
        self.read_bytes = limits.bytes_per_pass
        self.stalled_since: float | None = None
        self._reactor = reactor
        self._sock = sock
        self._on_error = on_error
        self._limits = limits
        self._state: State = OPEN
        self._direct = True  # nothing waits and nothing has ended: a write may go straight to the kernel
        self._events = 0
        self._paused = False
        self._eof = False
        self._reason: str | None = None
        self._deadline: Timer | None = None
        self._waiting: Outbox | None = None

    # What there is to know

    @property
    def local(self) -> str:
        """Our end of the connection; "" once it is closed."""
        return "" if self._state is LOST else address_text(self._sock.getsockname())

    @property
    def tls(self) -> str:
        """Version and cipher, or "" without TLS."""
        return ""

    @property
    def handshaken(self) -> bool:
        """Whether bytes may flow; false only during a TLS handshake, whose deadline is the owner's."""
        return True

    @property
    def closed(self) -> bool:
        """Whether writing is over: closed, closing, aborted or broken."""
        return self._state is not OPEN

    @property
    def waiting_bytes(self) -> int:
        """What was written and not yet taken by the kernel."""
        return 0 if self._waiting is None else self._waiting.size

    def fileno(self) -> int:
        """The descriptor; -1 once it is closed."""
        return self._sock.fileno()

    # What the owner may ask

    def start(self) -> None:
        """Begin to read, and tell the protocol `connection_made`. Once."""
        try:
            tune(self._sock)
        except OSError as error:  # gone already
            self.abort(end_of(error))
        self._wait_for()
        if self._state is OPEN:
            self._connected()

    def write(self, data: bytes) -> None:
        """Send what the kernel takes now, and the rest later; never blocks. After the end: ignored.

        Beyond `Limits.hard_close_bytes` the transport is aborted with that name as the reason.
        """
        if not self._direct:
            self._write_later(data)
            return
        try:
            sent = self._sock.send(data)
        except BlockingIOError:
            self._write_later(data)
        except OSError as error:
            self._write_failed(error)
        else:
            self.bytes_out += sent
            if sent != len(data):
                self._write_later(memoryview(data)[sent:])

    def pause_reading(self) -> None:
        """Leave what the peer sends in the kernel, which then slows the peer down."""
        if self._state is BROKEN:
            self._lose()
        elif self._state is OPEN:
            self._paused = True
            self._wait_for()

    def resume_reading(self) -> None:
        """Read again."""
        if self._state is OPEN:
            self._paused = False
            self._wait_for()

    def close(self, reason: str = "") -> None:
        """Send what waits, then close, after LINGER_SECONDS at most. The first reason given is told."""
        if self._state is OPEN:
            self._reason = reason
            self._goodbye()
        if self._state is OPEN:
            self._state = CLOSING
            self._direct = False
            if self._waiting is None:
                self._finish_sending()
            else:
                self._end_within(LINGER_SECONDS)
            self._wait_for()
        elif self._state is BROKEN:
            self._lose()

    def abort(self, reason: str = "", reset: bool = False) -> None:
        """Close now and drop what waits; with `reset` also what the kernel still holds, by RST."""
        if self._state is LOST:
            return
        if self._reason is None:
            self._reason = reason
        if reset:
            reset_on_close(self._sock)
        self._lose()

    # What a codec in between does otherwise (tls_transport.py)

    def _connected(self) -> None:
        self._tell(self.protocol.connection_made, self)

    def _received(self, data: bytes) -> None:
        """Bytes came in while OPEN or BROKEN."""
        try:
            self.protocol.data_received(data)
        except Exception as error:
            self._protocol_failed(error)

    def _goodbye(self) -> None:
        """The last chance to write."""

    def _input_ended(self) -> None:
        self._tell(self.protocol.eof_received)

    # The loop's side

    def _ready(self, events: int) -> None:
        if events & WRITE:
            self._flush()
        if not events & READ or not self._events & READ:  # paused or ended in this very pass
            return
        try:
            data = self._sock.recv(self.read_bytes)
        except BlockingIOError:
            return
        except OSError as error:
            self.abort(end_of(error))
            return
        if not data:
            self._end_of_input()
            return
        self.bytes_in += len(data)
        if self._state is not CLOSING:
            self._received(data)

    def _end_of_input(self) -> None:
        self._eof = True
        if self._state is OPEN:
            self._wait_for()
            self._input_ended()
        elif self._state is CLOSING and self._waiting is not None:
            self._wait_for()
        else:
            self._lose()

    def _write_later(self, data: bytes | memoryview) -> None:
        if self._state is not OPEN or not data:
            return
        if self.waiting_bytes + len(data) > self._limits.hard_close_bytes:
            # RST: a reader who takes nothing must not keep the kernel's copy either.
            self.abort("hard_close_bytes", reset=True)
            return
        if self._waiting is not None:
            self._waiting.add(data)
            return
        self._waiting = Outbox()
        self._waiting.add(data)
        self._direct = False
        self.congested = True
        self.stalled_since = self._reactor.time()
        self._wait_for()

    def _flush(self) -> None:
        if self._waiting is None:
            return
        try:
            self.bytes_out += self._waiting.send(self._sock)
        except BlockingIOError:
            return
        except OSError as error:
            self._write_failed(error)
            return
        if self._waiting.size:
            self.stalled_since = self._reactor.time()
            return
        self._nothing_waits()
        if self._state is CLOSING:
            self._finish_sending()
            self._wait_for()
        else:
            self._direct = True
            self._wait_for()
            self._tell(self.protocol.writable)

    def _finish_sending(self) -> None:
        """All has left: tell the peer, and wait for it to close its side."""
        if self._eof:
            self._lose()
            return
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:  # ENOTCONN: the peer has reset the connection, there is nobody to wait for
            self._lose()
            return
        self._end_within(PARTING_SECONDS)

    def _write_failed(self, error: OSError) -> None:
        if self._reason is None:
            self._reason = end_of(error)
        self._nothing_waits()
        self._direct = False
        if self._state is not OPEN or self._paused or self._eof:
            self._lose()
            return
        self._state = BROKEN
        self._end_within(LINGER_SECONDS)
        self._wait_for()

    def _end_within(self, seconds: float) -> None:
        at = self._reactor.time() + seconds
        if self._deadline is not None:
            at = min(at, self._deadline.at)
            self._deadline.cancel()
        self._deadline = self._reactor.call_at(at, self._overdue)

    def _overdue(self) -> None:
        # RST if something is left: a plain FIN would tell the peer that it has got everything.
        self.abort(reset=self._waiting is not None)

    def _nothing_waits(self) -> None:
        self._waiting = None
        self.congested = False
        self.stalled_since = None

    def _wait_for(self) -> None:
        """Tell the reactor what this state waits for, if that has changed."""
        if self._state is LOST:
            return
        events = 0
        if not self._eof and not (self._paused and self._state is OPEN):
            events = READ
        if self._waiting is not None:
            events |= WRITE
        before, self._events = self._events, events
        if events == before:
            return
        try:
            if not before:
                self._reactor.register(self._sock, events, self._ready)
            elif not events:
                self._reactor.unregister(self._sock)
            else:
                self._reactor.modify(self._sock, events, self._ready)
        except OSError as error:  # ENOSPC, ENOMEM: the kernel watches no more descriptors
            self._events = 0
            self.abort(end_of(error))

    def _lose(self) -> None:
        """Close the socket now; tell the protocol later, as it may be in the middle of a call."""
        if self._state is LOST:
            return
        self._state = LOST
        self._direct = False
        self._nothing_waits()
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if self._events:
            self._events = 0
            self._reactor.unregister(self._sock)
        self._sock.close()
        self._reactor.call_soon(self._tell_lost)

    def _tell_lost(self) -> None:
        try:
            self.protocol.connection_lost(self._reason or "")
        except Exception as error:
            self._on_error(self, error)

    def _tell(self, call: Callable[[*Ts], object], *args: *Ts) -> None:
        try:
            call(*args)
        except Exception as error:
            self._protocol_failed(error)

    def _protocol_failed(self, error: Exception) -> None:
        self.abort(PROTOCOL_FAILED)
        self._on_error(self, error)
