"""Phrases: both languages say the same, with the same blanks, and fill them in harmlessly."""

import re

import pytest

from callroom_server.protocols.text.phrases import DoorReader

BLANK = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("name", DoorReader.phrases)
def test_both_languages_have_the_same_blanks(name: str) -> None:
    english, chinese = DoorReader.phrases[name]
    assert english
    assert chinese
    assert set(BLANK.findall(english)) == set(BLANK.findall(chinese))


def test_what_is_filled_in_is_harmless() -> None:
    told = DoorReader("en").say("logged_in", name="a\x1b[2J\r\nb")
    assert told == "You are a\ufffd[2J b."
    assert DoorReader("zh").say("logged_in", name="{0.__class__}") == "您的名字是 {0.__class__}。"
