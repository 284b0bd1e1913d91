"""The robot: one pure function, `step`, from a call's state and an input to its next state and what to do.

The server, the transcripts and any replay call this one function. It never waits and never raises for an
input; an input that the call does not take just now leaves the state as it was.
"""

from callroom_menus.events import Effect, Hangup, Input, Return, Say, Silence, Start, Text, Unaccepted
from callroom_menus.model import Menu, Node
from callroom_menus.state import Phase, State
from callroom_menus.texts import TEXTS
from callroom_menus.turn import Turn

# What a call takes in which phase. A verb may take less: there is no silence where one waits for ever.
ACCEPTS: dict[Phase, frozenset[type]] = {
    Phase.NEW: frozenset({Start}),
    Phase.WAITING: frozenset({Start, Text, Silence, Return, Hangup}),
    Phase.AWAY: frozenset({Start, Return, Hangup}),
    Phase.ENDED: frozenset({Start}),
}


def step(menu: Menu, state: State, happened: Input, now: float) -> tuple[State, tuple[Effect, ...]]:
    """Takes one input. `now` is in Unix seconds and goes into the record.

    The effects are a `Log`, what is said, and last a `Wait`, an `EnterRoom` or an `End`; or one `Unaccepted`.
    A call whose menu has changed since goes on at the node of the same name, or apologises and begins again.
    """
    kind = type(happened)
    if kind not in ACCEPTS[state.phase]:
        return state, (Unaccepted(kind.__name__, state.phase.value),)
    turn = Turn(menu, state, now)
    if kind is Start:
        _begin(turn, "start")
    elif kind is Hangup:
        turn.log("hangup")
        turn.end("")
    elif not _stands(turn, state):
        _begin(turn, "moved")
    elif not _heard(turn, menu.nodes[turn.node], happened):
        return state, (Unaccepted(kind.__name__, state.phase.value),)
    return turn.state(), tuple(turn.effects)


def _begin(turn: Turn, what: str) -> None:
    turn.log(what)
    if what == "moved":
        turn.effects.append(Say(TEXTS[turn.menu.lang].moved, (), turn.node))
    turn.begin()
    turn.go(turn.menu.start)


def _heard(turn: Turn, node: Node, happened: Input) -> bool:
    if isinstance(happened, Text):
        return node.verb.entered(turn, node, happened.text)
    if isinstance(happened, Silence):
        return node.verb.silent(turn, node)
    return isinstance(happened, Return) and node.verb.returned(turn, node)


def _stands(turn: Turn, state: State) -> bool:
    """Whether the call can go on where it stands. In a changed menu, what is gone leaves the way back."""
    nodes, phase = turn.menu.nodes, state.phase
    node = nodes.get(turn.node)
    if node is None or phase not in node.verb.stands:
        return False
    frame = state.frames[-1]
    if frame.hash == turn.menu.hash:
        return True
    if frame.menu != turn.menu.id:
        return False
    waiting = {name for name in turn.history if name in nodes and Phase.WAITING in nodes[name].verb.stands}
    turn.history = tuple(name for name in turn.history if name in waiting)
    return True
