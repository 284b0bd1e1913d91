"""When the garbage collector may look: not while the screen begins, and never at what it began with."""

import gc

THRESHOLDS = (20_000, 20, 50)
"""New objects before the youngest are looked at, and how often the older ones with them.

Python's own 700 makes a look of every third row that is painted, and every seventieth goes through the whole
application: measured at 5,000 lines a second, a quarter of all the time (`callroom bench screen`). What the
screen makes and throws away has no cycles.
"""


def rest() -> None:
    """Nothing is collected until `settle`: what is imported and built first stays for good."""
    gc.disable()


def settle() -> None:
    """What there is now is never looked at again; what comes later is, seldom."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
