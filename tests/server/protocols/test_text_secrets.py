"""Entries that nobody should see: hidden where the door can do it, and said to be visible where it cannot."""

from collections.abc import Generator

import pytest

from callroom_server.codecs import telnet as t
from callroom_server.codecs.editor import Editor, Entered
from callroom_wire import messages as m
from callroom_wire.messages import ServerMessage
from text_door_support import Caller, calling

WILL_ECHO = bytes([t.IAC, t.WILL, t.ECHO])
WONT_ECHO = bytes([t.IAC, t.WONT, t.ECHO])
DO_ECHO = bytes([t.IAC, t.DO, t.ECHO])
DONT_ECHO = bytes([t.IAC, t.DONT, t.ECHO])
DO_SGA = bytes([t.IAC, t.DO, t.SGA])
XTERM = bytes([t.IAC, t.WILL, t.TTYPE, t.IAC, t.SB, t.TTYPE, 0]) + b"XTERM" + bytes([t.IAC, t.SE])
VISIBLE = "(What you type now can be seen on your screen: your program shows it.)\r\n"

ASKS = m.Prompted(text="Your PIN.", secret=True)
DONE = m.Prompted(text="Thank you.")


def tells(caller: Caller, message: ServerMessage) -> None:
    """The house says something unasked."""
    caller.house.doors[1].send(message)


@pytest.fixture
def raw() -> Generator[Caller]:
    """A caller with a bare socket."""
    with calling() as caller:
        caller.see("1 话费\r\n")
        caller.house.answering = False
        yield caller


@pytest.fixture
def lines() -> Generator[Caller]:
    """A telnet client in line mode, of a terminal that is none."""
    with calling("telnet", telnet=True) as caller:
        caller.send(DO_SGA)
        caller.see("1 话费\r\n")
        caller.house.answering = False
        yield caller


@pytest.fixture
def characters() -> Generator[Caller]:
    """A telnet client in character mode."""
    with calling("telnet", telnet=True) as caller:
        caller.send(DO_SGA + XTERM)
        caller.see_bytes(WILL_ECHO)
        caller.send(DO_ECHO)
        caller.see("robot> ")
        caller.house.answering = False
        yield caller


def test_a_raw_caller_is_told_once_that_it_will_be_seen(raw: Caller) -> None:
    tells(raw, ASKS)
    assert raw.see("screen: your program shows it.)\r\n") == f"Your PIN.\r\n{VISIBLE}"
    raw.send("12\r\n")
    raw.asks(m.Press(text="12"))
    tells(raw, ASKS)
    tells(raw, DONE)
    assert raw.see("Thank you.\r\n") == "Your PIN.\r\nThank you.\r\n"
    assert b"\xff" not in raw.got
    tells(raw, ASKS)
    raw.see(VISIBLE)  # another secret is another word


def test_a_raw_caller_is_told_in_chinese() -> None:
    with calling(lang="zh") as caller:
        caller.see("1 话费\r\n")
        tells(caller, ASKS)
        caller.see("Your PIN.\r\n（接下来输入的内容会显示在您的屏幕上。）\r\n")


def test_line_mode_is_without_echo_until_the_entry_is_complete(lines: Caller) -> None:
    tells(lines, ASKS)
    assert b"Your PIN." not in lines.see_bytes(WILL_ECHO)  # who answers at once is not seen either
    lines.send(DO_ECHO)
    lines.send("1357")
    lines.send("90\r\0")
    lines.asks(m.Press(text="135790"))
    tells(lines, ASKS)
    tells(lines, DONE)
    lines.see_bytes(b"Your PIN.\r\nYour PIN.\r\n" + WONT_ECHO + b"Thank you.\r\n")
    lines.send(DONT_ECHO)
    lines.settle()
    assert WILL_ECHO not in lines.got


def test_line_mode_in_a_room_is_with_echo(lines: Caller) -> None:
    tells(lines, ASKS)
    lines.see_bytes(WILL_ECHO)
    lines.send(DO_ECHO)
    tells(lines, m.Joined(place="lobby", people=["guest"], go=True))
    lines.see_bytes(WONT_ECHO)
    lines.send(DONT_ECHO)
    lines.send("/go robot\r\n")
    lines.asks(m.Dial())
    tells(lines, ASKS)
    lines.see_bytes(WILL_ECHO)


def test_a_secret_that_begins_with_a_slash_is_one(raw: Caller) -> None:
    tells(raw, ASKS)
    raw.see(VISIBLE)
    raw.send("/1234\r\n//1234\r\n/join lobby\r\n/hangup\r\n")
    for entry in ("/1234", "/1234", "/join lobby"):
        raw.asks(m.Press(text=entry))
    raw.asks(m.HangUp())
    assert "1234" not in raw.text


def test_a_client_that_goes_on_echoing_is_told(lines: Caller) -> None:
    tells(lines, ASKS)
    lines.see_bytes(WILL_ECHO)
    lines.send(DONT_ECHO)
    lines.see(VISIBLE)
    tells(lines, DONE)
    lines.see("Thank you.\r\n")
    lines.send(DONT_ECHO)
    lines.settle()
    assert VISIBLE not in lines.text


def test_a_client_that_speaks_telnet_only_now_is_asked_then(raw: Caller) -> None:
    tells(raw, ASKS)
    raw.see(VISIBLE)
    raw.send(bytes([t.IAC, t.WILL, t.NAWS]))
    raw.see_bytes(WILL_ECHO)


def test_a_terminal_that_is_known_late_gets_its_editor_with_stars(lines: Caller) -> None:
    tells(lines, ASKS)
    lines.see_bytes(WILL_ECHO)
    lines.send(DO_ECHO + b"0\r\0")
    lines.asks(m.Press(text="0"))
    assert "robot> " not in lines.text
    lines.send(XTERM + b"135")
    lines.see("robot> ***")


def test_character_mode_shows_stars(characters: Caller) -> None:
    tells(characters, ASKS)
    characters.send("13")
    characters.see("**")
    characters.send("5\x7f7")
    characters.see("*\b \b*")
    tells(characters, m.Present(room="lobby", came=["bob"]))  # what is shown meanwhile goes around the stars
    characters.see("bob came\r\nrobot> ***")
    characters.send("\x12")  # ^R
    characters.see("robot> ***")
    characters.send("90\r")
    characters.see("**\r\n")
    characters.asks(m.Press(text="13790"))
    tells(characters, DONE)
    characters.send("seen")
    characters.see("robot> seen")


def test_what_is_typed_ahead_of_the_answer_stays_hidden(characters: Caller) -> None:
    tells(characters, ASKS)
    characters.see("robot> ")
    characters.send("135790\r246800\r2468")
    characters.see("robot> ******\r\n******\r\n****")
    tells(characters, DONE)
    characters.see("robot> 2468")  # the question that it answers is no secret


def test_only_a_way_out_is_obeyed_there_and_hidden_too(characters: Caller) -> None:
    tells(characters, ASKS)
    characters.see("robot> ")
    characters.send("/plain on\r")
    characters.see("*********\r\n")
    characters.asks(m.Press(text="/plain on"))
    characters.send("/hangup\r")
    characters.see("*******\r\n")
    characters.asks(m.HangUp())


def test_the_end_of_a_call_ends_the_secret(characters: Caller) -> None:
    tells(characters, ASKS)
    tells(characters, m.Prompted(ended=True))
    characters.send("seen")
    characters.see("robot> seen")


@pytest.mark.parametrize("typed", ["135790", "密码 a", "e\u0301x", "\U0001f468\u200d\U0001f469x"])
def test_stars_come_and_go_with_what_they_stand_for(typed: str) -> None:
    editor = Editor(width=4)
    editor.hidden = True
    shown = "".join(str(getattr(event, "text", "")) for event in editor.feed(typed))
    assert shown == "*" * len(typed)
    editor.feed("\x7f")
    assert set(editor.drawn()) == {"*"}
    assert len(editor.drawn()) == len(editor.text)
    line = editor.text
    assert Entered(line) in editor.feed("\r")
