"""The datagram door: no stranger gets more than was sent, nobody echoes, and each entry has one answer."""

import socket
from collections.abc import Generator

import pytest

from callroom_server.app.gate import address_group
from callroom_server.config.limits import Limits
from callroom_server.net.datagram import DatagramTransport
from callroom_server.net.reactor import Reactor
from callroom_server.protocols.udp import SWEEP_SECONDS, UdpDoor
from callroom_wire import messages as m
from callroom_wire.datagrams import GREETING, Given, give, read_reply
from callroom_wire.messages import ServerMessage
from net_support import PATIENCE
from udp_support import HERE, Bench, Robot, Wide


@pytest.fixture
def bench() -> Generator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


def test_a_call(bench: Bench) -> None:
    cookie = bench.call()
    assert bench.send(f"{cookie} 1\n") == [b"pressed 1\n"]
    assert bench.send(f"{cookie.lower()} [7] 2\n") == [b"[7] pressed 2\n"]
    assert bench.send(f"{cookie}\n") == [b"welcome\n"]
    assert bench.house.kind == "udp"


@pytest.mark.parametrize("size", range(5, 40))
def test_no_answer_to_a_greeting_is_longer(bench: Bench, size: int) -> None:
    data = GREETING.encode().ljust(size, b".")[:size]
    replies = bench.send(data)
    assert len(b"".join(replies)) <= size


def test_two_houses_forged_at_one_another_fall_silent() -> None:
    """Whatever one sends the other is given as if it came from there; nothing bounces more than once."""
    one, other = Bench(), Bench()
    at_one, at_other = ("192.0.2.1", 5000), ("192.0.2.2", 5000)
    for first in (
        GREETING.encode(),
        b"hello",
        give("KTDG-MVJZ-Q2XB"),
        b"long?\n",
        b"! error\n",
        b"welcome\n",
    ):
        data, bounced = first, 0
        for _ in range(10):
            replies = one.send(data, at_other)
            if not replies:
                break
            back = other.send(replies[0], at_one)
            if not back:
                break
            data, bounced = back[0], bounced + 1
        assert bounced == 0, first
    one.close()
    other.close()


@pytest.mark.parametrize("port", [0, 7, 19, 53, 123, 1023])
def test_low_ports_are_services_and_get_nothing(bench: Bench, port: int) -> None:
    assert bench.send(GREETING, ("192.0.2.7", port)) == []
    assert bench.send(GREETING, ("2001:db8::1", port, 0, 0)) == []
    assert bench.door.ignored == {"low_port": 2}


def test_ten_replies_a_second_and_address_whatever_the_port(bench: Bench) -> None:
    replies = [bench.send(GREETING, ("192.0.2.7", 5000 + count)) for count in range(30)]
    assert sum(map(len, replies)) == 10
    assert bench.send(GREETING, ("192.0.2.8", 5000)), "another address has its own ten"
    bench.clock.now += 0.1
    assert bench.send(GREETING)
    assert not bench.send(GREETING)
    assert [bool(bench.send(GREETING, (f"2001:db8::{n:x}", 5000, 0, 0))) for n in range(1, 12)].count(
        True
    ) == 10


def test_replies_and_calls_have_the_limits_of_the_settings() -> None:
    bench = Bench(Limits(datagram_replies_per_second=3, datagram_call_seconds=7))
    assert [len(bench.send(GREETING)) for _ in range(5)] == [1, 1, 1, 0, 0]
    bench.pass_time(1)
    cookie = bench.call()
    bench.pass_time(7 - 1)
    assert bench.send(f"{cookie} 1") == [b"pressed 1\n"]
    bench.pass_time(7 + SWEEP_SECONDS)
    assert bench.house.lost_because == ["silent"]
    assert bench.door.calls == 0
    bench.close()


def test_calls_beyond_the_limit_do_not_begin() -> None:
    bench = Bench(Limits(datagram_calls=1))
    bench.call()
    other = bench.cookie(("192.0.2.8", 5000))
    assert bench.send(other, ("192.0.2.8", 5000)) == []
    assert bench.door.ignored == {"full": 1}
    assert bench.door.calls == 1
    bench.close()


def test_the_allowances_of_many_addresses_are_bounded() -> None:
    bench = Bench(Limits(datagram_sources=16))
    for count in range(100):
        assert bench.send(GREETING, (f"192.0.2.{count}", 5000))
    assert bench.send(GREETING, ("198.51.100.1", 5000)), "in a flood of others an honest caller is served"
    bench.close()


def test_a_cookie_lasts_as_long_as_the_call(bench: Bench) -> None:
    cookie = bench.call()
    for _ in range(6):
        bench.pass_time(60)
        assert bench.send(f"{cookie} 1") == [b"pressed 1\n"]
    bench.pass_time(120 + SWEEP_SECONDS)
    assert bench.door.calls == 0
    assert bench.house.lost_because == ["silent"]
    assert bench.send(f"{cookie} 1") == [], "and no longer"
    assert bench.door.ignored == {"bad_cookie": 1}


def test_anothers_cookie_is_none(bench: Bench) -> None:
    cookie = bench.call()
    assert bench.send(f"{cookie} 1", ("192.0.2.7", 5001)) == []
    assert bench.send(f"{cookie} 1", ("192.0.2.8", 5000)) == []
    assert bench.door.calls == 1


def test_an_entry_without_a_call_is_not_pressed(bench: Bench) -> None:
    """It was meant for a call that is over: at the main menu it would mean something else."""
    cookie = bench.cookie()
    assert bench.send(f"{cookie} [1] 3") == [b"[1] welcome\n"]
    assert not any(isinstance(asked, m.Press) for asked in bench.house.asked)


def test_a_number_is_acted_on_once_and_answered_again(bench: Bench) -> None:
    cookie = bench.call()
    for _ in range(3):
        assert bench.send(f"{cookie} [2] 1") == [b"[2] pressed 1\n"]
    assert bench.send(f"{cookie} [1] 9") == [], "an older one came late"
    assert [asked.text for asked in bench.house.asked if isinstance(asked, m.Press)] == ["1"]
    assert bench.door.ignored == {"late": 1}


def test_while_the_robot_looks_something_up_there_is_one_answer(bench: Bench) -> None:
    cookie = bench.call()
    bench.house.says = [m.Prompted(node="look", text="", ref=2)]
    assert bench.send(f"{cookie} [1] 1") == []
    assert bench.send(f"{cookie} [1] 1") == [], "it is on its way"
    assert bench.send(f"{cookie} [2] 2") == [], "one at a time"
    del bench.transport.out[:]
    bench.house.doors[1].send(m.Prompted(node="found", text="88.60"))
    assert bench.transport.out == [(b"[1] 88.60\n", HERE)]


def test_what_is_said_unasked_comes_with_the_next_answer(bench: Bench) -> None:
    cookie = bench.call()
    del bench.transport.out[:]
    bench.house.doors[1].send(m.Prompted(node="start", text="are you there?"))
    assert bench.transport.out == [], "one in, one out"
    assert bench.send(f"{cookie} 1") == [b"are you there?\npressed 1\n"]


def test_a_long_answer_is_cut_to_one_datagram(bench: Bench) -> None:
    cookie = bench.call()
    bench.house.says = [m.Prompted(node="start", text="话" * 1000)]
    [reply] = bench.send(f"{cookie} 1")
    assert len(reply) <= 1200
    assert reply.decode().endswith("话…\n")


def test_the_commands_there_are(bench: Bench) -> None:
    cookie = bench.call()
    bench.house.says = [m.Noted(code="lang", text="好的，中文。")]
    assert bench.send(f"{cookie} /lang zh") == ["好的，中文。\n".encode()]
    [reply] = bench.send(f"{cookie} /join lobby")
    assert "telnet" in reply.decode()
    [reply] = bench.send(b"%b \xff" % cookie.encode())
    assert reply.decode() == "这不是 UTF-8。\n"


def test_who_is_slowed_is_not_heard(bench: Bench) -> None:
    cookie = bench.call()
    door = bench.house.doors[1]
    door.transport.pause_reading()
    assert bench.send(f"{cookie} 1") == []
    door.transport.resume_reading()
    assert bench.send(f"{cookie} 1") == [b"pressed 1\n"]


def test_a_full_house_begins_no_call(bench: Bench) -> None:
    cookie = bench.cookie()
    bench.gate.most = 0
    assert bench.send(cookie) == []
    assert bench.door.ignored == {"full": 1}


def test_the_end_is_told_to_who_waits_and_to_nobody_else(bench: Bench) -> None:
    cookie = bench.call()
    bench.house.says = []
    assert bench.send(f"{cookie} 1") == []
    bench.house.doors[1].close("shutting_down", "The house is closing.")
    assert bench.transport.out == [(b"The house is closing.\n", HERE)]
    bench.pass_time(0)
    assert bench.house.lost_because == ["shutting_down"]


def test_our_own_fault_ends_one_call(bench: Bench) -> None:
    cookie = bench.call()
    other = bench.call(("192.0.2.8", 5000))

    def fail(message: object) -> list[ServerMessage]:
        raise ValueError("a bug")

    bench.house.answers, kept = fail, bench.house.answers
    with pytest.raises(ValueError, match="a bug"):
        bench.send(f"{cookie} 1")
    bench.house.answers = kept
    bench.pass_time(0)
    assert bench.house.lost_because == ["internal_error"]
    assert bench.send(f"{other} 1", ("192.0.2.8", 5000)) == [b"pressed 1\n"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_over_a_real_socket(host: str) -> None:
    reactor = Reactor()
    house = Robot(reactor)
    limits = Limits()
    door = UdpDoor(house, Wide(), address_group, "en", limits)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ours = socket.socket(family, socket.SOCK_DGRAM)
    ours.bind((host, 0))
    errors: list[Exception] = []
    transport = DatagramTransport(reactor, ours, door, lambda _, error: errors.append(error), limits)
    door.open(transport)
    with socket.socket(family, socket.SOCK_DGRAM) as caller:
        caller.settimeout(PATIENCE)
        caller.connect(ours.getsockname())
        caller.send(GREETING.encode())
        while not transport.sent:
            reactor.run_pass(0.05)
        given = read_reply(caller.recv(100))
        assert isinstance(given, Given)
        caller.send(given.cookie.encode())
        while transport.sent < 2:
            reactor.run_pass(0.05)
        assert caller.recv(100) == b"welcome\n"
        caller.send(b"x" * 1201)
        while not door.ignored:
            reactor.run_pass(0.05)
        assert door.ignored == {"too_long": 1}
    transport.close()
    reactor.run_pass(0)
    assert house.lost_because == ["closed"]
    reactor.close()
    assert not errors
