"""A node without a verb of its own: says something, and goes on.

[node.recording]
say = "This call may be recorded."
goto = "main"
"""

from __future__ import annotations

from callroom_menus.draft import Draft, NodeDraft
from callroom_menus.model import Exit, Node, Verb
from callroom_menus.routes import Way
from callroom_menus.turn import Turn


class Onward(Verb, frozen=True):
    """Goes on to another node at once."""

    way: Way

    def enter(self, turn: Turn, node: Node) -> str | None:
        """Says its text and names the next node."""
        turn.prompt(node)
        return self.way.next(turn)

    def exits(self) -> tuple[Exit, ...]:
        """To each node that may be next."""
        return self.way.exits()


def read(draft: Draft, node: NodeDraft) -> Verb:
    """Reads `goto`, and `when` before it."""
    return Onward(draft.way(node.section))
