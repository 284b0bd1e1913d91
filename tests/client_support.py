"""A client in tests: events without a link, the list that a view makes of the splices, requests as notes."""

from itertools import count

from callroom_client import events as e
from callroom_client.client import NotSent
from callroom_client.events import Timeout, Verb
from callroom_client.model import Changes, Entry, Model
from callroom_wire.messages import ClientMessage, ServerMessage


class Notes:
    """A client that writes down what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[ClientMessage] = []
        self.said: list[tuple[str, str]] = []
        self.timeouts: list[tuple[Verb, Timeout]] = []
        self.reconnects = 0
        self.names: list[str] = []
        self.online = True

    def ask(self, message: ClientMessage) -> int:
        if not self.online:
            raise NotSent("offline")
        self.asked.append(message)
        return len(self.asked)

    def say(self, place: str, text: str) -> int:
        if len(text) > 100:
            raise ValueError("too long for a frame")
        self.said.append((place, text))
        return len(self.said)

    def set_timeout(self, verb: Verb, value: Timeout) -> None:
        self.timeouts.append((verb, value))

    def reconnect_now(self) -> None:
        self.reconnects += 1

    def log_in_as(self, name: str) -> None:
        self.names.append(name)


class Watched:
    """A model, fed with events whose times count up, and what a view shows of it."""

    def __init__(self) -> None:
        self.model = Model(epoch=1000.0)
        self.shown: dict[str, list[Entry]] = {}
        self.clock = count(1)

    def happens(self, event: e.Event) -> Changes:
        """Applies an event; the view's lists are compared with the model's."""
        changes = self.model.apply(event)
        for old, new in changes.renamed:
            self.shown[new] = self.shown.pop(old, [])
        for splice in changes.splices:
            shown = self.shown.setdefault(splice.place, [])
            shown[splice.index : splice.index + splice.removed] = splice.added
        return changes

    def hears(self, message: ServerMessage) -> Changes:
        """The server tells something."""
        return self.happens(e.Received(at=self.now(), message=message))

    def asks(self, message: ClientMessage) -> Changes:
        """The client asks something."""
        return self.happens(e.Asked(at=self.now(), message=message))

    def says(self, number: int, place: str, text: str) -> Changes:
        """A line is written down."""
        return self.happens(e.Queued(at=self.now(), id=number, place=place, text=text))

    def now(self) -> float:
        """The next second."""
        return float(next(self.clock))

    def check(self) -> None:
        """What a view shows is what the model has."""
        for place in self.model.places:
            assert self.shown.get(place.name, []) == list(place.entries), place.name
