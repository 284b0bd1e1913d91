"""`room`: the caller goes to a room; when they come back, the call goes on with `goto`.

[node.lobby]
say = "You are going to the lobby."
room = "lobby"
goto = "main"
"""

from __future__ import annotations

from callroom_menus.draft import Draft, NodeDraft
from callroom_menus.model import Exit, Node, Verb
from callroom_menus.state import Phase
from callroom_menus.turn import Turn


class Room(Verb, frozen=True):
    """Rests while the caller is in a room."""

    room: str
    target: str

    stands = frozenset({Phase.AWAY})

    def enter(self, turn: Turn, node: Node) -> str | None:
        """Sends the caller there. The node that they came from stays on the way, this one does not."""
        turn.prompt(node)
        turn.rest_at(node.name, Phase.AWAY)
        turn.leave_for(self.room)
        return None

    def returned(self, turn: Turn, node: Node) -> bool:
        """Goes on, as if from the node that the caller came from."""
        turn.log("return")
        turn.move_on(self.target)
        return True

    def exits(self) -> tuple[Exit, ...]:
        """On from there."""
        return (Exit("goto", self.target),)


def read(draft: Draft, node: NodeDraft) -> Verb:
    """Reads `room` and `goto`."""
    return Room(draft.room(node.section), draft.target(node.section, "goto"))
