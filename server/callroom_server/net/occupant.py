"""Who listens on a TCP port of this machine, as far as /proc tells."""

import os
import re
from pathlib import Path

LISTENING = "0A"
"""TCP_LISTEN in the column "st" of /proc/net/tcp (proc(5))."""


def occupant(port: int, proc: Path = Path("/proc")) -> str:
    """`process 1234 (python3)` for whoever listens on this port, or "" where that cannot be found out."""
    sockets = _listening(proc, port)
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


def _listening(proc: Path, port: int) -> set[str]:
    """The sockets that listen on a port, named as the links in /proc/PID/fd name them."""
    row = re.compile(rf"\s*\d+: [0-9A-F]+:{port:04X} \S+ {LISTENING} (?:\S+ +){{5}}(\d+)")
    sockets: set[str] = set()
    for table in ("tcp", "tcp6"):
        try:
            lines = (proc / "net" / table).read_text().splitlines()
        except OSError:  # no such table: not Linux, or a kernel without IPv6
            continue
        sockets.update(f"socket:[{match[1]}]" for line in lines if (match := row.match(line)))
    return sockets
