"""Who of those who are connected runs this house: no accounts say so, but the kernel does."""

import os
import socket
import struct
import sys

from callroom_server.protocols.house import Connection

_CREDENTIALS = struct.Struct("3i")  # struct ucred of unix(7): pid, uid, gid
_ROOT = 0


def is_operator(transport: Connection) -> bool:
    """Whether it came by a Unix socket, as the user whom the house runs as, or as root.

    Where the system cannot tell (only Linux is asked), and of a connection that is closed: no.
    """
    descriptor = transport.fileno()
    if descriptor < 0 or not sys.platform.startswith("linux"):
        return False
    with socket.socket(fileno=os.dup(descriptor)) as sock:
        if sock.family != socket.AF_UNIX:
            return False
        credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return _CREDENTIALS.unpack(credentials)[1] in (_ROOT, os.geteuid())
