"""A program that runs beside the loop: its output comes in while it runs, and its end is certain.

It runs in a process group of its own, so that a limit takes everything it has started along; it has no
terminal, no input, and an environment and descriptors that are given to it and not inherited. The kernel
tells its end through a pidfd (pidfd_open(2)): there is no SIGCHLD handler, which would be one for the whole
process. Before the program is reaped its group is killed: until then its number is taken, so that the signal
cannot reach a stranger.
"""

import os
import resource
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import IO

import msgspec

from callroom_server.net.reactor import READ, Reactor, Timer

CHUNK_BYTES = 16 * 1024
"""What is read at once of a pipe; encoded in base64 it fits a frame of 64 KiB."""

PIPE_BYTES = 64 * 1024
"""What a pipe holds (pipe(7))."""

LEFTOVER_SECONDS = 0.5
"""How long a pipe may stay open after the end of the program, held by one that has left its process group."""

LIMITS: tuple[tuple[int, int], ...] = (
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, 256),
    (resource.RLIMIT_FSIZE, 256 * 1024 * 1024),
    (resource.RLIMIT_DATA, 2 * 1024 * 1024 * 1024),
)
"""What each of its processes may use (setrlimit(2)): no core dump; open files, bytes of a file, of memory."""


class Spawn(msgspec.Struct, frozen=True):
    """What to run: the path of the program, its arguments from the zeroth on, and its limits."""

    program: str
    argv: list[str]
    folder: str
    environment: dict[str, str]
    seconds: float
    output_bytes: int


class End(msgspec.Struct, frozen=True):
    """How it ended: its exit code (negative: the signal), and which limit or wish ended it, if any did."""

    code: int
    reason: str
    seconds: float
    output_bytes: int


class Process:
    """A program that runs. Loop thread only.

    Args:
        on_output: gets the channel (1 stdout, 2 stderr) and bytes, in the order of each channel.
        on_end: called once, after all output.

    Raises:
        OSError: it cannot be started; nothing runs then.
    """

    def __init__(
        self,
        reactor: Reactor,
        spawn: Spawn,
        on_output: Callable[[int, bytes], object],
        on_end: Callable[[End], object],
    ) -> None:
        self._reactor = reactor
        self._spawn = spawn
        self._on_output = on_output
        self._on_end = on_end
        self._began = reactor.time()
        self._reason = ""
        self._bytes = 0
        self._paused = False
        self._code: int | None = None
        # No preexec_fn: it would run Python between fork and exec, and the house has threads whose locks are
        # held for ever in the child. Popen itself uses vfork, and sets session and descriptors in C.
        self._popen = subprocess.Popen(
            spawn.argv,
            executable=spawn.program,
            cwd=spawn.folder,
            env=spawn.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.pid = self._popen.pid
        self._pipes: dict[int, IO[bytes]] = {}
        self._limit()
        self._pidfd = self._watched()
        for channel, pipe in ((1, self._popen.stdout), (2, self._popen.stderr)):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
            self._pipes[channel] = pipe
        self._listen()
        self._timer: Timer | None = reactor.call_later(spawn.seconds, self.kill, "time_limit")

    def kill(self, reason: str) -> None:
        """Ends the program and whatever of its group still runs; the first reason is told.

        Of one that has ended already, output that nobody has taken yet is dropped.
        """
        if self._code is None:
            self._reason = self._reason or reason
            self._kill_group()
        elif self._pipes:
            self._reason = self._reason or reason
            self._close_all()

    def pause(self) -> None:
        """Leaves output in the pipes, which then slow the program down; its time goes on."""
        if not self._paused:
            self._paused = True
            for pipe in self._pipes.values():
                self._reactor.unregister(pipe)

    def resume(self) -> None:
        """Reads output again."""
        if self._paused:
            self._paused = False
            self._listen()

    def _watched(self) -> int:
        """What tells of the program's end; without it the program must not run."""
        pidfd = -1
        try:
            pidfd = os.pidfd_open(self.pid)
            self._reactor.register(pidfd, READ, self._ended)
        except OSError:  # no descriptors are left, or the kernel watches no more of them
            if pidfd >= 0:
                os.close(pidfd)
            self._kill_group()
            with self._popen:  # closes the pipes and waits
                raise
        return pidfd

    def _listen(self) -> None:
        for channel, pipe in self._pipes.items():
            self._reactor.register(pipe, READ, lambda _events, channel=channel: self._readable(channel))

    def _limit(self) -> None:
        """From outside, as it begins: limits are for a program that runs away, not for its first steps."""
        seconds = int(self._spawn.seconds) + 1
        for what, most in (*LIMITS, (resource.RLIMIT_CPU, seconds)):
            with suppress(ProcessLookupError, PermissionError, ValueError):  # over already, or setuid
                hard = resource.prlimit(self.pid, what)[1]
                ceiling = most if hard == resource.RLIM_INFINITY else min(most, hard)
                resource.prlimit(self.pid, what, (ceiling, ceiling))

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def _readable(self, channel: int) -> None:
        pipe = self._pipes.get(channel)
        if pipe is None:
            return
        try:
            data = os.read(pipe.fileno(), CHUNK_BYTES)
        except BlockingIOError:
            return
        if not data:
            self._close(channel)
            self._finish()
            return
        left = self._spawn.output_bytes - self._bytes
        self._bytes += len(data)
        if left > 0:
            self._on_output(channel, data[:left])
        if len(data) > left:
            self.kill("output_limit")

    def _ended(self, _events: int) -> None:
        self._reactor.unregister(self._pidfd)
        os.close(self._pidfd)
        self._kill_group()
        self._code = self._popen.wait()
        if self._timer is not None:
            self._timer.cancel()
        if self._reason == "caller_left":
            self._close_all()
            return
        self._timer = self._reactor.call_later(LEFTOVER_SECONDS, self._let_go) if self._pipes else None
        self._finish()

    def _let_go(self) -> None:
        """Somebody outside of the group holds a pipe: what is in it is read, and no more."""
        self._timer = None
        if self._paused:  # what is there is still wanted
            self._timer = self._reactor.call_later(LEFTOVER_SECONDS, self._let_go)
            return
        for channel in list(self._pipes):
            for _ in range(PIPE_BYTES // CHUNK_BYTES):
                self._readable(channel)
        self._close_all()

    def _close_all(self) -> None:
        for channel in list(self._pipes):
            self._close(channel)
        self._finish()

    def _close(self, channel: int) -> None:
        pipe = self._pipes.pop(channel)
        if not self._paused:
            self._reactor.unregister(pipe)
        pipe.close()

    def _finish(self) -> None:
        if self._code is None or self._pipes:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        seconds = self._reactor.time() - self._began
        self._on_end(End(self._code, self._reason, seconds, min(self._bytes, self._spawn.output_bytes)))
