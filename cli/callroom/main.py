"""The `callroom` command: sends each subcommand to its house, which is imported when it is used."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple

from callroom_words.words import Words, preferred


class House(NamedTuple):
    """Where a subcommand lives: `function(argv) -> exit code` in a module, and its line in the help."""

    module: str
    function: str
    words: Words


HOUSES = {
    "serve": House(
        "callroom_server.cli.serve", "serve", Words("open the house and serve callers", "开张，接待来电")
    ),
    "backup": House(
        "callroom_server.cli.keep", "backup", Words("copy a running house's data", "备份运行中的数据")
    ),
    "restore": House("callroom_server.cli.keep", "restore", Words("bring a backup back", "从备份恢复")),
    "verify": House("callroom_server.cli.keep", "verify", Words("check data or a backup", "检查数据或备份")),
    "menus": House(
        "callroom.menus", "menus", Words("write, check, try and measure menus", "编写、检查、试拨、统计菜单")
    ),
    "lab": House("callroom.lab", "lab", Words("lessons on sockets, to be tried", "可以动手试的套接字课")),
    "run": House("callroom_client.run", "run", Words("run a runbook of the house", "执行运行手册")),
    "runs": House(
        "callroom_server.cli.runs", "runs", Words("list which runbooks were run", "列出执行过的运行手册")
    ),
    "chat": House("callroom_tui.main", "chat", Words("talk, on the whole terminal", "全屏客户端")),
    "serve-web": House(
        "callroom_tui.serve_web",
        "serve_web",
        Words("the same in a browser of this machine", "在本机浏览器中使用"),
    ),
    "line": House(
        "callroom_client.line.main",
        "main",
        Words("call a house from a prompt or a script", "从终端或脚本呼叫"),
    ),
    "udp": House(
        "callroom_client.udp", "udp", Words("speak with the robot in datagrams", "用数据报与机器人通话")
    ),
    "bench": House("callroom_bench.main", "main", Words("measure this machine", "在本机上做性能测试")),
}

ALONE = House("callroom.solo", "solo", Words("talk here", "在本机聊天"))
"""What no command at all means."""

HELP = Words(
    "Callroom: a self-hosted hotline and chat house for the terminal\n\n"
    "usage: callroom [command] [options]\n"
    "Alone: talk in the house that answers here, or in one that is open until you leave.\n\n{rows}\n\n"
    "callroom COMMAND --help tells more. callroom --version\n"
    "Exit codes: 0 done, 1 failed, 2 wrong usage.",
    "Callroom：终端里的自建热线与聊天室\n\n"
    "用法：callroom [命令] [选项]\n"
    "不写命令：进入本机已开张的 Callroom；没有则临时开一个，离开时关闭。\n\n{rows}\n\n"
    "详见 callroom 命令 --help。callroom --version 显示版本\n"
    "退出码：0 完成，1 失败，2 用法错误。",
)
UNKNOWN = Words(
    "callroom: there is no command {given}; there are: {names}",
    "callroom：没有命令 {given}；可用的有：{names}",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line (by default the process's own) and returns its exit code."""
    # A terminal that cannot show Chinese gets escapes, not an error; a replaced stdout may lack the method.
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        reconfigure(errors="backslashreplace")
    command, *rest = list(sys.argv[1:] if argv is None else argv) or [""]
    lang = preferred(os.environ)
    if command in ("-h", "--help", "help"):
        rows = "\n".join(f"  {name:<9} {house.words.say(lang)}" for name, house in HOUSES.items())
        print(HELP.fill(rows=rows).say(lang))
        return 0
    if command in ("-V", "--version"):
        # Deferred: reading the installed version costs more than everything else here.
        from importlib.metadata import version

        print(f"callroom {version('callroom')}")
        return 0
    if command.startswith("-"):  # options alone are those of serve
        command, rest = "serve", [command, *rest]
    house = HOUSES.get(command) if command else ALONE
    if house is None:
        print(UNKNOWN.fill(given=ascii(command), names=", ".join(HOUSES)).say(lang), file=sys.stderr)
        return 2
    try:
        run: Callable[[list[str]], int] = getattr(import_module(house.module), house.function)
        code = run(rest)
        if flush := getattr(sys.stdout, "flush", None):  # here, where a broken pipe is caught
            flush()
        return code
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        # Whoever read our output (head, less) has had enough; what is still buffered must go somewhere:
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
