"""The indexer: a thread that feeds the search index while nobody waits for a commit."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from callroom_server.ledger.database import connect_to_read
from callroom_server.ledger.limits import LedgerLimits
from callroom_server.ledger.search import SearchIndex


class Indexer:
    """Indexes in small chunks once there was no commit for `index_idle` seconds.

    In a house that never rests it is one chunk every `index_patience` seconds: merging the index delays
    commits by tens of milliseconds when it happens beside them.
    """

    def __init__(
        self, ledger: Path, index: SearchIndex, last_commit: Callable[[], float], limits: LedgerLimits
    ) -> None:
        self.news = threading.Event()  # something was committed
        self._ledger = ledger
        self._index = index
        self._last_commit = last_commit
        self._limits = limits
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ledger-index", daemon=True)

    def start(self) -> None:
        """Starts with whatever was left last time."""
        self.news.set()
        self._thread.start()

    def stop(self, deadline: float) -> None:
        """Ends after the chunk under way."""
        self._stopping.set()
        self.news.set()
        self._thread.join(deadline)

    def _run(self) -> None:
        ledger = connect_to_read(self._ledger, self._limits)
        try:
            while True:
                self.news.wait()
                if self._stopping.is_set():
                    return
                self.news.clear()
                self._catch_up(ledger)
        finally:
            ledger.close()

    def _catch_up(self, ledger: sqlite3.Connection) -> None:
        limits = self._limits
        fed = time.monotonic()
        behind = 1
        while behind and not self._stopping.is_set():
            now = time.monotonic()
            rest = limits.index_idle - (now - self._last_commit())
            if rest > 0 and now - fed < limits.index_patience:
                self._stopping.wait(rest)
                continue
            fed = now
            try:
                behind = self._index.feed(ledger, limits.index_chunk)
            except sqlite3.Error:
                # The disk is full, or somebody holds the file's lock: each search tells what is not indexed.
                self._stopping.wait(limits.probe_every)
