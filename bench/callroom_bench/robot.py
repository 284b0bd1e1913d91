"""How fast the robot is: the engine by itself, dialogues over the text door, and reading a large menu."""

from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic, perf_counter, process_time
from typing import TypeVar

import msgspec

from callroom_bench import reference, robot_menus
from callroom_bench.bench import Bench, Benchmark, Option, positive, several, undisturbed
from callroom_bench.dialogue import Callers, script
from callroom_bench.faults import Unfaithful
from callroom_bench.figures import Spread, median_run, spread
from callroom_bench.report import Outcome, Table
from callroom_bench.server import temporary_folder
from callroom_menus import NEW, Menu, Start, State, Text, load, parse, step
from callroom_menus.check import check
from callroom_words.words import Words

KEYS = {1: ("1", "*"), 2: ("1*", "2*")}
"""What is entered, by keys a turn: to a choice and back, or both in one entry."""

R = TypeVar("R")


class Settings(msgspec.Struct, frozen=True):
    """`turns` of the engine, and of all `callers` together; a menu of `nodes`."""

    turns: int = 200_000
    keys: tuple[int, ...] = (1, 2)
    callers: int = 200
    nodes: int = 5_000


class EngineRow(msgspec.Struct, frozen=True, tag="engine", tag_field="what"):
    """Turns of one call after the other, without a server; CPU time of this process, one thread."""

    keys: int
    turns: int
    cpu_s: float
    turns_per_s: float
    all_runs: Sequence[float] = ()


class DialogueRow(msgspec.Struct, frozen=True, tag="dialogue", tag_field="what"):
    """Turns over the text door: a line in, the whole answer back, every byte compared; each turn recorded.

    `load_us_per_turn` is the CPU time of the callers, who share the machine with the server.
    """

    callers: int
    turns: int
    wall_s: float
    turns_per_s: float
    cpu_us_per_turn: float
    load_us_per_turn: float
    turn_ms: Spread
    verified: bool
    all_runs: Sequence[float] = ()


class MenuRow(msgspec.Struct, frozen=True, tag="menu", tag_field="what"):
    """A large menu from its file: read as the server does, and checked as `callroom menus check` does."""

    nodes: int
    file_bytes: int
    load_s: float
    check_s: float
    all_runs: Sequence[float] = ()


Row = EngineRow | DialogueRow | MenuRow


def run(bench: Bench, settings: Settings) -> Outcome:
    """Measures the engine, the dialogues, and the large menu."""
    rows: list[Row] = []
    for keys in settings.keys:
        engines = _runs(bench, lambda keys=keys: measure_engine(settings, keys))
        best = median_run(engines, lambda row: row.turns_per_s)
        rows.append(msgspec.structs.replace(best, all_runs=[row.turns_per_s for row in engines]))
        bench.tell(f"robot: {best.turns_per_s:,.0f} engine turns a second, {keys} key(s) a turn")
    dialogues = _runs(bench, lambda: measure_dialogue(bench, settings))
    dialogue = median_run(dialogues, lambda row: row.turns_per_s)
    rows.append(msgspec.structs.replace(dialogue, all_runs=[row.turns_per_s for row in dialogues]))
    bench.tell(f"robot: {dialogue.turns_per_s:,.0f} dialogue turns a second")
    menus = _runs(bench, lambda: measure_menu(bench, settings.nodes))
    menu = median_run(menus, lambda row: row.check_s)
    rows.append(msgspec.structs.replace(menu, all_runs=[row.check_s for row in menus]))
    bench.tell(f"robot: a menu of {settings.nodes:,} nodes read in {menu.load_s:.2f} s")
    notes = [
        Words(
            "Engine and menu: CPU time of one thread. Dialogue: a caller waits for the answer to each key; "
            "ledger on, every answer compared.",
            "引擎与菜单：单线程 CPU 时间。对话：每位来电者等到回答后才按下一键；账本落盘，逐字节核对。",
        )
    ]
    return Outcome(settings, rows, _table(rows), notes)


def _runs(bench: Bench, measure: Callable[[], R]) -> list[R]:
    return [measure() for _ in range(bench.runs)]


def measure_engine(settings: Settings, keys: int) -> EngineRow:
    """Turns of the engine alone."""
    menu = parse(robot_menus.small(), "bench.toml")
    entries = [Text(entry) for entry in KEYS[keys]]
    begun, _ = step(menu, NEW, Start(), 0.0)
    state = _turns(menu, begun, entries, 100)
    rounds = max(1, settings.turns // len(entries))
    with undisturbed():
        before = process_time()
        state = _turns(menu, state, entries, rounds)
        cpu = process_time() - before
    if state.frames[-1].node != menu.start:
        raise Unfaithful(f"the call stands at {state.frames[-1].node}")
    turns = rounds * len(entries)
    return EngineRow(keys, turns, round(cpu, 3), round(turns / cpu))


def _turns(menu: Menu, state: State, entries: Sequence[Text], rounds: int) -> State:
    for _ in range(rounds):
        for entry in entries:
            state, _ = step(menu, state, entry, 0.0)
    return state


def measure_dialogue(bench: Bench, settings: Settings) -> DialogueRow:
    """Dialogues with a fresh server."""
    each = max(1, settings.turns // settings.callers)
    with temporary_folder(bench.parent) as folder:
        (folder / "bench.toml").write_text(robot_menus.small())
        keys = script(load(folder / "bench.toml"), KEYS[1])
        config = f'menus = "{folder}"\nmenu = "bench"\nlang = "en"\n'
        deadline = monotonic() + bench.seconds
        with bench.server(config) as server, Callers(server.address, keys, deadline) as callers:
            callers.arrive(settings.callers)
            with undisturbed():
                cpu = server.cpu_seconds()
                begin, busy = perf_counter(), process_time()
                seconds = callers.talk(each)
                wall, busy = perf_counter() - begin, process_time() - busy
                cpu = server.cpu_seconds() - cpu
    turns = len(seconds)
    return DialogueRow(
        settings.callers,
        turns,
        wall_s=round(wall, 3),
        turns_per_s=round(turns / wall),
        cpu_us_per_turn=round(cpu / turns * 1e6, 2),
        load_us_per_turn=round(busy / turns * 1e6, 2),
        turn_ms=spread(seconds),
        verified=True,
    )


def measure_menu(bench: Bench, nodes: int) -> MenuRow:
    """Reads and checks a large menu."""
    with temporary_folder(bench.parent) as folder:
        file = folder / "bench.toml"
        file.write_text(robot_menus.large(nodes))
        loaded, load_s = _timed(lambda: load(file))
        if len(loaded.nodes) != nodes:
            raise Unfaithful(f"{len(loaded.nodes)} nodes were read of {nodes}")
        checked, check_s = _timed(lambda: check([Path(file)]))
        if checked.count("error"):
            raise Unfaithful(f"the linter found {checked.findings[0].problem.told('en')}")
        return MenuRow(nodes, file.stat().st_size, round(load_s, 3), round(check_s, 3))


def _timed(call: Callable[[], R]) -> tuple[R, float]:
    before = process_time()
    result = call()
    return result, process_time() - before


def _table(rows: Sequence[Row]) -> Table:
    lines: list[list[str]] = []
    for row in rows:
        match row:
            case EngineRow():
                goal = f"{reference.ENGINE_GOAL:,}/s"
                about = f"{row.cpu_s / row.turns * 1e6:.2f} us CPU"
                what = f"engine turns, {row.keys} key{'s' if row.keys > 1 else ''} each"
                lines.append([what, f"{row.turns_per_s:,.0f}/s", goal, about])
            case DialogueRow():
                times = f"p50/p99 {row.turn_ms.p50:.2f}/{row.turn_ms.p99:.2f} ms"
                about = (
                    f"{times}; CPU us: server {row.cpu_us_per_turn:.1f}, callers {row.load_us_per_turn:.1f}"
                )
                goal = f"{reference.DIALOGUE_GOAL:,}/s"
                lines.append(
                    [f"dialogue turns, {row.callers} callers", f"{row.turns_per_s:,.0f}/s", goal, about]
                )
            case MenuRow():
                size = f"{row.file_bytes / 1024:.0f} KiB"
                for what, figure, goal in (
                    ("read", row.load_s, reference.LOAD_GOAL_SECONDS),
                    ("checked", row.check_s, reference.CHECK_GOAL_SECONDS),
                ):
                    about = f"menu of {row.nodes:,} nodes {what}"
                    lines.append([about, f"{figure:.3f} s", f"{goal:g} s", size])
    return Table(["what", "measured", "goal", "about it"], lines)


BENCHMARK = Benchmark(
    Words(
        "the robot: engine turns, dialogues over the text door, a large menu",
        "机器人：引擎、文本门上的对话、大菜单",
    ),
    full=Settings(),
    quick=Settings(turns=20_000, nodes=500),
    options=(
        Option("turns", positive, Words("turns in one measurement", "一次测量多少轮")),
        Option("keys", several, Words("keys a turn of the engine: 1, 2", "引擎每轮几个键：1、2")),
        Option(
            "callers", positive, Words("callers at the text door at the same time", "文本门上同时有多少来电")
        ),
        Option("nodes", positive, Words("nodes of the large menu", "大菜单有多少节点")),
    ),
    run=run,
)
