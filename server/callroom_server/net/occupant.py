"""Who listens on a port of this machine, as far as /proc tells."""

import os
import re
import socket
from pathlib import Path

TABLES = {
    socket.SOCK_STREAM: (("tcp", "tcp6"), "0A"),
    socket.SOCK_DGRAM: (("udp", "udp6"), "07"),
}
"""By kind: the tables in /proc/net, and the column "st" of who takes anyone's (proc(5)): TCP_LISTEN, and for
UDP TCP_CLOSE, which is a socket that is connected to nobody."""


def occupant(port: int, kind: socket.SocketKind = socket.SOCK_STREAM, proc: Path = Path("/proc")) -> str:
    """`process 1234 (python3)` for whoever listens on this port, or "" where that cannot be found out."""
    sockets = _listening(proc, port, kind)
    if not sockets:
        return ""
    for process in proc.glob("[0-9]*"):
        try:
            if any(_link(descriptor) in sockets for descriptor in (process / "fd").iterdir()):
                return f"process {process.name} ({(process / 'comm').read_text().strip()})"
        except OSError:  # another user's process, or one that has just ended
            continue
    return ""


def _link(descriptor: Path) -> str:
    try:
        return os.readlink(descriptor)
    except OSError:  # closed since it was listed
        return ""


def _listening(proc: Path, port: int, kind: socket.SocketKind) -> set[str]:
    """The sockets that listen on a port, named as the links in /proc/PID/fd name them."""
    tables, state = TABLES[kind]
    row = re.compile(rf"\s*\d+: [0-9A-F]+:{port:04X} \S+ {state} (?:\S+ +){{5}}(\d+)")
    sockets: set[str] = set()
    for table in tables:
        try:
            lines = (proc / "net" / table).read_text().splitlines()
        except OSError:  # no such table: not Linux, or a kernel without IPv6
            continue
        sockets.update(f"socket:[{match[1]}]" for line in lines if (match := row.match(line)))
    return sockets
