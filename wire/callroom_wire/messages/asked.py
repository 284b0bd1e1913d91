"""What a client asks for, one class each."""

from callroom_wire.messages.base import PROTOCOL_VERSION, Number, Request


class Hello(Request, frozen=True, gc=False):
    """Opens the conversation with the protocol's version, the client's own name, and its language."""

    version: Number = PROTOCOL_VERSION
    client: str = ""
    lang: str = ""


class Login(Request, frozen=True, gc=False):
    """Takes a name as a guest; an empty name asks the server to give one. Answered by `LoggedIn`.

    `forms`: each `Prompted` is to carry its form. To be asked only of a house whose `Welcomed` has `forms`
    among its limits: an older one does not know the field.
    """

    name: str = ""
    forms: bool = False


class Resume(Request, frozen=True, gc=False):
    """Comes back after a break: the token of the last `LoggedIn`, and the last seq seen of each place.

    In `seen` a room has its name, and a direct conversation its `conversation`, as names change. Answered by
    `LoggedIn`, a `Joined` for each place, and then exactly what was missed, in order. A place left out of
    `seen` continues from what the server last knows. `forms` as in `Login`.
    """

    token: str = ""
    seen: dict[str, Number] = {}
    forms: bool = False


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
