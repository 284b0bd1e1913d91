"""`rate`: asks for a rating and gives it to the people of the house.

[node.rate]
rate = { save = "csat", of = "agent", options = { 1 = "very good", 2 = "good", 3 = "bad" } }
goto = "bye"

The key pressed is kept in the variable `csat` and its label in `csat.label`; both are saved as a "rating",
with the value of the variable that `of` names (who or what is rated). Without `say`, the robot finds words.
"""

from __future__ import annotations

from callroom_forms.form import Form
from callroom_menus.asides import Asides
from callroom_menus.draft import Draft, NodeDraft
from callroom_menus.events import Save
from callroom_menus.model import Exit, Line, Node, Verb
from callroom_menus.patience import Patience
from callroom_menus.routes import Way
from callroom_menus.slot import Slot
from callroom_menus.state import Phase
from callroom_menus.turn import Turn


class Rate(Verb, frozen=True):
    """Waits for one of a few answers."""

    slot: Slot
    of: str
    patience: Patience
    asides: Asides
    way: Way

    stands = frozenset({Phase.WAITING, Phase.AWAY})

    def enter(self, turn: Turn, node: Node) -> str | None:
        """Asks."""
        turn.wait_at(node.name)
        turn.prompt(node)
        self.patience.rest(turn, self.slot.told(turn, self.asides))
        return None

    def ask(self, turn: Turn, node: Node, line: Line) -> None:
        """Says a line and waits again."""
        turn.say(line)
        self.patience.rest(turn, self.slot.told(turn, self.asides))

    def entered(self, turn: Turn, node: Node, text: str) -> bool:
        """Takes an answer, or what can be entered anywhere."""
        key = self.slot.read(text)
        if key is not None:
            self._rated(turn, key, text)
        elif not self.asides.taken(turn, text):
            self.patience.missed(turn, node, text)
        return True

    def silent(self, turn: Turn, node: Node) -> bool:
        """Takes a silence, where one can be."""
        return self.patience.silent(turn, node)

    def returned(self, turn: Turn, node: Node) -> bool:
        """Says again where the call stands."""
        turn.log("return")
        turn.stay()
        turn.prompt(node)
        self.patience.rest(turn, self.slot.told(turn, self.asides))
        return True

    def exits(self) -> tuple[Exit, ...]:
        """On, or to where it gives up, or by a global key."""
        return (*self.way.exits(), *self.patience.exits(), *self.asides.exits())

    def _rated(self, turn: Turn, key: str, text: str) -> None:
        turn.log("entered", text)
        turn.stay()
        name = self.slot.name
        values = {name: key, f"{name}.label": self.slot.form.options[key]}
        turn.remember(values)
        turn.effects.append(Save("rating", {**values, **({self.of: turn.value(self.of)} if self.of else {})}))
        turn.go(self.way.next(turn))


def read(draft: Draft, node: NodeDraft) -> Verb:
    """Reads `rate` and what belongs to it."""
    table = node.section.table("rate")
    waiting = draft.waiting(node.section)
    if not node.options:
        table.add(None, "missing-field", field="options", example='options = { 1 = "..." }')
    name = draft.slot(table, "save", "label")
    options = {option.key: option.label for option in draft.options(table)}
    slot = Slot(name, Form(kind="choice", options=options))
    patience = draft.patience(node, waiting)
    rate = Rate(
        slot=slot if waiting.no_match is None else slot.advising(patience.no_match[0]),
        of=draft.word(table, "of") if "of" in table else "",
        patience=patience,
        asides=draft.asides(node, waiting),
        way=draft.way(node.section),
    )
    table.close()
    return rate
