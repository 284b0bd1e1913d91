"""A house whose lessons are open: where they are, and plain sockets to them."""

import socket
import struct
from collections.abc import Sequence
from pathlib import Path

from house_support import PATIENCE, LiveHouse, OpenHouse

STREAMS = ("upper", "robot", "sticky", "sticky+framed", "command", "hmac")
DATAGRAMS = ("upper+udp", "command+udp")
KEY = b"callroom lab"

RUNBOOKS = """\
[runbook.echo]
about = "Says it again"
argv = ["echo", "{words}"]
who = "anyone"
params.words = { type = "text", pattern = '.{0,64}' }

[runbook.nothing]
about = "Writes nothing"
argv = ["true"]
who = "anyone"

[runbook.fails]
about = "Fails"
argv = ["ls", "/none"]
who = "anyone"

[runbook.much]
about = "Writes much"
argv = ["seq", "1", "{last}"]
who = "anyone"
output = 4000000
params.last = { type = "number", min = 1, max = 1000000 }

[runbook.sleep]
about = "Takes its time"
argv = ["sleep", "{seconds}"]
who = "anyone"
time = 5
params.seconds = { type = "number", min = 0, max = 600, default = "600" }

[runbook.secret]
about = "Not for everyone"
argv = ["id"]
who = ["operator", "admin"]
"""


class LabHouse:
    """A running house and the addresses of its lessons."""

    def __init__(self, house: LiveHouse) -> None:
        self.house = house
        self.urls: dict[str, str] = {}
        for url in house.urls:  # printed in one piece
            scheme, _, place = url.partition("://")
            self.urls[scheme] = place

    def address(self, scheme: str) -> tuple[str, int]:
        host, _, port = self.urls[scheme].rpartition(":")
        return host.strip("[]"), int(port)

    def connect(self, scheme: str) -> socket.socket:
        """A blocking stream socket to a lesson, with a deadline for every operation."""
        if scheme.endswith("+unix"):
            sock = socket.socket(socket.AF_UNIX)
            sock.settimeout(PATIENCE)
            sock.connect(self.urls[scheme])
            return sock
        return socket.create_connection(self.address(scheme), timeout=PATIENCE)

    def datagrams(self, scheme: str) -> socket.socket:
        """A connected datagram socket."""
        host, port = self.address(scheme)
        sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        sock.settimeout(PATIENCE)
        sock.connect((host, port))
        return sock


def open_lab(
    open_house: OpenHouse,
    folder: Path,
    urls: Sequence[str] = tuple(f"{scheme}://127.0.0.1:0" for scheme in (*STREAMS, *DATAGRAMS)),
    limits: dict[str, float] | None = None,
    words: str = "",
) -> LabHouse:
    """A house with these lessons and the runbooks above."""
    runbooks = folder / "runbooks.toml"
    runbooks.write_text(RUNBOOKS, encoding="utf-8")
    listen = [part for url in urls for part in ("--listen", url)]
    options = [*listen, "--runbooks", str(runbooks), "--no-flood"]
    return LabHouse(open_house(limits, options, words=words))


def take(sock: socket.socket, size: int) -> bytes:
    """Exactly so many bytes."""
    data = b""
    while len(data) < size:
        part = sock.recv(min(size - len(data), 1 << 20))
        assert part, f"the stream ended after {data!r}"
        data += part
    return data


def rest(sock: socket.socket) -> bytes:
    """Everything up to the end, which may be a reset."""
    data = b""
    while True:
        try:
            part = sock.recv(1 << 20)
        except ConnectionResetError:
            return data
        if not part:
            return data
        data += part


def ask(sock: socket.socket, command: bytes, encoding: str = "gbk") -> str:
    """A remote command as the tutorial's client gives it."""
    sock.sendall(command)
    return answer(sock, encoding)


def answer(sock: socket.socket, encoding: str = "gbk") -> str:
    """The answer to a remote command: its length, then so many bytes."""
    (length,) = struct.unpack("i", take(sock, 4))
    return take(sock, length).decode(encoding)
