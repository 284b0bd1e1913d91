"""`ask`: asks for a value and keeps it in a slot.

    [node.phone]
    say = "Your number, please, then #."
    ask = { slot = "phone", type = "digits", pattern = '1[3-9]\\d{9}', end_key = "#", mask = true }
    confirm = "You entered {phone}. 1 is right, 2 to enter it again."
    keep = true                 # not asked again once it is known, but for `back`
    save = "message"            # given to the people of the house, under this name ...
    pass = ["topic"]            # ... together with these variables
    goto = "balance"

Types: digits, number, date, text, choice, phone, amount. `min` and `max` bound a number or amount by value,
the rest by length; `len` is an exact length. A value that fits is taken before a global key or an exit word;
only for a `text`, which everything fits, they come first. While a value is confirmed, 1 or yes settles it,
2 or no asks again, and another value that fits is a correction, confirmed in turn.
"""

from __future__ import annotations

from callroom_forms.folding import fold
from callroom_forms.form import Form
from callroom_forms.kinds import BY_VALUE, KINDS
from callroom_forms.patterns import BadPattern, compiled
from callroom_forms.reading import MAX_TEXT
from callroom_menus.asides import Asides
from callroom_menus.draft import Draft, NodeDraft
from callroom_menus.events import Option, Save, Wait
from callroom_menus.model import Exit, Line, Node, Verb
from callroom_menus.patience import Patience
from callroom_menus.routes import Way
from callroom_menus.sections import Section
from callroom_menus.slot import DEFAULT_TEXT, Slot
from callroom_menus.state import Phase
from callroom_menus.texts import NO, YES
from callroom_menus.turn import Turn

MAX_NUMBER = 10**15


class Ask(Verb, frozen=True):
    """Waits for a value."""

    slot: Slot
    patience: Patience
    asides: Asides
    confirm: Line | None
    keep: bool
    save: str
    passed: tuple[str, ...]
    way: Way

    stands = frozenset({Phase.WAITING, Phase.AWAY})

    def enter(self, turn: Turn, node: Node) -> str | None:
        """Asks, unless the value is there and may be kept."""
        if self.keep and not turn.backwards and turn.value(self.slot.name):
            return self.way.next(turn)
        turn.wait_at(node.name)
        turn.prompt(node)
        self._rest(turn)
        return None

    def ask(self, turn: Turn, node: Node, line: Line) -> None:
        """Says a line and waits again, for the value or for its confirmation."""
        turn.say(line)
        if turn.pending:
            self._ask_whether(turn, turn.pending)
        else:
            self._rest(turn)

    def entered(self, turn: Turn, node: Node, text: str) -> bool:
        """Takes an entry."""
        if turn.pending:
            self._settle(turn, node, text)
        else:
            self._take(turn, node, text, "entered")
        return True

    def silent(self, turn: Turn, node: Node) -> bool:
        """Takes a silence, where one can be."""
        return self.patience.silent(turn, node)

    def returned(self, turn: Turn, node: Node) -> bool:
        """Says again where the call stands."""
        turn.log("return")
        turn.stay()
        turn.prompt(node)
        self._rest(turn)
        return True

    def exits(self) -> tuple[Exit, ...]:
        """On, or to where it gives up, or by a global key."""
        return (*self.way.exits(), *self.patience.exits(), *self.asides.exits())

    def _rest(self, turn: Turn) -> None:
        self.patience.rest(turn, self.slot.told(turn, self.asides))

    def _take(self, turn: Turn, node: Node, text: str, what: str) -> None:
        if self.slot.form.kind == "text" and self.asides.taken(turn, text):
            return
        value = self.slot.read(text)
        recorded = "" if self.slot.mask else text
        if value is not None:
            turn.log(what, recorded)
            if self.confirm is None:
                self._fill(turn, value)
            else:
                self._ask_whether(turn, value)
        elif self.slot.form.kind == "text" or not self.asides.taken(turn, text):
            self.patience.missed(turn, node, recorded)

    def _settle(self, turn: Turn, node: Node, text: str) -> None:
        answer = fold(text)
        if answer in YES:
            turn.log("confirmed", text)
            self._fill(turn, turn.pending)
        elif answer in NO:
            turn.log("declined", text)
            turn.pending = ""
            self.ask(turn, node, node.say)
        else:
            self._take(turn, node, text, "corrected")

    def _ask_whether(self, turn: Turn, value: str) -> None:
        """Says the confirmation with the value in its place, though the slot does not hold it yet."""
        if self.confirm is None:
            raise AssertionError("nothing is pending where nothing is confirmed")
        before = turn.variables, turn.masked
        turn.remember(self._values(value))
        if self.slot.mask:
            turn.keep_secret(self.slot.name)
        turn.say(self.confirm)
        turn.variables, turn.masked = before
        turn.pending = value
        wait = self.patience.wait
        choices = (Option("1", turn.texts.yes), Option("2", turn.texts.no))
        form = self.slot.told(turn, self.asides, YES | NO)
        turn.effects.append(Wait(wait.seconds, wait.node, choices, wait.secret, form))

    def _fill(self, turn: Turn, value: str) -> None:
        turn.remember(self._values(value))
        if self.slot.mask:
            turn.keep_secret(self.slot.name)
        turn.stay()
        if self.save:
            names = (self.slot.name, *self.passed)
            turn.effects.append(Save(self.save, {name: turn.value(name) for name in names}))
        turn.go(self.way.next(turn))

    def _values(self, value: str) -> dict[str, str]:
        name = self.slot.name
        label = self.slot.label(value)
        return {name: value} if label is None else {name: value, f"{name}.label": label}


def read(draft: Draft, node: NodeDraft) -> Verb:
    """Reads `ask` and what belongs to it."""
    section = node.section
    slot = _slot(draft, node, section.table("ask"))
    waiting = draft.waiting(section)
    confirm = section.need("confirm", 'confirm = "..."') if "confirm" in section else None
    save = draft.word(section, "save") if "save" in section else ""
    passed = draft.names_in(section, "pass") if save or "pass" in section else ()
    if passed and not save:
        section.add("pass", "no-effect", field="pass", other="no save")
    patience = draft.patience(node, waiting, secret=slot.hidden)
    return Ask(
        slot=slot if waiting.no_match is None else slot.advising(patience.no_match[0]),
        patience=patience,
        asides=draft.asides(node, waiting),
        confirm=None if confirm is None else draft.line((*section.path, "confirm"), confirm, node),
        keep=section.flag("keep"),
        save=save,
        passed=passed,
        way=draft.way(section),
    )


def _slot(draft: Draft, node: NodeDraft, section: Section) -> Slot:
    kind = section.need("type", 'type = "digits"')
    if kind and kind not in KINDS:
        section.add("type", "bad-value", field="type", value=kind, choices=", ".join(KINDS))
    if kind == "choice" and not node.options:
        section.add(None, "missing-field", field="options", example='options = { 1 = "..." }')
    elif kind != "choice" and "options" in section:
        section.add("options", "no-effect", field="options", other=f'type = "{kind}"')
    low, high = _bounds(section, kind)
    name = draft.slot(section, "slot", "label" if kind == "choice" else "")
    form = Form(
        kind=kind if kind in KINDS else "text",
        low=low,
        high=high,
        length=section.whole("len", 1, MAX_TEXT) or 0,
        pattern=_pattern(section),
        end_key=draft.key(section, "end_key"),
        options={option.key: option.label for option in draft.options(section)},
    )
    slot = Slot(name, form, section.flag("mask"))
    section.close()
    return slot


def _bounds(section: Section, kind: str) -> tuple[float | None, float | None]:
    limit = MAX_NUMBER if kind in BY_VALUE else MAX_TEXT
    low, high = section.number("min", -limit, limit), section.number("max", -limit, limit)
    if low is not None and high is not None and low > high:
        section.add("min", "out-of-range", field="min", low=f"{-limit:g}", high=f"{high:g}")
    if kind == "text" and high is None:
        high = DEFAULT_TEXT
    return low, high


def _pattern(section: Section) -> str:
    pattern = section.text("pattern")
    if pattern is None:
        return ""
    try:
        compiled(pattern)
    except BadPattern as error:
        section.add("pattern", "bad-pattern", reason=error.reason)
        return ""
    return pattern
