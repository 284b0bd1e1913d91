"""What a node can do: one file for each verb, and its line in this table."""

from collections.abc import Callable

from callroom_menus.draft import Draft, NodeDraft
from callroom_menus.model import Verb
from callroom_menus.verbs import end, goto, keys, room

Read = Callable[[Draft, NodeDraft], Verb]

# By the field that asks for it; goto comes last, because it is also a field of other verbs.
VERBS: dict[str, Read] = {"keys": keys.read, "room": room.read, "end": end.read, "goto": goto.read}

# Fields of newer versions: refused by name, never read and ignored.
NOT_YET = (
    "ask",
    "lookup",
    "handoff",
    "call",
    "rate",
    "run",
    "when",
    "waiting",
    "found",
    "not_found",
    "error",
)
