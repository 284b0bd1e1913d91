"""Figures of recorded calls: where callers went, where they left, and what was not understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from callroom_forms.folding import fold
from callroom_menus.record import Turn

END = "(end)"  # the target of a step with which the call ended
TOP = 20  # texts and reasons that are listed, most frequent first
MAX_SHOWN = 60  # characters of a listed text

# What leaves a call where it is, unless it was once too often.
STAYS = frozenset(
    {
        "no_match", "no_input", "suggested", "return", "login", "queued", "dropped", "waiting", "answered",
        "entered", "corrected", "declined",
    }
)  # fmt: skip
ANSWERS = ("found", "not_found", "error")


class Step(msgspec.Struct, frozen=True):
    """How often callers went from a place to another, by `keys.1`, `word`, `no_input`, `found` ..."""

    source: str
    how: str
    target: str
    count: int


class Typed(msgspec.Struct, frozen=True):
    """How often a text was typed at a place."""

    place: str
    text: str
    count: int


class Figures(msgspec.Struct, frozen=True):
    """The figures of one menu.

    `turns` counts what happened after the start; a step counts once the call has gone on. `visits` and
    `hangups` are by place, a node or `menu#node` of a called menu; `answers` are those of look-ups by place,
    `reasons` why they failed. `ended` are the calls that the menu ended; those neither ended nor hung up are
    still open, or were cut off.
    """

    menu: str
    calls: int
    turns: int
    ended: int
    visits: dict[str, int]
    hangups: dict[str, int]
    steps: tuple[Step, ...]
    no_match: tuple[Typed, ...]
    answers: dict[str, dict[str, int]]
    reasons: dict[str, int]

    @property
    def average(self) -> float:
        """Turns of a call, on average."""
        return self.turns / self.calls if self.calls else 0.0


def figures(turns: Iterable[Turn], menu: str = "") -> tuple[Figures, ...]:
    """The figures of each menu that calls began with, or of this one; most called first."""
    counts: dict[str, _Count] = {}
    for turn in turns:
        if not menu or turn.menu == menu:
            counts.setdefault(turn.menu, _Count()).take(turn)
    found = [count.figures(name) for name, count in counts.items()]
    return tuple(sorted(found, key=lambda one: (-one.calls, one.menu)))


def how(turn: Turn) -> str:
    """By which field a turn went on, as far as the record tells: `keys.1`, `global.0`, `word`, `found` ..."""
    if turn.what in ("key", "global"):
        return f"{'keys' if turn.what == 'key' else 'global'}.{fold(turn.entry)}"
    return turn.what


class _Count:
    """Counts the turns of one menu, while they come; it remembers the last one of each call."""

    def __init__(self) -> None:
        self._last: dict[str, Turn] = {}
        self._turns = 0
        self._visits: Counter[str] = Counter()
        self._steps: Counter[tuple[str, str, str]] = Counter()
        self._no_match: Counter[tuple[str, str]] = Counter()
        self._answers: dict[str, Counter[str]] = {}
        self._reasons: Counter[str] = Counter()

    def take(self, turn: Turn) -> None:
        before = self._last.get(turn.call)
        if before is not None:
            self._step(before, turn.place)
        self._last[turn.call] = turn
        self._turns += turn.what != "start"
        if turn.what == "no_match" and (typed := fold(turn.entry)[:MAX_SHOWN]):
            self._no_match[turn.place, typed] += 1
        elif turn.what in ANSWERS:
            self._answers.setdefault(turn.place, Counter())[turn.what] += 1
            if turn.what == "error":
                self._reasons[turn.entry[:MAX_SHOWN]] += 1

    def _step(self, turn: Turn, target: str) -> None:
        if turn.place != target or turn.what not in STAYS:
            self._steps[turn.place, how(turn), target] += 1
            if target != END:
                self._visits[target] += 1

    def figures(self, menu: str) -> Figures:
        """What has been counted; nothing can be counted afterwards."""
        hangups: Counter[str] = Counter()
        ended = 0
        for turn in self._last.values():
            if turn.what == "hangup":
                hangups[turn.place] += 1
            elif turn.over:
                ended += 1
                self._step(turn, END)
        return Figures(
            menu=menu,
            calls=len(self._last),
            turns=self._turns,
            ended=ended,
            visits=dict(self._visits.most_common()),
            hangups=dict(hangups.most_common()),
            steps=tuple(Step(*step, count) for step, count in self._steps.most_common()),
            no_match=tuple(Typed(*typed, count) for typed, count in self._no_match.most_common(TOP)),
            answers={place: dict(count) for place, count in self._answers.items()},
            reasons=dict(self._reasons.most_common(TOP)),
        )
