"""What one connection may do when: the session's states as a table, and what the hub keeps of it.

A session is one connection. On a framed door it begins in GREETING and says hello; on a text door it begins
as a CALLER, who may speak with the robot but has no name yet. A login or a resume is a record, so it takes a
commit: until that is back the session is LOGGING_IN, and what it asks meanwhile waits its turn. READY may
everything. CLOSING may nothing: its last words are under way.

    GREETING --Hello--> CALLER --Login, Resume--> LOGGING_IN --(committed)--> READY --Quit--> CLOSING
                                                      |
                                                      +--(refused)--> CALLER

Moves that answer a request are made by its handler; the table says which requests are legal where. A request
that is missing from its state's row is refused with `wrong_state` (GREETING: the first word must be Hello) or
`not_logged_in`.
"""

from collections import deque
from enum import StrEnum
from math import inf

from callroom_menus.state import State as Robot
from callroom_server.core.flood import Bucket
from callroom_server.core.log import Log
from callroom_wire import messages as m
from callroom_wire.messages import ClientMessage


class State(StrEnum):  # a text, for its hash is made in C: every message is looked up by it
    """Where a session stands."""

    GREETING = "greeting"
    CALLER = "caller"
    LOGGING_IN = "logging_in"
    READY = "ready"
    CLOSING = "closing"


_ALWAYS = {m.Ping, m.Pong, m.Quit}
_CALLER = _ALWAYS | {m.Login, m.Resume, m.Dial, m.Press, m.HangUp, m.Rooms, m.Lang, m.Help, m.Doctor, m.Run}
_READY = (_CALLER - {m.Login, m.Resume}) | {
    m.Say, m.Tell, m.Join, m.Leave, m.Topic, m.Who, m.Nick, m.History, m.Transcript, m.Search,
    m.Away, m.Back,
}  # fmt: skip

LEGAL: dict[State, frozenset[type]] = {
    State.GREETING: frozenset(_ALWAYS | {m.Hello}),
    State.CALLER: frozenset(_CALLER),
    State.LOGGING_IN: frozenset(_ALWAYS),  # everything else waits
    State.READY: frozenset(_READY),
    State.CLOSING: frozenset(),  # everything is dropped
}


class Session:
    """One connection as the hub sees it. Slots and shared empties keep an idle one small."""

    __slots__ = (
        "address", "awaiting", "away", "bucket", "call", "device", "door", "forms", "halted", "lang",
        "members", "name", "number", "running", "small_talk_at", "state", "then", "waiting",
    )  # fmt: skip

    def __init__(self, number: int, door: str, address: str, lang: str, state: State) -> None:
        self.number = number
        self.door = door
        self.address = address
        self.lang = lang
        self.state = state
        self.bucket: Bucket | None = None
        self.device = 0
        self.name = ""
        self.forms = False  # the peer knows what a form is
        self.away: str | None = None
        self.members: dict[str, Member] = _NO_MEMBERS
        self.call: Call | None = None
        self.awaiting = False  # a request of this session is on its way through the ledger
        self.waiting: deque[ClientMessage] | None = None  # what it asked meanwhile
        self.halted = 0  # the first line that was not stored: until it is sent again, later ones are refused
        self.running = 0  # runbooks that it has asked for
        self.small_talk_at = -inf  # when a ping, a pong or a greeting last cost nothing
        self.then: m.Join | None = None  # what the robot wants done once there is a name

    @property
    def free(self) -> bool:
        """Whether what it asks is handled at once."""
        return self.state is State.READY and not self.awaiting

    def attend_room(self) -> None:
        """The person's attention is in a room or with someone: the robot, if any, waits in silence."""
        if self.call is not None:
            self.call.heard = False

    def seat(self, member: "Member") -> None:
        """Takes in a member of its own."""
        if self.members is _NO_MEMBERS:
            self.members = {}
        self.members[member.place.stream] = member


class Member:
    """A session in a place: the cursor says how far it has been sent the log.

    `confirmed` is how far the peer's kernel is known to have taken it, where the door can tell; a resume
    without the client's own numbers goes on from there. `loading` while what the log no longer retains is
    read from the ledger.
    """

    __slots__ = ("confirmed", "cursor", "loading", "place", "session")

    def __init__(self, session: Session, place: "Place", cursor: int) -> None:
        self.session = session
        self.place = place
        self.cursor = cursor
        self.confirmed = cursor
        self.loading = False


class Place:
    """A room or a direct conversation while anyone is in it: its log and its members, by session number."""

    __slots__ = ("log", "members", "news", "stream")

    def __init__(self, stream: str, log: Log) -> None:
        self.stream = stream
        self.log = log
        self.members: dict[int, Member] = {}
        self.news: m.Present | None = None  # who came and went since the last flush


class Call:
    """A call with the robot: its name in the record, its state as plain data, and its time-out's generation.

    `heard` while the caller's attention is here and not in a room: only then does silence mean anything.
    `secret` while the caller has been told that what is typed should not be shown, `formed` while their
    program has been told a form. At `due` (monotonic
    seconds; infinite: never) silence becomes a `Silence`. There is one alarm, at `alarm_at`, however many
    keys are pressed before: it finds a later `due` then, and is set anew.
    """

    __slots__ = ("alarm_at", "due", "formed", "generation", "heard", "name", "secret", "state")

    def __init__(self, name: str, state: Robot, generation: int) -> None:
        self.name = name
        self.state = state
        self.generation = generation
        self.due = self.alarm_at = inf
        self.heard = True
        self.secret = self.formed = False

    @property
    def menu(self) -> str:
        """The menu that the call began with."""
        return self.state.frames[0].menu if self.state.frames else ""


_NO_MEMBERS: dict[str, Member] = {}
