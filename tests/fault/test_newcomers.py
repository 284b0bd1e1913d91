"""Newcomers who never say a word: they make room for others, and are told why."""

from collections.abc import Generator
from pathlib import Path

import pytest

from callroom_server.config.limits import Limits
from callroom_wire import messages as m
from callroom_wire.codec import encode
from indoor_support import Indoors, indoors

LIMITS = Limits(drop_after_seconds=10_000, ping_after_seconds=9_000)
LONG = LIMITS.first_word_seconds
REASON = b"You have said nothing for 300 seconds, and others wait."


@pytest.fixture
def house(tmp_path: Path) -> Generator[Indoors]:
    with indoors(tmp_path, LIMITS) as house:
        yield house


def test_who_reads_the_menu_for_minutes_is_not_thrown_out(house: Indoors) -> None:
    reader = house.call(b"\xff\xfb\x1f")
    house.turn(LONG - 5, step=5)
    assert not reader.transport.closed
    reader.sock.sendall(b"1\r\n")
    house.turn(3 * LONG, step=5)
    assert not reader.transport.closed
    assert not house.house.gate.newcomers


def test_silent_callers_make_room_and_are_told_why(house: Indoors) -> None:
    silent = [house.call(b"\xff\xfb\x1f") for _ in range(20)]
    speaking = house.call(b"/help\r\n")
    house.turn(LONG + 10, step=5)
    for peer in silent:
        assert peer.read().endswith(REASON + b" Call again whenever you like.\r\n"), peer.got[-200:]
        assert peer.ended
    assert not speaking.transport.closed
    assert not house.house.gate.newcomers


def test_a_stranger_who_dials_and_says_nothing_makes_room(house: Indoors) -> None:
    stranger = house.call(encode(m.Hello()) + encode(m.Dial()))
    presser = house.call(encode(m.Hello()) + encode(m.Dial()))
    presser.ask(m.Press(text="1"), m.Prompted)
    house.turn(LIMITS.login_seconds + 5, step=5)
    assert not stranger.transport.closed, "who is in a call listens"
    house.turn(LONG, step=5)
    said = stranger.replies()
    assert isinstance(said[-1], m.Bye)
    assert said[-1].code == "first_word"
    assert not presser.transport.closed
