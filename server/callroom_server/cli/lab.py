"""`callroom lab`: every lesson of the socket tutorial on loopback, with a table of what to try."""

import os
import socket
import sys
import tempfile
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

import msgspec

from callroom_lessons import Listener, pages
from callroom_words.options import LANG, Command, Option, UsageError, language, read, usage
from callroom_words.words import Lang, Words

HOST = "127.0.0.1"
STDERR = 2

LAB = Command(
    "lab",
    Words(
        "Opens every lesson of the socket tutorial on this machine, and prints what to try. Ctrl-C ends it.\n"
        "callroom lab compare measures three kinds of servers side by side.\n"
        "callroom lab screen shows the lessons, with experiments on real sockets, call by call.",
        "在本机打开套接字教程的每一课，并列出可以试的命令。按 Ctrl-C 结束。\n"
        "callroom lab compare 把三种服务端放在一起测量。\n"
        "callroom lab screen 显示各课，用真实套接字做实验，逐个调用记录。",
    ),
    arguments=(
        (
            "[compare | screen]",
            Words(
                "measure three kinds of servers, or the lab on the whole terminal",
                "测量三种服务端，或全屏实验室",
            ),
        ),
    ),
    options=(
        Option("--data", Words("keep what is recorded in this folder", "把记录保存在该文件夹"), "DIR"),
        Option("--json", Words("the table as JSON", "以 JSON 输出表格")),
        LANG,
    ),
)

MOVED = Words(
    "{port} is taken by {who}; {name} is at {other} instead",
    "端口 {port} 被 {who} 占用；{name} 改在 {other}",
)
ANOTHER = Words("another process", "另一个进程")
MORE = Words(
    "The pages of the lessons: docs/lessons.md, and callroom lab screen. Ctrl-C ends the lab.",
    "各课的讲解见 docs/lessons.md 和 callroom lab screen。按 Ctrl-C 结束。",
)


class Row(msgspec.Struct, frozen=True):
    """A line of the table."""

    name: str
    url: str
    shows: str
    try_: str = msgspec.field(name="try")


class Place(NamedTuple):
    """A lesson and the port that it gets."""

    listener: Listener
    port: int


def lab(argv: Sequence[str]) -> int:
    """Runs the command; the exit code: 0 served and ended, 1 could not, 2 wrong usage."""
    lang = language(argv, os.environ)
    try:
        line = read(LAB, argv)
        if line.arguments:
            raise UsageError(Words(f"there is no {line.arguments[0]!a}", f"没有 {line.arguments[0]!a}"))
    except UsageError as error:
        print(error.told(LAB, lang), file=sys.stderr)
        return 2
    if line.help:
        print(usage(LAB).say(lang))
        return 0
    shipped = files("callroom_server.config") / "lab_runbooks.toml"
    with tempfile.TemporaryDirectory(prefix="callroom-lab-") as folder, as_file(shipped) as runbooks:
        return _serve(Path(line.value("data") or folder), runbooks, lang, line.flag("json"))


def _serve(data: Path, runbooks: Path, lang: Lang, as_json: bool) -> int:
    # Deferred: help and mistakes are answered without loading a server.
    from callroom_server.app import serve
    from callroom_server.cli.serve import keep_standard_descriptors
    from callroom_server.config.logs import open_log
    from callroom_server.config.settings import Settings

    keep_standard_descriptors()
    listen = [place.listener.url(HOST, place.port) for place in places(lang)]
    settings = Settings(
        data=data.absolute(),
        listen=tuple(listen),
        menu="classic",
        runbooks=runbooks,
        lang=lang,
        log_level="warning",
    )
    log, writer = open_log(settings, STDERR, os.environ)
    try:
        return serve(settings, log, lambda urls: announce(urls, lang, as_json))
    finally:
        writer.close()


def places(lang: Lang) -> list[Place]:
    """A port for each lesson: its own, or if that is taken the next one that is free, which is told."""
    from callroom_server.net.listener import next_free  # deferred: it brings the server's sockets along
    from callroom_server.net.occupant import occupant
    from callroom_wire.address import Address

    listeners = [listener for page in pages() for listener in page.listeners]
    wanted = {(kind_of(listener.scheme), listener.port) for listener in listeners}
    found: list[Place] = []
    for listener in listeners:
        kind = kind_of(listener.scheme)
        port = listener.port
        if not _free(kind, port):
            who = occupant(port, kind) or ANOTHER
            while not _free(kind, port) or (kind, port) in wanted:
                port = next_free(Address("tcp", HOST, port), kind)
                if not port:  # none is near: the kernel finds one when the lesson opens
                    break
            wanted.add((kind, port))
            told = MOVED.say(lang, port=listener.port, who=who, name=listener.scheme, other=port)
            print(told, file=sys.stderr)
        found.append(Place(listener, port))
    return found


def kind_of(scheme: str) -> socket.SocketKind:
    """Whether a lesson is of streams or of datagrams."""
    return socket.SOCK_DGRAM if scheme.endswith("+udp") else socket.SOCK_STREAM


def _free(kind: socket.SocketKind, port: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as sock:
        if kind == socket.SOCK_STREAM:  # as the listener will: TIME_WAIT is no occupant
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((HOST, port))
        except OSError:
            return False
    return True


def announce(urls: Sequence[str], lang: Lang, as_json: bool) -> None:
    """Prints the table, when everything can be called."""
    by_scheme = {listener.scheme: listener for page in pages() for listener in page.listeners}
    rows: list[Row] = []
    for url in urls:
        scheme, _, place = url.partition("://")
        listener = by_scheme[scheme]
        port = int(place.rpartition(":")[2])
        rows.append(Row(scheme, url, listener.shows.say(lang), listener.typed(HOST, port)))
    if as_json:
        told = msgspec.json.encode(rows).decode()
    else:
        lines = [f"{row.name}\n  {row.url}  {row.shows}\n    {row.try_}" for row in rows]
        told = "\n".join([*lines, "", MORE.say(lang)])
    print(f"{told}\n", end="", flush=True)  # in one write, as serve: the log may go to the same file
