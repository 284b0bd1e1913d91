"""A house that is killed again and again under load, and people who notice if anything is amiss.

Each person says numbered lines into one room, `WINDOW` of them without an acknowledgement, and checks every
line that comes, their own included: the seq is the one after the last, the number is the author's next, and
what was acknowledged is what came. So a line that was lost, doubled or put out of order is noticed at once by
everyone, whenever it happens, and nothing needs to be remembered but the last of each.
"""

import random
import selectors
import socket
import time
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from callroom_server.core.events import Said, decode
from callroom_server.ledger.reader import SqliteReader
from callroom_wire import messages as m
from callroom_wire.codec import decode_reply, encode
from callroom_wire.frames import MAX_FRAME, FrameDecoder
from framed_support import Framed
from house_support import PATIENCE, LiveHouse, Starter

ROOM = "arena"
WINDOW = 32
SHORTEST, LONGEST = 0.020, 0.250
"""Seconds of load between a start and the kill."""

INFANTICIDE = 0.05
"""How many of the kills come while the server is still starting, at a moment of its first 60 ms."""

FILLING = "x" * 40
LIMITS: dict[str, float] = {"snapshot_records": 5000, "drop_after_seconds": 600, "ping_after_seconds": 300}
"""Snapshots often enough that restarts begin with one, and are killed while one is made."""


class Person:
    """One author and reader, across all connections and kills."""

    def __init__(self, name: str, token: str, seen: int) -> None:
        self.name = name
        self.token = token
        self.seen = seen
        self.heard: dict[str, int] = {}  # the last number of each author
        self.said = 0
        self.acknowledged = 0
        self.unacknowledged: dict[int, None] = {}  # in order
        self.own_seqs: dict[int, int] = {}  # lines of one's own of which only the line, or only the ack, came
        self.ready = False
        self._decoder = FrameDecoder(MAX_FRAME)

    def connect(self, port: int) -> socket.socket:
        """A new connection that asks to come back."""
        self.ready = False
        self._decoder = FrameDecoder(MAX_FRAME)
        sock = socket.create_connection(("127.0.0.1", port), PATIENCE)
        sock.sendall(encode(m.Hello()) + encode(m.Resume(token=self.token, seen={ROOM: self.seen})))
        return sock

    def received(self, data: bytes) -> None:
        """Takes in what came, and checks it."""
        for body in self._decoder.feed(data):
            match decode_reply(body):
                case m.Said(seq=seq, by=by, text=text):
                    self._line(seq, by, text)
                case m.Ack(ids=ids, seqs=seqs):
                    for number, seq in zip(ids, seqs, strict=True):
                        self._acknowledged(number, seq)
                case m.LoggedIn() as logged_in:
                    # What was acknowledged must be known; what was not may be.
                    assert self.acknowledged <= logged_in.last_id <= self.said, (self.name, logged_in)
                    assert logged_in.resumed
                    self.token = logged_in.token
                case m.Joined() as joined:
                    assert joined.seen == self.seen, (self.name, self.seen, joined)
                    self.ready = True
                case m.Present() | m.Welcomed() | m.Ping():
                    pass
                case other:
                    raise AssertionError((self.name, other))

    def _line(self, seq: int, by: str, text: str) -> None:
        assert seq == self.seen + 1, f"{self.name} has {self.seen} and was sent {seq} next"
        self.seen = seq
        number = int(text.partition(":")[0])
        last = self.heard.get(by, 0)
        assert number == last + 1, f"{self.name} heard {by} say {number} after {last}, as seq {seq}"
        self.heard[by] = number
        if by == self.name:
            self._matched(number, seq)

    def _acknowledged(self, number: int, seq: int) -> None:
        # Of lines that were sent again, those stored before are acknowledged after those stored now.
        assert number in self.unacknowledged, f"{self.name} does not wait for {number}"
        del self.unacknowledged[number]
        self.acknowledged = max(self.acknowledged, number)
        self._matched(number, seq)

    def _matched(self, number: int, seq: int) -> None:
        before = self.own_seqs.pop(number, None)
        if before is None:
            self.own_seqs[number] = seq
        else:
            assert before == seq, f"{self.name}'s {number} is {before} and {seq}"

    def again(self) -> bytes:
        """What has no acknowledgement, to be sent once more."""
        return b"".join(map(self._say, self.unacknowledged))

    def more(self) -> bytes:
        """New lines, up to the window."""
        lines: list[bytes] = []
        while len(self.unacknowledged) < WINDOW:
            self.said += 1
            self.unacknowledged[self.said] = None
            lines.append(self._say(self.said))
        return b"".join(lines)

    def _say(self, number: int) -> bytes:
        return encode(m.Say(id=number, room=ROOM, text=f"{number}:{FILLING}"))


class Crowd:
    """Everyone's connections to one life of the server."""

    def __init__(self, people: list[Person], port: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._open: dict[int, tuple[socket.socket, Person]] = {}
        for person in people:
            sock = person.connect(port)
            self._open[sock.fileno()] = sock, person
            self._selector.register(sock.fileno(), selectors.EVENT_READ)

    def talk(self, until: float) -> None:
        """Everyone talks and listens until a moment."""
        while (left := until - time.monotonic()) > 0:
            for sock, person in self._listen(left):
                if person.ready and len(person.unacknowledged) < WINDOW:
                    sock.sendall(person.more())

    def settle(self) -> None:
        """Everyone listens until all that was said is acknowledged, and heard by everyone."""
        deadline = time.monotonic() + PATIENCE
        while not self._settled():
            left = deadline - time.monotonic()
            assert left > 0, [(p.name, p.ready, p.seen, p.unacknowledged) for _, p in self._open.values()]
            self._listen(left)

    def _settled(self) -> bool:
        people = [person for _, person in self._open.values()]
        return all(
            p.ready and not p.unacknowledged and not p.own_seqs and p.seen == people[0].seen for p in people
        )

    def _listen(self, left: float) -> list[tuple[socket.socket, Person]]:
        """Takes in what has come for whom; who has just come back says again what is not acknowledged."""
        heard: list[tuple[socket.socket, Person]] = []
        for key, _ in self._selector.select(left):
            sock, person = self._open[key.fd]
            was_ready = person.ready
            data = sock.recv(262_144)
            assert data, f"{person.name} was closed by the server"
            person.received(data)
            if person.ready and not was_ready:
                sock.sendall(person.again())
            heard.append((sock, person))
        return heard

    def die(self) -> None:
        """The server is dead: what it had sent still counts."""
        for sock, person in self._open.values():
            with suppress(ConnectionResetError):
                while data := sock.recv(262_144):
                    person.received(data)

    def close(self) -> None:
        """Closes every connection."""
        self._selector.close()
        for sock, _ in self._open.values():
            sock.close()
        self._open.clear()


class Trial(msgspec.Struct, frozen=True):
    """What happened in so many kills: how many lines each person said, and the seq of the room's last."""

    cycles: int
    said: dict[str, int]
    head: int


def trial(starter: Starter, folder: Path, cycles: int, seed: int, people: int = 4) -> Trial:
    """Kills a server so many times at random moments; raises when anything acknowledged is amiss."""
    chance = random.Random(seed)
    house = LiveHouse(starter, folder, LIMITS, ["--no-flood", "--log-level", "warning"])
    try:
        house.start()
        crowd = _gather(house, people)
        for _ in range(cycles):
            if chance.random() < INFANTICIDE:
                house.launch(again_on_port=False)
                time.sleep(chance.uniform(0, 0.06))
                house.kill()
            house.start(again_on_port=False)
            with closing(Crowd(crowd, house.port)) as connected:
                connected.talk(time.monotonic() + chance.uniform(SHORTEST, LONGEST))
                house.kill()
                connected.die()
        house.start(again_on_port=False)
        with closing(Crowd(crowd, house.port)) as connected:
            connected.settle()
        house.stop()
    finally:
        house.close()
    return Trial(cycles, {p.name: p.said for p in crowd}, crowd[0].seen)


def _gather(house: LiveHouse, people: int) -> list[Person]:
    """People with a name, a token and a seat, whose connections are gone."""
    crowd: list[Person] = []
    for number in range(people):
        with Framed(house.port) as client:
            token = client.login(f"p{number}").token
            crowd.append(Person(f"p{number}", token, client.join(ROOM).seen))
    house.kill()
    return crowd


def said_in(folder: Path) -> dict[str, list[int]]:
    """What lies in the ledger of a server that has ended: the numbers that each person said, in order.

    Asserts that the room's seqs have no gap.
    """
    reader = SqliteReader(folder)
    said: dict[str, list[int]] = {}
    seen = 0
    try:
        while page := reader.read(f"room/{ROOM}", seen, 1 << 62, 1000, newest=False):
            for record in page:
                seen += 1
                assert record.seq == seen
                event = decode(record.event)
                assert isinstance(event, Said)
                said.setdefault(event.by, []).append(int(event.text.partition(":")[0]))
    finally:
        reader.close()
    return said
