"""How log entries become frames: what was stored is what a client reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_server.core import events
from callroom_server.protocols.frames import FramesFormat
from callroom_wire import messages as m
from callroom_wire.codec import decode_reply
from callroom_wire.frames import HEADER

texts = st.text(max_size=50)
numbers = st.integers(0, 2**53 - 1)


def read(data: bytes) -> object:
    assert int.from_bytes(data[:HEADER], "big") == len(data) - HEADER
    return decode_reply(data[HEADER:])


@given(texts, texts, numbers, numbers, texts)
def test_a_line_of_a_room(room: str, by: str, seq: int, at: int, text: str) -> None:
    event = events.encode(events.Said(by, at, text))
    place = room.lstrip("@")
    assert read(FramesFormat().encode(place, seq, event)) == m.Said(place, seq, at, by, text)


@given(st.tuples(texts, texts), texts, numbers, numbers, texts)
def test_a_line_between_two(pair: tuple[str, str], by: str, seq: int, at: int, text: str) -> None:
    event = events.encode(events.Said(by, at, text))
    one, other = (name.replace("+", "") for name in pair)
    place = events.direct_place("dm/17+42", (one, other))
    assert read(FramesFormat().encode(place, seq, event)) == m.Told((one, other), seq, at, by, text, "@17+42")


@given(texts, texts, numbers, numbers, texts, st.integers(0, 9))
def test_a_topic(room: str, by: str, seq: int, at: int, text: str, ref: int) -> None:
    event = events.encode(events.Topic(boot=7, session=8, ref=ref, by=by, at=at, text=text))
    assert read(FramesFormat().encode(room, seq, event)) == m.TopicSet(room, seq, at, by, text)


def test_a_topic_that_was_cleared() -> None:
    event = events.encode(events.Topic(boot=7, session=8, by="alice", at=5))
    assert read(FramesFormat().encode("lobby", 3, event)) == m.TopicSet("lobby", 3, 5, "alice", "")


def test_what_belongs_to_no_place_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError):
        FramesFormat().encode("lobby", 1, events.encode(events.Gone(device=1)))
