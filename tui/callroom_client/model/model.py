"""The model: everything that a view shows, made of events by `apply` and by nothing else."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from callroom_client import events as e
from callroom_client.events import Event, Stage
from callroom_client.model import local
from callroom_client.model.call import Call
from callroom_client.model.changes import Changes, Gathering
from callroom_client.model.connection import Connection
from callroom_client.model.entries import SECRET, Note, Own, Way, What
from callroom_client.model.heard import hear
from callroom_client.model.place import ROBOT, Place
from callroom_wire import messages as m
from callroom_wire import names
from callroom_wire.command import Where
from callroom_wire.text import clean

REMEMBERED = 256
"""Of requests without an answer, and of echoes without an acknowledgement, so many are remembered."""

_READY = (Stage.READY, Stage.SILENT)


class Model:
    """All of a client's state. Give it every event, in the order in which they come, from one thread.

    Args:
        epoch: what to add to the monotonic seconds of events to get Unix seconds, for the times of notes.
    """

    def __init__(self, epoch: float = 0.0) -> None:
        self.gathering = Gathering()
        self.connection = Connection()
        self.call = Call()
        self.name = ""
        """One's own, "" before a login."""
        self.current = ROBOT
        """The name of the place where one is."""
        self.rooms: dict[str, m.RoomInfo] = {}
        """The rooms of the house, as they were last listed."""
        self.house: dict[str, m.PersonInfo] = {}
        """The people of the house, as they were last listed."""
        self.menus: dict[str, None] = {}
        """Menus that have been called."""
        self.secret_refs: OrderedDict[int, None] = OrderedDict()
        """The requests that carried a secret: whoever shows frames must not show theirs."""
        self.owns: dict[int, Place] = {}  # where each line of one's own is that is not stored
        self.echoes: OrderedDict[tuple[str, int], Own] = OrderedDict()  # seen before their acknowledgement
        self.asked: OrderedDict[int, m.History] = OrderedDict()
        self.moves: set[int] = set()
        self.past: list[str] = []
        self.listing: dict[str, m.RoomInfo] = {}
        self.house_listing: dict[str, m.PersonInfo] = {}
        self._epoch = epoch
        self._places: dict[str, Place] = {}
        self._spelled: dict[str, Place] = {}
        self.mention: Callable[[str], object] | None = None
        self.open(ROBOT)

    # --- what happens -------------------------------------------------------------------------------------

    def apply(self, event: Event) -> Changes:
        """Takes in one event, and says what has changed."""
        _HAPPENED[type(event)](self, event)
        return self.gathering.done()

    def apply_all(self, events: Iterable[Event]) -> Changes:
        """Takes in many, and says what all of them have changed together."""
        happened = _HAPPENED
        for event in events:
            happened[type(event)](self, event)
        return self.gathering.done()

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place: the robot first, then in the order in which one came to them."""
        return tuple(self._places.values())

    @property
    def here(self) -> Place:
        """The place where one is: what is typed goes there."""
        return self._places[_key(self.current)]

    def place(self, name: str) -> Place | None:
        """A place by its name in any spelling."""
        return self._spelled.get(name) or self._places.get(_key(name))

    @property
    def where(self) -> Where:
        """What commands need to know."""
        rooms = frozenset(place.name for place in self._places.values() if place.room and place.joined)
        secret = self.call.secret and self.current == ROBOT
        return Where(self.current, self.name, rooms, self.here.entries.oldest, secret)

    @property
    def waiting(self) -> int:
        """How many lines of one's own are not stored yet, those that were refused not among them."""
        return sum(own.way is not Way.FAILED for place in self._places.values() for own in place.entries.owns)

    @property
    def caught_up(self) -> bool:
        """Whether every line of one's own that is stored has come back as an entry, where one still is."""
        there = (place for place in self._places.values() if place.joined or place.direct)
        return all(place.entries.last <= place.entries.cursor for place in there)

    def clock(self, at: float) -> int:
        """An event's time in Unix milliseconds."""
        return int((at + self._epoch) * 1000)

    # --- for the handlers of this package -----------------------------------------------------------------

    def open(self, name: str) -> Place:
        """The place of this name, made if it is new."""
        place = self._spelled.get(name)
        if place is None:
            key = _key(name)
            place = self._places.get(key)
            if place is None:
                place = self._places[key] = Place(name, self.gathering)
                self.gathering.moved = True
            self._spelled[name] = place
        return place

    def choose(self, name: str) -> None:
        """What is typed goes there from now on."""
        place = self.open(name)
        if place.name != self.current:
            self.past = [
                *(known for known in self.past if known not in (place.name, self.current)),
                self.current,
            ]
            self.current = place.name
            self.gathering.moved = True

    def leave(self, name: str) -> None:
        """One is there no longer, and goes back to where one was before."""
        self.past = [known for known in self.past if known != name]
        if self.current == name:
            self.current = self.past.pop() if self.past else ROBOT
        self.gathering.moved = True

    def rename(self, old: str, new: str) -> None:
        """A place has another name: the other one of a direct conversation is called otherwise now."""
        place, known = self.place(old), self.place(new)
        if place is None:
            return
        if known is not None:  # from another who was called that: their lines stay, the talk goes on there
            if known is not place:
                if self.current == place.name:
                    self.choose(known.name)
                self.past = [name for name in self.past if name != place.name]
            return
        key = _key(old)
        self._places = {(_key(new) if known == key else known): kept for known, kept in self._places.items()}
        self._spelled = {spelled: kept for spelled, kept in self._spelled.items() if kept is not place}
        self.past = [new if known == place.name else known for known in self.past]
        if self.current == place.name:
            self.current = new
        self.gathering.rename(place.name, new)
        place.entries.name = new
        self.gathering.moved = True

    def called(self, name: str) -> None:
        """One's own name is this now."""
        self.name = name
        self.mention = _mention(name) if name else None
        self.gathering.connection = True

    def unecho(self, number: int) -> Own | None:
        """The line was taken for stored by its text alone, and is not: what was seen is another one's."""
        for (name, seq), own in self.echoes.items():
            if own.id == number:
                del self.echoes[name, seq]
                self.echo(self.open(name), seq, own.text)
                return own
        return None

    def echo(self, place: Place, seq: int, text: str) -> None:
        """A line of one's own was seen before its acknowledgement: the oldest with its text goes."""
        own = place.entries.own_like(text, seq)
        if own is not None:
            self.echoes[place.name, seq] = own
            place.entries.drop_own(own.id)
            if len(self.echoes) > REMEMBERED:
                self.echoes.popitem(last=False)


def _key(name: str) -> str:
    """What two spellings of a place's name have in common."""
    try:
        return names.key(name)
    except ValueError:  # no name that the house would give
        return name.lower()


def _mention(name: str) -> Callable[[str], object]:
    """Whether a text names somebody: within Chinese text there are no words to be parted by spaces."""
    before = r"(?<![0-9A-Za-z_])" if name[0].isascii() else ""
    behind = r"(?![0-9A-Za-z_])" if name[-1].isascii() else ""
    return re.compile(before + re.escape(name) + behind, re.IGNORECASE).search


# --- what the link reports ---------------------------------------------------------------------------------


def _staged(model: Model, event: e.StageChanged) -> None:
    model.connection.staged(event)
    model.gathering.connection = True
    ready = event.stage in _READY
    if not ready:
        model.moves.clear()  # their answers will not come
    for number, place in model.owns.items():
        own = place.entries.own_line(number)
        if own is not None and own.way is not Way.FAILED:
            place.entries.own(replace(own, way=Way.SENT if ready else Way.WAITING))


def _asked(model: Model, event: e.Asked) -> None:
    message = event.message
    model.connection.messages_out += 1
    model.gathering.traffic = True
    match message:
        case m.Say(id=number, room=place, text=text) | m.Tell(id=number, to=place, text=text):
            name = place if isinstance(message, m.Say) else f"@{place}"
            _queue(model, number, name, text)  # it may have been written down before this client was started
        case m.History():
            model.asked[message.ref] = message
            if len(model.asked) > REMEMBERED:
                model.asked.popitem(last=False)
        case m.Press():
            secret = model.call.secret
            if secret:
                model.secret_refs[message.ref] = None
                if len(model.secret_refs) > REMEMBERED:
                    model.secret_refs.popitem(last=False)
            text = SECRET if secret else clean(message.text)
            model.open(ROBOT).entries.note(Note(What.PRESSED, model.clock(event.at), model.name, text))
        case _:
            pass


def _queued(model: Model, event: e.Queued) -> None:
    _queue(model, event.id, event.place, event.text)


def _queue(model: Model, number: int, name: str, text: str) -> None:
    if number not in model.owns:
        place = model.owns[number] = model.open(clean(name))
        ready = model.connection.stage.stage in _READY
        after = max(place.head, place.entries.cursor, place.entries.last)
        way = Way.SENT if ready else Way.WAITING
        place.entries.own(Own(number, clean(text, multiline=True), way, after))


def _dropped(model: Model, event: e.Dropped) -> None:
    place = model.owns.get(event.id)
    if place is None:
        place = model.owns[event.id] = model.open(clean(event.place))
    own = place.entries.own_line(event.id) or model.unecho(event.id)
    own = own or Own(event.id, clean(event.text, multiline=True))
    place.entries.own(replace(own, way=Way.FAILED, code=event.code))


def _began(model: Model, event: e.Began) -> None:
    model.connection.began(event)
    model.gathering.traffic = True


def _ended(model: Model, event: e.Ended) -> None:
    model.connection.ended(event)
    model.gathering.traffic = True


def _opened(model: Model, event: e.SocketOpened) -> None:
    model.connection.opened(event)
    model.gathering.connection = True


def _closed(model: Model, event: e.SocketClosed) -> None:
    model.connection.ended_by(event)
    model.gathering.connection = True


def _kernel(model: Model, event: e.KernelSeen) -> None:
    model.connection.kernel = event
    model.gathering.traffic = True


def _timeouts(model: Model, event: e.TimeoutsSet) -> None:
    model.connection.timeouts = event
    model.gathering.connection = True


def _round_trip(model: Model, event: e.RoundTrip) -> None:
    model.connection.round_tripped(event)
    model.gathering.traffic = True


def _broken(model: Model, event: e.Broken) -> None:
    model.connection.broke(event)
    model.gathering.connection = True


def _frame(model: Model, event: e.FramePassed) -> None:
    """Frames are shown by whoever wants to see them; the model keeps none."""


# --- what the person does ----------------------------------------------------------------------------------


def _chosen(model: Model, event: local.PlaceChosen) -> None:
    model.choose(event.place)


def _move_asked(model: Model, event: local.MoveAsked) -> None:
    model.moves.add(event.ref)


def _drafted(model: Model, event: local.DraftChanged) -> None:
    place = model.open(event.place)
    if place.draft != event.text:
        place.draft = event.text
        model.gathering.places.add(place.name)


def _read(model: Model, event: local.ReadUpTo) -> None:
    model.open(event.place).read_up_to(event.seq)


def _forgotten(model: Model, event: local.LineForgotten) -> None:
    place = model.owns.pop(event.id, None)
    if place is not None:
        place.entries.drop_own(event.id)


def _cleared(model: Model, event: local.Cleared) -> None:
    model.open(event.place).entries.clear()


_HAPPENED: dict[type, Callable[..., None]] = {
    e.StageChanged: _staged,
    e.Began: _began,
    e.Ended: _ended,
    e.SocketOpened: _opened,
    e.SocketClosed: _closed,
    e.KernelSeen: _kernel,
    e.TimeoutsSet: _timeouts,
    e.FramePassed: _frame,
    e.Asked: _asked,
    e.Received: hear,
    e.Queued: _queued,
    e.Dropped: _dropped,
    e.RoundTrip: _round_trip,
    e.Broken: _broken,
    local.PlaceChosen: _chosen,
    local.MoveAsked: _move_asked,
    local.DraftChanged: _drafted,
    local.ReadUpTo: _read,
    local.LineForgotten: _forgotten,
    local.Cleared: _cleared,
}
