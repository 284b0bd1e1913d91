"""Every kind of end: half-closed, closed, aborted, reset, broken, and protocols that misbehave."""

import errno
import socket
from collections.abc import Callable

import pytest

from callroom_server.net.reactor import HasFileno, Reactor
from callroom_server.net.sockets import end_of
from callroom_server.net.transport import LINGER_SECONDS, PARTING_SECONDS, PROTOCOL_FAILED, Transport
from net_support import MUCH, Clock, House, Recorder, drain, reset, take


def fail(*_args: object) -> None:
    raise ValueError("a bug in the protocol")


def test_half_close_lets_the_answers_out(house: House) -> None:
    ours, theirs = house.tcp_pair()
    protocol = Recorder()
    transport, _ = house.transport(ours, protocol)
    protocol.on_eof = lambda: (transport.write(MUCH), transport.write(b"bye"), transport.close("answered"))
    theirs.sendall(b"0\n")
    theirs.shutdown(socket.SHUT_WR)
    house.until(lambda: "eof" in protocol.events)
    got = b""
    theirs.setblocking(False)

    def read() -> bool:
        nonlocal got
        try:
            part = theirs.recv(1 << 20)
        except BlockingIOError:
            return False
        got += part
        return not part

    house.until(read)
    assert got == MUCH + b"bye"
    house.until(lambda: protocol.lost)
    assert protocol.events == ["made", "eof", "lost answered"]
    assert protocol.received == b"0\n"


def test_after_the_end_of_input_the_loop_rests(house: House) -> None:
    """The end stays readable for ever: who still waited for it would spin."""
    ours, theirs = house.pair()
    transport, protocol = house.transport(ours)
    theirs.shutdown(socket.SHUT_WR)
    house.until(lambda: "eof" in protocol.events)
    before = house.reactor.passes
    house.settle()
    assert house.reactor.passes == before + 1
    transport.write(b"still open")
    assert take(theirs, 10) == b"still open"
    transport.close()
    house.settle()
    assert protocol.events == ["made", "eof", "lost "]


def test_close_sends_what_waits_and_then_the_end(house: House) -> None:
    ours, theirs = house.tcp_pair()
    transport, protocol = house.transport(ours)
    transport.write(MUCH)
    transport.close("done")
    transport.close("second")
    transport.write(b"ignored")
    assert transport.closed
    got = b""
    while part := theirs.recv(1 << 20):
        got += part
        house.reactor.run_pass(0)
    assert got == MUCH
    assert not protocol.lost, "the peer has not closed its side yet"
    theirs.close()
    house.until(lambda: protocol.lost)
    assert protocol.events == ["made", "lost done"]
    assert (transport.fileno(), transport.local) == (-1, "")


def test_last_words_survive_input_that_nobody_reads_any_more(house: House) -> None:
    """Unread input would turn the close into a reset, which can overtake the farewell."""
    ours, theirs = house.tcp_pair()
    transport, protocol = house.transport(ours)
    theirs.sendall(MUCH[:200_000])
    transport.write(b"farewell")
    transport.close("refused")
    house.until(lambda: transport.bytes_in == 200_000)
    assert take(theirs, 8) == b"farewell"
    assert theirs.recv(10) == b""
    assert protocol.received == b""
    theirs.close()
    house.until(lambda: protocol.lost)


def test_a_peer_that_never_closes_is_left_after_the_parting_time() -> None:
    clock = Clock()
    house = House(clock)
    ours, _ = house.tcp_pair()
    transport, protocol = house.transport(ours)
    transport.close("done")
    clock.now += PARTING_SECONDS - 0.1
    house.settle()
    assert not protocol.lost
    clock.now += 0.2
    house.settle()
    assert protocol.events == ["made", "lost done"]
    assert house.reactor.timers == 0
    house.close()


def test_a_peer_that_does_not_read_is_reset_after_the_linger_time() -> None:
    clock = Clock()
    house = House(clock)
    ours, theirs = house.tcp_pair()
    transport, protocol = house.transport(ours)
    transport.write(MUCH)
    transport.close("done")
    clock.now += LINGER_SECONDS - 0.1
    house.settle()
    assert not protocol.lost
    clock.now += 0.2
    house.settle()
    assert protocol.events == ["made", "lost done"]
    with pytest.raises(ConnectionResetError):
        drain(theirs)
    house.close()


def test_abort_drops_what_waits_and_tells_later(house: House) -> None:
    ours, theirs = house.tcp_pair()
    transport, protocol = house.transport(ours)
    transport.write(MUCH)
    transport.abort("shutting_down")
    transport.abort("second")
    transport.close("third")
    assert protocol.events == ["made"]
    assert transport.fileno() == -1
    house.settle()
    assert protocol.events == ["made", "lost shutting_down"]
    assert len(theirs.recv(1 << 20, socket.MSG_WAITALL)) < len(MUCH)


def test_a_reset_is_an_ordinary_end(house: House) -> None:
    ours, theirs = house.tcp_pair()
    _, protocol = house.transport(ours)
    reset(theirs)
    house.until(lambda: protocol.lost)
    assert protocol.events == ["made", "lost reset"]
    assert (house.errors, house.failed) == ([], [])


def test_a_reset_before_the_start_is_an_ordinary_end(house: House) -> None:
    ours, theirs = house.tcp_pair()
    reset(theirs)
    transport, protocol = house.transport(ours)
    house.until(lambda: protocol.lost)
    assert protocol.events == ["made", "lost reset"]
    assert transport.peer == "unknown"


def test_what_was_said_before_leaving_at_once_is_heard(house: House) -> None:
    """They speak and are gone; our greeting fails, and their words still count."""
    ours, theirs = house.pair()
    protocol = Recorder()
    transport, _ = house.transport(ours, protocol)
    theirs.sendall(b"hello\n/quit\n")
    theirs.close()
    transport.write(b"greeting")
    assert transport.closed
    transport.write(b"ignored")
    assert protocol.events == ["made"]
    house.until(lambda: protocol.lost)
    assert protocol.received == b"hello\n/quit\n"
    assert protocol.events == ["made", "lost closed"]


def test_a_broken_transport_that_is_paused_or_closed_ends_at_once(house: House) -> None:
    for end in (Transport.pause_reading, Transport.close):
        ours, theirs = house.pair()
        transport, protocol = house.transport(ours)
        theirs.sendall(b"unheard")
        theirs.close()
        transport.write(b"greeting")
        end(transport)
        house.settle()
        assert (protocol.events, protocol.received) == (["made", "lost closed"], b"")


def test_a_peer_that_only_talks_is_left_after_the_linger_time() -> None:
    clock = Clock()
    house = House(clock)
    ours, theirs = house.pair()
    transport, protocol = house.transport(ours)
    theirs.shutdown(socket.SHUT_RD)
    transport.write(b"nobody listens")
    theirs.sendall(b"but I talk")
    house.settle()
    assert protocol.received == b"but I talk"
    clock.now += LINGER_SECONDS + 0.1
    house.settle()
    assert protocol.events == ["made", "lost closed"]
    house.close()


def test_a_write_that_fails_while_paused_ends_the_transport(house: House) -> None:
    ours, theirs = house.pair()
    transport, protocol = house.transport(ours)
    transport.pause_reading()
    theirs.close()
    transport.write(b"x")
    house.settle()
    assert protocol.events == ["made", "lost closed"]


def test_a_reader_that_dies_with_a_full_buffer_ends_the_transport(house: House) -> None:
    ours, theirs = house.tcp_pair()
    transport, protocol = house.transport(ours)
    transport.write(MUCH)
    transport.pause_reading()
    reset(theirs)
    house.until(lambda: protocol.lost)
    assert protocol.events == ["made", "lost reset"]


@pytest.mark.parametrize("end", [Transport.close, Transport.abort])
def test_an_end_inside_of_data_received_is_told_afterwards(
    house: House, end: Callable[[Transport, str], None]
) -> None:
    ours, theirs = house.pair()
    protocol = Recorder()
    transport, _ = house.transport(ours, protocol)

    def on_data(data: bytes) -> None:
        transport.write(b"bye")
        end(transport, "quit")
        transport.write(b"ignored")
        assert not protocol.lost

    protocol.on_data = on_data
    theirs.sendall(b"/quit")
    house.until(lambda: transport.closed)
    assert take(theirs, 3) == b"bye"
    assert theirs.recv(10) == b""
    theirs.close()
    house.until(lambda: protocol.lost)
    assert protocol.events == ["made", "lost quit"]


@pytest.mark.parametrize("where", ["on_data", "on_eof", "on_writable"])
def test_a_protocol_that_raises_ends_its_own_transport_alone(house: House, where: str) -> None:
    ours, theirs = house.pair()
    other, their_other = house.pair()
    protocol = Recorder()
    transport, _ = house.transport(ours, protocol)
    survivor, well = house.transport(other)
    setattr(protocol, where, fail)
    if where == "on_writable":
        transport.write(MUCH)
        house.until(lambda: theirs.recv(1 << 16) and house.failed)
    else:
        theirs.sendall(b"x")
        theirs.shutdown(socket.SHUT_WR)
        house.until(lambda: house.failed)
    house.settle()
    assert [(failed, type(error)) for failed, error in house.failed] == [(transport, ValueError)]
    assert protocol.events[-1] == f"lost {PROTOCOL_FAILED}"
    assert protocol.events.count(f"lost {PROTOCOL_FAILED}") == 1
    their_other.sendall(b"fine")
    house.until(lambda: well.received == b"fine")
    assert house.errors == []
    survivor.abort()


def test_a_protocol_that_raises_at_the_beginning_or_the_end_is_told_of(house: House) -> None:
    class Broken(Recorder):
        def connection_made(self, transport: Transport) -> None:
            fail()

        def connection_lost(self, reason: str) -> None:
            super().connection_lost(reason)
            fail()

    ours, _ = house.pair()
    _, protocol = house.transport(ours, Broken())
    house.settle()
    assert protocol.events == [f"lost {PROTOCOL_FAILED}"]
    assert len(house.failed) == 2
    assert house.errors == []


def test_everyone_ends_everyone_in_one_pass(house: House) -> None:
    """Each protocol aborts all the others, which are ready in the same pass; each is told once."""
    count = 100
    pairs = [house.pair() for _ in range(count)]
    protocols = [Recorder() for _ in range(count)]
    transports = [
        house.transport(ours, protocol)[0] for (ours, _), protocol in zip(pairs, protocols, strict=True)
    ]

    def leave(data: bytes) -> None:
        for transport in transports:
            transport.write(b"someone leaves")
            transport.abort("left")

    for protocol in protocols:
        protocol.on_data = leave
    for _, theirs in pairs:
        theirs.sendall(b"x")
    house.reactor.run_pass(0)
    house.settle()
    assert all(protocol.events == ["made", "lost left"] for protocol in protocols)


def test_two_thousand_resets_in_one_pass(house: House) -> None:
    """A chain: each loss writes to the next transport, which is broken as well."""
    count = 2000
    protocols: list[Recorder] = []
    transports: list[Transport] = []
    theirs: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        for _ in range(count):
            theirs.append(socket.create_connection(listening.getsockname()))
            transport, protocol = house.transport(listening.accept()[0])
            transports.append(transport)
            protocols.append(protocol)

    class Chained(Recorder):
        def connection_lost(self, reason: str) -> None:
            super().connection_lost(reason)
            index = transports.index(self.mine)
            for other in transports[index + 1 : index + 3]:
                other.write(b"someone left")

        mine: Transport

    for index, transport in enumerate(transports):
        chained = Chained()
        chained.mine = transport
        transport.protocol = protocols[index] = chained
    for sock in theirs:
        reset(sock)
    before = house.reactor.passes
    house.until(lambda: all(protocol.lost for protocol in protocols))
    assert house.reactor.passes - before < 10
    assert all(protocol.events == ["lost reset"] for protocol in protocols)
    assert (house.errors, house.failed) == ([], [])


class FullReactor(Reactor):
    """One whose kernel watches no more descriptors (max_user_watches, epoll_ctl(2))."""

    def register(self, fileobj: int | HasFileno, events: int, handler: Callable[[int], object]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_kernel_that_watches_no_more_descriptors_ends_the_newcomer(house: House) -> None:
    ours, _ = house.pair()
    house.reactor.close()
    house.reactor = FullReactor()
    _, protocol = house.transport(ours)
    house.settle()
    assert protocol.events == ["lost enospc"]


def test_the_word_for_an_end() -> None:
    assert end_of(BrokenPipeError(errno.EPIPE, "")) == "closed"
    assert end_of(TimeoutError(errno.ETIMEDOUT, "")) == "timed_out"
    assert end_of(OSError(errno.EHOSTUNREACH, "")) == "unreachable"
    assert end_of(OSError(errno.ENOBUFS, "")) == "enobufs"
    assert end_of(OSError(99999, "")) == "errno_99999"
    assert end_of(OSError("without a number")) == "failed"
