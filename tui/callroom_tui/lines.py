"""A line of a transcript as the screen shows it: plain, inert, and cheap to keep a hundred thousand of.

Nearly every line is shown as it stands in the model, so that it is kept once: the model's own entry is the
screen's line, too. The others are worked out.
"""

import re
import time
from functools import lru_cache
from typing import Literal, Protocol

import msgspec

from callroom_client.model import entries as model
from callroom_client.model.entries import Entry
from callroom_client.trouble import meaning
from callroom_tui import texts
from callroom_wire.text import clean
from callroom_words.words import Lang

Kind = Literal["said", "mine", "robot", "note", "fault"]
Mark = Literal["", "pending", "sent", "failed"]

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]").sub
link = re.compile(
    r"https?://(?![^/?#\s]*@)[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*[A-Za-z0-9\-_~/#&=+$@%]"
).finditer
"""The links of a text: only http and https, only ASCII, and not the stop at a sentence's end. One with
a name before its host may look like another house's (RFC 3986, section 7.6): it is none."""


class Line(Protocol):
    """One line."""

    @property
    def key(self) -> int:
        """Its seq in the place, or the negative of its own number while it has none; 0 for a note."""
        ...

    @property
    def at(self) -> int:
        """Unix milliseconds; a label only."""
        ...

    @property
    def by(self) -> str:
        """Whose name stands before it."""
        ...

    @property
    def text(self) -> str:
        """It may have many lines, parted by LF."""
        ...

    @property
    def kind(self) -> Kind:
        """Who says it."""
        ...

    @property
    def mark(self) -> Mark:
        """How far a line of one's own is."""
        ...

    @property
    def mention(self) -> bool:
        """Whether it names the reader."""
        ...


class Written(msgspec.Struct, frozen=True, gc=False):
    """A line that is not in the model as it is shown.

    Not seen by the garbage collector (`gc=False`): a hundred thousand tracked objects would cost it half a
    second at each full collection.
    """

    key: int
    at: int
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


def line_of(entry: Entry, me: str, lang: Lang, now: int) -> Line:
    """An entry of the model as a line.

    Args:
        entry: of a place's transcript.
        me: one's own name.
        lang: for what is not anybody's words.
        now: Unix milliseconds, for lines that have no time of their own yet.
    """
    match entry:
        case model.Line():
            at = entry.at or now
            if entry.topic:
                words = texts.TOPIC_SET if entry.text else texts.TOPIC_CLEARED
                said = words.say(lang, by=shown(entry.by), text=shown(entry.text))
                return Written(entry.seq, at, "", said, "note")
            by, text = shown(entry.by), shown(entry.text, multiline=True)
            if (by, text, at) == (entry.by, entry.text, entry.at):
                return entry
            return Written(entry.seq, at, by, text, entry.kind, entry.mark, entry.mention)
        case model.Own():
            text = shown(entry.text, multiline=True)
            if entry.way is model.Way.FAILED:
                why = shown(entry.why) or meaning(entry.code).say(lang)
                return Written(-entry.id, now, shown(me), f"{text}\n{why}", "mine", "failed")
            return Written(-entry.id, now, shown(me), text, "mine", "pending")
        case model.Hole():
            words = texts.LOST_LINES if entry.lost else texts.MISSING_LINES
            return Written(0, now, "", words.say(lang, count=entry.last - entry.first + 1), "note")
        case model.Note():
            return _of_note(entry, me, lang, now)


def _of_note(note: model.Note, me: str, lang: Lang, now: int) -> Line:
    at = note.at or now
    by, text = shown(note.by), shown(note.text, multiline=True)
    if note.what is model.What.ROBOT:
        return Written(0, at, texts.ROBOT.say(lang), text, "robot")
    if note.what is model.What.PRESSED:
        return Written(0, at, by or shown(me), text, "mine")
    return Written(0, at, "", texts.NOTES[note.what].say(lang, by=by, text=text), "note")


def day_of(at: int) -> int:
    """A number for the local day of a time in Unix milliseconds; consecutive days differ."""
    return (at // 1000 + _offset(at // 900_000)) // 86400


@lru_cache(4096)
def _offset(quarter: int) -> int:
    """Seconds that local time is ahead of UTC in a quarter of an hour: no zone changes within one."""
    return time.localtime(quarter * 900).tm_gmtoff


def clock(at: int) -> str:
    """The local time of a line, whose time this is in Unix milliseconds."""
    return time.strftime("%H:%M", time.localtime(at // 1000))
