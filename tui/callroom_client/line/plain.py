"""Without a terminal: lines in, lines out, not one escape; and `--once`, a check from a shell."""

import re
import sys
import time
from collections.abc import Iterable

from callroom_client.line.desk import Desk
from callroom_client.line.pipe import Pipe
from callroom_client.line.rows import Row
from callroom_words.words import Words

DONE, FAILED = 0, 1

GOODBYE_SECONDS = 2.0
"""So long a check waits for the house's goodbye; without it, the name is free after the house's hold time."""

UNANSWERED = Words(
    "callroom line: not everything was answered within {seconds:} s",
    "callroom line：{seconds:} 秒内没有得到全部应答",
)
NOT_SEEN = Words(
    "callroom line: not seen within {seconds} s: {regex}", "callroom line：{seconds} 秒内没有看到：{regex}"
)


def show(rows: Iterable[Row]) -> None:
    """Writes rows as lines; whoever reads them may wait for each."""
    text = "".join(f"{row.text}\n" for row in rows)
    if text:
        sys.stdout.write(text)
        sys.stdout.flush()


def run(desk: Desk, pipe: Pipe, wait: float) -> int:
    """Reads lines to their end, then waits so many seconds at most for the answers; the exit code."""
    deadline: float | None = None
    while True:
        pipe.wait(
            lambda event: show(desk.happened(event)),
            lambda line: show(desk.typed(line)),
            deadline,
            lambda: desk.full,
        )
        if desk.leaving:
            return _code(desk)
        if desk.lost:  # said why already; nothing more will come by itself
            return FAILED
        if pipe.ended:
            if desk.idle:
                return _code(desk)
            now = time.monotonic()
            deadline = now + wait if deadline is None else deadline
            if now >= deadline:
                print(UNANSWERED.say(desk.lang, seconds=f"{wait:g}"), file=sys.stderr)
                return FAILED


def once(desk: Desk, pipe: Pipe, line: str, expect: str, wait: float) -> int:
    """Says one line, and waits for what is expected, or, if that is nothing, for the answer."""
    deadline = time.monotonic() + wait
    wanted = re.compile(expect) if expect else None
    said = False
    seen = False

    def took(rows: list[Row]) -> None:
        nonlocal seen
        show(rows)
        if said and wanted is not None and not seen:
            seen = any(wanted.search(row.text) for row in rows)

    while True:
        if not said and desk.talk.settled and desk.idle:
            said = True
            took(desk.typed(line))
        if seen:
            return DONE
        if said and wanted is None and (desk.idle or desk.leaving):
            return _code(desk)
        if desk.lost or desk.leaving:
            return FAILED
        if time.monotonic() >= deadline:
            told = (
                UNANSWERED.say(desk.lang, seconds=f"{wait:g}")
                if wanted is None
                else NOT_SEEN.say(desk.lang, seconds=f"{wait:g}", regex=ascii(expect))
            )
            print(told, file=sys.stderr)
            return FAILED
        pipe.wait(lambda event: took(desk.happened(event)), lambda _: None, deadline)


def goodbye(desk: Desk, pipe: Pipe) -> None:
    """Leaves for good: nobody comes back to what a check has said."""
    desk.typed("/quit")
    deadline = time.monotonic() + GOODBYE_SECONDS
    while not desk.leaving and not desk.lost and time.monotonic() < deadline:
        pipe.wait(desk.happened, lambda _: None, deadline)


def _code(desk: Desk) -> int:
    return FAILED if desk.talk.refused else DONE
