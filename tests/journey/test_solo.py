"""`callroom` alone: the house that it opens is there as long as somebody who opened it, however they end."""

import os
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from callroom import solo
from callroom_server.ledger.database import LOCK_FILE
from house_support import ENVIRON, PATIENCE, LiveHouse, Outright, wait_until

ALTERNATE_SCREEN = "\x1b[?1049h"
CTRL_Q = "\x11"


class Alone:
    """A person's folders, and the processes that they start there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run = folder / "run" / "callroom"
        self.data = folder / "data" / "callroom"
        self.log = folder / "state" / "callroom" / "log" / "solo.log"
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.port: int = sock.getsockname()[1]
        self._processes: list[pexpect.spawn[str]] = []

    def start(self, term: str = "xterm-256color") -> "pexpect.spawn[str]":
        """Types `callroom`, on a machine whose port 8888 is another one."""
        port = f"from callroom import main, solo; solo.DEFAULT = ('127.0.0.1', {self.port})"
        environ = {
            **ENVIRON,
            "TERM": term,
            "LC_ALL": "C.UTF-8",
            "CALLROOM_LANG": "en",
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }
        process: pexpect.spawn[str] = pexpect.spawn(
            sys.executable,
            ["-c", f"{port}; raise SystemExit(main.main([]))"],
            env=environ,
            encoding="utf-8",
            timeout=PATIENCE,
            dimensions=(30, 100),
            cwd=self.folder,
        )
        self._processes.append(process)
        return process

    def house(self) -> int:
        """The process of the house that listens."""
        return int((self.data / LOCK_FILE).read_text())

    def close(self) -> None:
        for process in self._processes:
            process.close(force=True)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Alone]:
    person = Alone(tmp_path)
    yield person
    person.close()


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def left(process: "pexpect.spawn[str]") -> int:
    """The exit code of one that ends."""
    process.expect(pexpect.EOF)
    process.close()
    assert process.exitstatus is not None
    return process.exitstatus


def test_a_house_for_as_long_as_one_is_inside(alone: Alone) -> None:
    first = alone.start()
    first.expect_exact("Opening a house here ...")
    first.expect_exact(ALTERNATE_SCREEN)
    house = alone.house()
    assert stat.S_IMODE(alone.run.stat().st_mode) == 0o700
    assert stat.S_IMODE((alone.run / "solo.sock").stat().st_mode) == 0o600
    assert solo.speaks_frames(socket.AF_INET, ("127.0.0.1", alone.port))
    second = alone.start()
    assert second.expect_exact(["Opening", ALTERNATE_SCREEN]) == 1
    second.send(CTRL_Q)
    assert left(second) == 0
    assert runs(house)
    first.send(CTRL_Q)
    assert left(first) == 0
    assert not runs(house)
    assert not (alone.run / "solo.sock").exists()
    assert "serve.ended" in alone.log.read_text()


def test_the_house_ends_with_a_client_that_is_killed(alone: Alone) -> None:
    process = alone.start()
    process.expect_exact(ALTERNATE_SCREEN)
    house = alone.house()
    process.kill(signal.SIGKILL)
    wait_until(lambda: not runs(house))
    assert "serve.ended" in alone.log.read_text()


def test_why_no_house_could_be_opened(alone: Alone) -> None:
    alone.data.parent.mkdir()
    other = LiveHouse(Outright(), alone.data)
    other.start()
    process = alone.start()
    process.expect_exact("no house could be opened here; its log says:")
    process.expect_exact(str(other.pid))
    assert left(process) == 1
    other.stop()


def test_a_terminal_that_can_only_print_has_the_line_client(alone: Alone) -> None:
    process = alone.start("dumb")
    process.expect_exact("Opening a house here ...")
    process.expect_exact("guest-1")
    process.sendline("/who")
    process.expect(r"guest-1 +here")
    house = alone.house()
    process.sendeof()
    assert left(process) == 0
    assert not runs(house)


def test_a_house_that_serves_already_is_joined(alone: Alone) -> None:
    alone.data.parent.mkdir()
    other = LiveHouse(Outright(), alone.data, listen=f"tcp://127.0.0.1:{alone.port}")
    other.start()
    process = alone.start()
    assert process.expect_exact(["Opening", ALTERNATE_SCREEN]) == 1
    process.send(CTRL_Q)
    assert left(process) == 0
    assert runs(other.pid)
    other.stop()
