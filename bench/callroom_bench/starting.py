"""How soon `callroom line` shows its prompt, on a pseudo-terminal that answers what it is asked."""

import os
import pty
import re
import resource
import select
import subprocess
import termios
import time
from collections.abc import Sequence
from pathlib import Path

from callroom_bench.faults import BenchError, Overdue

PROMPT = re.compile(rb"robot(?:\x1b\[[0-9;]*m)*>")
CURSOR_ASKED = b"\x1b[6n"
CURSOR = b"\x1b[1;1R"
"""Where the cursor is (ECMA-48, CPR): a terminal says so, and a toolbar is drawn only in one that does."""

WINDOW = (24, 80)

READ_BYTES = 65536
LAST_BYTES = 2000
"""Of what was written, so much is shown when no prompt came."""


def start(command: Sequence[str], url: str, folder: Path, seconds: float) -> tuple[float, float]:
    """Starts the line client, waits for its prompt, and ends it; seconds by the clock, and of CPU.

    Args:
        command: what comes before `line`.
        folder: what the client remembers is put here.
        seconds: it may take so long.

    Raises:
        Overdue: no prompt came in that time.
        BenchError: the client has ended instead.
    """
    environ = {
        **os.environ,
        "TERM": "xterm-256color",
        "CALLROOM_LANG": "en",
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, WINDOW)
    before = _children_cpu()
    begin = time.monotonic()
    try:
        process = subprocess.Popen(
            [*command, "line", url],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environ,
            start_new_session=True,
        )
    finally:
        os.close(theirs)
    try:
        _until_prompt(ours, begin + seconds)
        took = time.monotonic() - begin
    finally:
        process.kill()  # it has nothing to say goodbye to: what it takes to leave is not what is measured
        process.wait()
        os.close(ours)
    return took, _children_cpu() - before


def _until_prompt(terminal: int, deadline: float) -> None:
    written = b""
    while not PROMPT.search(written):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            raise Overdue(f"no prompt came in time; there was: {written[-LAST_BYTES:]!a}")
        try:
            data = os.read(terminal, READ_BYTES)
        except OSError as fault:  # EIO: nobody has the other side open any more (pty(7))
            raise BenchError(f"the client has ended: {written[-LAST_BYTES:]!a}") from fault
        written += data
        if CURSOR_ASKED in data:
            os.write(terminal, CURSOR)


def _children_cpu() -> float:
    """User and system time of the children that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
