"""Datagrams: in and out on IPv4 and IPv6, cut, refused by ICMP, a full kernel, and no end that leaks."""

import errno
import os
import socket
from collections.abc import Callable, Iterator

import pytest

from callroom_server.config.limits import Limits
from callroom_server.net.address import ListenError
from callroom_server.net.datagram import (
    LARGEST_DATAGRAM,
    OVERHEAD_BYTES,
    DatagramTransport,
    datagram_socket,
)
from callroom_server.net.ways import IP_PKTINFO, WAYS_KEPT, Ways
from callroom_wire.address import Address, SocketAddress
from net_support import PATIENCE, House

HOSTS = ["127.0.0.1", "::1"]


class Upper:
    """A protocol that answers in upper case, and remembers."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.cut: list[bytes] = []
        self.lost: list[str] = []
        self.transport: DatagramTransport | None = None
        self.on_data: Callable[[], object] = dict

    def datagram_received(self, data: bytes, address: SocketAddress) -> None:
        self.heard.append(data)
        self.on_data()
        assert self.transport is not None
        self.transport.send(data.upper(), address)

    def datagram_cut(self, data: bytes, address: SocketAddress) -> None:
        self.cut.append(data)

    def connection_lost(self, reason: str) -> None:
        self.lost.append(reason)


class Bench:
    """Makes transports on a reactor, and keeps what their protocols raised."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.failed: list[Exception] = []
        self.made: list[DatagramTransport] = []

    def transport(
        self, sock: socket.socket, limits: Limits | None = None, largest: int | None = None
    ) -> tuple[DatagramTransport, Upper]:
        upper = Upper()
        transport = DatagramTransport(
            self.house.reactor, sock, upper, self.failed_one, limits or Limits(), largest
        )
        upper.transport = transport
        self.made.append(transport)
        return transport, upper

    def failed_one(self, transport: DatagramTransport, error: Exception) -> None:
        self.failed.append(error)


@pytest.fixture
def bench(house: House) -> Iterator[Bench]:
    bench = Bench(house)
    yield bench
    for transport in bench.made:
        transport.close()
    house.settle()


def caller(house: House, transport: DatagramTransport) -> socket.socket:
    """A client connected to this transport, closed at the end."""
    host, _, port = transport.local.rpartition(":")
    host = host.strip("[]")
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    house.keep(sock)
    sock.settimeout(PATIENCE)
    sock.connect((host, int(port)))
    return sock


def listening(host: str) -> socket.socket:
    return datagram_socket(Address("udp", host, 0))


def full_pair(house: House) -> tuple[socket.socket, socket.socket]:
    """Two connected Unix datagram sockets, ours and theirs: here the kernel says when it is full."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    house.keep(theirs)
    return ours, theirs


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("data", [b"hello", b"", b"x" * 1200, "你好 abc".encode()])
def test_one_in_one_out(house: House, bench: Bench, host: str, data: bytes) -> None:
    transport, upper = bench.transport(listening(host))
    sock = caller(house, transport)
    sock.send(data)
    house.until(lambda: transport.sent)
    assert sock.recv(2000) == data.upper()
    assert upper.heard == [data]
    assert (transport.received, transport.sent) == (1, 1)
    assert (transport.bytes_in, transport.bytes_out) == (len(data), len(data.upper()))


def test_the_largest_that_udp_carries(house: House, bench: Bench) -> None:
    transport, upper = bench.transport(listening("127.0.0.1"), largest=LARGEST_DATAGRAM)
    sock = caller(house, transport)
    sock.send(b"a" * LARGEST_DATAGRAM)
    house.until(lambda: upper.heard)
    assert sock.recv(70_000) == b"A" * LARGEST_DATAGRAM
    assert not transport.send(b"a" * (LARGEST_DATAGRAM + 1), sock.getsockname()), "EMSGSIZE is no end"
    assert transport.dropped_out == 1
    sock.send(b"more")
    house.until(lambda: len(upper.heard) == 2)


def test_what_is_too_long_is_told_as_cut(house: House, bench: Bench) -> None:
    transport, upper = bench.transport(listening("127.0.0.1"), Limits(datagram_bytes=64))
    sock = caller(house, transport)
    sock.send(b"b" * 65)
    sock.send(b"c" * 64)
    house.until(lambda: upper.heard)
    assert upper.cut == [b"b" * 64]
    assert upper.heard == [b"c" * 64]
    assert transport.cut == 1


def test_a_flood_is_taken_in_portions(house: House, bench: Bench) -> None:
    transport, upper = bench.transport(listening("127.0.0.1"), Limits(datagrams_per_wake=4))
    sock = caller(house, transport)
    for _ in range(10):
        sock.send(b"x")
    counts: list[int] = []
    while len(upper.heard) < 10:
        house.reactor.run_pass(0.1)
        counts.append(len(upper.heard))
    assert counts == [4, 8, 10]


def test_a_flood_of_bytes_is_taken_in_portions(house: House, bench: Bench) -> None:
    limits = Limits(bytes_per_pass=4096, datagram_bytes=2048)
    transport, upper = bench.transport(listening("127.0.0.1"), limits)
    sock = caller(house, transport)
    for _ in range(5):
        sock.send(b"x" * 2048)
    counts: list[int] = []
    while len(upper.heard) < 5:
        house.reactor.run_pass(0.1)
        counts.append(len(upper.heard))
    assert counts == [2, 4, 5]


@pytest.mark.parametrize("host", HOSTS)
def test_nobody_there_is_survived(house: House, bench: Bench, host: str) -> None:
    """An ICMP "port unreachable" comes back on a connected socket: at the next receive, or the next send."""
    gone = listening(host)
    where = gone.getsockname()
    gone.close()
    sock = listening(host)
    sock.connect(where)
    transport, upper = bench.transport(sock)
    assert transport.send(b"anyone?")
    house.until(lambda: transport.errors)
    assert transport.send(b"anyone?")
    assert transport.send(b"nobody?"), "the error was of the datagram before: this one goes out all the same"
    house.until(lambda: transport.errors >= 2)
    assert not transport.closed
    assert upper.lost == []


def test_an_error_of_the_socket_itself_is_the_end(house: House, bench: Bench) -> None:
    class Broken(socket.socket):
        def recvmsg_into(self, *_args: object) -> tuple[int, list[tuple[int, int, bytes]], int, object]:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    real = listening("127.0.0.1")
    transport, upper = bench.transport(Broken(real.family, real.type, fileno=real.detach()))
    caller(house, transport).send(b"x")
    house.until(lambda: upper.lost)
    assert upper.lost == ["eio"]


def test_port_0_is_nobodys(bench: Bench) -> None:
    transport, _ = bench.transport(listening("127.0.0.1"))
    assert not transport.send(b"x", ("127.0.0.1", 0))
    assert transport.dropped_out == 1
    assert not transport.closed


def test_a_full_kernel_makes_it_wait_in_order(house: House, bench: Bench) -> None:
    ours, theirs = full_pair(house)
    transport, _ = bench.transport(ours)
    count = 0
    while not transport.waiting_bytes:
        assert transport.send(b"%d" % count)
        count += 1
    for _ in range(3):
        assert transport.send(b"%d" % count)
        count += 1
    theirs.setblocking(False)
    got: list[bytes] = []

    def read() -> bool:
        try:
            got.append(theirs.recv(100))
        except BlockingIOError:
            return False
        return len(got) == count

    house.until(read)
    assert got == [b"%d" % number for number in range(count)]
    assert transport.waiting_bytes == 0
    assert transport.dropped_out == 0
    before = house.reactor.passes
    house.settle()
    assert house.reactor.passes == before + 1, "with nothing to send it does not wait for writing"


def test_a_full_queue_drops_and_counts(house: House, bench: Bench) -> None:
    ours, _ = full_pair(house)
    limits = Limits(datagram_queue_bytes=3 * (OVERHEAD_BYTES + 100))
    transport, upper = bench.transport(ours, limits)
    while not transport.waiting_bytes:
        transport.send(b"x" * 100)
    assert transport.send(b"x" * 100)
    assert transport.send(b"x" * 100)
    assert not transport.send(b"x" * 100)
    assert transport.dropped_out == 1
    transport.close()
    assert transport.dropped_out == 4, "what the kernel never took"
    house.settle()
    assert upper.lost == [""]


def test_a_bug_in_the_protocol_costs_one_datagram(house: House, bench: Bench) -> None:
    transport, upper = bench.transport(listening("127.0.0.1"))
    sock = caller(house, transport)

    def fail_once() -> None:
        upper.on_data = dict
        raise ValueError("a bug in the protocol")

    upper.on_data = fail_once
    sock.send(b"one")
    sock.send(b"two")
    house.until(lambda: transport.sent)
    assert sock.recv(100) == b"TWO"
    assert [str(error) for error in bench.failed] == ["a bug in the protocol"]


def test_closing_in_the_middle_of_a_call(house: House, bench: Bench) -> None:
    transport, upper = bench.transport(listening("127.0.0.1"))
    sock = caller(house, transport)
    upper.on_data = transport.close
    sock.send(b"one")
    sock.send(b"two")
    house.until(lambda: upper.lost)
    transport.close()
    house.settle()
    assert upper.heard == [b"one"]
    assert upper.lost == [""], "once"
    assert transport.fileno() == -1
    assert not transport.send(b"x", ("127.0.0.1", 9))


@pytest.mark.parametrize(("everywhere", "reached"), [("0.0.0.0", "127.0.0.2"), ("::", "::1")])
def test_the_answer_leaves_from_where_it_was_asked(
    house: House, bench: Bench, everywhere: str, reached: str
) -> None:
    """Of the many addresses of 127.0.0.0/8, all ours, the kernel would take 127.0.0.1."""
    transport, _ = bench.transport(listening(everywhere))
    port = int(transport.local.rpartition(":")[2])
    with socket.socket(socket.AF_INET6 if ":" in reached else socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(PATIENCE)
        sock.connect((reached, port))
        sock.send(b"hello")
        house.until(lambda: transport.sent)
        assert sock.recv(100) == b"HELLO"


def test_the_ways_of_many_are_bounded() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("0.0.0.0", 0))
        ways = Ways(sock)
        extra = [(socket.IPPROTO_IP, IP_PKTINFO, bytes(12))]
        for count in range(WAYS_KEPT + 5):
            ways.learn(("192.0.2.1", count), extra)
        assert ways.back(("192.0.2.1", 4)) == []
        assert ways.back(("192.0.2.1", 5)) == extra
        ways.learn(("192.0.2.2", 1), [(socket.SOL_SOCKET, 2, b"of another kind")])
        assert ways.back(("192.0.2.2", 1)) == []


def test_a_taken_port_names_its_occupant(bench: Bench) -> None:
    transport, _ = bench.transport(listening("127.0.0.1"))
    port = int(transport.local.rpartition(":")[2])
    with pytest.raises(ListenError, match=rf"taken by process {os.getpid()} .*another port, such as"):
        datagram_socket(Address("udp", "127.0.0.1", port))


def test_an_address_that_is_not_ours() -> None:
    with pytest.raises(ListenError, match="this machine has no such address"):
        datagram_socket(Address("udp", "192.0.2.1", 5000))
