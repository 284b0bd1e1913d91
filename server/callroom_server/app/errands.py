"""Errands: what blocks is done by workers, and comes back to the house on the loop."""

from collections.abc import Callable
from functools import partial
from threading import TIMEOUT_MAX

from callroom_menus.model import Menu
from callroom_menus.tables import SourceFailed
from callroom_server.app.lookups import Lookups
from callroom_server.app.menus import Menus
from callroom_server.app.transcripts import FullError, Transcripts
from callroom_server.config.logs import Log
from callroom_server.core.effects import ReadJob, Run, SearchJob, TranscriptJob
from callroom_server.core.hub import Result
from callroom_server.core.ledger import LedgerReader
from callroom_server.net.reactor import Reactor
from callroom_server.net.workers import Workers

LOOKUP_THREADS = 4
"""Look-ups that wait for a slow source at the same time; the others wait for one of these to end."""

LOOKUP_JOBS = 256


class Errands:
    """Two sets of workers: one thread that reads the ledger, a few that ask the sources of look-ups."""

    def __init__(
        self, reactor: Reactor, reader: LedgerReader, menus: Menus, transcripts: Transcripts, log: Log
    ) -> None:
        self._transcripts = transcripts
        self._reader = reader
        self._menus = menus
        self._log = log
        self._reading = Workers(reactor)
        self._asking = Workers(reactor, LOOKUP_THREADS, LOOKUP_JOBS)

    def run(self, run: Run, done: Callable[[Run, Result], None]) -> None:
        """Does the job of a `Run`; `done` gets what came of it, on the loop."""
        job = run.job
        workers = self._reading
        work: Callable[[], Result]
        if isinstance(job, ReadJob):
            work = partial(self._reader.read, job.stream, job.after, job.before, job.limit, job.newest)
        elif isinstance(job, TranscriptJob):
            work = partial(self._transcripts.write, job, self._reader)
        elif isinstance(job, SearchJob):
            work = partial(self._reader.search, job.query, job.streams, job.limit)
        else:
            workers = self._asking
            work = partial(self._menus.lookups.find, job)

        def told(result: Result) -> None:
            if isinstance(result, SourceFailed):
                self._log.event("lookup.failed", level="warning", reason=str(result))
            elif isinstance(result, FullError):
                self._log.event("transcript.refused", level="warning", reason=str(result))
            elif isinstance(result, Exception):
                self._log.failure("worker.failed", result)
            done(run, result)

        if not workers.submit(work, told):
            done(run, OverflowError("too many jobs"))

    @property
    def under_way(self) -> dict[str, int]:
        """Jobs that are not done yet, by who does them."""
        return {"reading": self._reading.under_way, "asking": self._asking.under_way}

    def read_menus(self, done: Callable[[tuple[dict[str, Menu], Lookups] | Exception], None]) -> bool:
        """Reads the menus anew; False when too much is to be read just now, and `done` will not be called."""
        return self._reading.submit(self._menus.read, done)

    def close(self, seconds: float = TIMEOUT_MAX) -> None:
        """Waits for the jobs that run, so long for each kind; what takes longer ends with the process."""
        self._asking.close(seconds)
        if self._reading.close(seconds):
            self._reader.close()
