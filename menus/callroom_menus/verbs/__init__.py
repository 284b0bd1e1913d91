"""What a node can do: one file for each verb, and its line in this table."""

from collections.abc import Callable

from callroom_menus.draft import Draft, NodeDraft
from callroom_menus.model import Verb
from callroom_menus.verbs import ask, call, end, goto, handoff, keys, lookup, rate, room, run, when

Read = Callable[[Draft, NodeDraft], Verb]

# By the field that asks for it; when and goto come last, because they are also fields of other verbs.
VERBS: dict[str, Read] = {
    "keys": keys.read,
    "ask": ask.read,
    "lookup": lookup.read,
    "handoff": handoff.read,
    "call": call.read,
    "room": room.read,
    "rate": rate.read,
    "run": run.read,
    "end": end.read,
    "when": when.read,
    "goto": goto.read,
}

# Which of them may have which others as fields.
BESIDE: dict[str, frozenset[str]] = {
    "ask": frozenset({"when", "goto"}),
    "rate": frozenset({"when", "goto"}),
    "call": frozenset({"goto"}),
    "room": frozenset({"goto"}),
    "when": frozenset({"goto"}),
}
