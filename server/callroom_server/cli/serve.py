"""`callroom serve`: reads the settings, opens the log, runs the house, and says how to reach it."""

import os
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import platformdirs

from callroom_server.config.logs import open_log
from callroom_server.config.settings import ConfigError
from callroom_server.config.sources import load
from callroom_server.protocols.reach import commands
from callroom_words.options import LANG, Command, Option, UsageError, language, read, usage
from callroom_words.words import Lang, Words

STDIN = 0
STDERR = 2

UNTIL_EOF = "--until-eof"

SERVE = Command(
    "serve",
    Words(
        "Opens the house: one port, a menu robot, rooms. Ctrl-C ends it in order, a second one at once.",
        "开张：一个端口、一个菜单机器人和聊天室。Ctrl-C 或 SIGTERM 有序退出，再按一次立即退出。",
    ),
    options=(
        Option("--config", Words("read the settings from this file", "从该文件读取设置"), "FILE"),
        Option(
            "--listen",
            Words(
                "listen here, e.g. tcp://127.0.0.1:8888; may be repeated",
                "监听地址，如 tcp://127.0.0.1:8888；可重复",
            ),
            "URL",
            many=True,
        ),
        Option("--data", Words("the folder where everything is kept", "存放数据的文件夹"), "DIR"),
        Option("--menus", Words("a folder of menus of your own", "自备菜单的文件夹"), "DIR"),
        Option(
            "--runbooks",
            Words("a runbooks.toml: commands that may be run", "运行手册文件 runbooks.toml：允许执行的命令"),
            "FILE",
        ),
        Option("--menu", Words("the menu that answers a caller (10086)", "接听来电的菜单（10086）"), "NAME"),
        Option("--name", Words("what the house calls itself", "本站名称"), "NAME"),
        Option("--log-format", Words("human or json", "human（人读）或 json（机读）"), "FORMAT"),
        Option(
            "--log-level", Words("debug, info, warning or error", "debug、info、warning 或 error"), "LEVEL"
        ),
        Option(
            "--metrics",
            Words(
                "who may read /metrics: loopback, anyone or nobody",
                "谁可查看 /metrics：loopback、anyone 或 nobody",
            ),
            "WHO",
        ),
        Option(
            "--site",
            Words("the address of its pages, e.g. https://chat.example", "网页地址，如 https://chat.example"),
            "URL",
        ),
        Option(
            "--no-flood",
            Words("no flood control, for benchmarks", "关闭限速，供性能测试"),
            key="flood",
            means=False,
        ),
        Option(
            UNTIL_EOF,
            Words(
                "end when stdin ends: with the program that started it",
                "标准输入结束时退出：随启动它的程序一起结束",
            ),
        ),
        LANG,
    ),
)

OPEN = Words(
    "Callroom is open. To call, type in another terminal:",
    "Callroom 已开张。在另一个终端输入以下命令即可拨入：",
)
ENDLESS = Words(
    "--until-eof needs a stdin that can end: a pipe, a socket or a terminal",
    "--until-eof 需要会结束的标准输入：管道、套接字或终端",
)
LEAVE = Words("Ctrl-C ends it.", "按 Ctrl-C 结束。")


def serve(argv: Sequence[str]) -> int:
    """Runs the command; the exit code: 0 served and ended, 1 could not, 2 wrong usage or settings."""
    lang = language(argv, os.environ)
    try:
        line = read(SERVE, argv)
        if line.help:
            print(usage(SERVE).say(lang))
            return 0
        until_eof = line.flag("until_eof")
        if until_eof and not can_end():
            raise UsageError(ENDLESS)
        loaded = load(
            {key: value for key, value in line.options.items() if key != "until_eof"},
            os.environ,
            Path.cwd(),
            platformdirs.user_config_path("callroom"),
            platformdirs.user_data_path("callroom"),
        )
    except UsageError as error:
        print(error.told(SERVE, lang), file=sys.stderr)
        return 2
    except ConfigError as error:
        print(error.words.say(lang), file=sys.stderr)
        return 2
    keep_standard_descriptors()
    # Deferred: help and mistakes are answered without loading a server.
    from callroom_server.app import serve as run

    log, writer = open_log(loaded.settings, STDERR, os.environ)
    try:
        if loaded.file:
            log.event("config.read", file=str(loaded.file))
        for variable in loaded.strangers:
            log.event("config.ignored", "warning", variable=variable)
        ending = STDIN if until_eof else None
        return run(loaded.settings, log, lambda urls: announce(urls, loaded.settings.lang), ending)
    except Exception as error:
        log.failure("serve.broke", error)
        return 1
    finally:
        writer.close()


def can_end() -> bool:
    """Whether stdin is something that can be waited for: epoll(7) takes no files."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(0)


def keep_standard_descriptors() -> None:
    """Opens /dev/null as whichever of stdin, stdout and stderr is closed.

    Else the next file or socket would get its number, and what is printed or logged would go into that one.
    """
    for descriptor in (0, 1, STDERR):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number (open(2)): this one


def announce(urls: Sequence[str], lang: Lang) -> None:
    """Prints `listening URL` for each listener, which programs may wait for, and then how a person calls."""
    calls = [call for url in urls for call in commands(url)]
    lines = [f"listening {url}" for url in urls]
    if calls:
        lines += ["", OPEN.say(lang), *(f"  {call}" for call in calls), LEAVE.say(lang)]
    # Whoever has closed our output is not listening; the house opens all the same.
    with suppress(OSError):
        # In one write even if Python does not buffer: the log may go to the same file from its own thread.
        print("\n".join([*lines, ""]), end="", flush=True)
