"""Fixtures of real servers, for the conftest of whoever needs them."""

from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from house_support import LiveHouse, Nursery, OpenHouse, Starter


@pytest.fixture(scope="session")
def nursery() -> Generator[Nursery]:
    """What starts servers quickly."""
    born = Nursery()
    yield born
    born.close()


@pytest.fixture
def open_house(nursery: Nursery, tmp_path: Path) -> Generator[OpenHouse]:
    """Opens a house with these limits and options; all are closed in the end."""
    houses: list[LiveHouse] = []

    def make(
        limits: dict[str, float] | None = None,
        options: Sequence[str] = (),
        starter: Starter | None = None,
        folder: Path | None = None,
        listen: str = "tcp://127.0.0.1:0",
        words: str = "",
    ) -> LiveHouse:
        where = folder or tmp_path / f"house{len(houses)}"
        house = LiveHouse(starter or nursery, where, limits, options, listen, words)
        houses.append(house)
        return house.start()

    yield make
    for house in houses:
        house.close()
