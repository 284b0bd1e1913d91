"""Transcripts: conversations with a menu as they should go, written down, played, and compared.

    # wrong key, then silence
    < *欢迎致电*
    > 7x
    < 没有这个选项*
    (silence 20)
    < 您还在吗*
    > 7
    ! room 大厅
    (return)
    < *

`<` is said (`*` stands for anything, a new line counts as a space), `>` is typed, `!` happens: `room NAME` or
`end`. Everything said must be written, in order. `(silence N)` lets N seconds pass, `(return)` comes back
from the room, `(hangup)` hangs up. A blank line or a `#` comment ends a transcript; the next is a new call.
"""

import re
from pathlib import Path

import msgspec

from callroom_menus.engine import step
from callroom_menus.events import (
    Effect,
    End,
    EnterRoom,
    Hangup,
    Input,
    Log,
    Return,
    Say,
    Silence,
    Start,
    Text,
    Unaccepted,
    Wait,
)
from callroom_menus.loader import normalised, read_source
from callroom_menus.model import Menu
from callroom_menus.problems import MenuError, Problem, problem
from callroom_menus.state import NEW

BEGINS_AT = 1_767_225_600.0  # 2026-01-01T00:00:00Z, for every transcript alike

_OUTSIDE = re.compile(r"(?:> *)?\((?:silence (?P<seconds>\d{1,6})|(?P<other>return|hangup))\)")


class Pause(msgspec.Struct, frozen=True):
    """Nothing is entered for so many seconds."""

    seconds: float


class Expected(msgspec.Struct, frozen=True):
    """What should be said (`<`) or happen (`!`), in the words of the transcript."""

    line: int
    mark: str
    text: str


class Exchange(msgspec.Struct, frozen=True):
    """What comes in, and all that should come of it."""

    line: int
    happens: Input | Pause
    expected: tuple[Expected, ...]


class Transcript(msgspec.Struct, frozen=True):
    """One call, from its start. `name` is the comment above it."""

    name: str
    file: str
    line: int
    exchanges: tuple[Exchange, ...]


class Difference(msgspec.Struct, frozen=True):
    """Where a call went another way: what the transcript has, and what came; empty is nothing."""

    file: str
    line: int
    expected: str
    came: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: expected {self.expected or 'nothing'}, got {self.came or 'nothing'}"


def load_transcripts(path: Path | str) -> tuple[Transcript, ...]:
    """The transcripts of a `.chat` file.

    Raises:
        MenuError: with every line that is no part of a transcript.
    """
    return read_transcripts(read_source(path), str(path))


def read_transcripts(text: str, file: str) -> tuple[Transcript, ...]:
    """The transcripts in a text; `file` is its name in problems and differences.

    Raises:
        MenuError: with every line that is no part of a transcript.
    """
    found: list[Transcript] = []
    problems: list[Problem] = []
    name, begins = "", 0
    exchanges: list[Exchange] = []
    for number, line in enumerate([*normalised(text).split("\n"), ""], start=1):
        if not line.strip() or line.startswith("#"):
            if exchanges:
                found.append(Transcript(name, file, begins, tuple(exchanges)))
                exchanges, name = [], ""
            if line.startswith("#"):
                name = f"{name} {line.strip('# ')}".strip()
            continue
        if not exchanges:
            exchanges, begins = [Exchange(number, Start(), ())], number
        read = _read(line, number, file)
        if isinstance(read, Problem):
            problems.append(read)
        elif isinstance(read, Exchange):
            exchanges.append(read)
        else:
            last = exchanges[-1]
            exchanges[-1] = Exchange(last.line, last.happens, (*last.expected, read))
    if problems:
        raise MenuError(tuple(problems))
    return tuple(found)


def _read(line: str, number: int, file: str) -> Exchange | Expected | Problem:
    outside = _OUTSIDE.fullmatch(line.strip())
    if outside is not None:
        others: dict[str | None, Input] = {"return": Return(), "hangup": Hangup()}
        happens = others.get(outside["other"]) or Pause(float(outside["seconds"] or 0))
        return Exchange(number, happens, ())
    mark, text = line[0], line[1:].removeprefix(" ")
    if mark == ">":
        return Exchange(number, Text(text), ())
    if mark == "!":
        text = text.strip()
        if text != "end" and not text.startswith("room "):
            return problem(file, number, 3, "chat-effect", name=text.split(" ")[0])
    elif mark != "<":
        return problem(file, number, 1, "chat-line")
    return Expected(number, mark, text)


def play(menu: Menu, transcript: Transcript) -> tuple[Difference, ...]:
    """Plays a call against a menu; the differences of the first exchange that has any."""
    caller = _Caller(menu)
    for exchange in transcript.exchanges:
        differences = _compare(transcript.file, exchange, caller.after(exchange.happens))
        if differences:
            return differences
    return ()


class _Caller:
    """The outside of a call: its clock, and the wait that is running."""

    def __init__(self, menu: Menu) -> None:
        self._menu = menu
        self._state = NEW
        self._now = BEGINS_AT
        self._due: float | None = None

    def after(self, happens: Input | Pause) -> list[Effect]:
        """What the menu does."""
        if not isinstance(happens, Pause):
            return self._step(happens)
        effects: list[Effect] = []
        end = self._now + happens.seconds
        while self._due is not None and self._due <= end:
            self._now = self._due
            effects += self._step(Silence())
        self._now = end
        return effects

    def _step(self, happened: Input) -> list[Effect]:
        self._state, effects = step(self._menu, self._state, happened, self._now)
        last = effects[-1]
        if not isinstance(last, Unaccepted):
            seconds = last.seconds if isinstance(last, Wait) else None
            self._due = None if seconds is None else self._now + seconds
        return list(effects)


def _compare(file: str, exchange: Exchange, effects: list[Effect]) -> tuple[Difference, ...]:
    came = [shown for effect in effects for shown in _shown(effect)]
    differences: list[Difference] = []
    for index in range(max(len(came), len(exchange.expected))):
        got = came[index] if index < len(came) else ""
        if index >= len(exchange.expected):
            differences.append(Difference(file, exchange.line, "", got))
        elif not _fits(exchange.expected[index], got):
            expected = exchange.expected[index]
            differences.append(Difference(file, expected.line, f"{expected.mark} {expected.text}", got))
    return tuple(differences)


def _shown(effect: Effect) -> list[str]:
    """An effect as a transcript writes it; what nobody notices is not written."""
    match effect:
        case Say():
            return [f"< {effect.text}"]
        case End():
            return [f"< {effect.text}", "! end"] if effect.text else ["! end"]
        case EnterRoom():
            return [f"! room {effect.room}"]
        case Unaccepted():
            return [f"! unaccepted {effect.input}"]
        case Wait() | Log():
            return []


def _fits(expected: Expected, came: str) -> bool:
    """Whether the line says it. Pieces between wildcards are looked for from the left: never slow."""
    text = came.replace("\n", " ")
    first, *rest = f"{expected.mark} {expected.text}".split("*")
    if not rest:
        return text == first
    if not text.startswith(first):
        return False
    at = len(first)
    *middle, last = rest
    for piece in middle:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(text) - at >= len(last) and text.endswith(last)
