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

`<` is said (`*` stands for anything, a new line counts as a space), `>` is typed, `!` happens: `room NAME`,
`queue NAME`, `leave` (the queue), `run NAME ...`, `save WHAT name=value ...`, or `end`. Everything said must
be written, in order. A blank line or a `#` comment ends a transcript; the next is a new call. With
`(clock ...)` as its first line it begins at that time. What happens outside:

    (silence 20)                        so many seconds pass
    (clock 2026-10-01T03:00)            it is now this time, where the desk is
    (lookup found {"balance": "12.5"})  the look-up that runs found this; or not_found, or error
    (agent waiting 3 120)               three are ahead, for about 120 seconds
    (agent answered Li)                 or closed, full, timeout, ended
    (return)                            the caller is back from the room
    (hangup)                            the caller hangs up
"""

import re
from datetime import datetime
from pathlib import Path

import msgspec

from callroom_menus.events import (
    AgentEvent,
    AgentKind,
    Effect,
    End,
    EnterRoom,
    Handoff,
    Hangup,
    Input,
    LeaveQueue,
    Log,
    Lookup,
    LookupDone,
    LookupFailed,
    LookupMissing,
    Return,
    Run,
    Save,
    Say,
    Silence,
    Start,
    Text,
    Unaccepted,
    Wait,
)
from callroom_menus.model import Menus
from callroom_menus.problems import MenuError, Problem, problem
from callroom_menus.reading import normalised, read_source
from callroom_menus.simulator import Caller, Clock, Happening, Pause

_OUTSIDE = re.compile(
    r"""(?:>\ *)?\((?:
        silence\ (?P<silence>\d{1,6})
      | clock\ (?P<clock>[0-9T:.+Z-]{10,32})
      | lookup\ (?P<lookup>found\ *(?P<row>\{.*\})? | not_found | error)
      | agent\ (?P<agent>waiting | answered | closed | full | timeout | ended)(?P<more>\ [^()]*)?
      | (?P<other>return | hangup)
    )\)""",
    re.VERBOSE,
)
_AGENT: dict[str, AgentKind] = {
    "waiting": "waiting",
    "answered": "answered",
    "closed": "closed",
    "full": "full",
    "timeout": "timeout",
    "ended": "ended",
}
_EFFECTS = re.compile(r"end|leave|(?:room|queue|run|save) .+")


class Expected(msgspec.Struct, frozen=True):
    """What should be said (`<`) or happen (`!`), in the words of the transcript."""

    line: int
    mark: str
    text: str


class Exchange(msgspec.Struct, frozen=True):
    """What comes in, and all that should come of it."""

    line: int
    happens: Happening
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
        read = _read(line, number, file)
        if not exchanges:
            begins = number
        if not any(isinstance(one.happens, Start) for one in exchanges) and not _sets_clock(read):
            exchanges.append(Exchange(number, Start(), ()))
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


def _sets_clock(read: Exchange | Expected | Problem) -> bool:
    return isinstance(read, Exchange) and isinstance(read.happens, Clock)


def _read(line: str, number: int, file: str) -> Exchange | Expected | Problem:
    if is_outside(line):
        happens = outside(line)
        return problem(file, number, 1, "chat-line") if happens is None else Exchange(number, happens, ())
    mark, text = line[0], line[1:].removeprefix(" ")
    if mark == ">":
        return Exchange(number, Text(text), ())
    if mark == "!":
        text = text.strip()
        if not _EFFECTS.fullmatch(text):
            return problem(file, number, 3, "chat-effect", name=text.split(" ")[0])
    elif mark != "<":
        return problem(file, number, 1, "chat-line")
    return Expected(number, mark, text)


def is_outside(line: str) -> bool:
    """Whether a line tells what happens outside, as far as its form goes."""
    return _OUTSIDE.fullmatch(line.strip()) is not None


def outside(line: str) -> Happening | None:
    """What happens by a line such as `(silence 20)`; None if it, its time or its row cannot be read."""
    found = _OUTSIDE.fullmatch(line.strip())
    if found is None:
        return None
    if found["silence"] is not None:
        return Pause(float(found["silence"]))
    try:
        if found["clock"] is not None:
            return Clock(datetime.fromisoformat(found["clock"]))
        if found["lookup"] is not None:
            return _answer(found["lookup"], found["row"] or "{}")
    except (ValueError, msgspec.MsgspecError):
        return None
    if found["agent"] is not None:
        return _agent(_AGENT[found["agent"]], (found["more"] or "").split())
    return Return() if found["other"] == "return" else Hangup()


def _answer(kind: str, row: str) -> Input:
    """An answer to the look-up that runs; its ticket is filled in when it is played."""
    if kind == "not_found":
        return LookupMissing(0)
    if kind == "error":
        return LookupFailed(0, "error")
    return LookupDone(0, msgspec.json.decode(row, type=dict[str, str]))


def _agent(kind: AgentKind, more: list[str]) -> Input | None:
    if kind != "waiting":
        return AgentEvent(kind, agent=" ".join(more))
    if len(more) > 2 or not all(part.isdecimal() for part in more):
        return None
    ahead, eta = [*(int(part) for part in more), 0, 0][:2]
    return AgentEvent(kind, ahead=ahead, eta=eta)


def written(happens: Happening) -> str:
    """A line that says that this happens; the call's start has none."""
    match happens:
        case Text():
            return f"> {happens.text}"
        case Pause():
            return f"(silence {happens.seconds:.0f})"
        case Clock():
            return f"(clock {happens.time.isoformat(timespec='minutes')})"
        case LookupDone():
            return f"(lookup found {msgspec.json.encode(happens.row).decode()})"
        case LookupMissing():
            return "(lookup not_found)"
        case LookupFailed():
            return "(lookup error)"
        case AgentEvent(kind="waiting"):
            return f"(agent waiting {happens.ahead} {happens.eta:.0f})"
        case AgentEvent():
            return f"(agent {happens.kind} {happens.agent}".rstrip() + ")"
        case Return():
            return "(return)"
        case Hangup():
            return "(hangup)"
        case Start() | Silence():
            raise AssertionError(f"a transcript does not say {happens}")


def play(menus: Menus, transcript: Transcript) -> tuple[Difference, ...]:
    """Plays a call against a menu, or against a shelf; the differences of the first exchange that has any."""
    caller = Caller(menus)
    for exchange in transcript.exchanges:
        differences = _compare(transcript.file, exchange, caller.after(exchange.happens))
        if differences:
            return differences
    return ()


def _compare(file: str, exchange: Exchange, effects: list[Effect]) -> tuple[Difference, ...]:
    came = [line for effect in effects for line in shown(effect)]
    differences: list[Difference] = []
    for index in range(max(len(came), len(exchange.expected))):
        got = came[index] if index < len(came) else ""
        if index >= len(exchange.expected):
            differences.append(Difference(file, exchange.line, "", got))
        elif not fits(exchange.expected[index], got):
            expected = exchange.expected[index]
            differences.append(Difference(file, expected.line, f"{expected.mark} {expected.text}", got))
    return tuple(differences)


def shown(effect: Effect) -> list[str]:
    """An effect as a transcript tells it, perhaps in several lines; what nobody notices is not told."""
    match effect:
        case Say():
            return [f"< {effect.text}"]
        case End():
            return [f"< {effect.text}", "! end"] if effect.text else ["! end"]
        case EnterRoom():
            return [f"! room {effect.room}"]
        case Handoff():
            return [f"! queue {effect.queue}"]
        case LeaveQueue():
            return ["! leave"]
        case Run():
            return [" ".join(("! run", effect.runbook, *effect.args))]
        case Save():
            values = " ".join(f"{name}={value}" for name, value in effect.values.items())
            return [f"! save {effect.what} {values}"]
        case Unaccepted():
            return [f"! unaccepted {effect.input}"]
        case Wait() | Log() | Lookup():
            return []


def fits(expected: Expected, came: str) -> bool:
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
