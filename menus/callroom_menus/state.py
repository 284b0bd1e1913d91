"""A call's state: plain data that survives JSON, so that a call can be stored, moved, and replayed."""

from enum import StrEnum

import msgspec


class Phase(StrEnum):
    """What a call is doing between two inputs."""

    NEW = "new"
    WAITING = "waiting"
    AWAY = "away"  # the caller is in a room
    ENDED = "ended"


class Frame(msgspec.Struct, frozen=True, gc=False):
    """Where the call is in one menu.

    `hash` is the content the call began with. `misses` and `silences` count what was not understood and what
    was not said at this node since the last match. `history` is the way here from the start, without this
    node and without any node twice; `heard` are the nodes whose `say_again` is due.
    """

    menu: str
    hash: str
    node: str
    misses: int = 0
    silences: int = 0
    variables: dict[str, str] = {}
    history: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()


class State(msgspec.Struct, frozen=True, gc=False):
    """A call: its phase, and its frames, the current menu's last. A call that is new or ended has none."""

    phase: Phase = Phase.NEW
    frames: tuple[Frame, ...] = ()


NEW = State()
ENDED = State(Phase.ENDED)
