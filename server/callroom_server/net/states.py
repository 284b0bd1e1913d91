"""What a transport may still do, and how it comes to its end."""

from enum import IntEnum


class State(IntEnum):
    """What a transport may still do.

    OPEN --close()--> CLOSING --all sent, and the peer closed, or PARTING_SECONDS; or LINGER_SECONDS--> LOST
    OPEN --a write failed--> BROKEN --end of input, a pause; or LINGER_SECONDS--> LOST
    any --abort(), a failed read--> LOST

    In CLOSING input is read and dropped: close(2) on unread input sends RST, and that can destroy the last
    words on their way (RFC 2525 section 2.17). In BROKEN input still counts: who says something and leaves at
    once has said it, although our greeting found nobody.
    """

    OPEN = 0
    BROKEN = 1
    CLOSING = 2
    LOST = 3


# Looking a member up in its class is slow in 3.11 (a descriptor), and every read does it.
OPEN, BROKEN, CLOSING, LOST = State
