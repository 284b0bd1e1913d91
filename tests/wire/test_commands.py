"""The table of commands: how a line is read, what is unknown, and that the help says the same twice."""

import pytest

from callroom_wire import messages as m
from callroom_wire.command import (
    WAYS_OUT,
    Argument,
    Ask,
    Command,
    Kind,
    Line,
    Misused,
    ShowHelp,
    Table,
    Unknown,
    Where,
)
from callroom_wire.commands import SHARED
from callroom_words.words import Words

TABLE = Table(*SHARED)
HERE = Where("lab", "ann", frozenset({"lab"}))


def test_every_word_is_said_once_and_some_word_is_chinese() -> None:
    words = [word for command in SHARED for word in (command.name, *command.also)]
    assert len(words) == len(set(words))
    assert all(any(not word.isascii() for word in command.also) for command in SHARED)
    assert all(word == word.lower() and " " not in word for word in words)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("hello", Line("hello")),
        ("//etc/passwd", Line("/etc/passwd")),
        ("  /join x", Line("  /join x")),
        ("/J lab", Ask(m.Join(room="lab"), move=True)),
        ("／谁", Ask(m.Who(room="lab"))),
        ("/quit bye all", Ask(m.Quit(text="bye all"))),
        ("/back CODE", Misused(TABLE.commands[-4])),
    ],
)
def test_a_line_is_a_command_or_is_said(line: str, read: object) -> None:
    assert TABLE.read(line, HERE) == read


@pytest.mark.parametrize(
    ("line", "name", "guess"),
    [("/jion lab", "jion", "join"), ("/加人 lab", "加人", "加入"), ("/xyzzy", "xyzzy", ""), ("/", "", "")],
)
def test_what_is_no_command_is_never_sent(line: str, name: str, guess: str) -> None:
    assert TABLE.read(line, HERE) == Unknown(name, guess)


def test_a_complaint_is_harmless_and_in_both_languages() -> None:
    words = Unknown("a\x1b[2J{0}", "").words
    assert words.en.startswith("There is no command /a\ufffd[2J{0}. ")
    assert words.zh.startswith("没有命令 /a\ufffd[2J{0}。")
    assert Unknown("jion", "join").words.en.endswith("Did you mean /join? Nothing was sent.")


def test_the_help_of_one_command() -> None:
    answer = TABLE.read("/help /去", HERE)
    assert isinstance(answer, ShowHelp)
    assert answer.command is not None
    assert answer.command.help == (
        "Usage: /go ROOM | @NAME | robot - chooses where what you type goes",
        "用法：/go 房间 | @名字 | 机器人 - 选择输入发往哪里，不离开房间",
    )
    assert answer.command.other_words == ("Also: /去, /切换", "也可写作：/去、/切换")
    assert TABLE.read("/help me", HERE) == Unknown("me", "name")


def test_what_follows_is_said_in_both_languages() -> None:
    for command in SHARED:
        kinds = [kind for argument in command.arguments for kind in argument.kinds]
        fixed = [word for argument in command.arguments for word in argument.fixed]
        assert bool(fixed) == (Kind.WORD in kinds), command.name
        assert all(argument.shown.en and argument.shown.zh for argument in command.arguments)
        assert Kind.TEXT not in kinds[:-1] or kinds[-1] is Kind.WORD, "nothing can follow the rest of a line"


def test_a_command_of_ones_own_stands_for_the_shared_one() -> None:
    own: Command[str] = Command(
        "back", ("返",), (Argument(Words("X", "X"), (Kind.TEXT,)),), Words("a", "b"), lambda rest, _: rest
    )
    table: Table[str] = Table(*SHARED, own)
    assert [command.name for command in table.commands] == [command.name for command in SHARED]
    assert table.read("/back now", HERE) == "now"
    assert table.find("回来") is None


ASKED = Where(secret=True)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("735914", Line("735914")),
        ("/735914", Line("/735914")),
        ("/join 735914", Line("/join 735914")),
        ("/quit 735914", Line("/quit 735914")),
        ("/quitter", Line("/quitter")),
        ("/", Line("/")),
        ("//quit", Line("/quit")),
        ("/QUIT ", Ask(m.Quit())),
    ],
)
def test_a_secret_is_no_command_but_for_the_ways_out(line: str, read: object) -> None:
    assert TABLE.read(line, ASKED) == read


@pytest.mark.parametrize("way", WAYS_OUT)
def test_every_word_of_a_way_out_leads_out(way: str) -> None:
    command = TABLE.find(way)
    assert command is not None
    for word in (command.name, *command.also):
        assert isinstance(TABLE.read(f"/{word}", ASKED), Ask)
        assert isinstance(TABLE.read(f"／{word}", ASKED), Ask)
