"""Finding out which encoding a terminal reads: asked, answered, answered by nobody, not asked at all."""

import pytest

from callroom_server.codecs.encodings import ENCODINGS
from callroom_server.codecs.telnet import DO, ECHO, IAC, SB, SE, SGA, TTYPE, WILL
from callroom_server.protocols.text import door
from callroom_server.protocols.text.probe import PROBE, answers, read_as
from text_door_support import Caller, calling


def at_a_terminal(caller: Caller, name: bytes = b"XTERM") -> None:
    """Brings a telnet caller into character mode."""
    caller.see("话费")
    caller.send(bytes([IAC, DO, SGA, IAC, WILL, TTYPE, IAC, SB, TTYPE, 0]) + name + bytes([IAC, SE]))
    caller.see_bytes(bytes([IAC, WILL, ECHO]))
    caller.send(bytes([IAC, DO, ECHO]))
    caller.see("robot> ")


@pytest.mark.parametrize(("column", "encoding"), [(5, "utf-8"), (7, "gbk")])
def test_the_terminals_answer_decides(column: int, encoding: str) -> None:
    with calling("telnet", telnet=True) as caller:
        at_a_terminal(caller)
        caller.send("/encoding auto\r")
        caller.see_bytes(PROBE)
        caller.send(f"\x1b[9;{column}R")
        caller.see(f"This door speaks {encoding} now.")
        assert caller.door.format.encoding == encoding
        caller.send("小明".encode(encoding) + b"\r")
        caller.see("pressed 小明", encoding)


def test_an_answer_that_means_nothing_shows_samples() -> None:
    with calling("telnet", telnet=True) as caller:
        at_a_terminal(caller)
        caller.send("/encoding auto\r")
        caller.see_bytes(PROBE)
        caller.send("\x1b[9;80R")
        for encoding in ENCODINGS:
            caller.see(f"/encoding {encoding}\r\n", encoding)
        assert caller.door.format.encoding == "utf-8"


def test_no_answer_in_time_shows_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PROBE_SECONDS", 0.01)
    with calling("telnet", telnet=True) as caller:
        at_a_terminal(caller)
        caller.send("/encoding auto\r")
        caller.see_bytes(PROBE)
        caller.see("/encoding gb18030\r\n", "gb18030")
        caller.send("\x1b[9;7R1\r")  # too late, and no part of a line
        caller.see("pressed 1\r\n")
        assert caller.door.format.encoding == "utf-8"


def test_who_cannot_answer_is_not_asked() -> None:
    with calling("telnet", telnet=True) as caller:
        at_a_terminal(caller, b"ANSI")
        caller.send("/encoding auto\r")
        assert "\x1b[6n" not in caller.see("/encoding gb18030\r\n", "gb18030")
    with calling() as caller:
        caller.see("话费")
        caller.send("/encoding auto\n")
        assert "\x1b[6n" not in caller.see("/encoding gb18030\r\n", "gb18030")


def test_a_key_that_looks_like_an_answer_changes_nothing_unasked() -> None:
    with calling("telnet", telnet=True) as caller:
        at_a_terminal(caller)
        caller.send("\x1b[1;7R1\r")  # F3 with Ctrl and Alt
        caller.see("pressed 1\r\n")
        assert caller.door.format.encoding == "utf-8"


@pytest.mark.parametrize(
    ("column", "before", "found"),
    [(5, "gbk", "utf-8"), (7, "utf-8", "gbk"), (7, "gb18030", "gb18030"), (6, "gbk", "")],
)
def test_what_a_column_means(column: int, before: str, found: str) -> None:
    assert read_as(column, before) == found


def test_which_terminals_answer() -> None:
    assert all(map(answers, ("xterm-256color", "vt100", "screen", "tmux-256color", "linux", "putty")))
    assert not any(map(answers, ("", "ansi", "dumb", "mudlet", "vtnt")))
