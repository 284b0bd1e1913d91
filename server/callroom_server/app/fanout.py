"""Serving members from the logs: at the end of a pass, one send for each who is behind."""

from collections.abc import Callable

import msgspec

from callroom_server.app.taken import all_taken
from callroom_server.core import reading
from callroom_server.core.effects import Effect, Replay
from callroom_server.core.hub import Hub
from callroom_server.core.presence import parts_of
from callroom_server.core.sessions import Member, Place
from callroom_server.protocols.frames import FRAMES
from callroom_server.protocols.house import Door
from callroom_wire.codec import encode


class Fanout:
    """Who must be served when the pass ends, and the serving.

    Args:
        carry: carries out effects.
        broke: told of the session that could not be served, and why; the others are.
    """

    def __init__(
        self,
        hub: Hub,
        doors: dict[int, Door],
        carry: Callable[[list[Effect]], None],
        broke: Callable[[int, Exception], None],
    ) -> None:
        self._hub = hub
        self._doors = doors
        self._carry = carry
        self._broke = broke
        self._chunk = hub.limits.send_queue_bytes
        self._woken: dict[str, None] = {}  # in the order in which they woke
        self._members: set[Member] = set()
        self.delivered = 0

    def wake(self, stream: str) -> None:
        """A place has something new."""
        self._woken[stream] = None

    def writable(self, session: int) -> None:
        """A door that was congested is free: what its members miss is next."""
        known = self._hub.sessions.get(session)
        if known is not None:
            self._members.update(m for m in known.members.values() if m.cursor < m.place.log.head)

    def flush(self) -> bool:
        """Serves everyone who is behind and can take it; whether anything is left for the next pass."""
        woken, self._woken = self._woken, {}
        members, self._members = self._members, set()
        for stream in woken:
            place = self._hub.places.get(stream)
            if place is not None:
                self._serve(place)
        for member in members:
            if member.session.members.get(member.place.stream) is member:
                self._serve_one(member)
        return bool(self._woken or self._members)

    def _serve(self, place: Place) -> None:
        if place.news is not None:
            self._tell_news(place)
        log, doors = place.log, self._doors
        head, first, read, limit = log.head, log.first, log.read, self._chunk
        for number, member in list(place.members.items()):
            cursor = member.cursor
            if cursor >= head:
                continue
            door = doors.get(number)
            if door is None or door.congested:
                continue  # a congested door asks again when it is writable
            if cursor < first - 1 or member.loading or door.confirms:
                self._serve_one(member)
                continue
            try:
                form, deliver = door.format, door.deliver
                data, cursor = read(cursor, form, limit)
                deliver(data)
                while cursor < head and not door.congested:
                    data, cursor = read(cursor, form, limit)
                    deliver(data)
            except Exception as error:  # this reader's; the others are served
                self._broke(number, error)
            self.delivered += cursor - member.cursor
            member.cursor = cursor

    def _serve_one(self, member: Member) -> None:
        try:
            self._serve_alone(member)
        except Exception as error:
            self._broke(member.session.number, error)

    def _serve_alone(self, member: Member) -> None:
        door = self._doors.get(member.session.number)
        log = member.place.log
        if door is None or member.loading or member.cursor >= log.head or door.congested:
            return
        if door.confirms and all_taken(door.transport):
            member.confirmed = member.cursor
        if not log.retains(member.cursor):
            effect = reading.behind(self._hub, member)
            if effect is not None:
                self._carry([effect])
            return
        before = member.cursor
        data, member.cursor = log.read(before, door.format, self._chunk)
        door.deliver(data)
        self.delivered += member.cursor - before
        if member.cursor < log.head:
            self._members.add(member)

    def settle(self, member: Member) -> None:
        """The last entries for one who leaves; a reader who is far behind leaves without them."""
        door = self._doors.get(member.session.number)
        log = member.place.log
        if door is None or door.congested or member.loading or member.cursor >= log.head:
            return
        if log.retains(member.cursor):
            data, member.cursor = log.read(member.cursor, door.format, self._chunk)
            door.deliver(data)

    def replay(self, effect: Replay) -> None:
        """Entries from the ledger, for one member who is further behind than the log reaches."""
        door = self._doors.get(effect.session)
        session = self._hub.sessions.get(effect.session)
        if door is None or session is None:
            return
        member = session.members[effect.stream]
        form, place = door.format, member.place.log.place
        self.delivered += len(effect.records)
        door.deliver(b"".join(form.encode(place, record.seq, record.event) for record in effect.records))

    def _tell_news(self, place: Place) -> None:
        whole, place.news = place.news, None
        assert whole is not None
        direct = place.stream not in self._hub.state.rooms
        for news in parts_of(whole):
            frame = encode(news)
            for number, member in place.members.items():
                if direct:  # each of the two calls it by the other's name
                    name = self._hub.place_name(place.stream, member.session.device)
                    news = msgspec.structs.replace(news, room=name)
                    frame = encode(news)
                door = self._doors.get(number)
                if door is None:
                    continue
                if door.congested and not (direct and news.renamed):
                    continue  # presence is told, not owed: `Who` tells it again; but a new name is an address
                try:
                    if door.format is FRAMES:
                        door.deliver(frame)
                    else:
                        door.send(news)
                except Exception as error:
                    self._broke(number, error)
