"""Listening on TCP, IPv6 and Unix sockets; who is refused and why; running out of descriptors."""

import errno
import os
import socket
import stat
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callroom_server.config.limits import Limits
from callroom_server.net.address import ListenError, listening
from callroom_server.net.listener import REST_SECONDS, Listener
from callroom_wire.address import Address, address_text
from net_support import PATIENCE, Clock, House, take

SCHEMES = ("tcp", "tls", "unix")


def refuse(_sock: socket.socket, _peer: str) -> None:
    raise AssertionError("nobody was to be accepted")


class Porter:
    """Listens at an address and keeps who was accepted."""

    def __init__(self, house: House, url: str, limits: Limits | None = None) -> None:
        self.house = house
        self.accepted: list[tuple[socket.socket, str]] = []
        address = listening(url, SCHEMES)
        self.listener = Listener(house.reactor, address, self.on_accept, b"full, sorry\n", limits or Limits())

    def on_accept(self, sock: socket.socket, peer: str) -> None:
        self.house.keep(sock)
        self.accepted.append((sock, peer))

    @property
    def at(self) -> tuple[str, int]:
        return self.listener.address.host, self.listener.address.port


@pytest.fixture
def porter(house: House) -> Iterator[Callable[..., Porter]]:
    made: list[Porter] = []

    def make(url: str = "tcp://127.0.0.1:0", limits: Limits | None = None) -> Porter:
        made.append(Porter(house, url, limits))
        made[-1].listener.open()
        return made[-1]

    yield make
    for each in made:
        each.listener.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_tcp_is_accepted_and_the_chosen_port_told(
    house: House, porter: Callable[..., Porter], host: str
) -> None:
    at = porter(f"tcp://{host}:0")
    assert at.listener.address.port
    with socket.create_connection(at.at) as caller:
        house.until(lambda: at.accepted)
        sock, peer = at.accepted[0]
        assert peer == address_text(caller.getsockname())
        assert not sock.getblocking()


def test_ipv6_leaves_ipv4_alone(house: House, porter: Callable[..., Porter]) -> None:
    """The same port for both, which a dual-stack socket would forbid."""
    six = porter("tcp://[::]:0")
    four = porter(f"tcp://0.0.0.0:{six.listener.address.port}")
    with socket.create_connection(("127.0.0.1", four.listener.address.port)):
        house.until(lambda: four.accepted)
    assert not six.accepted
    with socket.create_connection(("::1", six.listener.address.port)):
        house.until(lambda: six.accepted)


def test_a_storm_is_accepted_in_portions(house: House, porter: Callable[..., Porter]) -> None:
    at = porter(limits=Limits(accepts_per_wake=4))
    for _ in range(10):
        house.keep(socket.create_connection(at.at))
    counts: list[int] = []
    while len(at.accepted) < 10:
        house.reactor.run_pass(0.1)
        counts.append(len(at.accepted))
    assert counts == [4, 8, 10]


def test_who_resets_before_being_accepted_harms_nobody(house: House, porter: Callable[..., Porter]) -> None:
    at = porter()
    for _ in range(50):
        caller = socket.create_connection(at.at)
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        caller.close()
    with socket.create_connection(at.at) as caller:
        mine = address_text(caller.getsockname())
        house.until(lambda: mine in [peer for _, peer in at.accepted])
    assert house.errors == []


class Failing(socket.socket):
    """A listening socket whose next accepts fail."""

    def __init__(self, real: socket.socket, errors: list[int]) -> None:
        super().__init__(real.family, real.type, fileno=real.detach())
        self.errors = errors
        self.calls = 0

    def accept(self) -> tuple[socket.socket, object]:
        self.calls += 1
        if self.errors:
            number = self.errors.pop(0)
            raise OSError(number, os.strerror(number))
        return super().accept()


def failing(at: Porter, monkeypatch: pytest.MonkeyPatch, errors: list[int]) -> Failing:
    """Make this listener's accepts fail, in the order given."""
    opened: list[Failing] = []
    real = socket.create_server(("127.0.0.1", 0))

    def listen(address: Address) -> Failing:
        opened.append(Failing(real, errors))
        return opened[0]

    monkeypatch.setattr("callroom_server.net.listener.listen_tcp", listen)
    at.listener.open()
    return opened[0]


def test_what_accept_reports_about_one_caller_is_passed_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Porter(house, "tcp://127.0.0.1:0")
    failing(at, monkeypatch, [errno.ECONNABORTED, errno.EPROTO, errno.EPERM, errno.ENETDOWN])
    with socket.create_connection(at.at):
        house.until(lambda: at.accepted)
    at.listener.close()


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EINVAL])
def test_what_is_wrong_with_ourselves_makes_accepting_rest(
    number: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    house = House(clock)
    at = Porter(house, "tcp://127.0.0.1:0")
    sock = failing(at, monkeypatch, [number] * 4)
    with socket.create_connection(at.at):
        house.until(lambda: at.listener.resting)
        calls = sock.calls
        house.settle()
        assert sock.calls == calls, "no spin while it rests"
        while at.listener.resting:
            clock.now += REST_SECONDS
            house.settle()
        house.until(lambda: at.accepted)
    assert len(caplog.records) == 1, "told once, not each second"
    assert os.strerror(number) in caplog.text
    at.listener.close()
    house.close()


def test_closing_while_it_rests_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    house = House(clock)
    at = Porter(house, "tcp://127.0.0.1:0")
    failing(at, monkeypatch, [errno.EMFILE, errno.EMFILE])
    with socket.create_connection(at.at):
        house.until(lambda: at.listener.resting)
        at.listener.close()
        at.listener.close()
        clock.now += REST_SECONDS
        house.settle()
    assert house.errors == []
    house.close()


EXHAUSTED = """
import resource, sys
from callroom_server.net.address import listening
from callroom_server.net.listener import Listener
from callroom_server.net.reactor import Reactor

resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))
now, busy, kept = 0.0, 0, []
reactor = Reactor(lambda: now)
address = listening("tcp://127.0.0.1:0", ("tcp",))
listener = Listener(reactor, address, lambda sock, peer: kept.append(sock), b"full" + bytes([10]))
listener.open()

def count():
    global busy
    busy += 1

def tell():
    for _ in range(100):
        reactor.run_pass(0)
    print(listener.address.port, len(kept), busy, int(listener.resting), flush=True)
    sys.stdin.readline()

reactor.after_pass(count)
tell()
tell()
for sock in kept:
    sock.close()
kept.clear()
now += 1
tell()
"""


def test_a_process_without_descriptors_refuses_politely_and_recovers(house: House) -> None:
    """Forty callers for about a dozen free descriptors: the rest read why, and the loop does not spin."""
    with subprocess.Popen(
        [sys.executable, "-c", EXHAUSTED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None

        def tell() -> list[int]:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write("\n")
            child.stdin.flush()
            return list(map(int, child.stdout.readline().split()))

        port = int(child.stdout.readline().split()[0])
        callers = [socket.create_connection(("127.0.0.1", port)) for _ in range(40)]
        house.keep(*callers)
        _, accepted, busy, resting = tell()
        assert 5 < accepted < 24
        assert (busy, resting) == (1, 1), "one pass that accepts and refuses, then ninety-nine that wait"
        callers[-1].settimeout(PATIENCE)
        assert take(callers[-1], 5) == b"full\n"
        assert callers[-1].recv(100) == b""
        house.keep(socket.create_connection(("127.0.0.1", port)))
        _, accepted, _, resting = tell()
        assert (accepted, resting) == (1, 0)
        child.stdin.close()
        assert child.stderr.read().count("Too many open files") == 1


def test_a_taken_port_says_who_has_it(house: House, porter: Callable[..., Porter]) -> None:
    at = porter()
    port = at.listener.address.port
    other = Listener(house.reactor, at.listener.address, refuse)
    said = (
        rf"tcp://127\.0\.0\.1:{port} is taken by process {os.getpid()} \(.+\): stop it, or listen on another"
    )
    with pytest.raises(ListenError, match=said):
        other.open()
    other.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("tcp://192.0.2.1:8888", r"this machine has no such address: write 127\.0\.0\.1"),
        ("tcp://no-such-host.invalid:8888", "the host is not known"),
    ],
)
def test_a_place_that_is_not_ours_is_refused(house: House, url: str, said: str) -> None:
    with pytest.raises(ListenError, match=said):
        Listener(house.reactor, listening(url, SCHEMES), refuse).open()


def test_a_port_of_root_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def bind(_sock: socket.socket, _address: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", bind)
    with pytest.raises(ListenError, match="ports below 1024 are for root: choose a higher one"):
        Listener(house.reactor, listening("tcp://127.0.0.1:23", SCHEMES), refuse).open()


def test_a_unix_socket_is_private_and_goes_with_its_listener(
    house: House, porter: Callable[..., Porter], tmp_path: Path
) -> None:
    path = tmp_path / "x.sock"
    at = porter(f"unix://{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(path))
        house.until(lambda: at.accepted)
        assert at.accepted[0][1] == "unix"
    at.listener.close()
    assert not path.exists()


def test_a_mode_is_what_was_asked_for_whatever_the_umask(
    porter: Callable[..., Porter], tmp_path: Path
) -> None:
    path = tmp_path / "x.sock"
    before = os.umask(0o077)
    try:
        porter(f"unix://{path}?mode=660")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_a_stale_socket_is_replaced_and_a_live_one_is_not(
    house: House, porter: Callable[..., Porter], tmp_path: Path
) -> None:
    path = tmp_path / "x.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    at = porter(f"unix://{path}")
    with pytest.raises(ListenError, match="a server is answering there: stop it, or choose another name"):
        Listener(house.reactor, at.listener.address, refuse).open()
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(path))
        house.until(lambda: at.accepted)


def test_a_live_socket_with_a_full_backlog_is_alive(house: House, tmp_path: Path) -> None:
    path = tmp_path / "x.sock"
    with socket.socket(socket.AF_UNIX) as busy:
        busy.bind(str(path))
        busy.listen(0)
        waiting = socket.socket(socket.AF_UNIX)
        house.keep(waiting)
        waiting.connect(str(path))
        with pytest.raises(ListenError, match="a server is answering there"):
            Listener(house.reactor, Address("unix", path=str(path)), refuse).open()
    assert path.exists()


def test_a_file_that_is_no_socket_is_left_alone(house: House, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("precious")
    with pytest.raises(ListenError, match="is no socket: choose another name, or remove it"):
        Listener(house.reactor, Address("unix", path=str(path)), refuse).open()
    assert path.read_text() == "precious"


def test_a_missing_folder_is_named(house: House, tmp_path: Path) -> None:
    with pytest.raises(ListenError, match=f"there is no folder {tmp_path}/none: make it"):
        Listener(house.reactor, Address("unix", path=f"{tmp_path}/none/x.sock"), refuse).open()


def test_a_successors_socket_is_not_removed(porter: Callable[..., Porter], tmp_path: Path) -> None:
    path = tmp_path / "x.sock"
    first = porter(f"unix://{path}")
    path.unlink()
    second = porter(f"unix://{path}")
    first.listener.close()
    assert path.exists()
    second.listener.close()
    assert not path.exists()


def test_an_acceptor_that_raises_is_reported_and_the_next_is_served(house: House) -> None:
    served: list[str] = []

    def on_accept(sock: socket.socket, peer: str) -> None:
        house.keep(sock)
        served.append(peer)
        if len(served) == 1:
            raise ValueError("a bug")

    listener = Listener(house.reactor, listening("tcp://127.0.0.1:0", SCHEMES), on_accept)
    listener.open()
    at = (listener.address.host, listener.address.port)
    house.keep(socket.create_connection(at), socket.create_connection(at))
    house.until(lambda: len(served) == 2)
    assert [str(error) for error in house.errors] == ["a bug"]
    listener.close()


def test_an_acceptor_may_close_the_listener(house: House) -> None:
    accepted: list[str] = []

    def on_accept(sock: socket.socket, peer: str) -> None:
        house.keep(sock)
        accepted.append(peer)
        listener.close()

    listener = Listener(house.reactor, listening("tcp://127.0.0.1:0", SCHEMES), on_accept)
    listener.open()
    at = (listener.address.host, listener.address.port)
    house.keep(socket.create_connection(at), socket.create_connection(at))
    house.until(lambda: accepted)
    house.settle()
    assert len(accepted) == 1
    assert house.errors == []
