"""Who is let in: places for newcomers, places for each address, and places in the house."""

import random
from collections import Counter
from collections.abc import Callable

from callroom_server.config.limits import Limits
from callroom_server.core.whence import address_group
from callroom_server.protocols.house import Connection


class Gate:
    """Counts connections and turns away what is too many. A newcomer has not yet said anything that makes
    sense.

    Newcomers are dropped at random from `unauthenticated_drop_from` on, the more the fuller it is, as
    OpenSSH's MaxStartups does: under a flood an honest caller still gets in after a few tries, which a hard
    limit alone would not allow.
    """

    def __init__(self, limits: Limits, connections: int, chance: Callable[[], float] = random.random) -> None:
        self._limits = limits
        self._connections = connections
        self._chance = chance
        self._inside = 0
        self._newcomers: dict[Connection, None] = {}
        self._groups: dict[Connection, str] = {}
        self._counts: Counter[str] = Counter()

    def admit(self, transport: Connection, peer: str) -> tuple[str, int] | None:
        """Lets a connection in (None), or says with which code and limit it is turned away.

        `peer` is as in `Transport.peer`.
        """
        refused = self._too_many(peer)
        if refused is None and self._full(len(self._newcomers)):
            refused = "too_many_newcomers", self._limits.unauthenticated_connections
        if refused is None:
            self._enter(transport, peer)
            self._newcomers[transport] = None
        return refused

    def admit_proved(self, connection: Connection, peer: str) -> tuple[str, int] | None:
        """As `admit`, for someone who has said something that makes sense before there was a connection."""
        refused = self._too_many(peer)
        if refused is None:
            self._enter(connection, peer)
        return refused

    def _too_many(self, peer: str) -> tuple[str, int] | None:
        limits = self._limits
        if self._inside >= self._connections:
            return "house_full", self._connections
        group = address_group(peer)
        if group and self._counts[group] >= limits.connections_per_address:
            return "too_many_from_address", limits.connections_per_address
        return None

    def _enter(self, connection: Connection, peer: str) -> None:
        self._inside += 1
        group = address_group(peer)
        if group:
            self._groups[connection] = group
            self._counts[group] += 1

    def _full(self, newcomers: int) -> bool:
        first, last = self._limits.unauthenticated_drop_from, self._limits.unauthenticated_connections
        if newcomers < first:
            return False
        return newcomers >= last or self._chance() < (newcomers - first + 1) / (last - first + 1)

    def proved(self, transport: Connection) -> None:
        """A newcomer has said something that makes sense; harmless when it had before."""
        self._newcomers.pop(transport, None)

    def is_newcomer(self, transport: Connection) -> bool:
        """Whether this one has not yet said anything that makes sense."""
        return transport in self._newcomers

    def left(self, transport: Connection) -> None:
        """A connection that was admitted is gone."""
        self._inside -= 1
        self._newcomers.pop(transport, None)
        group = self._groups.pop(transport, "")
        if group:
            self._counts[group] -= 1
            if not self._counts[group]:
                del self._counts[group]

    @property
    def inside(self) -> int:
        """How many are in."""
        return self._inside

    @property
    def newcomers(self) -> list[Connection]:
        """Those who have not said a word that makes sense."""
        return list(self._newcomers)
