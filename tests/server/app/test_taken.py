"""Whether a peer has taken everything, asked of real sockets."""

from collections.abc import Generator

import pytest

from callroom_server.app.taken import all_taken
from net_support import House, take


@pytest.fixture
def house() -> Generator[House]:
    made = House()
    yield made
    made.close()


def test_it_has_once_it_has_read(house: House) -> None:
    ours, theirs = house.pair()
    transport, _ = house.transport(ours)
    assert all_taken(transport)
    transport.write(b"one line")
    assert not all_taken(transport)
    take(theirs, 8)
    assert all_taken(transport)
    transport.abort()


def test_of_a_closed_connection_nobody_can_tell(house: House) -> None:
    """A broken one is still among the doors until the loop has told everyone."""
    ours, _ = house.pair()
    transport, protocol = house.transport(ours)
    transport.abort()
    house.until(lambda: protocol.lost)
    assert transport.fileno() == -1
    assert not all_taken(transport)
