from collections.abc import Iterator
from pathlib import Path

import pytest

from house_support import Nursery
from journey_support import House, open_house


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
def house(nursery: Nursery, tmp_path: Path) -> Iterator[House]:
    """Robot 10086, Chinese, one listener for all and one for telnet."""
    with open_house(nursery, tmp_path, listen=("tcp://127.0.0.1:0", "telnet://127.0.0.1:0")) as house:
        yield house
