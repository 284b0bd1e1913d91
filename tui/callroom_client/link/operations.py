"""What a thread asks of its socket, told as events: each operation's beginning, its end, and how it ended."""

import errno
import itertools
import os
import socket
import time
from collections.abc import Callable

from callroom_client.events import Began, Ended, Outcome, Timeout, Verb
from callroom_client.link.telling import Telling

OUTCOMES = {
    errno.ECONNREFUSED: Outcome.REFUSED,
    errno.ENETUNREACH: Outcome.UNREACHABLE,
    errno.EHOSTUNREACH: Outcome.UNREACHABLE,
    errno.ENETDOWN: Outcome.UNREACHABLE,
    errno.EHOSTDOWN: Outcome.UNREACHABLE,
    errno.ECONNRESET: Outcome.RESET,
    errno.EPIPE: Outcome.CLOSED,
    errno.ETIMEDOUT: Outcome.TIMED_OUT,
    errno.EAGAIN: Outcome.WOULD_BLOCK,
    errno.EINPROGRESS: Outcome.WOULD_BLOCK,
    errno.EALREADY: Outcome.WOULD_BLOCK,
}
"""What an errno means for the operation that it ended; any other is `FAILED`."""

RESOLVER_ERRORS = {value: name for name, value in sorted(vars(socket).items()) if name.startswith("EAI_")}
"""Names of what getaddrinfo(3) returns: not errnos, and numbered differently on each system."""


def errno_name(number: int | None) -> str:
    """`ECONNREFUSED` for 111; empty for None, which is what Python's own time-outs have."""
    return "" if number is None else errno.errorcode.get(number, str(number))


class Operations:
    """Numbers operations and tells of them; any thread may use it.

    Args:
        telling: gets each event. Before an operation that may block, it is made to tell all that it has.
    """

    def __init__(self, telling: Telling, clock: Callable[[], float] = time.monotonic) -> None:
        self._telling = telling
        self._clock = clock
        self._numbers = itertools.count(1)

    def begin(self, verb: Verb, timeout: Timeout = None, size: int = 0, peer: str = "") -> Began:
        """An operation begins now. No lock may be held, but for a shutdown, which never blocks."""
        now = self._clock()
        began = Began(
            at=now,
            number=next(self._numbers),
            verb=verb,
            timeout=timeout,
            deadline=now + timeout if timeout else None,
            size=size,
            peer=peer,
        )
        self._telling.put(began)
        if verb is not Verb.SHUTDOWN:
            self._telling.tell_all()
        return began

    def end(self, began: Began, outcome: Outcome, size: int = 0, name: str = "", detail: str = "") -> Outcome:
        """It ended so."""
        now = self._clock()
        self._telling.put(
            Ended(
                at=now,
                number=began.number,
                verb=began.verb,
                timeout=began.timeout,
                seconds=now - began.at,
                outcome=outcome,
                size=size,
                errno=name,
                detail=detail,
            )
        )
        return outcome

    def end_by_errno(self, began: Began, number: int) -> Outcome:
        """It ended with what connect_ex returned; 0 is success."""
        if not number:
            return self.end(began, Outcome.DONE)
        outcome = OUTCOMES.get(number, Outcome.FAILED)
        return self.end(began, outcome, name=errno_name(number), detail=os.strerror(number))

    def end_by_error(self, began: Began, error: OSError) -> Outcome:
        """It raised this. Python's own time-out is a `TimeoutError` without an errno."""
        if error.errno is None and isinstance(error, TimeoutError):
            return self.end(began, Outcome.TIMED_OUT, detail=str(error))
        outcome = OUTCOMES.get(error.errno or 0, Outcome.FAILED)
        return self.end(began, outcome, name=errno_name(error.errno), detail=error.strerror or str(error))
