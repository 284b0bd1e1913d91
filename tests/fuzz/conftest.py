"""One house for all that is thrown at it: what one input breaks, the next one finds broken."""

from collections.abc import Generator

import pytest

from house_support import LiveHouse, Nursery

QUICK: dict[str, float] = {
    "half_close_seconds": 0.05,
    "unauthenticated_connections": 10_000,
    "unauthenticated_drop_from": 10_000,
}


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Generator[LiveHouse]:
    nursery = Nursery()
    house = LiveHouse(nursery, tmp_path_factory.mktemp("fuzz") / "house", QUICK, ["--no-flood"])
    try:
        yield house.start()
        assert not [line.raw for line in house.log() if line.traceback]
    finally:
        house.close()
        nursery.close()
