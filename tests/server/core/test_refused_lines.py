"""Lines that could not be stored: none overtakes another, so that each can be stored after all."""

from callroom_wire import messages as m
from core_support import Playhouse, only


def say(number: int) -> m.Say:
    return m.Say(id=number, room="lobby", text=f"line {number}")


def refused(answers: list[m.ServerMessage]) -> list[tuple[str, int]]:
    return [(one.code, one.id) for one in answers if isinstance(one, m.Error)]


def someone(door: str = "frames") -> Playhouse:
    house = Playhouse()
    house.open(1, door)
    if door == "frames":
        house.ask(1, m.Hello())
    house.ask(1, m.Login(name="alice"))
    house.ask(1, m.Join(room="lobby"))
    house.ask(1, say(1))
    return house


def test_no_line_overtakes_one_that_was_not_stored() -> None:
    house = someone()
    house.ledger.fail_next()
    assert refused(house.ask(1, say(2))) == [("ledger_down", 2)]
    house.ledger.recover()
    for number in (3, 4):  # they were under way when the answer to the second came
        assert refused(house.ask(1, say(number))) == [("ledger_down", number)]
    assert refused(house.ask(1, m.Tell(id=5, to="bob", text="hello"))) == [("ledger_down", 5)]
    for number in (2, 3, 4):
        assert only(house.ask(1, say(number)), m.Ack).ids == [number]
    assert house.hub.state.rooms["room/lobby"].head == 4


def test_lines_that_came_in_one_read_do_not_overtake_either() -> None:
    house = someone()
    house.ledger.fail_next()
    house.carry(house.hub.received(1, say(2), house.now))
    house.commit()
    house.ledger.recover()
    before = len(house.sent[1])
    house.carry(house.hub.received_all(1, [say(3), say(4), say(5)], house.now))
    house.commit()
    assert refused(house.sent[1][before:]) == [("ledger_down", number) for number in (3, 4, 5)]


def test_a_line_that_is_acknowledged_already_frees_nothing() -> None:
    house = someone()
    house.ledger.fail_next()
    house.ask(1, say(2))
    house.ledger.recover()
    assert only(house.ask(1, say(1)), m.Ack).seqs == [1]
    assert refused(house.ask(1, say(3))) == [("ledger_down", 3)]


def test_a_line_that_is_refused_for_another_reason_when_sent_again_frees_the_rest() -> None:
    house = someone()
    house.ledger.fail_next()
    house.ask(1, say(2))
    house.ledger.recover()
    assert refused(house.ask(1, m.Say(id=2, room="lobby", text=" "))) == [("text_empty", 2)]
    assert only(house.ask(1, say(3)), m.Ack).ids == [3]


def test_a_person_types_the_next_line() -> None:
    house = someone("text")
    house.ledger.fail_next()
    assert refused(house.ask(1, say(2))) == [("ledger_down", 2)]
    house.ledger.recover()
    assert only(house.ask(1, say(3)), m.Ack).ids == [3]


def test_whoever_comes_back_sends_everything_again() -> None:
    house = Playhouse()
    token = house.person(1, "alice").token
    house.ask(1, m.Join(room="lobby"))
    house.ledger.fail_next()
    house.ask(1, say(1))
    house.ledger.recover()
    house.lose(1)
    house.open(2)
    house.ask(2, m.Hello())
    house.ask(2, m.Resume(token=token))
    assert [only(house.ask(2, say(number)), m.Ack).ids for number in (1, 2)] == [[1], [2]]
