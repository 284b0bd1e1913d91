"""Houses for all that is thrown at them: one of one's own, or one for a whole module."""

from collections.abc import Generator

import pytest

from house_fixtures import nursery, open_house
from house_support import LiveHouse, Nursery

__all__ = ["nursery", "open_house", "shared_house"]

QUICK: dict[str, float] = {
    "half_close_seconds": 0.05,
    "unauthenticated_connections": 10_000,
    "unauthenticated_drop_from": 10_000,
}


@pytest.fixture(scope="module")
def shared_house(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Generator[LiveHouse]:
    """A house for all tests of a module: what one input has broken, the next one finds."""
    house = LiveHouse(nursery, tmp_path_factory.mktemp("fuzz") / "house", QUICK, ["--no-flood"])
    try:
        yield house.start()
        assert not [line.raw for line in house.log() if line.traceback]
    finally:
        house.close()
