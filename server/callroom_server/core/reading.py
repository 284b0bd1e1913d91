"""Reading from the ledger: history, search, and members who fell behind. Workers read; this asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from callroom_server.core import events, texts
from callroom_server.core.effects import Alarm, Effect, Handed, Later, ReadJob, Replay, Run, Send, Wake
from callroom_server.core.ledger import Hits, Record
from callroom_server.core.sessions import Member, Session
from callroom_wire.errors import Refused
from callroom_wire.messages import Entry, Found, Gap, Noted, Page, Said, Told, TopicSet

if TYPE_CHECKING:
    from callroom_server.core.hub import Hub

PAGE_BYTES = 48 * 1024
"""A page ends before its frame would pass the wire's 64 KiB; the rest is the next page."""


ENTRY_OVERHEAD = 128
"""What an entry's message has beyond its event, at most: the place's or both people's names, and its seq."""


RETRY_SECONDS = 0.05
"""When the workers are asked again for a member who is behind."""


class Wanted(msgspec.Struct, frozen=True):
    """What a worker's answer is for: a page, a search, a member served from the ledger, a look-up, or a run.

    Of a look-up, and of a run that a call asked for, `ref` is the engine's ticket, `stream` the call's name.
    """

    kind: str
    session: int
    ref: int = 0
    stream: str = ""
    query: str = ""


def behind(hub: Hub, member: Member) -> Effect | None:
    """Asks for what a member misses and the log no longer retains."""
    if member.loading:
        return None
    member.loading = True
    place = member.place
    wanted = Wanted("replay", member.session.number, stream=place.stream)
    job = ReadJob(place.stream, member.cursor, place.log.first, hub.limits.replay_records, newest=False)
    return Run(member.session.number, job, hub.ticket(wanted))


def arrived(
    hub: Hub, session: Session, wanted: Wanted, run: Run, result: list[Record] | Hits
) -> list[Effect]:
    """What a worker read is shown to whom it is for."""
    if isinstance(result, Hits):
        return [_found(hub, session, wanted, result)]
    assert isinstance(run.job, ReadJob)
    if wanted.kind == "replay":
        return _replayed(hub, session, wanted.stream, run.job, result)
    return [_page(hub, session, wanted, run.job, result)]


def handed_out(hub: Hub, session: Session, wanted: Wanted, handed: Handed) -> Effect:
    """Where the transcript is that was asked for."""
    hours = f"{hub.limits.transcript_seconds / 3600:g}"
    text = texts.word(
        session.lang,
        "transcript" if handed.whole else "transcript_cut",
        place=hub.place_name(wanted.stream, session.device),
        count=handed.entries,
        hours=hours,
        url=f"{hub.site}/transcripts/{handed.token}",
    )
    return Send(session.number, Noted(code="transcript", text=text, ref=wanted.ref))


def failed(hub: Hub, session: Session, wanted: Wanted, now: float) -> list[Effect]:
    """A worker had no time, or could not read."""
    if wanted.kind == "replay":
        return _again(hub, session, wanted.stream, now)
    return [hub.error(session, Refused("busy"), wanted.ref)]


def _again(hub: Hub, session: Session, stream: str, now: float) -> list[Effect]:
    """A member who is behind could not be served: nobody asked, so nobody is told; try again."""
    member = session.members.get(stream)
    if member is None:
        return []
    member.loading = False
    return [Later(now + RETRY_SECONDS, Alarm("behind", session.number))]


def still_behind(hub: Hub, number: int) -> list[Effect]:
    """The time to try again for a session that could not be served from the ledger."""
    session = hub.sessions.get(number)
    if session is None:
        return []
    waiting = [
        m.place.stream for m in session.members.values() if m.cursor < m.place.log.head and not m.loading
    ]
    return [Wake(stream) for stream in waiting]


def _replayed(hub: Hub, session: Session, stream: str, job: ReadJob, records: list[Record]) -> list[Effect]:
    member = session.members.get(stream)
    if member is None:
        return []
    member.loading = False
    if job.after != member.cursor:  # the client has chosen to go on from somewhere else meanwhile
        return [Wake(stream)]
    effects: list[Effect] = []
    first = records[0].seq if records else job.before
    if first > member.cursor + 1:
        gap = Gap(place=hub.place_name(stream, session.device), first=member.cursor + 1, last=first - 1)
        effects.append(Send(session.number, gap))
    member.cursor = first - 1
    records = _share(records, hub.limits.send_queue_bytes)
    if records:
        effects.append(Replay(session.number, stream, records))
        member.cursor = records[-1].seq
    effects.append(Wake(stream))
    return effects


def _share(records: list[Record], limit: int) -> list[Record]:
    """As many of these as one reader is given at once, and at least one."""
    size = 0
    for count, record in enumerate(records):
        size += len(record.event) + ENTRY_OVERHEAD
        if size > limit and count:
            return records[:count]
    return records


def entry(hub: Hub, record: Record) -> Entry | None:
    """A record as the message that shows it."""
    event = events.decode(record.event)
    match event:
        case events.Said():
            if record.stream.startswith("dm/"):
                one, other = (hub.state.devices.get(n) for n in events.direct_devices(record.stream))
                pair = (one.name if one else "?", other.name if other else "?")
                conversation = events.conversation_of(record.stream)
                return Told(pair, record.seq, event.at, event.by, event.text, conversation)
            return Said(room=_room(hub, record), seq=record.seq, at=event.at, by=event.by, text=event.text)
        case events.Topic():
            return TopicSet(
                room=_room(hub, record), seq=record.seq, at=event.at, by=event.by, text=event.text
            )
        case _:
            return None


def _room(hub: Hub, record: Record) -> str:
    room = hub.state.rooms.get(record.stream)
    return room.name if room is not None else record.stream.removeprefix("room/")


def _fit(hub: Hub, records: list[Record], newest: bool) -> tuple[list[Entry], bool]:
    """As many entries as a frame takes, from the newest or the oldest end; and whether any was left out."""
    entries: list[Entry] = []
    size = 0
    for record in reversed(records) if newest else records:
        size += len(record.event) + ENTRY_OVERHEAD
        if size > PAGE_BYTES and entries:
            return entries[::-1] if newest else entries, True
        shown = entry(hub, record)
        if shown is not None:
            entries.append(shown)
    return entries[::-1] if newest else entries, False


def _page(hub: Hub, session: Session, wanted: Wanted, job: ReadJob, records: list[Record]) -> Effect:
    entries, cut = _fit(hub, records, job.newest)
    end = not cut and len(records) < job.limit
    place = hub.place_name(wanted.stream, session.device)
    return Send(session.number, Page(place=place, entries=entries, end=end, ref=wanted.ref))


def _found(hub: Hub, session: Session, wanted: Wanted, hits: Hits) -> Effect:
    entries, cut = _fit(hub, hits.records, newest=False)
    found = Found(
        query=wanted.query, entries=entries, more=hits.more or cut, behind=hits.behind, ref=wanted.ref
    )
    return Send(session.number, found)
