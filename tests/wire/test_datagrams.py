"""The text protocol of the udp:// door: what is a request, what is a reply, and that none is both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_wire.datagrams import (
    COOKIE_BYTES,
    GREETING,
    HIGHEST_NUMBER,
    TOO_SHORT,
    Answered,
    Asked,
    Given,
    Greeted,
    answer,
    give,
    read_reply,
    read_request,
    request,
)

COOKIE = "KTDG-MVJZ-Q2XB"


@pytest.mark.parametrize(
    ("data", "means"),
    [
        (b"hello callroom over udp\n", Greeted(24)),
        (b"hello", Greeted(5)),
        (b"HELLO............................", Greeted(33)),
        (b"hellos and so on, long enough", None),
        (b"", None),
        (b"\n", None),
        (b"1\n", None),
        (b"ktdg-mvjz-q2xb\n", Asked(COOKIE, None, "")),
        (b"KTDG-MVJZ-Q2XB", Asked(COOKIE, None, "")),
        (b"KTDG-MVJZ-Q2XB 1\r\n", Asked(COOKIE, None, "1")),
        (b"KTDG-MVJZ-Q2XB [7] 1\n", Asked(COOKIE, 7, "1")),
        (b"KTDG-MVJZ-Q2XB [7]\n", Asked(COOKIE, 7, "")),
        (b"KTDG-MVJZ-Q2XB [7]#\n", Asked(COOKIE, 7, "#")),
        (b"KTDG-MVJZ-Q2XB [x] 1", Asked(COOKIE, None, "[x] 1")),
        ("KTDG-MVJZ-Q2XB 余额\n".encode(), Asked(COOKIE, None, "余额")),
        ("KTDG-MVJZ-Q2XB 余额\n".encode("gbk"), Asked(COOKIE, None, None)),
        (b"KTDG-MVJZ-Q2XBX 1", None),
        (b"KTDG-MVJZ-Q2X 1", None),
        (b"KTDG-MVJZ-Q2X1 1", None),  # 1 is no letter of base 32
        (b"KTDGMVJZQ2XB 1", None),
    ],
)
def test_what_a_datagram_asks_for(data: bytes, means: Greeted | Asked | None) -> None:
    assert read_request(data) == means


@given(st.integers(0, HIGHEST_NUMBER) | st.none(), st.text("0123456789*#话费 abc"))
def test_what_is_asked_arrives(number: int | None, entry: str) -> None:
    assert read_request(request(COOKIE, number, entry)) == Asked(COOKIE, number, entry.strip())


@given(st.integers(0, HIGHEST_NUMBER) | st.none(), st.text(st.characters(codec="utf-8"), max_size=2000))
def test_an_answer_is_never_too_long_and_always_whole(number: int | None, text: str) -> None:
    data = answer(number, text, 1200)
    assert len(data) <= 1200
    whole = data.decode()
    assert whole.endswith("…\n") or text in whole


def test_replies_are_read() -> None:
    assert read_reply(give(COOKIE)) == Given(COOKIE)
    assert read_reply(b"[7] hello\nyou\n") == Answered(7, "hello\nyou")
    assert read_reply(b"hello\n") == Answered(None, "hello")
    assert read_reply(b"cookie jar\n") == Answered(None, "cookie jar")
    assert read_reply(b"\xff") == Answered(None, "\ufffd")


def test_the_answer_to_a_stranger_is_no_question() -> None:
    """Else two houses whose addresses are forged would talk for ever."""
    assert read_request(give(COOKIE)) is None
    assert all(read_request(TOO_SHORT[:size]) is None for size in range(len(TOO_SHORT) + 1))


def test_the_greeting_is_long_enough_for_its_answer() -> None:
    assert len(give(COOKIE)) == COOKIE_BYTES
    assert len(GREETING) >= COOKIE_BYTES
