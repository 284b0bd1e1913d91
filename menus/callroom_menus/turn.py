"""One turn of a call: the scratch pad on which an input is worked out before the next state is made of it."""

from __future__ import annotations

from operator import attrgetter

from callroom_menus.events import Effect, End, EnterRoom, Log, Say, Wait
from callroom_menus.model import Line, Menu, Menus, Node
from callroom_menus.state import ENDED, Frame, Phase, State
from callroom_menus.texts import TEXTS, Texts
from callroom_menus.values import masked

MAX_STEPS = 100  # nodes entered between two waits
_STEPS = range(MAX_STEPS)
MAX_STACK = 12  # menus that have called each other

Mark = tuple[tuple[object, ...], list[Effect]]


class Turn:
    """The call while it moves. Only verbs, actions and the engine touch it, and nobody keeps it."""

    __slots__ = (
        "backwards",
        "base",
        "below",
        "due",
        "effects",
        "heard",
        "history",
        "lang",
        "masked",
        "menu",
        "menus",
        "misses",
        "node",
        "now",
        "pending",
        "phase",
        "queued",
        "quiet",
        "silences",
        "ticket",
        "variables",
    )

    def __init__(self, menus: Menus, base: Menu, state: State, now: float) -> None:
        self.menus = menus
        self.base = base
        self.lang = state.lang
        self.menu = base.languages.get(state.lang, base) if state.lang else base
        self.now = now
        self.phase = state.phase
        self.ticket = state.ticket
        self.queued = state.queued
        self.quiet = False  # typing ahead: no prompt for a node that is left at once
        self.backwards = False  # going back: nothing is skipped that was asked before
        self.effects: list[Effect] = []
        if state.frames:
            self.below = state.frames[:-1]
            self._take(state.frames[-1])
        else:
            self._forget()

    def _take(self, frame: Frame) -> None:
        self.node = frame.node
        self.misses = frame.misses
        self.silences = frame.silences
        self.variables = frame.variables
        self.history = frame.history
        self.heard = frame.heard
        self.pending = frame.pending
        self.due = frame.due
        self.masked = frame.masked

    def _forget(self) -> None:
        self.below: tuple[Frame, ...] = ()
        self._take(Frame("", "", ""))

    def begin(self, menu: Menu) -> None:
        """Forgets everything: the call stands before the start of a menu."""
        self._forget()
        self.queued = ()
        self.lang = ""
        self.base = self.menu = menu

    def mark(self) -> Mark:
        """Where the call stands now, to come back to if what is tried next leads nowhere."""
        return _all_of(self), self.effects.copy()

    def rewind(self, mark: Mark) -> None:
        """Back to a mark: what has happened since has not."""
        values, self.effects = mark
        self.quiet = self.backwards = False
        for name, value in zip(_MARKED, values, strict=True):
            setattr(self, name, value)

    def state(self) -> State:
        """The state that this turn has led to."""
        if self.phase is Phase.ENDED:
            return ENDED
        frame = self._frame()
        frames = (*self.below, frame) if self.below else (frame,)
        return State(self.phase, frames, self.lang, self.ticket, self.queued)

    def _frame(self, returns: tuple[str, ...] = (), then: str = "") -> Frame:
        base = self.base
        return Frame(
            base.id,
            base.hash,
            self.node,
            self.misses,
            self.silences,
            self.variables,
            self.history,
            self.heard,
            self.pending,
            self.due,
            self.masked,
            returns,
            then,
        )

    # --- what is known ---------------------------------------------------------------------------

    @property
    def texts(self) -> Texts:
        """The robot's own words, in the language spoken."""
        return TEXTS[self.menu.lang]

    def value(self, name: str) -> str:
        """A variable as it is; empty if it has not been set."""
        if name == "lang":
            return self.menu.lang
        return self.variables.get(name, "")

    def shown(self, name: str) -> str:
        """A variable as it may be said."""
        value = self.value(name)
        return masked(value) if name in self.masked else value

    def open(self, hours: str) -> bool:
        """Whether these hours of the menu are open now."""
        return self.menu.hours[hours].open_at(self.now)

    def remember(self, values: dict[str, str]) -> None:
        """Sets variables; `lang` is no variable, but what is spoken from now on."""
        if not values:
            return
        if "lang" in values:
            self.speak(values["lang"])
            values = {name: value for name, value in values.items() if name != "lang"}
        self.variables = {**self.variables, **values}
        if self.masked:  # a new value that was not typed in secret is no secret
            self.masked = tuple(name for name in self.masked if name not in values)

    def keep_secret(self, name: str) -> None:
        """Never shows this variable's present value."""
        if name not in self.masked:
            self.masked = (*self.masked, name)

    def speak(self, lang: str) -> None:
        """Changes the language: every node is new in it."""
        if lang != self.menu.lang:
            self.heard = ()
        self.lang = lang
        self.menu = self.base.languages.get(lang, self.base)

    # --- what happens ----------------------------------------------------------------------------

    def log(self, what: str, entry: str = "") -> None:
        """Notes the input for the record; not what was typed, if it tells the value of a masked variable."""
        if self.masked and any(value in entry for name in self.masked if (value := self.value(name))):
            entry = ""
        called = self.base.id if self.below else ""
        self.effects.append(Log(self.now, self.node, what, entry, called))

    def say(self, line: Line) -> None:
        """Says a text of the menu, unless it is empty."""
        said = line.filled(self) if line.parts or line.when else line.ready
        if said.text:
            self.effects.append(said)

    def prompt(self, node: Node) -> None:
        """Says what the node says: `say` at the first visit, `say_again`, if there is one, at the others."""
        if node.say_again is None:
            self.say(node.say)
        elif node.name in self.heard:
            self.say(node.say_again)
        else:
            self.heard = (*self.heard, node.name)
            self.say(node.say)

    # --- where it goes ---------------------------------------------------------------------------

    def go(self, name: str) -> None:
        """Enters a node, and the nodes that follow from it, until one of them stays.

        A menu that goes round without waiting ends the call after `MAX_STEPS` nodes: it only apologises.
        """
        following: str | None = name
        for _ in _STEPS:
            menu = self.menu
            node = menu.nodes.get(following)
            if node is None:  # the one target that is no node
                following = self.come_back()
                continue
            if following in menu.counted:
                self.count(following)
            if node.set:
                self.remember(node.set)
                node = self.menu.nodes[following]
            following = node.verb.enter(self, node)
            if following is None:
                return
        self.effects = [effect for effect in self.effects if not isinstance(effect, Say | Wait)]
        self.end(self.texts.overrun)

    def count(self, name: str) -> None:
        """Counts a visit, for menus that ask for `visits.NODE`."""
        visits = f"visits.{name}"
        self.variables = {**self.variables, visits: str(int(self.variables.get(visits, "0")) + 1)}

    def wait_at(self, name: str) -> None:
        """Stands at a node that waits. Coming back to a node on the way here shortens the way."""
        here = self.node
        if name != here:
            if name in self.history:
                self.history = self.history[: self.history.index(name)]
            elif here:
                self.history = (*self.history, here)
            self.node = name
        self.misses = self.silences = 0  # as `stay`; this is the way of nearly every turn
        self.pending = ""
        self.phase = Phase.WAITING

    def stay(self) -> None:
        """Stands where it stands, with a fresh count of attempts."""
        self.misses = self.silences = 0
        self.pending = ""
        self.phase = Phase.WAITING

    def rest_at(self, name: str, phase: Phase) -> None:
        """Stands at a node that is no stop on the way; the node that they came from is."""
        if self.node:
            self.history = (*self.history, self.node)
        self.node = name
        self.misses = self.silences = 0
        self.pending = ""
        self.phase = phase

    def move_on(self, target: str) -> None:
        """Goes on from such a node, as if from the node that the caller came from."""
        self.node = self.history[-1] if self.history else ""
        self.history = self.history[:-1]
        self.due = 0.0
        self.go(target)

    def leave_for(self, room: str) -> None:
        """Rests at the present node while the caller is in a room."""
        self.misses = self.silences = 0
        self.pending = ""
        self.effects.append(EnterRoom(room))
        self.phase = Phase.AWAY

    def end(self, text: str) -> None:
        """Ends the call."""
        self.effects.append(End(text))
        self.phase = Phase.ENDED

    # --- menus that call each other --------------------------------------------------------------

    def call(self, menu: str, node: str, given: dict[str, Line], returns: tuple[str, ...], then: str) -> str:
        """Enters another menu; returns the node to go to there.

        The other menu knows only what it is given. If it is not there, or too many have called each other,
        the caller hears so and goes on as if it had come back.
        """
        called = self.menus.find(menu, "")
        if called is None or (node and node not in called.nodes) or len(self.below) + 1 >= MAX_STACK:
            self.effects.append(Say(self.texts.unavailable, (), self.node))
            return then or self.node or self.menu.start
        secrets = tuple(name for name, line in given.items() if set(line.parts[1::2]) & set(self.masked))
        values = {name: line.raw(self) for name, line in given.items()}
        self.below = (*self.below, self._frame(returns, then))
        self._take(Frame(called.id, called.hash, "", variables=values, masked=secrets))
        self.base = called
        self.menu = called.languages.get(self.lang, called)
        return node or called.start

    def come_back(self) -> str:
        """Back to the menu that called this one; returns the node to go on with there."""
        if not self.below:
            self.history = ()
            self.node = ""
            return self.menu.start
        frame = self.below[-1]
        values, secrets = self.variables, self.masked
        base = self.menus.find(frame.menu, frame.hash)
        if base is None or (frame.node and frame.node not in base.nodes):
            self.start_over()
            return self.menu.start
        self.below = self.below[:-1]
        self._take(frame)
        self.base = base
        self.menu = base.languages.get(self.lang, base)
        if frame.hash != base.hash:
            self.forget_missing()
        self.remember({name: values[name] for name in frame.returns if name in values})
        for name in frame.returns:
            if name in secrets:
                self.keep_secret(name)
        then = frame.then if frame.then in base.nodes else ""
        return then or self.node or self.menu.start

    def forget_missing(self) -> None:
        """In a changed menu, what is gone leaves the way back."""
        nodes = self.menu.nodes
        waiting = {
            name for name in self.history if name in nodes and Phase.WAITING in nodes[name].verb.stands
        }
        self.history = tuple(name for name in self.history if name in waiting)

    def start_over(self) -> None:
        """The place where the call stood is gone: it apologises, and stands before the start."""
        lang, began = self.lang, self.below[0].menu if self.below else self.base.id
        self.effects.append(Say(self.texts.moved, (), self.node))
        self.begin(self.menus.find(began, "") or self.menus.first())
        self.speak(lang)


# None of these is ever changed in place.
_MARKED = tuple(sorted({*Turn.__slots__} - {"backwards", "effects", "menus", "now", "quiet"}))
_all_of = attrgetter(*_MARKED)
