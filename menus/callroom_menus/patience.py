"""How a node waits: how long, what it says when nothing fits or nothing comes, and when it gives up."""

from __future__ import annotations

import msgspec

from callroom_forms.form import Form
from callroom_menus.events import Say, Wait
from callroom_menus.expressions import Condition
from callroom_menus.model import NEVER, Exit, Line, Node
from callroom_menus.turn import Turn

DEFAULT_TIMEOUT = 20.0  # seconds
DEFAULT_ATTEMPTS = 3

__all__ = ["DEFAULT_ATTEMPTS", "DEFAULT_TIMEOUT", "NEVER", "Patience"]


class Patience(msgspec.Struct, frozen=True, gc=False):
    """One budget of attempts for entries that do not fit and for silences; a match resets it."""

    wait: Wait
    no_match: tuple[Line, ...]  # the first time, the second ...; the last repeats
    no_input: tuple[Line, ...]
    attempts: int
    give_up: str | None  # None: never
    when: dict[str, Condition] = {}  # of the choices to wait for, those that are not always there

    def exits(self) -> tuple[Exit, ...]:
        """Where it gives up to."""
        return () if self.give_up is None else (Exit("give_up", self.give_up),)

    def rest(self, turn: Turn, form: Form | None = None) -> None:
        """Waits, perhaps for an entry that fits a form."""
        wait = self.wait
        if self.when:
            open_now = tuple(
                option
                for option in wait.choices
                if option.key not in self.when or self.when[option.key].true(turn)
            )
            wait = Wait(wait.seconds, wait.node, open_now, wait.secret)
        if form is not None:
            wait = Wait(wait.seconds, wait.node, wait.choices, wait.secret, form)
        turn.effects.append(wait)

    def doubted(self, turn: Turn, text: str, question: Say, pending: str) -> None:
        """An entry may have meant something: asks whether it did. That is an attempt, too."""
        turn.log("suggested", text)
        if not self._gives_up(turn):
            turn.misses += 1
            turn.pending = pending
            turn.effects.append(question)
            self.rest(turn)

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
