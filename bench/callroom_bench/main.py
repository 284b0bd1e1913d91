"""`callroom bench`: runs a benchmark against a server of its own, and prints what was measured."""

import argparse
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn, Protocol

from callroom_bench import fanout, idle, latency, ledger, pairs
from callroom_bench.bench import Bench, Option, positive
from callroom_bench.faults import BenchError
from callroom_bench.machine import file_system, this_machine
from callroom_bench.report import Outcome, to_json, to_text
from callroom_bench.server import installed_command

DONE, FAILED, INTERRUPTED = 0, 1, 130
RUNS = 3
RUN_SECONDS = 300
IN_MEMORY = frozenset({"tmpfs", "ramfs"})


class AnyBenchmark(Protocol):
    """A benchmark, whatever its settings."""

    @property
    def summary(self) -> str:
        """What it measures, in a line."""
        ...

    @property
    def options(self) -> Sequence[Option]:
        """Its own command line options."""
        ...

    def perform(self, bench: Bench, quick: bool, changes: Mapping[str, object]) -> Outcome:
        """Runs it."""
        ...

    def default(self, option: Option) -> str:
        """What an option is without being given."""
        ...


BENCHMARKS: dict[str, AnyBenchmark] = {
    "fanout": fanout.BENCHMARK,
    "pairs": pairs.BENCHMARK,
    "latency": latency.BENCHMARK,
    "idle": idle.BENCHMARK,
    "ledger": ledger.BENCHMARK,
}


def main(argv: Sequence[str]) -> int:
    """Runs `callroom bench` with these arguments; the exit code."""
    options = _parser().parse_args(argv)
    name: str | None = options.benchmark
    # A benchmark that is terminated ends its server and removes its folder, as with Ctrl-C.
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        for each in [name] if name else BENCHMARKS:
            print(_perform(each, options), flush=True)
    except BenchError as fault:
        print(f"callroom bench: {fault}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("callroom bench: interrupted", file=sys.stderr)
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)
    return DONE


def _perform(name: str, options: argparse.Namespace) -> str:
    parent: Path = options.folder or Path(tempfile.gettempdir())
    if file_system(parent) in IN_MEMORY and options.folder is None:
        parent = Path("/var/tmp")  # kept across reboots (FHS 5.15), so on a disk
    quick: bool = options.quick
    runs: int = options.runs or (1 if quick else RUNS)
    command: list[str] = options.server or installed_command()
    bench = Bench(command, parent, runs, float(options.seconds_per_run), _progress)
    benchmark = BENCHMARKS[name]
    changes = {
        option.name: value
        for option in benchmark.options
        if (value := getattr(options, option.name, None)) is not None
    }
    outcome = benchmark.perform(bench, quick, changes)
    machine = this_machine(parent)
    if options.json:
        return to_json(name, machine, runs, outcome).decode()
    return to_text(name, machine, runs, outcome) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="callroom bench",
        description="Measures a server of its own, ledger on, flood control off. Without a name: all.",
    )
    common = argparse.ArgumentParser(add_help=False)
    for each, suppress in ((parser, False), (common, True)):
        _add_common(each, suppress)
    subparsers = parser.add_subparsers(dest="benchmark", metavar="|".join(BENCHMARKS))
    for name, benchmark in BENCHMARKS.items():
        chosen = subparsers.add_parser(
            name, help=benchmark.summary, description=benchmark.summary, parents=[common]
        )
        for option in benchmark.options:
            chosen.add_argument(
                "--" + option.name.replace("_", "-"),
                dest=option.name,
                type=option.parse,
                help=f"{option.help} ({benchmark.default(option)})",
            )
    return parser


def _add_common(parser: argparse.ArgumentParser, suppress: bool) -> None:
    """The options that stand before a benchmark's name or after it; absent there, they undo nothing."""

    def default(value: object) -> object:
        return argparse.SUPPRESS if suppress else value

    add: Callable[..., argparse.Action] = parser.add_argument
    add(
        "--json", action="store_true", default=default(False), help="print one JSON object for each benchmark"
    )
    add(
        "--quick", action="store_true", default=default(False), help="small numbers and one run: is all well?"
    )
    add("--runs", type=positive, default=default(None), help=f"take the median of so many ({RUNS}; quick: 1)")
    add(
        "--seconds-per-run",
        type=positive,
        default=default(RUN_SECONDS),
        help=f"give up on a measurement that takes longer ({RUN_SECONDS})",
    )
    add(
        "--folder",
        type=Path,
        default=default(None),
        help="make the servers' folders here (a temporary folder on a disk)",
    )
    add(
        "--server",
        type=shlex.split,
        default=default(None),
        help="the command before `serve` (the installed one)",
    )


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
