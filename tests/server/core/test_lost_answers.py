"""Coming back when the answers to coming back are lost with their connections."""

from callroom_wire import messages as m
from core_support import Playhouse, only


def come_back(house: Playhouse, number: int, token: str) -> m.ServerMessage:
    """What a new session is told when it comes back with this token."""
    house.open(number)
    house.ask(number, m.Hello())
    return next(one for one in house.ask(number, m.Resume(token=token)) if not isinstance(one, m.Joined))


def test_a_token_is_good_until_the_one_that_replaces_it_is_used() -> None:
    house = Playhouse()
    token = house.person(1, "alice").token
    for number in range(2, 7):  # each answer is lost with its connection, so the client has the first token
        house.lose(number - 1)
        answer = come_back(house, number, token)
        assert isinstance(answer, m.LoggedIn), f"locked out the {number}th time"
        assert answer.resumed


def test_of_the_tokens_that_were_never_used_only_the_last_is_good() -> None:
    house = Playhouse()
    first = house.person(1, "alice").token
    tokens: list[str] = []
    for number in (2, 3, 4):
        house.lose(number - 1)
        answer = come_back(house, number, first)
        assert isinstance(answer, m.LoggedIn)
        tokens.append(answer.token)
    house.lose(4)
    for number, stale in enumerate(tokens[:-1], 10):
        house.open(number)
        house.ask(number, m.Hello())
        assert only(house.ask(number, m.Resume(token=stale)), m.Error).code == "bad_token"
    assert isinstance(come_back(house, 20, tokens[-1]), m.LoggedIn)


def test_a_used_token_ends_the_one_before_it() -> None:
    house = Playhouse()
    first = house.person(1, "alice").token
    house.lose(1)
    second = come_back(house, 2, first)
    assert isinstance(second, m.LoggedIn)
    house.lose(2)
    third = come_back(house, 3, second.token)
    assert isinstance(third, m.LoggedIn)
    house.lose(3)
    refused = come_back(house, 4, first)
    assert isinstance(refused, m.Error)
    assert refused.code == "bad_token"
