"""The thread that keeps: it writes changes to the disk, and looks at the clock."""

import logging
import threading
from collections.abc import Callable, Iterable

from callroom_client.link.conversation import Conversation
from callroom_client.link.effects import Effect, KeepLine, Kept, MarkSent
from callroom_client.link.outbox import Outbox, OutboxError
from callroom_client.link.telling import Telling

RETRY_SECONDS = 2.0
"""A disk that is full is tried again so often."""

log = logging.getLogger(__name__)


class Keeping:
    """Writes what has queued in one commit, then lets the conversation go on.

    Args:
        lock: the link's, which guards the conversation and this.
        carry: carries out effects; called with the lock.
        watch: called with the lock and the time, does what is due; when it wants to be called again.
    """

    def __init__(
        self,
        outbox: Outbox,
        conversation: Conversation,
        lock: threading.RLock,
        carry: Callable[[Iterable[Effect]], None],
        watch: Callable[[float], float],
        telling: Telling,
        clock: Callable[[], float],
    ) -> None:
        self._outbox = outbox
        self._conversation = conversation
        self._lock = lock
        self._carry = carry
        self._watch = watch
        self._telling = telling
        self._clock = clock
        self._woken = threading.Condition(lock)
        self._changes: list[Kept] = []
        self._not_before = 0.0
        self._finished = False
        self._thread = threading.Thread(target=self._run, name="callroom-keep", daemon=True)

    @property
    def finished(self) -> bool:
        """Whether what is put down now is not written any more."""
        return self._finished

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def put(self, change: Kept) -> None:
        """Write this down, too; the lock is held."""
        self._changes.append(change)
        self._woken.notify()

    def wake(self) -> None:
        """There is something to tell, or another time to look at; the lock is held."""
        self._woken.notify()

    def finish(self) -> None:
        """Nothing more will come: write what there is, and end; the lock is held."""
        self._finished = True
        self._woken.notify()

    def close(self, seconds: float) -> None:
        """Waits for the end; then the file is given back."""
        if self._thread.ident is None:
            self._outbox.close()
        else:
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self._keep()
        finally:
            self._outbox.close()

    def _keep(self) -> None:
        while True:
            self._telling.tell_all()
            with self._lock:
                due = self._watch(self._clock())
                while not (self._writable() or self._telling.untold or self._finished):
                    if self._changes:
                        due = min(due, self._not_before)
                    self._woken.wait(min(max(due - self._clock(), 0.0), threading.TIMEOUT_MAX))
                    due = self._watch(self._clock())
                if self._finished and not self._changes and not self._telling.untold:
                    return
                changes, self._changes = self._changes, []
            if changes:
                self._write(changes)

    def _writable(self) -> bool:
        return bool(self._changes) and self._clock() >= self._not_before

    def _write(self, changes: list[Kept]) -> None:
        try:
            self._outbox.write(changes)
        except OutboxError as error:
            log.info("nothing can be written down: %s", error)  # whose lines they are is told by `Dropped`
            with self._lock:
                self._refused(changes)
            return
        with self._lock:
            now = self._clock()
            for change in changes:
                match change:
                    case KeepLine():
                        self._carry(self._conversation.kept(change, now))
                    case MarkSent(ids=ids):
                        self._carry(self._conversation.marked(ids, now))
                    case _:
                        pass

    def _refused(self, changes: list[Kept]) -> None:
        """Lines are given back to their author; the rest is tried again, which does no harm twice."""
        now = self._clock()
        self._not_before = now + RETRY_SECONDS
        for change in changes:
            if isinstance(change, KeepLine):
                self._carry(self._conversation.not_kept(change, now))
        if not self._finished:
            self._changes[:0] = [change for change in changes if not isinstance(change, KeepLine)]
