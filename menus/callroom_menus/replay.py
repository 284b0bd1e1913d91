"""Recorded calls against an edited menu: which callers would end elsewhere, where they part, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec

from callroom_menus.beside import Tables
from callroom_menus.events import (
    AgentEvent,
    AgentKind,
    Effect,
    Hangup,
    Input,
    Log,
    LookupDone,
    LookupFailed,
    LookupMissing,
    Return,
    Silence,
    Start,
    Text,
    Unaccepted,
)
from callroom_menus.model import Menus
from callroom_menus.record import Turn
from callroom_menus.simulator import Caller, Clock, Happening, Pause
from callroom_menus.slot import Slot
from callroom_menus.state import Phase
from callroom_menus.stats import ANSWERS, END
from callroom_menus.transcript import written
from callroom_menus.trial import told
from callroom_menus.verbs.ask import Ask

AGENT: dict[str, AgentKind] = {
    "waiting": "waiting",
    "answered": "answered",
    "closed": "closed",
    "full": "full",
    "timeout": "timeout",
    "ended": "ended",
}
SKIPPED = frozenset({"queued", "dropped", "login", "moved"})  # what the caller did not do, or did later
NOT_TAKEN = "not taken"  # what became of an input that the edited menu does not take there

# Entries tried for a masked slot, whose own entry is not recorded; then digits of every length.
_EXAMPLES = ("13800138000", "123456", "2026-01-01", "1", "10", "100", "x")
_MAX_DIGITS = 24
_MINUTE = 60.0

Outcome = Literal["same", "other_way", "elsewhere"]


class Parting(msgspec.Struct, frozen=True):
    """Where a call leaves the way that it went: what was done there, what it was then and what it is now."""

    place: str
    entry: str
    then: str
    went: str
    now: str
    goes: str


class Replayed(msgspec.Struct, frozen=True):
    """A call, replayed: where it ended, where it would, and where it first parts from its way.

    `guessed`: part of it is not recorded (a masked entry, or what a look-up found), and was made up.
    """

    call: str
    at: float
    turns: int
    outcome: Outcome
    ended: str
    would_end: str
    guessed: bool
    parting: Parting | None = None


def replayed(menus: Menus, turns: Sequence[Turn], tables: Tables) -> Replayed:
    """One call, from its start, with these menus. After it has parted, the same is done as far as it goes."""
    again = _Again(menus, tables)
    parting: Parting | None = None
    for before, turn in zip((None, *turns), turns, strict=False):
        if before is not None and parting is None and again.place != turn.place:
            parting = again.parting(before, turn.place)
        if again.over:
            break
        if turn.what == "hangup":
            break
        again.take(turn)
    last = turns[-1]
    ended = END if last.over and last.what != "hangup" else last.place
    would_end = again.place if last.what == "hangup" or last.over or again.over else again.before
    if parting is None and ended != would_end:
        parting = again.parting(last, ended)
    outcome: Outcome = "elsewhere" if ended != would_end else "other_way" if parting else "same"
    first = turns[0]
    return Replayed(first.call, first.at, len(turns), outcome, ended, would_end, again.guessed, parting)


def exported(menus: Menus, turns: Sequence[Turn], tables: Tables) -> list[str]:
    """One call as a transcript, with what these menus say: masked entries are made up."""
    again = _Again(menus, tables)
    lines = [f"# {turns[0].call}"]
    for turn in turns:
        if abs(turn.at - again.caller.now) >= _MINUTE:  # it may matter to the hours of a desk
            clock = Clock(datetime.fromtimestamp(turn.at // _MINUTE * _MINUTE, UTC))
            again.caller.after(clock)
            lines.append(written(clock))
        for happens, effects in again.happened(turn, quick=True):
            if not isinstance(happens, Start):
                lines.append(written(happens))
            lines += told(effects)
    return lines


class _Again:
    """A call that is called again."""

    def __init__(self, menus: Menus, tables: Tables) -> None:
        self.caller = Caller(menus)
        self.guessed = False
        self.before = ""
        self._menus = menus
        self._tables = tables
        self._was: Log | None = None
        self._taken = True

    @property
    def over(self) -> bool:
        return self.caller.state.phase is Phase.ENDED

    @property
    def place(self) -> str:
        """Where the call stands, as `Turn.place` says it."""
        frames = self.caller.state.frames
        if not frames:
            return END if self.over else ""
        frame = frames[-1]
        return f"{frame.menu}#{frame.node}" if len(frames) > 1 else frame.node

    def parting(self, turn: Turn, then: str) -> Parting:
        """That the call has gone elsewhere than `then` at this turn."""
        became = self._was.what if self._taken and self._was else NOT_TAKEN
        return Parting(turn.place, turn.entry, turn.what, then, became, self.place)

    def take(self, turn: Turn) -> None:
        """Does what was done in this turn, at the time of it."""
        self.caller.now = turn.at
        self.before = self.place
        for _ in self.happened(turn, quick=False):
            pass

    def happened(self, turn: Turn, quick: bool) -> Iterator[tuple[Happening, list[Effect]]]:
        """What happens in this turn, and what comes of it; `quick`: a silence passes at once."""
        if turn.what in SKIPPED or self.over:
            return
        if self.caller.lookup is not None and turn.what not in ANSWERS:
            yield self._after(self._found())
        if self.caller.state.phase is Phase.QUEUED and turn.what not in AGENT and turn.place != self.place:
            yield self._after(AgentEvent("full"))
        happens: Happening = self._input(turn)
        if quick and isinstance(happens, Silence) and self.caller.patience is not None:
            happens = Pause(self.caller.patience)
        yield self._after(happens)

    def _after(self, happens: Happening) -> tuple[Happening, list[Effect]]:
        effects = self.caller.after(happens)
        self._taken = not any(isinstance(effect, Unaccepted) for effect in effects)
        self._was = next((effect for effect in effects if isinstance(effect, Log)), None)
        return happens, effects if self._taken else []

    def _input(self, turn: Turn) -> Input:
        match turn.what:
            case "start":
                return Start(turn.menu)
            case "return":
                return Return()
            case "hangup":
                return Hangup()
            case "no_input":
                return Silence()
            case "found":
                return self._found()
            case "not_found":
                return LookupMissing(0)
            case "error":
                return LookupFailed(0, turn.entry)
            case what if what in AGENT:
                return AgentEvent(AGENT[what], agent=turn.entry)
            case "entered" | "corrected" if not turn.entry:
                return Text(self._stand_in())
            case _:
                return Text(turn.entry)

    def _found(self) -> Input:
        """What the look-up finds in its table now: what it found then is not recorded."""
        self.guessed = True
        asked = self.caller.lookup
        answer = self._tables.answer(asked) if asked is not None else None
        return answer if isinstance(answer, LookupDone) else LookupDone(0, {})

    def _stand_in(self) -> str:
        """An entry that fits the slot which is asked for here."""
        self.guessed = True
        frame = self.caller.state.frames[-1]
        menu = self._menus.find(frame.menu, frame.hash)
        verb = menu.nodes[frame.node].verb if menu is not None else None
        return stand_in(verb.slot) if isinstance(verb, Ask) else _EXAMPLES[0]


def stand_in(slot: Slot) -> str:
    """An entry that fits a slot; empty if none of those tried does."""
    digits = (sign * length for length in range(1, _MAX_DIGITS) for sign in "1059")
    tried = (*slot.form.options, *_EXAMPLES, *digits)
    return next((entry for entry in tried if slot.read(entry) is not None), "")
