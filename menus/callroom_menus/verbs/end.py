"""`end`: the last words of a call.

[node.bye]
end = "Thank you for calling."
"""

from __future__ import annotations

from callroom_menus.draft import Draft, NodeDraft
from callroom_menus.model import Line, Node, Verb
from callroom_menus.turn import Turn


class Ending(Verb, frozen=True):
    """Ends the call with these words."""

    text: Line

    def enter(self, turn: Turn, node: Node) -> str | None:
        """Says what is to be said, then ends."""
        turn.prompt(node)
        turn.end(self.text.filled(turn).text)
        return None


def read(draft: Draft, node: NodeDraft) -> Verb:
    """Reads `end`."""
    text = node.section.need("end", 'end = "..."')
    return Ending(draft.line((*node.section.path, "end"), text, node))
