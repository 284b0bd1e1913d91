"""What the socket does, in figures: the stage, both ends, operations, outcomes, bytes, round trips."""

from collections import Counter, deque

import msgspec

from callroom_client.events import (
    Began,
    Broken,
    Ended,
    KernelSeen,
    Outcome,
    RoundTrip,
    SocketClosed,
    SocketOpened,
    Stage,
    StageChanged,
    TimeoutsSet,
    Verb,
)
from callroom_wire.text import clean

OUTCOMES_KEPT = 50
"""Of each verb, so many operations are kept; of the others, the count."""
ROUND_TRIPS_KEPT = 120
"""At a ping every 15 s, half an hour of a sparkline."""


class Connection(msgspec.Struct):
    """The connection as it is now, and what it has done since the client was started.

    `doing` has the operation of each verb that is in progress: its `deadline` is what a countdown counts to.
    `silent_since` and times in the events are monotonic seconds.
    """

    stage: StageChanged = StageChanged(at=0.0, stage=Stage.OFFLINE)
    socket: SocketOpened | None = None
    closed: SocketClosed | None = None
    kernel: KernelSeen | None = None
    timeouts: TimeoutsSet | None = None
    broken: Broken | None = None
    doing: dict[Verb, Began] = {}
    outcomes: dict[Verb, deque[Ended]] = msgspec.field(
        default_factory=lambda: {verb: deque(maxlen=OUTCOMES_KEPT) for verb in Verb}
    )
    totals: dict[Verb, Counter[Outcome]] = msgspec.field(
        default_factory=lambda: {verb: Counter[Outcome]() for verb in Verb}
    )
    bytes_in: int = 0
    bytes_out: int = 0
    messages_in: int = 0
    messages_out: int = 0
    connections: int = 0
    """How many have stood since the client was started."""
    round_trips: deque[float] = msgspec.field(default_factory=lambda: deque(maxlen=ROUND_TRIPS_KEPT))
    """In seconds, the newest last."""
    server: str = ""
    software: str = ""
    limits: dict[str, int] = {}

    @property
    def round_trip(self) -> float | None:
        """The last one, in seconds."""
        return self.round_trips[-1] if self.round_trips else None

    def began(self, event: Began) -> None:
        """An operation is in progress."""
        self.doing[event.verb] = event

    def ended(self, event: Ended) -> None:
        """An operation has ended."""
        verb, outcome = event.verb, event.outcome
        if (doing := self.doing.get(verb)) is not None and doing.number == event.number:
            del self.doing[verb]
        self.outcomes[verb].append(event)
        self.totals[verb][outcome] += 1
        if verb is Verb.RECV:
            self.bytes_in += event.size
        elif verb is Verb.SEND:
            self.bytes_out += event.size

    def staged(self, event: StageChanged) -> None:
        """It went on, or back."""
        self.stage = StageChanged(
            at=event.at,
            stage=event.stage,
            address=clean(event.address),
            attempt=event.attempt,
            code=event.code,
            detail=clean(event.detail),
            retry_at=event.retry_at,
        )

    def opened(self, event: SocketOpened) -> None:
        """It stands."""
        self.socket, self.closed, self.kernel, self.broken = event, None, None, None
        self.connections += 1

    def ended_by(self, event: SocketClosed) -> None:
        """The descriptor is closed."""
        self.socket, self.closed = None, event
        self.doing.clear()

    def broke(self, event: Broken) -> None:
        """The peer does not speak our protocol."""
        self.broken = Broken(at=event.at, code=event.code, detail=clean(event.detail), sample=event.sample)

    def round_tripped(self, event: RoundTrip) -> None:
        """A ping was answered."""
        self.round_trips.append(event.seconds)
