"""Every lesson in one house, on IPv4."""

from pathlib import Path

import pytest

from house_fixtures import nursery, open_house
from house_support import OpenHouse
from lab_support import LabHouse, open_lab

__all__ = ["nursery", "open_house"]


@pytest.fixture
def lab(open_house: OpenHouse, tmp_path: Path) -> LabHouse:
    return open_lab(open_house, tmp_path)


@pytest.fixture
def slow_lab(open_house: OpenHouse, tmp_path: Path) -> LabHouse:
    """The same, with little patience for those who take nothing or say nothing."""
    limits: dict[str, float] = {"send_stall_seconds": 1, "lab_idle_seconds": 2, "lab_proof_seconds": 1}
    return open_lab(open_house, tmp_path, limits=limits)
