"""A house with every lesson."""

from house_fixtures import nursery, open_house

__all__ = ["nursery", "open_house"]
