"""The screen on a real pseudo-terminal: first paint, keys while it storms, memory, and a resize."""

import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from callroom_bench.bench import Bench, Benchmark, Option, positive
from callroom_bench.chatting import COLUMNS, ROWS, Screen
from callroom_bench.figures import median_run
from callroom_bench.report import Outcome, Table
from callroom_bench.starting import imported
from callroom_bench.storm import WORD, Storm
from callroom_words.words import Words

OTHER_COLUMNS, OTHER_ROWS = 80, 24
GOALS = (500, 50, 100, 50)
"""First paint ms, key to echo p95 ms, MB with all lines, resize ms."""
READY = "● ready".encode()
KEY_SECONDS = 0.15
"""Between two keys: a quick typist's pace."""
LETTERS = [chr(0x9F00 + number) for number in range(160)]
"""What is typed: characters that stand nowhere else, so that their echo is known."""


class Settings(msgspec.Struct, frozen=True):
    """`starts` to the first paint; `rate` lines a second for `seconds` while keys are pressed; then as many
    as make `lines` in all.
    """

    rate: int = 5_000
    seconds: int = 10
    lines: int = 100_000
    starts: int = 5


class Row(msgspec.Struct, frozen=True):
    """One run. `found` is how many lines the screen's own search finds afterwards.

    Of the first paint, `python_ms` are Python's own start, `textual_ms` are for importing Textual, and
    `imports_ms` for all that is imported.
    """

    first_paint_ms: float
    python_ms: float
    textual_ms: float
    imports_ms: float
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
        paint = _painted(bench, Path(home), settings.starts)
        screen = Screen(bench.command, storm.url, Path(home), bench.seconds)
        try:
            return _measured(screen, storm, settings, paint)
        finally:
            screen.close()


def _painted(bench: Bench, home: Path, starts: int) -> tuple[float, float, float, float]:
    """Seconds to the first paint of the connected client; to Python's start; for Textual; for all imports."""
    took: list[float] = []
    for _ in range(starts + 1):
        with Storm() as storm:
            screen = Screen(bench.command, storm.url, home, bench.seconds)
            try:
                took.append(screen.see(READY) - screen.begin)
            finally:
                screen.close()
    python = imported("", home, starts)
    textual = imported("textual.app, textual.widgets", home, starts) - python
    everything = imported("callroom_tui.main, callroom_tui.app", home, starts) - python
    return statistics.median(took[1:]), python, textual, everything


def _measured(
    screen: Screen, storm: Storm, settings: Settings, paint: tuple[float, float, float, float]
) -> Row:
    screen.see(READY)
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
    first, python, textual, everything = (round(seconds * 1000) for seconds in paint)
    return Row(
        first_paint_ms=first,
        python_ms=python,
        textual_ms=textual,
        imports_ms=everything,
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
            ["  of which Python's own start, ms", f"{row.python_ms:.0f}", ""],
            ["  of which imports, ms", f"{row.imports_ms:.0f}", ""],
            ["    Textual's share of them, ms", f"{row.textual_ms:.0f}", ""],
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
    quick=Settings(rate=2_000, seconds=2, lines=8_000, starts=2),
    options=(
        Option("rate", positive, Words("lines a second", "每秒消息数")),
        Option("seconds", positive, Words("how long it storms", "持续秒数")),
        Option("lines", positive, Words("lines in all", "总行数")),
        Option("starts", positive, Words("how often the client is started", "启动次数")),
    ),
    run=run,
)
