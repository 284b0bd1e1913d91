"""How soon `callroom line` shows its prompt, on a pseudo-terminal that answers what it is asked."""

import os
import pty
import re
import resource
import select
import statistics
import subprocess
import sys
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


def environment(folder: Path) -> dict[str, str]:
    """What a client of a benchmark sees around it: a terminal in English, and nothing remembered.

    Python keeps compiled modules, as it does unless it is told otherwise: a client that compiles itself at
    each start is nobody's.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "TEXTUAL_ANIMATIONS": "none",
        "CALLROOM_LANG": "en",
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(folder / "data"),
    }


def imported(module: str, folder: Path, times: int) -> float:
    """Seconds that it takes Python to begin and to import a module; nothing for the module: to begin.

    Raises:
        BenchError: it cannot be imported.
    """
    code = f"import {module}" if module else ""
    took: list[float] = []
    for _ in range(times + 1):
        begin = time.monotonic()
        done = subprocess.run([sys.executable, "-c", code], env=environment(folder), check=False)
        took.append(time.monotonic() - begin)
        if done.returncode:
            raise BenchError(f"{module} cannot be imported")
    return statistics.median(took[1:])  # the first may have compiled


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
            env=environment(folder),
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
