"""The log: one line per event, for a person at a terminal or for a machine, and never a stalled loop.

A line holds facts and numbers, never what a person said or typed. Whatever a value holds, it stays within its
line: what is not printable is escaped.

Lines are written by a thread of their own: a write to a pipe or a terminal that nobody reads blocks, and a
non-blocking descriptor would be so for every program that shares it (open(2): the flags belong to the open
file, not to the process). What cannot be written yet waits, up to `QUEUE_BYTES`; beyond it lines are dropped,
and once writing works again a `log.dropped` line tells how many.
"""

import errno
import json
import math
import os
import select
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from callroom_server.config.settings import LogFormat, LogLevel, Settings

Value = str | int | float | bool | None

QUEUE_BYTES: Final = 1024 * 1024
VALUE_CHARACTERS: Final = 400
SELDOM_SECONDS: Final = 10.0
"""What strangers can bring about at will is told at most once in so long, of each kind."""
LEVELS: Final[dict[LogLevel, int]] = {"debug": 10, "info": 20, "warning": 30, "error": 40}
COLOURS: Final[dict[LogLevel, str]] = {"debug": "2", "info": "36", "warning": "33", "error": "31"}
RESERVED: Final = frozenset({"time", "level", "event", "traceback"})


class Log:
    """Where the house tells what happened; `emit` takes complete lines and must not block.

    An event is named `thing.what_happened`, in the past tense; its fields are facts about it.
    """

    def __init__(
        self,
        emit: Callable[[str], None],
        style: LogFormat = "human",
        level: LogLevel = "info",
        *,
        colour: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._emit = emit
        self._write = self._json if style == "json" else self._human
        self._least = LEVELS[level]
        self._colour = colour
        self._clock = clock

    def event(self, event: str, /, level: LogLevel = "info", **fields: Value) -> None:
        """Something happened; a `warning` an operator may want to act on, an `error` an operator must."""
        self._tell(level, event, fields)

    def failure(self, event: str, error: BaseException, /, **fields: Value) -> None:
        """Our own bug: the event with a traceback.

        An exception's message may quote what a person typed, so it is shown at level debug only; that of an
        `OSError`, which speaks of files and sockets, always.
        """
        self._tell("error", event, fields, "".join(_trace(error, self._least <= LEVELS["debug"])))

    def line(self, event: str, /, level: LogLevel = "info", **fields: Value) -> str:
        """The line of an event, not written."""
        return self._write(level, event, fields, "")

    def _tell(self, level: LogLevel, event: str, fields: dict[str, Value], trace: str = "") -> None:
        if LEVELS[level] >= self._least:
            self._emit(self._write(level, event, fields, trace))

    def _json(self, level: LogLevel, event: str, fields: dict[str, Value], trace: str) -> str:
        row: dict[str, Value] = {"time": _rfc3339(self._clock()), "level": level, "event": event}
        for key, value in fields.items():
            row[key + "_" if key in RESERVED else key] = _bounded(value)
        if trace:
            row["traceback"] = trace
        # ASCII only: every control character, surrogate and bidi mark is escaped, and comes back the same.
        return json.dumps(row, ensure_ascii=True, separators=(",", ":")) + "\n"

    def _human(self, level: LogLevel, event: str, fields: dict[str, Value], trace: str) -> str:
        at = datetime.fromtimestamp(self._clock()).strftime("%H:%M:%S")
        pairs = "".join(f" {printable(key)}={_human_value(value)}" for key, value in fields.items())
        named = f"{level:<7} {printable(event)}"
        if self._colour:
            named = f"\x1b[{COLOURS[level]}m{named}\x1b[0m"
        block = "".join(f"    {printable(line)}\n" for line in trace.splitlines())
        return f"{at} {named}{pairs}\n{block}"


class Seldom:
    """Keeps a line that strangers can bring about at will from filling the log.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float], seconds: float = SELDOM_SECONDS) -> None:
        self._clock = clock
        self._seconds = seconds
        self._told: dict[str, tuple[float, int]] = {}

    def more(self, kind: str) -> int | None:
        """How many of a kind were kept back since one was told; None: this one is kept back as well.

        Args:
            kind: one of a few that we have names for, never what a stranger chooses.
        """
        now = self._clock()
        at, kept_back = self._told.get(kind, (-math.inf, 0))
        if now - at < self._seconds:
            self._told[kind] = (at, kept_back + 1)
            return None
        self._told[kind] = (now, 0)
        return kept_back


class LineWriter:
    """Writes lines to a descriptor from a thread of its own; `emit` never blocks.

    `dropped` makes the line that tells how many were dropped before it.
    """

    def __init__(
        self, descriptor: int, dropped: Callable[[int], str], queue_bytes: int = QUEUE_BYTES
    ) -> None:
        self._descriptor = descriptor
        self._tell_dropped = dropped
        self._queue_bytes = queue_bytes
        self._lines: deque[bytes] = deque()
        self._waiting = 0
        self._dropped = 0
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def emit(self, line: str) -> None:
        """Queues a line, or drops it when `queue_bytes` are waiting; any thread."""
        data = line.encode("utf-8", "backslashreplace")
        with self._changed:
            if self._closed or self._waiting + len(data) > self._queue_bytes:
                self._dropped += 1
                return
            self._lines.append(data)
            self._waiting += len(data)
            self._changed.notify()

    def close(self, deadline: float = 1.0) -> None:
        """Writes what waits, for at most `deadline` seconds; a reader that does not read is left behind."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(deadline)

    def _run(self) -> None:
        while lines := self._next():
            try:
                self._write(b"".join(lines))
            except OSError:
                # The log's reader went away or its disk is full; there is nowhere to say so yet.
                with self._changed:
                    self._dropped += len(lines)

    def _next(self) -> list[bytes]:
        with self._changed:
            while not self._lines and not self._closed:
                self._changed.wait()
            lines = list(self._lines)
            self._lines.clear()
            if self._dropped and lines:
                lines.insert(0, self._tell_dropped(self._dropped).encode())
                self._dropped = 0
            self._waiting = sum(map(len, lines))
            return lines

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._descriptor, view) :]
            except OSError as error:
                if error.errno != errno.EAGAIN:  # someone who shares the descriptor has made it non-blocking
                    raise
                poll = select.poll()
                poll.register(self._descriptor, select.POLLOUT)
                poll.poll()


def open_log(settings: Settings, descriptor: int, environ: Mapping[str, str]) -> tuple[Log, LineWriter]:
    """A log to a descriptor, as the settings say; in colours on a terminal unless NO_COLOR is set."""
    colour = os.isatty(descriptor) and not environ.get("NO_COLOR") and settings.log_format == "human"
    writer = LineWriter(descriptor, lambda lines: log.line("log.dropped", "warning", lines=lines))
    log = Log(writer.emit, settings.log_format, settings.log_level, colour=colour)
    return log, writer


def printable(text: str) -> str:
    """The text with all that is not printable escaped: controls, bidi marks, surrogates, odd spaces."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text
    )


def _human_value(value: Value) -> str:
    value = _bounded(value)
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "-"}[value]
    if not isinstance(value, str):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if value and not set(value) & set(" =\"'\\") and value.isprintable() and value != "-":
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{printable(escaped)}"'


def _bounded(value: Value) -> Value:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no infinity
    if isinstance(value, str) and len(value) > VALUE_CHARACTERS:
        return value[: VALUE_CHARACTERS - 1] + "…"
    return value


def _rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _trace(error: BaseException, messages: bool) -> Iterator[str]:
    """The frames and types of an error and of what led to it, the first cause first."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _trace(cause, messages)
        yield "which led to:\n"
    yield from traceback.format_list(traceback.extract_tb(error.__traceback__))
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    shown = (
        str(error) if messages or isinstance(error, OSError) else "(its message is shown at log level debug)"
    )
    yield f"{name}: {shown}\n"
