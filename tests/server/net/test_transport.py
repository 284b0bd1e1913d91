"""Transports on real sockets, filled and drained: backpressure, pauses, options, names."""

import socket

import pytest

from callroom_server.config.limits import Limits
from callroom_server.net.sockets import SEND_BUFFER_BYTES
from callroom_wire.address import address_text
from net_support import MUCH, Clock, House, Recorder, drain, take


def test_bytes_go_both_ways_and_are_counted(house: House) -> None:
    ours, theirs = house.tcp_pair()
    transport, protocol = house.transport(ours)
    assert protocol.events == ["made"]
    assert protocol.transport is transport
    theirs.sendall(b"question")
    house.until(lambda: protocol.received == b"question")
    transport.write(b"answer")
    assert take(theirs, 6) == b"answer"
    assert (transport.bytes_in, transport.bytes_out) == (8, 6)
    assert not transport.congested
    assert transport.peer == address_text(theirs.getsockname())
    assert transport.local == address_text(theirs.getpeername())
    assert (transport.tls, transport.handshaken, transport.closed) == ("", True, False)
    assert transport.fileno() == ours.fileno()
    transport.abort()


def test_a_unix_pair_has_names_too(house: House) -> None:
    ours, _ = house.pair()
    transport, _ = house.transport(ours)
    assert (transport.peer, transport.local) == ("unix", "unix")
    transport.abort()


def test_tcp_sockets_are_tuned(house: House) -> None:
    ours, _ = house.tcp_pair()
    transport, _ = house.transport(ours)
    assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE)
    assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
    assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 10
    assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 3
    assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000
    # The kernel doubles it for its own bookkeeping (socket(7)).
    assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 2 * SEND_BUFFER_BYTES
    transport.abort()


def test_urgent_data_stays_in_line(house: House) -> None:
    """telnet's synch: the DM is urgent, and must be found behind its IAC."""
    ours, theirs = house.tcp_pair()
    transport, protocol = house.transport(ours)
    theirs.send(b"a\xff")
    theirs.send(b"\xf2", socket.MSG_OOB)
    theirs.send(b"b")
    house.until(lambda: protocol.received == b"a\xff\xf2b")
    transport.abort()


def test_what_the_kernel_does_not_take_waits_and_arrives_whole(house: House) -> None:
    ours, theirs = house.tcp_pair()
    transport, protocol = house.transport(ours)
    pieces = [bytes([number]) * 999 for number in range(100)]
    transport.write(MUCH)
    assert transport.congested
    for piece in pieces:
        transport.write(piece)
    assert "writable" not in protocol.events
    expected = MUCH + b"".join(pieces)
    got = b""
    while len(got) < len(expected):
        house.reactor.run_pass(0)
        got += theirs.recv(100_000)
    assert got == expected
    house.until(lambda: not transport.congested)
    house.settle()
    assert protocol.events == ["made", "writable"]
    assert transport.bytes_out == len(expected)
    assert transport.stalled_since is None
    transport.write(b"again")
    assert take(theirs, 5) == b"again"
    transport.abort()


def test_stalled_since_moves_on_while_the_reader_takes_something() -> None:
    clock = Clock()
    house = House(clock)
    ours, theirs = house.tcp_pair()
    transport, _ = house.transport(ours)
    transport.write(MUCH)
    begun = clock.now
    assert transport.stalled_since == begun
    clock.now += 5
    house.settle()
    assert transport.stalled_since == begun
    house.until(lambda: theirs.recv(300_000) and transport.stalled_since != begun)
    assert transport.stalled_since == clock.now
    transport.abort()
    assert transport.stalled_since is None
    house.settle()
    house.close()


def test_a_slow_reader_meets_the_hard_limit(house: House) -> None:
    ours, theirs = house.tcp_pair()
    transport, protocol = house.transport(ours)
    written = 0
    while not transport.closed:
        transport.write(bytes(65536))
        written += 65536
        assert written < 20 << 20
        assert transport.waiting_bytes <= Limits().hard_close_bytes
    assert protocol.events == ["made"], "the end is told by the loop, not inside of write"
    transport.write(b"ignored")
    house.settle()
    assert protocol.events == ["made", "lost hard_close_bytes"]
    with pytest.raises(ConnectionResetError):
        drain(theirs)


def test_one_write_beyond_the_limit_is_beyond_the_limit(house: House) -> None:
    ours, _ = house.pair()
    transport, protocol = house.transport(ours, limits=Limits(hard_close_bytes=1000))
    transport.write(bytes(10 << 20))
    house.settle()
    assert protocol.events == ["made", "lost hard_close_bytes"]


def test_a_pause_leaves_the_bytes_in_the_kernel(house: House) -> None:
    ours, theirs = house.pair()
    transport, protocol = house.transport(ours)
    transport.pause_reading()
    transport.pause_reading()
    theirs.sendall(b"patience")
    house.settle()
    assert protocol.received == b""
    transport.resume_reading()
    transport.resume_reading()
    house.until(lambda: protocol.received == b"patience")
    transport.abort()
    transport.resume_reading()
    transport.pause_reading()
    house.settle()
    assert protocol.lost


def test_a_pause_by_another_handler_of_the_same_pass_holds(house: House) -> None:
    first, second = Recorder(), Recorder()
    pairs = [house.pair() for _ in range(2)]
    transports = [
        house.transport(ours, recorder)[0] for (ours, _), recorder in zip(pairs, (first, second), strict=True)
    ]
    first.on_data = lambda data: transports[1].pause_reading()
    second.on_data = lambda data: transports[0].pause_reading()
    for _, theirs in pairs:
        theirs.sendall(b"x")
    house.settle()
    assert first.received + second.received == b"x"
    for transport in transports:
        transport.abort()


def test_one_read_takes_no_more_than_its_share(house: House) -> None:
    ours, theirs = house.pair()
    protocol = Recorder()
    sizes: list[int] = []
    protocol.on_data = lambda data: sizes.append(len(data))
    transport, _ = house.transport(ours, protocol, Limits(bytes_per_pass=4096))
    theirs.sendall(bytes(10_000))
    house.until(lambda: sum(sizes) == 10_000)
    assert max(sizes) == 4096
    transport.abort()


def test_a_protocol_may_be_replaced_while_it_receives(house: House) -> None:
    ours, theirs = house.pair()
    porch, door = Recorder(), Recorder()
    transport, _ = house.transport(ours, porch)

    def enter(data: bytes) -> None:
        transport.protocol = door
        door.data_received(data)

    porch.on_data = enter
    theirs.sendall(b"knock")
    house.until(lambda: door.received == b"knock")
    theirs.sendall(b" again")
    house.until(lambda: door.received == b"knock again")
    transport.abort("end")
    house.settle()
    assert (porch.events, door.events) == (["made"], ["lost end"])
