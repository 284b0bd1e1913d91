"""What happens in a client, as plain frozen data: the link reports it, the model applies it, a view shows it.

Times (`at`) are monotonic seconds of this machine, but for what the server labels. A time-out is what
`socket.settimeout` takes: `None` waits for ever, `0` does not wait at all, any other number is seconds.
"""

from enum import Enum

import msgspec

from callroom_wire.messages import ClientMessage, ServerMessage

Timeout = float | None
"""`None`, `0`, or seconds: the three modes of a Python socket."""


class Stage(Enum):
    """How far a connection is, in the order of a good day; `SILENT` is `READY` without an answer."""

    OFFLINE = "offline"
    RESOLVING = "resolving"
    CONNECTING = "connecting"
    SECURING = "tls"
    PROVING = "proving"
    LOGGING_IN = "logging_in"
    READY = "ready"
    SILENT = "silent"
    WAITING = "reconnecting"
    CLOSING = "closing"


class Verb(Enum):
    """What the client asks of its socket."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    RECV = "recv"
    SEND = "send"
    SHUTDOWN = "shutdown"


class Outcome(Enum):
    """How an operation on the socket ended."""

    DONE = "done"  # resolved, connected, sent, shut down
    DATA = "data"
    TIMED_OUT = "timed_out"
    WOULD_BLOCK = "would_block"  # BlockingIOError, which only the time-out 0 brings
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    RESET = "reset"
    CLOSED = "closed"  # recv gave b"": the peer has finished sending
    FAILED = "failed"  # any other errno


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Anything that happens; all of them can be written down as JSON."""

    at: float


class StageChanged(Event, frozen=True):
    """The connection went on, or back. `attempt` counts tries since it last was `READY`.

    `address` is the URL that is being tried; `code` names why, where something went wrong (a code of
    `callroom_wire.errors`, a name of an errno, or one of `link.faults.FAULTS`), `detail` says it in the
    words of the operating system or of the server; `retry_at` is the monotonic time of the next try while
    `WAITING`. `OFFLINE` with a code that is not `left` waits for somebody to ask for another try.
    """

    stage: Stage
    address: str = ""
    attempt: int = 0
    code: str = ""
    detail: str = ""
    retry_at: float | None = None


class Began(Event, frozen=True):
    """An operation begins. `deadline` is when its time-out will end it; None: never, or at once."""

    number: int
    verb: Verb
    timeout: Timeout
    deadline: float | None = None
    size: int = 0
    """Bytes that recv would take at most, or that send was given."""
    peer: str = ""


class Ended(Event, frozen=True):
    """The operation `number` ended after `seconds`. `size`: bytes that came or went. `errno`: by name."""

    number: int
    verb: Verb
    timeout: Timeout
    seconds: float
    outcome: Outcome
    size: int = 0
    errno: str = ""
    detail: str = ""


class SocketOpened(Event, frozen=True):
    """A connection stands: its descriptor, both ends by name, and what TLS agreed on ("" without).

    It comes when the socket is connected, and under TLS once more when the handshake is done.
    """

    descriptor: int
    family: str
    local: str
    peer: str
    tls: str = ""


class SocketClosed(Event, frozen=True):
    """The descriptor is closed. `by_us`: we finished first. `code` as in `StageChanged`."""

    by_us: bool
    code: str = ""


class KernelSeen(Event, frozen=True):
    """What TCP_INFO says (tcp(7), linux/tcp.h); only where the system has it. Times are seconds."""

    state: str
    round_trip: float
    variation: float
    retransmits: int
    unacknowledged: int
    """Segments that are under way."""
    unsent: int
    """Bytes in the kernel's send queue (SIOCOUTQ)."""
    unread: int
    """Bytes in the kernel's receive queue (SIOCINQ)."""


class TimeoutsSet(Event, frozen=True):
    """The time-outs from now on. An operation in progress keeps the one it began with."""

    connect: Timeout
    recv: Timeout
    send: Timeout


class FramePassed(Event, frozen=True):
    """A whole frame, header and body, went out or came in.

    `pieces` are the operations that carried it, as `(its number, bytes of this frame in it)`:
    two pieces are a packet that was split, two frames with the same operation are packets stuck together.
    Under TLS the bytes that go out are counted as the kernel gets them, encrypted. `data` of a login, or of a
    return, holds the token.
    """

    outgoing: bool
    data: bytes
    pieces: tuple[tuple[int, int], ...]


class Asked(Event, frozen=True):
    """A message is on its way to the server (or waits for a connection, when it is a line)."""

    message: ClientMessage


class Received(Event, frozen=True):
    """The server told something; pings are the link's own business, and a `token` is left out."""

    message: ServerMessage


class Queued(Event, frozen=True):
    """A line was written down, now or by an earlier run, and will be sent until the server acknowledges it or
    refuses it.

    `id` is its number for this device, `place` a room, or `@` and a person.
    """

    id: int
    place: str
    text: str


class Dropped(Event, frozen=True):
    """A line that was queued is given up without an answer: `code`, one of `link.faults.FAULTS`, says why.

    `fate_unknown`: it may have arrived. `not_kept`: it was not sent.
    """

    id: int
    place: str
    text: str
    code: str


class RoundTrip(Event, frozen=True):
    """A `Ping` was answered after `seconds`."""

    seconds: float


class Broken(Event, frozen=True):
    """The peer does not speak our protocol, or broke it. `sample`: the first bytes it sent, at most 64."""

    code: str
    detail: str
    sample: bytes = b""


LinkEvent = (
    StageChanged
    | Began
    | Ended
    | SocketOpened
    | SocketClosed
    | KernelSeen
    | TimeoutsSet
    | FramePassed
    | Asked
    | Received
    | Queued
    | Dropped
    | RoundTrip
    | Broken
)
