"""`callroom menus`: one file for each subcommand, imported when it is used, and its line in this table."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import NamedTuple

from callroom_words.options import Command, Line, UsageError, language, read, usage
from callroom_words.words import Lang, Words


class Subcommand(NamedTuple):
    """Where a subcommand lives: a module with its command and `run(line, lang)`, and its line in the help."""

    module: str
    words: Words
    command: str = "COMMAND"
    run: str = "run"


SUBCOMMANDS = {
    "check": Subcommand(
        "callroom_menus.cli.check",
        Words("find what is wrong with menus, and how to mend it", "检查菜单文件，并说明如何修改"),
    ),
    "try": Subcommand("callroom_menus.cli.try_", Words("call a menu here and now", "在此直接拨打一个菜单")),
    "test": Subcommand("callroom_menus.cli.test", Words("play a menu's transcripts", "按对话记录检验菜单")),
    "graph": Subcommand("callroom_menus.cli.graph", Words("draw a menu", "画出菜单的结构")),
    "new": Subcommand("callroom_menus.cli.new", Words("begin a menu of your own", "新建一个菜单")),
}

NO_MORE: Mapping[str, Subcommand] = MappingProxyType({})

HELP = Words(
    "Menus of the robot: write, check, try and measure them.\n\n"
    "usage: callroom menus COMMAND [options]\n\n{rows}\n\n"
    "callroom menus COMMAND --help tells more.\n"
    "Exit codes: 0 done, 1 failed, 2 wrong usage.",
    "机器人的菜单：编写、检查、试拨、统计。\n\n"
    "用法：callroom menus 命令 [选项]\n\n{rows}\n\n"
    "详见 callroom menus 命令 --help。\n"
    "退出码：0 完成，1 失败，2 用法错误。",
)
NO_COMMAND = Words(
    "callroom menus: there is no command {given}; there are: {names}",
    "callroom menus：没有命令 {given}；可用的有：{names}",
)


def menus(argv: Sequence[str], more: Mapping[str, Subcommand] = NO_MORE) -> int:
    """Runs `callroom menus COMMAND ...`; the exit code. `more` are the subcommands of another house."""
    subcommands = SUBCOMMANDS | dict(more)
    lang = language(argv, os.environ)
    if not argv or argv[0] in ("-h", "--help", "help"):
        rows = "\n".join(f"  {name:<8} {one.words.say(lang)}" for name, one in subcommands.items())
        print(HELP.say(lang, rows=rows))
        return 0 if argv else 2
    name, *rest = argv
    if name not in subcommands:
        print(NO_COMMAND.say(lang, given=ascii(name), names=", ".join(subcommands)), file=sys.stderr)
        return 2
    found = subcommands[name]
    module = import_module(found.module)
    command: Command = getattr(module, found.command)
    run: Callable[[Line, Lang], int] = getattr(module, found.run)
    try:
        line = read(command, rest)
    except UsageError as error:
        print(error.told(command, lang), file=sys.stderr)
        return 2
    if line.help:
        print(usage(command).say(lang))
        return 0
    return run(line, lang)
