"""What a benchmark hands back: rows for machines, and for people a table beside the reference figures."""

import re
from collections.abc import Sequence

import msgspec

from callroom_bench.machine import Machine
from callroom_words.words import Lang, Words

MEDIAN = Words(
    "callroom bench {name}: median of {runs} run(s)", "callroom bench {name}：{runs} 次测量的中位数"
)


class Table(msgspec.Struct, frozen=True):
    """Cells as they are shown. The first column is flush left, the others right."""

    head: Sequence[str]
    lines: Sequence[Sequence[str]]


class Outcome(msgspec.Struct, frozen=True):
    """What was measured: settings and rows as structs, the rows as a table, and what to know about them."""

    settings: msgspec.Struct
    rows: Sequence[msgspec.Struct]
    table: Table
    notes: Sequence[Words] = ()


def to_json(name: str, machine: Machine, runs: int, outcome: Outcome) -> bytes:
    """The report as one JSON object with `benchmark`, `machine`, `runs`, `settings`, `rows` and `notes`."""
    report = {
        "benchmark": name,
        "machine": machine,
        "runs": runs,
        "settings": outcome.settings,
        "rows": outcome.rows,
        "notes": [note.en for note in outcome.notes],
    }
    return msgspec.json.format(msgspec.json.encode(report), indent=2)


def to_text(name: str, machine: Machine, runs: int, outcome: Outcome, lang: Lang) -> str:
    """The report for a terminal."""
    settings = msgspec.structs.asdict(outcome.settings)
    parts = [
        MEDIAN.fill(name=name, runs=runs).say(lang),
        "; ".join(f"{key.replace('_', ' ')} {shown(value)}" for key, value in settings.items()),
        f"{machine.cpu}, {machine.cores} cores, {machine.kernel}",
        f"{machine.python}, SQLite {machine.sqlite}, {machine.disk}",
        "",
        draw(outcome.table),
        *(["", *(note.say(lang) for note in outcome.notes)] if outcome.notes else []),
    ]
    return "\n".join(parts)


def draw(table: Table) -> str:
    """The table in plain text, columns aligned."""
    widths = [max(len(line[i]) for line in (table.head, *table.lines)) for i in range(len(table.head))]

    def row(cells: Sequence[str]) -> str:
        first, *rest = (
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join([first, *rest]).rstrip()

    return "\n".join([row(table.head), "  ".join("-" * width for width in widths), *map(row, table.lines)])


def shown(value: object) -> str:
    """A setting as it would be written on the command line."""
    return re.sub(r"[()' ]|,\)", "", f"{value}")
