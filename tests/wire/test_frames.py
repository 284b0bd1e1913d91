"""Frames: however the bytes are cut, the same bodies come out, then the same fault."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_wire.errors import BadFrame, FrameTooLong, WireError
from callroom_wire.frames import HEADER, MAX_FRAME, MAX_FRAME_BEFORE_LOGIN, FrameDecoder, frame

LIMIT = 40

bodies = st.lists(st.binary(min_size=1, max_size=LIMIT), max_size=6)
broken = st.one_of(
    st.sampled_from([0, LIMIT + 1, 2**24, 2**31 - 1, 2**31, 2**32 - 1]).map(
        lambda length: length.to_bytes(4, "big")
    ),
    st.sampled_from(
        [b"", b"\0", b"\0\0\0", b"\0\0\0\5hell", b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x02\x00\x01"]
    ),
)


def outcome(pieces: Iterable[bytes], limit: int = LIMIT) -> tuple[list[bytes], str]:
    """The bodies, and the fault that came after them."""
    decoder = FrameDecoder(limit)
    got: list[bytes] = []
    try:
        for piece in pieces:
            for body in decoder.feed(piece):
                got.append(body)
        decoder.eof()
    except WireError as fault:
        return got, f"{fault.code}: {fault}"
    return got, ""


def cut(stream: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(stream), *(edge % (len(stream) + 1) for edge in cuts)})
    return [stream[start:end] for start, end in pairwise(edges)]


@given(bodies, broken, st.lists(st.integers(0, 400), max_size=10))
def test_any_cutting_gives_the_same_bodies_and_the_same_fault(
    good: list[bytes], tail: bytes, cuts: list[int]
) -> None:
    stream = b"".join(map(frame, good)) + tail
    whole = outcome([stream])
    assert whole[0] == good
    assert outcome(cut(stream, cuts)) == whole
    assert outcome(stream[at : at + 1] for at in range(len(stream))) == whole


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=10))
def test_any_bytes_at_all_are_cut_alike(stream: bytes, cuts: list[int]) -> None:
    assert outcome(cut(stream, cuts)) == outcome([stream])


@pytest.mark.parametrize("limit", [1, MAX_FRAME_BEFORE_LOGIN, MAX_FRAME])
def test_the_limit_itself_is_allowed(limit: int) -> None:
    assert outcome([frame(b"x" * limit)], limit) == ([b"x" * limit], "")
    assert outcome([frame(b"y")], limit) == ([b"y"], "")


@pytest.mark.parametrize("length", [LIMIT + 1, 2**31 - 1, 2**31, 2**32 - 1])
def test_a_longer_frame_is_refused_by_its_header_alone(length: int) -> None:
    decoder = FrameDecoder(LIMIT)
    header = length.to_bytes(4, "big")
    assert list(decoder.feed(header[:3])) == []
    with pytest.raises(FrameTooLong, match=f"{length} bytes was announced; at most {LIMIT} bytes"):
        decoder.feed(header[3:])
    assert decoder.pending == 0


def test_an_empty_frame_is_refused() -> None:
    with pytest.raises(BadFrame, match="length 0"):
        FrameDecoder().feed(bytes(4))


def test_good_frames_before_a_fault_come_first_and_the_fault_stays() -> None:
    decoder = FrameDecoder(LIMIT)
    arrived = iter(decoder.feed(frame(b"one") + frame(b"two") + bytes(4) + frame(b"never")))
    assert next(arrived) == b"one"
    assert isinstance(decoder.error, BadFrame)
    assert next(arrived) == b"two"
    for again in (lambda: next(arrived), lambda: decoder.feed(frame(b"more")), decoder.eof):
        with pytest.raises(BadFrame) as caught:
            again()
        assert caught.value is decoder.error


def test_the_end_within_a_frame_is_an_error_and_between_frames_is_none() -> None:
    decoder = FrameDecoder()
    decoder.feed(frame(b"whole"))
    decoder.eof()
    decoder.feed(frame(b"cut")[:-1])
    with pytest.raises(BadFrame, match="after 6 of its bytes"):
        decoder.eof()


def test_the_limit_can_be_raised() -> None:
    decoder = FrameDecoder(3)
    assert list(decoder.feed(frame(b"abc"))) == [b"abc"]
    decoder.limit = 4
    assert list(decoder.feed(frame(b"abcd"))) == [b"abcd"]


def test_only_an_incomplete_frame_is_held() -> None:
    decoder = FrameDecoder(LIMIT)
    assert decoder.pending == 0
    decoder.feed(frame(b"whole") + frame(b"begun")[:6])
    assert decoder.pending == 6
    decoder.feed(b"")
    assert decoder.pending == 6
    assert list(decoder.feed(b"gun")) == [b"begun"]
    assert decoder.pending == 0
    assert not hasattr(decoder, "__dict__")


def test_every_frame_begins_with_zero() -> None:
    assert frame(b"x" * MAX_FRAME)[0] == 0
    assert len(frame(b"x")) == HEADER + 1
