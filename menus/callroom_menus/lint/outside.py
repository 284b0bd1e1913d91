"""What a menu relies on outside its own file, as far as it is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Outside(NamedTuple):
    """What there is beside a menu. What is None is not known, and not judged.

    `menus` are the names of the nodes of each menu that can be called; `entries` the nodes of this one that
    others call; `given` the variables that they hand over.
    """

    menus: Mapping[str, frozenset[str]] | None = None
    sources: frozenset[str] | None = None
    queues: frozenset[str] | None = None
    runbooks: frozenset[str] | None = None
    entries: tuple[str, ...] = ()
    given: tuple[str, ...] = ()


ALONE = Outside()
