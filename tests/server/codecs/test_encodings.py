"""Encodings: strict, whole, and honest about what they lack."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_server.codecs.encodings import (
    ENCODINGS,
    Decoder,
    Unreadable,
    breaks_off,
    decode,
    encode,
    find_encoding,
    fold_digits,
)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("GBK", "gbk"),
        ("utf8", "utf-8"),
        ("UTF_8", "utf-8"),
        ("cp936", "gbk"),
        ("gb18030", "gb18030"),
        ("latin1", None),
    ],
)
def test_names(said: str, meant: str | None) -> None:
    assert find_encoding(said) == meant


def test_bad_bytes_are_told_and_never_replaced() -> None:
    assert decode("你好".encode("gbk"), "gbk") == "你好"
    assert decode("你好".encode("gbk"), "utf-8") == Unreadable("invalid continuation byte at byte 1")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_where_a_character_is_cut(encoding: str) -> None:
    data = "a本".encode(encoding)
    assert breaks_off(data[:-1], encoding)
    assert not breaks_off(data, encoding)
    assert not breaks_off(b"", encoding)
    assert not breaks_off(b"\xff\xff", encoding)


def test_what_gbk_lacks_is_named() -> None:
    assert encode("好😀é", "gbk") == "好[U+1F600]é".encode("gbk")
    assert encode("a\u20ac😀b", "gbk").decode("gbk") in ("a\u20ac[U+1F600]b", "a[U+20AC][U+1F600]b")
    assert encode("😀", "gb18030").decode("gb18030") == "😀"


def test_digits_of_any_width() -> None:
    assert fold_digits("１＊２＃ ①x") == "1*2# 1x"
    assert fold_digits("话费") == "话费"
    assert fold_digits("ﬁ") == "ﬁ"


def test_a_four_byte_character_holds_digits_that_are_none() -> None:
    assert decode(b"\x810\x810", "gb18030") == "\x80"
    assert fold_digits("㐀") == "㐀"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_character_may_come_in_pieces(encoding: str) -> None:
    decoder = Decoder(encoding)
    text = "你好 hello 世界"
    pieces = [piece for byte in text.encode(encoding) for piece in decoder.feed(bytes([byte]))]
    assert "".join(piece for piece in pieces if isinstance(piece, str)) == text


def test_after_bad_bytes_the_next_line_is_whole_again() -> None:
    decoder = Decoder("utf-8")
    found = decoder.feed(b"ab\xc4\xe3cd\r\n/encoding gbk\r")
    assert [piece for piece in found if isinstance(piece, str)] == ["ab", "\r\n", "/encoding gbk\r"]
    assert sum(isinstance(piece, Unreadable) for piece in found) == 1


def test_bad_bytes_cost_no_more_than_good_ones() -> None:
    found = Decoder("utf-8").feed(b"\xff\n" * 50_000)
    assert sum(isinstance(piece, Unreadable) for piece in found) == 50_000


@given(
    st.sampled_from(ENCODINGS),
    st.lists(
        st.sampled_from([b"\xff", b"a", b"\r", b"\n", "你".encode(), "你".encode("gbk"), b"\x81"]),
        max_size=16,
    ),
    st.lists(st.integers(0, 60), max_size=6),
)
def test_any_split_gives_the_same_text(encoding: str, parts: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(parts)
    places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]

    def shape(found: list[str | Unreadable]) -> list[str]:
        """The text, with one mark where bytes were skipped."""
        marked = "".join(piece if isinstance(piece, str) else "\x00" for piece in found)
        return marked.split("\x00")

    whole, split = Decoder(encoding), Decoder(encoding)
    pieces = [piece for a, b in itertools.pairwise(places) for piece in split.feed(stream[a:b])]
    assert shape(pieces) == shape(whole.feed(stream))
