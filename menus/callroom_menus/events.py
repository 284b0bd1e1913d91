"""What goes into the engine and what comes out of it: inputs and effects, all plain frozen data."""

from typing import Literal

import msgspec

from callroom_forms.form import Form

# --- inputs: what happened -----------------------------------------------------------------------


class Start(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The call begins, or begins afresh: accepted in every phase.

    `menu` is the id to begin with; empty, the one the call began with, or for a new call the first.
    """

    menu: str = ""


class Text(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The caller entered something: keys, a word, a sentence, or nothing at all."""

    text: str


class Silence(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The seconds of the last `Wait` have passed. Only a call that waits for so long accepts it."""


class Return(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The caller's attention is back, from a room or another place: the call says where it stands."""


class Hangup(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The caller is gone."""


class LookupDone(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The look-up with this ticket found a row: column by column, all as text. Or a run is done."""

    ticket: int
    row: dict[str, str]


class LookupMissing(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The look-up with this ticket worked, and there is no such row."""

    ticket: int


class LookupFailed(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The look-up with this ticket did not work: down, slow, too big, malformed. The reason is recorded."""

    ticket: int
    reason: str = ""


AgentKind = Literal["waiting", "answered", "closed", "full", "timeout", "ended"]


class AgentEvent(msgspec.Struct, frozen=True, gc=False, tag=True):
    """What the desk says of a hand-off.

    waiting: the place in the queue (`ahead`, and `eta` in seconds); answered: `agent` is on the line; closed,
    full, timeout: nobody will be; ended: the talk is over. A ticket of 0 means the hand-off that runs now.
    """

    kind: AgentKind
    ticket: int = 0
    agent: str = ""
    ahead: int = 0
    eta: float = 0.0


Input = Start | Text | Silence | Return | Hangup | LookupDone | LookupMissing | LookupFailed | AgentEvent

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
    `secret`: what is typed now should not be shown, nor kept by whoever passes it on. `form`: what an entry
    has to fit, for who can judge it while it is typed; None where the engine alone can tell.
    """

    seconds: float | None
    node: str
    choices: tuple[Option, ...]
    secret: bool = False
    form: Form | None = None


class EnterRoom(msgspec.Struct, frozen=True, gc=False, tag=True):
    """Take the caller to this room; the call rests until `Return`, `Start` or `Hangup`."""

    room: str


class Lookup(msgspec.Struct, frozen=True, gc=False, tag=True):
    """Look this up in a source of `sources.toml`, then answer with the ticket. A `Wait` follows.

    `key` is what a table is searched for; `args` are filled into an address, `key` among them as {key}.
    After `timeout` seconds the call goes on as if the look-up had failed; a later answer is not accepted.
    """

    source: str
    key: str
    args: dict[str, str]
    timeout: float
    ticket: int


class Run(msgspec.Struct, frozen=True, gc=False, tag=True):
    """Run this runbook of `runbooks.toml` with these arguments, then answer with the ticket.

    A `Wait` follows. The answer is a `LookupDone` with what was written as `output`, and `seconds`; or, if it
    was refused, was ended by a limit, or its exit code is not 0, a `LookupFailed`.
    """

    runbook: str
    args: tuple[str, ...]
    timeout: float
    ticket: int


class Handoff(msgspec.Struct, frozen=True, gc=False, tag=True):
    """Put the caller into a queue for an agent, then tell by `AgentEvent` with this ticket. A `Wait` follows.

    `values` are shown to the agent, unmasked. After `max_wait` seconds the call leaves the queue by itself.
    """

    queue: str
    skill: str
    values: dict[str, str]
    priority: int
    max_wait: float
    ticket: int


class LeaveQueue(msgspec.Struct, frozen=True, gc=False, tag=True):
    """Take the caller out of the hand-off with this ticket: out of the queue, or away from the agent."""

    ticket: int


class Save(msgspec.Struct, frozen=True, gc=False, tag=True):
    """Keep this for people to read: what it is (message, rating, or a word of the menu's) and its values."""

    what: str
    values: dict[str, str]


class Log(msgspec.Struct, frozen=True, gc=False, tag=True):
    """An accepted input, for the record: when (the step's `now`), at which node, what it was, what was typed.

    `what` is one of start, return, hangup; for a choice key, global, word, exit, ahead, contained, suggested
    (with a question whether it was meant), confirmed, declined; for a slot entered, corrected, confirmed,
    declined; no_match, no_input; for a look-up queued (typed while it ran), dropped (too much of that),
    found, not_found, error (`entry` is the reason); for an agent waiting, answered, closed, full, timeout,
    ended; and moved, where the call lost its place because the menu has changed. What is typed into a
    masked slot is never here. `menu` is the called menu; empty for the one that the call began with.
    """

    at: float
    node: str
    what: str
    entry: str = ""
    menu: str = ""


class End(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The call is over; `text` (perhaps empty) is the last thing said."""

    text: str


class Unaccepted(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The call does not take this input now: nothing has changed. Comes alone."""

    input: str
    phase: str


Effect = Say | Wait | EnterRoom | Lookup | Run | Handoff | LeaveQueue | Save | Log | End | Unaccepted
