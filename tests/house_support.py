"""A real server as a process of its own: started, killed, started again, and looked at from outside."""

import array
import os
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import msgspec

from callroom_server.ledger.database import LOCK_FILE
from house_nursery import Await, Bear

ROOT = Path(__file__).resolve().parent.parent
HOUSES = ("wire", "menus", "server", "tui", "cli", "bench", "tests")
COMMAND = [sys.executable, "-m", "callroom.main"]
ENVIRON = {**os.environ, "PYTHONPATH": os.pathsep.join(str(ROOT / house) for house in HOUSES)}
"""What a server needs to be started from a checkout that nobody has installed."""

PATIENCE = 30.0
"""Seconds until a test that waits for something gives up; what comes is seen at once."""

NO_LIMITS: dict[str, int] = {}
PAGE_BYTES = resource.getpagesize()


def wait_until(
    condition: Callable[[], object], what: object = "the condition", patience: float = PATIENCE
) -> None:
    """Looks every few milliseconds until it is so."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"never came true: {what() if callable(what) else what}"
        time.sleep(0.005)


class Running(Protocol):
    """A process that was started."""

    pid: int

    def wait(self) -> int:
        """Its exit code, once it has ended; negative for a signal."""
        ...


class Starter(Protocol):
    """What can start `callroom`."""

    def start(self, argv: Sequence[str], out: int, err: int) -> Running: ...


class Outright:
    """Starts the command as an operator does: perhaps under another program, such as strace, or after a fault
    of `house_faults` is put in.
    """

    def __init__(self, *prefix: str, fault: str = "") -> None:
        self._command = [*prefix, *COMMAND]
        if fault:
            script = f"import house_faults, callroom.main; house_faults.{fault}(); callroom.main.main()"
            self._command = [*prefix, sys.executable, "-c", script]

    def start(self, argv: Sequence[str], out: int, err: int) -> Running:
        return _Spawned(
            subprocess.Popen(
                [*self._command, *argv], stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=ENVIRON
            )
        )


class _Spawned:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.pid = process.pid

    def wait(self) -> int:
        return self._process.wait(PATIENCE)


class Nursery:
    """Starts servers by forking a process that has everything imported; see `house_nursery`."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(PATIENCE)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(ROOT / "tests" / "house_nursery.py")], stdin=theirs.fileno(), env=ENVIRON
            )

    def start(self, argv: Sequence[str], out: int, err: int) -> Running:
        return self.bear(Bear(list(argv)), out, err)

    def bear(self, request: Bear, out: int, err: int) -> Running:
        """Forks a server."""
        rights = array.array("i", [out, err])
        self._control.sendmsg(
            [msgspec.json.encode(request)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)]
        )
        return _Born(self._answer(), self)

    def wait(self, pid: int) -> int:
        """The exit code of a child."""
        self._control.send(msgspec.json.encode(Await(pid)))
        return self._answer()

    def _answer(self) -> int:
        answer = self._control.recv(64)
        assert answer, "the nursery has died"
        return msgspec.json.decode(answer, type=int)

    def close(self) -> None:
        self._control.close()
        self._process.wait(PATIENCE)


class _Born:
    def __init__(self, pid: int, nursery: Nursery) -> None:
        self.pid = pid
        self._nursery = nursery

    def wait(self) -> int:
        return self._nursery.wait(self.pid)


class Special:
    """A nursery's children with soft and hard limits of setrlimit(2), or with a fault of `house_faults`."""

    def __init__(
        self,
        nursery: Nursery,
        fault: str = "",
        soft: dict[str, int] = NO_LIMITS,
        hard: dict[str, int] = NO_LIMITS,
    ) -> None:
        self._nursery = nursery
        self._fault = fault
        self._soft = soft
        self._hard = hard

    def start(self, argv: Sequence[str], out: int, err: int) -> Running:
        return self._nursery.bear(Bear(list(argv), self._fault, self._soft, self._hard), out, err)


class LogLine(msgspec.Struct):
    """What a line of the log may say that tests look at; the rest is in `raw`."""

    event: str
    level: str = "info"
    session: int = 0
    code: str = ""
    reason: str = ""
    state: str = ""
    door: str = ""
    traceback: str = ""
    limit: int = 0
    raw: str = ""


class LiveHouse:
    """A server over a folder, through kills and restarts. Its log, JSON, goes to a file beside the folder.

    Args:
        starter: how a server is started.
        folder: for its data; the log is `folder.log`, the settings `folder.toml`.
        limits: `[limits]` of the settings.
        options: more of the command line.
        words: other settings, as they stand in the file.
    """

    def __init__(
        self,
        starter: Starter,
        folder: Path,
        limits: dict[str, float] | None = None,
        options: Sequence[str] = (),
        listen: str = "tcp://127.0.0.1:0",
        words: str = "",
    ) -> None:
        self.starter = starter
        self.folder = folder
        self.log_file = folder.with_suffix(".log")
        self.port = 0
        self.pid = 0
        self.urls: list[str] = []
        self._listen = listen
        self._running: Running | None = None
        self._stdout = -1
        settings = folder.with_suffix(".toml")
        rows = [f"{name} = {value}" for name, value in (limits or {}).items()]
        settings.write_text("\n".join([words, "[limits]", *rows, ""]))
        self._argv = ["serve", "--config", str(settings), "--data", str(folder), "--menu", "classic"]
        self._argv += ["--log-format", "json", "--lang", "en", *options]

    # --- life -----------------------------------------------------------------------------------------------

    def start(self, again_on_port: bool = True) -> "LiveHouse":
        """Starts the server and waits until it listens; a later start takes the same port."""
        self.launch(again_on_port)
        self.ready()
        return self

    def launch(self, again_on_port: bool = True) -> None:
        """Starts the server and does not wait for it."""
        listen = self._listen
        if again_on_port and self.port:
            listen = listen.removesuffix(":0") + f":{self.port}"
        ours, theirs = os.pipe()
        log = os.open(self.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._running = self.starter.start([*self._argv, "--listen", listen], theirs, log)
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
            os.close(log)
        self.pid = self._running.pid
        self._stdout = ours

    def ready(self) -> None:
        """Waits until a launched server listens."""
        said = self._until_listening()
        found = re.search(rb"listening [a-z]+://[^\s]+:(\d+)", said)
        if found is None:
            self.ended()
            raise AssertionError(f"the server did not open: {self.log_file.read_text()[-2000:]}")
        self.urls = re.findall(r"listening (\S+)", said.decode())
        self.port = int(found[1])
        self.pid = int((self.folder / LOCK_FILE).read_text())  # under strace the process started is another

    def _until_listening(self) -> bytes:
        deadline = time.monotonic() + PATIENCE
        said = b""
        while not re.search(rb"listening \S+\n", said):
            if not select.select([self._stdout], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise AssertionError(f"the server did not open in time: {said!r}")
            data = os.read(self._stdout, 4096)
            if not data:
                break
            said += data
        return said

    def kill(self) -> None:
        """Ends it as a crash would: no handler, no last words. It may be one that does not listen yet."""
        os.kill(self.pid, signal.SIGKILL)
        assert self.ended() == -signal.SIGKILL

    def freeze(self) -> None:
        """Lets it do nothing until `thaw`: what comes meanwhile, it sees in one pass."""
        os.kill(self.pid, signal.SIGSTOP)
        wait_until(lambda: Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")

    def thaw(self) -> None:
        """Lets it go on."""
        os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> None:
        """Ends it in order."""
        os.kill(self.pid, signal.SIGTERM)
        assert self.ended() == 0, self.log_file.read_text()[-2000:]

    def close(self) -> None:
        """Ends it if it runs."""
        if self._running is not None:
            os.kill(self.pid, signal.SIGKILL)
            self.ended()

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        assert self._running is not None
        running, self._running = self._running, None
        os.close(self._stdout)
        return running.wait()

    # --- what is seen from outside --------------------------------------------------------------------------

    def log(self) -> list[LogLine]:
        """Every complete line so far."""
        whole, _, _ = self.log_file.read_text().rpartition("\n")
        lines: list[LogLine] = []
        for raw in whole.splitlines():
            line = msgspec.json.decode(raw, type=LogLine)
            line.raw = raw
            lines.append(line)
        return lines

    def events(self, event: str, **fields: str | int) -> list[LogLine]:
        """The log's lines of this event, with these fields."""
        return [
            line
            for line in self.log()
            if line.event == event and all(getattr(line, name) == value for name, value in fields.items())
        ]

    def logged(self, event: str, count: int = 1, **fields: str | int) -> list[LogLine]:
        """Waits until the log holds as many such lines."""
        found: list[LogLine] = []

        def enough() -> bool:
            found[:] = self.events(event, **fields)
            return len(found) >= count

        wait_until(enough, lambda: (event, fields, self.log_file.read_text()[-3000:]))
        return found

    def resident(self) -> int:
        """Bytes of memory that are the process's own just now (proc(5), statm: resident less shared)."""
        _, pages, shared, *_ = Path(f"/proc/{self.pid}/statm").read_text().split()
        return (int(pages) - int(shared)) * PAGE_BYTES

    def cpu_seconds(self) -> float:
        """What the process has computed so far (proc(5), stat: utime and stime)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self) -> int:
        """How many descriptors it has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def sockets(self) -> int:
        """How many of them are sockets."""
        folder = Path(f"/proc/{self.pid}/fd")
        found = 0
        for name in os.listdir(folder):
            with suppress(FileNotFoundError):  # closed meanwhile
                found += os.readlink(folder / name).startswith("socket:")
        return found


class OpenHouse(Protocol):
    """What the fixture `open_house` gives: opens a server, which is gone when the test is over."""

    def __call__(
        self,
        limits: dict[str, float] | None = None,
        options: Sequence[str] = (),
        starter: Starter | None = None,
        folder: Path | None = None,
        listen: str = "tcp://127.0.0.1:0",
        words: str = "",
    ) -> LiveHouse: ...
