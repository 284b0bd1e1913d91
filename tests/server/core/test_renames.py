"""A direct conversation stays the same conversation whatever the two are called."""

from callroom_server.protocols.frames import FRAMES
from callroom_wire import messages as m
from callroom_wire.codec import decode_reply
from core_support import Playhouse, only


def conversation(house: Playhouse) -> tuple[str, str]:
    """Alice (1) and bob (2) have each said a line to the other; alice's token, and what she calls that."""
    token = house.person(1, "alice").token
    house.person(2, "bob")
    house.ask(1, m.Tell(id=1, to="bob", text="hello"))
    house.ask(2, m.Tell(id=1, to="alice", text="hi"))
    (place,) = house.hub.places.values()
    told = decode_reply(place.log.read(0, FRAMES, 1)[0][4:])
    assert isinstance(told, m.Told)
    return token, told.conversation


def come_back(house: Playhouse, number: int, token: str, seen: dict[str, int]) -> list[m.ServerMessage]:
    house.open(number)
    house.ask(number, m.Hello())
    return house.ask(number, m.Resume(token=token, seen=seen))


def test_what_was_seen_is_not_sent_again_after_the_other_was_renamed() -> None:
    house = Playhouse()
    token, known_as = conversation(house)
    house.lose(1)
    house.ask(2, m.Nick(name="robert"))
    house.ask(2, m.Tell(id=2, to="alice", text="it is me"))
    joined = only(come_back(house, 3, token, {known_as: 2}), m.Joined)
    assert joined == m.Joined(place="@robert", seen=2, head=3, conversation=known_as)


def test_what_was_not_seen_is_not_lost_to_one_who_took_the_name() -> None:
    house = Playhouse()
    token, known_as = conversation(house)
    house.lose(1)
    house.ask(2, m.Nick(name="robert"))
    house.person(3, "bob")
    house.ask(3, m.Tell(id=1, to="alice", text="I am another"))
    answers = come_back(house, 4, token, {known_as: 2})
    joined = {one.place: one.seen for one in answers if isinstance(one, m.Joined)}
    assert joined == {"@robert": 2, "@bob": 0}


def test_a_page_of_a_conversation_can_be_asked_for_when_the_other_has_gone() -> None:
    house = Playhouse()
    _, known_as = conversation(house)
    house.ask(2, m.Quit())
    page = only(house.ask(1, m.History(place=known_as)), m.Page)
    assert [entry.text for entry in page.entries] == ["hello", "hi"]
    assert only(house.ask(1, m.History(place="@77+78")), m.Error).code == "no_such_person"


def test_nobody_reads_a_conversation_of_others() -> None:
    house = Playhouse()
    _, known_as = conversation(house)
    house.person(3, "mallory")
    assert only(house.ask(3, m.History(place=known_as)), m.Error).code == "no_such_person"
    assert only(house.ask(3, m.Search(query="hello", place=known_as)), m.Error).code == "no_such_person"
