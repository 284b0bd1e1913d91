"""What an experiment reports: every call on a socket, in the order in which the calls ended."""

from enum import Enum

import msgspec

from callroom_words.words import Words


class Side(Enum):
    """Whose call it was."""

    SERVER = "server"
    CLIENT = "client"


class Seen(msgspec.Struct, frozen=True):
    """A socket as the kernel had it right after a call: its state, and the bytes in its two queues.

    `unsent` are bytes whose arrival has not been acknowledged; `unread` wait for a recv.
    """

    state: str = ""
    unsent: int = 0
    unread: int = 0


class Step(msgspec.Struct, frozen=True):
    """One call, or one look at the kernel's tables.

    `at` are seconds from the beginning of the experiment to that of the call, `seconds` what it took. `who`
    is the socket's name in the experiment; `arguments` and `result` are written as Python has them; `error`
    is an errno by name, or `timed out`, which has none. `data` are the bytes that went or came, at most
    `recorder.KEPT` of `size`.
    """

    at: float
    seconds: float
    side: Side
    who: str
    call: str
    arguments: str = ""
    result: str = ""
    error: str = ""
    data: bytes = b""
    size: int = 0
    seen: Seen = Seen()
    number: int = 0


class Finished(msgspec.Struct, frozen=True):
    """The experiment is over: what it has shown, in sentences with its own figures.

    `problem` says why it ended before its time, if it did.
    """

    found: tuple[Words, ...] = ()
    problem: Words | None = None


Told = Step | Finished
"""What a listener is told; `Finished` comes last, and once."""
