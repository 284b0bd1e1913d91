"""The screen on a real pseudo-terminal: first paint, keys while it storms, memory, and a resize."""

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from callroom_bench.bench import Bench, Benchmark, Option, positive
from callroom_bench.faults import BenchError
from callroom_bench.figures import median_run
from callroom_bench.report import Outcome, Table
from callroom_bench.storm import WORD, Storm
from callroom_words.words import Words

COLUMNS, ROWS = 120, 40
OTHER_COLUMNS, OTHER_ROWS = 80, 24
GOALS = (500, 50, 100, 50)
"""First paint ms, key to echo p95 ms, MB with all lines, resize ms."""
KEY_SECONDS = 0.15
"""Between two keys: a quick typist's pace."""
LETTERS = [chr(0x9F00 + number) for number in range(160)]
"""What is typed: characters that stand nowhere else, so that their echo is known."""


class Settings(msgspec.Struct, frozen=True):
    """`rate` lines a second for `seconds` while keys are pressed; then as many as make `lines` in all."""

    rate: int = 5_000
    seconds: int = 10
    lines: int = 100_000


class Row(msgspec.Struct, frozen=True):
    """One run. `found` is how many lines the screen's own search finds afterwards."""

    first_paint_ms: float
    echo_idle_ms: float
    echo_p50_ms: float
    echo_p95_ms: float
    echo_max_ms: float
    sent: int
    found: int
    memory_mb: float
    resize_ms: float
    cpu_us_per_line: float
    all_runs: Sequence[float] = ()


class Screen:
    """`callroom chat` as a child on a pseudo-terminal."""

    def __init__(self, command: Sequence[str], url: str, home: Path, patience: float) -> None:
        environ = {**os.environ, "HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        environ |= {"LANG": "C.UTF-8", "CALLROOM_LANG": "en", "TEXTUAL_ANIMATIONS": "none"}
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
            environ[name] = str(home / name)
        self._patience = patience
        self._seen = b""
        self.begin = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if not self.pid:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
                os.execvpe(command[0], [*command, "chat", url, "--name", "bench"], environ)
            finally:
                os._exit(127)

    def type(self, text: str) -> None:
        """Presses keys."""
        os.write(self._terminal, text.encode())

    def forget(self) -> None:
        """What was painted so far does not count."""
        while select.select([self._terminal], [], [], 0)[0] and self._read():
            pass
        self._seen = b""

    def see(self, wanted: bytes) -> float:
        """Waits until this is painted; the time."""
        deadline = time.perf_counter() + self._patience
        while wanted not in self._seen:
            left = deadline - time.perf_counter()
            if left <= 0 or (select.select([self._terminal], [], [], left)[0] and not self._read()):
                raise BenchError(f"the screen never showed {wanted!r}")
        return time.perf_counter()

    def rest(self, seconds: float) -> None:
        """Lets it paint for a while."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            if select.select([self._terminal], [], [], left)[0]:
                self._read()

    def _read(self) -> bool:
        try:
            data = os.read(self._terminal, 1 << 16)
        except OSError:  # EIO: the child has ended
            return False
        self._seen = (self._seen + data)[-(1 << 20) :]
        return bool(data)

    def resize(self, columns: int, rows: int) -> None:
        """Another size of the window."""
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def memory(self) -> int:
        """Bytes that are in memory (proc(5), statm)."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self) -> float:
        """Seconds it has computed (proc(5), stat)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """Ends it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)


def run(bench: Bench, settings: Settings) -> Outcome:
    """Measures it all, each time with a screen of its own."""
    rows: list[Row] = []
    for _ in range(bench.runs):
        rows.append(measure(bench, settings))
        bench.tell(f"screen: {rows[-1].echo_p95_ms:.0f} ms from key to echo (p95)")
    row = median_run(rows, lambda row: row.echo_p95_ms)
    row = msgspec.structs.replace(row, all_runs=[row.echo_p95_ms for row in rows])
    notes = [
        Words(
            "A pseudo-terminal of 120x40; the lines come from a house that does nothing else. The echo is "
            "the time from a key to its character among the bytes for the terminal.",
            "120x40 的伪终端；消息来自只做这件事的服务器。回显：从按键到该字符出现在发往终端的字节中。",
        )
    ]
    return Outcome(settings, [row], _table(row), notes)


def measure(bench: Bench, settings: Settings) -> Row:
    """One run."""
    with tempfile.TemporaryDirectory(dir=bench.parent, prefix="callroom-") as home, Storm() as storm:
        screen = Screen(bench.command, storm.url, Path(home), bench.seconds)
        try:
            return _measured(screen, storm, settings)
        finally:
            screen.close()


def _measured(screen: Screen, storm: Storm, settings: Settings) -> Row:
    first = screen.see("● ready".encode()) - screen.begin
    screen.see(b"ay something in")
    screen.rest(1.0)
    idle = [_echo(screen, letter) for letter in LETTERS[:10]]
    screen.type("\x15")  # Ctrl-U: the line is empty again
    cpu = screen.cpu()
    burst = settings.rate * settings.seconds
    echoes = _while_it_storms(screen, storm, burst, settings.rate)
    screen.rest(1.0)
    cpu = (screen.cpu() - cpu) / burst
    storm_more = max(0, settings.lines - burst)
    _while_it_storms(screen, storm, storm_more, 0)
    sent = burst + storm_more
    screen.rest(2.0)
    memory = screen.memory()
    resized = _resized(screen)
    return Row(
        first_paint_ms=round(first * 1000),
        echo_idle_ms=round(statistics.median(idle) * 1000, 1),
        echo_p50_ms=round(statistics.median(echoes) * 1000, 1),
        echo_p95_ms=round(sorted(echoes)[int(len(echoes) * 0.95)] * 1000, 1),
        echo_max_ms=round(max(echoes) * 1000, 1),
        sent=sent,
        found=_found(screen, sent),
        memory_mb=round(memory / 1e6, 1),
        resize_ms=round(resized * 1000, 1),
        cpu_us_per_line=round(cpu * 1e6, 1),
    )


def _echo(screen: Screen, letter: str) -> float:
    screen.forget()
    begin = time.perf_counter()
    screen.type(letter)
    seconds = screen.see(letter.encode()) - begin
    screen.rest(KEY_SECONDS)
    return seconds


def _while_it_storms(screen: Screen, storm: Storm, count: int, rate: float) -> list[float]:
    """Types until all lines have been said and the last is shown; from each key to its echo."""
    # Deferred: only here is there a second thread.
    from threading import Thread

    if not count:
        return []
    thread = Thread(target=storm.say, args=(count, rate), daemon=True)
    thread.start()
    echoes: list[float] = []
    while thread.is_alive() or not echoes:
        echoes.append(_echo(screen, LETTERS[len(echoes) % len(LETTERS)]))
        if len(echoes) % 40 == 0:
            screen.type("\x15")
    screen.type("\x15")
    return echoes


def _resized(screen: Screen) -> float:
    """From another size of the window to the last row of what is painted for it."""
    times: list[float] = []
    for columns, rows in ((OTHER_COLUMNS, OTHER_ROWS), (COLUMNS, ROWS)) * 3:
        screen.rest(1.0)
        screen.forget()
        begin = time.perf_counter()
        screen.resize(columns, rows)
        times.append(screen.see(b"F1") - begin)
    return statistics.median(times)


def _found(screen: Screen, sent: int) -> int:
    """How many lines the screen finds that hold the word of every line."""
    screen.rest(3.0)  # until all is laid out again
    screen.forget()
    screen.type("\x06")  # Ctrl-F
    screen.see(b"earch here")
    screen.rest(KEY_SECONDS)
    screen.type(WORD)
    screen.see(f"{sent} of {sent}".encode())
    return sent


def _table(row: Row) -> Table:
    paint, echo, memory, resize = GOALS
    return Table(
        ["screen", "measured", "goal"],
        [
            ["first paint of the connected client, ms", f"{row.first_paint_ms:.0f}", f"{paint}"],
            ["key to echo in peace, ms", f"{row.echo_idle_ms:.1f}", ""],
            ["key to echo while it storms: p50, ms", f"{row.echo_p50_ms:.1f}", ""],
            ["key to echo while it storms: p95, ms", f"{row.echo_p95_ms:.1f}", f"{echo}"],
            ["lines sent", f"{row.sent:,}", ""],
            ["lines found", f"{row.found:,}", f"{row.sent:,}"],
            ["CPU for each line, us", f"{row.cpu_us_per_line:.1f}", ""],
            ["memory with all lines, MB", f"{row.memory_mb:.1f}", f"{memory}"],
            ["resize until all is painted, ms", f"{row.resize_ms:.1f}", f"{resize}"],
        ],
    )


BENCHMARK = Benchmark(
    Words(
        "the screen: first paint, keys in a storm, memory, resize",
        "全屏客户端：首屏、洪峰中的按键、内存、缩放",
    ),
    full=Settings(),
    quick=Settings(rate=2_000, seconds=2, lines=8_000),
    options=(
        Option("rate", positive, Words("lines a second", "每秒消息数")),
        Option("seconds", positive, Words("how long it storms", "持续秒数")),
        Option("lines", positive, Words("lines in all", "总行数")),
    ),
    run=run,
)
