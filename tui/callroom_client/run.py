"""`callroom run`: runs a runbook of a house on this machine; its output is ours, and its exit code, too."""

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from callroom_wire.address import HOUSE_SOCKET, Address, AddressError, parse
from callroom_wire.codec import Chunk, decode_reply, encode
from callroom_wire.errors import WireError
from callroom_wire.frames import MAX_FRAME, FrameDecoder
from callroom_wire.messages import Bye, Error, Hello, Ping, Pong, Run, RunOutput, RunOver
from callroom_wire.text import clean
from callroom_words.options import LANG, Command, Line, Option, UsageError, language, read, usage
from callroom_words.words import Lang, Words

DEFAULT_URL = "tcp://127.0.0.1:8888"
SCHEMES = ("unix", "tcp", "frames")

RUN = Command(
    "run",
    Words(
        "Runs a runbook of the house on this machine: its output as it comes, its exit code in the end.\n"
        "Ctrl-C ends it. After -- everything is an argument.",
        "执行本机 Callroom 的运行手册：边执行边输出，其退出码即本命令的退出码。\n"
        "按 Ctrl-C 终止。-- 之后的内容都是参数。",
    ),
    arguments=(
        ("NAME", Words("which one", "名称")),
        ("[ARG]...", Words("its arguments, in order", "参数，按顺序")),
    ),
    options=(
        Option(
            "--at",
            Words(
                "the house, e.g. unix:///run/callroom.sock", "Callroom 的地址，如 unix:///run/callroom.sock"
            ),
            "URL",
        ),
        Option(
            "--data",
            Words("the house with this data folder", "数据文件夹为 DIR 的 Callroom"),
            "DIR",
        ),
        LANG,
    ),
)

FAILED = Words("callroom run: {reason}", "callroom run：{reason}")
NO_HOUSE = Words(
    "no house answers at {url} ({reason}): start one with callroom serve, or name it with --at or --data",
    "{url} 没有应答（{reason}）：请先运行 callroom serve，或用 --at、--data 指明",
)
GONE = Words("the house has closed the connection", "本站关闭了连接")
NOT_A_HOUSE = Words("{url} does not answer as a house does: {reason}", "{url} 的应答不是本站的：{reason}")
ENDED_BY = {
    "time_limit": Words("killed: the time limit of the runbook is over", "已终止：超过运行时限"),
    "output_limit": Words("killed: it wrote more than the runbook allows", "已终止：输出超过上限"),
    "shutting_down": Words("killed: the house closes", "已终止：本站正在关闭"),
}

SIGNALLED = 128
"""Added to a signal's number, as a shell does."""

INTERRUPTED = 130


class Failed(Exception):  # noqa: N818  # it says what happened
    """The runbook was not run to its end; the words say why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def run(argv: Sequence[str]) -> int:
    """Runs the command; the exit code is the program's, else 1 (failed) or 2 (wrong usage)."""
    lang = language(argv, os.environ)
    try:
        line = read(RUN, argv)
        if line.help:
            print(usage(RUN).say(lang))
            return 0
        address = _house(line)
    except UsageError as error:
        print(error.told(RUN, lang), file=sys.stderr)
        return 2
    except AddressError as error:
        print(FAILED.say(lang, reason=error.words), file=sys.stderr)
        return 2
    try:
        with _connected(address) as sock:
            return _run(sock, address, line.arguments[0], line.arguments[1:], lang)
    except Failed as error:
        print(FAILED.say(lang, reason=error.words), file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # the house sees the connection end, and ends the program
        return INTERRUPTED


def _house(line: Line) -> Address:
    """The house that is meant: by its URL, by its folder, or the one that is usually here."""
    if url := line.value("at"):
        return parse(url, SCHEMES, {})
    folder = Path(line.value("data") or platformdirs.user_data_path("callroom"))
    path = folder.absolute() / HOUSE_SOCKET
    if line.value("data") or path.exists():
        return Address("unix", path=str(path))
    return parse(DEFAULT_URL, SCHEMES, {})


def _connected(address: Address) -> socket.socket:
    if not address.path:
        try:
            return socket.create_connection((address.host, address.port))
        except OSError as error:
            raise Failed(_not_there(address, error)) from error
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.connect(address.path)
    except OSError as error:
        sock.close()
        raise Failed(_not_there(address, error)) from error
    return sock


def _not_there(address: Address, error: OSError) -> Words:
    return NO_HOUSE.fill(url=str(address), reason=error.strerror or str(error))


def _run(sock: socket.socket, address: Address, name: str, args: list[str], lang: Lang) -> int:
    decoder = FrameDecoder(MAX_FRAME)
    try:
        hello = Hello(client="callroom run", lang=lang)
        sock.sendall(encode(hello) + encode(Run(name=name, args=args, ref=1)))
        while data := sock.recv(65536):
            for body in decoder.feed(data):
                ended = _heard(sock, decode_reply(body), lang)
                if ended is not None:
                    return ended
    except WireError as error:
        raise Failed(NOT_A_HOUSE.fill(url=str(address), reason=str(error))) from error
    except ConnectionError as error:
        raise Failed(GONE) from error
    raise Failed(GONE)


def _heard(sock: socket.socket, message: object, lang: Lang) -> int | None:
    """The exit code, once it is known."""
    match message:
        case RunOutput(channel=channel, data=data):
            out = sys.stderr if channel == 2 else sys.stdout
            out.buffer.write(data)
            out.flush()
        case RunOver(code=code, reason=reason):
            if reason in ENDED_BY:
                print(FAILED.say(lang, reason=ENDED_BY[reason]), file=sys.stderr)
            return code if code >= 0 else SIGNALLED - code
        case Error(text=text, fix=fix):
            raise Failed(Words(*[clean(f"{text} {fix}")] * 2))
        case Bye(text=text):
            raise Failed(Words(*[clean(text)] * 2))
        case Ping(n=n):
            sock.sendall(encode(Pong(n=n)))
        case Chunk():
            raise Failed(GONE)
        case _:  # Welcomed, and whatever a newer house tells of
            pass
    return None
