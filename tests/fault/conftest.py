"""Houses for the tests that break them: real processes, gone when the test is over."""

from house_fixtures import nursery, open_house

__all__ = ["nursery", "open_house"]
