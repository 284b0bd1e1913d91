"""Runbooks: asking for a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callroom_server.core import running
from callroom_server.core.effects import Effect
from callroom_server.core.reading import Wanted
from callroom_server.core.sessions import Session
from callroom_server.core.whence import here
from callroom_wire import messages as m
from callroom_wire.errors import Refused

if TYPE_CHECKING:
    from callroom_server.core.hub import Hub


def run(hub: Hub, session: Session, message: m.Run, now: float) -> list[Effect]:
    """Runs a runbook, for whoever is on this machine."""
    if not here(session.address):
        raise Refused("run_here_only")
    if session.running >= hub.limits.runbooks_per_session:
        raise Refused("runbooks_busy", limit=hub.limits.runbooks_per_session)
    session.running += 1
    wanted = Wanted("run", session.number, message.ref)
    return [running.execute(hub, wanted, message.name, message.args)]
