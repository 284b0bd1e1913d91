"""Taking texts apart: the same parts for what was said and what is asked."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_server.ledger.words import matches, parts, searchable_text, tokens_of_query, tokens_of_text

HAN = "余额查询话费我的多少"
LETTERS = "abcXYZ019é"
OTHERS = " ,.()\"'*:-^+，。？_\n"
TEXTS = st.text(st.sampled_from(HAN + LETTERS + OTHERS), max_size=24)


def plain(text: str) -> tuple[list[str], list[str]]:
    """The same by hand, one character after the other: Han runs and words."""
    han, words, kind = [""], [""], ""
    for character in unicodedata.normalize("NFKC", text).casefold():
        now = "han" if character in HAN else "word" if character.isalnum() else ""
        if now != kind:
            han.append("")
            words.append("")
        kind = now
        if now == "han":
            han[-1] += character
        elif now == "word":
            words[-1] += character
    return [run for run in han if run], [word for word in words if word]


@given(TEXTS, TEXTS)
def test_a_match_is_every_word_and_every_run_as_a_substring(text: str, query: str) -> None:
    runs, words = plain(text)
    wanted_runs, wanted_words = plain(query)
    expected = all(word in words for word in wanted_words) and all(
        any(wanted in run for run in runs) for wanted in wanted_runs
    )
    assert matches(text, parts(query)) is expected


@given(st.text(max_size=30), st.text(max_size=10))
def test_what_matches_has_the_tokens_of_the_query(text: str, query: str) -> None:
    for asked in (query, text[3:7], text):
        wanted = parts(asked)
        if matches(text, wanted):
            assert tokens_of_query(wanted) <= tokens_of_text(text)


@given(st.text())
def test_a_token_is_never_syntax(text: str) -> None:
    for token in tokens_of_query(parts(text)):
        assert token
        assert not set(token) & set(" \t\n\"'*():^+-{}\0\ue000")


@pytest.mark.parametrize(
    ("text", "words", "runs"),
    [
        ("Balance 10086!", {"balance", "10086"}, ()),
        ("查询Balance余额。ok", {"balance", "ok"}, ("查询", "余额")),
        ("ＡＢＣ１２３ ﾊﾛｰ", {"abc123"}, ("ハロー",)),
        ("STRASSE straße", {"strasse"}, ()),
        ("สวัสดี 안녕 ๑", set[str](), ("สวัสดี", "안녕", "๑")),
        ("好😀的", set[str](), ("好😀的",)),
        ("_a_b_", {"a", "b"}, ()),
        ("", set[str](), ()),
    ],
)
def test_parts(text: str, words: set[str], runs: tuple[str, ...]) -> None:
    assert parts(text).words == words
    assert parts(text).runs == runs


def test_only_what_was_said_and_topics_in_rooms_and_directly_are_searched() -> None:
    said = b'{"type":"said","by":"x","at":1,"text":"hello"}'
    assert searchable_text("room/a", said) == searchable_text("dm/1+2", said) == "hello"
    assert searchable_text("room/a", b'{"type":"topic","text":"t","ref":3}') == "t"
    assert searchable_text("people", said) == ""
    for event in (
        b'{"type":"seated","text":"x"}',
        b'{"type":"said"}',
        b'{"type":"said","text":3}',
        b"",
        b"\xff",
        b"[]",
    ):
        assert searchable_text("room/a", event) == ""
