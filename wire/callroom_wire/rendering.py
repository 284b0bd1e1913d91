"""What the house tells, as lines for a person: one function for each message, in English and Chinese.

Whatever came from people goes through `clean` on its way here: nothing of it can move a cursor.
"""

import time
from collections.abc import Callable, Sequence
from math import inf
from typing import ClassVar

import msgspec

from callroom_wire import messages as m
from callroom_wire.command import Command
from callroom_wire.messages import Entry, ServerMessage
from callroom_wire.phrases import LANGUAGES, PHRASES, Phrases, filled
from callroom_wire.text import cells, clean

CONTINUED = "  | "
"""Before the second and later lines of an entry: nothing that somebody says can look like another's line."""

GONE = "?"
"""What the house calls a person who has left for good."""

MOST_USAGE = 26
"""Cells from which a command stands in a row of its own in the help: one must not push all others aside."""

NAMES_SHOWN = 30
"""Of those in a room, when entering it; `/who` shows them all."""


class Reader(msgspec.Struct, frozen=True):
    """For whom it is written. A view with sentences of its own adds them to `phrases`."""

    phrases: ClassVar[Phrases] = PHRASES

    lang: str = "en"
    plain: bool = False
    name: str = ""
    """Their own: what they did themselves is not news to them."""
    place: str = ""
    """Where what they type goes; "" is the robot."""

    def say(self, name: str, /, **values: str | int) -> str:
        """A phrase in the reader's language."""
        return filled(self.pick(self.phrases[name]), values)

    def listed(self, names: Sequence[str], also: int = 0) -> str:
        """At most `NAMES_SHOWN` names, and how many more there are; `also` counts those not in `names`."""
        more = max(len(names) - NAMES_SHOWN, 0) + also
        return self.say("list").join(map(clean, names[:NAMES_SHOWN])) + (f" (+{more})" if more else "")

    def here(self) -> str:
        """The current place in a sentence."""
        return self.say("the_place", place=self.place) if self.place else self.say("the_robot")

    def pick(self, texts: tuple[str, str]) -> str:
        """The text in the reader's language."""
        return texts[LANGUAGES.index(self.lang)]


def render(message: ServerMessage, reader: Reader) -> str:
    """The lines for a message, joined by LF and without a last one; "" where nothing is to be shown."""
    show = _SHOWN.get(type(message))
    return show(message, reader) if show is not None else ""


def table(rows: Sequence[tuple[str, ...]], reader: Reader, most: float = inf) -> str:
    """Rows in columns, aligned by cell width; the last column is not padded. Plain: joined by commas.

    A cell wider than `most` does not make its column wider: nothing should stand behind it.
    """
    cleaned = [tuple(clean(cell) for cell in row) for row in rows]
    if reader.plain:
        return "\n".join(", ".join(cell for cell in row if cell) for row in cleaned)
    widest = [
        max((width for cell in column if (width := cells(cell)) <= most), default=0)
        for column in zip(*cleaned, strict=True)
    ]
    return "\n".join(
        "  "
        + "  ".join(
            cell + " " * (width - cells(cell)) for cell, width in zip(row, widest, strict=True)
        ).rstrip()
        for row in cleaned
    )


def all_commands(commands: Sequence[Command[object]], reader: Reader) -> str:
    """The help: every command; one that is long has a row of its own, so that all fit into 80 columns."""
    rows: list[tuple[str, ...]] = []
    for one in commands:
        row = (reader.pick(one.usage), reader.pick(one.text))
        long = cells(row[0]) > MOST_USAGE and not reader.plain
        rows += [(row[0], ""), ("", row[1])] if long else [row]
    shown = table(rows, reader, MOST_USAGE)
    return "\n".join([reader.say("help_head"), shown, reader.say("help_foot", place=reader.here())])


def said(place: str, by: str, text: str, plain: bool) -> str:
    """A line in a room."""
    return f"{_tag(clean(place), plain)} {clean(by)}: {body(text)}"


def told(pair: Sequence[str], by: str, text: str, plain: bool) -> str:
    """A line between two people. Of a name that is `GONE` only its owner's lines still tell what it was."""
    others = [name for name in pair if name != by]
    if by not in pair and GONE in others:
        others.remove(GONE)
    other = others[0] if len(others) == 1 else "+".join(pair)
    return f"{_tag(f'@{clean(by)} -> @{clean(other)}', plain)} {body(text)}"


def topic_set(lang: str, place: str, by: str, text: str, plain: bool) -> str:
    """A room's new topic."""
    what, values = ("topic_set", {"by": by, "text": text}) if text else ("topic_cleared", {"by": by})
    return f"{_tag(clean(place), plain)} {filled(PHRASES[what][LANGUAGES.index(lang)], values)}"


def body(text: str) -> str:
    """What somebody said, harmless, its later lines marked as such."""
    return clean(text, multiline=True).replace("\n", "\n" + CONTINUED)


def _tag(place: str, plain: bool) -> str:
    return f"{place}," if plain else f"[{place}]"


def _logged_in(message: m.LoggedIn, reader: Reader) -> str:
    name = reader.say("welcome_back" if message.resumed else "logged_in", name=message.name)
    return f"{name}\n{reader.say('come_back', token=message.token)}" if message.token else name


def _joined(message: m.Joined, reader: Reader) -> str:
    """Where one is now. A direct conversation is worth a word only if something new was said in it."""
    lines: list[str] = []
    if not message.place.startswith("@"):
        here = not reader.place or reader.place == message.place
        lines.append(reader.say("joined" if here else "joined_too", place=message.place))
        if message.topic:
            lines.append(reader.say("topic", place=message.place, text=message.topic))
        others = [name for name in message.people if name != reader.name]
        people = reader.listed(others)
        lines.append(reader.say("joined_people", people=people) if others else reader.say("alone"))
    if message.head > message.seen:
        place = message.place if message.place != f"@{GONE}" else reader.say("someone_gone")
        lines.append(reader.say("joined_new", place=place, count=message.head - message.seen))
    return "\n".join(lines)


def _left(message: m.Left, reader: Reader) -> str:
    return reader.say("left", place=message.room)


def _said(message: m.Said, reader: Reader) -> str:
    return said(message.room, message.by, message.text, reader.plain)


def _told(message: m.Told, reader: Reader) -> str:
    return told(message.pair, message.by, message.text, reader.plain)


def _topic_set(message: m.TopicSet, reader: Reader) -> str:
    if message.seq:
        return topic_set(reader.lang, message.room, message.by, message.text, reader.plain)
    if not message.text:
        return reader.say("topic_none", place=message.room)
    return reader.say("topic", place=message.room, text=message.text)


def _gap(message: m.Gap, reader: Reader) -> str:
    return reader.say("gap", place=message.place, first=message.first, last=message.last)


def _present(message: m.Present, reader: Reader) -> str:
    parts = [
        reader.say(what, names=reader.listed(names))
        for what, told in (("came", message.came), ("went", message.went), ("lost", message.lost))
        if (names := [name for name in told if name != reader.name])
    ]
    for name, note in message.away.items():
        if name == reader.name:
            continue
        known = note and note != "-"
        parts.append(
            reader.say("away_note", names=name, note=note) if known else reader.say("away", names=name)
        )
    back = [name for name in message.back if name != reader.name]
    if back:  # after away: who is both went away first, or would not be back
        parts.append(reader.say("back", names=reader.listed(back)))
    parts += [
        reader.say("renamed", old=old, new=new) for old, new in message.renamed.items() if new != reader.name
    ]
    room = clean(message.room)
    tag = f"{room}," if reader.plain else f"[{room}] *"
    return f"{tag} {reader.say('parts').join(parts)}" if parts else ""


def _entries(entries: Sequence[Entry], reader: Reader) -> list[str]:
    """Entries with the time of day, and the date where it changes."""
    lines: list[str] = []
    day = time.strftime("%Y-%m-%d")
    for entry in entries:
        when = time.localtime(entry.at / 1000)
        if (date := time.strftime("%Y-%m-%d", when)) != day:
            day = date
            lines.append(day if reader.plain else f"-- {day} --")
        lines.append(f"{time.strftime('%H:%M', when)} {render(entry, reader)}")
    return lines


def _page(message: m.Page, reader: Reader) -> str:
    head = reader.say("page_head", place=message.place, count=len(message.entries))
    foot = reader.say("page_end" if message.end else "page_more")
    return "\n".join([head, *_entries(message.entries, reader), foot])


def _found(message: m.Found, reader: Reader) -> str:
    lines = [reader.say("found_head", count=len(message.entries), query=message.query)]
    lines += _entries(message.entries, reader)
    if message.more:
        lines.append(reader.say("found_more"))
    if message.behind:
        lines.append(reader.say("found_behind", count=message.behind))
    return "\n".join(lines)


def _rooms_listed(message: m.RoomsListed, reader: Reader) -> str:
    if not message.rooms:
        return reader.say("rooms_none")
    rows = [
        (
            room.room,
            reader.say("room_people", count=room.people),
            reader.say("room_mine") if room.joined else "",
            room.topic,
        )
        for room in message.rooms
    ]
    return table(rows, reader)


def _who_listed(message: m.WhoListed, reader: Reader) -> str:
    place = message.room or reader.say("house")
    rows = [
        (
            person.name,
            reader.say(f"state_{person.state}") if person.state in _STATES else person.state,
            person.note,
        )
        for person in message.people
    ]
    head = reader.say("who_head", place=place, count=len(rows))
    return f"{head}\n{table(rows, reader)}" if rows else head


_STATES = ("here", "away", "lost")


def _renamed(message: m.Renamed, reader: Reader) -> str:
    return reader.say("you_renamed", name=message.name)


def _prompted(message: m.Prompted, reader: Reader) -> str:
    text = clean(message.text, multiline=True)
    if not message.ended:
        return text
    return f"{text}\n{reader.say('call_ended')}" if text else reader.say("call_ended")


def _noted(message: m.Noted, reader: Reader) -> str:
    return clean(message.text, multiline=True)


def _helped(message: m.Helped, reader: Reader) -> str:
    return table([(info.usage or info.name, info.text) for info in message.commands], reader)


def _diagnosed(message: m.Diagnosed, reader: Reader) -> str:
    return table(message.rows, reader) if message.rows else ""


def _error(message: m.Error, reader: Reader) -> str:
    """What was refused, and what to do: in a view's own commands, where it has one for it."""
    own = f"fix_{message.code}"
    fix = reader.say(own) if own in reader.phrases else message.fix
    pause = reader.pick((" ", "")) if message.text and fix else ""
    return "! " + clean(message.text + pause + fix)


def _bye(message: m.Bye, reader: Reader) -> str:
    return reader.say("closing", text=message.text) if message.code != "quit" else clean(message.text)


def _nothing(message: ServerMessage, reader: Reader) -> str:
    """An `Ack` is seen as one's own line in the room; `Welcomed`, runs and pings are for programs."""
    return ""


_SHOWN: dict[type, Callable[..., str]] = {
    m.Welcomed: _nothing,
    m.LoggedIn: _logged_in,
    m.Joined: _joined,
    m.Left: _left,
    m.Said: _said,
    m.Told: _told,
    m.TopicSet: _topic_set,
    m.Gap: _gap,
    m.Ack: _nothing,
    m.Present: _present,
    m.Page: _page,
    m.Found: _found,
    m.RoomsListed: _rooms_listed,
    m.WhoListed: _who_listed,
    m.Renamed: _renamed,
    m.Prompted: _prompted,
    m.Noted: _noted,
    m.Helped: _helped,
    m.Diagnosed: _diagnosed,
    m.RunOutput: _nothing,
    m.RunOver: _nothing,
    m.Error: _error,
    m.Bye: _bye,
    m.Ping: _nothing,
    m.Pong: _nothing,
}
