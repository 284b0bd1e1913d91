"""The model: what each event changes, and that nothing of it can hurt a terminal."""

from collections.abc import Iterable, Iterator
from typing import TypeGuard, get_args

import msgspec
import pytest

from callroom_client import events as e
from callroom_client.model import (
    SECRET,
    Changes,
    Cleared,
    DraftChanged,
    Line,
    LineForgotten,
    MoveAsked,
    Note,
    Own,
    Person,
    PlaceChosen,
    ReadUpTo,
    Way,
    What,
)
from callroom_client.model.heard import HEARD
from callroom_client.model.model import _HAPPENED  # pyright: ignore[reportPrivateUsage]
from callroom_forms.form import Form
from callroom_wire import messages as m
from callroom_wire.command import Where
from client_support import Watched


@pytest.fixture
def watched() -> Watched:
    watched = Watched()
    watched.hears(m.LoggedIn(name="小明"))
    watched.hears(m.Joined(place="Lab", topic="tea", seen=4, head=4, people=["小明", "bob"]))
    watched.happens(PlaceChosen(at=1, place="lab"))
    return watched


def said(seq: int, text: str, by: str = "bob", room: str = "Lab") -> m.Said:
    return m.Said(room=room, seq=seq, at=seq, by=by, text=text)


def test_every_event_and_every_message_is_known() -> None:
    assert set(get_args(e.LinkEvent)) <= set(_HAPPENED)
    assert {*HEARD, m.Said, m.Told} == set(get_args(m.ServerMessage))


def test_places_are_found_in_any_spelling(watched: Watched) -> None:
    model = watched.model
    assert [place.name for place in model.places] == ["", "Lab"]
    assert model.place("LAB") is model.place("Lab") is model.here
    assert model.place("nowhere") is None
    assert model.where == Where("Lab", "小明", frozenset({"Lab"}), 5)


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("小明", "请小明来", True),
        ("小明", "小明", True),
        ("ann", "叫ann来", True),
        ("ann", "Ann: hi", True),
        ("ann", "annex", False),
        ("ann", "an n", False),
        ("a.b", "axb", False),
    ],
)
def test_who_is_named(watched: Watched, name: str, text: str, named: bool) -> None:
    watched.hears(m.Renamed(name=name))
    changes = watched.hears(said(5, text))
    assert changes.mentioned == (frozenset({"Lab"}) if named else frozenset())
    assert watched.model.here.mentions == int(named)


def test_what_was_not_read_is_counted(watched: Watched) -> None:
    place = watched.model.here
    for seq, (by, text) in enumerate([("bob", "a"), ("小明", "b"), ("bob", "小明!"), ("bob", "c")], 5):
        watched.hears(said(seq, text, by))
    assert (place.unread, place.mentions) == (3, 1)
    watched.happens(ReadUpTo(at=2, place="Lab", seq=6))
    assert (place.unread, place.mentions, place.read) == (2, 1, 6)
    assert watched.happens(ReadUpTo(at=2, place="Lab")).places == {"Lab"}
    assert (place.unread, place.mentions, place.read) == (0, 0, 8)
    assert not watched.happens(ReadUpTo(at=2, place="Lab"))
    watched.hears(m.Joined(place="Lab", seen=7, head=8))
    watched.hears(said(8, "c"))
    assert place.unread == 0


def test_a_direct_line_is_for_the_reader_alone(watched: Watched) -> None:
    told = m.Told(pair=("bob", "小明"), seq=1, at=7, by="bob", text="psst")
    changes = watched.hears(told)
    assert changes.mentioned == {"@bob"}
    assert changes.moved
    watched.hears(m.Told(pair=("bob", "小明"), seq=2, at=8, by="小明", text="what?"))
    place = watched.model.place("@bob")
    assert place is not None
    assert place.unread == 1
    watched.happens(PlaceChosen(at=2, place="@bob"))
    watched.hears(m.Present(room="Lab", renamed={"bob": "rob"}))
    assert watched.model.current == place.name == "@rob"
    assert watched.model.place("@bob") is None
    watched.hears(m.Told(pair=("rob", "小明"), seq=3, at=9, by="rob", text="I am rob"))
    assert [entry.text for entry in place.entries if isinstance(entry, Line)] == ["psst", "what?", "I am rob"]


def test_who_shares_no_room_is_known_by_a_new_name(watched: Watched) -> None:
    watched.hears(m.Told(pair=("bob", "小明"), seq=1, at=7, by="bob", text="psst"))
    place = watched.model.place("@bob")
    assert place is not None
    watched.hears(m.Present(room="@rob", renamed={"bob": "rob"}))
    assert watched.model.place("@bob") is None
    assert watched.model.place("@rob") is place
    notes = [(note.what, note.by, note.text) for note in place.entries if isinstance(note, Note)]
    assert notes == [(What.RENAMED, "bob", "rob")]
    watched.check()


def test_a_line_never_goes_to_who_takes_an_old_name(watched: Watched) -> None:
    for name in ("rob", "bob"):
        watched.hears(m.Told(pair=(name, "小明"), seq=1, at=7, by=name, text="psst"))
    watched.happens(PlaceChosen(at=2, place="@bob"))
    watched.hears(m.Present(room="@rob", renamed={"bob": "rob"}))
    assert watched.model.current == "@rob"
    assert "@bob" not in watched.model.past
    watched.check()


def test_another_login_has_other_conversations(watched: Watched) -> None:
    watched.hears(m.Told(pair=("bob", "小明"), seq=1, at=7, by="bob", text="psst"))
    watched.hears(m.LoggedIn(name="小明"))
    watched.hears(m.Told(pair=("bob", "小明"), seq=1, at=8, by="bob", text="again"))
    place = watched.model.place("@bob")
    assert place is not None
    assert list(place.entries) == [
        Line(1, 7, "bob", "psst", 2), Note(What.BEGUN_ANEW, 0), Line(1, 8, "bob", "again", 2)
    ]  # fmt: skip


def test_a_line_goes_its_way(watched: Watched) -> None:
    place = watched.model.here
    watched.says(7, "lab", "hello")
    assert list(place.entries) == [Own(7, "hello", Way.WAITING, 4)]
    assert watched.model.waiting == 1
    watched.happens(e.StageChanged(at=1, stage=e.Stage.READY))
    assert place.entries.owns[0].way is Way.SENT
    watched.happens(e.StageChanged(at=1, stage=e.Stage.WAITING, retry_at=3))
    assert place.entries.owns[0].way is Way.WAITING
    watched.hears(m.Ack(place="Lab", ids=[7], seqs=[5]))
    assert list(place.entries) == [Line(5, 0, "小明", "hello", 1)]
    watched.hears(said(5, "hello", "小明"))
    assert list(place.entries) == [Line(5, 5, "小明", "hello", 1)]
    assert watched.model.waiting == 0
    watched.check()


def test_a_line_that_was_refused_stays_until_it_is_forgotten(watched: Watched) -> None:
    watched.says(1, "Lab", "x")
    changes = watched.hears(m.Error(code="text_too_long", text="Too long.", fix="Shorter.", id=1))
    assert [message.code for message in changes.told if isinstance(message, m.Error)] == ["text_too_long"]
    assert watched.model.here.entries[0] == Own(1, "x", Way.FAILED, 4, "text_too_long", "Too long. Shorter.")
    assert watched.model.waiting == 0
    watched.happens(LineForgotten(at=1, id=1))
    assert len(watched.model.here.entries) == 0
    watched.check()


def test_a_line_that_nobody_knows_the_fate_of(watched: Watched) -> None:
    watched.happens(e.StageChanged(at=1, stage=e.Stage.READY))
    watched.asks(m.Tell(id=3, to="bob", text="from before"))
    place = watched.model.place("@bob")
    assert place is not None
    assert list(place.entries) == [Own(3, "from before", Way.SENT)]
    watched.hears(m.Error(code="ledger_full", text="Full.", id=3))
    assert place.entries.owns == (Own(3, "from before", Way.WAITING, 0, "ledger_full", "Full."),)
    watched.happens(e.Dropped(at=2, id=3, place="@bob", text="from before", code="fate_unknown"))
    assert [(own.way, own.code) for own in place.entries.owns] == [(Way.FAILED, "fate_unknown")]
    watched.check()


def test_of_two_lines_alike_the_right_one_fails(watched: Watched) -> None:
    watched.says(1, "Lab", "ok")
    watched.says(2, "Lab", "ok")
    watched.hears(said(5, "ok", "小明"))
    watched.hears(m.Error(code="too_fast", text="", id=1))
    watched.hears(m.Ack(place="Lab", ids=[2], seqs=[5]))
    entries = list(watched.model.here.entries)
    assert entries == [Line(5, 5, "小明", "ok", 1), Own(1, "ok", Way.FAILED, 4, "too_fast")]
    watched.check()


def test_who_comes_and_goes(watched: Watched) -> None:
    place = watched.model.here
    changes = watched.hears(
        m.Present(room="Lab", came=["ann"], lost=["bob"], away={"小明": "tea"}, renamed={"ann": "anna"})
    )
    assert changes.people == {"Lab"}
    assert place.people == {
        "小明": Person("小明", "away", "tea"), "bob": Person("bob", "lost"), "anna": Person("anna")
    }  # fmt: skip
    notes = [(note.what, note.by, note.text) for note in place.entries if isinstance(note, Note)]
    assert notes == [
        (What.CAME, "ann", ""),
        (What.LOST, "bob", ""),
        (What.AWAY, "小明", "tea"),
        (What.RENAMED, "ann", "anna"),
    ]
    watched.hears(m.WhoListed(room="Lab", people=[m.PersonInfo("bob", "lost")], more=True))
    watched.hears(m.WhoListed(room="Lab", people=[m.PersonInfo("小明")]))
    assert list(place.people) == ["bob", "小明"]
    watched.check()


def test_moving_about(watched: Watched) -> None:
    model = watched.model
    watched.happens(MoveAsked(at=1, ref=5))
    watched.hears(m.Joined(place="other"))
    assert model.current == "Lab"
    watched.hears(m.Joined(place="tea", ref=5))
    assert model.current == "tea"
    watched.hears(m.Joined(place="desk", go=True))
    watched.happens(DraftChanged(at=1, place="desk", text="half a"))
    assert model.here.draft == "half a"
    watched.hears(m.Left(room="desk"))
    assert model.current == "tea"
    watched.hears(m.Left(room="Lab"))
    watched.hears(m.Left(room="tea"))
    assert model.current == ""
    assert model.where.rooms == {"other"}


def test_the_robot_asks(watched: Watched) -> None:
    prompt = m.Prompted(menu="10086", text="PIN?", choices=[m.ChoiceInfo("1", "x\x1b")], wait=15, secret=True)
    at = watched.now()
    assert watched.happens(e.Received(at=at, message=prompt)).call
    call = watched.model.call
    assert (call.deadline, call.secret, call.choices[0].label) == (at + 15, True, "x\ufffd")
    watched.asks(m.Press(text="1234", ref=8))
    assert 8 in watched.model.secret_refs
    watched.hears(m.Prompted(menu="10086", text="Bye.", ended=True))
    robot = watched.model.places[0]
    assert [(note.what, note.text) for note in robot.entries if isinstance(note, Note)] == [
        (What.ROBOT, "PIN?"), (What.PRESSED, SECRET), (What.ROBOT, "Bye."), (What.ENDED, "")
    ]  # fmt: skip
    assert call.ended
    assert not call.secret


def test_a_form_that_cannot_be_judged_is_none(watched: Watched) -> None:
    form = Form(kind="digits", length=6)
    watched.hears(m.Prompted(text="PIN?", form=form))
    assert watched.model.call.form == form
    watched.hears(m.Prompted(text="PIN?", form=Form(kind="digits", pattern="(a*){100}b")))
    assert watched.model.call.form is None
    watched.hears(m.Prompted(text="PIN?", form=form))
    watched.hears(m.Prompted(text="Bye.", ended=True, form=form))
    assert watched.model.call.form is None


def test_what_a_page_leaves_out_is_lost(watched: Watched) -> None:
    watched.hears(m.Joined(place="Lab", seen=9, head=9))
    place = watched.model.here
    wanted = place.missing()
    assert wanted == m.History(place="Lab", before=10, limit=5)
    watched.asks(m.History(place="Lab", before=10, limit=5, ref=3))
    watched.hears(m.Page(place="Lab", entries=[said(8, "x")], ref=3, end=True))
    assert place.missing() is not None
    watched.asks(m.History(place="Lab", before=8, limit=3, ref=4))
    watched.hears(m.Page(place="Lab", ref=4, end=True))
    assert place.missing() is None
    assert place.older() is None
    watched.happens(Cleared(at=1, place="Lab"))
    assert place.older() == m.History(place="Lab", before=10, limit=50)


def test_figures_of_the_connection(watched: Watched) -> None:
    connection = watched.model.connection
    watched.happens(
        e.SocketOpened(at=1, descriptor=5, family="ipv4", local="127.0.0.1:1", peer="127.0.0.1:8888")
    )
    watched.happens(e.Began(at=1, number=1, verb=e.Verb.RECV, timeout=2.5, deadline=3.5, size=65536))
    assert connection.doing[e.Verb.RECV].deadline == 3.5
    watched.happens(
        e.Ended(at=2, number=1, verb=e.Verb.RECV, timeout=2.5, seconds=1, outcome=e.Outcome.DATA, size=10)
    )
    for number in range(2, 62):
        watched.happens(
            e.Ended(
                at=2, number=number, verb=e.Verb.RECV, timeout=0, seconds=0, outcome=e.Outcome.WOULD_BLOCK
            )
        )
    watched.happens(e.RoundTrip(at=3, seconds=0.25))
    assert connection.doing == {}
    assert connection.totals[e.Verb.RECV] == {e.Outcome.DATA: 1, e.Outcome.WOULD_BLOCK: 60}
    assert len(connection.outcomes[e.Verb.RECV]) == 50
    assert (connection.bytes_in, connection.bytes_out, connection.round_trip) == (10, 0, 0.25)
    watched.happens(e.SocketClosed(at=4, by_us=False, code="reset"))
    assert connection.socket is None


HOSTILE = "\x1b]52;c;aGk=\x07\x9b2J\u202eevil\r\n\x00"


def texts(value: object) -> Iterator[str]:
    """Every text in some data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from texts(getattr(value, name))
    elif is_many(value):
        for one in value:
            yield from texts(one)
    if is_table(value):
        yield from texts(list(value.values()))


def is_many(value: object) -> TypeGuard[Iterable[object]]:
    return isinstance(value, list | tuple | set | frozenset | dict)


def is_table(value: object) -> TypeGuard[dict[object, object]]:
    return isinstance(value, dict)


def hostile_messages() -> Iterator[m.ServerMessage]:
    """Each message, with hostile text wherever there is text."""
    h = HOSTILE
    yield m.Welcomed(server=h, software=h)
    yield m.LoggedIn(name=h)
    yield m.Joined(place=h, topic=h, people=[h])
    yield m.Joined(place="@" + h)
    yield m.Said(room=h, seq=1, at=1, by=h, text=h)
    yield m.Told(pair=(h, "x"), seq=1, at=1, by=h, text=h)
    yield m.TopicSet(room=h, seq=2, at=1, by=h, text=h)
    yield m.TopicSet(room=h, text=h)
    yield m.Present(room=h, came=[h], went=[h], lost=[h], away={h: h}, back=[h], renamed={h: h + "2"})
    yield m.Page(place=h, entries=[m.Said(room=h, seq=3, by=h, text=h), m.TopicSet(room=h, seq=4, text=h)])
    yield m.Found(query=h, entries=[m.Told(pair=(h, h), seq=1, by=h, text=h)])
    yield m.RoomsListed(rooms=[m.RoomInfo(room=h, topic=h)])
    yield m.WhoListed(room=h, people=[m.PersonInfo(h, h, h, h)])
    yield m.WhoListed(people=[m.PersonInfo(h, h, h, h)])
    form = Form(kind="choice", end_key=h, options={h: h}, also=[h], hint=h)
    yield m.Prompted(menu=h, node=h, text=h, choices=[m.ChoiceInfo(h, h)], form=form)
    yield m.Noted(code=h, text=h)
    yield m.Helped(commands=[m.CommandInfo(h, h, h)])
    yield m.Diagnosed(rows=[(h, h)])
    yield m.Error(code=h, text=h, fix=h, id=1)
    yield m.Renamed(name=h)
    yield m.Left(room=h)
    yield m.Bye(code=h, text=h)


def test_nothing_that_is_shown_can_hurt_a_terminal() -> None:
    watched = Watched()
    watched.says(1, HOSTILE, HOSTILE)
    all_changes: list[Changes] = []
    for message in hostile_messages():
        all_changes.append(watched.hears(message))
    watched.happens(e.StageChanged(at=1, stage=e.Stage.WAITING, address=HOSTILE, detail=HOSTILE))
    watched.happens(e.Broken(at=1, code="x", detail=HOSTILE))
    watched.check()
    model = watched.model
    shown: list[object] = [model.name, model.current, list(model.menus), model.rooms, model.house, model.call]
    shown += [model.connection.stage, model.connection.broken, model.connection.server]
    for place in model.places:
        shown += [place.name, place.topic, place.people, list(place.entries)]
    found = list(texts([*shown, *all_changes]))
    assert sum("evil" in text for text in found) > 60
    for text in found:
        assert not set(text) & set("\x1b\x07\x9b\x00\r"), repr(text)
        assert "\u202e" not in text or ("\u2068" in text and "\u2069" in text), repr(text)
