"""`callroom lab`: each line of its table works when it is typed, and a port that is taken is told."""

import os
import signal
import socket
import subprocess
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import pytest

from callroom_lessons import ORDER, pages
from callroom_server.cli.lab import Row, kind_of
from callroom_server.protocols.lab import LESSONS
from house_support import COMMAND, ENVIRON, PATIENCE, ROOT

PAGES = ROOT / "wire" / "callroom_lessons" / "pages"


@contextmanager
def open_lab(*options: str) -> Generator[tuple[list[Row], subprocess.Popen[str]]]:
    """The lab, and its table."""
    argv = [*COMMAND, "lab", "--json", *options]
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRON
    ) as lab:
        try:
            assert lab.stdout is not None
            line = lab.stdout.readline()
            assert line, lab.stderr.read() if lab.stderr else ""
            yield msgspec.json.decode(line, type=list[Row]), lab
        finally:
            lab.send_signal(signal.SIGTERM)
    assert lab.returncode == 0


def test_every_lesson_has_its_page_and_every_page_its_lesson() -> None:
    assert [path.stem for path in sorted(PAGES.glob("*.toml"))] == sorted(ORDER)
    for name, page in zip(ORDER, pages(), strict=True):
        assert page.name == name
        assert page.examples
    paged = [listener.scheme for page in pages() for listener in page.listeners]
    assert {lesson.scheme for lesson in LESSONS} | {"http"} == set(paged)
    assert len(set(paged)) == len(paged)


def test_every_line_of_the_table_does_what_it_says() -> None:
    answers = {listener.scheme: listener.answer for page in pages() for listener in page.listeners}
    with open_lab("--lang", "zh") as (rows, _):
        assert {row.name for row in rows} == answers.keys()
        for row in rows:
            shown = subprocess.run(
                ["bash", "-c", row.try_], capture_output=True, timeout=PATIENCE, check=True
            ).stdout.decode()
            assert answers[row.name] in shown, row


def test_what_is_taken_is_told_with_who_and_where_it_is_instead() -> None:
    with ExitStack() as taken:
        for listener in (listener for page in pages() for listener in page.listeners):
            sock = taken.enter_context(socket.socket(socket.AF_INET, kind_of(listener.scheme)))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(("127.0.0.1", listener.port))
            except OSError:  # somebody else has it: as good
                continue
            if kind_of(listener.scheme) == socket.SOCK_STREAM:
                sock.listen()
        with open_lab("--lang", "en") as (rows, lab):
            listeners = [listener for page in pages() for listener in page.listeners]
            usual = {(kind_of(listener.scheme), listener.port) for listener in listeners}
            found = {(kind_of(row.name), int(row.url.rpartition(":")[2])) for row in rows}
            assert not usual & found
            assert len(found) == len(rows)
            assert lab.stderr is not None
            told = [lab.stderr.readline() for _ in rows]
    assert any(line.startswith("8000 is taken by ") and "upper is at " in line for line in told)


@pytest.mark.parametrize(
    ("argv", "code", "part"),
    [
        (["lab", "--help"], 0, "callroom lab compare measures"),
        (["lab", "none"], 2, "there is no 'none'"),
        (["lab", "--port", "1"], 2, "there is no option --port"),
        (["lab", "compare", "--clients", "0"], 2, "--clients must be a whole number from 1 to 2000"),
        (["lab", "compare", "--help"], 0, "socketserver"),
    ],
)
def test_help_and_wrong_use(argv: list[str], code: int, part: str) -> None:
    environ = {**ENVIRON, "LANG": "C.UTF-8", "CALLROOM_LANG": "en"}
    done = subprocess.run(
        [*COMMAND, *argv], capture_output=True, text=True, env=environ, timeout=PATIENCE, check=False
    )
    assert done.returncode == code
    assert part in done.stdout + done.stderr


def test_what_is_recorded_can_be_kept(tmp_path: Path) -> None:
    with open_lab("--data", str(tmp_path / "data")) as (rows, _):
        where = next(row.url for row in rows if row.name == "command+udp")
        host, _, port = where.partition("://")[2].rpartition(":")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(PATIENCE)
            sock.sendto(b"date", (host, int(port)))
            assert b"20" in sock.recv(1000)
    listed = subprocess.run(
        [*COMMAND, "runs", "--data", str(tmp_path / "data")], capture_output=True, env=ENVIRON, check=True
    ).stdout
    assert b"command 127.0.0.1:" in listed
    assert os.path.exists(tmp_path / "data")
