"""Listening sockets: they open, accept within reason, survive running out of descriptors, and clean up."""

import errno
import logging
import os
import socket
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from callroom_server.config.limits import Limits
from callroom_server.net.address import ListenError, unix_mode
from callroom_server.net.occupant import occupant
from callroom_server.net.reactor import READ, Reactor, Timer
from callroom_wire.address import HIGHEST_PORT, Address, SocketAddress, address_text, host_and_port

BACKLOG = 1024
"""Connections that the kernel keeps until they are accepted; cut to net.core.somaxconn (listen(2))."""

PORTS_TRIED = 100
"""So many ports above one that is taken are tried before none is proposed."""

REST_SECONDS = 1.0
"""A pause in accepting: the backlog stays readable, so going on at once would spin."""

PASSING = frozenset(
    {
        errno.ECONNABORTED,
        errno.ECONNRESET,
        errno.EPROTO,
        errno.EPERM,
        errno.ENETDOWN,
        errno.ENETUNREACH,
        errno.ENOPROTOOPT,
        errno.EHOSTDOWN,
        errno.EHOSTUNREACH,
        errno.ENONET,
        errno.EOPNOTSUPP,
        errno.ETIMEDOUT,
    }
)
"""What accept(2) reports about the one connection that it takes off the backlog ("Error handling")."""

EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""What is about ourselves: there are no descriptors, or there is no memory."""

DEFAULTS = Limits()

log = logging.getLogger(__name__)


class Listener:
    """A listening socket. It knows no policy: each connection goes to `on_accept`, which owns it.

    Args:
        address: TCP, or a Unix socket if it has a path. A host name stands for its first address.
        on_accept: gets the socket, and the name of the peer as in `Transport.peer`.
        farewell: sent to whom there is no descriptor for. Under TLS leave it empty: it goes out in plain.
        limits: `accepts_per_wake`; whoever else knocks is accepted in the next pass.
    """

    def __init__(
        self,
        reactor: Reactor,
        address: Address,
        on_accept: Callable[[socket.socket, str], object],
        farewell: bytes = b"",
        limits: Limits = DEFAULTS,
    ) -> None:
        self.address = address
        self._reactor = reactor
        self._on_accept = on_accept
        self._farewell = farewell
        self._limits = limits
        self._sock: socket.socket | None = None
        self._inode: tuple[int, int] | None = None
        self._reserve: int | None = None
        self._rest: Timer | None = None
        self._told = False

    @property
    def resting(self) -> bool:
        """Whether accepting pauses because something has run out."""
        return self._rest is not None

    def open(self) -> None:
        """Listen and accept; afterwards `address` has the port that the kernel chose for 0.

        Raises:
            ListenError: it is not possible; the message says why and what would be.
        """
        if self.address.path:
            self._sock = listen_unix(self.address)
            self._inode = _inode(self.address.path)
        else:
            self._sock = listen_tcp(self.address)
            host, port, *_ = self._sock.getsockname()
            self.address = msgspec.structs.replace(self.address, host=host, port=port)
        self._sock.setblocking(False)
        self._reserve = _spare_descriptor()
        self._reactor.register(self._sock, READ, self._ready)

    def close(self) -> None:
        """Stop listening; connections go on. The file of a Unix socket is removed if it still is its own."""
        if self._sock is None:
            return
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
        else:
            self._reactor.unregister(self._sock)
        if self._inode is not None and _inode(self.address.path) == self._inode:
            Path(self.address.path).unlink(missing_ok=True)
        self._sock.close()
        self._sock = None
        if self._reserve is not None:
            os.close(self._reserve)
            self._reserve = None

    def _ready(self, _events: int) -> None:
        for _ in range(self._limits.accepts_per_wake):
            if self._sock is None:  # closed by the one before
                return
            try:
                sock, peer = _accept(self._sock)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in PASSING:
                    continue
                self._pause(error)
                return
            self._told = False
            self._on_accept(sock, address_text(peer))

    def _pause(self, error: OSError) -> None:
        assert self._sock is not None
        refused = self._refuse(self._sock) if error.errno in EXHAUSTED else 0
        self._reactor.unregister(self._sock)
        self._rest = self._reactor.call_later(REST_SECONDS, self._resume)
        if not self._told:  # once, until something is accepted again
            self._told = True
            log.warning(
                "%s: accepting rests %g s: %s; %d refused so far",
                self.address,
                REST_SECONDS,
                error.strerror,
                refused,
            )

    def _refuse(self, listening: socket.socket) -> int:
        """Spend the reserve descriptor on telling those who wait; how many were told."""
        if self._reserve is None:
            return 0
        os.close(self._reserve)
        self._reserve = None
        refused = 0
        with suppress(OSError):  # BlockingIOError: that was the last; else another thread took the descriptor
            while refused < self._limits.accepts_per_wake:
                sock, _ = _accept(listening)
                refused += 1
                _say_and_close(sock, self._farewell)
        self._reserve = _spare_descriptor()
        return refused

    def _resume(self) -> None:
        self._rest = None
        if self._reserve is None:
            self._reserve = _spare_descriptor()
        if self._sock is not None:
            self._reactor.register(self._sock, READ, self._ready)


def _spare_descriptor() -> int | None:
    try:
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # none is free just now; after the next rest there may be
        return None


def _accept(listening: socket.socket) -> tuple[socket.socket, SocketAddress]:
    sock, peer = listening.accept()
    sock.setblocking(False)
    return sock, peer


def _say_and_close(sock: socket.socket, farewell: bytes) -> None:
    with sock, suppress(OSError):
        sock.send(farewell)
        sock.shutdown(socket.SHUT_WR)
        # Unread input would make close(2) send RST, which can destroy the farewell (RFC 2525 section 2.17).
        sock.recv(65536)


def listen_tcp(address: Address) -> socket.socket:
    """A listening TCP socket, IPv4 or IPv6 alone.

    Raises:
        ListenError: the host is unknown or not ours, the port is taken or not allowed.
    """
    sock = bound_socket(address, socket.SOCK_STREAM)
    try:
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise ListenError(_why_not(address, error, socket.SOCK_STREAM)) from None
    return sock


def bound_socket(address: Address, kind: socket.SocketKind) -> socket.socket:
    """A TCP or UDP socket, IPv4 or IPv6 alone, that has its address and does nothing yet.

    Raises:
        ListenError: the host is unknown or not ours, the port is taken or not allowed.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=kind, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise ListenError(
            f"{address}: the host is not known ({error.strerror}): write an address of this machine"
        ) from None
    family, _, _, _, where = found[0]
    sock = socket.socket(family, kind)
    try:
        if kind == socket.SOCK_STREAM:
            # A restarted server must not wait for the TIME_WAIT of its last connections (tcp(7)). With UDP
            # the same option would let two servers share a port, and one of them hear nothing (socket(7)).
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # Else [::] would take IPv4 as well or not, as a sysctl says, and 0.0.0.0 beside it would fail.
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(where)
    except OSError as error:
        sock.close()
        raise ListenError(_why_not(address, error, kind)) from None
    return sock


def _why_not(address: Address, error: OSError, kind: socket.SocketKind) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            who = occupant(address.port, kind) or "another process"
            other = host_and_port(address.host, next_free(address, kind))
            return f"{address} is taken by {who}: stop it, or listen on another port, such as {other}"
        case errno.EADDRNOTAVAIL:
            return f"{address}: this machine has no such address: write 127.0.0.1, [::1], 0.0.0.0 or [::]"
        case errno.EACCES:
            return f"{address}: ports below 1024 are for root: choose a higher one, such as 8888"
        case errno.EAFNOSUPPORT:
            return f"{address}: this machine has no IPv6: listen on 127.0.0.1 or 0.0.0.0"
        case _:
            return f"{address}: {error.strerror}"


def next_free(address: Address, kind: socket.SocketKind) -> int:
    """The next port above this one that is free just now; 0, for any, if there is none near."""
    for port in range(address.port + 1, min(address.port + PORTS_TRIED, HIGHEST_PORT) + 1):
        family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        with socket.socket(family, kind) as sock, suppress(OSError):
            sock.bind((address.host, port))
            return port
    return 0


def listen_unix(address: Address) -> socket.socket:
    """A listening Unix socket, in place of one that nobody listens on any more.

    Raises:
        ListenError: somebody does, or something else has the name, or the folder is not there or not ours.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _make_way(address)
        # On Linux the file gets the mode that its socket has before, so it is never open to more people.
        os.fchmod(sock.fileno(), unix_mode(address))
        sock.bind(address.path)
        os.chmod(address.path, unix_mode(address))  # the umask may have taken from what was asked for
        sock.listen(BACKLOG)
    except FileNotFoundError:
        sock.close()
        raise ListenError(f"{address}: there is no folder {Path(address.path).parent}: make it") from None
    except OSError as error:
        sock.close()
        raise ListenError(f"{address}: {error.strerror}: choose a folder you may write to") from None
    except ListenError:
        sock.close()
        raise
    return sock


def _make_way(address: Address) -> None:
    try:
        mode = os.lstat(address.path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise ListenError(f"{address}: the file is there and is no socket: choose another name, or remove it")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(address.path)
        except ConnectionRefusedError:
            Path(address.path).unlink(missing_ok=True)
            return
        except BlockingIOError:  # its backlog is full: it is alive all the more
            pass
    raise ListenError(f"{address}: a server is answering there: stop it, or choose another name")


def _inode(path: str) -> tuple[int, int] | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
