"""Floods of text and of frames: a bounded part is handled, all else waits, whoever else is there is answered.

The clock stands still unless a test turns it, so nothing here depends on how fast the machine is.
"""

import socket
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import pytest

from callroom_server.codecs.telnet import AYT, IAC, IP
from callroom_server.config.limits import Limits
from callroom_wire import messages as m
from callroom_wire.codec import encode
from indoor_support import Indoors, Peer, indoors

LIMITS = Limits()
FREE = Limits(small_talk_seconds=0)
"""Whoever must be answered asks with pings, on a clock that stands still."""

FLOODS = {
    "help": (b"/help\r\n", b"/doctor "),
    "are you there": (bytes([IAC, AYT]), b"still here"),
    "blank lines": (b"\r\n", b"nothing answers these"),
    "unknown commands": (b"/nosuch\r\n", b"command /nosuch"),
    "interrupts": (bytes([IAC, IP]), b"Cancelled."),
    "unreadable lines": (b"\xf0\r\n", b"was not sent"),
    "lines that are too long": (b"x" * 1100 + b"\r\n", b"was dropped"),
    "robot": (b"5\r\n", b"recognised"),
}
AWAITED = 2
"""Passes until an answer: one that reads the question, one more if it had not arrived."""


@pytest.fixture
def house(tmp_path: Path) -> Generator[Indoors]:
    with indoors(tmp_path, FREE) as house:
        yield house


@pytest.fixture
def dear(tmp_path: Path) -> Generator[Indoors]:
    """A house where pings count as everywhere."""
    with indoors(tmp_path) as house:
        yield house


@pytest.fixture
def honest(house: Indoors) -> Peer:
    peer = house.call(encode(m.Hello()))
    peer.ask(m.Ping(n=0), m.Pong(n=0))
    return peer


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_holds_nobody_up(house: Indoors, honest: Peer, flood: str) -> None:
    data, answer = FLOODS[flood]
    flooder = house.call(data)
    for number in range(1, 60):
        flooder.pour(data * (1024 // len(data) + 1))
        assert honest.ask(m.Ping(n=number), m.Pong(n=number)) <= AWAITED
    most = LIMITS.flood_burst_bytes + 2 * LIMITS.text_bytes_per_pass
    assert flooder.transport.bytes_in <= most, "the rest waits in the kernel"
    assert flooder.read().count(answer) <= LIMITS.flood_burst + 4


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_that_goes_on_is_told_and_ended(house: Indoors, flood: str) -> None:
    data, _ = FLOODS[flood]
    flooder = house.call(data)
    for _ in range(2 * int(LIMITS.flood_close_seconds)):
        flooder.pour(data * (1024 // len(data) + 1))
        house.turn(1.0)
        if b"too fast for too long" in flooder.read():
            break
    assert flooder.got.count(b"Slow down") == 1
    assert b"too fast for too long" in flooder.got
    seconds = LIMITS.flood_close_seconds + LIMITS.flood_burst_bytes / LIMITS.flood_bytes_per_second
    most = LIMITS.flood_burst_bytes + seconds * LIMITS.flood_bytes_per_second
    assert flooder.transport.bytes_in <= most + 4 * LIMITS.text_bytes_per_pass


def test_a_pasted_burst_is_queued_with_one_notice(house: Indoors) -> None:
    caller = house.call(b"".join(b"/paste%d\r\n" % number for number in range(60)))
    caller.see("/paste0")
    house.turn(30)
    names = [b"/paste%d" % number for number in range(60)]
    shown = [caller.read().find(b"no " + name) for name in names]
    assert all(name in caller.got for name in names)
    assert shown == sorted(shown), "in their order"
    assert caller.got.count(b"your lines wait their turn") == 1
    assert not caller.transport.closed
    house.turn(30)
    caller.sock.sendall(b"/later\r\n")
    caller.see("/later")


def test_an_interrupt_drops_what_waits(house: Indoors) -> None:
    caller = house.call(b"".join(b"/paste%d\r\n" % number for number in range(60)))
    caller.see("/paste0")
    house.turn(3)
    caller.sock.sendall(bytes([IAC, IP]))
    house.turn(1)
    caller.see("Cancelled.")
    before = caller.got.count(b"/paste")
    house.turn(30)
    assert caller.read().count(b"/paste") == before < 25
    caller.sock.sendall(b"/later\r\n")
    caller.see("/later")


def test_a_script_that_sends_much_and_ends_is_answered_to_the_end(house: Indoors) -> None:
    script = house.call(b"".join(b"/paste%d\r\n" % number for number in range(40)))
    script.sock.shutdown(socket.SHUT_WR)
    house.turn(40)
    script.read()
    assert b"/paste39" in script.got
    assert script.ended


SMALL_TALK = (m.Ping(n=7), m.Pong(n=7), m.Hello())


def enter(house: Indoors, name: str) -> Peer:
    """Someone comes in by frames."""
    peer = house.call(encode(m.Hello()))
    peer.ask(m.Login(name=name), m.LoggedIn)
    return peer


@pytest.mark.parametrize("message", SMALL_TALK, ids=lambda message: type(message).__name__)
def test_a_flood_of_small_talk_is_slowed_told_and_ended(dear: Indoors, message: m.ClientMessage) -> None:
    honest, flooder = enter(dear, "honest"), enter(dear, "flooder")
    flood, taken = encode(message) * 200, 0
    while not flooder.ended and dear.now < 1000 + 2 * LIMITS.flood_close_seconds:
        taken = flooder.transport.bytes_in  # once it is closed, what still comes is read and dropped
        with suppress(OSError):
            flooder.pour(flood)
        dear.turn(1.0)
        assert honest.ask(m.Ping(n=int(dear.now)), m.Pong(n=int(dear.now))) <= AWAITED
        flooder.read()
    codes = [one.code for one in flooder.replies() if isinstance(one, m.Error | m.Bye)]
    assert [code for code in codes if code != "wrong_state"] == ["too_fast", "too_fast"]
    seconds = LIMITS.flood_close_seconds + LIMITS.flood_burst / LIMITS.flood_per_second
    rate = LIMITS.flood_per_second + 1 / LIMITS.small_talk_seconds
    assert flooder.got.count(b'"pong"') <= LIMITS.flood_burst + seconds * rate
    assert taken <= 2 * LIMITS.bytes_per_pass, "the rest waits in the kernel"


def test_a_ping_now_and_then_leaves_the_whole_allowance_for_lines(dear: Indoors) -> None:
    peer = enter(dear, "honest")
    peer.ask(m.Join(room="lobby"), m.Joined)
    dear.turn(10)
    for number in range(1, int(LIMITS.flood_burst) + 1):
        dear.now += LIMITS.small_talk_seconds
        peer.ask(m.Ping(n=number), m.Pong(n=number))
        peer.sock.sendall(encode(m.Say(id=number, room="lobby", text="hi")))
    assert not dear.house.pacing.waiting


def test_who_is_slowed_is_not_taken_for_silent_nor_for_one_who_drips(dear: Indoors) -> None:
    """While a session waits for having been too fast, it is the house that does not read."""
    peer = enter(dear, "hasty")
    wait = (LIMITS.drop_after_seconds + LIMITS.flood_close_seconds) / 2
    count = int(LIMITS.flood_burst + wait * LIMITS.flood_per_second)
    last = encode(m.Doctor(ref=count))
    requests = b"".join(encode(m.Rooms(ref=number)) for number in range(1, count))
    peer.sock.sendall(requests + last[:9])
    dear.until(lambda: dear.house.pacing.waiting, "it is slowed")
    peer.sock.sendall(last[9:])
    dear.turn(wait + 5)
    replies = peer.replies()
    listed = [one.ref for one in replies if isinstance(one, m.RoomsListed)]
    assert listed == list(range(1, count))
    assert [one.ref for one in replies if isinstance(one, m.Diagnosed)] == [count]
    assert not [one for one in replies if isinstance(one, m.Bye)]
