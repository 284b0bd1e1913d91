"""What the ledger tells: what is durable now is applied, shown and acknowledged; refusals are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from callroom_server.core import events, texts
from callroom_server.core.commits import ANSWERS, acknowledge
from callroom_server.core.effects import Begin, Close, Effect, Report, Wake
from callroom_server.core.ledger import QUEUE_FULL, Outcome, Record, Refusal
from callroom_server.core.sessions import State
from callroom_wire.errors import Refused

if TYPE_CHECKING:
    from callroom_server.core.hub import Hub

Acks = dict[tuple[int, str], tuple[list[int], list[int]]]
"""By device and stream: the counters and the seqs of lines that are durable and not acknowledged yet."""


def committed(hub: Hub, records: list[Record], now: float) -> list[Effect]:
    """See `Hub.committed`."""
    effects: list[Effect] = []
    acks: Acks = {}
    woken: dict[str, None] = {}
    for run in _runs(records):
        first, last = run[0], run[-1]
        stream, device = first.stream, first.device
        is_line = first.event.startswith(events.SAID_HEAD)
        applied = hub.state.said(stream, device, first.seq, last) if is_line else hub.state.apply(first)
        place = hub.places.get(stream) or hub.open_direct(stream, first.seq)
        if is_line and hub.live:
            hub.said += len(run)
        if place is not None:
            place.log.extend([record.event for record in run])
            woken[stream] = None
        if applied is not None:
            effects += _acknowledged(hub, acks)  # in order: the answer may be a goodbye
            effects += _answer(hub, *applied, first, now)
        elif device in hub.online:
            ids, seqs = acks.setdefault((device, stream), ([], []))
            ids += [record.counter for record in run]
            seqs += range(first.seq, last.seq + 1)
    effects += _acknowledged(hub, acks)
    for stream in woken:
        _trim(hub, stream)
        effects.append(Wake(stream))
    return effects


def _runs(records: list[Record]) -> Iterator[list[Record]]:
    """Lines of one author in one place that follow one another, together; anything else alone."""
    head = events.SAID_HEAD
    start, count = 0, len(records)
    while start < count:
        first = records[start]
        stop = start + 1
        if first.event.startswith(head):
            stream, device = first.stream, first.device
            while (
                stop < count
                and (after := records[stop]).device == device
                and after.stream == stream
                and after.event.startswith(head)
            ):
                stop += 1
        yield records[start:stop]
        start = stop


def _trim(hub: Hub, stream: str) -> None:
    place = hub.places.get(stream)
    if place is not None and place.log.long:
        place.log.trim(min((member.cursor for member in place.members.values()), default=place.log.head))


def _acknowledged(hub: Hub, acks: Acks) -> list[Effect]:
    effects: list[Effect] = [
        acknowledge(hub, hub.online[device], stream, ids, seqs)
        for (device, stream), (ids, seqs) in acks.items()
    ]
    acks.clear()
    return effects


def _answer(hub: Hub, event: events.AnyEvent, granted: bool, record: Record, now: float) -> list[Effect]:
    answer = ANSWERS.get(type(event))
    if answer is None:
        return []
    try:
        return answer(hub, event, granted, record, now)
    except Exception as error:  # one session's answer; the record itself is applied, and the rest go on
        return [Report(getattr(event, "session", 0), error)]


def refused(hub: Hub, refusals: Iterable[Refusal], now: float) -> list[Effect]:
    """See `Hub.refused`."""
    effects: list[Effect] = []
    for refusal in refusals:
        if not refusal.counter:
            if refusal.event:
                effects += _failed(hub, events.decode(refusal.event), refusal.reason, now)
            continue
        session = hub.online.get(refusal.device)
        if session is None:
            continue
        if refusal.outcome is Outcome.DUPLICATE:
            effects.append(acknowledge(hub, session, refusal.stream, [refusal.counter], [refusal.seq]))
            continue
        code = "id_order" if refusal.outcome is Outcome.REJECTED else _unstored(refusal.reason)
        if refusal.outcome is Outcome.UNKNOWN:
            hub.halt(refusal.device, refusal.counter)
        fault = Refused(code, id=refusal.counter, reason=refusal.reason)
        effects.append(hub.error(session, fault, 0, refusal.counter))
    return effects


def _unstored(reason: str) -> str:
    """The code for what could not be stored."""
    return "ledger_full" if reason == QUEUE_FULL else "ledger_down"


def _failed(hub: Hub, event: events.AnyEvent, reason: str, now: float) -> list[Effect]:
    """A request's own record could not be stored: its session is as before, and told."""
    effects: list[Effect] = []
    if isinstance(event, events.Gone | events.Returned) and event.device not in hub.online:
        effects.append(hub.hold_seat(event.device, now))  # nobody is there: it is held, or let go, for longer
    if not isinstance(event, events.Asked) or event.boot != hub.boot:
        return effects
    if isinstance(event, events.RunAsked):
        return [Begin(event.run, reason)]
    session = hub.sessions.get(event.session)
    if session is None:
        return effects
    hub.tokens.pop(session.number, None)
    session.then = None
    if session.state is State.LOGGING_IN:
        session.state = State.CALLER
    effects.append(hub.error(session, Refused(_unstored(reason), reason=reason), event.ref))
    if session.state is State.CLOSING:  # not recorded: the seat is let go when its time is over
        effects.append(Close(session.number, "quit", texts.word(session.lang, "quit")))
    return effects + hub.release(session, now)
