"""A real terminal for real programs: a pseudo-terminal, and a screen that also answers what it is asked.

Programs that draw ask the terminal where its cursor is and what it can do (DSR, DA: ECMA-48 and xterm's
ctlseqs). Unanswered, prompt_toolkit draws no toolbar; so `Terminal` answers, as pyte knows how.
"""

import fcntl
import os
import re
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import pexpect
import pyte

from house_support import ENVIRON, PATIENCE

# What pyte 0.8.2 does not know and would show as text, or take for a title.
_UNKNOWN = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\]22;[^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[\?[0-9;]*\$p")
_UNFINISHED = re.compile(rb"\x1b[^a-zA-Z\x07]{0,32}$")

KEYS = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C",
    "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F", "pageup": "\x1b[5~", "pagedown": "\x1b[6~",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f5": "\x1b[15~", "f7": "\x1b[18~", "backspace": "\x7f",
    "ctrl-c": "\x03", "ctrl-d": "\x04",
    "ctrl-l": "\x0c", "ctrl-p": "\x10", "ctrl-q": "\x11", "ctrl-u": "\x15", "shift-tab": "\x1b[Z",
}  # fmt: skip

UNSET = ("NO_COLOR", "COLUMNS", "LINES", "PROMPT_TOOLKIT_NO_CPR", "CALLROOM_LANG", "CALLROOM_URL")
SETTINGS = {
    "COLORTERM": "truecolor",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "TEXTUAL_ANIMATIONS": "none",
    "ESCDELAY": "25",
}

STILL_SECONDS = 0.3
"""What stands so long where it stands was not just being laid out."""

Wanted = str | re.Pattern[str] | Callable[[str], object]


class Terminal:
    """A program on a pseudo-terminal, and what its screen shows.

    Attributes:
        raw: every byte that the program wrote.
    """

    def __init__(
        self,
        argv: Sequence[str],
        columns: int = 100,
        rows: int = 30,
        env: Mapping[str, str] | None = None,
        term: str = "xterm-256color",
    ) -> None:
        environ = {name: value for name, value in ENVIRON.items() if name not in UNSET}
        environ |= {**SETTINGS, "TERM": term, **(env or {})}
        self.screen = pyte.Screen(columns, rows)
        self.screen.write_process_input = self._answer
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self._held = b""
        self._process: pexpect.spawn[bytes] = pexpect.spawn(
            argv[0], list(argv[1:]), dimensions=(rows, columns), env=environ, timeout=PATIENCE
        )
        self._process.delaybeforesend = None  # pexpect waits 50 ms before each send otherwise

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process."""
        pid = self._process.pid
        assert pid is not None
        return pid

    @property
    def text(self) -> str:
        """The screen, a line each row, without spaces at its end."""
        buffer, columns = self.screen.buffer, range(self.screen.columns)
        rows = ("".join(buffer[y][x].data for x in columns).rstrip() for y in range(self.screen.lines))
        return "\n".join(rows)

    def send(self, text: str | bytes) -> None:
        """Types this."""
        self._process.send(text.encode() if isinstance(text, str) else text)

    def key(self, *names: str) -> None:
        """Presses keys, by the names of `KEYS`."""
        for name in names:
            self.send(KEYS[name])

    def click(self, text: str, right: int = 0) -> None:
        """Clicks on the first cell that shows this, or so many to its right, once it stays (SGR reports)."""
        self.see(text)
        place, still = "", time.monotonic()
        while time.monotonic() < still + STILL_SECONDS:
            column, row = self.find(text)
            now = f"0;{column + right + 1};{row + 1}"
            if now != place:
                place, still = now, time.monotonic()
            self.pump()
        self.send(f"\x1b[<{place}M\x1b[<{place}m")

    def find(self, text: str) -> tuple[int, int]:
        """Column and row, from 0 and in cells, where the screen shows this first."""
        for y in range(self.screen.lines):
            cells = [self.screen.buffer[y][x].data for x in range(self.screen.columns)]
            at = "".join(cells).find(text)
            seen = 0
            for x, cell in enumerate(cells):  # behind a wide character stands an empty cell
                if 0 <= at <= seen and cell:
                    return x, y
                seen += len(cell)
        raise AssertionError(f"not on the screen: {text!r}\n{self.text}")

    def paste(self, text: str) -> None:
        """Pastes, as a terminal in bracketed paste mode does (xterm ctlseqs)."""
        self.send(f"\x1b[200~{text}\x1b[201~")

    def see(self, wanted: Wanted, patience: float = PATIENCE) -> None:
        """Waits until the screen shows a text, matches a pattern, or is as a function wants it."""
        deadline = time.monotonic() + patience
        while not self._shows(wanted):
            alive = self.pump() and time.monotonic() < deadline
            assert alive or self._shows(wanted), f"not on the screen: {wanted!r}\n{self.text}"

    def gone(self, unwanted: str) -> None:
        """Waits until the screen no longer shows this."""
        self.see(lambda text: unwanted not in text)

    def wrote(self, wanted: bytes) -> None:
        """Waits until the program has written these bytes."""
        deadline = time.monotonic() + PATIENCE
        while wanted not in self.raw:
            alive = self.pump() and time.monotonic() < deadline
            assert alive or wanted in self.raw, f"never written: {wanted!r}\n{self.text}"

    def resize(self, columns: int, rows: int) -> None:
        """Another size of the window; the kernel tells the program by SIGWINCH."""
        self.screen.resize(rows, columns)
        fcntl.ioctl(self._process.child_fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def pump(self, seconds: float = 0.02) -> bool:
        """Takes in what was written within this time; False when the program has ended."""
        try:
            data = self._process.read_nonblocking(65536, seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        data = self._held + data
        cut = _UNFINISHED.search(data)
        self._held = data[cut.start() :] if cut else b""
        self._stream.feed(_UNKNOWN.sub(b"", data[: cut.start()] if cut else data))
        return True

    def ended(self) -> int:
        """Waits for the program's end; its exit code, negative for a signal."""
        deadline = time.monotonic() + PATIENCE
        while self.pump():
            assert time.monotonic() < deadline, f"does not end\n{self.text}"
        self._process.wait()
        signal = self._process.signalstatus
        code = self._process.exitstatus
        return -signal if signal is not None else code if code is not None else 255

    def hang_up(self) -> None:
        """Closes the window: the kernel tells the program by SIGHUP."""
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, self._process.child_fd)  # `close` wants something to close
        os.close(nothing)

    def close(self) -> None:
        """Ends the program, whatever it is doing."""
        self._process.close(force=True)

    def _answer(self, data: str) -> None:
        self._process.send(data.encode())

    def _shows(self, wanted: Wanted) -> bool:
        if isinstance(wanted, str):
            return wanted in self.text
        return bool(wanted.search(self.text) if isinstance(wanted, re.Pattern) else wanted(self.text))
