"""What the fixtures of the line client's tests are."""

import subprocess
from collections.abc import Mapping
from typing import Protocol

from house_support import LiveHouse
from terminal_support import Terminal


class AtTerminal(Protocol):
    """Starts a line client at a terminal of its own; ended when the test is over."""

    def __call__(
        self, house: LiveHouse, *options: str, env: Mapping[str, str] | None = None, term: str = ...
    ) -> Terminal: ...


class Piped(Protocol):
    """Runs a line client with this on its standard input."""

    def __call__(
        self, url: str, *options: str, typed: str = "", code: int | None = 0
    ) -> subprocess.CompletedProcess[str]: ...


def url(house: LiveHouse) -> str:
    """Where a client calls it."""
    return f"tcp://127.0.0.1:{house.port}"
