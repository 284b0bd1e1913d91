"""People at their terminals: a house of its own for each journey, and the real programs that call it."""

import os
import re
import select
import shutil
import signal
import socket
import termios
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pyte
import pytest

from house_support import PATIENCE, Nursery, Running, wait_until

CODE = r"/back ([A-Z2-7]{5}(?:-[A-Z2-7]{5}){3})"
"""How a door tells the code with which one comes back."""


class House:
    """A server over a folder, with any listeners; `ports` and `urls` tell where it listens, by scheme."""

    def __init__(self, nursery: Nursery, folder: Path, *options: str, listen: Sequence[str] = ()) -> None:
        self._nursery = nursery
        self.folder = folder
        self.log_file = folder.with_suffix(".log")
        self._options = list(options)
        self._listen = list(listen or ("tcp://127.0.0.1:0",))
        self._running: Running | None = None
        self._stdout = -1
        self.pid = 0
        self.urls: list[str] = []

    def launch(self) -> None:
        """Starts it and does not wait."""
        argv = ["serve", "--data", str(self.folder), *self._options]
        for url in self._listen:
            argv += ["--listen", url]
        for name, value in (("--menu", "10086"), ("--lang", "zh"), ("--log-format", "json")):
            if name not in self._options:
                argv += [name, value]
        self._stdout, out = os.pipe()
        log = os.open(self.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._running = self._nursery.start(argv, out, log)
        os.close(out)
        os.close(log)
        self.pid = self._running.pid

    def start(self) -> "House":
        """Starts it and waits until it listens; the next start is on the same ports."""
        self.launch()
        said = b""
        deadline = time.monotonic() + PATIENCE
        while len(found := re.findall(rb"listening (\S+)\n", said)) < len(self._listen):
            left = max(0.0, deadline - time.monotonic())
            ready = select.select([self._stdout], [], [], left)[0]
            data = os.read(self._stdout, 4096) if ready else b""
            assert data, f"the house did not open: {said!r} {self.log}"
            said += data
        self._listen = self.urls = [url.decode() for url in found]
        return self

    @property
    def log(self) -> str:
        """What it has logged."""
        return self.log_file.read_text()

    def logged(self, event: str) -> None:
        """Waits until such an event is in the log."""
        wait_until(lambda: f'"{event}"' in self.log, event)

    def emptied(self) -> None:
        """Waits until everyone is gone."""
        wait_until(lambda: self.log.count('"session.opened"') == self.log.count('"session.closed"'), "empty")

    def port(self, scheme: str = "tcp") -> int:
        """Where the first listener of this scheme is."""
        url = next(url for url in self.urls if url.startswith(f"{scheme}://"))
        return int(url.rpartition(":")[2])

    def kill(self) -> None:
        """Ends it as a power cut would."""
        os.kill(self.pid, signal.SIGKILL)
        self.ended()

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        assert self._running is not None
        running, self._running = self._running, None
        os.close(self._stdout)
        return running.wait()

    def close(self) -> None:
        """Ends it, if it runs."""
        if self._running is not None:
            self.kill()


@contextmanager
def open_house(nursery: Nursery, folder: Path, *options: str, listen: Sequence[str] = ()) -> Generator[House]:
    """A house that is ended with the test."""
    house = House(nursery, folder / "data", *options, listen=listen)
    try:
        yield house.start()
    finally:
        house.close()


def program(name: str) -> str:
    """Where a program is.

    A journey that lacks its program has proved nothing, so it fails and is not skipped.
    """
    path = shutil.which(name)
    if path is None:
        pytest.fail(f"{name} is not installed; tools/test-needs installs what the tests need")
    return path


class _Paper:
    """Everything a terminal was ever sent, for what `expect` has read past."""

    def __init__(self) -> None:
        self.text: list[str] = []

    def write(self, text: str) -> None:
        self.text.append(text)

    def flush(self) -> None:
        """Nothing is held back."""


class Terminal:
    """A person at a terminal of 24 lines by 80 columns who has typed a command; nothing waits for ever.

    Args:
        shown_as_sent: the terminal neither echoes nor changes line endings, for a program that leaves that
            to it: then all one sees is what the house has sent.
    """

    def __init__(
        self,
        *command: str,
        shown_as_sent: bool = False,
        columns: int = 80,
        encoding: str = "utf-8",
        terminal: str = "xterm",
    ) -> None:
        self._paper = _Paper()
        self.child: pexpect.spawn[str] = pexpect.spawn(
            program(command[0]),
            list(command[1:]),
            encoding=encoding,
            codec_errors="strict",
            echo=not shown_as_sent,
            timeout=PATIENCE,
            dimensions=(24, columns),
            env={**os.environ, "TERM": terminal},
        )
        self.child.delaybeforesend = None
        if shown_as_sent:
            _as_sent(self.child.child_fd)
        self.child.logfile_read = self._paper
        self._columns = columns

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self.child.close(force=True)

    @property
    def paper(self) -> str:
        """Everything that was shown so far."""
        return "".join(self._paper.text)

    def see(self, *texts: str) -> str:
        """Waits for each of these in turn; what came from the last but one on, with the last."""
        seen = ""
        for text in texts:
            self.child.expect_exact(text)
            seen = str(self.child.before) + text
        return seen

    def see_all(self, *texts: str) -> None:
        """Waits until each of these has been shown, in any order."""
        deadline = time.monotonic() + PATIENCE
        while missing := [text for text in texts if text not in self.paper]:
            assert time.monotonic() < deadline, (missing, self.paper)
            self.child.expect([pexpect.TIMEOUT, r".+"], timeout=0.05)

    def find(self, pattern: str) -> str:
        """Waits for a pattern; its first group."""
        self.child.expect(pattern)
        assert isinstance(self.child.match, re.Match)
        return str(self.child.match.group(1))

    def type(self, text: str) -> None:
        """Presses keys."""
        self.child.send(text)

    def enter(self, text: str) -> None:
        """Types a line."""
        self.child.send(text + "\r")

    def ask(self, text: str, *answers: str) -> str:
        """Types a line and waits for each answer in turn."""
        self.enter(text)
        return self.see(*answers)

    def ends(self) -> str:
        """Waits until the program has ended; what it still showed."""
        self.child.expect(pexpect.EOF)
        return str(self.child.before)

    def resize(self, rows: int, columns: int) -> None:
        """Drags the window's corner."""
        termios.tcsetwinsize(self.child.child_fd, (rows, columns))

    def cut(self) -> None:
        """The program dies."""
        assert self.child.pid is not None
        os.kill(self.child.pid, signal.SIGKILL)
        self.child.close(force=True)

    def screen(self) -> list[str]:
        """What stands on the screen, without the blank ends of lines and of the screen."""
        screen = pyte.Screen(self._columns, 24)
        pyte.Stream(screen).feed(self.paper)
        return "\n".join(line.rstrip() for line in screen.display).rstrip().split("\n")

    def shows(self, *lines: str) -> None:
        """Waits until the screen ends with these lines."""
        deadline = time.monotonic() + PATIENCE
        while self.screen()[-len(lines) :] != list(lines):
            assert time.monotonic() < deadline, (lines, self.screen())
            self.child.expect([pexpect.TIMEOUT, r".+"], timeout=0.05)


class Bytes:
    """A person at a terminal whose encoding is nobody's business but the house's."""

    def __init__(self, *command: str) -> None:
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            program(command[0]), list(command[1:]), encoding=None, echo=False, timeout=PATIENCE
        )
        self._child.delaybeforesend = None
        _as_sent(self._child.child_fd)

    def __enter__(self) -> "Bytes":
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close(force=True)

    def see(self, data: bytes) -> bytes:
        """Waits for this; what came up to and with it."""
        self._child.expect_exact(data)
        return bytes(self._child.before or b"") + data

    def enter(self, data: bytes) -> None:
        """Types a line."""
        self._child.send(data + b"\r")


def _as_sent(descriptor: int) -> None:
    """Lets the terminal change no line endings."""
    modes = termios.tcgetattr(descriptor)
    modes[1] &= ~termios.OPOST
    termios.tcsetattr(descriptor, termios.TCSANOW, modes)


def telnet(house: House, scheme: str = "tcp", columns: int = 80, terminal: str = "xterm") -> Terminal:
    """The inetutils client; a listener for telnet gets it into character mode, if it knows the terminal."""
    port = str(house.port(scheme))
    return Terminal("telnet", "127.0.0.1", port, columns=columns, terminal=terminal)


def nc(house: House, encoding: str = "utf-8", scheme: str = "tcp") -> Terminal:
    """OpenBSD's netcat."""
    return Terminal("nc", "127.0.0.1", str(house.port(scheme)), shown_as_sent=True, encoding=encoding)


def plink(house: House, scheme: str = "tcp") -> Terminal:
    """PuTTY without its window."""
    return Terminal("plink", "-telnet", "-P", str(house.port(scheme)), "127.0.0.1")


def lines_of(terminal: Terminal, room: str) -> list[str]:
    """Every line of a room that a terminal was shown, in order."""
    return re.findall(rf"\[{room}\] ([^*\r\n][^\r\n]*)", terminal.paper)


def talk(port: int, data: bytes, wait: bytes = b"", host: str = "127.0.0.1") -> bytes:
    """Sends this from a bare socket and reads until `wait` has come, or until the house closes."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as sock:
        sock.settimeout(PATIENCE)
        sock.connect((host, port))
        sock.sendall(data)
        return receive(sock, wait)


def receive(sock: socket.socket, wait: bytes = b"") -> bytes:
    """Reads until `wait` has come, or until the other side closes."""
    got = b""
    while not wait or wait not in got:
        data = sock.recv(65536)
        if not data:
            assert not wait, (wait, got)
            return got
        got += data
    return got
