"""What the core asks for: effects, carried out in order by the app and by nobody else."""

from typing import TYPE_CHECKING, Protocol

import msgspec

from callroom_server.core.ledger import Record

if TYPE_CHECKING:
    from callroom_server.core.sessions import Member
from callroom_wire.messages import ServerMessage


class Append(msgspec.Struct, frozen=True, gc=False):
    """Submit this event to the ledger."""

    stream: str
    event: bytes
    device: int = 0
    counter: int = 0


class AppendAll(msgspec.Struct, frozen=True, gc=False):
    """Submit these lines of one device in one place, in this order:

    what came in together costs less together.
    """

    stream: str
    events: list[bytes]
    device: int
    counters: list[int]


class Send(msgspec.Struct, frozen=True, gc=False):
    """Send this message to one session."""

    session: int
    message: ServerMessage


class Wake(msgspec.Struct, frozen=True, gc=False):
    """Something is new in this place: at the end of the pass, serve whoever is behind."""

    stream: str


class Settle(msgspec.Struct, frozen=True):
    """Serve this member, who is leaving its place, what it has not been sent yet, and do it now."""

    member: "Member"


class Later(msgspec.Struct, frozen=True, gc=False):
    """Call `hub.due(alarm, now)` at the monotonic time `at`.

    Never cancelled: a stale alarm finds nothing to do.
    """

    at: float
    alarm: "Alarm"


class Alarm(msgspec.Struct, frozen=True, gc=False):
    """What a `Later` is about: the kind, the number it is for, and the generation that tells a stale one."""

    kind: str
    number: int
    generation: int = 0


class ReadJob(msgspec.Struct, frozen=True, gc=False):
    """Read from the ledger: records of `stream` with after < seq < before, at most `limit`."""

    stream: str
    after: int
    before: int
    limit: int
    newest: bool


class SearchJob(msgspec.Struct, frozen=True, gc=False):
    """Look for words in these streams."""

    query: str
    streams: list[str]
    limit: int


class LookupJob(msgspec.Struct, frozen=True, gc=False):
    """Ask a source of `sources.toml`: a row for `key`, or the answer of an address with `args`."""

    source: str
    key: str
    args: dict[str, str]


class TranscriptJob(msgspec.Struct, frozen=True, gc=False):
    """Write down what was said in a stream, under the name by which its reader knows the place."""

    stream: str
    place: str
    device: int


class Handed(msgspec.Struct, frozen=True, gc=False):
    """A transcript with this token was written; `whole` unless older entries had to be left out."""

    token: str
    entries: int
    whole: bool


class Run(msgspec.Struct, frozen=True, gc=False):
    """Do a job in a worker, then call `hub.finished(run, result, now)`.

    `ticket` is the hub's own number for it.
    """

    session: int
    job: ReadJob | SearchJob | LookupJob | TranscriptJob
    ticket: int


class Execute(msgspec.Struct, frozen=True, gc=False):
    """Run a runbook for a session, and tell `hub.run_output`, then `hub.run_over` with this ticket."""

    session: int
    runbook: str
    args: list[str]
    ticket: int


class Begin(msgspec.Struct, frozen=True, gc=False):
    """The record of this run is durable: it may begin; or could not be stored, for this reason."""

    run: str
    reason: str = ""


class Replay(msgspec.Struct, frozen=True, gc=False):
    """Send these entries to one member, encoded in its door's format."""

    session: int
    stream: str
    records: list[Record]


class Report(msgspec.Struct, frozen=True):
    """A fault of our own in serving this session: log its traceback, and close that session only."""

    session: int
    error: Exception


class Close(msgspec.Struct, frozen=True, gc=False):
    """Tell a session why, finish sending, and close it."""

    session: int
    code: str
    text: str


Effect = Append | AppendAll | Send | Wake | Settle | Later | Run | Execute | Begin | Replay | Report | Close


def session_of(effect: Effect) -> int:
    """Whom an effect is for; 0 for what is not for one session."""
    match effect:
        case Send() | Close() | Run() | Execute() | Replay() | Report():
            return effect.session
        case Settle():
            return effect.member.session.number
        case _:
            return 0


class Format(Protocol):
    """How a family of doors writes a log entry; one object for all, so that it is encoded once."""

    def encode(self, place: str, seq: int, event: bytes) -> bytes:
        """The bytes of one entry, complete, ready to be joined with others.

        `place` is the name the reader knows.
        """
        ...
