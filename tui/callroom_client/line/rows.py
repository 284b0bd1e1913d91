"""What is shown of the talk, as rows that are only ever added: each line once and in order. Pure.

A row is made of parts, each with the class of its style; joined, they are what a reader without colours gets.
Everything that came from elsewhere is clean by now, and a TAB is spaces: no byte of a row moves a cursor.
"""

import time
import zlib
from collections.abc import Iterator

import msgspec

from callroom_client import events as e
from callroom_client.model import (
    Changes,
    Entry,
    Hole,
    Line,
    Model,
    Note,
    Own,
    Place,
    Way,
    What,
)
from callroom_client.trouble import meaning, trouble
from callroom_wire import messages as m
from callroom_wire.messages import ServerMessage
from callroom_wire.phrases import PHRASES, Phrases
from callroom_wire.rendering import CONTINUED, Reader, render
from callroom_words.words import Lang, Words

Part = tuple[str, str]
"""A style class and a text."""

NAME_COLOURS = 6
TAB = "    "

SAYS: Phrases = {
    **PHRASES,
    "fix_name_taken": ("Choose another: /nick NAME", "请换一个：/nick 名字"),
    "missing": (
        "-- {place}: entries {first} to {last} are not shown; /history shows the newest --",
        "-- {place}：第 {first} 至 {last} 条未显示；/history 看最近的 --",
    ),
    "anew": ("-- {place}: another conversation begins --", "-- {place}：以下是另一段对话 --"),
    "waiting": ("(kept until there is a connection)", "（已保存，连上后发送）"),
    "refused": ("(not sent: {why} /retry says it again)", "（未送达：{why} /retry 可重发）"),
}


class LineReader(Reader, frozen=True):
    """For whom the line client writes."""

    phrases = SAYS


class Row(msgspec.Struct, frozen=True):
    """One row, perhaps with later lines of the same."""

    parts: tuple[Part, ...]
    bell: bool = False

    @property
    def text(self) -> str:
        """Without styles."""
        return "".join(text for _, text in self.parts)


class Rows:
    """Makes rows of what changes.

    Args:
        clock: whether lines begin with the time of day.
    """

    def __init__(self, model: Model, lang: Lang, *, clock: bool = False) -> None:
        self.lang: Lang = lang
        self._model = model
        self._clock = clock
        self._shown: dict[Place, int] = {}  # of each place, the last seq that was shown
        self._told_ways: dict[int, Way] = {}
        self._joined: set[str] = set()
        self._trouble = ""  # the code that was told last
        self._refused = ""  # the code with which a login was refused, or with which the house said goodbye

    @property
    def reader(self) -> LineReader:
        """For whom it is written, just now."""
        return LineReader(self.lang, False, self._model.name, self._model.current)

    def of(self, event: e.Event, changes: Changes, hidden: bool = False) -> list[Row]:
        """The rows for an event and what it has changed; `hidden`: the answers are nobody's business."""
        rows: list[Row] = []
        if isinstance(event, e.StageChanged):
            rows += self._stage(event)
        for splice in changes.splices:
            place = self._model.place(splice.place)
            if place is not None:
                rows += self._notes(place, splice.added)
        for name in dict.fromkeys(splice.place for splice in changes.splices):
            place = self._model.place(name)
            if place is not None:
                rows += self._lines(place)
        if not hidden:
            for message in changes.told:
                rows += self._told(message)
        return [_without_tabs(row) for row in rows]

    def tell(self, words: Words | str, bad: bool = False) -> list[Row]:
        """A sentence of the client's own, one row for each line of it."""
        text = words if isinstance(words, str) else words.say(self.lang)
        style = "class:bad" if bad else "class:house"
        mark = "! " if bad else ""
        return [_without_tabs(Row(((style, mark + line),))) for line in text.split("\n")]

    # --- the connection -----------------------------------------------------------------------------------

    def _stage(self, event: e.StageChanged) -> list[Row]:
        if event.stage is e.Stage.READY:
            self._trouble = self._refused = ""
        words = trouble(self._model.connection.stage, event.at)
        if words is None or event.code in (self._trouble, self._refused):
            return []
        self._trouble = event.code if event.stage is e.Stage.WAITING else ""
        return self.tell(words, bad=event.code != "quit")

    # --- entries ------------------------------------------------------------------------------------------

    def _lines(self, place: Place) -> Iterator[Row]:
        """Every line that is next in order, and holes between them."""
        entries = place.entries
        shown = self._shown.get(place, entries.floor)
        for entry in entries.since(shown):
            if isinstance(entry, Line) and entry.seq <= entries.cursor:
                yield self._line(place, entry)
            elif isinstance(entry, Hole):
                what = "gap" if entry.lost else "missing"
                told = self.reader.say(what, place=place.name, first=entry.first, last=entry.last)
                yield Row((("class:note", told),))
        self._shown[place] = max(shown, entries.cursor)

    def _line(self, place: Place, line: Line) -> Row:
        reader = self.reader
        when: tuple[Part, ...] = ()
        if self._clock and line.at:
            when = (("class:time", time.strftime("%H:%M ", time.localtime(line.at / 1000))),)
        if line.topic:
            what = reader.say("topic_set" if line.text else "topic_cleared", by=line.by, text=line.text)
            return Row((*when, ("class:place", f"[{place.name}] "), ("class:note", what)))
        body = _body(line.text)
        style = "class:mention" if line.mention and not place.direct else "class:own" if line.own else ""
        if place.direct:
            other = place.name if line.own else f"@{self._model.name}"
            return Row((*when, ("class:direct", f"[@{line.by} -> {other}] "), (style, body)), line.mention)
        name = ("class:own" if line.own else _colour(line.by), line.by)
        return Row((*when, ("class:place", f"[{place.name}] "), name, (style, f": {body}")), line.mention)

    def _notes(self, place: Place, added: tuple[Entry, ...]) -> Iterator[Row]:
        """What is not an entry of the place: who came and went, lines of one's own that wait or failed."""
        for entry in added:
            if isinstance(entry, Note):
                told = self._note(place, entry)
                if told:
                    yield Row((("class:note", told),))
            elif isinstance(entry, Own):
                yield from self._own(place, entry)

    def _note(self, place: Place, note: Note) -> str:
        reader = self.reader
        mine = note.by == self._model.name or note.text == self._model.name
        match note.what:
            case What.BEGUN_ANEW:
                self._shown[place] = place.entries.floor
                return reader.say("anew", place=place.name)
            case What.CAME | What.WENT | What.LOST | What.BACK if not mine:
                return f"[{place.name}] * {reader.say(note.what.value, names=note.by)}"
            case What.AWAY if not mine:
                what = "away_note" if note.text and note.text != "-" else "away"
                return f"[{place.name}] * {reader.say(what, names=note.by, note=note.text)}"
            case What.RENAMED if not mine:
                return f"[{place.name}] * {reader.say('renamed', old=note.by, new=note.text)}"
            case _:  # of the robot the answer itself is shown; what one did oneself is no news
                return ""

    def _own(self, place: Place, own: Own) -> Iterator[Row]:
        """A line is worth a row when it has to wait, and when it was refused."""
        told = self._told_ways.get(own.id)
        if told is own.way or own.way is Way.SENT:
            return
        self._told_ways[own.id] = own.way
        reader = self.reader
        if own.way is Way.FAILED:
            why = own.why or meaning(own.code).say(self.lang)
            style, mark = "class:bad", reader.say("refused", why=why)
        else:
            style, mark = "class:note", reader.say("waiting")
        yield Row((("class:place", f"[{place.name}] "), ("class:own", _body(own.text)), (style, f" {mark}")))

    # --- answers ------------------------------------------------------------------------------------------

    def _told(self, message: ServerMessage) -> list[Row]:
        match message:
            case m.Welcomed():
                return []
            case m.LoggedIn(resumed=False):
                self._joined.clear()
            case m.Joined(place=place) if place in self._joined or place.startswith("@"):
                if message.head <= message.seen:
                    return []
                count = message.head - message.seen
                return self.tell(self.reader.say("joined_new", place=place, count=count))
            case m.Joined(place=place):
                self._joined.add(place)
            case m.Left(room=room):
                self._joined.discard(room)
            case m.Bye(code=code) if code != "quit":  # why there is no connection is told with what follows
                return []
            case m.Bye(code=code) | m.Error(code=code) if not self._model.name or code == "quit":
                self._refused = code
            case m.Error(id=number) if number in self._told_ways:  # told beside the line itself
                return []
            case _:
                pass
        text = render(message, self.reader)
        style = _STYLES.get(type(message), "class:house")
        return [Row(((style, line),)) for line in text.split("\n")] if text else []


_STYLES: dict[type, str] = {
    m.Error: "class:bad",
    m.Prompted: "class:robot",
    m.Page: "",
    m.Found: "",
}


def _body(text: str) -> str:
    return text.replace("\n", "\n" + CONTINUED)


def _without_tabs(row: Row) -> Row:
    """A TAB's width hangs on where it stands, and a cursor is moved by it."""
    if "\t" not in row.text:
        return row
    return Row(tuple((style, text.replace("\t", TAB)) for style, text in row.parts), row.bell)


def _colour(name: str) -> str:
    """The same colour for the same name, in every process."""
    return f"class:name{zlib.crc32(name.encode()) % NAME_COLOURS}"
