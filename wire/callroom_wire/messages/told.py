"""What the server tells, one class each, and the parts of it that are no messages."""

import msgspec

from callroom_forms.form import Form
from callroom_wire.messages.base import PROTOCOL_VERSION, Message, Number


class Welcomed(Message, frozen=True, gc=False):
    """Answers `Hello`: the server's name and software, the protocol version, and the limits in force."""

    server: str = ""
    software: str = ""
    version: Number = PROTOCOL_VERSION
    lang: str = "en"
    limits: dict[str, Number] = {}
    ref: Number = 0


class LoggedIn(Message, frozen=True, gc=False):
    """You are `name` now.

    Keep `token`: the next `Resume` needs it. `last_id` is the greatest id known from this device.
    """

    name: str = ""
    token: str = ""
    resumed: bool = False
    last_id: Number = 0
    ref: Number = 0


class Joined(Message, frozen=True, gc=False):
    """You are in this place now; entries after `seen` follow, up to `head` and on.

    `go`: make it your current place. `conversation` as in `Told`; a room has none.
    """

    place: str = ""
    topic: str = ""
    seen: Number = 0
    head: Number = 0
    people: list[str] = []
    go: bool = False
    ref: Number = 0
    conversation: str = ""


class Left(Message, frozen=True, gc=False):
    """You are no longer in this room."""

    room: str = ""
    ref: Number = 0


class Said(Message, frozen=True, gc=False):
    """A line in a room."""

    room: str = ""
    seq: Number = 0
    at: Number = 0
    by: str = ""
    text: str = ""


class Told(Message, frozen=True, gc=False):
    """A line between two people.

    `pair` names both, in one order for both; the place's name for you is `@` + the other. `conversation`
    stays the same when one of them takes another name: in `Resume.seen` it is called by this.
    """

    pair: tuple[str, str] = ("", "")
    seq: Number = 0
    at: Number = 0
    by: str = ""
    text: str = ""
    conversation: str = ""


class TopicSet(Message, frozen=True, gc=False):
    """A room's topic was set; an entry of the room like a line. With `seq` 0, the answer to a question."""

    room: str = ""
    seq: Number = 0
    at: Number = 0
    by: str = ""
    text: str = ""
    ref: Number = 0


class Gap(Message, frozen=True, gc=False):
    """Entries `first` to `last` of a place are no longer kept and will not come."""

    place: str = ""
    first: Number = 0
    last: Number = 0


class Ack(Message, frozen=True, gc=False):
    """Your lines `ids` are durable, as the entries `seqs` of `place` (same order, same length)."""

    place: str = ""
    ids: list[Number] = []
    seqs: list[Number] = []


class Present(Message, frozen=True, gc=False):
    """Who came and went in a room since the last such message. `renamed` maps old names to new.

    In a direct conversation `room` is `@` and the other, by the name they have now.
    """

    room: str = ""
    came: list[str] = []
    went: list[str] = []
    lost: list[str] = []
    away: dict[str, str] = {}
    back: list[str] = []
    renamed: dict[str, str] = {}


class Page(Message, frozen=True, gc=False):
    """Entries of a place, oldest first. `end`: there is nothing beyond in the direction asked."""

    place: str = ""
    entries: list[Said | Told | TopicSet] = []
    end: bool = False
    ref: Number = 0


class Found(Message, frozen=True, gc=False):
    """What a `Search` found, newest first.

    `more`: there are others. `behind`: so many entries are not indexed yet.
    """

    query: str = ""
    entries: list[Said | Told | TopicSet] = []
    more: bool = False
    behind: Number = 0
    ref: Number = 0


class RoomInfo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A room in a `RoomsListed`."""

    room: str = ""
    topic: str = ""
    people: Number = 0
    head: Number = 0
    joined: bool = False


class RoomsListed(Message, frozen=True, gc=False):
    """Which rooms there are, the fullest first. `more`: the list goes on in another message."""

    rooms: list[RoomInfo] = []
    more: bool = False
    ref: Number = 0


class PersonInfo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A person in a `WhoListed`. `state` is here, away or lost (the connection broke, the seat is kept)."""

    name: str = ""
    state: str = "here"
    note: str = ""
    door: str = ""


class WhoListed(Message, frozen=True, gc=False):
    """Who is in a room, or in the house. `more`: the list goes on in another message."""

    room: str = ""
    people: list[PersonInfo] = []
    more: bool = False
    ref: Number = 0


class Renamed(Message, frozen=True, gc=False):
    """You are called `name` now."""

    name: str = ""
    ref: Number = 0


class ChoiceInfo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A key of the robot's menu and its label."""

    key: str = ""
    label: str = ""


class Prompted(Message, frozen=True, gc=False):
    """The robot says something and, unless `ended`, waits `wait` seconds (0: for ever) for an entry.

    `secret`: what is typed now should not be shown. `form`: what an entry has to fit, for who has asked for
    forms (`Login`); the house judges each entry itself in any case.
    """

    menu: str = ""
    node: str = ""
    text: str = ""
    choices: list[ChoiceInfo] = []
    wait: float = 0
    secret: bool = False
    ended: bool = False
    ref: Number = 0
    form: Form | None = None


class Noted(Message, frozen=True, gc=False):
    """Something was done as asked, said in a sentence: away, back, language."""

    code: str = ""
    text: str = ""
    ref: Number = 0


class CommandInfo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A line of `Helped`: a message's type or a command, and what it does."""

    name: str = ""
    usage: str = ""
    text: str = ""


class Helped(Message, frozen=True, gc=False):
    """What can be asked here."""

    commands: list[CommandInfo] = []
    ref: Number = 0


class Diagnosed(Message, frozen=True, gc=False):
    """What the server sees of this connection: rows of a name and a value, in the reader's language."""

    rows: list[tuple[str, str]] = []
    ref: Number = 0


class RunOutput(Message, frozen=True, gc=False):
    """What a runbook has written, in base64: to stdout (`channel` 1) or stderr (2)."""

    channel: Number = 1
    data: bytes = b""
    ref: Number = 0


class RunOver(Message, frozen=True, gc=False):
    """A run has ended: its exit code, or, negative, the signal that killed it.

    `reason` is empty if it ended by itself, else `time_limit`, `output_limit` or `shutting_down`.
    """

    code: int = 0
    reason: str = ""
    seconds: float = 0.0
    output_bytes: Number = 0
    ref: Number = 0


class Error(Message, frozen=True, gc=False):
    """Something was not done: a code that programs can read, a sentence, and what to do. `id` is the line it
    is about.

    `code` is one of `callroom_wire.errors`.
    """

    code: str = ""
    text: str = ""
    fix: str = ""
    id: Number = 0
    ref: Number = 0


class Bye(Message, frozen=True, gc=False):
    """The last message before the server closes, and why."""

    code: str = ""
    text: str = ""
