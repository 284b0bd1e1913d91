"""Whether the server is still there: pings, what is heard, and for how long nothing is. Pure."""

from math import inf

import msgspec


class Patience(msgspec.Struct, frozen=True):
    """How long a server may take for what, in seconds; after that the connection is ended and made anew."""

    tls: float = 10.0
    hello: float = 10.0
    login: float = 20.0  # it takes a commit on a disk that may be busy
    ping: float = 15.0  # one so often
    silent: float = 5.0  # without a byte after a ping: shown as `SILENT`
    drop: float = 20.0  # without a byte after a ping: given up
    ack: float = 30.0
    seen: float = 1.0  # between what is seen and writing that down


class Pulse:
    """The pings of one connection. Any byte from the server is a sign of life, a `Pong` a round trip."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._number = 0
        self._sent_at = inf  # the last ping, or the start
        self._unheard_since: float | None = None  # the ping after which nothing was heard
        self.silent = False

    def start(self, now: float) -> None:
        """The first ping is due after the pause between pings."""
        self._sent_at = now

    def stop(self) -> None:
        """No connection: nothing is due."""
        self._sent_at = inf
        self._unheard_since = None
        self.silent = False

    def heard(self) -> bool:
        """Bytes came; whether that ends a silence."""
        self._unheard_since = None
        silent, self.silent = self.silent, False
        return silent

    def ponged(self, number: int, now: float) -> float | None:
        """A pong came: the round trip in seconds, if it answers the last ping."""
        return now - self._sent_at if number and number == self._number else None

    @property
    def due(self) -> float:
        """When there is something to do next."""
        due = self._sent_at + self._patience.ping
        if self._unheard_since is not None:
            due = min(
                due, self._unheard_since + (self._patience.drop if self.silent else self._patience.silent)
            )
        return due

    def gone(self, now: float) -> bool:
        """Whether nothing was heard for so long that nobody is there."""
        return self._unheard_since is not None and now - self._unheard_since >= self._patience.drop

    def falls_silent(self, now: float) -> bool:
        """Whether the silence is long enough now to be shown; true once."""
        if self.silent or self._unheard_since is None or now - self._unheard_since < self._patience.silent:
            return False
        self.silent = True
        return True

    def ping(self, now: float) -> int:
        """The number of the ping that is to be sent now; 0: none."""
        if now - self._sent_at < self._patience.ping:
            return 0
        self._number += 1
        self._sent_at = now
        if self._unheard_since is None:
            self._unheard_since = now
        return self._number
