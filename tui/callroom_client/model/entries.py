"""What a transcript shows, one class each: a line, a line of one's own on its way, a hole, a note.

All are frozen and hold atoms only, so that the garbage collector has nothing to look at in a hundred thousand
of them. Texts are clean (`callroom_wire.text`), and may have many lines, parted by LF.
"""

from enum import Enum
from typing import Literal

import msgspec

OWN, MENTION, TOPIC = 1, 2, 4
"""The bits of `Line.marks`."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """What was said as the entry `seq` of its place, or a topic that was set.

    `at` is in Unix milliseconds, 0 for a line of one's own that is stored and has not come back yet.
    """

    seq: int
    at: int
    by: str
    text: str
    marks: int = 0

    @property
    def key(self) -> int:
        """What a view knows it by."""
        return self.seq

    @property
    def kind(self) -> Literal["said", "mine"]:
        """Whose it is."""
        return "mine" if self.marks & OWN else "said"

    @property
    def mark(self) -> Literal["", "sent"]:
        """Of a line of one's own: that it has arrived."""
        return "sent" if self.marks & OWN else ""

    @property
    def own(self) -> bool:
        """Whether it is one's own."""
        return bool(self.marks & OWN)

    @property
    def mention(self) -> bool:
        """Whether it names the reader, or is for the reader alone."""
        return bool(self.marks & MENTION)

    @property
    def topic(self) -> bool:
        """Whether it sets the topic; an empty text clears it."""
        return bool(self.marks & TOPIC)


class Way(Enum):
    """How far a line of one's own is."""

    WAITING = "waiting"  # written down; sent as soon as there is a connection
    SENT = "sent"
    FAILED = "failed"  # the house refused it


class Own(msgspec.Struct, frozen=True, gc=False):
    """A line of one's own that the house has not stored yet: always at the end of its transcript.

    `after` is the greatest seq of the place that was known when it was written: its own will be greater.
    `code` and `why` say why it was refused, and what to do; of a line that the link gave up, `code` is one of
    `link.faults.FAULTS` and `why` is empty. A line that waits may have a code, too: it will be tried again.
    """

    id: int
    text: str
    way: Way = Way.WAITING
    after: int = 0
    code: str = ""
    why: str = ""


class Hole(msgspec.Struct, frozen=True, gc=False):
    """The entries `first` to `last` are not here: ask for them, or, when `lost`, they are no longer kept."""

    first: int
    last: int
    lost: bool = False


class What(Enum):
    """What a note is about."""

    CAME = "came"
    WENT = "went"
    LOST = "lost"  # the connection broke, the seat is kept
    AWAY = "away"
    BACK = "back"
    RENAMED = "renamed"  # from `by` to `text`
    ROBOT = "robot"  # the robot said `text`
    PRESSED = "pressed"  # one's own entry to the robot; a secret is shown as `SECRET`
    ENDED = "ended"  # the call is over
    BEGUN_ANEW = "begun_anew"  # what stands above is of an earlier house, or of another person of this name


class Note(msgspec.Struct, frozen=True, gc=False):
    """Something that happened and is not recorded, at the place where it was seen; `at` as in `Line`."""

    what: What
    at: int
    by: str = ""
    text: str = ""


Entry = Line | Own | Hole | Note

SECRET = "****"
"""In place of what nobody should see: always of the same length."""
