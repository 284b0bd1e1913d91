"""Faults that are put into a server before it starts, by name: what tests must notice, or the server bear."""

import time
from collections.abc import Callable
from pathlib import Path
from sqlite3 import Connection

from callroom_server.core import calls
from callroom_server.core.commits import ANSWERS
from callroom_server.core.effects import Alarm, Effect, Run
from callroom_server.core.events import Asked
from callroom_server.core.handlers import HANDLERS
from callroom_server.core.hub import Hub, Result
from callroom_server.core.ledger import Record
from callroom_server.core.sessions import Session
from callroom_server.ledger import sqlite
from callroom_server.ledger.limits import LedgerLimits
from callroom_server.protocols.text.formats import TextFormat
from callroom_wire.messages import ClientMessage

BEHIND_DAYS = 40
"""So far is the clock of `long_ago` behind."""

POISON = 666
"""A request with this `ref` makes its handler raise, and so does a line with this word in a text door."""

POISON_WORD = "poison-666"


def unsynced() -> None:
    """Commits do not wait for the disk."""
    connect = sqlite.connect

    def connect_unsynced(path: Path, limits: LedgerLimits) -> Connection:
        connection = connect(path, limits)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    sqlite.connect = connect_unsynced


def raising_handlers() -> None:
    """Every handler raises when it is asked with `POISON`."""
    for kind, handler in HANDLERS.items():
        HANDLERS[kind] = _raising(handler)


def _raising(handler: Callable[..., list[Effect]]) -> Callable[..., list[Effect]]:
    def handle(hub: Hub, session: Session, message: ClientMessage, now: float) -> list[Effect]:
        if message.ref == POISON:
            raise ZeroDivisionError(f"injected into {type(message).__name__}")
        return handler(hub, session, message, now)

    return handle


def raising_answers() -> None:
    """Every answer to a request's own record raises when the request was asked with `POISON`."""
    for kind, answer in ANSWERS.items():
        ANSWERS[kind] = _raising_answer(answer)


def _raising_answer(answer: Callable[..., list[Effect]]) -> Callable[..., list[Effect]]:
    def tell(hub: Hub, event: Asked, granted: bool, record: Record, now: float) -> list[Effect]:
        if event.ref == POISON:
            raise ZeroDivisionError(f"injected into the answer to {type(event).__name__}")
        return answer(hub, event, granted, record, now)

    return tell


def raising_time_outs() -> None:
    """A caller's silence raises in the robot."""

    def silence(hub: Hub, alarm: Alarm, now: float) -> list[Effect]:
        raise ZeroDivisionError("injected into a robot's time-out")

    calls.silence = silence


def raising_pages() -> None:
    """A page of history that was asked for with `POISON` raises when it comes back from its worker."""
    finished = Hub.finished

    def finish(self: Hub, run: Run, result: Result, now: float) -> list[Effect]:
        if self.wanted[run.ticket].ref == POISON:
            raise ZeroDivisionError("injected into the answer of a worker")
        return finished(self, run, result, now)

    Hub.finished = finish


def raising_format() -> None:
    """Text doors cannot write a line that holds `POISON_WORD`."""
    encode = TextFormat.encode

    def write(self: TextFormat, place: str, seq: int, event: bytes) -> bytes:
        if POISON_WORD.encode() in event:
            raise ZeroDivisionError("injected into a text door's format")
        return encode(self, place, seq, event)

    TextFormat.encode = write


def long_ago() -> None:
    """What is said is recorded as if it had been said `BEHIND_DAYS` ago."""
    now = time.time
    time.time = lambda: now() - BEHIND_DAYS * 86_400
