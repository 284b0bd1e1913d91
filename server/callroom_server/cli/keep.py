"""`callroom backup`, `restore` and `verify`: keeping what was recorded, also while the house is open."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from callroom_server.config.logs import printable
from callroom_words.options import LANG, Command, UsageError, language, read, usage
from callroom_words.words import Lang, Words

BACKUP = Command(
    "backup",
    Words(
        "Copies the ledger of a house as of one moment, also while the house is open.",
        "复制某一时刻的全部记录，服务运行时也可以。",
    ),
    arguments=(
        ("DIR", Words("the data folder", "数据文件夹")),
        ("TARGET", Words("the file to make, or a folder to make one in", "要生成的文件，或存放它的文件夹")),
    ),
    options=(LANG,),
)
RESTORE = Command(
    "restore",
    Words(
        "Makes a data folder from a backup, which is verified first.",
        "先检查备份，再由它生成数据文件夹。",
    ),
    arguments=(
        ("BACKUP", Words("the backup file", "备份文件")),
        (
            "DIR",
            Words(
                "the data folder to make; it must not exist or be empty", "要生成的数据文件夹；须不存在或为空"
            ),
        ),
    ),
    options=(LANG,),
)
VERIFY = Command(
    "verify",
    Words(
        "Reads a whole ledger and tells whether everything is there, once and in order. Exit code 1 if not.",
        "通读全部记录，检查是否齐全、不重复、不乱序。有问题则退出码为 1。",
    ),
    arguments=(("DIR", Words("a data folder, or a backup file", "数据文件夹或备份文件")),),
    options=(LANG,),
)

BACKED_UP = Words("backed up to {path}", "已备份到 {path}")
RESTORED = Words(
    "restored to {path}; start with: callroom serve --data {path}",
    "已恢复到 {path}；启动：callroom serve --data {path}",
)
SOUND = Words(
    "{path}: sound, {records} records in {streams} streams", "{path}：完好，{streams} 个流，{records} 条记录"
)
UNSOUND = Words("{path}: {count} problems", "{path}：{count} 个问题")
FAILED = Words("callroom {command}: {reason}", "callroom {command}：{reason}")


def backup(argv: Sequence[str]) -> int:
    """Runs `callroom backup DIR TARGET`; the exit code."""

    def run(arguments: list[str], lang: Lang) -> int:
        from callroom_server.ledger.backup import backup as copy  # deferred: help needs no ledger

        print(BACKED_UP.fill(path=printable(str(copy(Path(arguments[0]), Path(arguments[1]))))).say(lang))
        return 0

    return _run(BACKUP, argv, run)


def restore(argv: Sequence[str]) -> int:
    """Runs `callroom restore BACKUP DIR`; the exit code."""

    def run(arguments: list[str], lang: Lang) -> int:
        from callroom_server.ledger.backup import restore as bring_back  # deferred: help needs no ledger

        bring_back(Path(arguments[0]), Path(arguments[1]))
        print(RESTORED.fill(path=printable(arguments[1])).say(lang))
        return 0

    return _run(RESTORE, argv, run)


def verify(argv: Sequence[str]) -> int:
    """Runs `callroom verify DIR`; the exit code, 1 when there is a problem."""

    def run(arguments: list[str], lang: Lang) -> int:
        from callroom_server.ledger.verify import verify as check  # deferred: help needs no ledger

        report = check(Path(arguments[0]))
        path = printable(str(report.database))
        if report.sound:
            print(SOUND.fill(path=path, records=report.records, streams=report.streams).say(lang))
            return 0
        print(UNSOUND.fill(path=path, count=len(report.problems)).say(lang))
        for problem in report.problems:
            print(f"  {printable(problem)}")
        return 1

    return _run(VERIFY, argv, run)


def _run(command: Command, argv: Sequence[str], run: Callable[[list[str], Lang], int]) -> int:
    lang = language(argv, os.environ)
    try:
        line = read(command, argv)
    except UsageError as error:
        print(error.told(command, lang), file=sys.stderr)
        return 2
    if line.help:
        print(usage(command).say(lang))
        return 0
    from callroom_server.core.ledger import LedgerError  # deferred: help needs no ledger

    try:
        return run(line.arguments, lang)
    except LedgerError as error:
        reason = printable(str(error))
        print(FAILED.fill(command=command.name, reason=reason).say(lang), file=sys.stderr)
        return 1
