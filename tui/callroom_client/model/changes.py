"""What an event has changed, so that a view need not compare: splices of transcripts, flags for the rest."""

import msgspec

from callroom_client.model.entries import Entry
from callroom_wire.messages import ServerMessage


class Splice(msgspec.Struct, frozen=True):
    """At `index` of a place's entries, `removed` entries became those of `added`.

    Splices apply one after another, in the order in which they stand:
    `shown[s.index : s.index + s.removed] = s.added`.
    """

    place: str
    index: int
    removed: int
    added: tuple[Entry, ...]


class Changes(msgspec.Struct, frozen=True):
    """What is not as it was. An empty one is false."""

    renamed: tuple[tuple[str, str], ...] = ()
    """Places with another name, as (old, new): to be heeded before the splices, which have the new name."""
    splices: tuple[Splice, ...] = ()
    told: tuple[ServerMessage, ...] = ()
    """What the house answered, made harmless; entries, acknowledgements and pings are not among it."""
    people: frozenset[str] = frozenset()
    """Places of which the people changed."""
    places: frozenset[str] = frozenset()
    """Places of which the topic, head, draft or counts changed."""
    mentioned: frozenset[str] = frozenset()
    """Places in which somebody has just named or addressed the reader."""
    moved: bool = False
    """There are other places, or another is the current one."""
    connection: bool = False
    """The stage, the ends of the socket, its time-outs, or who one is."""
    traffic: bool = False
    """Counts, operations, round trips, the kernel's figures: change all the time."""
    call: bool = False
    """What the robot asks."""

    def __bool__(self) -> bool:
        return self != _NOTHING


_NOTHING = Changes()


class Gathering:
    """Changes while they happen."""

    __slots__ = (
        "_splices",
        "call",
        "connection",
        "mentioned",
        "moved",
        "people",
        "places",
        "renamed",
        "told",
        "traffic",
    )

    def __init__(self) -> None:
        self._splices: list[tuple[str, int, int, list[Entry]]] = []
        self.renamed: list[tuple[str, str]] = []
        self.told: list[ServerMessage] = []
        self.people: set[str] = set()
        self.places: set[str] = set()
        self.mentioned: set[str] = set()
        self.moved = self.connection = self.traffic = self.call = False

    def splice(self, place: str, index: int, removed: int, added: list[Entry]) -> None:
        """Takes down a splice; what is added right behind what was added before makes one with it."""
        if self._splices and not removed:
            before = self._splices[-1]
            if before[0] == place and before[1] + len(before[3]) == index:
                before[3].extend(added)
                return
        self._splices.append((place, index, removed, added))

    def rename(self, old: str, new: str) -> None:
        """A place has another name from now on."""
        self.renamed.append((old, new))
        self._splices = [(new if splice[0] == old else splice[0], *splice[1:]) for splice in self._splices]

    def done(self) -> Changes:
        """What has gathered, and begins again."""
        changes = Changes(
            tuple(self.renamed),
            tuple(
                [
                    Splice(place, index, removed, tuple(added))
                    for place, index, removed, added in self._splices
                ]
            ),
            tuple(self.told),
            frozenset(self.people),
            frozenset(self.places),
            frozenset(self.mentioned),
            self.moved,
            self.connection,
            self.traffic,
            self.call,
        )
        if changes.splices:
            self._splices.clear()
        self.renamed.clear()
        self.told.clear()
        self.people.clear()
        self.places.clear()
        self.mentioned.clear()
        self.moved = self.connection = self.traffic = self.call = False
        return changes
