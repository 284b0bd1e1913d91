"""Every key of the table comes from a terminal as itself: what is written there can be pressed."""

import string

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from callroom_tui.actions import ACTS
from callroom_tui.keyboard import keep_alt

WRITTEN = {
    **{f"alt+{letter}": f"\x1b{letter}" for letter in string.ascii_lowercase + string.digits[1:]},
    **{f"ctrl+{letter}": chr(ord(letter) & 0x1F) for letter in string.ascii_lowercase},
    "question_mark": "?",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "alt+up": "\x1b[1;3A",
    "alt+down": "\x1b[1;3B",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "ctrl+end": "\x1b[1;5F",
}
"""What xterm writes for a key (ctlseqs, "PC-Style Function Keys"; metaSendsEscape puts an ESC before it)."""
KEYS = [
    *(key for act in ACTS for key in act.keys.split(",")),
    *(f"alt+{digit}" for digit in string.digits[1:]),
]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_the_table_comes_as_itself(key: str) -> None:
    keep_alt()
    parser = XTermParser()
    told = [*parser.feed(WRITTEN[key]), *parser.feed("")]  # the end: no more of a sequence is waited for
    came = [event for event in told if isinstance(event, events.Key)]
    assert [event.key for event in came] == [key]
