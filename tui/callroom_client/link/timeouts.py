"""The three time-outs of a client's socket: for connect, recv and send, each as `settimeout` takes it."""

from math import isfinite

import msgspec

from callroom_client.events import Timeout, Verb

SHORTEST = 0.01
"""Seconds; shorter ones would fill the list of events with nothing but themselves."""

LONGEST = 86_400.0
"""Seconds; poll(2) takes no more than 2^31 milliseconds. Who wants to wait longer writes None."""


class Timeouts(msgspec.Struct, frozen=True):
    """`None` waits for ever, `0` not at all, any other number is seconds."""

    connect: Timeout = 5.0
    recv: Timeout = 10.0
    send: Timeout = 10.0

    def changed(self, verb: Verb, value: Timeout) -> "Timeouts":
        """The same with another value for one verb.

        Raises:
            ValueError: the verb has no time-out, or the value is none.
        """
        name = verb.value
        if name not in self.__struct_fields__:
            raise ValueError(f"{name} has no time-out: connect, recv and send have one")
        if value is not None and value != 0 and not (isfinite(value) and SHORTEST <= value <= LONGEST):
            raise ValueError(f"{value} is no time-out: None, 0, or {SHORTEST:g} to {LONGEST:g} seconds")
        return msgspec.structs.replace(self, **{name: value})
