"""What the kernel knows of a TCP connection: TCP_INFO (linux/tcp.h) and the queues of its socket (tcp(7))."""

import array
import fcntl
import socket
import sys
import termios
from pathlib import Path
from struct import Struct

from callroom_client.events import KernelSeen

STATES = (
    "",
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "TIME_WAIT",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "LISTEN",
    "CLOSING",
)
"""Linux's numbers of the states of a connection (net/tcp_states.h)."""

TABLE = Path("/proc/net/tcp")

_INFO = Struct("8B24I")
"""The beginning of struct tcp_info, which newer kernels only add to: eight bytes, then 32-bit numbers."""

_UNACKED, _RTT, _RTTVAR, _TOTAL_RETRANS = 8 + 4, 8 + 15, 8 + 16, 8 + 23
"""Where they stand in it; round trip and variation in microseconds."""


def look(sock: socket.socket, now: float) -> KernelSeen | None:
    """What is known just now; None where the system does not say, or the socket is none of TCP."""
    if sys.platform != "linux" or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return None
    try:
        info = _INFO.unpack(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO.size))
        unsent, unread = _queue(sock, termios.TIOCOUTQ), _queue(sock, termios.FIONREAD)
    except OSError:  # closed meanwhile
        return None
    state: int = info[0]
    return KernelSeen(
        at=now,
        state=STATES[state] if state < len(STATES) else str(state),
        round_trip=info[_RTT] / 1e6,
        variation=info[_RTTVAR] / 1e6,
        retransmits=info[_TOTAL_RETRANS],
        unacknowledged=info[_UNACKED],
        unsent=unsent,
        unread=unread,
    )


def state(sock: socket.socket) -> str:
    """The state alone, also of one that listens; empty where the system does not say."""
    if sys.platform != "linux" or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return ""
    try:
        number = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    except OSError:  # closed, or none of TCP
        return ""
    return STATES[number] if number < len(STATES) else str(number)


def listed(local: tuple[str, int], peer: tuple[str, int], table: Path = TABLE) -> str:
    """The state of a connection over IPv4 as /proc/net/tcp has it (proc(5)); empty if it is not there.

    The table also has what no process has any more, such as TIME_WAIT.
    """
    wanted = [_hexadecimal(local), _hexadecimal(peer)]
    try:
        rows = table.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return ""
    for row in rows:
        words = row.split()
        if words[1:3] == wanted:
            number = int(words[3], 16)
            return STATES[number] if number < len(STATES) else str(number)
    return ""


def _hexadecimal(address: tuple[str, int]) -> str:
    """`0100007F:1F90` for 127.0.0.1:8080: the address as a number of this machine's byte order."""
    return f"{int.from_bytes(socket.inet_aton(address[0]), sys.byteorder):08X}:{address[1]:04X}"


def _queue(sock: socket.socket, request: int) -> int:
    """Bytes in a queue: SIOCOUTQ and SIOCINQ have the numbers of their namesakes for terminals."""
    answer = array.array("i", [0])
    fcntl.ioctl(sock.fileno(), request, answer)
    return answer[0]
