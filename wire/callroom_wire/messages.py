"""Every message of the framed protocol, one class each.

What is asked for is an imperative (`Say`, `Join`); what happened is in the past tense (`Said`, `Joined`). All
are frozen, tagged by `type` in snake_case, and refuse unknown fields. `ref` is the client's own number for a
request: the answer, or the `Error`, carries the same one. Times are Unix milliseconds and only labels: order
is told by `seq` alone.

`docs/protocol.md` is generated from this module: each docstring's first paragraph is the message's line in
it.
"""

from typing import Annotated

import msgspec

PROTOCOL_VERSION = 1

MAX_NUMBER = 2**53 - 1
"""The greatest number on the wire: every JSON reader keeps it exactly (RFC 8259, section 6)."""

Number = Annotated[int, msgspec.Meta(ge=0, le=MAX_NUMBER)]


def _tag(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


class Message(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="type",
    tag=_tag,
    gc=False,
):
    """Anything that travels in a JSON frame."""


class Request(Message, frozen=True, gc=False):
    """What a client asks for; `ref` comes back in the answer."""

    ref: Number = 0


# --- what a client asks for
# ------------------------------------------------------------------------------------------


class Hello(Request, frozen=True, gc=False):
    """Opens the conversation with the protocol's version, the client's own name, and its language."""

    version: Number = PROTOCOL_VERSION
    client: str = ""
    lang: str = ""


class Login(Request, frozen=True, gc=False):
    """Takes a name as a guest; an empty name asks the server to give one. Answered by `LoggedIn`."""

    name: str = ""


class Resume(Request, frozen=True, gc=False):
    """Comes back after a break: the token of the last `LoggedIn`, and the last seq seen of each place.

    In `seen` a room has its name, and a direct conversation its `conversation`, as names change. Answered by
    `LoggedIn`, a `Joined` for each place, and then exactly what was missed, in order. A place left out of
    `seen` continues from what the server last knows.
    """

    token: str = ""
    seen: dict[str, Number] = {}


class Say(Request, frozen=True, gc=False):
    """Says a line in a room the client is in. `id` is the client's own counter, growing; a resend keeps its
    id.

    Answered by `Ack` once the line is durable. The same id is acknowledged again and stored once.
    """

    id: Number = 0
    room: str = ""
    text: str = ""


class Tell(Request, frozen=True, gc=False):
    """Says a line to one person, kept for them while they are away. `id` as in `Say`."""

    id: Number = 0
    to: str = ""
    text: str = ""


class Join(Request, frozen=True, gc=False):
    """Enters a room, which is made if it is new. `seen` continues after that seq; without it, from now on."""

    room: str = ""
    seen: Number | None = None


class Leave(Request, frozen=True, gc=False):
    """Leaves a room."""

    room: str = ""


class Topic(Request, frozen=True, gc=False):
    """Sets the topic of a room (`text`), or asks for it (no `text`)."""

    room: str = ""
    text: str | None = None


class Rooms(Request, frozen=True, gc=False):
    """Asks which rooms there are."""


class Who(Request, frozen=True, gc=False):
    """Asks who is in a room, or with no room who is here at all."""

    room: str = ""


class Nick(Request, frozen=True, gc=False):
    """Takes another name."""

    name: str = ""


class History(Request, frozen=True, gc=False):
    """Asks for older entries of a place: at most `limit` before the seq `before` (0: the newest), or, with
    `after`, the first ones after it. Answered by a `Page`.
    """

    place: str = ""
    before: Number = 0
    after: Number | None = None
    limit: Number = 50


class Transcript(Request, frozen=True, gc=False):
    """Asks for what was said in one of one's places as a text file; a `Noted` tells its address.

    Whoever has the address can read the file, until it expires.
    """

    place: str = ""


class Search(Request, frozen=True, gc=False):
    """Looks for words in what was said in one's places (or in one of them). Answered by `Found`."""

    query: str = ""
    place: str = ""
    limit: Number = 20


class Dial(Request, frozen=True, gc=False):
    """Calls the robot; an empty menu calls the house's own. Answered by `Prompted`."""

    menu: str = ""


class Press(Request, frozen=True, gc=False):
    """Gives the robot an entry: digits, a word, a code."""

    text: str = ""


class HangUp(Request, frozen=True, gc=False):
    """Ends the call with the robot."""


class Away(Request, frozen=True, gc=False):
    """Says that one is away, and why."""

    text: str = ""


class Back(Request, frozen=True, gc=False):
    """Says that one is back."""


class Lang(Request, frozen=True, gc=False):
    """Chooses the language of what the server says: `en` or `zh`."""

    lang: str = ""


class Help(Request, frozen=True, gc=False):
    """Asks what can be asked. Answered by `Helped`."""


class Doctor(Request, frozen=True, gc=False):
    """Asks what the server sees of this connection. Answered by `Diagnosed`."""


class Run(Request, frozen=True, gc=False):
    """Runs a runbook, from this machine only. Answered by `RunOutput` as it writes, then by one `RunOver`.

    There is no shell: each argument is passed on as it is, if it is what the runbook allows there.
    """

    name: str = ""
    args: list[str] = []


class Ping(Request, frozen=True, gc=False):
    """Asks for a `Pong` with the same `n`. Either side may send it."""

    n: Number = 0


class Pong(Request, frozen=True, gc=False):
    """Answers a `Ping`."""

    n: Number = 0


class Quit(Request, frozen=True, gc=False):
    """Leaves the house for good: the name is free again and the token is void. Answered by `Bye`."""

    text: str = ""


# --- what the server tells
# -------------------------------------------------------------------------------------------


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

    `secret`: what is typed now should not be shown.
    """

    menu: str = ""
    node: str = ""
    text: str = ""
    choices: list[ChoiceInfo] = []
    wait: float = 0
    secret: bool = False
    ended: bool = False
    ref: Number = 0


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


ClientMessage = (
    Hello
    | Login
    | Resume
    | Say
    | Tell
    | Join
    | Leave
    | Topic
    | Rooms
    | Who
    | Nick
    | History
    | Transcript
    | Search
    | Dial
    | Press
    | HangUp
    | Away
    | Back
    | Lang
    | Help
    | Doctor
    | Run
    | Ping
    | Pong
    | Quit
)
Entry = Said | Told | TopicSet
ServerMessage = (
    Welcomed
    | LoggedIn
    | Joined
    | Left
    | Said
    | Told
    | TopicSet
    | Gap
    | Ack
    | Present
    | Page
    | Found
    | RoomsListed
    | WhoListed
    | Renamed
    | Prompted
    | Noted
    | Helped
    | Diagnosed
    | RunOutput
    | RunOver
    | Error
    | Bye
    | Ping
    | Pong
)
