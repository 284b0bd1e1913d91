"""What every benchmark is given: how to start a server, where, how often, and how long it may take."""

import gc
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from callroom_bench.client import Swarm
from callroom_bench.report import Outcome, shown
from callroom_bench.server import Server, temporary_folder
from callroom_words.words import Words

QUIET_SECONDS = 1.0
QUIET_SHARE = 0.02
"""A server is quiet when it has used less than this share of a core for `QUIET_SECONDS`."""


Settings = TypeVar("Settings", bound=msgspec.Struct)


class Bench(msgspec.Struct, frozen=True):
    """Where the servers of one benchmark come from.

    `command` is what comes before `serve`; `parent` is where their folders are made; each measurement is
    taken `runs` times, each time with a fresh server, and each may take `seconds`.
    """

    command: Sequence[str]
    parent: Path
    runs: int
    seconds: float
    tell: Callable[[str], None]
    quiet_seconds: float = QUIET_SECONDS

    @contextmanager
    def server(self, config: str = "") -> Generator[Server]:
        """A fresh server with fresh data, which are gone afterwards."""
        with temporary_folder(self.parent) as folder, Server(self.command, folder, config) as server:
            yield server

    def settle(self, server: Server, swarm: Swarm, seconds: float) -> tuple[float, bool]:
        """Waits until the server is quiet, at most `seconds`; the CPU it used, and whether it is quiet."""
        begin = before = server.cpu_seconds()
        for _ in range(max(1, round(seconds / self.quiet_seconds))):
            swarm.rest(self.quiet_seconds)
            now = server.cpu_seconds()
            if now - before <= QUIET_SHARE * self.quiet_seconds:
                return now - begin, True
            before = now
        return before - begin, False


class Option(msgspec.Struct, frozen=True):
    """A command line option, `--name`; it sets the field of that name of a benchmark's settings."""

    name: str
    parse: Callable[[str], object]
    help: Words


@dataclass(frozen=True)
class Benchmark(Generic[Settings]):
    """A line in the table of benchmarks. `run` gets `full` or `quick`, with what the options change."""

    summary: Words
    full: Settings
    quick: Settings
    options: Sequence[Option]
    run: Callable[[Bench, Settings], Outcome]

    def perform(self, bench: Bench, quick: bool, changes: Mapping[str, object]) -> Outcome:
        """Runs it; `changes` are the options that were given, by the names of their fields."""
        settings = self.quick if quick else self.full
        return self.run(bench, msgspec.structs.replace(settings, **changes))

    def default(self, option: Option) -> str:
        """What an option is without being given, in full and with `--quick`."""
        full, quick = (msgspec.structs.asdict(s)[option.name] for s in (self.full, self.quick))
        return f"{shown(full)}; quick: {shown(quick)}" if full != quick else shown(full)


@contextmanager
def undisturbed() -> Generator[None]:
    """No pause of the garbage collector while it is measured."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def positive(text: str) -> int:
    """A whole number from 1 on.

    Raises:
        ValueError: it is not.
    """
    number = int(text)
    if number < 1:
        raise ValueError(f"{number} is less than 1")
    return number


def several(text: str) -> tuple[int, ...]:
    """Whole numbers from 1 on, separated by commas."""
    return tuple(positive(part) for part in text.split(","))
