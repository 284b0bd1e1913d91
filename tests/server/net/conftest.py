"""Every test here gives back all descriptors that it takes."""

import gc
from collections.abc import Iterator

import pytest

from net_support import House, descriptors


@pytest.fixture(autouse=True)
def _no_leak() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    gc.collect()
    before = descriptors()
    yield
    assert descriptors() == before


@pytest.fixture
def house(_no_leak: None) -> Iterator[House]:
    house = House()
    yield house
    house.close()
