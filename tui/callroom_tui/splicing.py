"""Several splices of one transcript as one: what is the same before and behind, and what lies between."""

from collections.abc import Iterable
from typing import NamedTuple

from callroom_client.model.changes import Splice


class Between(NamedTuple):
    """From `first` on, `removed` of the old entries became `added` of the new ones."""

    first: int
    removed: int
    added: int


def merged(splices: Iterable[Splice], before: int) -> Between:
    """What the splices of one place come to, for a view that shows `before` entries of it.

    A transcript lays out once what a frame has brought, not once for each message in it.
    """
    length = before
    head = tail = -1
    for splice in splices:
        head = splice.index if head < 0 else min(head, splice.index)
        behind = length - splice.index - splice.removed
        tail = behind if tail < 0 else min(tail, behind)
        length += len(splice.added) - splice.removed
    if head < 0:
        return Between(before, 0, 0)
    return Between(head, before - head - tail, length - head - tail)
