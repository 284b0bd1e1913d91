"""Figures for monitoring: how often and how long, and the text that Prometheus reads.

Nothing here is touched while people talk: whoever counts anyway keeps plain numbers, and when somebody asks
for the figures they are gathered from there.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST

COMMIT_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
"""Bounds for commits: an fsync takes a fraction of a millisecond on a good disk, and seconds on a bad day."""


class Spread:
    """How values are spread: how many were at most each bound. One thread adds; any may look."""

    __slots__ = ("_bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Counts one value."""
        self.counts[bisect_left(self._bounds, value)] += 1
        self.total += value

    def family(self, name: str, about: str) -> HistogramMetricFamily:
        """The same as Prometheus has it: each bucket includes the ones below."""
        reached = 0
        buckets: list[tuple[str, float]] = []
        for bound, count in zip((*self._bounds, float("inf")), self.counts, strict=True):
            reached += count
            buckets.append(("+Inf" if bound == float("inf") else f"{bound:g}", reached))
        family = HistogramMetricFamily(name, about)
        family.add_metric([], buckets, self.total)
        return family


class Collects(Protocol):
    """What a registry asks for figures."""

    def collect(self) -> Iterable[Metric]:
        """All of them, as they are now."""
        ...


class Registry:
    """The figures of one house, in a registry of its own; those of the process (proc(5)) are with them."""

    def __init__(self, gather: Callable[[], Iterator[Metric]]) -> None:
        self._gather = gather
        self._registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self._registry)
        self._registry.register(self)

    def describe(self) -> Iterable[Metric]:
        """Nothing ahead of time: names are checked by tests."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """See `Collects`."""
        return self._gather()

    def exposition(self) -> bytes:
        """The text format."""
        return generate_latest(self._registry)
