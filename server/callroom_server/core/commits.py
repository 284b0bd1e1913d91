"""What a committed event means for whoever is connected: one function each, in the table `ANSWERS`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from callroom_server.core import calls, events, texts
from callroom_server.core.effects import Append, Begin, Close, Effect, Send, Settle, Wake
from callroom_server.core.ledger import Record
from callroom_server.core.sessions import Place, Session, State
from callroom_wire.errors import Refused
from callroom_wire.messages import Ack, Joined, Left, LoggedIn, Renamed

if TYPE_CHECKING:
    from callroom_server.core.hub import Hub

PEOPLE_SHOWN = 200
"""How many people a `Joined` names; `Who` tells them all.

A frame has 64 KiB and a room may have thousands.
"""


def acknowledge(hub: Hub, session: Session, stream: str, ids: list[int], seqs: list[int]) -> Effect:
    """Tells an author that lines are durable."""
    return Send(session.number, Ack(place=hub.place_name(stream, session.device), ids=ids, seqs=seqs))


def _asker(hub: Hub, event: events.Asked) -> Session | None:
    return hub.sessions.get(event.session) if event.boot == hub.boot else None


def came(hub: Hub, event: events.Came, granted: bool, record: Record, now: float) -> list[Effect]:
    """A login is durable, or its name was taken by an earlier record."""
    session = _asker(hub, event)
    if session is None:
        return _abandoned(hub, record.seq, now) if granted else []
    token = hub.tokens.pop(session.number)
    if session.state is State.CLOSING:
        return _quit_meanwhile(record.seq, granted)
    if not granted:
        session.state, session.then = State.CALLER, None
        return [
            hub.error(session, Refused("name_taken", name=event.name), event.ref),
            *hub.release(session, now),
        ]
    device = hub.state.devices[record.seq]
    _bind(hub, session, device.number, device.name)
    effects: list[Effect] = [Send(session.number, LoggedIn(name=device.name, token=token, ref=event.ref))]
    effects += calls.named(hub, session)
    if session.then is not None:
        then, session.then = session.then, None
        session.awaiting = False
        effects += hub.enter(session, then, now)
    return effects if session.awaiting else effects + hub.release(session, now)


def returned(hub: Hub, event: events.Returned, granted: bool, record: Record, now: float) -> list[Effect]:
    """Someone came back: the seats, and everything since."""
    session = _asker(hub, event)
    if session is None:
        return _abandoned(hub, event.device, now) if granted else []
    token = hub.tokens.pop(session.number)
    if session.state is State.CLOSING:
        return _quit_meanwhile(event.device, granted)
    if not granted:  # the device left for good while this was on its way
        session.state = State.CALLER
        return [hub.error(session, Refused("bad_token"), event.ref), *hub.release(session, now)]
    effects: list[Effect] = []
    ghost = hub.online.get(event.device)
    if ghost is not None:
        ghost.state = State.CLOSING
        for member in list(ghost.members.values()):
            hub.unseat(member)
        effects.append(hub.close(ghost, "taken_over"))
    device = hub.state.devices[event.device]
    _bind(hub, session, device.number, device.name)
    answer = LoggedIn(name=device.name, token=token, resumed=True, last_id=device.last_id, ref=event.ref)
    effects.append(Send(session.number, answer))
    for stream, seen in device.seats.items():
        place = hub.place(stream, hub.shared_name(stream))
        hub.sit(session, place, seen)
        if stream in hub.state.rooms:
            if ghost is None:
                hub.news(place, effects).back.append(session.name)
            effects.append(joined(hub, session, place, seen, 0, go=False))
        else:
            name = hub.place_name(stream, session.device)
            conversation = events.conversation_of(stream)
            message = Joined(place=name, conversation=conversation, seen=seen, head=place.log.head)
            effects.append(Send(session.number, message))
        effects.append(Wake(stream))
    effects += calls.resume(hub, session, device.call, now)
    return effects + hub.release(session, now)


def seated(hub: Hub, event: events.Seated, granted: bool, record: Record, now: float) -> list[Effect]:
    """A seat in a room is durable: served from there on."""
    session = _asker(hub, event)
    if session is None or session.device != event.device or not granted:  # it left for good meanwhile
        return []
    effects: list[Effect] = []
    place = hub.place(event.stream, hub.state.rooms[event.stream].name)
    seen = hub.state.devices[event.device].seats[event.stream]
    member = session.members.get(event.stream)
    if member is None:
        hub.news(place, effects).came.append(session.name)
        hub.sit(session, place, seen)
    else:  # joined before: goes on from where the client says
        member.cursor = member.confirmed = seen
    session.attend_room()
    effects.append(joined(hub, session, place, seen, event.ref, go=event.go))
    effects.append(Wake(event.stream))
    return effects + hub.release(session, now)


def unseated(hub: Hub, event: events.Unseated, granted: bool, record: Record, now: float) -> list[Effect]:
    """A seat is given up."""
    session = _asker(hub, event)
    if session is None:
        return []
    effects: list[Effect] = []
    member = session.members.get(event.stream)
    if member is not None:
        effects.append(Settle(member))
        hub.unseat(member)
        hub.news(member.place, effects).went.append(session.name)
    room = hub.state.rooms[event.stream].name
    effects.append(Send(session.number, Left(room=room, ref=event.ref)))
    return effects + hub.release(session, now)


def renamed(hub: Hub, event: events.Renamed, granted: bool, record: Record, now: float) -> list[Effect]:
    """A name is changed, or was taken by an earlier record."""
    session = _asker(hub, event)
    if session is None:
        return []
    if not granted:
        return [
            hub.error(session, Refused("name_taken", name=event.name), event.ref),
            *hub.release(session, now),
        ]
    effects: list[Effect] = []
    old, session.name = session.name, event.name
    for stream, member in session.members.items():
        if stream not in hub.state.rooms:
            member.place.log.rename(hub.shared_name(stream))
        hub.news(member.place, effects).renamed[old] = event.name
    effects.append(Send(session.number, Renamed(name=event.name, ref=event.ref)))
    return effects + hub.release(session, now)


def topic(hub: Hub, event: events.Topic, granted: bool, record: Record, now: float) -> list[Effect]:
    """A topic is an entry of the room's log, so everyone there has it; whoever asked may go on."""
    session = _asker(hub, event)
    return hub.release(session, now) if session is not None else []


def gone(hub: Hub, event: events.Gone, granted: bool, record: Record, now: float) -> list[Effect]:
    """Someone left for good."""
    hub.lost_at.pop(event.device, None)
    session = hub.online.get(event.device)
    if session is None:
        return []
    effects: list[Effect] = []
    for member in list(session.members.values()):
        effects.append(Settle(member))
        hub.unseat(member)
        hub.news(member.place, effects).went.append(session.name)
    del hub.online[event.device]
    session.state = State.CLOSING
    effects.append(Close(session.number, "quit", texts.word(session.lang, "quit")))
    return effects


def run_asked(hub: Hub, event: events.RunAsked, granted: bool, record: Record, now: float) -> list[Effect]:
    """The record of a run of this very process is durable."""
    return [Begin(event.run)] if event.boot == hub.boot else []


ANSWERS: dict[type, Callable[..., list[Effect]]] = {
    events.Came: came,
    events.Returned: returned,
    events.Seated: seated,
    events.Unseated: unseated,
    events.Renamed: renamed,
    events.Topic: topic,
    events.Gone: gone,
    events.RunAsked: run_asked,
}


def _bind(hub: Hub, session: Session, device: int, name: str) -> None:
    session.device, session.name, session.state = device, name, State.READY
    hub.online[device] = session
    hub.lost_at.pop(device, None)


def _quit_meanwhile(device: int, granted: bool) -> list[Effect]:
    """Who asked for a name, or came back, and quit before that was recorded, leaves for good."""
    return [Append(events.PEOPLE, events.encode(events.Gone(device=device)))] if granted else []


def _abandoned(hub: Hub, device: int, now: float) -> list[Effect]:
    """The connection broke before its record was back; while a server replays its log, `restarted` does this
    for all.
    """
    return [hub.hold_seat(device, now)] if hub.live and device not in hub.online else []


def joined(hub: Hub, session: Session, place: Place, seen: int, ref: int, *, go: bool) -> Effect:
    """Tells a session that it is in a room: entries after `seen` follow."""
    room = hub.state.rooms[place.stream]
    people = [
        member.session.name for _, member in zip(range(PEOPLE_SHOWN), place.members.values(), strict=False)
    ]
    message = Joined(
        place=room.name, topic=room.topic, seen=seen, head=room.head, people=people, go=go, ref=ref
    )
    return Send(session.number, message)
