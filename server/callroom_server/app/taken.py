"""Whether the peer has taken everything that was sent to it."""

import fcntl
import struct
import sys
import termios

from callroom_server.protocols.house import Connection


def all_taken(transport: Connection) -> bool:
    """Whether nothing waits here, and the peer's kernel has acknowledged all (tcp(7), SIOCOUTQ, which equals
    TIOCOUTQ).

    On a Unix socket: whether the peer has read all. Where the system cannot tell, what has left counts as
    taken. Of a connection that is closed nobody can tell: no.
    """
    descriptor = transport.fileno()
    if transport.congested or descriptor < 0:
        return False
    if not sys.platform.startswith("linux"):
        return True
    try:
        answer = fcntl.ioctl(descriptor, termios.TIOCOUTQ, b"\0\0\0\0")
    except OSError:
        return True
    return struct.unpack("i", answer) == (0,)
