"""`callroom chat` as a child on a pseudo-terminal, whose every byte is seen."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Sequence
from pathlib import Path

from callroom_bench.faults import BenchError
from callroom_bench.starting import environment

COLUMNS, ROWS = 120, 40


class Screen:
    """`callroom chat` as a child on a pseudo-terminal."""

    def __init__(self, command: Sequence[str], url: str, home: Path, patience: float) -> None:
        environ = environment(home)
        self._patience = patience
        self._seen = b""
        self.begin = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if not self.pid:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
                os.execvpe(command[0], [*command, "chat", url, "--name", "bench"], environ)
            finally:
                os._exit(127)

    def type(self, text: str) -> None:
        """Presses keys."""
        os.write(self._terminal, text.encode())

    def forget(self) -> None:
        """What was painted so far does not count."""
        while select.select([self._terminal], [], [], 0)[0] and self._read():
            pass
        self._seen = b""

    def see(self, wanted: bytes) -> float:
        """Waits until this is painted; the time."""
        deadline = time.perf_counter() + self._patience
        while wanted not in self._seen:
            left = deadline - time.perf_counter()
            if left <= 0 or (select.select([self._terminal], [], [], left)[0] and not self._read()):
                raise BenchError(f"the screen never showed {wanted!r}")
        return time.perf_counter()

    def rest(self, seconds: float) -> None:
        """Lets it paint for a while."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            if select.select([self._terminal], [], [], left)[0]:
                self._read()

    def _read(self) -> bool:
        try:
            data = os.read(self._terminal, 1 << 16)
        except OSError:  # EIO: the child has ended
            return False
        self._seen = (self._seen + data)[-(1 << 20) :]
        return bool(data)

    def resize(self, columns: int, rows: int) -> None:
        """Another size of the window."""
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def memory(self) -> int:
        """Bytes that are in memory (proc(5), statm)."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self) -> float:
        """Seconds it has computed (proc(5), stat)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """Ends it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)
