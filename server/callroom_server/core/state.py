"""The house as the log tells it: what a pure `apply` makes of the records, and nothing else.

Two servers that apply the same records have equal states; so has one server before and after a restart. Who
is connected just now is not in here: that is told, not recorded (see `hub`).
"""

from collections.abc import Callable

import msgspec

from callroom_menus.state import Phase
from callroom_menus.state import State as Robot
from callroom_server.core import events
from callroom_server.core.ledger import Record
from callroom_wire import names


class HeldCall(msgspec.Struct, frozen=True, gc=False):
    """A call that goes on when its caller comes back."""

    name: str
    menu: str
    state: Robot


class Device(msgspec.Struct, gc=False):
    """One login of a person: name, hashes of tokens, seats (stream -> last seq seen), and its call."""

    number: int
    name: str
    token: str
    old_token: str = ""
    last_id: int = 0
    seats: dict[str, int] = {}
    call: HeldCall | None = None

    @property
    def unused(self) -> bool:
        """Whether nothing but its name would be lost with it: no token used, no seat, no line, no call."""
        return not (self.old_token or self.seats or self.last_id or self.call)


class Room(msgspec.Struct, gc=False):
    """A room: its shown name, its topic, and the seq of its last entry."""

    stream: str
    name: str
    topic: str = ""
    topic_by: str = ""
    head: int = 0


class State(msgspec.Struct):
    """Everything that outlives a connection.

    `names` maps a name's skeleton to its device, so that look-alikes collide; `tokens` maps a token's hash to
    its device; `directs` holds the heads of the direct conversations of which a device is still known.
    """

    position: int = 0
    devices: dict[int, Device] = {}
    names: dict[str, int] = {}
    tokens: dict[str, int] = {}
    rooms: dict[str, Room] = {}
    directs: dict[str, int] = {}
    guests: int = 0

    def apply(self, record: Record) -> tuple[events.AnyEvent, bool] | None:
        """Takes in one record; the event and whether it was granted, or None for a line, which is granted."""
        event = record.event
        if event.startswith(events.SAID_HEAD):
            self.said(record.stream, record.device, record.seq, record)
            return None
        self.position = record.position
        decoded: events.AnyEvent = events.decode(event)
        step = _STEPS.get(type(decoded))
        return decoded, step is None or step(self, decoded, record)

    def said(self, stream: str, number: int, first: int, last: Record) -> None:
        """Takes in lines of one device in one stream that follow one another: seqs `first` to `last.seq`."""
        self.position = last.position
        room = self.rooms.get(stream)
        if room is not None:
            room.head = last.seq
        elif stream.startswith("dm/"):
            self.directs[stream] = last.seq
            for sitting in events.direct_devices(stream):
                device = self.devices.get(sitting)
                if device is not None:
                    device.seats.setdefault(stream, first - 1)
        device = self.devices.get(number)
        if device is not None:
            device.last_id = last.counter

    def head(self, stream: str) -> int:
        """The seq of the stream's last entry, 0 if there is none."""
        room = self.rooms.get(stream)
        return room.head if room is not None else self.directs.get(stream, 0)

    def device_named(self, name: str) -> Device | None:
        """Who has this name, in any spelling that folds to it."""
        number = self.names.get(names.skeleton(name))
        device = self.devices.get(number) if number is not None else None
        return device if device is not None and names.key(device.name) == names.key(name) else None


def _came(state: State, event: events.Came, record: Record) -> bool:
    if not event.name:
        state.guests += 1
    name = event.name or f"{event.prefix}{state.guests}"
    skeleton = names.skeleton(name)
    if event.instead and state.names.get(skeleton) == event.instead and state.devices[event.instead].unused:
        _forget(state, event.instead)
    if skeleton in state.names:
        if event.name:
            return False
        name += f"-{record.position}"  # someone has just this name already; a position is never given twice
        skeleton = names.skeleton(name)
    state.devices[record.seq] = Device(record.seq, name, event.token)
    state.names[skeleton] = record.seq
    state.tokens[event.token] = record.seq
    return True


def _renamed(state: State, event: events.Renamed, record: Record) -> bool:
    device = state.devices.get(event.device)
    skeleton = names.skeleton(event.name)
    if device is None or state.names.get(skeleton, device.number) != device.number:
        return False
    del state.names[names.skeleton(device.name)]
    device.name = event.name
    state.names[skeleton] = device.number
    return True


def _returned(state: State, event: events.Returned, record: Record) -> bool:
    device = state.devices.get(event.device)
    if device is None:
        return False
    # The token that was used stays valid beside the new one until the new one is used: the answer may be
    # lost, and more than one answer in a row.
    if device.old_token and event.used == device.old_token:
        state.tokens.pop(device.token, None)
    else:
        state.tokens.pop(device.old_token, None)
        device.old_token = device.token
    device.token = event.token
    state.tokens[event.token] = device.number
    for stream, seen in event.seen.items():
        if stream in device.seats:
            device.seats[stream] = min(seen, state.head(stream))
    return True


def _seated(state: State, event: events.Seated, record: Record) -> bool:
    device = state.devices.get(event.device)
    if device is None:
        return False
    room = state.rooms.setdefault(event.stream, Room(event.stream, event.name))
    device.seats[event.stream] = room.head if event.seen is None else min(event.seen, room.head)
    return True


def _unseated(state: State, event: events.Unseated, record: Record) -> bool:
    device = state.devices.get(event.device)
    return device is not None and device.seats.pop(event.stream, None) is not None


def _seen(state: State, event: events.Seen, record: Record) -> bool:
    device = state.devices.get(event.device)
    if device is not None:
        device.seats.update({stream: seen for stream, seen in event.seen.items() if stream in device.seats})
    return device is not None


def _gone(state: State, event: events.Gone, record: Record) -> bool:
    return _forget(state, event.device)


def _forget(state: State, number: int) -> bool:
    device = state.devices.pop(number, None)
    if device is None:
        return False
    state.names.pop(names.skeleton(device.name), None)
    for token in (device.token, device.old_token):
        state.tokens.pop(token, None)
    for stream in device.seats:
        if stream.startswith("dm/") and not any(n in state.devices for n in events.direct_devices(stream)):
            state.directs.pop(stream, None)
    return True


def _topic(state: State, event: events.Topic, record: Record) -> bool:
    room = state.rooms.get(record.stream)
    if room is None:
        return False
    room.head = record.seq
    room.topic, room.topic_by = event.text, event.by
    return True


def _turn(state: State, event: events.Turn, record: Record) -> bool:
    device = state.devices.get(event.device)
    if device is not None:
        over = event.state is None or event.state.phase is Phase.ENDED
        device.call = None if over or event.state is None else HeldCall(event.call, event.menu, event.state)
    return device is not None


def _run_asked(state: State, event: events.RunAsked, record: Record) -> bool:
    """What runs is no state: after a restart nothing of it does."""
    return True


_STEPS: dict[type, Callable[..., bool]] = {
    events.Came: _came,
    events.Renamed: _renamed,
    events.Returned: _returned,
    events.Seated: _seated,
    events.Unseated: _unseated,
    events.Seen: _seen,
    events.Gone: _gone,
    events.Topic: _topic,
    events.Turn: _turn,
    events.RunAsked: _run_asked,
}

encode_state = msgspec.msgpack.Encoder().encode
decode_state = msgspec.msgpack.Decoder(State).decode
