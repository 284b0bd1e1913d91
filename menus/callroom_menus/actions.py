"""What a choice does: `goto = "node"`, `room = "name"`, or `do = "back"`, `"repeat"`, `"top"`, `"end"`."""

from callroom_menus.events import Say
from callroom_menus.model import Action
from callroom_menus.texts import TEXTS
from callroom_menus.turn import Turn


class Goto(Action, frozen=True):
    """`goto = "phone"`: goes to a node of this menu."""

    target: str

    def take(self, turn: Turn) -> None:
        """Enters the node."""
        turn.go(self.target)


class Visit(Action, frozen=True):
    """`room = "lobby"`: the caller goes to a room and comes back to this node."""

    room: str

    def take(self, turn: Turn) -> None:
        """Rests here."""
        turn.leave_for(self.room)


class Back(Action, frozen=True):
    """`do = "back"`: to the node before; at the top, says so and repeats."""

    def take(self, turn: Turn) -> None:
        """Goes one node up the way."""
        if turn.history:
            turn.go(turn.history[-1])
            return
        node = turn.menu.nodes[turn.node]
        turn.effects.append(Say(TEXTS[turn.menu.lang].at_top, node.say.ready.choices, node.name))
        node.verb.ask(turn, node, node.say)


class Repeat(Action, frozen=True):
    """`do = "repeat"`: says the node's `say` in full once more."""

    def take(self, turn: Turn) -> None:
        """Stays."""
        node = turn.menu.nodes[turn.node]
        node.verb.ask(turn, node, node.say)


class Top(Action, frozen=True):
    """`do = "top"`: to the start; the way here is forgotten."""

    def take(self, turn: Turn) -> None:
        """Goes to the start."""
        turn.history = ()
        turn.node = ""
        turn.go(turn.menu.start)


class Leave(Action, frozen=True):
    """`do = "end"`, and every exit word: ends the call with the menu's goodbye."""

    def take(self, turn: Turn) -> None:
        """Ends the call."""
        turn.end(turn.menu.goodbye.filled(turn.variables).text)


DO: dict[str, Action] = {"back": Back(), "repeat": Repeat(), "top": Top(), "end": Leave()}
