"""Who one is: hello, login, coming back, names, away and goodbye."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callroom_server.core import calls, events, texts
from callroom_server.core.effects import Append, Close, Effect, Send
from callroom_server.core.sessions import Session, State
from callroom_wire import messages as m
from callroom_wire import names
from callroom_wire.errors import Refused
from callroom_wire.text import clean

if TYPE_CHECKING:
    from callroom_server.core.hub import Hub


def hello(hub: Hub, session: Session, message: m.Hello, now: float) -> list[Effect]:
    """The first word on a framed door."""
    if message.version != m.PROTOCOL_VERSION:
        raise Refused("bad_number", field="version", value=message.version, low=1, high=m.PROTOCOL_VERSION)
    if message.lang:
        _choose(session, message.lang)
    session.state = State.CALLER
    limits = hub.limits
    told = {
        "frame_bytes": limits.frame_bytes,
        "text_characters": limits.text_characters,
        "history_entries": limits.history_limit,
        "ping_after_seconds": int(limits.ping_after_seconds),
        "drop_after_seconds": int(limits.drop_after_seconds),
        m.FORMS: 1,
    }
    answer = m.Welcomed(server=hub.name, software="callroom", lang=session.lang, limits=told, ref=message.ref)
    return [Send(session.number, answer)]


def _choose(session: Session, lang: str) -> None:
    chosen = lang.lower().partition("_")[0].partition("-")[0]
    if chosen not in texts.LANGUAGES:
        raise Refused("bad_lang", lang=lang)
    session.lang = chosen


def _new_token(hub: Hub, session: Session) -> str:
    """A token for this session; it is told once its record is durable, and only its hash is recorded."""
    token = hub.tokens[session.number] = hub.new_token()
    return hub.hash_token(token)


def login(hub: Hub, session: Session, message: m.Login, now: float) -> list[Effect]:
    """Takes a name as a guest. The record decides: of two who ask at once, the first in the log has it."""
    name = prefix = ""
    instead = 0
    if message.name:
        instead = _given_up(hub, message.name)
        name = _free(hub, message.name, instead)
    else:
        prefix = texts.word(session.lang, "guest")
    session.state = State.LOGGING_IN
    session.forms = message.forms
    token = _new_token(hub, session)
    event = events.Came(hub.boot, session.number, message.ref, name, prefix, token, instead)
    return [Append(events.PEOPLE, events.encode(event))]


def _given_up(hub: Hub, wanted: str) -> int:
    """Who has this name, is not here, and never did anything with it; 0 for nobody.

    The answer to that login may be lost, and with it the only token: whoever asks again would be kept from
    their own name for the hold time.
    """
    number = hub.state.names.get(names.skeleton(names.canonical(wanted)), 0)
    return number if number and number not in hub.online and hub.state.devices[number].unused else 0


def _free(hub: Hub, wanted: str, device: int) -> str:
    name = names.canonical(wanted)
    number = hub.state.names.get(names.skeleton(name), device)
    if number != device:
        raise Refused("name_taken", name=name)
    return name


def resume(hub: Hub, session: Session, message: m.Resume, now: float) -> list[Effect]:
    """Comes back: everything since `seen` follows once the new token is recorded."""
    used = hub.hash_token(message.token)
    number = hub.state.tokens.get(used)
    device = hub.state.devices.get(number) if number is not None else None
    if device is None:
        raise Refused("bad_token")
    seen: dict[str, int] = {}
    for stream in device.seats:
        direct = stream not in hub.state.rooms
        said = message.seen.get(events.conversation_of(stream) if direct else hub.state.rooms[stream].name)
        if said is not None:
            seen[stream] = max(said, 0)
    session.state = State.LOGGING_IN
    session.forms = message.forms
    hub.lost_at.pop(device.number, None)  # the hold time ends here; it begins anew if this comes to nothing
    token = _new_token(hub, session)
    event = events.Returned(hub.boot, session.number, message.ref, device.number, token, seen, used)
    return [Append(events.PEOPLE, events.encode(event))]


def nick(hub: Hub, session: Session, message: m.Nick, now: float) -> list[Effect]:
    """Takes another name."""
    name = _free(hub, message.name, session.device)
    event = events.Renamed(hub.boot, session.number, message.ref, session.device, name)
    return hub.ask(session, events.PEOPLE, event)


def away(hub: Hub, session: Session, message: m.Away, now: float) -> list[Effect]:
    """Says that one is away; the places one is in are told."""
    text = clean(message.text)[: hub.limits.topic_characters]
    session.away = text
    effects: list[Effect] = []
    for member in session.members.values():
        hub.news(member.place, effects).away[session.name] = text
    answer = m.Noted(
        code="away",
        text=texts.word(session.lang, "away" if text else "away_silent", text=text),
        ref=message.ref,
    )
    return [*effects, Send(session.number, answer)]


def back(hub: Hub, session: Session, message: m.Back, now: float) -> list[Effect]:
    """Says that one is back."""
    effects: list[Effect] = []
    if session.away is not None:
        session.away = None
        for member in session.members.values():
            hub.news(member.place, effects).back.append(session.name)
    answer = m.Noted(code="back", text=texts.word(session.lang, "back"), ref=message.ref)
    return [*effects, Send(session.number, answer)]


def leave_for_good(hub: Hub, session: Session, message: m.Quit, now: float) -> list[Effect]:
    """Leaves: the name is free and the token void as soon as that is durable."""
    if session.state is not State.READY:
        session.state = State.CLOSING
        return [Close(session.number, "quit", texts.word(session.lang, "quit"))]
    session.state = State.CLOSING
    event = events.Gone(hub.boot, session.number, message.ref, session.device)
    return [*calls.broken_off(hub, session), Append(events.PEOPLE, events.encode(event))]
