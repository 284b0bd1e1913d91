"""Where a node leads: an edge with its words, and a way that may depend on conditions."""

from __future__ import annotations

import msgspec

from callroom_menus.expressions import Condition
from callroom_menus.model import Exit, Line
from callroom_menus.turn import Turn


class Edge(msgspec.Struct, frozen=True, gc=False):
    """`found = { say = "...", goto = "main" }`, or just `found = "main"`."""

    say: Line
    target: str


class Branch(msgspec.Struct, frozen=True, gc=False):
    """`{ if = "...", goto = "gold" }`."""

    condition: Condition
    target: str


class Way(msgspec.Struct, frozen=True, gc=False):
    """`when` and `goto`: the first branch that is true, else the target."""

    branches: tuple[Branch, ...]
    target: str

    def next(self, turn: Turn) -> str:
        """The node to go on with now."""
        for branch in self.branches:
            if branch.condition.true(turn):
                return branch.target
        return self.target

    def exits(self) -> tuple[Exit, ...]:
        """All of its targets."""
        return (*(Exit("when", branch.target) for branch in self.branches), Exit("goto", self.target))
