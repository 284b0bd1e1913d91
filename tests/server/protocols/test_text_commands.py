"""Commands: the table is complete, its words are unique, and each makes the right request."""

import pytest

from callroom_server.protocols.text.commands import (
    BACK_ALREADY,
    COMMANDS,
    TABLE,
    Action,
    UseEncoding,
    UsePlain,
)
from callroom_wire import messages as m
from callroom_wire.command import Ask, Misused, Move, ShowHelp, Unfit, Unknown, Where
from callroom_wire.commands import IN_NO_ROOM

ROOM = Where("大厅", "小明", frozenset({"大厅", "lab"}), 17)
TOGETHER = Where("@alice", "小明")
ROBOT = Where()


def test_every_word_is_said_once() -> None:
    words = [word for command in COMMANDS for word in (command.name, *command.also)]
    assert len(words) == len(set(words))
    assert all(
        any("\u4e00" <= one <= "\u9fff" for word in command.also for one in word) for command in COMMANDS
    )


def test_every_command_that_the_help_promises_is_there() -> None:
    promised = "help join leave go rooms who nick msg topic history transcript search lang doctor away back"
    own = ["call", "hangup", "quit", "encoding", "plain"]
    assert [command.name for command in COMMANDS] == [*promised.split(), *own]


@pytest.mark.parametrize(
    ("line", "where", "action"),
    [
        ("/join 大厅", ROBOT, Ask(m.Join(room="大厅"), move=True)),
        ("／加入 大厅", ROBOT, Ask(m.Join(room="大厅"), move=True)),
        ("/JOIN  a ", ROBOT, Ask(m.Join(room="a"), move=True)),
        ("/leave", ROOM, Ask(m.Leave(room="大厅"))),
        ("/leave lab", ROOM, Ask(m.Leave(room="lab"))),
        ("/leave", TOGETHER, Move("")),
        ("/go lab", ROOM, Move("lab")),
        ("/go other", ROOM, Ask(m.Join(room="other"), move=True)),
        ("/go @bob", ROOM, Move("@bob")),
        ("/去 机器人", ROOM, Move("")),
        ("/rooms", ROBOT, Ask(m.Rooms())),
        ("/who", ROOM, Ask(m.Who(room="大厅"))),
        ("/who *", ROOM, Ask(m.Who())),
        ("/who", TOGETHER, Ask(m.Who())),
        ("/nick bob", ROBOT, Ask(m.Login(name="bob"))),
        ("/nick bob", ROOM, Ask(m.Nick(name="bob"))),
        ("/msg @bob hi  there", ROOM, Ask(m.Tell(to="bob", text="hi  there"))),
        ("/topic", ROOM, Ask(m.Topic(room="大厅"))),
        ("/topic new one", ROOM, Ask(m.Topic(room="大厅", text="new one"))),
        ("/topic -", ROOM, Ask(m.Topic(room="大厅", text=""))),
        ("/history", ROOM, Ask(m.History(place="大厅", limit=20))),
        ("/history 200", TOGETHER, Ask(m.History(place="@alice", limit=200))),
        ("/历史 更多", ROOM, Ask(m.History(place="大厅", before=17, limit=20))),
        ("/search 话费", ROBOT, Ask(m.Search(query="话费"))),
        ("/encoding GBK", ROBOT, UseEncoding("gbk")),
        ("/encoding auto", ROBOT, UseEncoding("")),
        ("/lang 中文", ROBOT, Ask(m.Lang(lang="zh"))),
        ("/plain", ROBOT, UsePlain(None)),
        ("/plain off", ROBOT, UsePlain(False)),
        ("/doctor", ROBOT, Ask(m.Doctor())),
        ("/away lunch", ROOM, Ask(m.Away(text="lunch"))),
        ("/back", ROOM, Ask(m.Back())),
        ("/back AB-CD", ROBOT, Ask(m.Resume(token="AB-CD"))),
        ("/call faq", ROOM, Ask(m.Dial(menu="faq"))),
        ("/hangup", ROBOT, Ask(m.HangUp())),
        ("/quit", ROOM, Ask(m.Quit())),
        ("/leave", ROBOT, Unfit(IN_NO_ROOM)),
        ("/topic", ROBOT, Unfit(IN_NO_ROOM)),
        ("/topic x", TOGETHER, Unfit(IN_NO_ROOM)),
        ("/history", ROBOT, Unfit(IN_NO_ROOM)),
        ("/back AB-CD", ROOM, Unfit(BACK_ALREADY)),
        ("/help", ROBOT, ShowHelp(None)),
        ("/jion x", ROBOT, Unknown("jion", "join")),
        ("/", ROBOT, Unknown("", "")),
    ],
)
def test_what_each_asks(line: str, where: Where, action: Action) -> None:
    assert TABLE.parse(line, where) == action


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("/join", ROBOT),
        ("/go", ROBOT),
        ("/go @", ROBOT),
        ("/nick", ROBOT),
        ("/msg bob", ROBOT),
        ("/history -5", ROOM),
        ("/history ٣", ROOM),
        ("/search", ROOM),
        ("/encoding klingon", ROBOT),
        ("/lang klingon", ROBOT),
        ("/plain maybe", ROBOT),
        ("/hangup now", ROBOT),
    ],
)
def test_what_is_missing_is_answered_with_the_usage(line: str, where: Where) -> None:
    assert isinstance(TABLE.parse(line, where), Misused)
