"""`run`: a wait like a look-up, whose answer is what a program wrote."""

import pytest

from callroom_menus import (
    Log,
    LookupDone,
    LookupFailed,
    LookupMissing,
    Run,
    Say,
    Silence,
    Start,
    Text,
    Wait,
    parse,
)
from menus_support import HEAD, NOW, Conversation, problems_in

NODES = """\
[defaults]
give_up = "never"
no_match = ["?"]

[node.main]
say = "which?"
ask = { slot = "folder", type = "text" }
goto = "list"

[node.list]
say = "one moment"
run = { runbook = "ls", args = ["-", "{folder}"], save = "ls", timeout = 9 }
done = { say = "in {ls.seconds} s", goto = "main" }
error = { say = "sorry", goto = "main" }
"""
MENU = HEAD + NODES


def running() -> Conversation:
    conversation = Conversation(parse(MENU, "t.toml"))
    conversation.on(Start(), Text("a b; rm"))
    return conversation


def test_a_run_is_asked_for_with_its_arguments_each_for_itself() -> None:
    conversation = Conversation(parse(MENU, "t.toml"))
    effects = conversation.on(Start(), Text("a b; rm"))
    assert effects == (
        Log(NOW, "main", "entered", "a b; rm"),
        Say("one moment", (), "list"),
        Run("ls", ("-", "a b; rm"), 9.0, 1),
        Wait(9.0, "list", ()),
    )


def test_what_it_writes_is_said_line_by_line_and_harmless() -> None:
    output = "one\ttwo\n\x1b[2Jthree\n\n四\n"
    effects = running().on(LookupDone(1, {"output": output, "seconds": "0.2"}))
    assert effects[:3] == (
        Log(NOW, "list", "found"),
        Say("one two\n[2Jthree\n\n四", (), "list"),
        Say("in 0.2 s", (), "list"),
    )


def test_one_that_writes_nothing_says_nothing() -> None:
    assert running().on(LookupDone(1, {"output": "\n", "seconds": "1"}))[1] == Say("in 1 s", (), "list")


def test_a_failure_a_silence_and_answers_to_another() -> None:
    assert running().on(LookupFailed(1, "exit code 2"))[:2] == (
        Log(NOW, "list", "error", "exit code 2"),
        Say("sorry", (), "list"),
    )
    assert running().on(Silence())[0] == Log(NOW, "list", "error", "timeout")
    for strange in (LookupDone(2, {}), LookupMissing(1)):
        conversation = running()
        before = conversation.state
        conversation.on(strange)
        assert conversation.state == before


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ('runbook = "ls"', 'runbok = "ls"', "unknown-field"),
        ('args = ["-", "{folder}"]', 'args = "x"', "wrong-type"),
        ("timeout = 9", "timeout = 0", "out-of-range"),
        ('save = "ls", ', "", "missing-field"),
        ('{ say = "sorry", goto = "main" }', '"nowhere"', "unknown-target"),
    ],
)
def test_what_is_wrong_is_told(right: str, wrong: str, code: str) -> None:
    assert code in [one.code for one in problems_in(MENU.replace(right, wrong, 1))]
