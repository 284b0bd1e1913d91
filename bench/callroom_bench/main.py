"""`callroom bench`: runs a benchmark against a server of its own, and prints what was measured."""

import argparse
import os
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn, Protocol

from callroom_bench import clientside, fanout, idle, latency, ledger, pairs, robot, screen
from callroom_bench.bench import Bench, Option, positive
from callroom_bench.faults import BenchError
from callroom_bench.machine import file_system, this_machine
from callroom_bench.report import Outcome, to_json, to_text
from callroom_bench.server import installed_command
from callroom_words.words import Lang, Words, preferred

DONE, FAILED, INTERRUPTED = 0, 1, 130
RUNS = 3
RUN_SECONDS = 300
IN_MEMORY = frozenset({"tmpfs", "ramfs"})


ABOUT = Words(
    "Measures a server of its own, ledger on, flood control off. Without a name: all of it.",
    "测量自己启动的服务器：账本落盘，不限速。不写名字则全部测量。",
)
COMMON = {
    "json": Words("print one JSON object for each benchmark", "每项测量输出一个 JSON 对象"),
    "quick": Words("small numbers and one run: is all well?", "小规模、一次：看看是否正常"),
    "runs": Words(
        "take the median of so many ({runs}; quick: 1)", "取多少次测量的中位数（{runs}；quick: 1）"
    ),
    "seconds": Words(
        "give up on a measurement that takes longer ({seconds})", "一次测量超过多少秒就放弃（{seconds}）"
    ),
    "folder": Words(
        "make the servers' folders here (a folder on a disk)", "服务器的文件夹建在这里（磁盘上的文件夹）"
    ),
    "server": Words(
        "the command before `serve` (the installed one)", "`serve` 之前的命令（已安装的 callroom）"
    ),
}


class AnyBenchmark(Protocol):
    """A benchmark, whatever its settings."""

    @property
    def summary(self) -> Words:
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
    "robot": robot.BENCHMARK,
    "client": clientside.BENCHMARK,
    "screen": screen.BENCHMARK,
}


def main(argv: Sequence[str]) -> int:
    """Runs `callroom bench` with these arguments; the exit code."""
    options = _parser(preferred(os.environ)).parse_args(argv)
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
    return to_text(name, machine, runs, outcome, preferred(os.environ)) + "\n"


def _parser(lang: Lang) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="callroom bench",
        description=ABOUT.say(lang),
    )
    common = argparse.ArgumentParser(add_help=False)
    for each, suppress in ((parser, False), (common, True)):
        _add_common(each, suppress, lang)
    subparsers = parser.add_subparsers(dest="benchmark", metavar="|".join(BENCHMARKS))
    for name, benchmark in BENCHMARKS.items():
        chosen = subparsers.add_parser(
            name, help=benchmark.summary.say(lang), description=benchmark.summary.say(lang), parents=[common]
        )
        for option in benchmark.options:
            chosen.add_argument(
                "--" + option.name.replace("_", "-"),
                dest=option.name,
                type=option.parse,
                help=f"{option.help.say(lang)} ({benchmark.default(option)})",
            )
    return parser


def _add_common(parser: argparse.ArgumentParser, suppress: bool, lang: Lang) -> None:
    """The options that stand before a benchmark's name or after it; absent there, they undo nothing."""

    def default(value: object) -> object:
        return argparse.SUPPRESS if suppress else value

    add: Callable[..., argparse.Action] = parser.add_argument

    def say(option: str) -> str:
        return COMMON[option].fill(runs=RUNS, seconds=RUN_SECONDS).say(lang)

    add("--json", action="store_true", default=default(False), help=say("json"))
    add("--quick", action="store_true", default=default(False), help=say("quick"))
    add("--runs", type=positive, default=default(None), help=say("runs"))
    add("--seconds-per-run", type=positive, default=default(RUN_SECONDS), help=say("seconds"))
    add("--folder", type=Path, default=default(None), help=say("folder"))
    add("--server", type=shlex.split, default=default(None), help=say("server"))


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
