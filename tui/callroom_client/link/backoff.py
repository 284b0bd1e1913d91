"""How long to wait before the next try: twice as long each time, up to a cap, and not the same for all."""

FIRST_SECONDS = 0.5
"""The first wait; a server that restarts is back within a second."""

CAP_SECONDS = 30.0
"""No wait is longer: whoever starts a server again wants to see people in it."""

JITTER = 0.5
"""Up to this part of a wait is left out at random, or all clients of a server would come back at once."""


def delay(tries: int, chance: float) -> float:
    """Seconds to wait after so many tries in a row (1 or more); `chance` is a random number from 0 to 1."""
    whole = min(CAP_SECONDS, FIRST_SECONDS * 2.0 ** min(tries - 1, 16))
    return whole * (1 - JITTER * chance)
