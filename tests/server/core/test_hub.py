"""The hub: literal messages in, literal answers out."""

from typing import get_args

import pytest

from callroom_server.config.limits import Limits
from callroom_server.core import events, texts
from callroom_server.core.handlers import HANDLERS
from callroom_server.core.sessions import LEGAL, State
from callroom_server.ledger.memory import MemoryLedger
from callroom_wire import messages as m
from core_support import Playhouse, only


def names_of(house: Playhouse, stream: str) -> list[str]:
    return [member.session.name for member in house.hub.places[stream].members.values()]


def test_every_message_has_a_handler() -> None:
    assert set(HANDLERS) == set(get_args(m.ClientMessage))


MATRIX = [(state, kind) for state in State for kind in get_args(m.ClientMessage)]


@pytest.mark.parametrize(("state", "kind"), MATRIX)
def test_each_message_in_each_state_is_handled_or_refused(state: State, kind: type[m.ClientMessage]) -> None:
    house = Playhouse()
    house.open(1)
    session = house.hub.sessions[1]
    if state is State.READY:
        house.ask(1, m.Hello())
        house.ask(1, m.Login())
    session.state = state
    answers = house.ask(1, kind(ref=7), commit=False)
    if state in (State.CLOSING, State.LOGGING_IN):
        unmetered = state is State.LOGGING_IN and kind in (m.Ping, m.Quit, m.Pong, m.Hello)
        assert unmetered or answers == []
    elif kind not in LEGAL[state]:
        assert only(answers, m.Error).code in ("wrong_state", "not_logged_in")
        assert session.state is state


def test_a_line_is_acknowledged_and_stored_once_however_often_it_is_sent() -> None:
    house = Playhouse()
    house.person(1, "alice")
    house.ask(1, m.Join(room="lobby"))
    line = m.Say(id=1, room="lobby", text="hello")
    assert house.ask(1, line) == [m.Ack(place="lobby", ids=[1], seqs=[1])]
    assert house.ask(1, line) == [m.Ack(place="lobby", ids=[1], seqs=[1])]
    assert house.hub.state.rooms["room/lobby"].head == 1


def test_nothing_is_acknowledged_before_it_is_durable() -> None:
    house = Playhouse()
    house.person(1, "alice")
    house.ask(1, m.Join(room="lobby"))
    assert house.ask(1, m.Say(id=1, room="lobby", text="hello"), commit=False) == []
    assert house.hub.places["room/lobby"].log.head == 0
    house.commit()
    assert house.sent[1][-1] == m.Ack(place="lobby", ids=[1], seqs=[1])


def test_a_name_is_taken_by_the_first_in_the_log() -> None:
    house = Playhouse()
    for number in (1, 2):
        house.open(number)
        house.ask(number, m.Hello())
    house.ask(1, m.Login(name="小明"), commit=False)
    house.ask(2, m.Login(name="小明"), commit=False)
    house.commit()
    assert only(house.sent[1], m.LoggedIn).name == "小明"
    assert only(house.sent[2], m.Error).code == "name_taken"
    assert only(house.ask(2, m.Login(name="小红")), m.LoggedIn).name == "小红"


def test_a_lookalike_is_refused() -> None:
    house = Playhouse()
    house.person(1, "alice")
    house.open(2)
    house.ask(2, m.Hello())
    assert only(house.ask(2, m.Login(name="a1ice")), m.Error).code == "name_taken"


def test_requests_behind_a_login_and_a_join_wait_their_turn() -> None:
    house = Playhouse()
    house.open(1)
    for message in (
        m.Hello(),
        m.Login(name="alice"),
        m.Join(room="lobby"),
        m.Say(id=1, room="lobby", text="first"),
        m.Say(id=2, room="lobby", text="second"),
    ):
        house.ask(1, message, commit=False)
    house.commit()
    acks = [message for message in house.sent[1] if isinstance(message, m.Ack)]
    assert [(number, seq) for ack in acks for number, seq in zip(ack.ids, ack.seqs, strict=True)] == [
        (1, 1),
        (2, 2),
    ]


def test_coming_back_goes_on_where_one_was() -> None:
    house = Playhouse()
    token = house.person(1, "alice").token
    house.person(2, "bob")
    for number in (1, 2):
        house.ask(number, m.Join(room="lobby"))
    house.ask(2, m.Say(id=1, room="lobby", text="one"))
    house.lose(1)
    house.ask(2, m.Say(id=2, room="lobby", text="two"))
    house.open(3)
    house.ask(3, m.Hello())
    answers = house.ask(3, m.Resume(token=token, seen={"lobby": 1}))
    back = only(answers, m.LoggedIn)
    assert (back.name, back.resumed) == ("alice", True)
    joined = only(answers, m.Joined)
    assert (joined.place, joined.seen, joined.head) == ("lobby", 1, 2)
    assert house.hub.sessions[3].members["room/lobby"].cursor == 1


def test_the_old_token_is_good_until_the_new_one_is_used() -> None:
    house = Playhouse()
    first = house.person(1, "alice").token

    def back(number: int, token: str) -> list[m.ServerMessage]:
        house.open(number)
        house.ask(number, m.Hello())
        return house.ask(number, m.Resume(token=token))

    house.lose(1)
    second = only(back(2, first), m.LoggedIn).token
    house.lose(2)  # the answer with the second token may never have arrived
    third = only(back(3, first), m.LoggedIn).token
    house.lose(3)
    assert only(back(4, third), m.LoggedIn).name == "alice"
    assert only(back(5, second), m.Error).code == "bad_token"


def test_a_ghost_is_taken_over() -> None:
    house = Playhouse()
    token = house.person(1, "alice").token
    house.ask(1, m.Join(room="lobby"))
    house.open(2)
    house.ask(2, m.Hello())
    house.ask(2, m.Resume(token=token))
    assert house.closed[1] == "taken_over"
    house.lose(1)
    assert names_of(house, "room/lobby") == ["alice"]
    assert house.hub.online[house.hub.sessions[2].device].number == 2


def test_a_restart_keeps_names_seats_and_tokens() -> None:
    ledger = MemoryLedger()
    house = Playhouse(ledger)
    token = house.person(1, "alice").token
    house.ask(1, m.Join(room="大厅"))
    house.ask(1, m.Say(id=1, room="大厅", text="hello"))
    house.ask(1, m.Topic(room="大厅", text="on topic"))
    again = Playhouse(MemoryLedger(store=ledger.store), boot=2)
    again.open(1)
    again.ask(1, m.Hello())
    answers = again.ask(1, m.Resume(token=token, seen={"大厅": 0}))
    assert only(answers, m.LoggedIn).last_id == 1
    joined = only(answers, m.Joined)
    assert (joined.place, joined.topic, joined.head, joined.seen) == ("大厅", "on topic", 2, 0)
    assert again.ask(1, m.Say(id=1, room="大厅", text="hello")) == [m.Ack(place="大厅", ids=[1], seqs=[1])]


def test_a_seat_is_let_go_when_its_time_is_over() -> None:
    house = Playhouse(limits=Limits(seat_hold_seconds=60))
    token = house.person(1, "alice").token
    house.lose(1)
    house.turn(59)
    assert house.hub.state.device_named("alice") is not None
    house.turn(2)
    assert house.hub.state.device_named("alice") is None
    house.open(2)
    house.ask(2, m.Hello())
    assert only(house.ask(2, m.Resume(token=token)), m.Error).code == "bad_token"


def test_who_comes_back_in_time_keeps_the_seat() -> None:
    house = Playhouse(limits=Limits(seat_hold_seconds=60))
    token = house.person(1, "alice").token
    house.lose(1)
    house.turn(30)
    house.open(2)
    house.ask(2, m.Hello())
    house.ask(2, m.Resume(token=token))
    house.turn(40)
    assert house.hub.state.device_named("alice") is not None


def test_a_direct_line_is_kept_for_who_is_not_there() -> None:
    house = Playhouse()
    token = house.person(1, "alice").token
    house.person(2, "bob")
    house.lose(1)
    answers = house.ask(2, m.Tell(id=1, to="alice", text="call me"))
    assert only(answers, m.Noted).code == "lost"
    assert only(answers, m.Ack).place == "@alice"
    house.open(3)
    house.ask(3, m.Hello())
    joined = only(house.ask(3, m.Resume(token=token)), m.Joined)
    assert (joined.place, joined.seen, joined.head) == ("@bob", 0, 1)


def test_history_pages_to_the_end() -> None:
    house = Playhouse()
    house.person(1, "alice")
    house.ask(1, m.Join(room="lobby"))
    for number in range(1, 8):
        house.ask(1, m.Say(id=number, room="lobby", text=f"line {number}"))
    newest = only(house.ask(1, m.History(place="lobby", limit=3)), m.Page)
    assert [entry.seq for entry in newest.entries] == [5, 6, 7]
    assert not newest.end
    oldest = only(house.ask(1, m.History(place="lobby", before=5, limit=10)), m.Page)
    assert [entry.seq for entry in oldest.entries] == [1, 2, 3, 4]
    assert oldest.end
    after = only(house.ask(1, m.History(place="lobby", after=2, limit=2)), m.Page)
    assert [entry.seq for entry in after.entries] == [3, 4]


def test_search_finds_a_word_of_two_characters_in_ones_own_places_only() -> None:
    house = Playhouse()
    house.person(1, "alice")
    house.person(2, "bob")
    house.ask(1, m.Join(room="lobby"))
    house.ask(1, m.Say(id=1, room="lobby", text="我要查余额"))
    found = only(house.ask(1, m.Search(query="余额")), m.Found)
    assert [entry.text for entry in found.entries] == ["我要查余额"]
    assert only(house.ask(2, m.Search(query="余额")), m.Found).entries == []


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (m.Say(id=1, room="nowhere", text="x"), "not_in_room"),
        (m.Say(id=1, room="lobby", text=""), "text_empty"),
        (m.Say(id=1, room="lobby", text=" \t "), "text_empty"),
        (m.Say(id=1, room="lobby", text="x" * 4001), "text_too_long"),
        (m.Say(id=0, room="lobby", text="x"), "bad_number"),
        (m.Say(id=2**63, room="lobby", text="x"), "bad_number"),
        (m.Join(room=""), "name_bad"),
        (m.Join(room="a b"), "name_bad"),
        (m.Leave(room="nowhere"), "not_in_room"),
        (m.Tell(id=1, to="nobody", text="x"), "no_such_person"),
        (m.Tell(id=1, to="alice", text="x"), "to_yourself"),
        (m.Nick(name="admin"), "name_bad"),
        (m.Topic(room="lobby", text="x" * 201), "topic_too_long"),
        (m.History(place="lobby", limit=0), "bad_number"),
        (m.History(place="lobby", limit=1001), "bad_number"),
        (m.History(place="@nobody"), "no_such_person"),
        (m.Search(query="  "), "bad_query"),
        (m.Press(text="1"), "not_in_call"),
        (m.HangUp(), "not_in_call"),
        (m.Dial(menu="nowhere"), "no_such_menu"),
        (m.Lang(lang="fr"), "bad_lang"),
        (m.Who(room="nowhere"), "no_such_room"),
    ],
)
def test_what_may_not_be_is_answered_and_the_session_goes_on(message: m.ClientMessage, code: str) -> None:
    house = Playhouse()
    house.person(1, "alice")
    house.ask(1, m.Join(room="lobby"))
    for lang in texts.LANGUAGES:
        house.ask(1, m.Lang(lang=lang))
        fault = only(house.ask(1, message), m.Error)
        assert fault.code == code
        assert fault.text
        assert fault.fix
    assert only(house.ask(1, m.Say(id=5, room="lobby", text="still here")), m.Ack).ids == [5]


def test_rooms_and_people_have_limits_that_are_told() -> None:
    house = Playhouse(limits=Limits(rooms=3, rooms_per_person=2, people_per_room=2))

    def joins(number: int, room: str) -> str:
        answer = house.ask(number, m.Join(room=room))[0]
        assert isinstance(answer, m.Joined | m.Error)
        return answer.code if isinstance(answer, m.Error) else ""

    for number, name in ((1, "alice"), (2, "bob"), (3, "carol")):
        house.person(number, name)
    assert [joins(1, room) for room in ("a", "b", "c")] == ["", "", "too_many_rooms"]
    assert [joins(2, "a"), joins(3, "a")] == ["", "room_full"]
    assert [joins(2, "c"), joins(3, "d")] == ["", "too_many_rooms"]
    house.ask(1, m.Leave(room="a"))
    assert [joins(3, "a"), joins(1, "c")] == ["", ""]


def test_whoever_writes_to_somebody_takes_none_of_their_places() -> None:
    house = Playhouse(limits=Limits(rooms_per_person=1))
    house.person(1, "alice")
    house.person(2, "bob")
    house.ask(2, m.Tell(id=1, to="alice", text="hello"))
    assert only(house.ask(1, m.Join(room="lobby")), m.Joined).place == "lobby"


def test_flooding_is_slowed_then_told_then_closed() -> None:
    limits = Limits(flood_burst=10, flood_per_second=2, flood_tell_seconds=2, flood_close_seconds=10)
    house = Playhouse(limits=limits, flood=True)
    house.person(1, "alice")
    told: list[str] = []
    for count in range(100):
        wait = house.hub.charge(1, 50, house.now)
        assert (wait == 0) == (count < 10)
        for effect in house.hub.flooding(1, house.now):
            told.append(type(effect).__name__)
        house.now += wait
        if "Close" in told:
            break
    assert told == ["Send", "Close"]


def test_a_pause_makes_good() -> None:
    house = Playhouse(flood=True)
    house.person(1, "alice")
    for _ in range(12):
        house.hub.charge(1, 50, house.now)
    house.now += 20
    assert house.hub.charge(1, 50, house.now) == 0
    assert house.hub.flooding(1, house.now) == []


def test_a_failed_commit_is_told_and_may_be_sent_again() -> None:
    house = Playhouse()
    house.person(1, "alice")
    house.ask(1, m.Join(room="lobby"))
    house.ledger.fail_next("disk full")
    fault = only(house.ask(1, m.Say(id=1, room="lobby", text="hello")), m.Error)
    assert (fault.code, fault.id) == ("ledger_down", 1)
    assert "disk full" in fault.text
    house.ledger.recover()
    assert only(house.ask(1, m.Say(id=1, room="lobby", text="hello")), m.Ack).seqs == [1]


def test_the_robot_greets_and_takes_entries() -> None:
    house = Playhouse()
    house.open(1, door="text", lang="zh")
    greeting = only(house.ask(1, m.Dial()), m.Prompted)
    assert greeting.text == "欢迎致电 10086,请输入1xxx,0转人工服务."
    assert only(house.ask(1, m.Press(text="0")), m.Prompted).text.startswith("通过可能会被录音")
    assert only(house.ask(1, m.Press(text="5")), m.Prompted).text == "请重新输入."
    assert only(house.ask(1, m.Press(text="exit")), m.Prompted).ended


def test_the_robot_takes_a_caller_without_a_name_to_a_room() -> None:
    house = Playhouse()
    house.open(1, door="text", lang="zh")
    house.ask(1, m.Dial(menu="10086"))
    answers = house.ask(1, m.Press(text="7"))
    assert only(answers, m.LoggedIn).name.startswith("访客")
    joined = only(answers, m.Joined)
    assert (joined.place, joined.go) == ("大厅", True)


def test_silence_moves_the_robot_and_an_entry_stops_the_clock() -> None:
    house = Playhouse()
    house.open(1, door="text", lang="zh")
    first = only(house.ask(1, m.Dial(menu="10086")), m.Prompted)
    assert first.wait > 0
    before = len(house.sent[1])
    house.turn(first.wait + 0.1)
    assert len(house.sent[1]) == before + 1
    house.ask(1, m.Press(text="1"))
    stale = len(house.sent[1])
    house.now += 0.1
    house.turn(0)
    assert len(house.sent[1]) == stale


def test_what_happens_to_one_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    house = Playhouse()
    house.person(1, "alice")
    house.person(2, "bob")
    for number in (1, 2):
        house.ask(number, m.Join(room="lobby"))
    house.ask(1, m.Quit())
    assert house.closed[1] == "quit"
    assert names_of(house, "room/lobby") == ["bob"]
    assert house.hub.state.device_named("alice") is None


def test_a_line_and_a_goodbye_in_one_commit_are_both_answered() -> None:
    house = Playhouse()
    house.person(1, "alice")
    house.person(2, "bob")
    for number in (1, 2):
        house.ask(number, m.Join(room="lobby"))
    house.ask(2, m.Say(id=1, room="lobby", text="hello"), commit=False)
    house.ask(1, m.Say(id=1, room="lobby", text="bye"), commit=False)
    house.ask(1, m.Quit(), commit=False)
    house.commit()
    assert only(house.sent[1][-1:], m.Ack).ids == [1]
    assert only(house.sent[2][-1:], m.Ack).ids == [1]
    assert house.closed == {1: "quit"}


def test_the_robot_keeps_still_while_its_caller_is_in_a_room() -> None:
    house = Playhouse()
    house.open(1, door="text", lang="zh")
    prompt = only(house.ask(1, m.Dial(menu="10086")), m.Prompted)
    house.ask(1, m.Login(name="小明"))
    house.ask(1, m.Join(room="lobby"))
    before = len(house.sent[1])
    house.turn(prompt.wait + 1)
    assert len(house.sent[1]) == before
    back = only(house.ask(1, m.Dial()), m.Prompted)
    house.turn(back.wait + 1)
    assert isinstance(house.sent[1][-1], m.Prompted)


def test_a_call_outlives_its_connection_and_the_server() -> None:
    ledger = MemoryLedger()
    house = Playhouse(ledger)
    token = house.person(1, "alice").token
    house.ask(1, m.Dial(menu="10086"))
    inside = only(house.ask(1, m.Press(text="1")), m.Prompted)
    house.lose(1)
    again = Playhouse(MemoryLedger(store=ledger.store), boot=2)
    again.open(1)
    again.ask(1, m.Hello())
    prompt = only(again.ask(1, m.Resume(token=token)), m.Prompted)
    assert prompt.node == inside.node
    assert prompt.choices == inside.choices


def test_a_call_that_is_over_does_not_come_back() -> None:
    house = Playhouse()
    token = house.person(1, "alice").token
    house.ask(1, m.Dial(menu="10086"))
    house.ask(1, m.HangUp())
    house.lose(1)
    house.open(2)
    house.ask(2, m.Hello())
    assert not [said for said in house.ask(2, m.Resume(token=token)) if isinstance(said, m.Prompted)]


def test_who_leaves_in_a_call_and_cannot_come_back_has_hung_up() -> None:
    house = Playhouse()
    house.open(1, door="text")
    house.ask(1, m.Dial(menu="10086"))
    house.lose(1)
    house.person(2, "bob")
    house.ask(2, m.Dial(menu="10086"))
    house.ask(2, m.Quit())
    turns = [events.decode(record.event) for record in house.ledger.store.streams[events.CALLS]]
    said = [turn.what["what"] for turn in turns if isinstance(turn, events.Turn)]
    assert said == ["start", "hangup", "start", "hangup"]
