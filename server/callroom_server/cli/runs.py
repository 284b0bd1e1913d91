"""`callroom runs`: which runbooks were run, when, for whom, and how each ended."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from callroom_server.config.logs import printable
from callroom_words.options import LANG, Command, Option, UsageError, language, read, usage
from callroom_words.words import Lang, Words

RUNS = Command(
    "runs",
    Words(
        "Lists the runs of runbooks that a house has recorded, oldest first.",
        "列出本站记录的运行手册执行情况，先旧后新。",
    ),
    options=(
        Option("--data", Words("the data folder of a house, open or not", "数据文件夹，营业中也可以"), "DIR"),
        Option("--since", Words("only since then, e.g. 2026-10-01", "只列此时以后的，如 2026-10-01"), "DATE"),
        Option("--json", Words("one JSON object a line", "每行输出一个 JSON 对象")),
        LANG,
    ),
)
NONE = Words("nothing has been run", "没有执行记录")
ENDED = Words("exit code {code}, {seconds} s, {size} bytes", "退出码 {code}，{seconds} 秒，{size} 字节")
CUT_SHORT = Words("{reason} after {seconds} s, {size} bytes", "{seconds} 秒、{size} 字节后：{reason}")
UNENDED = Words("runs, or the house was cut off", "仍在运行，或本站中断")


class Run(msgspec.Struct, frozen=True, omit_defaults=True):
    """One run as it is told: its request, and, once it has ended, how."""

    run: str
    at: int
    runbook: str
    args: list[str]
    door: str
    address: str
    by: str = ""
    code: int | None = None
    reason: str = ""
    seconds: float = 0.0
    output_bytes: int = 0


def runs(argv: Sequence[str]) -> int:
    """Runs `callroom runs`; the exit code."""
    lang = language(argv, os.environ)
    try:
        line = read(RUNS, argv)
    except UsageError as error:
        print(error.told(RUNS, lang), file=sys.stderr)
        return 2
    if line.help:
        print(usage(RUNS).say(lang))
        return 0
    # Deferred: help needs no ledger.
    from callroom_server.cli.calls import folder_of, records_since, since_of, told
    from callroom_server.core import events

    def run() -> int:
        found: dict[str, Run] = {}
        for record in records_since(folder_of(line, RUNS), events.RUNS, since_of(line, RUNS)):
            event = events.decode(record.event)
            if isinstance(event, events.RunAsked):
                found[event.run] = Run(
                    event.run, event.at, event.runbook, event.args, event.door, event.address, event.by
                )
            elif isinstance(event, events.RunEnded) and event.run in found:
                found[event.run] = msgspec.structs.replace(
                    found[event.run],
                    code=event.code,
                    reason=event.reason,
                    seconds=event.seconds,
                    output_bytes=event.output_bytes,
                )
        for one in found.values():
            print(msgspec.json.encode(one).decode() if line.flag("json") else printable(_row(one, lang)))
        if not found and not line.flag("json"):
            print(NONE.say(lang))
        return 0

    return told(run, RUNS, lang)


def _row(run: Run, lang: Lang) -> str:
    at = datetime.fromtimestamp(run.at / 1000, UTC).astimezone().isoformat(" ", "seconds")
    who = " ".join(filter(None, (run.door, run.address, run.by)))
    return "  ".join((at, who, " ".join((run.runbook, *map(repr, run.args))), _ending(run, lang)))


def _ending(run: Run, lang: Lang) -> str:
    if run.code is None:
        return UNENDED.say(lang)
    seconds, size = f"{run.seconds:.1f}", run.output_bytes
    if run.reason:
        return CUT_SHORT.say(lang, reason=run.reason, seconds=seconds, size=size)
    return ENDED.say(lang, code=run.code, seconds=seconds, size=size)
