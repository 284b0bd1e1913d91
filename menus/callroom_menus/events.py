"""What goes into the engine and what comes out of it: inputs and effects, all plain frozen data."""

import msgspec

# --- inputs: what happened -----------------------------------------------------------------------


class Start(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The call begins, or begins afresh: accepted in every phase."""


class Text(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The caller entered something: keys, a word, a sentence, or nothing at all."""

    text: str


class Silence(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The seconds of the last `Wait` have passed. Only a call that waits for so long accepts it."""


class Return(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The caller's attention is back, from a room or another place: the call says where it stands."""


class Hangup(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The caller is gone."""


Input = Start | Text | Silence | Return | Hangup

# --- effects: what should happen -----------------------------------------------------------------


class Option(msgspec.Struct, frozen=True, gc=False):
    """A key that can be pressed, and its label."""

    key: str
    label: str


class Say(msgspec.Struct, frozen=True, gc=False, tag=True):
    """Say this, from this node. It may have several lines. `choices`: what can be pressed there."""

    text: str
    choices: tuple[Option, ...]
    node: str


class Wait(msgspec.Struct, frozen=True, gc=False, tag=True):
    """Wait at this node for an entry; `choices` are what can be pressed now.

    After so many seconds (None: for ever), counted from when the last text was really sent, comes `Silence`.
    """

    seconds: float | None
    node: str
    choices: tuple[Option, ...]


class EnterRoom(msgspec.Struct, frozen=True, gc=False, tag=True):
    """Take the caller to this room; the call rests until `Return`, `Start` or `Hangup`."""

    room: str


class Log(msgspec.Struct, frozen=True, gc=False, tag=True):
    """An accepted input, for the record: when (the step's `now`), at which node, what it was, what was typed.

    `what` is one of start, key, global, word, exit, ahead, contained, no_match, no_input, return, hangup, and
    moved, where the call lost its place because the menu has changed.
    """

    at: float
    node: str
    what: str
    entry: str = ""


class End(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The call is over; `text` (perhaps empty) is the last thing said."""

    text: str


class Unaccepted(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The call does not take this input now: nothing has changed. Comes alone."""

    input: str
    phase: str


Effect = Say | Wait | EnterRoom | Log | End | Unaccepted
