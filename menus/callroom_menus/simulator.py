"""The outside of a call, simulated: its clock, the wait that runs, and the look-up that has no answer yet."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil

import msgspec

from callroom_menus.engine import step
from callroom_menus.events import (
    Effect,
    Input,
    Lookup,
    LookupDone,
    LookupFailed,
    LookupMissing,
    Run,
    Silence,
    Unaccepted,
    Wait,
)
from callroom_menus.model import Menus
from callroom_menus.state import NEW, Phase

BEGINS_AT = 1_767_225_600.0  # 2026-01-01T00:00:00Z, for every simulated call that names no other time


class Pause(msgspec.Struct, frozen=True):
    """Nothing is entered for so many seconds."""

    seconds: float


class Clock(msgspec.Struct, frozen=True):
    """It is now this time; one without a zone is in that of the menu's first hours, else in UTC."""

    time: datetime


Happening = Input | Pause | Clock


class Caller:
    """A call with these menus, in a time of its own: `now` moves by `Pause` and `Clock` only.

    `state` is the call's. Who answers the look-up that runs need not know its ticket.
    """

    def __init__(self, menus: Menus, now: float = BEGINS_AT) -> None:
        self.state = NEW
        self.now = now
        self._menus = menus
        self._due: float | None = None
        self._asked: Lookup | None = None
        self._ticket = 0

    @property
    def lookup(self) -> Lookup | None:
        """The look-up that runs."""
        return self._asked if self.state.phase is Phase.LOOKING else None

    @property
    def patience(self) -> int | None:
        """After so many whole seconds of silence something happens; None: nothing does."""
        return None if self._due is None else max(ceil(self._due - self.now), 0)

    def after(self, happens: Happening) -> list[Effect]:
        """What the menu does; what the call does not take just now is `Unaccepted`."""
        match happens:
            case Pause():
                return self._wait(happens.seconds)
            case Clock():
                self._set_clock(happens.time)
                return []
            case LookupDone() | LookupMissing() | LookupFailed():
                return self._step(msgspec.structs.replace(happens, ticket=self._ticket))
            case _:
                return self._step(happens)

    def _wait(self, seconds: float) -> list[Effect]:
        effects: list[Effect] = []
        end = self.now + seconds
        while self._due is not None and self._due <= end:
            self.now = self._due
            effects += self._step(Silence())
        self.now = end
        return effects

    def _set_clock(self, time: datetime) -> None:
        """Sets the clock; a wait that is running has as long to run as before."""
        if time.tzinfo is None:
            hours = next(iter(self._menus.first().hours.values()), None)
            time = time.replace(tzinfo=UTC if hours is None else hours.tz)
        now = time.timestamp()
        if self._due is not None:
            self._due += now - self.now
        self.now = now

    def _step(self, happened: Input) -> list[Effect]:
        self.state, effects = step(self._menus, self.state, happened, self.now)
        last = effects[-1]
        if not isinstance(last, Unaccepted):
            seconds = last.seconds if isinstance(last, Wait) else None
            self._due = None if seconds is None else self.now + seconds
        for effect in effects:
            if isinstance(effect, Lookup | Run):
                self._ticket = effect.ticket
                self._asked = effect if isinstance(effect, Lookup) else None
        return list(effects)
