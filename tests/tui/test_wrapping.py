"""Wrapping: no row too wide, nothing lost, and no row that begins with a full stop."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from callroom_tui.wrapping import breaks, cropped, padded, rows, shortened, width_of
from screen_support import chatter

TEXTS = [line.text for line in chatter(200)]


@pytest.mark.parametrize("width", [8, 11, 20, 37, 80])
def test_no_row_is_too_wide_and_nothing_is_lost(width: int) -> None:
    for text in TEXTS:
        found = rows(text, width)
        assert "".join(row + gap for row, gap in found) == text
        assert all(cell_len(row.rstrip(" ")) <= width for row, _ in found)


@given(st.text(max_size=80), st.integers(4, 40))
def test_any_text_comes_back_whole(text: str, width: int) -> None:
    assert "".join(row + gap for row, gap in rows(text, width)) == text


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30)
    | st.text(alphabet="a你👨👩❤\u200d\ufe0f\u0301🇨🇳", max_size=12)
)
def test_a_text_is_as_wide_as_rich_says(text: str) -> None:
    assert width_of(text) == cell_len(text)


@given(st.text(alphabet="aZ5/ .，（）你好§$é-:、“”", max_size=60), st.integers(1, 24))
def test_the_quick_way_breaks_where_the_slow_one_does(text: str, width: int) -> None:
    slow = breaks(f"\n{text}", width)[1:]  # whatever has several lines goes the slow way
    assert breaks(text, width) == [at - 1 for at in slow]


def test_chinese_breaks_anywhere_but_before_a_closing_mark() -> None:
    assert rows("今天天气不错，我们去公园。", 12) == [("今天天气不", ""), ("错，我们去公", ""), ("园。", "")]
    assert rows("看（括号）", 4) == [("看", ""), ("（括", ""), ("号）", "")]


def test_words_stay_whole_and_lines_end_where_they_end() -> None:
    assert rows("hello brave\nnew world", 8) == [("hello", " "), ("brave", "\n"), ("new", " "), ("world", "")]
    assert breaks("a" * 20, 8) == [8, 16]


def test_clusters_are_never_torn() -> None:
    family = "👨\u200d👩\u200d👧\u200d👦"
    assert rows(family * 3, 4) == [(family * 2, ""), (family, "")]
    assert rows("🇨🇳🇺🇸🇫🇷", 4) == [("🇨🇳🇺🇸", ""), ("🇫🇷", "")]


def test_what_is_cropped_says_so() -> None:
    assert cropped("很长的名字", 7) == "很长的…"
    assert padded("很长", 7) == "很长   "
    assert padded("很长的名字", 6) == "很长… "
    assert cropped("name", 0) == ""


def test_an_address_is_torn_where_it_is_divided() -> None:
    link = "https://docs.python.org/3/library/socket.html#timeouts-and-the-connect-method"
    assert [row for row, _ in rows(link, 50)] == [
        "https://docs.python.org/3/library/socket.html#",
        "timeouts-and-the-connect-method",
    ]
    assert [row for row, _ in rows("x" * 25, 10)] == ["x" * 10, "x" * 10, "x" * 5]
    assert "".join(row for row, _ in rows(link, 7)) == link


@pytest.mark.parametrize(
    ("text", "width", "seen"),
    [
        ("Letters instead of a conversation", 26, "Letters instead of a…"),
        ("Letters instead of a", 20, "Letters instead of a"),
        ("Letters instead of a", 19, "Letters instead of…"),
        ("a conversation", 10, "a convers…"),
        ("很长的中文消息", 7, "很长的…"),
        ("", 0, ""),
    ],
)
def test_what_is_too_long_ends_with_a_whole_word_where_it_can(text: str, width: int, seen: str) -> None:
    assert shortened(text, width) == seen
