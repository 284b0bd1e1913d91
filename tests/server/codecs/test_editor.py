"""The line editor, judged by what a terminal shows."""

import itertools

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_server.codecs.editor import Cancelled, Echo, Editor, EditorEvent, Entered, cell_width, edited
from callroom_server.codecs.lines import LINE_LIMIT, Ending, TooLong


class Terminal:
    """An editor and a screen that shows its echo."""

    def __init__(self, width: int = 40, redraw: bool = True) -> None:
        self.editor = Editor(width, redraw)
        self.screen = pyte.Screen(width, 12)
        self.stream = pyte.Stream(self.screen)
        self.entered: list[str] = []

    def type(self, text: str) -> list[EditorEvent]:
        events = self.editor.feed(text)
        for event in events:
            if isinstance(event, Echo):
                self.stream.feed(event.text)
            elif isinstance(event, Entered):
                self.entered.append(event.text)
        return events

    def incoming(self, text: str) -> None:
        self.stream.feed(self.editor.erased() + text + "\r\n" + self.editor.drawn())

    @property
    def shown(self) -> list[str]:
        rows = [row.rstrip() for row in self.screen.display]
        while rows and not rows[-1]:
            rows.pop()
        return rows


def test_what_is_typed_is_shown_and_entered() -> None:
    terminal = Terminal()
    terminal.type("hello\r")
    assert terminal.entered == ["hello"]
    assert terminal.shown == ["hello"]


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("helo\bLo", "helLo"),
        ("ab\x7f\x7f\x7fc", "c"),
        ("one two\x17three", "one three"),
        ("one two  \x17", "one "),
        ("gone\x15left", "left"),
        ("你好\b们", "你们"),
        ("e\u0301x\b\b", ""),
        ("a\x1b[D\x1bOAb\x1b[1;5Cc\x1b[3~", "abc"),
        ("a\x1b[你b", "a你b"),
        ("a\tb", "a b"),
        ("a\x00\x07\x01b", "ab"),
    ],
)
def test_keys(keys: str, line: str) -> None:
    terminal = Terminal()
    terminal.type(keys)
    assert terminal.editor.text == line
    assert terminal.shown == ([line.rstrip()] if line else [])
    assert edited(keys) == line or "\t" in keys or "\x00" in keys


def test_a_wide_character_leaves_no_half() -> None:
    terminal = Terminal()
    terminal.type("ab你\b\b")
    assert terminal.shown == ["a"]
    assert terminal.screen.cursor.x == 1


def test_a_wrapped_line_is_drawn_anew() -> None:
    terminal = Terminal(20)
    terminal.type("x" * 25)
    terminal.type("\b" * 10)
    assert terminal.shown == ["x" * 15]
    terminal.type("y" * 40 + "\x15")
    assert terminal.shown == []


def test_wide_characters_wrap_where_they_do_not_fit() -> None:
    editor = Editor(21)
    editor.feed("好" * 21)  # ten a row: 42 cells, but three rows
    assert editor.erased() == "\r\x1b[2A\x1b[J"


def test_a_held_backspace_is_not_answered_a_thousandfold() -> None:
    editor = Editor(20)
    editor.feed("x" * 1000)
    told = sum(len(event.text) for event in editor.feed("\b" * 500) if isinstance(event, Echo))
    assert told < 2000


def test_cancel() -> None:
    terminal = Terminal()
    assert Cancelled() in terminal.type("secret plan\x03")
    terminal.type("ok\r")
    assert terminal.entered == ["ok"]


def test_redraw_on_demand() -> None:
    terminal = Terminal()
    terminal.type("abc")
    terminal.stream.feed("GARBAGE")
    terminal.type("\x12")
    assert terminal.shown == ["abc"]


def test_incoming_text_does_not_break_the_line() -> None:
    terminal = Terminal(20)
    terminal.editor.prompt = "> "
    terminal.stream.feed(terminal.editor.drawn())
    terminal.type("half a line that is long")
    terminal.incoming("[lobby] bob: hi")
    assert terminal.shown == ["[lobby] bob: hi", "> half a line that i", "s long"]
    terminal.type("\r")
    assert terminal.entered == ["half a line that is long"]


def test_without_redraw_nothing_on_the_screen_changes() -> None:
    terminal = Terminal(20, redraw=False)
    terminal.type("half")
    terminal.incoming("[lobby] bob: hi")
    assert terminal.shown == ["half", "[lobby] bob: hi", "half"]


def test_a_lone_escape_times_out() -> None:
    editor = Editor()
    editor.feed("a\x1b")
    assert editor.in_escape
    editor.escape_over()
    assert Entered("a[b") in editor.feed("[b\r")
    editor.feed("\x1b")
    assert Entered("") in editor.feed("\r")  # Enter is never swallowed


@pytest.mark.parametrize(
    ("keys", "ending"),
    [("a\r", Ending.CR), ("a\n", Ending.LF), ("a\r\n", Ending.CRLF), ("a\r\0", Ending.CRNUL)],
)
def test_endings(keys: str, ending: Ending) -> None:
    terminal = Terminal()
    for key in keys + keys:
        terminal.type(key)
    assert terminal.entered == ["a", "a"]
    assert terminal.editor.ending is ending


def test_a_line_without_end_is_told_once() -> None:
    editor = Editor()
    events = [event for _ in range(50) for event in editor.feed("好" * 1000)]
    assert events.count(TooLong()) == 1
    assert len(editor.text) <= LINE_LIMIT
    assert Entered("next") in editor.feed("\rnext\r")


@given(
    st.text(st.sampled_from("ab 你好\b\x7f\x15\x17\x1b[A\r\n\x03é😀\t~O;"), max_size=60),
    st.lists(st.integers(0, 100), max_size=6),
)
def test_any_split_gives_the_same_lines(keys: str, cuts: list[int]) -> None:
    whole, split = Terminal(30), Terminal(30)
    places = [0, *sorted(cut % (len(keys) + 1) for cut in cuts), len(keys)]
    for a, b in itertools.pairwise(places):
        split.type(keys[a:b])
    whole.type(keys)
    assert split.entered == whole.entered
    assert split.editor.text == whole.editor.text


@given(st.text(max_size=80))
def test_no_line_holds_a_control_character(keys: str) -> None:
    terminal = Terminal()
    terminal.type(keys + "\r")
    typed = "".join(terminal.entered)
    assert not any(letter < " " or "\x7f" <= letter <= "\x9f" for letter in typed)


def test_cell_width() -> None:
    assert cell_width("ab") == 2
    assert cell_width("你b") == 3
