"""What is understood at every node that waits, whatever it asks for: global keys, their words, exit words."""

from __future__ import annotations

import msgspec

from callroom_forms.folding import fold
from callroom_menus.model import Choice, Exit, Hit
from callroom_menus.turn import Turn


class Asides(msgspec.Struct, frozen=True, gc=False):
    """Exact entries, folded."""

    table: dict[str, Hit]

    def taken(self, turn: Turn, text: str) -> bool:
        """Does what the entry asks for; False if it is none of these."""
        hit = self.table.get(fold(text))
        if hit is None or not there(turn, hit.choice):
            return False
        turn.log(hit.how, text)
        pick(turn, hit.choice)
        return True

    def words(self, turn: Turn) -> frozenset[str]:
        """All entries that are taken just now."""
        return frozenset(word for word, hit in self.table.items() if there(turn, hit.choice))

    def exits(self) -> tuple[Exit, ...]:
        """Where they lead."""
        choices = {hit.choice.key: hit.choice for hit in self.table.values()}
        return tuple(
            Exit(f"global.{key}", one.target)
            for key, choice in choices.items()
            for one in choice.action.exits()
        )


def there(turn: Turn, choice: Choice) -> bool:
    """Whether a choice can be made now."""
    return choice.when is None or choice.when.true(turn)


def pick(turn: Turn, choice: Choice) -> None:
    """Does what a choice does."""
    if choice.set:
        turn.remember(choice.set)
    turn.stay()
    choice.action.take(turn)
