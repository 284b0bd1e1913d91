"""`callroom chat`: the screen, for a terminal that can show it."""

import codecs
import os
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from callroom_client.client import Client
from callroom_client.events import Event
from callroom_lessons import ORDER
from callroom_tui import garbage
from callroom_wire.text import cells
from callroom_words.options import LANG, Command, Line, Option, UsageError, language, read, usage
from callroom_words.words import Lang, Words

CHAT = Command(
    "chat",
    Words(
        "The client on the whole terminal: rooms, the hotline, what the socket does. Without a URL it asks.\n"
        "docs/chat.md has keys, panels and files.",
        "全屏客户端：房间、热线，以及套接字正在做什么。不写 URL 时会询问。\n"
        "按键、面板和文件见 docs/chat.md。",
    ),
    (
        (
            "[URL]",
            Words(
                "tcp://host:port, tls://host:port, frames://host:port, unix:///path",
                "tcp://主机:端口、tls://主机:端口、frames://主机:端口、unix:///路径",
            ),
        ),
    ),
    (
        Option("--name", Words("the name to take", "使用的名字"), "NAME"),
        Option(
            "--plain", Words("the line client instead, for screen readers", "改用行式客户端，适合读屏软件")
        ),
        Option("--settings", Words("another file of settings", "另用一个设置文件"), "FILE"),
        LANG,
    ),
)
LAB = Command(
    "lab screen",
    Words(
        "The lab on the whole terminal: lessons on sockets, and experiments whose every call is shown.",
        "全屏实验室：套接字课，以及逐个显示调用的实验。",
    ),
    (("[LESSON]", Words("the lesson to begin with", "从哪一课开始")),),
    (
        Option("--settings", Words("another file of settings", "另用一个设置文件"), "FILE"),
        LANG,
    ),
)
ENCODING_ERRORS = "callroom.cells"
"""The name of our way with what an encoding does not have."""
NO_LESSON = Words("there is no lesson {given}; there are: {names}", "没有 {given} 这一课；有：{names}")
LAB_TERMINAL = Words(
    "callroom lab screen needs a terminal; the pages are in docs/lessons.md",
    "callroom lab screen 需要终端；讲解见 docs/lessons.md",
)
NO_TERMINAL = Words(
    "callroom chat needs a terminal; callroom line works without one",
    "callroom chat 需要终端；callroom line 不需要",
)


def chat(argv: Sequence[str]) -> int:
    """Runs `callroom chat`; the exit code."""
    lang = language(argv, os.environ)
    try:
        line = read(CHAT, argv)
    except UsageError as error:
        print(error.told(CHAT, lang), file=sys.stderr)
        return 2
    if line.help:
        print(usage(CHAT).say(lang))
        return 0
    url = line.arguments[0] if line.arguments else ""
    if line.flag("plain") or (sys.stdin.isatty() and not can_show()):
        return by_lines(line, url)
    if not can_show():
        print(NO_TERMINAL.say(lang), file=sys.stderr)
        return 2
    file = line.value("settings")
    return show(url, name=line.value("name"), lang=line.value("lang"), file=Path(file) if file else None)


def lab(argv: Sequence[str]) -> int:
    """Runs `callroom lab screen`; the exit code."""
    lang = language(argv, os.environ)
    try:
        line = read(LAB, argv)
        lesson = line.arguments[0] if line.arguments else ORDER[0]
        if lesson not in ORDER:
            raise UsageError(NO_LESSON.fill(given=ascii(lesson), names=", ".join(ORDER)))
    except UsageError as error:
        print(error.told(LAB, lang), file=sys.stderr)
        return 2
    if line.help:
        print(usage(LAB).say(lang))
        return 0
    if not can_show():
        print(LAB_TERMINAL.say(lang), file=sys.stderr)
        return 2
    file = line.value("settings")
    return show("", lang=line.value("lang"), file=Path(file) if file else None, lesson=lesson)


def by_lines(line: Line, url: str) -> int:
    """The line client instead, with the same wishes; the exit code."""
    # Deferred: prompt_toolkit is only needed here.
    from callroom_client.line.main import main as call

    argv = [url] if url else []
    argv += ["--plain"] if line.flag("plain") else []
    for option in ("name", "lang"):
        if value := line.value(option):
            argv += [f"--{option}", value]
    return call(argv)


def can_show() -> bool:
    """Whether this terminal can show the screen: Textual writes to stderr and reads stdin.

    Under textual-serve there is no terminal; it names another driver.
    """
    return bool(os.environ.get("TEXTUAL_DRIVER")) or (
        sys.stdin.isatty()
        and sys.__stderr__ is not None
        and sys.__stderr__.isatty()
        and os.environ.get("TERM", "dumb") not in ("dumb", "unknown", "")
    )


def bear_encoding(stream: TextIO) -> None:
    """Lets what a terminal's encoding has not be shown as question marks, as wide as what they stand for.

    Python's own way with stderr is an escape of several characters, which shifts all that is behind it.
    """
    if isinstance(stream, TextIOWrapper):
        codecs.register_error(ENCODING_ERRORS, _question_marks)
        stream.reconfigure(errors=ENCODING_ERRORS)


def _question_marks(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "?" * max(0, cells(error.object[error.start : error.end])), error.end


def show(url: str, name: str = "", lang: str = "", file: Path | None = None, lesson: str = "") -> int:
    """Shows the screen, or the lab at a lesson, until it is left; the exit code."""
    garbage.rest()
    if sys.__stderr__ is not None:
        bear_encoding(sys.__stderr__)
    # Deferred: Textual takes 160 ms to import, which a mistaken command line need not wait for.
    from callroom_tui.app import CallroomApp
    from callroom_tui.settings import default_file, load
    from callroom_words.words import preferred

    file = file or default_file()
    settings, problem = load(file)
    spoken: Lang = "zh" if lang == "zh" else "en" if lang == "en" else settings.lang or preferred(os.environ)
    if name:
        settings.name = name

    def opener(url: str, name: str, listen: Callable[[Event], object]) -> Client:
        return Client(url, listen, name=name, lang=spoken)

    app = CallroomApp(opener, settings, file, spoken, url, problem, lesson)
    app.settled = garbage.settle
    app.run()
    if app.crashed is not None:
        print(app.crashed.say(spoken), file=sys.stderr)
        return 1
    return 0
