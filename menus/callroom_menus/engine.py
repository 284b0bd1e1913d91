"""The robot: one pure function, `step`, from a call's state and an input to its next state and what to do.

The server, the transcripts and any replay call this one function. It never waits and never raises for an
input; an input that the call does not take just now leaves the state as it was.
"""

from callroom_menus.events import (
    AgentEvent,
    Effect,
    Hangup,
    Input,
    LeaveQueue,
    LookupDone,
    LookupFailed,
    LookupMissing,
    Return,
    Silence,
    Start,
    Text,
    Unaccepted,
    Wait,
)
from callroom_menus.model import Menu, Menus, Node
from callroom_menus.state import Phase, State
from callroom_menus.turn import Turn

# What a call takes in which phase. A verb may take less: there is no silence where one waits for ever.
ACCEPTS: dict[Phase, frozenset[type]] = {
    Phase.NEW: frozenset({Start}),
    Phase.WAITING: frozenset({Start, Text, Silence, Return, Hangup}),
    Phase.AWAY: frozenset({Start, Return, Hangup}),
    Phase.LOOKING: frozenset({Start, Text, Silence, Return, Hangup, LookupDone, LookupMissing, LookupFailed}),
    Phase.QUEUED: frozenset({Start, Text, Silence, Return, Hangup, AgentEvent}),
    Phase.TALKING: frozenset({Start, Hangup, AgentEvent}),
    Phase.ENDED: frozenset({Start}),
}

_AT_THE_DESK = frozenset({Phase.QUEUED, Phase.TALKING})
_LISTENS = frozenset({Phase.WAITING, Phase.QUEUED})


def step(menus: Menus, state: State, happened: Input, now: float) -> tuple[State, tuple[Effect, ...]]:
    """Takes one input. `menus` is a `Shelf`, or one `Menu`; `now` is in Unix seconds, and is recorded.

    The effects are a `Log`, what is said and done, and last a `Wait`, an `EnterRoom` or an `End`; or one
    `Unaccepted`. A call whose menu has changed since goes on at the node of the same name, or apologises and
    begins again.
    """
    kind = type(happened)
    if kind not in ACCEPTS[state.phase]:
        return state, (Unaccepted(kind.__name__, state.phase.value),)
    here = state.frames[-1] if state.frames else None
    base = None if here is None else menus.find(here.menu, here.hash)
    turn = Turn(menus, base or menus.first(), state, now)
    if isinstance(happened, Start):
        turn.log("start")
        _leave_desk(turn)
        turn.begin(_first(menus, state, happened.menu))
        turn.go(turn.menu.start)
    elif kind is Hangup:
        turn.log("hangup")
        _leave_desk(turn)
        turn.end("")
    elif base is None or (node := _standing(turn, state)) is None:
        turn.log("moved")
        _leave_desk(turn)
        turn.start_over()
        turn.go(turn.menu.start)
    elif not _heard(turn, node, happened):
        return state, (Unaccepted(kind.__name__, state.phase.value),)
    elif turn.queued:
        _catch_up(turn)
    return turn.state(), tuple(turn.effects)


def _first(menus: Menus, state: State, named: str) -> Menu:
    """The menu to begin with: the newest of the one named, else of the one the call began with."""
    name = named or (state.frames[0].menu if state.frames else "")
    return menus.find(name, "") or menus.first()


def _leave_desk(turn: Turn) -> None:
    if turn.phase in _AT_THE_DESK:
        turn.effects.append(LeaveQueue(turn.ticket))


def _heard(turn: Turn, node: Node, happened: Input) -> bool:
    if isinstance(happened, Text):
        return node.verb.entered(turn, node, happened.text)
    if isinstance(happened, Silence):
        return node.verb.silent(turn, node)
    if isinstance(happened, Return):
        return node.verb.returned(turn, node)
    if isinstance(happened, AgentEvent):
        return node.verb.told(turn, node, happened)
    if isinstance(happened, LookupDone | LookupMissing | LookupFailed):
        return node.verb.answered(turn, node, happened)
    raise AssertionError(f"unknown input {happened}")


def _catch_up(turn: Turn) -> None:
    """Answers what was typed while a look-up ran, as far as somebody listens for it now."""
    while turn.queued and turn.phase in _LISTENS:
        text, turn.queued = turn.queued[0], turn.queued[1:]
        turn.backwards = False
        if isinstance(turn.effects[-1], Wait):
            turn.effects.pop()
        turn.menu.nodes[turn.node].verb.entered(turn, turn.menu.nodes[turn.node], text)
    if turn.phase is not Phase.LOOKING:
        turn.queued = ()


def _standing(turn: Turn, state: State) -> Node | None:
    """The node where the call stands; None if it cannot go on there."""
    node = turn.menu.nodes.get(turn.node)
    if node is None or state.phase not in node.verb.stands:
        return None
    if state.frames[-1].hash != turn.base.hash:
        turn.forget_missing()
    return node
