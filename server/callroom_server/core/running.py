"""Runbooks that sessions and calls have asked for: what the app tells of them, and who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callroom_server.core import calls
from callroom_server.core.effects import Effect, Execute, Send
from callroom_server.core.reading import Wanted
from callroom_server.core.runbooks import Over
from callroom_wire.errors import Refused
from callroom_wire.messages import RunOutput, RunOver

if TYPE_CHECKING:
    from callroom_server.core.hub import Hub

OUTPUT_KEPT = 16_000
"""Bytes of a run's output that a call keeps to say: 4,000 characters, whatever they are."""


def execute(hub: Hub, wanted: Wanted, name: str, args: list[str]) -> Effect:
    """Asks the app for a run."""
    ticket = hub.ticket(wanted)
    if wanted.stream:
        hub.outputs[ticket] = bytearray()
    return Execute(wanted.session, name, args, ticket)


def output(hub: Hub, wanted: Wanted, ticket: int, channel: int, data: bytes) -> list[Effect]:
    """A program has written something: a session is told at once, a call when the program has ended."""
    kept = hub.outputs.get(ticket)
    if kept is not None:
        kept += data[: OUTPUT_KEPT - len(kept)]
        return []
    return [Send(wanted.session, RunOutput(channel=channel, data=data, ref=wanted.ref))]


def over(hub: Hub, wanted: Wanted, ticket: int, end: Over | Refused, now: float) -> list[Effect]:
    """A program has ended, or was refused."""
    kept = hub.outputs.pop(ticket, bytearray())
    session = hub.sessions.get(wanted.session)
    if session is None:
        return []
    if wanted.stream:
        return calls.ran(hub, session, wanted, bytes(kept), end, now)
    session.running -= 1
    if isinstance(end, Refused):
        return [hub.error(session, end, wanted.ref)]
    told = RunOver(
        code=end.code, reason=end.reason, seconds=end.seconds, output_bytes=end.output_bytes, ref=wanted.ref
    )
    return [Send(session.number, told)]
