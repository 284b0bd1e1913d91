"""One turn of a call: the scratch pad on which an input is worked out before the next state is made of it."""

from __future__ import annotations

from copy import copy

from callroom_menus.events import Effect, End, EnterRoom, Log
from callroom_menus.model import Line, Menu, Node
from callroom_menus.state import ENDED, Frame, Phase, State
from callroom_menus.texts import TEXTS

MAX_STEPS = 100  # nodes entered between two waits


class Turn:
    """The call while it moves. Only verbs, actions and the engine touch it, and nobody keeps it."""

    __slots__ = (
        "below",
        "effects",
        "heard",
        "history",
        "menu",
        "misses",
        "node",
        "now",
        "phase",
        "quiet",
        "silences",
        "variables",
    )

    def __init__(self, menu: Menu, state: State, now: float) -> None:
        self.menu = menu
        self.now = now
        self.phase = state.phase
        self.quiet = False  # typing ahead: no prompt for a node that is left at once
        self.effects: list[Effect] = []
        if state.frames:
            frame = state.frames[-1]
            self.below = state.frames[:-1]
            self.node = frame.node
            self.misses = frame.misses
            self.silences = frame.silences
            self.variables = frame.variables
            self.history = frame.history
            self.heard = frame.heard
        else:
            self.begin()

    def begin(self) -> None:
        """Forgets everything: the call stands before the start."""
        self.below: tuple[Frame, ...] = ()
        self.node = ""
        self.misses = self.silences = 0
        self.variables: dict[str, str] = {}
        self.history: tuple[str, ...] = ()
        self.heard: tuple[str, ...] = ()

    def fork(self) -> Turn:
        """A copy to try something on."""
        other = copy(self)
        other.effects = self.effects.copy()
        return other

    def become(self, other: Turn) -> None:
        """Takes over what was tried on a fork."""
        for name in Turn.__slots__:
            setattr(self, name, getattr(other, name))

    def state(self) -> State:
        """The state that this turn has led to."""
        if self.phase is Phase.ENDED:
            return ENDED
        menu = self.menu
        frame = Frame(
            menu.id,
            menu.hash,
            self.node,
            self.misses,
            self.silences,
            self.variables,
            self.history,
            self.heard,
        )
        return State(self.phase, (*self.below, frame) if self.below else (frame,))

    # --- what happens ----------------------------------------------------------------------------

    def log(self, what: str, entry: str = "") -> None:
        """Notes the input for the record."""
        self.effects.append(Log(self.now, self.node, what, entry))

    def say(self, line: Line) -> None:
        """Says a text of the menu, unless it is empty."""
        said = line.filled(self.variables)
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

    def remember(self, values: dict[str, str]) -> None:
        """Sets variables."""
        if values:
            self.variables = {**self.variables, **values}

    # --- where it goes ---------------------------------------------------------------------------

    def go(self, name: str) -> None:
        """Enters a node, and the nodes that follow from it, until one of them stays.

        A menu that goes round without waiting ends the call after `MAX_STEPS` nodes: it only apologises.
        """
        nodes = self.menu.nodes
        following: str | None = name
        for _ in range(MAX_STEPS):
            node = nodes[following]
            if node.set:
                self.remember(node.set)
            following = node.verb.enter(self, node)
            if following is None:
                return
        del self.effects[1:]  # the log stays
        self.end(TEXTS[self.menu.lang].overrun)

    def wait_at(self, name: str) -> None:
        """Stands at a node that waits. Coming back to a node on the way here shortens the way."""
        here = self.node
        if name != here:
            if name in self.history:
                self.history = self.history[: self.history.index(name)]
            elif here:
                self.history = (*self.history, here)
            self.node = name
        self.stay()

    def stay(self) -> None:
        """Stands where it stands, with a fresh count of attempts."""
        self.misses = self.silences = 0
        self.phase = Phase.WAITING

    def leave_for(self, room: str) -> None:
        """Rests at the present node while the caller is in a room."""
        self.misses = self.silences = 0
        self.effects.append(EnterRoom(room))
        self.phase = Phase.AWAY

    def end(self, text: str) -> None:
        """Ends the call."""
        self.effects.append(End(text))
        self.phase = Phase.ENDED
