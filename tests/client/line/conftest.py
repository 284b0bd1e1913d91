"""A house, and line clients that call it: at a terminal, with pipes, or as a program of JSON."""

import subprocess
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest

from house_fixtures import nursery, open_house
from house_support import COMMAND, ENVIRON, PATIENCE, LiveHouse, OpenHouse
from line_support import AtTerminal, Piped
from terminal_support import Terminal

__all__ = ["nursery", "open_house"]


@pytest.fixture
def house(open_house: OpenHouse) -> LiveHouse:
    return open_house()


@pytest.fixture
def homes(tmp_path: Path) -> dict[str, str]:
    """Where a client of this test keeps what it remembers."""
    return {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config")}


@pytest.fixture
def at_terminal(homes: dict[str, str]) -> Generator[AtTerminal]:
    terminals: list[Terminal] = []

    def start(
        house: LiveHouse, *options: str, env: Mapping[str, str] | None = None, term: str = "xterm-256color"
    ) -> Terminal:
        url = f"tcp://127.0.0.1:{house.port}"
        argv = [*COMMAND, "line", url, *options]
        terminals.append(Terminal(argv, env={**homes, **(env or {})}, term=term))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


@pytest.fixture
def piped(homes: dict[str, str]) -> Piped:
    def run(
        url: str, *options: str, typed: str = "", code: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*COMMAND, "line", url, *options],
            input=typed,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            env={**ENVIRON, **homes, "LC_ALL": "C.UTF-8"},
            check=False,
        )
        assert code is None or done.returncode == code, (done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        assert "\x1b" not in done.stdout + done.stderr
        return done

    return run
