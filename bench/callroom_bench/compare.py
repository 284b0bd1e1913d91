"""`callroom lab compare`: the reactor beside `socketserver` with threads and with processes, in one run."""

import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

import msgspec

from callroom_bench.faults import BenchError, Overdue
from callroom_bench.machine import this_machine
from callroom_bench.report import Table, draw
from callroom_bench.server import installed_command, raise_descriptor_limit, temporary_folder
from callroom_words.options import LANG, Command, Line, Option, UsageError, language, read, usage
from callroom_words.words import Lang, Words

CLIENTS, MESSAGES = 300, 100
QUICK_CLIENTS, QUICK_MESSAGES = 30, 100
MOST_CLIENTS, MOST_MESSAGES = 2000, 10_000
SIZE = 64
"""Bytes of a message: a line of chat."""

START_SECONDS = 60.0
RUN_SECONDS = 120.0
"""One server's whole run; beyond it something is wrong, and it is said."""

COMPARE = Command(
    "lab compare",
    Words(
        "Measures three servers with the same echo and the same clients, one after the other, right here:\n"
        "the reactor, and the standard library's socketserver with a thread and with a process a client.",
        "在本机上用同样的回显和同样的客户端，先后测量三种服务端：\n"
        "本站的事件循环，以及标准库 socketserver 的每客户端一线程、每客户端一进程。",
    ),
    options=(
        Option("--clients", Words(f"at once ({CLIENTS})", f"同时的客户端数（{CLIENTS}）"), "N"),
        Option("--messages", Words(f"of each client ({MESSAGES})", f"每个客户端的消息数（{MESSAGES}）"), "N"),
        Option("--quick", Words("few of both: seconds", "都少一些：几秒钟")),
        Option("--json", Words("one JSON object", "输出一个 JSON 对象")),
        LANG,
    ),
)

KINDS = {
    "reactor": Words("reactor (one thread)", "事件循环（一个线程）"),
    "threading": Words("socketserver, threads", "socketserver，线程"),
    "forking": Words("socketserver, processes", "socketserver，进程"),
}
HEAD = (
    Words("server", "服务端"),
    Words("CPU/message", "CPU/条"),
    Words("beside ours", "与本站之比"),
    Words("messages/s", "条/秒"),
    Words("memory", "内存"),
    Words("per client", "每客户端"),
)
ABOUT = Words(
    "{clients} clients at once, {messages} messages of {size} bytes each, one at a time\n"
    "{cpu}, {cores} cores, {python}",
    "{clients} 个客户端同时在线，每个发 {messages} 条 {size} 字节的消息，一问一答\n"
    "{cpu}，{cores} 核，{python}",
)
BAD_NUMBER = Words(
    "{option} must be a whole number from 1 to {most}", "{option} 必须是 1 到 {most} 之间的整数"
)


class Figures(msgspec.Struct, frozen=True):
    """What one server took. Memory is proportional (PSS), with all clients connected, of all its processes;
    `client_bytes` is what each client added to it.
    """

    server: str
    cpu_us_per_message: float
    ratio: float
    messages_per_second: float
    memory_bytes: int
    client_bytes: int


class Report(msgspec.Struct, frozen=True):
    """All that was measured."""

    clients: int
    messages: int
    size: int
    machine: msgspec.Struct
    servers: list[Figures]


def compare(argv: Sequence[str]) -> int:
    """Runs the command; the exit code."""
    lang = language(argv, os.environ)
    try:
        line = read(COMPARE, argv)
        if line.help:
            print(usage(COMPARE).say(lang))
            return 0
        quick = line.flag("quick")
        clients = _number(line, "clients", QUICK_CLIENTS if quick else CLIENTS, MOST_CLIENTS)
        messages = _number(line, "messages", QUICK_MESSAGES if quick else MESSAGES, MOST_MESSAGES)
    except UsageError as error:
        print(error.told(COMPARE, lang), file=sys.stderr)
        return 2
    before = signal.signal(signal.SIGTERM, _interrupt)  # so that the servers end with us
    try:
        report = measure(clients, messages)
    except BenchError as fault:
        print(f"callroom lab compare: {fault}", file=sys.stderr)
        return 1
    finally:
        signal.signal(signal.SIGTERM, before)
    print(msgspec.json.encode(report).decode() if line.flag("json") else told(report, lang))
    return 0


def _number(line: Line, name: str, default: int, most: int) -> int:
    given = line.value(name)
    if not given:
        return default
    if not re.fullmatch("[0-9]{1,9}", given) or not 1 <= int(given) <= most:
        raise UsageError(BAD_NUMBER.fill(option=f"--{name}", most=most))
    return int(given)


def measure(clients: int, messages: int) -> Report:
    """Measures the three, one after the other.

    Raises:
        BenchError: a server did not start, or did not answer in time.
    """
    if raise_descriptor_limit() < clients + 100:
        raise BenchError(f"this process may not open {clients} sockets (ulimit -n): take fewer clients")
    figures: list[Figures] = []
    for kind in KINDS:
        with _started(kind) as (pid, port):
            found = _figures(kind, pid, port, clients, messages)
        ours = (figures[0] if figures else found).cpu_us_per_message
        ratio = round(found.cpu_us_per_message / max(ours, 0.1), 2)
        figures.append(msgspec.structs.replace(found, ratio=ratio))
    return Report(clients, messages, SIZE, this_machine(Path.cwd()), figures)


def _figures(kind: str, pid: int, port: int, clients: int, messages: int) -> Figures:
    deadline = time.monotonic() + RUN_SECONDS
    idle = _memory(pid)
    crowd: list[socket.socket] = []
    try:
        for _ in range(clients):
            crowd.append(socket.create_connection(("127.0.0.1", port), timeout=RUN_SECONDS))
        _talk(crowd, 1, deadline)  # everyone is really served before anything is counted
        memory = _memory(pid)
        cpu, began = _cpu(pid), time.monotonic()
        _talk(crowd, messages, deadline)
        seconds, cpu = time.monotonic() - began, _cpu(pid) - cpu
    except OSError as error:
        raise BenchError(f"{kind}: {error}") from error
    finally:
        for sock in crowd:
            sock.close()
    total = clients * messages
    return Figures(
        kind,
        round(cpu * 1e6 / total, 1),
        1.0,
        round(total / max(seconds, 1e-6)),
        memory,
        max(0, memory - idle) // clients,
    )


def _talk(crowd: list[socket.socket], messages: int, deadline: float) -> None:
    """Each client sends a message, waits for its echo, and sends the next."""
    text = b"a" * SIZE
    left = dict.fromkeys(crowd, messages)
    missing = dict.fromkeys(crowd, SIZE)
    with selectors.DefaultSelector() as selector:
        for sock in crowd:
            selector.register(sock, selectors.EVENT_READ)
            sock.sendall(text)
        while left:
            if time.monotonic() > deadline:
                raise Overdue(f"{len(left)} clients were not answered within {RUN_SECONDS:g} s")
            for key, _ in selector.select(1.0):
                sock = key.fileobj
                assert isinstance(sock, socket.socket)
                data = sock.recv(SIZE)
                if not data:
                    raise BenchError("a client was closed")
                missing[sock] -= len(data)
                if missing[sock]:
                    continue
                left[sock] -= 1
                if left[sock]:
                    missing[sock] = SIZE
                    sock.sendall(text)
                else:
                    del left[sock]
                    selector.unregister(sock)


@contextmanager
def _started(kind: str) -> Generator[tuple[int, int]]:
    """A server of this kind: its process and its port. It is gone afterwards, with all that it started."""
    with temporary_folder(Path("/var/tmp")) as folder:
        argv = [sys.executable, "-m", "callroom_bench.socketservers", kind]
        if kind == "reactor":
            data = str(folder / "data")
            argv = [*installed_command(), "serve", "--listen", "upper://127.0.0.1:0", "--data", data]
        output = folder / "output.txt"
        with output.open("wb") as out:
            # In a session of its own: it is ended as a group, and Ctrl-C reaches us alone.
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            yield process.pid, _port(process, output)
        finally:
            for number in (signal.SIGTERM, signal.SIGKILL):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(20)


def _port(process: subprocess.Popen[bytes], output: Path) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        left = process.poll()
        found = re.search(r"^listening (?:\S*:)?(\d+)\n", output.read_text(errors="replace"), re.MULTILINE)
        if found:
            return int(found[1])
        if left is not None:
            break
        time.sleep(0.005)
    raise BenchError(f"the server did not start:\n{output.read_text(errors='replace')[-1000:]}")


def _group(pid: int) -> list[int]:
    """All processes of the server: those of its session (proc(5), stat: session)."""
    members: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[3]) == pid:
                members.append(int(path.parent.name))
    return members


def _cpu(pid: int) -> float:
    """Seconds of CPU so far, of every living thread of the server: none ends while its client stays.

    By the scheduler's own clock, in nanoseconds (proc(5), schedstat); the ticks in `stat` are too coarse.
    """
    total = 0
    for member in _group(pid):
        for thread in Path(f"/proc/{member}/task").glob("*/schedstat"):
            with suppress(OSError):
                total += int(thread.read_text().split()[0])
    return total / 1e9


def _memory(pid: int) -> int:
    """Bytes, each shared page counted once in all (proc(5), smaps_rollup: Pss)."""
    total = 0
    for member in _group(pid):
        with suppress(OSError):
            text = Path(f"/proc/{member}/smaps_rollup").read_text()
            found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
            total += int(found[1]) * 1024 if found else 0
    return total


def told(report: Report, lang: Lang) -> str:
    """The table."""
    machine = msgspec.structs.asdict(report.machine)
    lines = [
        [
            KINDS[one.server].say(lang),
            f"{one.cpu_us_per_message:.1f} us",
            f"{one.ratio:.2f} x",
            f"{one.messages_per_second:,.0f}",
            f"{one.memory_bytes / 2**20:.1f} MiB",
            f"{one.client_bytes / 1024:.1f} KiB",
        ]
        for one in report.servers
    ]
    about = ABOUT.say(
        lang,
        clients=report.clients,
        messages=report.messages,
        size=report.size,
        cpu=str(machine["cpu"]),
        cores=str(machine["cores"]),
        python=str(machine["python"]),
    )
    return f"{about}\n\n{draw(Table([head.say(lang) for head in HEAD], lines))}"


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
