"""Saying things: in a room, to one person, and a room's topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callroom_server.core import events
from callroom_server.core import texts as phrases
from callroom_server.core.effects import Append, AppendAll, Effect, Send
from callroom_server.core.handlers.places import member_named, stream_of
from callroom_server.core.sessions import Session
from callroom_wire import messages as m
from callroom_wire.errors import Refused
from callroom_wire.text import clean

if TYPE_CHECKING:
    from callroom_server.core.hub import Hub


NOBODY = 0
"""No device has this number: devices are numbered from 1."""


def _line(hub: Hub, session: Session, text: str) -> bytes:
    limit = hub.limits.text_characters
    if len(text) > limit:
        raise Refused("text_too_long", length=len(text), limit=limit)
    text = clean(text, multiline=True)
    if not text or text.isspace():
        raise Refused("text_empty")
    return events.encode(events.Said(session.name, hub.at, text))


def _number(hub: Hub, line: int) -> int:
    if not 0 < line <= m.MAX_NUMBER:
        raise Refused("bad_number", field="id", value=line, low=1, high=m.MAX_NUMBER)
    return line


def _in_turn(hub: Hub, session: Session, line: int) -> None:
    """Refuses what comes after a line that was not stored and has not been sent again.

    What was not stored may have been the second copy of a line, whose first is: nobody sends that again.
    """
    if session.halted and (line == session.halted or _sent_before(hub, session, session.halted)):
        session.halted = 0
    elif line > session.halted > 0:
        raise Refused("ledger_down", reason=phrases.word(session.lang, "sent_first", id=session.halted))


def say(hub: Hub, session: Session, message: m.Say, now: float) -> list[Effect]:
    """A line in a room one is in: acknowledged when it is durable."""
    _in_turn(hub, session, message.id)
    stream = "room/" + message.room  # the folded name, as most clients send it
    if stream not in session.members:
        stream = stream_of(message.room)
        if stream not in session.members and not _sent_before(hub, session, message.id):
            raise Refused("not_in_room", room=message.room)
    event = _line(hub, session, message.text)
    session.attend_room()
    return [Append(stream, event, session.device, _number(hub, message.id))]


def _sent_before(hub: Hub, session: Session, line: int) -> bool:
    """Whether a line may be one that is stored: then the ledger has the answer, wherever one is by now."""
    return 0 < line <= hub.state.devices[session.device].last_id


def say_all(hub: Hub, session: Session, messages: list[m.Say]) -> AppendAll | None:
    """Lines for one room that came in together; None when any is out of order and each must be looked at
    alone.
    """
    room = messages[0].room
    member = session.members.get("room/" + room)
    if member is None or session.halted:
        return None
    session.attend_room()
    limit, name, at = hub.limits.text_characters, session.name, hub.at
    encode, line = events.encode, events.Said
    texts = [message.text for message in messages]
    if len(max(texts, key=len)) > limit:
        return None
    texts = [clean(text, True) for text in texts]
    counters = [message.id for message in messages]
    if "" in texts or min(counters) < 1 or any(map(str.isspace, texts)):
        return None
    return AppendAll(
        member.place.stream, [encode(line(name, at, text)) for text in texts], session.device, counters
    )


def tell(hub: Hub, session: Session, message: m.Tell, now: float) -> list[Effect]:
    """A line to one person; the sender is told when they are not there to read it."""
    _in_turn(hub, session, message.id)
    name = message.to.removeprefix("@")
    other = hub.state.device_named(name)
    if other is None:
        if not _sent_before(hub, session, message.id):
            raise Refused("no_such_person", name=name)
        stream = events.direct_stream(session.device, NOBODY)
        return [Append(stream, _line(hub, session, message.text), session.device, message.id)]
    if other.number == session.device:
        raise Refused("to_yourself")
    event = _line(hub, session, message.text)
    session.attend_room()
    stream = events.direct_stream(session.device, other.number)
    effects: list[Effect] = [Append(stream, event, session.device, _number(hub, message.id))]
    there = hub.online.get(other.number)
    if there is None:
        text = phrases.word(session.lang, "they_are_lost", name=other.name)
        effects.append(Send(session.number, m.Noted(code="lost", text=text, ref=message.ref)))
    elif there.away is not None:
        text = phrases.word(
            session.lang,
            "they_are_away" if there.away else "they_are_away_silent",
            name=other.name,
            text=there.away,
        )
        effects.append(Send(session.number, m.Noted(code="away", text=text, ref=message.ref)))
    return effects


def topic(hub: Hub, session: Session, message: m.Topic, now: float) -> list[Effect]:
    """Asks for a room's topic, or sets it: then it is an entry of the room."""
    member = member_named(hub, session, message.room)
    room = hub.state.rooms.get(member.place.stream)
    if room is None:
        raise Refused("no_such_room", room=message.room)
    if message.text is None:
        answer = m.TopicSet(room=room.name, by=room.topic_by, text=room.topic, ref=message.ref)
        return [Send(session.number, answer)]
    text = clean(message.text)
    limit = hub.limits.topic_characters
    if len(text) > limit:
        raise Refused("topic_too_long", length=len(text), limit=limit)
    asked = events.Topic(hub.boot, session.number, message.ref, session.name, hub.at, text)
    return hub.ask(session, room.stream, asked)
