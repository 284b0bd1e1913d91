"""Runs runbooks: recorded first, started once that is durable, ended within their limits, recorded again."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from callroom_menus.problems import MenuError
from callroom_menus.runbooks import Runbook, load_runbooks
from callroom_server.config.limits import Limits
from callroom_server.config.logs import Log, Seldom
from callroom_server.core import events
from callroom_server.core.effects import Append, Effect
from callroom_server.core.runbooks import Over, Ready, prepare
from callroom_server.net.process import End, Process, Spawn
from callroom_server.net.reactor import Reactor
from callroom_wire.errors import Refused

SEARCHED = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where a program without a folder is looked for, and the PATH that it gets."""

BARE = {"PATH": SEARCHED, "LANG": "C.UTF-8"}
"""The environment of every runbook, before its own; nothing of the server's is handed on."""

Fingerprint = tuple[int, int, int]


class Watcher(Protocol):
    """Whom a run tells; `over` or `refused` comes once, last. Loop thread only."""

    def output(self, channel: int, data: bytes) -> None:
        """The program wrote this: 1 to stdout, 2 to stderr."""

    def over(self, over: Over) -> None:
        """The program has ended."""

    def refused(self, fault: Refused) -> None:
        """It was not started after all."""


class Asker(Protocol):
    """Who asks for a run, for the record."""

    @property
    def door(self) -> str:
        """By which door."""
        ...

    @property
    def address(self) -> str:
        """From where."""
        ...

    @property
    def name(self) -> str:
        """The name of a person; empty for nobody in particular."""
        ...


class Run:
    """One run: asked for, recorded, running, over. Whoever asked may slow it down or end it."""

    def __init__(self, name: str, ready: Ready, watcher: Watcher) -> None:
        self.name = name
        self.ready = ready
        self.watcher = watcher
        self.process: Process | None = None
        self.cancelled = False

    def pause(self) -> None:
        """Its output is not wanted just now."""
        if self.process is not None:
            self.process.pause()

    def resume(self) -> None:
        """Its output is wanted again."""
        if self.process is not None:
            self.process.resume()

    def cancel(self, reason: str = "caller_left") -> None:
        """Nobody waits for it any more: it is ended, and not started if it has not been yet."""
        self.cancelled = True
        if self.process is not None:
            self.process.kill(reason)


class Runs:
    """The runbooks of one `runbooks.toml`, read again when it changes, and those that run.

    Args:
        path: the file; None: there are no runbooks.
        boot: this process's own number, which tells its records from an earlier one's.
        wall: the time of day, in milliseconds.
        carry: carries out effects: the records.
    """

    def __init__(
        self,
        reactor: Reactor,
        path: Path | None,
        limits: Limits,
        log: Log,
        boot: int,
        wall: Callable[[], int],
        carry: Callable[[list[Effect]], None],
    ) -> None:
        self._reactor = reactor
        self._path = path
        self._limits = limits
        self._log = log
        self._seldom = Seldom(reactor.time)
        self._boot = boot
        self._wall = wall
        self._carry = carry
        self._number = 0
        self._runs: dict[str, Run] = {}
        self._seen: Fingerprint | None = None
        self._runbooks: dict[str, Runbook] = {}
        if path is not None:
            self._runbooks, self._seen = load_runbooks(path), _fingerprint(path)

    @property
    def running(self) -> int:
        """How many are asked for and not over."""
        return len(self._runs)

    def runbooks(self) -> dict[str, Runbook]:
        """All runbooks, as the file has them now; a broken file changes nothing and is told in the log."""
        if self._path is not None and (seen := _fingerprint(self._path)) != self._seen:
            self._seen = seen
            try:
                self._runbooks = load_runbooks(self._path)
            except MenuError as error:
                for problem in error.problems:
                    self._log.event("runbooks.kept", level="error", problem=problem.told("en"))
            else:
                self._log.event("runbooks.read", names=" ".join(sorted(self._runbooks)))
        return self._runbooks

    def run(self, name: str, args: list[str], asker: Asker, watcher: Watcher) -> Run:
        """Asks for a run. It begins when its record is durable.

        Raises:
            Refused: it may not be, and nothing was recorded; the log has it, or how many like it there were.
        """
        try:
            ready = self._ready(name, args)
        except Refused as fault:
            self._refused(name, fault, asker)
            raise
        self._number += 1
        run = Run(f"{self._boot:x}-{self._number}", ready, watcher)
        self._runs[run.name] = run
        asked = events.RunAsked(
            boot=self._boot,
            run=run.name,
            at=self._wall(),
            runbook=ready.runbook.name,
            args=ready.args,
            door=asker.door,
            address=asker.address,
            by=asker.name,
        )
        self._carry([Append(events.RUNS, events.encode(asked))])
        return run

    def _refused(self, name: str, fault: Refused, asker: Asker) -> None:
        more = self._seldom.more(f"{asker.door} {fault.code}")
        if more is not None:
            fields = {"runbook": name, "code": fault.code, "peer": asker.address}
            self._log.event("run.refused", level="warning", **fields, more=more)

    def _ready(self, name: str, args: list[str]) -> Ready:
        ready = prepare(self.runbooks(), name, args)
        if len(self._runs) >= self._limits.runbooks_at_once:
            raise Refused("runbooks_busy", limit=self._limits.runbooks_at_once)
        folder = os.path.realpath(ready.runbook.folder)
        for parameter, value in zip(ready.runbook.params, ready.args, strict=False):
            inside = os.path.realpath(os.path.join(folder, value))
            if parameter.kind == "path" and os.path.commonpath((folder, inside)) != folder:
                raise Refused("argument_path", name=parameter.name, value=value)
        return ready

    def begin(self, name: str, reason: str) -> None:
        """The record of a run is durable, or (`reason`) could not be stored: then it does not run."""
        run = self._runs.get(name)
        if run is None:
            return
        if reason:
            self._refuse(run, Refused("ledger_down", reason=reason))
        elif run.cancelled:
            self._ended(run, End(0, "caller_left", 0.0, 0))
        else:
            self._start(run)

    def _start(self, run: Run) -> None:
        runbook = run.ready.runbook
        program = shutil.which(run.ready.argv[0], path=SEARCHED)
        environment = {**BARE, **runbook.environment}
        try:
            if program is None:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            if not hasattr(os, "pidfd_open"):  # only Linux can tell the loop of a program's end
                raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
            spawn = Spawn(
                program,
                run.ready.argv,
                runbook.folder,
                environment,
                runbook.seconds,
                runbook.output_bytes,
            )
            run.process = Process(self._reactor, spawn, run.watcher.output, lambda end: self._ended(run, end))
        except OSError as error:
            reason = error.strerror or str(error)
            self._log.event("run.failed", level="error", run=run.name, runbook=runbook.name, reason=reason)
            self._record(run, End(-1, "not_started", 0.0, 0))
            self._refuse(run, Refused("runbook_not_started", program=run.ready.argv[0], reason=reason))

    def _refuse(self, run: Run, fault: Refused) -> None:
        del self._runs[run.name]
        run.watcher.refused(fault)

    def _ended(self, run: Run, end: End) -> None:
        self._record(run, end)
        del self._runs[run.name]
        run.watcher.over(Over(end.code, end.reason, end.seconds, end.output_bytes))

    def _record(self, run: Run, end: End) -> None:
        ended = events.RunEnded(run.name, self._wall(), end.code, end.reason, end.seconds, end.output_bytes)
        self._carry([Append(events.RUNS, events.encode(ended))])
        self._log.event(
            "run.ended",
            run=run.name,
            runbook=run.ready.runbook.name,
            exit=end.code,
            reason=end.reason or "-",
            seconds=round(end.seconds, 3),
        )

    def close(self) -> None:
        """The server closes: whatever runs is ended."""
        for run in list(self._runs.values()):
            run.cancel("shutting_down")


def _fingerprint(path: Path) -> Fingerprint | None:
    try:
        status = path.stat()
    except OSError:  # gone for the moment in which an editor replaces it, or for good: what was read stays
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
