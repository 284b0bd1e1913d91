"""A wait for something outside that is at work for the call: what is typed meanwhile is kept."""

from __future__ import annotations

from callroom_forms.cleaning import MAX_VALUE
from callroom_menus.events import Say, Wait
from callroom_menus.model import Node, Verb
from callroom_menus.routes import Edge
from callroom_menus.state import Phase
from callroom_menus.turn import Turn
from callroom_menus.values import row_values

MAX_QUEUED = 8  # entries kept meanwhile


class Errand(Verb, frozen=True):
    """Waits at most `timeout` seconds; `save` is the family of variables for what comes of it."""

    save: str
    timeout: float
    error: Edge

    stands = frozenset({Phase.LOOKING})

    def begin(self, turn: Turn, node: Node) -> None:
        """Gives out a ticket and begins to wait; the verb asks for the errand itself, then calls `wait`."""
        turn.prompt(node)
        turn.rest_at(node.name, Phase.LOOKING)
        turn.ticket += 1
        turn.due = turn.now + self.timeout

    def entered(self, turn: Turn, node: Node, text: str) -> bool:
        """Keeps what is typed for afterwards. It may be meant for a masked slot: it is not recorded here."""
        if len(turn.queued) < MAX_QUEUED:
            turn.log("queued")
            turn.queued = (*turn.queued, text[:MAX_VALUE])
        else:
            turn.log("dropped")
            self._ask_for_patience(turn)
        self.wait(turn)
        return True

    def silent(self, turn: Turn, node: Node) -> bool:
        """It has taken too long."""
        turn.log("error", "timeout")
        self.go_on(turn, self.error)
        return True

    def returned(self, turn: Turn, node: Node) -> bool:
        """Says that it is still under way."""
        turn.log("return")
        self._ask_for_patience(turn)
        self.wait(turn)
        return True

    def forget(self, turn: Turn) -> None:
        """What an earlier errand has brought is void."""
        prefix = f"{self.save}."
        turn.variables = {
            name: value for name, value in turn.variables.items() if not name.startswith(prefix)
        }

    def keep(self, turn: Turn, row: dict[str, str]) -> None:
        """What it has brought."""
        turn.remember(row_values(self.save, row))

    def go_on(self, turn: Turn, edge: Edge) -> None:
        """Leaves by this edge."""
        turn.say(edge.say)
        turn.move_on(edge.target)

    def wait(self, turn: Turn) -> None:
        """Waits for what is left of the time."""
        left = min(max(turn.due - turn.now, 0.0), self.timeout)
        turn.effects.append(Wait(left, turn.node, ()))

    def _ask_for_patience(self, turn: Turn) -> None:
        turn.effects.append(Say(turn.texts.busy, (), turn.node))
