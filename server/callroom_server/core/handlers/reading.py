"""Asking for what was said before: history and search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callroom_server.core import events
from callroom_server.core.effects import Effect, ReadJob, Run, SearchJob, TranscriptJob
from callroom_server.core.handlers.places import member_named
from callroom_server.core.reading import Wanted
from callroom_server.core.sessions import Session
from callroom_wire import messages as m
from callroom_wire.errors import Refused
from callroom_wire.text import clean

if TYPE_CHECKING:
    from callroom_server.core.hub import Hub

NEWEST = m.MAX_NUMBER + 1
"""Above every seq that can be asked for."""


def _stream(hub: Hub, session: Session, place: str) -> str:
    """The stream of one of the session's places: a room, `@` and a person, or a `Told.conversation`."""
    if not place.startswith("@"):
        return member_named(hub, session, place).place.stream
    seats = hub.state.devices[session.device].seats
    stream = next((known for known in seats if events.conversation_of(known) == place), "")
    if not stream and (other := hub.state.device_named(place[1:])) is not None:
        stream = events.direct_stream(session.device, other.number)
    if stream not in seats:
        raise Refused("no_such_person", name=place[1:])
    return stream


def history(hub: Hub, session: Session, message: m.History, now: float) -> list[Effect]:
    """A page of a place, read in a worker."""
    limits = hub.limits
    if not 1 <= message.limit <= limits.history_limit:
        raise Refused("bad_number", field="limit", value=message.limit, low=1, high=limits.history_limit)
    stream = _stream(hub, session, message.place)
    newest = message.after is None
    job = ReadJob(stream, message.after or 0, message.before or NEWEST, message.limit, newest)
    ticket = hub.ticket(Wanted("page", session.number, message.ref, stream))
    return [Run(session.number, job, ticket)]


def transcript(hub: Hub, session: Session, message: m.Transcript, now: float) -> list[Effect]:
    """A place as a file, written in a worker."""
    if not hub.site:
        raise Refused("no_pages")
    stream = _stream(hub, session, message.place)
    job = TranscriptJob(stream, hub.place_name(stream, session.device), session.device)
    ticket = hub.ticket(Wanted("transcript", session.number, message.ref, stream))
    return [Run(session.number, job, ticket)]


def search(hub: Hub, session: Session, message: m.Search, now: float) -> list[Effect]:
    """Words in what was said where the session is."""
    query = clean(message.query).strip()
    if not query or len(query) > hub.limits.topic_characters:
        raise Refused("bad_query")
    high = hub.limits.search_limit
    if not 1 <= message.limit <= high:
        raise Refused("bad_number", field="limit", value=message.limit, low=1, high=high)
    seats = hub.state.devices[session.device].seats
    streams = [_stream(hub, session, message.place)] if message.place else list(seats)
    ticket = hub.ticket(Wanted("search", session.number, message.ref, query=query))
    return [Run(session.number, SearchJob(query, streams, message.limit), ticket)]
