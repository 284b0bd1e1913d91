"""What comes late is not taken for something newer: alarms, answers of workers, a ledger that says no."""

import pytest

from callroom_server.config.limits import Limits
from callroom_server.core.effects import Append, Effect, Run
from callroom_server.core.ledger import Outcome, Refusal
from callroom_server.core.reading import behind
from callroom_server.ledger.memory import MemoryLedger
from callroom_wire import messages as m
from core_support import Playhouse, only

HOLD = 100.0
MENU = "10086"


class Downable(Playhouse):
    """A playhouse that minds a ledger that takes nothing, and workers that take their time."""

    def __init__(self, limits: Limits) -> None:
        self.runs: list[Run] = []
        self.busy = False
        super().__init__(MemoryLedger(), limits)

    def carry(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Append() if not self.ledger.submit(
                    effect.stream, effect.event, effect.device, effect.counter
                ):
                    self.refused([refusal(effect)])
                case Append():
                    pass
                case Run() if self.busy:
                    self.runs.append(effect)
                case _:
                    super().carry([effect])

    def work(self) -> None:
        """The workers have time again."""
        self.busy = False
        runs, self.runs = self.runs, []
        for run in runs:
            self.run(run)

    def down(self) -> None:
        self.ledger.fail_next()

    def up(self) -> None:
        self.ledger.recover()


def refusal(effect: Append) -> Refusal:
    return Refusal(effect.stream, effect.device, effect.counter, Outcome.UNKNOWN, event=effect.event)


@pytest.fixture
def house() -> Downable:
    return Downable(Limits(seat_hold_seconds=HOLD))


def names(house: Playhouse) -> set[str]:
    return {device.name for device in house.hub.state.devices.values()}


def come_back(house: Playhouse, number: int, token: str) -> m.LoggedIn:
    house.open(number)
    house.ask(number, m.Hello())
    return only(house.ask(number, m.Resume(token=token)), m.LoggedIn)


def test_the_hold_time_counts_from_the_last_loss(house: Downable) -> None:
    token = house.person(1, "alice").token
    house.lose(1)
    house.turn(HOLD - 10)
    come_back(house, 2, token)
    house.lose(2)
    house.turn(HOLD - 10)  # the alarm of the first loss has rung
    assert names(house) == {"alice"}
    house.turn(20)
    assert names(house) == set()


@pytest.mark.parametrize("lost_first", [False, True])
def test_a_seat_is_let_go_in_the_end_although_leaving_could_not_be_recorded(
    house: Downable, lost_first: bool
) -> None:
    house.person(1, "alice")
    house.down()
    house.ask(1, m.Quit(), commit=False)
    if lost_first:
        house.carry(house.hub.lost(1, house.now))
        house.commit()
    else:
        house.commit()
        assert house.closed == {1: "quit"}
        house.lose(1)
    house.up()
    assert names(house) == {"alice"}
    house.turn(HOLD + 1)
    assert names(house) == set()


def test_a_seat_is_let_go_later_when_nothing_can_be_recorded_at_its_end(house: Downable) -> None:
    house.person(1, "alice")
    house.lose(1)
    house.down()
    house.turn(HOLD + 1)
    house.up()
    assert names(house) == {"alice"}
    house.turn(HOLD + 1)
    assert names(house) == set()


def test_a_time_out_of_a_call_that_has_ended_is_not_one_of_the_next(house: Downable) -> None:
    house.person(1, "alice")
    wait = only(house.ask(1, m.Dial(menu=MENU)), m.Prompted).wait
    assert wait
    house.ask(1, m.HangUp())
    house.turn(wait - 1)
    house.ask(1, m.Dial(menu=MENU))
    said = len(house.sent[1])
    house.turn(2)
    assert house.sent[1][said:] == [], "the first call's silence was taken for the second's"
    house.turn(wait)
    assert len(house.sent[1]) > said


def test_joining_again_changes_nothing_even_when_nothing_can_be_recorded(house: Downable) -> None:
    for number, name in enumerate(("alice", "bob"), 1):
        house.person(number, name)
        house.ask(number, m.Join(room="lobby"))
    place = house.hub.places["room/lobby"]
    place.news = None
    house.ask(1, m.Say(id=1, room="lobby", text="hello"))
    house.down()
    house.ask(1, m.Say(id=2, room="lobby", text="not stored"))
    joined = only(house.ask(1, m.Join(room="lobby", ref=4)), m.Joined)
    assert (joined.ref, joined.head) == (4, 1)
    house.ask(1, m.Join(room="lobby", seen=0, ref=5))
    assert house.sent[1][-1] == only([house.sent[1][-1]], m.Error)
    assert 1 in place.members, "refused, and yet thrown out"
    house.up()
    house.ask(1, m.Join(room="lobby", seen=0))
    assert place.members[1].cursor == 0
    assert place.news is None, "the others are told that she came, and she was there"


def test_what_was_read_for_a_cursor_that_has_moved_since_is_not_shown() -> None:
    house = Downable(Limits(log_entries=16, log_bytes=65536))
    house.person(1, "alice")
    house.ask(1, m.Join(room="lobby"))
    for number in range(1, 101):
        house.ask(1, m.Say(id=number, room="lobby", text=str(number)))
    house.person(2, "bob")
    house.ask(2, m.Join(room="lobby", seen=50))
    house.lose(1)  # nobody is left whose cursor keeps the log
    house.busy = True
    member = house.hub.places["room/lobby"].members[2]
    place = member.place
    place.log.trim(place.log.head)
    assert place.log.first > 60
    effect = behind(house.hub, member)
    assert effect is not None
    house.carry([effect])
    house.ask(2, m.Join(room="lobby", seen=10))
    house.work()
    assert member.cursor == 10
    assert not [one for one in house.sent[2] if isinstance(one, m.Gap)]
    assert not member.loading


def test_a_line_that_is_sent_again_is_acknowledged_wherever_one_is_by_now(house: Downable) -> None:
    for number, name in enumerate(("alice", "bob"), 1):
        house.person(number, name)
        house.ask(number, m.Join(room="lobby"))
    said = m.Say(id=1, room="lobby", text="and off I go")
    told = m.Tell(id=2, to="bob", text="see you")
    answers = [only(house.ask(1, line), m.Ack) for line in (said, told)]
    house.ask(1, m.Leave(room="lobby"))
    house.ask(2, m.Quit())
    assert only(house.ask(1, said), m.Ack) == answers[0]
    assert only(house.ask(1, told), m.Ack).seqs == answers[1].seqs
    assert only(house.ask(1, m.Say(id=3, room="lobby", text="new")), m.Error).code == "not_in_room"
    assert only(house.ask(1, m.Tell(id=3, to="bob", text="new")), m.Error).code == "no_such_person"


def test_a_seat_asked_for_by_one_who_is_gone_by_then_is_nobodys(house: Downable) -> None:
    token = house.person(1, "alice").token
    house.open(2)
    house.ask(2, m.Hello())
    house.ask(2, m.Resume(token=token), commit=False)
    house.ask(2, m.Join(room="lobby"), commit=False)
    house.ask(1, m.Quit(), commit=False)  # on the connection that is being taken over
    house.commit()
    assert names(house) == set()
    assert house.closed == {1: "taken_over", 2: "quit"}
    assert not any(isinstance(one, m.Joined) for one in house.sent[2])


@pytest.mark.parametrize("again", [m.Hello(), m.Login(name="mallory"), m.Dial()])
def test_nothing_can_begin_a_second_login_while_one_is_under_way(
    house: Downable, again: m.ClientMessage
) -> None:
    house.open(1)
    house.ask(1, m.Hello())
    for message in (m.Login(name="alice"), again, m.Login(name="mallory")):
        house.ask(1, message, commit=False)
    house.commit()
    assert only(house.sent[1], m.LoggedIn).name == "alice"
    assert names(house) == {"alice"}


@pytest.mark.parametrize("before", [False, True])
def test_who_quits_while_being_let_in_leaves_nothing_behind(house: Downable, before: bool) -> None:
    token = ""
    if before:
        token = house.person(1, "alice").token
        house.lose(1)
    house.open(2)
    house.ask(2, m.Hello())
    house.ask(2, m.Resume(token=token) if before else m.Login(name="alice"), commit=False)
    house.ask(2, m.Quit(), commit=False)
    house.commit()
    assert house.closed == {2: "quit"}
    assert not any(isinstance(one, m.LoggedIn) for one in house.sent[2])
    assert names(house) == set()
