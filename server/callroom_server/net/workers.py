"""Threads for what blocks: a job goes out, its outcome comes back on the loop."""

import time
from collections.abc import Callable
from queue import SimpleQueue
from threading import TIMEOUT_MAX, Thread
from typing import TypeVar

from callroom_server.net.reactor import Reactor

Outcome = TypeVar("Outcome")


class Workers:
    """A few daemon threads that take jobs from one queue, first in, first out. Loop thread only.

    Args:
        reactor: the loop to which the outcomes come back.
        threads: how many jobs run at once.
        limit: how many may be under way, running ones included.
    """

    def __init__(self, reactor: Reactor, threads: int = 1, limit: int = 64) -> None:
        self._reactor = reactor
        self._limit = limit
        self._under_way = 0
        self._closed = False
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads = [
            Thread(target=self._work, name=f"worker-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def under_way(self) -> int:
        """Jobs that were submitted and not answered yet."""
        return self._under_way

    def submit(self, job: Callable[[], Outcome], done: Callable[[Outcome | Exception], object]) -> bool:
        """Run `job()` in a thread, then `done(outcome)` on the loop: what it returned, or what it raised.

        False when too many are under way, or after `close`: nothing will be called.
        """
        if self._closed or self._under_way >= self._limit:
            return False
        self._under_way += 1

        def run() -> None:
            outcome: Outcome | Exception
            try:
                outcome = job()
            except Exception as error:
                outcome = error
            self._reactor.call_soon_threadsafe(self._deliver, done, outcome)

        self._jobs.put(run)
        return True

    def _deliver(self, done: Callable[[Outcome | Exception], object], outcome: Outcome | Exception) -> None:
        self._under_way -= 1
        done(outcome)

    def _work(self) -> None:
        while (run := self._jobs.get()) is not None:
            if not self._closed:
                run()

    def close(self, seconds: float = TIMEOUT_MAX) -> bool:
        """Wait for the jobs that run, drop those that wait, and end the threads; whether all have ended.

        One that runs longer than `seconds` is waited for no more: its thread ends with it, or with the
        process. An outcome that is not delivered by then still comes with the loop's next pass, if there is
        one.
        """
        if self._closed:
            return True
        self._closed = True
        end = time.monotonic() + seconds
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(min(TIMEOUT_MAX, max(0.0, end - time.monotonic())))
        return not any(thread.is_alive() for thread in self._threads)
