"""Answers of the house as something to show: which have rows, which one line, and which show elsewhere."""

import pytest

from callroom_tui.answering import answered
from callroom_wire import messages as m


@pytest.mark.parametrize(
    ("message", "title", "fault"),
    [
        (m.Error(code="x", text="No.", fix="Do this.", ref=1), "No. Do this.", True),
        (m.Error(code="x", text="No."), "No.", True),
        (m.Noted(code="lang", text="Fine."), "Fine.", False),
        (m.Bye(code="x", text="Bye."), "Bye.", False),
        (m.TopicSet(room="lobby", by="ann", text="tea"), "ann set the topic: tea", False),
    ],
)
def test_what_is_one_line(message: m.ServerMessage, title: str, fault: bool) -> None:
    answer = answered(message, "en")
    assert answer is not None
    assert (answer.title, answer.rows, answer.fault) == (title, None, fault)


@pytest.mark.parametrize(
    "message",
    [
        m.Error(code="x", text="A line was refused: it says so itself.", id=3),
        m.Noted(code="x"),
        m.Bye(code="quit"),
        m.TopicSet(room="lobby", seq=4, by="ann", text="an entry of the room"),
        m.Said(room="lobby", seq=1, by="ann", text="hello"),
        m.Pong(n=1),
    ],
)
def test_what_shows_elsewhere(message: m.ServerMessage) -> None:
    assert answered(message, "en") is None


def test_what_has_rows() -> None:
    rooms = answered(m.RoomsListed(rooms=[m.RoomInfo(room="lobby", people=2)], more=True, ref=1), "en")
    assert rooms is not None
    assert [row[0] for row in rooms.rows or ()] == ["#lobby"]
    assert rooms.more
    who = answered(m.WhoListed(people=[m.PersonInfo(name="ann", note="tea", door="telnet")], ref=1), "zh")
    assert who is not None
    assert [tuple(row[:2]) for row in who.rows or ()] == [("ann", "here · tea · telnet")]
    entries: list[m.Entry] = [
        m.Said(room="lobby", seq=1, at=0, by="ann", text="hello"),
        m.Told(pair=("ann", "bob"), seq=1, at=0, by="ann", text="hello you"),
    ]
    found = answered(m.Found(query="hello", entries=entries, behind=7, ref=1), "en")
    assert found is not None
    rows = [tuple(row[:2]) for row in found.rows or ()]
    assert [left[:2] for left, _ in rows] == ["#l", "@ ", ""]
    assert [right for _, right in rows][:2] == ["ann: hello", "ann: hello you"]
    assert "7" in rows[2][1]
    assert "hello" in found.title
