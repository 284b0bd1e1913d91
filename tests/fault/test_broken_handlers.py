"""Our own mistakes: what raises ends one session, with a traceback in the log, and nobody else notices."""

import socket
from contextlib import ExitStack
from pathlib import Path
from typing import get_args

import pytest

from callroom_server.core.sessions import LEGAL, State
from callroom_wire import messages as m
from framed_support import Framed, person
from house_faults import POISON, POISON_WORD
from house_support import PATIENCE, LiveHouse, Nursery, OpenHouse, Special, wait_until

KINDS: tuple[type[m.ClientMessage], ...] = get_args(m.ClientMessage)
QUIET: dict[str, float] = {"ping_after_seconds": 600, "drop_after_seconds": 600}


@pytest.fixture
def house(open_house: OpenHouse, nursery: Nursery, request: pytest.FixtureRequest) -> LiveHouse:
    fault, *options = request.param
    return open_house(QUIET, options, Special(nursery, fault))


def last_told(client: Framed) -> m.ServerMessage | None:
    told = client.until_closed()
    return told[-1] if told else None


@pytest.mark.parametrize("house", [("raising_handlers", "--no-flood")], indirect=True)
def test_a_handler_that_raises_ends_its_own_session_alone(house: LiveHouse) -> None:
    with ExitStack() as stack:
        witness = stack.enter_context(person(house.port, "witness", "lobby"))
        for number, kind in enumerate(KINDS, 1):
            victim = stack.enter_context(Framed(house.port))
            token = ""
            if kind is not m.Hello:
                victim.hello()
            if kind in LEGAL[State.READY] and kind not in LEGAL[State.GREETING]:
                victim.send(m.Login(name=f"victim{number}"))
                token = victim.expect(m.LoggedIn).token
            victim.send(kind(ref=POISON))
            told = last_told(victim)
            assert not isinstance(told, m.Error | m.Bye), "nothing is told of our mistakes"
            witness.say(number, "lobby", kind.__name__)
            if token:
                back = stack.enter_context(Framed(house.port))
                assert back.resume(token, {}).resumed
        witness.hear(len(KINDS))
    broken = [line for line in house.log() if line.traceback]
    assert len(broken) == len(KINDS)
    for line, kind in zip(broken, KINDS, strict=True):
        assert line.level == "error"
        assert "ZeroDivisionError" in line.traceback
        assert "house_faults.py" in line.traceback, kind


@pytest.mark.parametrize("house", [("raising_handlers",)], indirect=True)
def test_one_that_raises_while_its_session_is_slowed_ends_it_all_the_same(house: LiveHouse) -> None:
    with person(house.port, "witness", "lobby") as witness, person(house.port, "hasty", "lobby") as hasty:
        hasty.send(*(m.Rooms() for _ in range(12)), m.Rooms(ref=POISON), m.Rooms())
        assert not isinstance(last_told(hasty), m.Error | m.Bye)
        assert len(house.logged("session.broke")) == 1
        witness.say(1, "lobby", "what was that?")


@pytest.mark.parametrize("house", [("raising_answers", "--no-flood")], indirect=True)
def test_one_that_raises_when_its_record_is_durable_ends_its_session_alone(house: LiveHouse) -> None:
    with person(house.port, "witness", "lobby") as witness, person(house.port, "victim", "lobby") as victim:
        victim.send(m.Nick(name="new-name", ref=POISON))
        witness.send(*(m.Say(id=number, room="lobby", text="meanwhile") for number in range(1, 50)))
        assert not isinstance(last_told(victim), m.Error | m.Bye)
        witness.hear(49)
        witness.send(m.Who(room="lobby"))
        # The record counts: the log says that this is the name.
        assert {info.name for info in witness.expect(m.WhoListed).people} == {"witness", "new-name"}
    assert len(house.logged("session.broke")) == 1


@pytest.mark.parametrize("house", [("raising_pages", "--no-flood")], indirect=True)
def test_one_that_raises_when_a_worker_answers_ends_its_session_alone(house: LiveHouse) -> None:
    with person(house.port, "witness", "lobby") as witness, person(house.port, "victim", "lobby") as victim:
        victim.send(m.History(place="lobby", ref=POISON))
        assert not isinstance(last_told(victim), m.Error | m.Bye)
        assert "ZeroDivisionError: (its message is shown" in house.logged("session.broke")[0].traceback
        witness.send(m.History(place="lobby", ref=1))
        witness.expect(m.Page)


IMPATIENT = """
schema = 1
id = "impatient"
title = "asks at once"
lang = "en"
start = "main"

[defaults]
timeout = 1
give_up = "never"

[node.main]
say = "Well?"
keys.0 = { label = "nothing", goto = "main" }
"""


def test_one_that_raises_when_time_is_up_ends_its_session_alone(
    open_house: OpenHouse, nursery: Nursery, tmp_path: Path
) -> None:
    menus = tmp_path / "menus"
    menus.mkdir()
    (menus / "impatient.toml").write_text(IMPATIENT)
    house = open_house(QUIET, ["--menus", str(menus)], Special(nursery, "raising_time_outs"))
    with person(house.port, "witness", "lobby") as witness, person(house.port, "victim") as victim:
        victim.send(m.Dial(menu="impatient"))
        assert victim.expect(m.Prompted).wait == 1
        assert not isinstance(last_told(victim), m.Error | m.Bye)
        assert "ZeroDivisionError" in house.logged("session.broke")[0].traceback
        witness.say(1, "lobby", "all is well")


@pytest.mark.parametrize("house", [("raising_format", "--no-flood")], indirect=True)
def test_a_line_that_one_door_cannot_write_reaches_all_the_others(house: LiveHouse) -> None:
    with ExitStack() as stack:
        framed = [stack.enter_context(person(house.port, "first", "lobby"))]
        text = stack.enter_context(socket.create_connection(("127.0.0.1", house.port), PATIENCE))
        text.sendall(b"/join lobby\r\n")
        framed[0].expect(m.Present, lambda present: any(name != "first" for name in present.came))
        framed.append(stack.enter_context(person(house.port, "last", "lobby", "elsewhere")))
        framed[0].say(1, "lobby", "harmless")
        framed[0].say(2, "lobby", f"a {POISON_WORD} b")
        framed[1].say(1, "elsewhere", "as ever")
        framed[0].say(3, "lobby", "harmless again")
        for client in framed:
            client.hear(3)
        house.logged("session.broke")
        ended = b""
        while part := text.recv(65536):
            ended += part
        assert b"harmless\r\n" in ended
    assert all("ZeroDivisionError" in line.traceback for line in house.events("session.broke"))
    assert not house.events("callback.failed")


def test_more_people_than_fit_a_frame_are_lost_in_one_pass(open_house: OpenHouse) -> None:
    # 1,000 names of 20 letters in 3 bytes each and 4 digits, with quotes and commas: more than 64 KiB.
    limits = {"unauthenticated_connections": 5000, "unauthenticated_drop_from": 5000, **QUIET}
    house = open_house(limits, listen="frames://127.0.0.1:0")  # on a busy machine a first word may take long
    count = 1000
    with ExitStack() as stack:
        witness = stack.enter_context(person(house.port, "witness", "lobby", "elsewhere"))
        crowd: list[Framed] = []
        for number in range(count):
            crowd.append(stack.enter_context(Framed(house.port)))
            crowd[-1].send(m.Hello(), m.Login(name="გ" * 20 + f"{number:04}"), m.Join(room="lobby"))
        for client in crowd:
            client.expect(m.Joined)
        house.freeze()
        for client in crowd:
            client.reset()
        house.thaw()
        house.logged("session.closed", count=count)
        witness.say(1, "elsewhere", "is anybody there?")
        witness.hear(1)

        def told() -> set[str]:
            return {name for one in witness.got if isinstance(one, m.Present) for name in one.lost}

        wait_until(lambda: len(told()) == count or witness.receive(PATIENCE))
    assert not [line.raw for line in house.log() if line.traceback]
