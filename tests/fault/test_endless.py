"""Input without an end: the memory stays flat, the limit is named, and the others do not notice."""

import socket
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from callroom_wire import messages as m
from callroom_wire.codec import encode
from framed_support import Framed, person
from house_support import PATIENCE, LiveHouse, OpenHouse

MIB = 1024 * 1024
ENDLESS = 64 * MIB
PIECE = b"a" * MIB
FLAT = 8 * MIB


def highest(house: LiveHouse, send: Callable[[bytes], object], piece: bytes) -> int:
    """Sends 64 MB, or as much as is taken; how much the memory grew by at most."""
    before = house.resident()
    grown = 0
    try:
        for _ in range(ENDLESS // len(piece)):
            send(piece)
            grown = max(grown, house.resident() - before)
    except (BrokenPipeError, ConnectionResetError):
        pass
    return grown


def call(house: LiveHouse, first: bytes) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", house.port), PATIENCE)
    sock.sendall(first)
    return sock


@pytest.mark.parametrize(
    "first",
    [b"a", b"\xff\xfb\x1f", b"\xff\xfa\x1f", b"/join lobby\r\n"],
    ids=["text", "telnet", "subnegotiation", "in a room"],
)
def test_a_line_without_an_end(open_house: OpenHouse, first: bytes) -> None:
    house = open_house(options=["--no-flood"])  # flood control would not take 64 MB in a day
    with person(house.port, "witness", "lobby") as witness, call(house, first) as endless:
        grown = highest(house, endless.sendall, PIECE)
        assert grown < FLAT, f"{grown / MIB:.1f} MiB"
        witness.say(1, "lobby", "all is well")
        house.stop()
    assert not [line.raw for line in house.log() if line.traceback]


def test_the_limit_of_a_line_is_named(open_house: OpenHouse) -> None:
    house = open_house({"line_bytes": 256})
    with call(house, b"a" * 100_000 + b"\r\n") as endless:
        told = b""
        while b"256" not in told:
            part = endless.recv(65536)
            assert part, told
            told += part


def test_a_frame_that_is_longer_than_allowed_is_refused_by_its_header(open_house: OpenHouse) -> None:
    house = open_house()
    with person(house.port, "witness", "lobby") as witness, Framed(house.port) as endless:
        endless.hello()
        endless.send_raw((ENDLESS).to_bytes(4, "big"))
        grown = highest(house, endless.send_raw, PIECE)
        assert grown < FLAT, f"{grown / MIB:.1f} MiB"
        house.logged("session.faulted", code="frame_too_long")
        witness.say(1, "lobby", "all is well")


def test_many_unfinished_frames_have_a_limit_together(open_house: OpenHouse) -> None:
    # 40 frames of 60,000 bytes that never end are 2.4 MB; together they may be 1 MiB.
    house = open_house({"receive_buffers_bytes": MIB, "frame_seconds": 600}, ["--no-flood"])
    with ExitStack() as stack:
        clients = [stack.enter_context(person(house.port, f"p{number}")) for number in range(40)]
        before = house.resident()
        for client in clients:
            client.send_raw((60_000).to_bytes(4, "big") + b" " * 59_000)
        refused = house.logged("session.faulted", count=40 - MIB // 59_000, code="buffers_full")
        assert len(refused) < len(clients), "those who came first may finish theirs"
        clients[0].send_raw(b" " * 980 + encode(m.Ping(n=1))[4:])
        told = clients[0].until_closed()[-2:]
        assert [type(one) for one in told] == [m.Error, m.Bye]  # 60,000 blanks are no message
        witness = stack.enter_context(person(house.port, "witness", "lobby"))
        witness.say(1, "lobby", "all is well")
        assert house.resident() - before < FLAT


def test_one_line_sent_without_end_is_stored_once_and_grows_nothing(open_house: OpenHouse) -> None:
    house = open_house(options=["--no-flood"])
    with person(house.port, "witness", "lobby") as witness, person(house.port, "busy", "lobby") as busy:
        line = m.Say(id=1, room="lobby", text="x" * 4000)
        busy.send(line)
        busy.expect(m.Ack)
        before = house.resident()
        for _ in range(200):
            busy.send(*[line] * 20)
            for _ in range(20):
                assert busy.expect(m.Ack).seqs == [1]
        assert house.resident() - before < FLAT
        witness.send(m.History(place="lobby"))
        assert len(witness.expect(m.Page).entries) == 1
