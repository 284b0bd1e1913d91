"""How much of what was sent the peer has not yet taken."""

import fcntl
import struct
import sys
import termios

from callroom_server.net.transport import Transport


def unread_bytes(transport: Transport) -> int:
    """Bytes that wait here or that the peer's kernel has not acknowledged (tcp(7), SIOCOUTQ, which equals
    TIOCOUTQ).

    On a Unix socket: that the peer has not read. Where the system cannot tell, none.
    """
    if transport.congested:
        return 1
    if not sys.platform.startswith("linux"):
        return 0
    try:
        answer = fcntl.ioctl(transport.fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
    except OSError:
        return 0
    return int(struct.unpack("i", answer)[0])
