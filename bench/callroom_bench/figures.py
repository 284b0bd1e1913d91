"""Percentiles and medians of what was measured. Pure."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import TypeVar

import msgspec

Run = TypeVar("Run")


class Spread(msgspec.Struct, frozen=True, gc=False):
    """How long something took, in milliseconds; `count` is how often it was measured."""

    count: int
    p50: float
    p99: float
    p999: float
    worst: float


def spread(seconds: Sequence[float]) -> Spread:
    """The percentiles of these durations, by nearest rank; all zero if there are none."""
    if not seconds:
        return Spread(0, 0.0, 0.0, 0.0, 0.0)
    ordered = sorted(seconds)

    def rank(part: float) -> float:
        return round(ordered[ceil(part * len(ordered)) - 1] * 1e3, 4)

    return Spread(len(ordered), rank(0.5), rank(0.99), rank(0.999), rank(1.0))


def median_run(runs: Sequence[Run], figure: Callable[[Run], float]) -> Run:
    """The run whose figure is the median one; of an even number, the lower of the two in the middle."""
    return sorted(runs, key=figure)[(len(runs) - 1) // 2]
