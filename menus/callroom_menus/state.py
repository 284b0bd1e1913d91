"""A call's state: plain data that survives JSON, so that a call can be stored, moved, and replayed."""

from enum import StrEnum

import msgspec


class Phase(StrEnum):
    """What a call is doing between two inputs."""

    NEW = "new"
    WAITING = "waiting"
    AWAY = "away"  # the caller is in a room
    LOOKING = "looking"  # a look-up is running
    QUEUED = "queued"  # waiting for an agent
    TALKING = "talking"  # with an agent
    ENDED = "ended"


class Frame(msgspec.Struct, frozen=True, gc=False):
    """Where the call is in one menu.

    `hash` is the content the call began with. `misses` and `silences` count what was not understood and what
    was not said at this node since the last match. `history` is the way here from the start, without this
    node and without any node twice; `heard` are the nodes whose `say_again` is due.

    `pending` is what a yes would settle: the value of a slot, or the key of a suggestion. `due` is when (Unix
    seconds) a look-up or a queue is given up. `masked` are the variables that are never shown. In a frame
    that has called another menu, `returns` are the variables that come back, `then` is where it goes on.
    """

    menu: str
    hash: str
    node: str
    misses: int = 0
    silences: int = 0
    variables: dict[str, str] = {}
    history: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    pending: str = ""
    due: float = 0.0
    masked: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    then: str = ""


class State(msgspec.Struct, frozen=True, gc=False):
    """A call: its phase, and its frames, the current menu's last. A call that is new or ended has none.

    `lang` is the language chosen, if any; `ticket` the last one given to a look-up or a hand-off; `queued`
    what was typed while a look-up ran.
    """

    phase: Phase = Phase.NEW
    frames: tuple[Frame, ...] = ()
    lang: str = ""
    ticket: int = 0
    queued: tuple[str, ...] = ()


NEW = State()
ENDED = State(Phase.ENDED)
