"""What the server tells, applied to the model: one function for each message, in the table `HEARD`."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from sys import intern
from typing import TYPE_CHECKING

from msgspec.structs import replace

from callroom_client.events import Received
from callroom_client.link.conversation import PASSING
from callroom_client.model.cleaning import cleaned
from callroom_client.model.entries import MENTION, OWN, TOPIC, Line, Note, Way, What
from callroom_client.model.place import ROBOT, Place
from callroom_wire import messages as m
from callroom_wire.text import clean

if TYPE_CHECKING:
    from callroom_client.model.model import Model


_SEQ = attrgetter("seq")


def hear(model: Model, event: Received) -> None:
    """Takes in what the server tells."""
    message = event.message
    model.connection.messages_in += 1
    model.gathering.traffic = True
    match message:
        case m.Said():
            place = model.open(clean(message.room))
            _take(model, place, _line(model, message, clean(message.text, True), 0))
        case m.Told():
            place = model.open(_other(model, message))
            _take(model, place, _line(model, message, clean(message.text, True), MENTION))
        case _:
            HEARD[type(message)](model, cleaned(message), event.at)


# --- entries -----------------------------------------------------------------------------------------------


def _other(model: Model, message: m.Told) -> str:
    """The place of a direct line: `@` and the other of the two."""
    one, other = message.pair
    return "@" + clean(other if one == model.name else one)


def _line(model: Model, message: m.Entry, text: str, marks: int) -> Line:
    by = intern(clean(message.by))  # one string for all the lines of a person
    if by == model.name:
        marks = marks & ~MENTION | OWN
    elif not marks and model.mention is not None and model.mention(text):
        marks = MENTION
    return Line(message.seq, message.at, by, text, marks)


def _take(model: Model, place: Place, line: Line) -> None:
    """A line as the server sends them, one after another."""
    _echo(model, place, line)
    place.came(line)


def _echo(model: Model, place: Place, line: Line) -> None:
    """A line of one's own may be seen before its acknowledgement."""
    if line.marks & OWN and place.entries.owns and place.entries.line(line.seq) is None:
        model.echo(place, line.seq, line.text)


def _topic_set(model: Model, message: m.TopicSet, at: float) -> None:
    place = model.open(message.room)
    if place.topic != message.text:
        place.topic = message.text
        model.gathering.places.add(place.name)
    if message.seq:
        _take(model, place, _line(model, message, message.text, TOPIC))
    else:
        model.gathering.told.append(message)


def _gap(model: Model, message: m.Gap, at: float) -> None:
    model.open(message.place).entries.lost(message.first, message.last)


def _page(model: Model, message: m.Page, at: float) -> None:
    place = model.open(message.place)
    entries = place.entries
    lines = [
        _line(model, one, one.text, TOPIC if isinstance(one, m.TopicSet) else 0) for one in message.entries
    ]
    lines = sorted({line.seq: line for line in lines}.values(), key=_SEQ)  # as a page should be
    for line in lines:
        _echo(model, place, line)
    place.count(entries.page(lines))
    asked = model.asked.pop(message.ref, None)
    if asked is not None and asked.after is None:
        last = lines[-1].seq if lines else 0
        if asked.before and last < asked.before - 1:  # what the page leaves out is not kept any more
            entries.lost(last + 1, asked.before - 1)
        if message.end:
            entries.begun = True
    elif asked is not None and asked.after is not None and lines and lines[0].seq > asked.after + 1:
        entries.lost(asked.after + 1, lines[0].seq - 1)
    model.gathering.places.add(place.name)
    model.gathering.told.append(message)


# --- lines of one's own ------------------------------------------------------------------------------------


def _ack(model: Model, message: m.Ack, at: float) -> None:
    place = model.open(message.place)
    for number, seq in zip(message.ids, message.seqs, strict=False):
        echo = model.echoes.pop((place.name, seq), None)
        if echo is not None and echo.id != number:  # the text was the same, the line another
            place.entries.own(echo)
        home = model.owns.pop(number, None)
        if home is None:
            continue
        own = home.entries.own_line(number)
        if own is not None:
            home.entries.drop_own(number)
        elif echo is None or echo.id != number:
            own = model.unecho(number)
        if own is not None:
            place.entries.stored(Line(seq, 0, model.name, own.text, OWN))


def _error(model: Model, message: m.Error, at: float) -> None:
    model.moves.discard(message.ref)
    place = model.owns.get(message.id) if message.id else None
    if place is not None:
        own = place.entries.own_line(message.id) or model.unecho(message.id)
        if own is not None:
            way = Way.WAITING if message.code in PASSING else Way.FAILED
            why = f"{message.text} {message.fix}".strip()
            place.entries.own(replace(own, way=way, code=message.code, why=why))
    if message.code == "not_in_call":
        model.call.ended = True
        model.gathering.call = True
    model.gathering.told.append(message)


# --- who one is --------------------------------------------------------------------------------------------


def _welcomed(model: Model, message: m.Welcomed, at: float) -> None:
    connection = model.connection
    connection.server, connection.software = message.server, message.software
    connection.limits = message.limits
    model.gathering.connection = True
    model.gathering.told.append(message)


def _logged_in(model: Model, message: m.LoggedIn, at: float) -> None:
    if not message.resumed:
        model.call.ended = True
        for place in model.places:
            place.joined = False
            if place.direct:  # another login is another device, whose conversations are its own
                place.entries.begin_anew(0)
    model.called(message.name)
    model.gathering.moved = True
    model.gathering.told.append(message)


def _renamed(model: Model, message: m.Renamed, at: float) -> None:
    model.called(message.name)
    model.gathering.told.append(message)


# --- places ------------------------------------------------------------------------------------------------


def _joined(model: Model, message: m.Joined, at: float) -> None:
    place = model.open(message.place)
    place.enter(message)
    if message.go or (message.ref and message.ref in model.moves):
        model.choose(place.name)
    model.moves.discard(message.ref)
    model.gathering.moved = True
    model.gathering.told.append(message)


def _left(model: Model, message: m.Left, at: float) -> None:
    place = model.open(message.room)
    place.joined = False
    place.people = {}
    model.gathering.people.add(place.name)
    model.leave(place.name)
    model.gathering.told.append(message)


def _present(model: Model, message: m.Present, at: float) -> None:
    for old, new in message.renamed.items():  # first: a conversation's `room` is what it is called by now
        model.rename(f"@{old}", f"@{new}")
    model.open(message.room).present(message, model.clock(at))


def _rooms_listed(model: Model, message: m.RoomsListed, at: float) -> None:
    model.listing.update({one.room: one for one in message.rooms})
    if not message.more:
        model.rooms, model.listing = model.listing, {}
    model.gathering.told.append(message)


def _who_listed(model: Model, message: m.WhoListed, at: float) -> None:
    if message.room:
        model.open(message.room).listed(message)
    else:
        model.house_listing.update({one.name: one for one in message.people})
        if not message.more:
            model.house, model.house_listing = model.house_listing, {}
    model.gathering.told.append(message)


# --- the robot, and the rest -------------------------------------------------------------------------------


def _prompted(model: Model, message: m.Prompted, at: float) -> None:
    model.call.prompted(message, at)
    model.gathering.call = True
    if message.menu:
        model.menus[message.menu] = None
    place = model.open(ROBOT)
    place.joined = not message.ended
    if message.text:
        place.entries.note(Note(What.ROBOT, model.clock(at), "", message.text))
    if message.ended:
        place.entries.note(Note(What.ENDED, model.clock(at)))
    model.gathering.told.append(message)


def _only_told(model: Model, message: m.ServerMessage, at: float) -> None:
    model.gathering.told.append(message)


def _nothing(model: Model, message: m.ServerMessage, at: float) -> None:
    """The link deals with it."""


HEARD: dict[type, Callable[..., None]] = {
    m.Welcomed: _welcomed,
    m.LoggedIn: _logged_in,
    m.Joined: _joined,
    m.Left: _left,
    m.TopicSet: _topic_set,
    m.Gap: _gap,
    m.Ack: _ack,
    m.Present: _present,
    m.Page: _page,
    m.Found: _only_told,
    m.RoomsListed: _rooms_listed,
    m.WhoListed: _who_listed,
    m.Renamed: _renamed,
    m.Prompted: _prompted,
    m.Noted: _only_told,
    m.Helped: _only_told,
    m.Diagnosed: _only_told,
    m.Error: _error,
    m.Bye: _only_told,
    m.RunOutput: _only_told,
    m.RunOver: _only_told,
    m.Ping: _nothing,
    m.Pong: _nothing,
}
