"""The client's model: plain data, made of events by one `apply`; no thread, no socket, no clock.

    model = Model(epoch=time.time() - time.monotonic())
    changes = model.apply(event)          # or apply_all(events), for a frame's worth of them

Read what you show: `model.connection` (stage, socket, time-outs, operations, round trips), `model.places`,
`model.here`, `model.place(name)`, and of a place `entries`, `people`, `topic`, `unread`, `mentions`, `draft`,
`older()` and `missing()` (what to ask for), and `model.call` (what the robot asks). `model.where` is what
commands need to know. `entries` is a sequence of `Line`, `Own`, `Hole` and `Note`; each change of it is a
`Splice` in `changes.splices`, so that a view with a list of its own need not compare: replay the splices in
their order. What a person does to the view (choosing a place, typing, reading) are events, too: `local`.
"""

from callroom_client.model.call import Call
from callroom_client.model.changes import Changes, Splice
from callroom_client.model.connection import Connection
from callroom_client.model.entries import SECRET, Entry, Hole, Line, Note, Own, Way, What
from callroom_client.model.local import (
    Cleared,
    DraftChanged,
    LineForgotten,
    LocalEvent,
    MoveAsked,
    PlaceChosen,
    ReadUpTo,
)
from callroom_client.model.model import Model
from callroom_client.model.place import ROBOT, Person, Place
from callroom_client.model.transcript import Transcript

__all__ = [
    "ROBOT", "SECRET", "Call", "Changes", "Cleared", "Connection", "DraftChanged", "Entry", "Hole", "Line",
    "LineForgotten", "LocalEvent", "Model", "MoveAsked", "Note", "Own", "Person", "Place", "PlaceChosen",
    "ReadUpTo", "Splice", "Transcript", "Way", "What",
]  # fmt: skip
