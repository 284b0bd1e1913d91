"""Lines: every ending, any split, and a flat memory."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_server.codecs.lines import LINE_LIMIT, Ending, Line, Lines, TooLong


@pytest.mark.parametrize(
    ("ending", "name"),
    [(b"\n", Ending.LF), (b"\r", Ending.CR), (b"\r\n", Ending.CRLF), (b"\r\0", Ending.CRNUL)],
)
def test_every_ending(ending: bytes, name: Ending) -> None:
    lines = Lines()
    assert lines.feed(b"one" + ending + b"two" + ending) == [Line(b"one"), Line(b"two")]
    assert lines.ending is name


@pytest.mark.parametrize("second", [b"\n", b"\0"])
def test_an_ending_cut_in_two_is_one_ending(second: bytes) -> None:
    lines = Lines()
    assert lines.feed(b"one\r") == [Line(b"one")]
    assert lines.feed(second + b"two\r") == [Line(b"two")]


def test_empty_lines_are_lines() -> None:
    assert Lines().feed(b"\n\r\n\r\r\n") == [Line(b"")] * 4


def test_a_line_of_the_limit_passes_and_one_more_byte_does_not() -> None:
    lines = Lines()
    assert lines.feed(b"x" * LINE_LIMIT + b"\n") == [Line(b"x" * LINE_LIMIT)]
    assert lines.feed(b"x" * (LINE_LIMIT + 1) + b"\nnext\n") == [TooLong(), Line(b"next")]


def test_the_limit_can_be_chosen() -> None:
    assert Lines(3).feed(b"abc\nabcd\n") == [Line(b"abc"), TooLong()]


def test_an_endless_line_is_told_once_and_held_nowhere() -> None:
    lines = Lines()
    piece = b"x" * 65536
    told = [event for _ in range(1024) for event in lines.feed(piece)]  # 64 MiB
    assert told == [TooLong()]
    assert not lines.partial
    assert lines.feed(b"tail\r\nhello\r\n") == [Line(b"hello")]


def test_an_entry_without_ending_can_be_taken() -> None:
    lines = Lines()
    assert lines.feed(b"0") == []
    assert lines.partial
    assert lines.ending is Ending.NONE
    assert lines.take_partial() == b"0"
    assert lines.take_partial() == b""


def test_reset_forgets_the_line_begun() -> None:
    lines = Lines()
    lines.feed(b"rm everything")
    lines.reset()
    assert lines.feed(b"ls\n") == [Line(b"ls")]


@given(
    st.lists(st.sampled_from([b"\r", b"\n", b"\0", b"a", b"x" * 700, "你".encode()]), max_size=20).map(
        b"".join
    ),
    st.lists(st.integers(0, 20000), max_size=8),
)
def test_any_split_gives_the_same_lines(stream: bytes, cuts: list[int]) -> None:
    whole, split = Lines(), Lines()
    places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    pieces = [event for a, b in itertools.pairwise(places) for event in split.feed(stream[a:b])]
    assert pieces == whole.feed(stream)
    assert split.take_partial() == whole.take_partial()
    assert split.ending is whole.ending
