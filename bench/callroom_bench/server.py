"""A server for one measurement: started by the installed command, sampled by the OS, ended by its pid."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from callroom_bench.faults import BenchError, Overdue

START_SECONDS = 60.0
STOP_SECONDS = 20.0
READY = "listening tcp://"
_POLL_SECONDS = 0.002
_TICKS = os.sysconf("SC_CLK_TCK")

Address = tuple[str, int]


def installed_command() -> list[str]:
    """The `callroom` beside this Python, or else the package itself."""
    script = Path(sys.executable).with_name("callroom")
    return [str(script)] if script.exists() else [sys.executable, "-m", "callroom.main"]


def raise_descriptor_limit() -> int:
    """Raises the limit of open files to the hard one, here and for the servers started here; returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


@contextmanager
def temporary_folder(parent: Path) -> Generator[Path]:
    """A folder for one server's data, gone afterwards whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="callroom-bench-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


class Server:
    """A server process over `data`, between `with` and its end; flood control is off, the durable ledger on.

    Args:
        command: what comes before `serve`.
        folder: the server's data, configuration and output are put here, and stay.
        config: the text of a callroom.toml, if the benchmark needs other limits.
    """

    def __init__(self, command: Sequence[str], folder: Path, config: str = "") -> None:
        self.data = folder / "data"
        self.started_at = 0.0
        self.address: Address = ("", 0)
        self._output = folder / "output.txt"
        self._command = [
            *command,
            "serve",
            "--listen",
            "tcp://127.0.0.1:0",
            "--data",
            str(self.data),
            "--no-flood",
        ]
        if config:
            path = folder / "callroom.toml"
            path.write_text(config)
            self._command += ["--config", str(path)]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        self.started_at = time.monotonic()
        with self._output.open("wb") as output:
            # In a session of its own, so that Ctrl-C reaches us alone and we end it in order.
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self.address = self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The server's process id.

        Raises:
            BenchError: it is not running.
        """
        if self._process is None:
            raise BenchError("the server is not running")
        return self._process.pid

    def cpu_seconds(self) -> float:
        """User and system time of all its threads so far, in clock ticks (proc(5): utime, stime)."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_bytes(self) -> int:
        """Its resident memory (proc(5): VmRSS)."""
        for line in self._proc("status").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise BenchError("the OS does not tell the server's memory (VmRSS in /proc)")

    def stop(self) -> None:
        """Asks it to leave (SIGTERM), and kills it if it has not done so in time."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Overdue(
                f"the server did not leave within {STOP_SECONDS:g} s of SIGTERM and was killed"
            ) from None

    def kill(self) -> None:
        """Ends it as a power cut would: SIGKILL, with no chance to write anything more."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def output(self) -> str:
        """The last lines that it has printed."""
        lines = self._output.read_text(errors="replace").splitlines()
        return "\n".join(lines[-20:])

    def _proc(self, name: str) -> str:
        try:
            return Path(f"/proc/{self.pid}/{name}").read_text()
        except FileNotFoundError as fault:
            raise BenchError(
                f"the OS tells nothing of the server (/proc/PID/{name}):\n{self.output()}"
            ) from fault

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> Address:
        deadline = self.started_at + START_SECONDS
        while time.monotonic() < deadline:
            left = process.poll()
            for line in self._output.read_text(errors="replace").splitlines(keepends=True):
                if line.startswith(READY) and line.endswith("\n"):
                    host, _, port = line.removeprefix(READY).split()[0].rpartition(":")
                    return host, int(port)
            if left is not None:
                raise BenchError(f"the server left with {left}:\n{self.output()}")
            time.sleep(_POLL_SECONDS)
        raise Overdue(f"the server did not listen within {START_SECONDS:g} s:\n{self.output()}")
