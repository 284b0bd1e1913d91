"""What the house answered, as something to show: a line above the composer, or rows to read."""

import time
from collections.abc import Sequence
from typing import NamedTuple

from callroom_tui import texts
from callroom_tui.screens.answer import Pair
from callroom_wire import messages as m
from callroom_words.words import Lang

ASKED_KEPT = 64
"""So many requests are remembered until their answers come."""
MOST_ROWS = 1_000
"""Rows of one answer that are shown: nobody reads more, and a list might never end."""


class Answer(NamedTuple):
    """A title, and rows under it; without rows the title is all there is to say.

    `ref` is that of the request; `more`: the rows go on in another message.
    """

    title: str
    rows: Sequence[Pair] | None = None
    fault: bool = False
    ref: int = 0
    more: bool = False


class Answers:
    """Lets by the rows that the person has asked for, once and whole, and nothing else."""

    def __init__(self) -> None:
        self._asked: dict[int, list[Pair]] = {}

    def asked(self, ref: int) -> None:
        """The person has asked something."""
        self._asked[ref] = []
        if len(self._asked) > ASKED_KEPT:
            del self._asked[next(iter(self._asked))]

    def whole(self, answer: Answer, lang: Lang) -> Answer | None:
        """The whole answer with its last part; None for the parts before, and for what nobody asked for."""
        rows = self._asked.get(answer.ref)
        if rows is None:
            return None
        rows += answer.rows or ()
        if answer.more and len(rows) < MOST_ROWS:
            return None
        del self._asked[answer.ref]
        cut = answer.more or len(rows) > MOST_ROWS
        return answer._replace(rows=_more(rows[:MOST_ROWS], cut, lang))


def answered(message: m.ServerMessage, lang: Lang) -> Answer | None:
    """What to show of a message; None: nothing, it shows elsewhere."""
    match message:
        case m.Error(id=0):
            return Answer(" ".join(filter(None, (message.text, message.fix))), fault=True)
        case m.Bye(text=text) | m.Noted(text=text) if text:
            return Answer(text)
        case m.TopicSet(seq=0):
            return Answer(texts.TOPIC_SET.say(lang, by=message.by or "–", text=message.text or "–"))
        case m.RoomsListed():
            rows = [
                Pair(f"#{room.room}", texts.ROOM_ROW.say(lang, people=room.people, topic=room.topic or "–"))
                for room in message.rooms
            ]
            return Answer(texts.ROOMS_TITLE.say(lang), rows, ref=message.ref, more=message.more)
        case m.WhoListed():
            people = [
                Pair(one.name, " · ".join(filter(None, (one.state, one.note, one.door))))
                for one in message.people
            ]
            title = f"#{message.room}" if message.room else texts.WHO_TITLE.say(lang)
            return Answer(title, people, ref=message.ref, more=message.more)
        case m.Found():
            found = [
                Pair(f"{_where(entry)} {_when(entry.at)}", f"{entry.by}: {entry.text}")
                for entry in message.entries
            ]
            found = _more(found, message.more, lang)
            if message.behind:
                found.append(Pair("", texts.BEHIND.say(lang, count=message.behind)))
            return Answer(texts.FOUND_TITLE.say(lang, query=message.query), found, ref=message.ref)
        case m.Diagnosed():
            rows = [Pair(name, value or "–") for name, value in message.rows]
            return Answer(texts.DOCTOR_TITLE.say(lang), rows, ref=message.ref)
        case _:
            return None


def _more(rows: list[Pair], more: bool, lang: Lang) -> list[Pair]:
    return [*rows, Pair(" ", texts.MORE_FOUND.say(lang))] if more else rows


def _where(entry: m.Entry) -> str:
    return "@" if isinstance(entry, m.Told) else f"#{entry.room}"


def _when(at: int) -> str:
    return time.strftime("%m-%d %H:%M", time.localtime(at / 1000))
