"""Houses for the tests that look at them from outside."""

from house_fixtures import nursery, open_house

__all__ = ["nursery", "open_house"]
