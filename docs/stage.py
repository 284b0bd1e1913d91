"""A stage for what the documents show: a folder, free ports, this checkout's commands, and windows."""

import base64
import hashlib
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
HOUSES = ("wire", "menus", "server", "tui", "cli", "bench")
CODE = re.compile(r"\b[A-Z2-7]{5}(?:-[A-Z2-7]{5}){3}\b")
TIME = re.compile(r"^\d\d:\d\d(?= )")
LOG = re.compile(r"^\d\d:\d\d:\d\d (?:debug|info|warning|error) +\w+\.\w+(?: |$)")
PORTS = (8888, 8889)
"""As the documents show them; the second is for TLS."""
FOLDER = "/srv/callroom"
"""As the documents show the working folder."""


class DiffersError(Exception):
    """What a page shows is not what happens."""


def code(number: int) -> str:
    """How a page shows the n-th code that the house has given: it looks like one and is none."""
    letters = base64.b32encode(hashlib.sha256(f"callroom {number}".encode()).digest()).decode()
    return "-".join(letters[start : start + 5] for start in range(0, 20, 5))


class Stage:
    """A folder that is home and working folder, the commands of this checkout, and free ports."""

    def __init__(self, lang: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="callroom-"))
        self.ports = {shown: _free_port() for shown in PORTS}
        self._codes: dict[str, str] = {}
        self._bin = self.folder / ".bin"
        self._bin.mkdir()
        self.environ = {
            "HOME": str(self.folder),
            "PATH": f"{self._bin}{os.pathsep}{os.environ['PATH']}",
            "LANG": {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}[lang],
            "PYTHONPATH": os.pathsep.join(str(ROOT / house) for house in HOUSES),
            "PYTHONUTF8": "1",
            "NO_COLOR": "1",
        }
        # `callroom serve` and `make run` take the free port; make neither installs anything nor needs .venv.
        url = f"tcp://127.0.0.1:{self.ports[PORTS[0]]}"
        self._command("python3", f'exec "{sys.executable}" "$@"')
        serve = f'[ "${{*:-serve}}" != serve ] || set -- serve --listen {url}'
        self._command("callroom", f'{serve}\nexec python3 -m callroom.main "$@"')
        options = f'--no-print-directory --old-file=.venv/installed BIN="{self._bin}"'
        self._command("make", f'exec {shutil.which("make")} -C "{ROOT}" {options} "$@"')

    def _command(self, name: str, script: str) -> None:
        path = self._bin / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def __enter__(self) -> "Stage":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.folder)

    def real(self, text: str) -> str:
        """What a page shows, as it is in this run."""
        for shown, port in self.ports.items():
            text = re.sub(rf"\b{shown}\b", str(port), text)
        codes = {shown: real for real, shown in self._codes.items()}
        return CODE.sub(lambda found: codes.get(found[0], found[0]), text.replace(FOLDER, str(self.folder)))

    def shown(self, line: str) -> str:
        """What came in this run, as a page shows it."""
        for shown, port in self.ports.items():
            line = re.sub(rf"\b{port}\b", str(shown), line)
        line = TIME.sub("20:15", line.replace(str(self.folder), FOLDER))
        return CODE.sub(lambda found: self._codes.setdefault(found[0], code(len(self._codes) + 1)), line)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        name: tuple[str, int] = listener.getsockname()
        return name[1]


class Window:
    """A shell's window: one program at a time, and the lines that it has shown and nobody has looked at."""

    def __init__(self, stage: Stage, encoding: str) -> None:
        self._stage = stage
        self._encoding = encoding
        self._program: subprocess.Popen[bytes] | None = None
        self._rest = b""
        self.lines: list[str] = []

    @property
    def ended(self) -> bool:
        """Whether no program runs, and everything that it showed is in `lines`."""
        return self._program is None

    def act(self, text: str) -> None:
        """Starts a command, types a line, or presses a key."""
        if text.startswith("$ "):
            assert self._program is None
            self._program = subprocess.Popen(
                ["bash", "-c", self._stage.real(text[2:])],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=self._stage.folder,
                env=self._stage.environ,
                start_new_session=True,
            )
        elif text and self._program is None:
            raise DiffersError(f"nothing runs that could take {text!r}")
        elif text == "^C":
            assert self._program is not None
            os.killpg(self._program.pid, signal.SIGINT)
        elif text:
            assert self._program is not None
            assert self._program.stdin is not None
            try:
                self._program.stdin.write((self._stage.real(text[2:]) + "\n").encode(self._encoding))
            except BrokenPipeError:
                raise DiffersError(f"nothing reads {text!r}") from None

    def read(self, seconds: float) -> bool:
        """Takes what is shown next; False if for so long nothing was."""
        assert self._program is not None
        assert self._program.stdout is not None
        if not select.select([self._program.stdout], [], [], max(0.0, seconds))[0]:
            return False
        data = os.read(self._program.stdout.fileno(), 65536)
        *whole, self._rest = (self._rest + data).split(b"\n")
        if not data:
            if self._rest:
                whole.append(self._rest)
                self._rest = b""
            self._close()
        for raw in whole:
            line = raw.decode(self._encoding, "replace").removesuffix("\r")
            if not LOG.match(line):
                self.lines.append(self._stage.shown(line))
        return True

    def take(self, count: int) -> list[str]:
        """Looks at so many lines."""
        taken, self.lines = self.lines[:count], self.lines[count:]
        return taken

    def end(self) -> None:
        """Ends what runs here."""
        if self._program is not None:
            os.killpg(self._program.pid, signal.SIGKILL)
            self._close()

    def _close(self) -> None:
        program, self._program = self._program, None
        assert program is not None
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.close()
        program.stdout.close()
        program.wait()
