"""How a node waits: how long, what it says when nothing fits or nothing comes, and when it gives up."""

from __future__ import annotations

import msgspec

from callroom_menus.events import Wait
from callroom_menus.model import Line, Node
from callroom_menus.turn import Turn

DEFAULT_TIMEOUT = 20.0  # seconds
DEFAULT_ATTEMPTS = 3
NEVER = "never"  # the give_up of a node that never does


class Patience(msgspec.Struct, frozen=True):
    """One budget of attempts for entries that do not fit and for silences; a match resets it."""

    wait: Wait
    no_match: tuple[Line, ...]  # the first time, the second ...; the last repeats
    no_input: tuple[Line, ...]
    attempts: int
    give_up: str | None  # None: never

    def missed(self, turn: Turn, node: Node, text: str) -> None:
        """An entry did not fit."""
        turn.log("no_match", text)
        if not self._gives_up(turn):
            line = self.no_match[min(turn.misses, len(self.no_match) - 1)]
            turn.misses += 1
            node.verb.ask(turn, node, line)

    def silent(self, turn: Turn, node: Node) -> bool:
        """Nothing was entered in time. False where there is no such time."""
        if self.wait.seconds is None:
            return False
        turn.log("no_input")
        if not self._gives_up(turn):
            line = self.no_input[min(turn.silences, len(self.no_input) - 1)]
            turn.silences += 1
            node.verb.ask(turn, node, line)
        return True

    def _gives_up(self, turn: Turn) -> bool:
        if self.give_up is None or turn.misses + turn.silences + 1 < self.attempts:
            return False
        turn.go(self.give_up)
        return True
