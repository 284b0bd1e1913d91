"""What a choice does: `goto = "node"`, `room = "name"`, `call = "menu#node"`, `do = "back"` and its like."""

from callroom_menus.events import Say
from callroom_menus.model import RETURN, Action, Exit, Line
from callroom_menus.turn import Turn


class Goto(Action, frozen=True):
    """`goto = "phone"`: goes to a node of this menu."""

    target: str

    def take(self, turn: Turn) -> None:
        """Enters the node."""
        turn.go(self.target)

    def exits(self) -> tuple[Exit, ...]:
        """To that node."""
        return (Exit("goto", self.target),)


class Visit(Action, frozen=True):
    """`room = "lobby"`: the caller goes to a room and comes back to this node."""

    room: str

    def take(self, turn: Turn) -> None:
        """Rests here."""
        turn.leave_for(self.room)


class Call(Action, frozen=True):
    """`call = "plans#main"`: goes to another menu, with some values, and comes back to this node."""

    menu: str
    node: str
    given: dict[str, Line]
    returns: tuple[str, ...]

    def take(self, turn: Turn) -> None:
        """Enters the other menu."""
        turn.go(turn.call(self.menu, self.node, self.given, self.returns, ""))

    def exits(self) -> tuple[Exit, ...]:
        """To the other menu."""
        return (Exit("call", f"{self.menu}#{self.node}"),)


class Back(Action, frozen=True):
    """`do = "back"`: to the node before; at a called menu's start, to its caller; at the top, says so."""

    def take(self, turn: Turn) -> None:
        """Goes one node up the way."""
        if turn.history:
            turn.backwards = True
            turn.go(turn.history[-1])
        elif turn.below:
            turn.go(RETURN)
        else:
            node = turn.menu.nodes[turn.node]
            turn.effects.append(Say(turn.texts.at_top, node.say.choices(turn), node.name))
            node.verb.ask(turn, node, node.say)


class Repeat(Action, frozen=True):
    """`do = "repeat"`: says the node's `say` in full once more."""

    def take(self, turn: Turn) -> None:
        """Stays."""
        node = turn.menu.nodes[turn.node]
        node.verb.ask(turn, node, node.say)


class Top(Action, frozen=True):
    """`do = "top"`: to the start of this menu; the way here is forgotten."""

    def take(self, turn: Turn) -> None:
        """Goes to the start."""
        turn.history = ()
        turn.node = ""
        turn.go(turn.menu.start)


class Leave(Action, frozen=True):
    """`do = "end"`, and every exit word: ends the call with the menu's goodbye."""

    def take(self, turn: Turn) -> None:
        """Ends the call."""
        turn.end(turn.menu.goodbye.filled(turn).text)


DO: dict[str, Action] = {"back": Back(), "repeat": Repeat(), "top": Top(), "end": Leave()}
