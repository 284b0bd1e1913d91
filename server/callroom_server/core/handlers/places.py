"""Rooms: joining, leaving, which there are and who is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from callroom_server.core import events
from callroom_server.core.commits import joined
from callroom_server.core.effects import Effect, Send
from callroom_server.core.sessions import Member, Session
from callroom_wire import messages as m
from callroom_wire import names
from callroom_wire.errors import Refused

if TYPE_CHECKING:
    from callroom_server.core.hub import Hub

Row = TypeVar("Row")

LIST_BYTES = 32 * 1024
"""A list goes on in another message (`more`) before it would pass a frame."""


def member_named(hub: Hub, session: Session, room: str) -> Member:
    """The session's member in a room, in any spelling of its name.

    Raises:
        Refused: not_in_room.
    """
    member = session.members.get(stream_of(room))
    if member is None:
        raise Refused("not_in_room", room=room)
    return member


def stream_of(room: str) -> str:
    """The stream of a room by its name in any spelling.

    Raises:
        Refused: name_bad.
    """
    return events.room_stream(names.key(names.canonical_room(room)))


def join(hub: Hub, session: Session, message: m.Join, now: float, go: bool = False) -> list[Effect]:
    """Takes a seat in a room; the first seat makes the room."""
    name = names.canonical_room(message.room)
    stream = events.room_stream(names.key(name))
    limits = hub.limits
    if stream not in session.members:
        # Direct conversations do not count: whoever writes to somebody would take one of their places.
        if sum(seat in hub.state.rooms for seat in session.members) >= limits.rooms_per_person:
            raise Refused("too_many_rooms", limit=limits.rooms_per_person)
        place = hub.places.get(stream)
        if place is not None and len(place.members) >= limits.people_per_room:
            raise Refused("room_full", room=name, limit=limits.people_per_room)
        if stream not in hub.state.rooms and len(hub.state.rooms) >= limits.rooms:
            raise Refused("too_many_rooms", limit=limits.rooms)
    elif message.seen is None:  # joined before, and nothing is to change
        member = session.members[stream]
        return [joined(hub, session, member.place, member.cursor, message.ref, go=go)]
    seen = message.seen
    event = events.Seated(hub.boot, session.number, message.ref, session.device, stream, name, seen, go)
    return hub.ask(session, events.PEOPLE, event)


def leave(hub: Hub, session: Session, message: m.Leave, now: float) -> list[Effect]:
    """Gives up a seat."""
    member = member_named(hub, session, message.room)
    event = events.Unseated(hub.boot, session.number, message.ref, session.device, member.place.stream)
    return hub.ask(session, events.PEOPLE, event)


def rooms(hub: Hub, session: Session, message: m.Rooms, now: float) -> list[Effect]:
    """Which rooms there are, the fullest first."""
    listed = [
        m.RoomInfo(
            room.name, room.topic, len(place.members) if place else 0, room.head, stream in session.members
        )
        for stream, room in hub.state.rooms.items()
        for place in (hub.places.get(stream),)
    ]
    listed.sort(key=lambda info: (-info.people, info.room))
    return [
        Send(session.number, m.RoomsListed(rooms=part, more=more, ref=message.ref))
        for part, more in _parts(listed, lambda info: len(info.room) + len(info.topic))
    ]


def who(hub: Hub, session: Session, message: m.Who, now: float) -> list[Effect]:
    """Who is in a room, or in the house: those here, those away, and those whose connection broke."""
    if message.room:
        stream = stream_of(message.room)
        if stream not in hub.state.rooms:
            raise Refused("no_such_room", room=message.room)
        devices = [d for d in hub.state.devices.values() if stream in d.seats]
        name = hub.state.rooms[stream].name
    else:
        devices, name = list(hub.state.devices.values()), ""
    people = [_info(hub, device.number, device.name) for device in devices]
    people.sort(key=lambda info: (info.state == "lost", info.name))
    return [
        Send(session.number, m.WhoListed(room=name, people=part, more=more, ref=message.ref))
        for part, more in _parts(people, lambda info: len(info.name) + len(info.note))
    ]


def _info(hub: Hub, device: int, name: str) -> m.PersonInfo:
    session = hub.online.get(device)
    if session is None:
        return m.PersonInfo(name, "lost")
    if session.away is not None:
        return m.PersonInfo(name, "away", session.away, session.door)
    return m.PersonInfo(name, "here", "", session.door)


def _parts(rows: list[Row], characters: Callable[[Row], int]) -> Iterator[tuple[list[Row], bool]]:
    """Cuts a list so that each part fits a frame; with each part, whether another follows.

    At least one part.
    """
    part: list[Row] = []
    size = 0
    for row in rows:
        size += 4 * characters(row) + 80  # UTF-8 at its longest, and the field names
        if size > LIST_BYTES and part:
            yield part, True
            part, size = [], 4 * characters(row) + 80
        part.append(row)
    yield part, False
