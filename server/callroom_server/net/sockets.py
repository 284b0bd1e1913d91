"""What every connection's socket is set to, and the words for how connections end."""

import errno
import socket
import struct

from callroom_wire.address import address_text

KEEPALIVE_IDLE_SECONDS = 60
"""A NAT forgets an idle connection after minutes; the door's own ping is for those who speak frames."""

KEEPALIVE_INTERVAL_SECONDS = 10
KEEPALIVE_PROBES = 3
"""Three unanswered probes ten seconds apart: a vanished terminal is noticed after a minute and a half."""

USER_TIMEOUT_MS = 30_000
"""Sent data may stay unacknowledged so long (tcp(7)); the default of the kernel is about 15 minutes."""

SEND_BUFFER_BYTES = 128 * 1024
"""Fixed, or the kernel lets the buffer of a slow reader grow to megabytes (tcp_wmem) first."""

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""struct linger, on with 0 seconds: close(2) drops what is unsent and sends RST (socket(7))."""

ENDS = {
    errno.ECONNRESET: "reset",
    errno.EPIPE: "closed",
    errno.ENOTCONN: "closed",
    errno.ECONNABORTED: "aborted",
    errno.ETIMEDOUT: "timed_out",
    errno.EHOSTUNREACH: "unreachable",
    errno.EHOSTDOWN: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.ENETDOWN: "unreachable",
}
"""How connections ordinarily end, in a word."""


def end_of(error: OSError) -> str:
    """The word for how a connection ended; an error without one gives its own name, such as `enobufs`."""
    number = error.errno
    if number is None:
        return "failed"
    return ENDS.get(number) or errno.errorcode.get(number, f"errno_{number}").lower()


def tune(sock: socket.socket) -> None:
    """Set the options that every connection gets; a Unix socket has only the send buffer of them."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    if sock.family == socket.AF_UNIX:
        return
    # A line of chat is smaller than a segment: Nagle would hold it until the one before is acknowledged.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # telnet sends its DM as urgent data (RFC 854, synch); out of line that byte would be missing.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, KEEPALIVE_PROBES)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)


def reset_on_close(sock: socket.socket) -> None:
    """Let close(2) throw away what the kernel has not sent, and send RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)


def peer_of(sock: socket.socket) -> str:
    """Who is at the other end, or "unknown" when it has gone already."""
    try:
        return address_text(sock.getpeername())
    except OSError:  # ENOTCONN; the first read will tell the rest
        return "unknown"
