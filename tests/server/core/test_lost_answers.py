"""Coming back when the answers to coming back are lost with their connections."""

from callroom_server.config.limits import Limits
from callroom_server.ledger.memory import MemoryLedger, Store
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


def restarted(store: Store) -> Playhouse:
    """The next life of a server over the same disk."""
    return Playhouse(MemoryLedger(store=store), boot=2)


def knock(house: Playhouse, number: int, name: str) -> m.ServerMessage:
    """What a new session is told that asks for this name."""
    house.open(number)
    house.ask(number, m.Hello())
    return next(iter(house.ask(number, m.Login(name=name))))


def test_a_login_whose_answer_was_lost_in_a_crash_can_be_had_again() -> None:
    store = Store()
    Playhouse(MemoryLedger(store=store)).person(1, "alice")
    house = restarted(store)
    answer = knock(house, 1, "alice")
    assert isinstance(answer, m.LoggedIn), answer
    assert answer.name == "alice"
    assert len(house.hub.state.devices) == 1
    assert len(restarted(store).hub.state.devices) == 1
    house.turn(Limits().seat_hold_seconds + 1)
    assert "alice" in {device.name for device in house.hub.state.devices.values()}


def test_a_login_whose_answer_was_lost_with_its_connection_can_be_had_again() -> None:
    house = Playhouse()
    token = house.person(1, "alice").token
    house.lose(1)
    assert isinstance(knock(house, 2, "Alice"), m.LoggedIn)
    refused = come_back(house, 3, token)
    assert isinstance(refused, m.Error), "of two, the one in the log's order has it"
    assert refused.code == "bad_token"


def test_a_name_that_was_used_is_kept() -> None:
    def sits(house: Playhouse) -> None:
        house.ask(1, m.Join(room="lobby"))

    def is_told(house: Playhouse) -> None:
        house.person(9, "bob")
        house.ask(9, m.Tell(id=1, to="alice", text="hello"))

    def calls(house: Playhouse) -> None:
        house.ask(1, m.Dial())
        house.ask(1, m.Press(text="1"))

    for use in (sits, is_told, calls):
        store = Store()
        house = Playhouse(MemoryLedger(store=store))
        house.person(1, "alice")
        use(house)
        house.lose(1)
        for life in (house, restarted(store)):
            answer = knock(life, 20, "alice")
            assert isinstance(answer, m.Error), use.__name__
            assert answer.code == "name_taken"


def test_a_name_is_not_taken_from_someone_who_is_here_or_coming_back() -> None:
    house = Playhouse()
    token = house.person(1, "alice").token
    assert getattr(knock(house, 2, "alice"), "code", "") == "name_taken"
    house.lose(1)
    for number in (3, 4):
        house.open(number)
        house.ask(number, m.Hello())
    house.ask(3, m.Resume(token=token), commit=False)
    house.ask(4, m.Login(name="alice"), commit=False)
    house.commit()
    assert only(house.sent[3], m.LoggedIn).resumed
    assert only(house.sent[4], m.Error).code == "name_taken"


def test_a_seat_does_not_expire_while_its_return_is_being_recorded() -> None:
    house = Playhouse()
    token = house.person(1, "alice").token
    house.ask(1, m.Join(room="lobby"))
    house.lose(1)
    house.now += Limits().seat_hold_seconds - 1
    house.open(2)
    house.ask(2, m.Hello())
    house.ask(2, m.Resume(token=token), commit=False)
    house.turn(2)
    assert only(house.sent[2], m.LoggedIn).resumed
    assert 2 not in house.closed
    house.turn(Limits().seat_hold_seconds + 1)
    assert 2 not in house.closed


def test_a_seat_expires_after_a_return_that_was_not_recorded() -> None:
    house = Playhouse()
    token = house.person(1, "alice").token
    house.lose(1)
    house.open(2)
    house.ask(2, m.Hello())
    house.ledger.fail_next()
    assert only(house.ask(2, m.Resume(token=token)), m.Error).code == "ledger_down"
    house.ledger.recover()
    house.turn(Limits().seat_hold_seconds - 1)
    assert house.hub.state.devices
    house.turn(2)
    assert not house.hub.state.devices
