"""Calling the robot: dial, press, hang up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callroom_server.core import calls
from callroom_server.core.effects import Effect
from callroom_server.core.sessions import Session
from callroom_wire import messages as m
from callroom_wire.errors import Refused
from callroom_wire.text import clean

if TYPE_CHECKING:
    from callroom_server.core.hub import Hub


def dial(hub: Hub, session: Session, message: m.Dial, now: float) -> list[Effect]:
    """Begins a call, or comes back to the one that waits."""
    call = session.call
    if call is not None and message.menu in ("", call.menu):
        return calls.come_back(hub, session, call, message.ref, now)
    menus = hub.shelf.newest()
    if message.menu and message.menu not in menus:
        raise Refused("no_such_menu", menu=message.menu, menus=", ".join(sorted(menus)))
    return calls.begin(hub, session, message.menu, message.ref, now)


def press(hub: Hub, session: Session, message: m.Press, now: float) -> list[Effect]:
    """An entry: digits, a word, a code."""
    if session.call is None:
        raise Refused("not_in_call")
    limit = hub.limits.text_characters
    if len(message.text) > limit:
        raise Refused("text_too_long", length=len(message.text), limit=limit)
    return calls.entered(hub, session, clean(message.text), message.ref, now)


def hang_up(hub: Hub, session: Session, message: m.HangUp, now: float) -> list[Effect]:
    """Ends the call."""
    if session.call is None:
        raise Refused("not_in_call")
    return calls.hung_up(hub, session, message.ref, now)
