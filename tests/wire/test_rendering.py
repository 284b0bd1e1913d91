"""What is shown for each message, in both languages, and that nothing in it can move a cursor."""

import time
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_client.commands import TABLE
from callroom_server.protocols.text.commands import COMMANDS
from callroom_server.protocols.text.phrases import DoorReader
from callroom_wire import messages as m
from callroom_wire.messages import ServerMessage
from callroom_wire.rendering import Reader, all_commands, render, table
from callroom_wire.text import cells

EN, ZH, PLAIN = DoorReader("en"), DoorReader("zh"), DoorReader("en", plain=True)


@pytest.mark.parametrize(
    ("message", "english", "chinese"),
    [
        (m.LoggedIn(name="小明"), "You are 小明.", "您的名字是 小明。"),
        (
            m.Joined(place="a", topic="t", people=["x", "y"]),
            "You are in a.\nTopic of a: t\nHere: x, y",
            "您已进入“a”。\n“a”的主题：t\n在场：x、y",
        ),
        (
            m.Joined(place="a", seen=3, head=9),
            "You are in a.\nNobody else is here just now.\n-- a: 6 you may have missed --",
            None,
        ),
        (m.Left(room="a"), "You have left a.", "您已离开“a”。"),
        (m.Said(room="a", by="x", text="hi"), "[a] x: hi", "[a] x: hi"),
        (m.Told(pair=("x", "y"), by="y", text="hi"), "[@y -> @x] hi", "[@y -> @x] hi"),
        (m.TopicSet(room="a", seq=4, by="x", text="t"), "[a] x set the topic: t", "[a] x 设置了主题：t"),
        (m.TopicSet(room="a", seq=4, by="x"), "[a] x cleared the topic.", None),
        (m.TopicSet(room="a", text="t"), "Topic of a: t", "“a”的主题：t"),
        (m.TopicSet(room="a"), "a has no topic.", None),
        (m.Gap(place="a", first=1, last=9), "Entries 1 to 9 of a are no longer kept.", None),
        (m.Ack(place="a", ids=[1], seqs=[1]), "", ""),
        (m.Present(room="a"), "", ""),
        (
            m.Present(
                room="a", came=["x", "y"], went=["z"], away={"w": "lunch", "v": "-"}, renamed={"o": "n"}
            ),
            "[a] * x, y came; z left; w is away: lunch; v is away; o is called n now",
            "[a] * x、y 来了；z 走了；w 暂时离开：lunch；v 暂时离开；o 改名为 n",
        ),
        (
            m.Present(room="a", back=["v"], away={"v": "-"}, renamed={"o": "n"}),
            "[a] * v is away; v is back; o is called n now",
            None,
        ),
        (m.Renamed(name="x"), "You are called x now.", None),
        (m.RoomsListed(), "There are no rooms yet. /join ROOM makes one.", None),
        (m.Error(code="busy", text="Busy.", fix="Wait."), "! Busy. Wait.", "! Busy.Wait."),
        (m.Error(code="no_such_room", text="No.", fix="Ask."), "! No. See which there are: /rooms", None),
        (m.Told(pair=("x", "?"), by="y", text="hi"), "[@y -> @x] hi", None),
        (m.Joined(place="@?", head=1), "-- someone who has left: 1 you may have missed --", None),
        (m.Joined(place="@x", seen=3, head=3), "", ""),
        (m.Joined(place="@x", seen=3, head=9), "-- @x: 6 you may have missed --", None),
        (m.Bye(code="quit", text="Bye."), "Bye.", "Bye."),
        (m.Bye(code="idle", text="Bye."), "Closing: Bye.", "连接关闭：Bye."),
        (m.Noted(code="away", text="You are away."), "You are away.", None),
        (m.Prompted(text="a\nb"), "a\nb", "a\nb"),
        (m.Ping(), "", ""),
    ],
)
def test_messages(message: ServerMessage, english: str, chinese: str | None) -> None:
    assert render(message, EN) == english
    if chinese is not None:
        assert render(message, ZH) == chinese


def test_what_one_did_oneself_is_no_news() -> None:
    reader = Reader("en", name="x")
    told = m.Present(room="a", came=["x"], away={"x": "-"}, back=["x"], renamed={"o": "x"})
    assert render(told, reader) == ""
    assert render(m.Present(room="a", came=["x", "y"]), reader) == "[a] * y came"
    assert render(m.Joined(place="a", people=["x", "y"]), reader) == "You are in a.\nHere: y"
    assert render(m.Joined(place="b", people=["x"]), Reader("en", name="x", place="a")).startswith(
        "You are in b, too: /go b"
    )


def test_every_message_of_the_house_is_known() -> None:
    for kind in get_args(ServerMessage):
        assert isinstance(render(kind(), EN), str)


def test_a_page_has_times_dates_and_an_end() -> None:
    now = int(time.time() * 1000)
    page = m.Page(
        place="a", entries=[m.Said("a", 1, 0, "x", "old"), m.Said("a", 2, now, "x", "new")], end=True
    )
    lines = render(page, EN).split("\n")
    assert lines[0] == "-- a: 2 entries --"
    assert lines[1].startswith("-- 19")
    assert lines[2].endswith(" [a] x: old")
    assert lines[3] == time.strftime("-- %Y-%m-%d --", time.localtime(now / 1000))
    assert lines[4] == time.strftime("%H:%M [a] x: new", time.localtime(now / 1000))
    assert lines[5] == "-- the beginning --"
    assert render(m.Page(place="a"), EN).endswith("-- older ones: /history more --")


def test_what_was_found() -> None:
    found = m.Found(query="hi", entries=[m.Said(room="a", by="x", text="hi")], more=True, behind=3)
    text = render(found, EN)
    assert "-- hi: 1 found --" in text
    assert "add a word" in text
    assert "newest 3 entries" in text


def test_columns_are_aligned_by_cells() -> None:
    rows = [("大厅", "one", "x"), ("lab", "twenty", "y")]
    lines = table(rows, EN).split("\n")
    assert [cells(line[: line.rindex(end)]) for line, end in zip(lines, "xy", strict=True)] == [16, 16]
    assert table(rows, PLAIN) == "大厅, one, x\nlab, twenty, y"


def test_lists() -> None:
    rooms = m.RoomsListed(rooms=[m.RoomInfo("大厅", "hello", 3, 9, True), m.RoomInfo("lab")])
    assert render(rooms, EN).split("\n")[0] == "  大厅  3 here  * you are in it  hello"
    people = m.WhoListed(room="a", people=[m.PersonInfo("x", "away", "lunch"), m.PersonInfo("小明")])
    assert render(people, ZH) == "a：2 人\n  x     暂离  lunch\n  小明  在"


def test_the_help_is_complete_and_fits() -> None:
    for reader in (EN, ZH):
        text = all_commands(COMMANDS, reader)
        for command in COMMANDS:
            assert f"/{command.name}" in text
            assert f"/{command.name}" in reader.pick(command.help)
        assert max(cells(line) for line in text.split("\n")) <= 79


HOSTILE = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("\x1b\x9b\x07\r\n\x00\x7f\u2028")), max_size=9
)


@given(HOSTILE, HOSTILE, st.booleans())
@settings(max_examples=80, deadline=None)
def test_nothing_from_people_can_move_a_cursor(name: str, text: str, plain: bool) -> None:
    reader = Reader("en", plain)
    said = m.Said(room=name, by=name, text=text)
    messages: list[ServerMessage] = [
        m.LoggedIn(name=name, token=text),
        m.Joined(place=name, topic=text, people=[name, text]),
        m.Left(room=name),
        said,
        m.Told(pair=(name, text), by=name, text=text),
        m.TopicSet(room=name, seq=1, by=name, text=text),
        m.TopicSet(room=name, text=text),
        m.Gap(place=name),
        m.Present(room=name, came=[text], went=[name], lost=[text], back=[name]),
        m.Present(room=name, away={name: text}, renamed={name: text}),
        m.Page(place=name, entries=[said]),
        m.Found(query=text, entries=[said]),
        m.RoomsListed(rooms=[m.RoomInfo(name, text)]),
        m.WhoListed(room=name, people=[m.PersonInfo(name, text, text)]),
        m.Renamed(name=name),
        m.Prompted(text=text),
        m.Noted(text=text),
        m.Helped(commands=[m.CommandInfo(name, text, text)]),
        m.Diagnosed(rows=[(name, text)]),
        m.Error(text=text, fix=name),
        m.Bye(text=text),
    ]  # fmt: skip
    for message in messages:
        shown = render(message, reader)
        assert not any((one < " " and one not in "\n\t") or "\x7f" <= one <= "\x9f" for one in shown), message
        assert "\u2028" not in shown


def test_the_help_of_a_client_fits_into_80_columns() -> None:
    for reader in (EN, ZH):
        lines = all_commands(TABLE.commands, reader).splitlines()
        assert max(map(cells, lines)) < 80
        head, text = lines[1], reader.pick(TABLE.commands[0].text)
        long = next(at for at, line in enumerate(lines) if line.startswith("  /timeout"))
        below = lines[long + 1]
        assert "settimeout" in below
        assert len(below) - len(below.lstrip()) == cells(head[: head.index(text)])
