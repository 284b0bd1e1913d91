"""A place: the robot's call, a room, or a direct conversation, with everything a view shows of it."""

from collections.abc import Iterable

import msgspec

from callroom_client.model.changes import Gathering
from callroom_client.model.entries import Line, Note, What
from callroom_client.model.transcript import Transcript
from callroom_wire import messages as m

ROBOT = ""
"""The name of the place where the robot is."""

NAMES_NOTED = 30
"""Of those who came or went at once, so many are named in a note."""


class Person(msgspec.Struct, frozen=True):
    """Somebody in a place: `here`, `away` (and why) or `lost`."""

    name: str
    state: str = "here"
    note: str = ""


class Place:
    """One place. Views read everything here; only the model changes it.

    Attributes:
        name: as the house writes it: a room, `@` and a person, or "" for the robot.
        entries: the transcript, a sequence.
        joined: whether one is there: rooms that one has left stay, and can still be read.
        people: who is there, by name; of a large room only those the house has named.
        topic, head: the room's topic, and the seq of its newest entry as far as it is known.
        read, unread, mentions: the last seq that was read, and what came since from others.
        draft: what was typed there and not sent.
    """

    __slots__ = (
        "_gathering",
        "_listing",
        "draft",
        "entries",
        "head",
        "joined",
        "mentions",
        "people",
        "read",
        "topic",
        "unread",
    )

    def __init__(self, name: str, gathering: Gathering) -> None:
        self.entries = Transcript(name, gathering)
        self.joined = False
        self.people: dict[str, Person] = {}
        self.topic = ""
        self.head = 0
        self.read = 0
        self.unread = 0
        self.mentions = 0
        self.draft = ""
        self._gathering = gathering
        self._listing: dict[str, Person] = {}

    @property
    def name(self) -> str:
        """As the house writes it."""
        return self.entries.name

    @property
    def direct(self) -> bool:
        """Whether it is a conversation between two."""
        return self.name.startswith("@")

    @property
    def room(self) -> bool:
        """Whether it is a room."""
        return bool(self.name) and not self.direct

    def older(self, limit: int = 50) -> m.History | None:
        """What to ask for to read further back; None when there is nothing more."""
        if self.entries.begun or not self.name:
            return None
        return m.History(place=self.name, before=self.entries.oldest, limit=limit)

    def missing(self, limit: int = 500) -> m.History | None:
        """What to ask for to fill the newest hole; None when nothing is missing."""
        holes = self.entries.holes()
        if not holes:
            return None
        hole = holes[-1]
        return m.History(
            place=self.name, before=hole.last + 1, limit=max(1, min(limit, hole.last - hole.first + 1))
        )

    # --- lines --------------------------------------------------------------------------------------------

    def came(self, line: Line) -> bool:
        """A line was sent; False if it was known."""
        new = self.entries.came(line)
        self.head = max(self.head, line.seq)
        if new:
            self.count((line,))
        return new

    def count(self, lines: Iterable[Line]) -> None:
        """Counts what is new and not one's own."""
        for line in lines:
            if line.marks & 1 or line.seq <= self.read:
                continue
            self.unread += 1
            self._gathering.places.add(self.name)
            if line.marks & 2:
                self.mentions += 1
                self._gathering.mentioned.add(self.name)

    def read_up_to(self, seq: int | None) -> None:
        """Everything up to there has been seen."""
        reached = self.entries.last if seq is None else seq
        if reached <= self.read and not self.unread:
            return
        self.read = max(self.read, reached)
        unread = mentions = 0
        for line in self.entries.after(self.read):
            unread += not line.own
            mentions += line.mention and not line.own
        if (unread, mentions) != (self.unread, self.mentions):
            self.unread, self.mentions = unread, mentions
            self._gathering.places.add(self.name)

    # --- people -------------------------------------------------------------------------------------------

    def enter(self, message: m.Joined) -> None:
        """One is there now; it goes on after `seen`."""
        first = not self.joined and not self.entries.cursor
        self.joined = True
        self.entries.joined(message.seen, message.head)
        if first or self.read > message.head:
            self.read = message.seen
        self.head = message.head
        self._gathering.places.add(self.name)
        if self.room:
            self.topic = message.topic
            self.people = {name: self.people.get(name, Person(name)) for name in message.people}
            self._gathering.people.add(self.name)

    def present(self, message: m.Present, at: int) -> None:
        """Who came and went."""
        people = self.people
        for name in message.came:
            people[name] = Person(name)
        for name in message.back:
            people[name] = Person(name)
        for name in message.went:
            people.pop(name, None)
        for name in message.lost:
            people[name] = Person(name, "lost")
        for name, note in message.away.items():
            people[name] = Person(name, "away", note)
        for old, new in message.renamed.items():
            person = people.pop(old, Person(old))
            people[new] = Person(new, person.state, person.note)
        self._gathering.people.add(self.name)
        for what, names in (
            (What.CAME, message.came),
            (What.WENT, message.went),
            (What.LOST, message.lost),
            (What.BACK, message.back),
        ):
            if names:
                more = len(names) - NAMES_NOTED
                shown = ", ".join(names[:NAMES_NOTED]) + (f" (+{more})" if more > 0 else "")
                self.entries.note(Note(what, at, shown))
        for what, table in ((What.AWAY, message.away), (What.RENAMED, message.renamed)):
            for name, text in table.items():
                self.entries.note(Note(what, at, name, text))

    def listed(self, message: m.WhoListed) -> None:
        """All who are there, in one message or several."""
        self._listing.update({one.name: Person(one.name, one.state, one.note) for one in message.people})
        if not message.more:
            self.people, self._listing = self._listing, {}
            self._gathering.people.add(self.name)
