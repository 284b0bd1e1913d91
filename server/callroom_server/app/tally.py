"""What the house counts while it works, in plain numbers: the figures are made of them when somebody asks."""

from collections import Counter


class Tally:
    """Sessions begun, by door, and ended, by reason; records committed; times that a session was slowed."""

    __slots__ = ("begun", "ended", "records", "slowdowns")

    def __init__(self) -> None:
        self.begun: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.records = 0
        self.slowdowns = 0
