import json
import os
import re
import select
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_server.config.logs import SELDOM_SECONDS, LineWriter, Log, Seldom, open_log, printable
from callroom_server.config.settings import LogFormat, Settings

SECRET = "my secret \x1b[2J"
AT = 1_700_000_000.25
Fields = dict[str, str | int | float | bool | None]
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


def lines_of(style: LogFormat, write: Callable[[Log], None], colour: bool = False) -> list[str]:
    lines: list[str] = []
    write(Log(lines.append, style, colour=colour, clock=lambda: AT))
    return lines


def test_a_line_for_machines() -> None:
    assert lines_of(
        "json", lambda log: log.event("session.opened", session=3, door="telnet", peer="[::1]:9")
    ) == [
        '{"time":"2023-11-14T22:13:20.250Z","level":"info","event":"session.opened",'
        '"session":3,"door":"telnet","peer":"[::1]:9"}\n'
    ]


def test_a_line_for_people() -> None:
    [line] = lines_of(
        "human",
        lambda log: log.event("it.happened", "warning", a=1, b="x y", c="", d=None, e=True, f=0.25, g='"'),
    )
    assert re.fullmatch(
        r'\d\d:\d\d:\d\d warning it\.happened a=1 b="x y" c="" d=- e=yes f=0\.25 g="\\""\n', line
    )


def test_colours_only_where_asked() -> None:
    [plain] = lines_of("human", lambda log: log.event("x.y"))
    [coloured] = lines_of("human", lambda log: log.event("x.y"), colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d*m", "", coloured) == plain
    assert coloured != plain


def test_levels_below_the_chosen_one_are_not_written() -> None:
    lines: list[str] = []
    log = Log(lines.append, "json", "warning")
    log.event("a.a", "debug")
    log.event("b.b")
    log.event("c.c", "warning")
    log.event("d.d", "error")
    assert [json.loads(line)["event"] for line in lines] == ["c.c", "d.d"]


def prefixed(fields: Fields) -> Fields:
    return {f"k{key}": value for key, value in fields.items()}


@given(st.dictionaries(st.text(), VALUES))
def test_one_event_is_one_line_for_machines_whatever_it_holds(
    fields: Fields,
) -> None:
    [line] = lines_of("json", lambda log: log.event("x.y", "info", **prefixed(fields)))
    assert line.endswith("\n")
    assert line[:-1].isascii()
    assert line[:-1].isprintable()
    row = json.loads(line)
    for key, value in fields.items():
        if isinstance(value, str) and len(value) < 100:
            assert row[f"k{key}"] == value  # nothing is lost by escaping, not even a lone surrogate


@given(st.dictionaries(st.text(), VALUES))
def test_one_event_is_one_line_for_people_whatever_it_holds(
    fields: Fields,
) -> None:
    [line] = lines_of("human", lambda log: log.event("x.y", "info", **prefixed(fields)))
    assert line.endswith("\n")
    assert line[:-1].isprintable()


def test_a_long_value_is_cut() -> None:
    for style in ("json", "human"):
        [line] = lines_of(style, lambda log: log.event("x.y", value="v" * 1_000_000))
        assert len(line) < 600


def test_a_field_cannot_pass_for_the_logs_own() -> None:
    [line] = lines_of("json", lambda log: log.event("x.y", time=1, event="z", traceback="t"))
    row = json.loads(line)
    assert (row["event"], row["event_"], row["time_"], row["traceback_"]) == ("x.y", "z", 1, "t")


def broken(said: str) -> None:
    try:
        raise OSError(28, "No space left on device")
    except OSError as error:
        raise ValueError(said) from error


def test_a_traceback_tells_where_and_not_what_was_said() -> None:
    def write(log: Log) -> None:
        try:
            broken(SECRET)
        except ValueError as error:
            log.failure("session.broke", error, session=3)

    [line] = lines_of("json", write)
    row = json.loads(line)
    assert (row["level"], row["event"], row["session"]) == ("error", "session.broke", 3)
    assert "in broken" in row["traceback"]
    assert "OSError: [Errno 28] No space left on device\nwhich led to:\n" in row["traceback"]
    assert "my secret" not in line
    [block] = lines_of("human", write)
    first, *rest = block.splitlines()
    assert "session.broke session=3" in first
    assert rest
    assert all(row.startswith("    ") and row.isprintable() for row in rest)
    lines: list[str] = []
    write(Log(lines.append, "human", "debug"))
    assert r"ValueError: my secret \x1b[2J" in lines[0]


def test_printable_leaves_chinese_alone() -> None:
    assert printable("你好, é 😀") == "你好, é 😀"
    assert printable("a\x1b\r\n\x9b\u202e\u2028\ud800") == r"a\x1b\r\n\x9b\u202e\u2028\ud800"


def read_until(descriptor: int, end: bytes) -> bytes:
    data = b""
    while not data.endswith(end):
        data += os.read(descriptor, 65536)
    return data


@pytest.mark.parametrize("blocking", [True, False])
def test_a_reader_that_does_not_read_stalls_nobody_and_learns_what_it_missed(blocking: bool) -> None:
    receive, send = os.pipe()
    os.set_blocking(send, blocking)
    try:
        writer = LineWriter(send, lambda lines: f"dropped {lines}\n", queue_bytes=1000)
        line = "x" * 99 + "\n"
        for _ in range(2000):  # 200 kB: a pipe holds 64 KiB (pipe(7)), the queue 1000 bytes
            writer.emit(line)
        got = os.read(receive, 65536)
        writer.emit("last\n")  # the queue may still be full: then this one is dropped as well
        deadline = time.monotonic() + 10

        def accounted() -> int:
            return got.count(line.encode()) + sum(int(count) for count in re.findall(rb"dropped (\d+)", got))

        while accounted() < 2000 and time.monotonic() < deadline:  # told in one line or in several
            writer.emit("more\n")
            if select.select([receive], [], [], 0.1)[0]:
                got += os.read(receive, 65536)
        assert b"dropped" in got
        assert accounted() >= 2000
        writer.close(5)
    finally:
        os.close(send)
        os.close(receive)


def test_a_reader_that_went_away_is_survived() -> None:
    receive, send = os.pipe()
    writer = LineWriter(send, lambda lines: f"dropped {lines}\n")
    os.close(receive)
    writer.emit("one\n")
    writer.emit("two\n")
    writer.close(5)
    os.close(send)


def test_closing_writes_what_waits(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as file:
        log, writer = open_log(Settings(data=tmp_path, log_format="json"), file.fileno(), {})
        for number in range(100):
            log.event("x.y", number=number)
        writer.close(5)
    assert [json.loads(line)["number"] for line in (tmp_path / "log").read_text().splitlines()] == list(
        range(100)
    )


def test_a_terminal_gets_colours_unless_told_otherwise(tmp_path: Path) -> None:
    controller, terminal = os.openpty()
    try:
        for environ, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
            log, writer = open_log(Settings(data=tmp_path), terminal, environ)
            log.event("x.y")
            writer.close(5)
            assert (b"\x1b[" in read_until(controller, b"\n")) is coloured
    finally:
        os.close(controller)
        os.close(terminal)


def test_what_strangers_bring_about_at_will_is_told_seldom_and_counted() -> None:
    now = 100.0
    seldom = Seldom(lambda: now)
    assert seldom.more("full") == 0
    now += SELDOM_SECONDS / 2
    assert seldom.more("full") is None
    assert seldom.more("unknown") == 0  # another kind is told all the same
    assert seldom.more("full") is None
    now += SELDOM_SECONDS / 2
    assert seldom.more("full") == 2
    now += SELDOM_SECONDS
    assert seldom.more("full") == 0
