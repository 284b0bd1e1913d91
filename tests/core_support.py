"""A hub over a ledger in memory: what the app does with effects, without sockets, clocks or threads."""

from collections import deque
from typing import TypeVar

from callroom_menus.shelf import Shelf
from callroom_server.app.menus import shipped_menus
from callroom_server.config.limits import Limits
from callroom_server.core.effects import (
    Append,
    Begin,
    Close,
    Effect,
    Execute,
    Handed,
    Later,
    LookupJob,
    ReadJob,
    Replay,
    Run,
    Send,
    Settle,
    TranscriptJob,
    Wake,
)
from callroom_server.core.hub import Hub
from callroom_server.core.ledger import LedgerState, Record, Refusal
from callroom_server.ledger.memory import MemoryLedger
from callroom_wire.messages import ClientMessage, Hello, LoggedIn, Login, ServerMessage

M = TypeVar("M")


class Playhouse:
    """Carries effects out as the app does, on a clock that a test turns; what each session was sent is in
    `sent`.
    """

    def __init__(
        self,
        ledger: MemoryLedger | None = None,
        limits: Limits | None = None,
        flood: bool = False,
        boot: int = 1,
    ) -> None:
        self.now = 1000.0
        self.tokens = 0
        self.ledger = ledger or MemoryLedger()
        self.hub = Hub(
            boot=boot,
            limits=limits or Limits(),
            shelf=Shelf(shipped_menus().values(), "classic"),
            new_token=self._token,
            hash_token=lambda token: "#" + token,
            flood=flood,
        )
        self.boot = boot
        self.hub.at = 1_700_000_000_000
        self.sent: dict[int, list[ServerMessage]] = {}
        self.closed: dict[int, str] = {}
        self.executed: list[Execute] = []
        self.begun: list[Begin] = []
        self.alarms: list[Later] = []
        self.queue: deque[Effect] = deque()
        self.rows: dict[str, dict[str, str]] = {}  # what a look-up finds
        self.ledger.open(self)
        self.carry(self.hub.restarted(self.now))

    def _token(self) -> str:
        self.tokens += 1
        return f"{self.boot}-token-{self.tokens}"

    # --- the ledger's listener ---

    def restore(self, snapshot: bytes) -> None:
        assert snapshot == b""

    def committed(self, records: list[Record]) -> None:
        self.carry(self.hub.committed(records, self.now))

    def refused(self, refusals: list[Refusal]) -> None:
        self.carry(self.hub.refused(refusals, self.now))

    def ledger_changed(self, state: LedgerState, reason: str) -> None:
        pass

    # --- the app ---

    def carry(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Append():
                    assert self.ledger.submit(effect.stream, effect.event, effect.device, effect.counter)
                case Send():
                    self.sent.setdefault(effect.session, []).append(effect.message)
                case Later():
                    self.alarms.append(effect)
                case Close():
                    self.closed[effect.session] = effect.code
                case Run():
                    self.run(effect)
                case Execute():
                    self.executed.append(effect)
                case Begin():
                    self.begun.append(effect)
                case Wake() | Replay() | Settle():
                    pass
                case _:
                    raise AssertionError(effect)

    def run(self, run: Run) -> None:
        reader = self.ledger.reader()
        job = run.job
        if isinstance(job, ReadJob):
            found = reader.read(job.stream, job.after, job.before, job.limit, job.newest)
        elif isinstance(job, LookupJob):
            found = self.rows.get(job.key)
        elif isinstance(job, TranscriptJob):
            found = Handed("TOKEN", len(reader.read(job.stream, 0, 1000, 1000, newest=True)), True)
        else:
            found = reader.search(job.query, job.streams, job.limit)
        self.carry(self.hub.finished(run, found, self.now))

    def commit(self) -> None:
        """Lets the ledger commit until nothing is queued any more."""
        for _ in range(20):
            self.ledger.tick()

    def turn(self, seconds: float) -> None:
        """Turns the clock, and what is due happens."""
        self.now += seconds
        due = [later for later in self.alarms if later.at <= self.now]
        self.alarms = [later for later in self.alarms if later.at > self.now]
        for later in due:
            self.carry(self.hub.due(later.alarm, self.now))
        self.commit()

    # --- people ---

    def open(self, number: int, door: str = "frames", lang: str = "en") -> None:
        self.carry(self.hub.opened(number, door, "127.0.0.1:1", lang, greeted=door != "frames"))

    def ask(self, number: int, message: ClientMessage, commit: bool = True) -> list[ServerMessage]:
        """One request; what the session was sent because of it."""
        before = len(self.sent.setdefault(number, []))
        self.carry(self.hub.received(number, message, self.now))
        if commit:
            self.commit()
        return self.sent[number][before:]

    def person(self, number: int, name: str = "") -> LoggedIn:
        """A framed session that has logged in."""
        self.open(number)
        self.ask(number, Hello())
        return only(self.ask(number, Login(name=name)), LoggedIn)

    def lose(self, number: int) -> None:
        self.carry(self.hub.lost(number, self.now))
        self.commit()


def only(messages: list[ServerMessage], kind: type[M]) -> M:
    """The one message of this kind among these."""
    found = [message for message in messages if isinstance(message, kind)]
    assert len(found) == 1, messages
    return found[0]
