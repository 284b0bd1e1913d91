"""Small services: language, help, doctor, ping."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, get_args

import msgspec

from callroom_server.core import texts
from callroom_server.core.effects import Effect, Send
from callroom_server.core.sessions import Session
from callroom_wire import messages as m
from callroom_wire.errors import Refused

if TYPE_CHECKING:
    from callroom_server.core.hub import Hub


def lang(hub: Hub, session: Session, message: m.Lang, now: float) -> list[Effect]:
    """Chooses the language of what the house says."""
    if message.lang not in texts.LANGUAGES:
        raise Refused("bad_lang", lang=message.lang)
    session.lang = message.lang
    return [
        Send(session.number, m.Noted(code="lang", text=texts.word(message.lang, "lang"), ref=message.ref))
    ]


def _commands() -> list[m.CommandInfo]:
    rows: list[m.CommandInfo] = []
    for kind in get_args(m.ClientMessage):
        tag = str(kind.__struct_config__.tag)
        fields = " ".join(field.name for field in msgspec.structs.fields(kind) if field.name != "ref")
        sentence = (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")
        rows.append(m.CommandInfo(tag, f"{tag} {fields}".strip(), sentence))
    return rows


_COMMANDS = _commands()


def offer_help(hub: Hub, session: Session, message: m.Help, now: float) -> list[Effect]:
    """Every message a client may send. Text doors answer with their own commands instead."""
    return [Send(session.number, m.Helped(commands=_COMMANDS, ref=message.ref))]


def doctor(hub: Hub, session: Session, message: m.Doctor, now: float) -> list[Effect]:
    """What the house sees of this session; the door adds what it sees of the connection."""
    values = {
        "session": str(session.number),
        "door": session.door,
        "address": session.address,
        "name": session.name or "-",
        "state": session.state.value,
        "language": session.lang,
        "places": ", ".join(hub.place_name(stream, session.device) for stream in session.members) or "-",
        "call": session.call.menu if session.call is not None else "-",
    }
    rows = [(texts.word(session.lang, name), value) for name, value in values.items()]
    return [Send(session.number, m.Diagnosed(rows=rows, ref=message.ref))]


def ping(hub: Hub, session: Session, message: m.Ping, now: float) -> list[Effect]:
    """Answers."""
    return [Send(session.number, m.Pong(n=message.n, ref=message.ref))]


def pong(hub: Hub, session: Session, message: m.Pong, now: float) -> list[Effect]:
    """That it came is all there is to know; whoever watches the connection has seen it come."""
    return []
