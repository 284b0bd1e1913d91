"""A line of a transcript as the screen shows it: plain, inert, and cheap to keep a hundred thousand of."""

import re
import time
from functools import lru_cache
from typing import Literal

import msgspec

from callroom_wire.text import clean

Kind = Literal["said", "mine", "robot", "note", "fault"]
Mark = Literal["", "pending", "sent", "failed"]

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]").sub
link = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*[A-Za-z0-9\-_~/#&=+$@%]").finditer
"""The links of a text: only http and https, only ASCII, and not the stop at a sentence's end."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line; `key` is its seq in the place, or the negative of its own number while it has none.

    Not seen by the garbage collector (`gc=False`): a hundred thousand tracked objects would cost it half a
    second at each full collection. `at` is Unix seconds, a label only.
    """

    key: int
    at: float
    by: str
    text: str
    kind: Kind = "said"
    mark: Mark = ""
    mention: bool = False


def shown(text: str, multiline: bool = False) -> str:
    """Makes any text fit for a part of a screen's row.

    Beyond `clean`, bidi controls are dropped: a row is shared by several panels and wrapping would cut an
    isolate in two, so that its other half turned what stands beside it. A TAB becomes four spaces.
    """
    if text.isascii() and text.isprintable():
        return text
    return _BIDI("", clean(text, multiline)).replace("\t", "    ")


def made(key: int, at: float, by: str, text: str, kind: Kind = "said", mark: Mark = "", me: str = "") -> Line:
    """A line of what came from the network. It mentions `me` where that name stands in it, however it is
    surrounded: Chinese has no word boundaries.
    """
    text = shown(text, multiline=True)
    mention = kind == "said" and bool(me) and me.casefold() in text.casefold()
    return Line(key, at, shown(by), text, kind, mark, mention)


def day_of(at: float) -> int:
    """A number for the local day of a time; consecutive days differ."""
    return int(at + _offset(int(at // 900))) // 86400


@lru_cache(4096)
def _offset(quarter: int) -> int:
    """Seconds that local time is ahead of UTC in a quarter of an hour: no zone changes within one."""
    return time.localtime(quarter * 900).tm_gmtoff


def clock(at: float) -> str:
    """The local time of a line."""
    return time.strftime("%H:%M", time.localtime(at))
