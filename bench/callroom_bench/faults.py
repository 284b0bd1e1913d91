"""What can go wrong with a benchmark.

BenchError        the benchmark cannot go on; the message is for whoever runs it
├── Overdue       something did not happen before the deadline
├── Lost          the server closed a connection, or refused a request
└── Unfaithful    a delivery was lost, doubled, out of order or not what was said
"""


class BenchError(Exception):
    """The benchmark cannot go on; there is no figure to report."""


class Overdue(BenchError):  # noqa: N818
    """Something did not happen before the deadline."""


class Lost(BenchError):  # noqa: N818
    """The server closed a connection, or refused what was asked."""


class Unfaithful(BenchError):  # noqa: N818
    """A delivery was lost, doubled, out of order, or not what was said."""
