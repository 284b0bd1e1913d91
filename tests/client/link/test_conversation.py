"""The conversation alone: whatever breaks, each line is stored once and in order, or given up in words."""

from collections import deque
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_client.events import Asked, Dropped, LinkEvent, Queued, Received, RoundTrip
from callroom_client.link import effects as fx
from callroom_client.link.conversation import FLOOD_REST_SECONDS, RETRY_SECONDS, WINDOW, Conversation
from callroom_client.link.lines import Keeping, Line, Lines
from callroom_client.link.pulse import Patience
from callroom_wire import messages as m
from callroom_wire.messages import ClientMessage, ServerMessage

ROOM = "room"


class Server:
    """What a house keeps of one device, and how it answers: as docs/protocol.md has it."""

    def __init__(self) -> None:
        self.token = ""
        self.stored: list[tuple[int, str]] = []  # of this device
        self.before: list[str] = []  # of devices that are forgotten
        self.busy = False
        self.refused = 0  # the line of this connection without which no later one is stored
        self._tokens = 0

    def answer(self, message: ClientMessage) -> list[ServerMessage]:
        match message:
            case m.Hello(ref=ref):
                return [m.Welcomed(ref=ref)]
            case m.Login(ref=ref):
                return [self._logged_in(ref, resumed=False)]
            case m.Resume(ref=ref, token=token) if token == self.token and token:
                return [self._logged_in(ref, resumed=True)]
            case m.Resume(ref=ref):
                return [m.Error(code="bad_token", ref=ref)]
            case m.Say():
                return [self._say(message)]
            case _:
                return []

    def _logged_in(self, ref: int, resumed: bool) -> m.LoggedIn:
        if not resumed:
            self.forget()
            self._tokens += 1
            self.token = f"token {self._tokens}"
        last = self.stored[-1][0] if self.stored else 0
        return m.LoggedIn(name="me", token=self.token, resumed=resumed, last_id=last, ref=ref)

    def _say(self, line: m.Say) -> ServerMessage:
        ids = [number for number, _ in self.stored]
        if line.id not in ids:
            if self.busy or self.refused not in (0, line.id):
                self.refused = self.refused or line.id
                return m.Error(code="ledger_full", id=line.id)
            self.refused = 0
            if ids and line.id < ids[-1]:
                return m.Error(code="id_order", id=line.id)
            self.stored.append((line.id, line.text))
            ids.append(line.id)
        return m.Ack(place=ROOM, ids=[line.id], seqs=[ids.index(line.id) + 1])

    def forget(self) -> None:
        """The hold time is over: device and token are gone; what was said stays said."""
        self.before += [text for _, text in self.stored]
        self.stored = []
        self.token = ""

    @property
    def said(self) -> list[str]:
        return self.before + [text for _, text in self.stored]


class World:
    """A client with its disk, a server, and a connection between them that may break."""

    def __init__(self) -> None:
        self.server = Server()
        self.now = 0.0
        self.told: list[LinkEvent] = []
        self.numbers = 0
        self._lines: dict[int, tuple[str, str, bool]] = {}
        self._counter = 0
        self._login = ("", "")
        self._seen: dict[str, int] = {}
        self._boot()

    def _boot(self) -> None:
        lines = [
            Line(number, place, text, Keeping.MARKED if sent else Keeping.KEPT)
            for number, (place, text, sent) in self._lines.items()
        ]
        name, token = self._login
        self.client = Conversation(Lines(lines, self._counter), known=name, token=token, seen=self._seen)
        self.unwritten: list[fx.Kept] = []
        self.connected = False
        self.to_server: deque[ClientMessage] = deque()
        self.to_client: deque[ServerMessage] = deque()

    def carry(self, effects: Iterable[fx.Effect]) -> None:
        for effect in effects:
            match effect:
                case fx.Send(message=message):
                    self.to_server.append(message)
                case fx.Tell(event=event):
                    self.told.append(event)
                case fx.Hang():
                    self.breaks()
                case fx.Reach():
                    pass
                case _:
                    self.unwritten.append(effect)

    # --- what may happen ------------------------------------------------------------------------------------

    def say(self) -> None:
        self.numbers += 1
        self.carry(self.client.say(ROOM, f"line {self.numbers}")[1])

    def write(self) -> None:
        """The disk takes all that waits, in one commit."""
        changes, self.unwritten = self.unwritten, []
        for change in changes:
            match change:
                case fx.KeepLine():
                    self._lines[change.id] = (change.place, change.text, change.sent)
                    self._counter = max(self._counter, change.id)
                case fx.MarkSent(ids=ids):
                    for number in ids:
                        if number in self._lines:
                            place, text, _ = self._lines[number]
                            self._lines[number] = (place, text, True)
                case fx.Forget(ids=ids):
                    for number in ids:
                        self._lines.pop(number, None)
                case fx.KeepLogin(name=name, token=token):
                    self._login = (name, token)
                case fx.KeepSeen(seen=seen):
                    self._seen = dict(seen)
        for change in changes:
            if isinstance(change, fx.KeepLine):
                self.carry(self.client.kept(change, self.now))
            elif isinstance(change, fx.MarkSent):
                self.carry(self.client.marked(change.ids, self.now))

    def connects(self) -> None:
        if not self.connected:
            self.connected = True
            self.carry(self.client.connected(self.now))

    def serves(self) -> None:
        """The server takes one message."""
        if self.to_server and self.connected:
            self.to_client.extend(self.server.answer(self.to_server.popleft()))

    def hears(self) -> None:
        """The client takes one message."""
        if self.to_client and self.connected:
            self.carry(self.client.received(self.to_client.popleft(), self.now))

    def breaks(self) -> None:
        """What is under way, either way, is lost."""
        self.connected = False
        self.server.refused = 0
        self.to_server.clear()
        self.to_client.clear()
        self.carry(self.client.lost())

    def crash(self) -> None:
        """The client is killed: what is not written down is gone."""
        self._boot()

    def forgotten(self) -> None:
        """The server holds the seat no longer; it can do so only while nobody is there."""
        self.breaks()
        self.server.forget()

    def busy(self) -> None:
        self.server.busy = not self.server.busy

    def passes(self) -> None:
        self.now += RETRY_SECONDS
        self.carry(self.client.tick(self.now))

    def settle(self) -> None:
        """All goes well now."""
        self.server.busy = False
        for _ in range(200):
            self.connects()
            while self.to_server or self.to_client or self.unwritten:
                self.write()
                self.serves()
                self.hears()
            if not len(self.client.lines):
                return
            self.passes()
        raise AssertionError("lines are left that nobody sends")

    def all(self, kind: type[Queued] | type[Dropped]) -> list[str]:
        return [event.text for event in self.told if isinstance(event, kind)]


STEPS = ("say", "write", "connects", "serves", "hears", "breaks", "crash", "passes", "busy", "forgotten")
WEIGHTS = (
    "say",
    "say",
    "write",
    "write",
    "serves",
    "serves",
    "serves",
    "hears",
    "hears",
    "hears",
    "connects",
)


def refused(world: World) -> list[int]:
    errors = [e.message for e in world.told if isinstance(e, Received) and isinstance(e.message, m.Error)]
    return [error.id for error in errors if error.code == "id_order"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from((*STEPS, *WEIGHTS)), max_size=120))
def test_each_line_is_stored_once_and_in_order(steps: list[str]) -> None:
    world = World()
    for step in steps:
        getattr(world, step)()
        world.now += 0.01
    world.settle()
    said = world.server.said
    assert len(said) == len(set(said))
    assert said == sorted(said, key=lambda text: int(text.split()[1]))
    dropped = world.all(Dropped)
    assert len(dropped) == len(set(dropped))
    assert not refused(world)
    assert set(world.all(Queued)) - set(said) <= set(dropped)
    if "forgotten" not in steps:
        assert not dropped


def ready(patience: Patience | None = None, last_id: int = 0) -> Conversation:
    conversation = Conversation(Lines([], 0), patience=patience)
    conversation.connected(0)
    conversation.received(m.Welcomed(), 0)
    conversation.received(m.LoggedIn(name="me", token="t", last_id=last_id), 0)
    return conversation


def sends(effects: Iterable[fx.Effect]) -> list[ClientMessage]:
    return [effect.message for effect in effects if isinstance(effect, fx.Send)]


def say(conversation: Conversation, text: str, now: float = 0) -> list[ClientMessage]:
    """Says and writes down; what is sent then."""
    _, effects = conversation.say(ROOM, text)
    kept = next(effect for effect in effects if isinstance(effect, fx.KeepLine))
    return sends(conversation.kept(kept, now))


def test_a_window_of_lines_flies_at_once() -> None:
    conversation = ready()
    sent = [message for number in range(12) for message in say(conversation, f"{number}")]
    assert [message.id for message in sent if isinstance(message, m.Say)] == list(range(1, WINDOW + 1))
    more = sends(conversation.received(m.Ack(place=ROOM, ids=[1, 2, 3], seqs=[1, 2, 3]), 0))
    assert [message.id for message in more if isinstance(message, m.Say)] == [9, 10, 11]


def test_ids_go_on_after_what_the_server_knows() -> None:
    conversation = ready(last_id=41)
    assert conversation.say(ROOM, "x")[0] == 42


def test_a_direct_line_is_told() -> None:
    conversation = ready()
    number, effects = conversation.say("@ann", "psst")
    kept = next(effect for effect in effects if isinstance(effect, fx.KeepLine))
    told = conversation.kept(kept, 1)
    assert sends(told) == [m.Tell(id=number, to="ann", text="psst")]
    assert [type(effect.event) for effect in told if isinstance(effect, fx.Tell)] == [Queued, Asked]


def test_too_fast_is_heeded() -> None:
    conversation = ready(Patience(ping=1000))
    conversation.received(m.Error(code="too_fast"), 10)
    assert say(conversation, "later", 10) == []
    assert conversation.due == 10 + FLOOD_REST_SECONDS
    assert sends(conversation.tick(conversation.due)) == [m.Say(id=1, room=ROOM, text="later")]


def test_seqs_are_remembered_for_the_return() -> None:
    conversation = ready()
    for message in (
        m.Joined(place=ROOM, seen=3, head=5),
        m.Said(room=ROOM, seq=4),
        m.TopicSet(room=ROOM, seq=5),
        m.TopicSet(room=ROOM, seq=0, text="an answer, no entry"),
        m.Joined(place="gone", seen=1),
        m.Left(room="gone"),
        m.Gap(place=ROOM, first=6, last=9),
        m.Joined(place="@ann", conversation="@1+2", seen=6),
        m.Told(pair=("me", "ann"), conversation="@1+2", seq=7),
        m.Told(pair=("me", "anna"), conversation="@1+2", seq=8),  # who has another name now
        m.Gap(place="@bob", first=3, last=9),
    ):
        conversation.received(message, 1)
    seen = next(effect for effect in conversation.lost() if isinstance(effect, fx.KeepSeen))
    assert seen.seen == {ROOM: 9, "@1+2": 8}
    conversation.connected(2)
    (resume,) = sends(conversation.received(m.Welcomed(), 2))
    assert isinstance(resume, m.Resume)
    assert resume.seen == seen.seen


def test_pings_are_answered_and_timed() -> None:
    conversation = ready(Patience(ping=10))
    assert sends(conversation.received(m.Ping(n=5), 1)) == [m.Pong(n=5)]
    assert conversation.due == 10
    assert sends(conversation.tick(10)) == [m.Ping(n=1)]
    (told,) = conversation.received(m.Pong(n=1), 10.25)
    assert told == fx.Tell(RoundTrip(at=10.25, seconds=0.25))
    assert conversation.received(m.Pong(n=1000), 11) == []


def test_every_due_thing_is_done_when_it_is_due() -> None:
    """Else the thread that keeps would ask again and again."""
    for conversation in (ready(), Conversation(Lines([], 0))):
        conversation.connected(0)
        say(conversation, "x")
        for _ in range(50):
            due = conversation.due
            if due == float("inf"):
                break
            conversation.tick(due)
            assert conversation.due > due


@pytest.mark.parametrize(("limits", "asks"), [({}, False), ({m.FORMS: 0}, False), ({m.FORMS: 1}, True)])
def test_forms_are_asked_for_where_they_are_known(limits: dict[str, int], asks: bool) -> None:
    conversation = Conversation(Lines([], 0))
    conversation.connected(0)
    (login,) = sends(conversation.received(m.Welcomed(limits=limits), 0))
    assert isinstance(login, m.Login)
    assert login.forms == asks
