"""From an address to a connected socket: resolving, and connecting to each of what was found in turn."""

import errno
import select
import socket
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from callroom_client.events import Outcome, Timeout, Verb
from callroom_client.link.operations import RESOLVER_ERRORS, Operations, errno_name
from callroom_wire.address import Address, SocketAddress, host_and_port

PACE_SECONDS = 0.5
"""With the time-out 0 the socket does not wait, so we do between tries: until it is ready, or so long."""

NO_WAIT_SECONDS = 10.0
"""With the time-out 0, connecting is given up after so long: the kernel alone would take two minutes."""


class Target(NamedTuple):
    """One of the addresses that a name stands for. `name`: the URL of exactly this one."""

    family: int
    address: SocketAddress
    name: str


class Unreached(Exception):  # noqa: N818  # it says what happened
    """There is no connection. `code`: one of `FAULTS`, or an errno by name; `detail`: the system's words."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Resolver(Protocol):
    """What `socket.getaddrinfo` is."""

    def __call__(
        self, host: str, port: int, family: int = 0, kind: int = 0, /
    ) -> Sequence[tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]]:
        """As getaddrinfo(3)."""
        ...


class Dialer:
    """Makes connections, one try at a time.

    Args:
        timeout: tells the time-out for connect as it is just now.
        hold: gets each socket before it connects, so that another thread can end that by `shutdown`;
            None before it is closed.
        pause: waits so many seconds, or less; true when all is to end.
    """

    def __init__(
        self,
        operations: Operations,
        timeout: Callable[[], Timeout],
        hold: Callable[[socket.socket | None], None],
        pause: Callable[[float], bool],
        resolver: Resolver = socket.getaddrinfo,
    ) -> None:
        self._operations = operations
        self._timeout = timeout
        self._hold = hold
        self._pause = pause
        self._resolver = resolver

    def resolve(self, address: Address) -> list[Target]:
        """What the address stands for, in the order in which to try.

        Raises:
            Unreached: the host is not known.
        """
        if address.scheme == "unix":
            return [Target(socket.AF_UNIX, address.path, str(address))]
        began = self._operations.begin(Verb.RESOLVE, peer=host_and_port(address.host, address.port))
        try:
            found = self._resolver(address.host, address.port, 0, socket.SOCK_STREAM)
        except socket.gaierror as error:
            name = RESOLVER_ERRORS.get(error.errno or 0, str(error.errno))
            self._operations.end(began, Outcome.FAILED, name=name, detail=error.strerror or "")
            raise Unreached("unknown_host", error.strerror or name) from error
        except (OSError, UnicodeError) as error:  # UnicodeError: no host name by IDNA, such as "a..b"
            self._operations.end(began, Outcome.FAILED, detail=str(error))
            raise Unreached("unknown_host", str(error)) from error
        targets: list[Target] = []
        for family, _, _, _, where in found:
            match where:
                case (str(host), int(port)) | (str(host), int(port), _, _):
                    target = Target(family, where, f"{address.scheme}://{host_and_port(host, port)}")
                    if target not in targets:
                        targets.append(target)
                case _:  # a family of which Python knows no names
                    pass
        self._operations.end(began, Outcome.DONE, detail=" ".join(target.name for target in targets))
        if not targets:
            raise Unreached("unknown_host", "no address for TCP")
        return targets

    def connect(self, target: Target) -> socket.socket:
        """A connected socket.

        Raises:
            Unreached: by what connect_ex returned, or for want of patience.
        """
        try:
            sock = socket.socket(target.family, socket.SOCK_STREAM)
        except OSError as error:  # no IPv6 here, or no descriptor left
            raise Unreached(errno_name(error.errno), error.strerror or str(error)) from error
        try:
            self._hold(sock)
            if target.family != socket.AF_UNIX:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._until_connected(sock, target)
        except BaseException:
            self._hold(None)
            sock.close()
            raise
        return sock

    def _until_connected(self, sock: socket.socket, target: Target) -> None:
        waited = 0.0
        while True:
            timeout = self._timeout()
            sock.settimeout(timeout)
            began = self._operations.begin(Verb.CONNECT, timeout, peer=target.name)
            code = sock.connect_ex(target.address)
            if code == errno.EISCONN:  # an earlier try got through meanwhile
                code = 0
            if code == errno.EAGAIN and timeout and target.family != socket.AF_UNIX:
                # connect_ex says EAGAIN for Python's own time-out; a full Unix listener means it itself.
                self._operations.end(began, Outcome.TIMED_OUT, detail="timed out")
                raise Unreached("connect_timeout", "timed out")
            outcome = self._operations.end_by_errno(began, code)
            if outcome is Outcome.DONE:
                return
            if outcome is not Outcome.WOULD_BLOCK:
                raise Unreached(errno_name(code), target.name)
            if waited >= (timeout or NO_WAIT_SECONDS):
                raise Unreached("connect_timeout", errno_name(code))
            waited += PACE_SECONDS
            if code == errno.EAGAIN:  # a Unix listener whose backlog is full; poll would not wait for it
                ended = self._pause(PACE_SECONDS)
            else:
                poll = select.poll()
                poll.register(sock, select.POLLOUT)
                poll.poll(PACE_SECONDS * 1000)
                ended = self._pause(0)
            if ended:
                raise Unreached("left", "")
