"""A call tried by hand: typed lines and happenings in, what is said and the state of the call out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from callroom_menus.beside import Tables
from callroom_menus.events import Effect, Lookup, Start, Text, Unaccepted
from callroom_menus.model import Menus
from callroom_menus.simulator import Caller, Clock, Happening, Pause
from callroom_menus.state import Phase, State
from callroom_menus.transcript import outside, shown, written
from callroom_menus.values import masked

_MEANT_OUTSIDE = re.compile(r"\(\s*(?:silence|clock|lookup|agent|return|hangup)\b.*\)")


class Misread(Exception):  # noqa: N818 - what happened to the line
    """A line in brackets that says nothing that can happen, or not now."""


class Standing(NamedTuple):
    """Where a call stands, as far as it may be shown: masked variables are masked."""

    phase: Phase
    menu: str
    node: str
    lang: str
    attempts: int
    patience: int | None
    variables: dict[str, str]
    history: tuple[str, ...]


class Trial:
    """A call with a menu, from its start at a given time; `record` is its transcript so far.

    Look-ups are answered from the tables where there is one, else by a line such as `(lookup not_found)`.
    """

    def __init__(self, menus: Menus, tables: Tables, begins: datetime) -> None:
        self.record: list[str] = []
        self._tables = tables
        self._caller = Caller(menus)
        self._first = [Clock(begins), Start()]

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self._caller.state.phase is Phase.ENDED

    def begin(self) -> list[Effect]:
        """Calls."""
        return [effect for happens in self._first for effect in self._after(happens)]

    def typed(self, line: str) -> list[Effect]:
        """What comes of a line: an entry, or in brackets what happens.

        Raises:
            Misread: the brackets hold nothing that can happen, or a silence where nobody waits for one.
        """
        return self._after(self._read(line))

    def _read(self, line: str) -> Happening:
        bare = line.strip()
        if bare == "(silence)":
            patience = self._caller.patience
            if patience is None:
                raise Misread(bare)
            return Pause(patience)
        happens = outside(bare)
        if happens is None and _MEANT_OUTSIDE.fullmatch(bare):
            raise Misread(bare)
        return Text(line) if happens is None else happens

    def _after(self, happens: Happening) -> list[Effect]:
        effects = self._caller.after(happens)
        if any(isinstance(effect, Unaccepted) for effect in effects):
            return effects
        if not isinstance(happens, Start):
            self.record.append(written(happens))
        self.record += told(effects)
        asked = self._caller.lookup
        if asked is not None and any(isinstance(effect, Lookup) for effect in effects):
            answer = self._tables.answer(asked)
            if answer is not None:
                effects += self._after(answer)
        return effects

    def standing(self) -> Standing:
        """Where the call stands."""
        state: State = self._caller.state
        if not state.frames:
            return Standing(state.phase, "", "", "", 0, None, {}, ())
        frame = state.frames[-1]
        values = {
            name: masked(value) if name in frame.masked else value for name, value in frame.variables.items()
        }
        attempts = frame.misses + frame.silences
        menu = frame.menu if len(state.frames) > 1 else ""
        patience = self._caller.patience
        return Standing(state.phase, menu, frame.node, state.lang, attempts, patience, values, frame.history)


def told(effects: Sequence[Effect]) -> list[str]:
    """Effects as lines of a transcript: each in one line."""
    return [line.replace("\n", " ") for effect in effects for line in shown(effect)]
