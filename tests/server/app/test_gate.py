"""The gate: how many are let in, from where, and who is turned away by chance."""

from collections.abc import Callable, Generator

import pytest

from callroom_server.app.gate import Gate
from callroom_server.config.limits import Limits
from callroom_server.core.whence import address_group
from callroom_server.net.transport import Transport
from net_support import House

LIMITS = Limits(unauthenticated_connections=8, unauthenticated_drop_from=4, connections_per_address=3)
NEVER, ALWAYS = 1.0, 0.0  # what chance says: a number below the probability drops
HERE = "127.0.0.1:5"

Arrive = Callable[[], Transport]


@pytest.fixture
def arrive() -> Generator[Arrive]:
    """Makes connections."""
    house = House()
    transports: list[Transport] = []

    def make() -> Transport:
        transports.append(house.transport(house.pair()[0])[0])
        return transports[-1]

    yield make
    for transport in transports:
        transport.abort()
    house.settle()
    house.close()


@pytest.mark.parametrize(
    ("peer", "group"),
    [
        ("127.0.0.1:5", ""),
        ("127.9.8.7:5", ""),
        ("[::1]:5", ""),
        ("[::ffff:127.0.0.1]:5", ""),
        ("", ""),
        ("unix", ""),
        ("unix:/run/callroom.sock", ""),
        ("192.0.2.7:5", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:5", "192.0.2.7"),
        ("[2001:db8:1:2::1]:5", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:ffff::9]:5", "2001:db8:1:2::/64"),
        ("[fe80::1%eth0]:5", "fe80::/64"),
    ],
)
def test_what_counts_as_one_address(peer: str, group: str) -> None:
    assert address_group(peer) == group


@pytest.mark.parametrize("peer", ["192.0.2.7:4711", "[2001:db8::1]:4711", "[::ffff:192.0.2.7]:4711"])
def test_an_address_counts_whatever_port_it_comes_from(arrive: Arrive, peer: str) -> None:
    gate = Gate(LIMITS, 100, lambda: NEVER)
    for port in range(3):
        assert gate.admit(arrive(), peer[:-1] + str(port)) is None
    assert gate.admit(arrive(), peer) == ("too_many_from_address", 3)
    assert gate.admit(arrive(), "198.51.100.1:4711") is None


def test_a_place_is_free_again_when_someone_leaves(arrive: Arrive) -> None:
    gate = Gate(LIMITS, 100, lambda: NEVER)
    inside = [arrive() for _ in range(3)]
    for transport in inside:
        assert gate.admit(transport, "192.0.2.7:1") is None
    gate.left(inside.pop())
    assert gate.inside == 2
    assert gate.admit(arrive(), "192.0.2.7:2") is None


def test_loopback_is_not_counted_as_an_address(arrive: Arrive) -> None:
    gate = Gate(LIMITS, 100, lambda: NEVER)
    assert [gate.admit(arrive(), f"127.0.0.2:{port}") for port in range(8)] == [None] * 8


def test_the_house_is_full_for_everyone(arrive: Arrive) -> None:
    gate = Gate(LIMITS, 2, lambda: NEVER)
    for _ in range(2):
        transport = arrive()
        assert gate.admit(transport, HERE) is None
        gate.proved(transport)
    assert gate.admit(arrive(), HERE) == ("house_full", 2)
    assert gate.inside == 2


def test_newcomers_have_a_hard_limit(arrive: Arrive) -> None:
    gate = Gate(LIMITS, 100, lambda: NEVER)
    newcomers = [arrive() for _ in range(8)]
    assert [gate.admit(transport, HERE) for transport in newcomers] == [None] * 8
    assert gate.newcomers == newcomers
    assert gate.admit(arrive(), HERE) == ("too_many_newcomers", 8)
    gate.proved(newcomers[0])
    assert gate.admit(arrive(), HERE) is None
    gate.proved(newcomers[0])  # harmless
    assert len(gate.newcomers) == 8


def test_from_a_number_on_newcomers_are_dropped_by_chance(arrive: Arrive) -> None:
    gate = Gate(LIMITS, 100, lambda: ALWAYS)
    assert [gate.admit(arrive(), HERE) for _ in range(4)] == [None] * 4
    assert gate.admit(arrive(), HERE) == ("too_many_newcomers", 8)


def test_the_fuller_it_is_the_more_are_dropped(arrive: Arrive) -> None:
    asked: list[float] = []
    chances = iter([0.19, 0.21, 0.39, 0.41, 0.59, 0.61, 0.79, 0.81])

    def chance() -> float:
        asked.append(next(chances))
        return asked[-1]

    gate = Gate(LIMITS, 100, chance)
    for _ in range(4):
        assert gate.admit(arrive(), HERE) is None
    assert asked == []  # nobody tosses a coin while there is room
    for _ in range(4):  # one in five, then two, three, four in five
        assert gate.admit(arrive(), HERE) == ("too_many_newcomers", 8)
        assert gate.admit(arrive(), HERE) is None
    assert gate.admit(arrive(), HERE) == ("too_many_newcomers", 8)
    assert len(asked) == 8


def test_who_was_turned_away_leaves_no_trace(arrive: Arrive) -> None:
    gate = Gate(LIMITS, 100, lambda: ALWAYS)
    inside = [arrive() for _ in range(3)]
    for transport in inside:
        assert gate.admit(transport, "192.0.2.7:1") is None
    for _ in range(5):
        assert gate.admit(arrive(), "192.0.2.7:1") is not None
    for transport in inside:
        gate.left(transport)
    assert (gate.inside, gate.newcomers) == (0, [])
    assert gate.admit(arrive(), "192.0.2.7:1") is None
