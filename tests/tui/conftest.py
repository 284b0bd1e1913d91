"""Real houses for the screen to call."""

from house_fixtures import nursery, open_house

__all__ = ["nursery", "open_house"]
