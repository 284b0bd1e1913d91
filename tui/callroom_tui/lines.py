"""A line of a transcript as the screen shows it: plain, inert, and cheap to keep a hundred thousand of."""

import re
import time
from functools import lru_cache
from typing import Literal

import msgspec

from callroom_client.model import entries as model
from callroom_client.model.entries import Entry
from callroom_tui import texts
from callroom_wire.text import clean
from callroom_words.words import Lang

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


def line_of(entry: Entry, me: str, lang: Lang, now: float) -> Line:
    """An entry of the model as a line.

    Args:
        entry: of a place's transcript.
        me: one's own name.
        lang: for what is not anybody's words.
        now: Unix seconds, for lines that have no time of their own yet.
    """
    match entry:
        case model.Line():
            at = entry.at / 1000 or now
            if entry.topic:
                words = texts.TOPIC_SET if entry.text else texts.TOPIC_CLEARED
                return Line(
                    entry.seq, at, "", words.say(lang, by=shown(entry.by), text=shown(entry.text)), "note"
                )
            kind: Kind = "mine" if entry.own else "said"
            mark: Mark = "sent" if entry.own else ""
            mention = entry.mention and not entry.own
            return Line(
                entry.seq, at, shown(entry.by), shown(entry.text, multiline=True), kind, mark, mention
            )
        case model.Own():
            text = shown(entry.text, multiline=True)
            if entry.way is model.Way.FAILED:
                return Line(-entry.id, now, shown(me), f"{text}\n{shown(entry.why)}", "mine", "failed")
            return Line(-entry.id, now, shown(me), text, "mine", "pending")
        case model.Hole():
            words = texts.LOST_LINES if entry.lost else texts.MISSING_LINES
            return Line(0, now, "", words.say(lang, count=entry.last - entry.first + 1), "note")
        case model.Note():
            return _of_note(entry, me, lang, now)


def _of_note(note: model.Note, me: str, lang: Lang, now: float) -> Line:
    at = note.at / 1000 or now
    by, text = shown(note.by), shown(note.text, multiline=True)
    if note.what is model.What.ROBOT:
        return Line(0, at, texts.ROBOT.say(lang), text, "robot")
    if note.what is model.What.PRESSED:
        return Line(0, at, by or shown(me), text, "mine")
    return Line(0, at, "", texts.NOTES[note.what].say(lang, by=by, text=text), "note")


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
