"""What the ledger records: one frozen class for each kind of event, as tagged JSON."""

from collections.abc import Iterable

import msgspec

from callroom_menus.state import State as Robot


class Event(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag=str.lower, gc=False):
    """Anything recorded.

    Unknown fields are ignored on reading, so that an older server can open a newer log.
    """


class Asked(Event, frozen=True, gc=False):
    """An event that answers a session's request: which server process, which session, which `ref`.

    After a restart nobody has that `boot` any more, and the event is applied without an answer.
    """

    boot: int = 0
    session: int = 0
    ref: int = 0


class Said(Event, frozen=True, gc=False):
    """A line in a room or a direct conversation.

    The first field on disk is the type: `SAID_HEAD` relies on it.
    """

    by: str
    at: int
    text: str


class Topic(Asked, frozen=True, gc=False):
    """A room's topic."""

    by: str = ""
    at: int = 0
    text: str = ""


class Came(Asked, frozen=True, gc=False):
    """Someone logged in.

    The record's seq becomes the device's number. Without a name: `prefix` and that number. `instead` is the
    device, not connected and never used, that had the name: see `state.Device.unused`.
    """

    name: str = ""
    prefix: str = ""
    token: str = ""
    instead: int = 0


class Renamed(Asked, frozen=True, gc=False):
    """A device takes another name."""

    device: int = 0
    name: str = ""


class Returned(Asked, frozen=True, gc=False):
    """A device came back with the token `used`, and has a new one.

    `seen` is what the client says it has seen, by stream.
    """

    device: int = 0
    token: str = ""
    seen: dict[str, int] = {}
    used: str = ""


class Seated(Asked, frozen=True, gc=False):
    """A device takes a seat in a room, from `seen` on (none: from now on). The first seat makes the room."""

    device: int = 0
    stream: str = ""
    name: str = ""
    seen: int | None = None
    go: bool = False


class Unseated(Asked, frozen=True, gc=False):
    """A device gives up its seat."""

    device: int = 0
    stream: str = ""


class Seen(Event, frozen=True, gc=False):
    """How far a device has seen, by stream: written when its connection breaks."""

    device: int = 0
    seen: dict[str, int] = {}


class Gone(Asked, frozen=True, gc=False):
    """A device left for good: its name and its token are free."""

    device: int = 0


class Turn(Event, frozen=True, gc=False):
    """What happened in a call with the robot: `what` is its `Log`, `hash` the version of its menu.

    Of a caller with a device, `state` is where the call stands now, less what is masked: so it outlives the
    connection and the server. None once the call is over.
    """

    call: str
    at: int
    menu: str
    what: dict[str, str]
    hash: str = ""
    device: int = 0
    state: Robot | None = None


class Kept(Event, frozen=True, gc=False):
    """What a caller left for people to read: a message, a rating, or what else a menu saves."""

    call: str
    at: int
    menu: str
    what: str
    values: dict[str, str]
    by: str = ""


class RunAsked(Asked, frozen=True, gc=False):
    """A runbook is to run: which, with which arguments, for whom. It begins when this is durable."""

    run: str = ""
    at: int = 0
    runbook: str = ""
    args: list[str] = []
    door: str = ""
    address: str = ""
    by: str = ""


class RunEnded(Event, frozen=True, gc=False):
    """A run is over: its exit code (negative: the signal), and what ended it if it did not end by itself."""

    run: str
    at: int
    code: int
    reason: str = ""
    seconds: float = 0.0
    output_bytes: int = 0


_OfPeople = Came | Renamed | Returned | Seated | Unseated | Seen | Gone
AnyEvent = Said | Topic | _OfPeople | Turn | Kept | RunAsked | RunEnded

SAID_HEAD = b'{"type":"said",'
"""How every line begins on disk: the fan-out tells lines from other events by it, without decoding."""

TOPIC_HEAD = b'{"type":"topic",'

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(AnyEvent).decode

PEOPLE = "people"
CALLS = "calls"
MESSAGES = "messages"
RUNS = "runs"


def room_stream(key: str) -> str:
    """The stream of the room with this folded name."""
    return "room/" + key


def direct_stream(one: int, other: int) -> str:
    """The stream of the direct conversation of two devices, the same whoever asks."""
    low, high = sorted((one, other))
    return f"dm/{low}+{high}"


def conversation_of(stream: str) -> str:
    """What clients call the stream of a direct conversation; no name of a person or a room looks like it."""
    return "@" + stream.removeprefix("dm/")


def direct_place(stream: str, names: Iterable[str]) -> str:
    """What the log of a direct conversation calls its place: the conversation, and the names of both."""
    return f"{conversation_of(stream)} {'+'.join(names)}"


def direct_parts(place: str) -> tuple[str, list[str]]:
    """The conversation, and the names of both."""
    conversation, _, names = place.partition(" ")
    return conversation, names.split("+")


def direct_devices(stream: str) -> tuple[int, int]:
    """The two devices of a direct conversation's stream."""
    low, _, high = stream.removeprefix("dm/").partition("+")
    return int(low), int(high)
