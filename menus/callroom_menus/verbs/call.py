"""A node that calls another menu, and goes on when that one has come back.

[node.verify]
call = "identity#main"
with = { phone = "{phone}" }     # all that the other menu knows
returns = ["verified"]           # what it gives back
goto = "account"                 # without it: back to where the caller was

The other menu comes back by `goto = "return"`, or by `do = "back"` at its start. Its `end` ends the call.
"""

from __future__ import annotations

from callroom_menus.actions import Call
from callroom_menus.draft import Draft, NodeDraft
from callroom_menus.model import Exit, Node, Verb
from callroom_menus.turn import Turn


class Calling(Verb, frozen=True):
    """Goes to another menu. The node that the caller came from stays on the way, this one does not."""

    call: Call
    then: str

    def enter(self, turn: Turn, node: Node) -> str | None:
        """Says its text and names the first node there."""
        turn.prompt(node)
        call = self.call
        return turn.call(call.menu, call.node, call.given, call.returns, self.then)

    def exits(self) -> tuple[Exit, ...]:
        """To the other menu, and on from there."""
        return (*self.call.exits(), *([Exit("goto", self.then)] if self.then else []))


def read(draft: Draft, node: NodeDraft) -> Verb:
    """Reads `call`, `with`, `returns` and `goto`."""
    section = node.section
    return Calling(draft.call(section), draft.target(section, "goto") if "goto" in section else "")
