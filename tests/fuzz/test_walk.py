"""Random walks through the house: nothing raises, and all have everything in the end, once and in order."""

from collections import Counter
from collections.abc import Callable
from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callroom_server.core.events import SAID_HEAD, Said, decode
from callroom_server.ledger.memory import Store
from callroom_wire import messages as m
from walk_support import Client, Truth, WalkHouse

CLIENTS = 3
ROOMS = ("lobby", "attic")

NOISE: list[m.ClientMessage] = [
    *(kind() for kind in get_args(m.ClientMessage)),
    *(kind(ref=1) for kind in get_args(m.ClientMessage)),
    *(m.Hello(version=7), m.Hello(lang="zh"), m.Login(name="noisy"), m.Login(name="noisy")),
    *(m.Resume(token="no such token"), m.Resume(token="99-token-1"), m.Nick(name="louder")),
    *(m.Join(room=room, seen=seen) for room in ("lobby", "attic", "\n") for seen in (None, 0, 10**9)),
    *(m.Say(id=number, room="lobby", text="noise") for number in (1, 1, 9, 5, -1, 2**53)),
    *(m.Say(id=1, room="attic", text="noise"), m.Say(id=12, room="lobby", text="\x1b[2J")),
    *(m.Tell(id=20, to="guest-1", text="psst"), m.Tell(id=21, to="noisy", text="me")),
    *(m.Topic(room="lobby", text="?"), m.Leave(room="lobby"), m.Who(room="lobby"), m.Away(text="tea")),
    *(m.History(place="lobby", after=0, limit=3), m.History(place="@guest-1"), m.History(limit=0)),
    *(m.Search(query="noise"), m.Search(query="noise", place="@guest-1"), m.Press(text="0")),
    *(m.Dial(menu="nowhere"), m.Dial(menu="10086"), m.Lang(lang="zh"), m.Lang(lang="xx")),
]

Step = tuple[str, int, int]
"""What happens, to whom, and a number that means something else for each."""


class Walk:
    """A house, its clients, and steps by name."""

    def __init__(self) -> None:
        self.store = Store()
        self.truth = Truth()
        self.clients = [Client(self.truth) for _ in range(CLIENTS)]
        self.sessions = 0
        self.stranger = 0
        self.lives = 1
        self.failing = False
        self.house = WalkHouse(self.store, 1)

    def step(self, what: str, who: int, number: int) -> None:
        STEPS[what](self, self.clients[who % CLIENTS], number)

    # --- the network ---

    def connect(self, client: Client, number: int) -> None:
        """Comes, or comes back; perhaps while its last connection has not been noticed to be dead."""
        before = client.number
        self.sessions += 1
        client.number = self.sessions
        self.house.connect(client.number)
        self.house.hear(client.number, client.hello())
        if before and number % 2:
            self.house.lost_connection(before)

    def lose(self, client: Client, number: int) -> None:
        """The connection breaks; of what was under way to the client so much arrives."""
        self.read(client, number)
        self.house.lost_connection(client.number)
        client.number = 0

    def read(self, client: Client, number: int) -> bool:
        """The client reads so many sends and one; whether there was anything."""
        wire = self.house.wires.get(client.number)
        if wire is None:
            return False
        arrived, wire.unread = wire.unread[: number + 1], wire.unread[number + 1 :]
        for data in arrived:
            client.read(data)
        if wire.closed and not wire.unread:
            self.house.lost_connection(client.number)
            client.number = 0
        return bool(arrived)

    def congest(self, client: Client, number: int) -> None:
        self.house.congest(client.number, bool(number % 2))

    # --- the client ---

    def ask(self, client: Client, *messages: m.ClientMessage) -> None:
        if client.number in self.house.wires:
            self.house.hear(client.number, list(messages))

    def say(self, client: Client, number: int) -> None:
        room = ROOMS[number % 2]
        if client.token and client.number in self.house.wires and room in client.seen:
            self.ask(client, *(client.line(room, "") for _ in range(1 + number % 5)))

    def tell(self, client: Client, number: int) -> None:
        other = self.clients[number % CLIENTS]
        if client.token and client.number in self.house.wires and other.name and other is not client:
            self.ask(client, client.line("", other.name))

    def again(self, client: Client, number: int) -> None:
        """Sends what is not acknowledged once more, in order."""
        if client.token:
            self.ask(client, *client.unacknowledged.values())

    def join(self, client: Client, number: int) -> None:
        self.move(client, m.Join(room=ROOMS[number % 2], ref=1))

    def go_back(self, client: Client, number: int) -> None:
        room = ROOMS[number % 2]
        seen = client.seen.get(room)
        if seen is not None:
            self.move(client, m.Join(room=room, seen=max(0, seen - number), ref=1))

    def leave(self, client: Client, number: int) -> None:
        self.move(client, m.Leave(room=ROOMS[number % 2]))

    def move(self, client: Client, message: m.Join | m.Leave) -> None:
        """Asks for what changes where one is; if the answer is lost, one cannot know whether it was done."""
        client.asked.add(message.room)
        self.ask(client, message)

    def topic(self, client: Client, number: int) -> None:
        self.ask(client, m.Topic(room=ROOMS[number % 2], text=f"about {number}"))

    def look(self, client: Client, number: int) -> None:
        room = ROOMS[number % 2]
        self.ask(
            client,
            m.Who(room=room),
            m.Rooms(),
            m.History(place=room, limit=1 + number),
            m.Search(query="says", limit=5),
            m.Doctor(),
            m.Help(),
        )

    def call(self, client: Client, number: int) -> None:
        entries = [m.Press(text=str(digit)) for digit in (number, number % 3, 0)]
        self.ask(client, m.Dial(menu=("", "10086")[number % 2]), *entries, *[m.HangUp()] * (number % 2))

    def noise(self, client: Client, number: int) -> None:
        """Somebody who checks nothing says anything, in any order."""
        if self.stranger not in self.house.wires:
            self.sessions += 1
            self.stranger = self.sessions
            self.house.connect(self.stranger)
        first = NOISE[number % len(NOISE)]
        self.house.hear(self.stranger, [first, NOISE[(7 * number + len(self.store.records)) % len(NOISE)]])
        if number % 7 == 0:
            self.house.lost_connection(self.stranger)

    def quit(self, client: Client, number: int) -> None:
        """Leaves, and comes again as somebody else."""
        if number % 20 == 0 and client.number in self.house.wires:
            self.ask(client, m.Quit())
            client.forget()
            self.lose(client, -1)

    # --- the house ---

    def commit(self, client: Client, number: int) -> None:
        self.house.ledger.tick()

    def pass_ends(self, client: Client, number: int) -> None:
        self.house.pass_ends()

    def work(self, client: Client, number: int) -> None:
        self.house.work(fail=number % 4 == 0)

    def turn(self, client: Client, number: int) -> None:
        self.house.turn(float(number % 25))
        for each in self.clients:
            if each.number not in self.house.wires or not each.ready:
                each.away_for += number % 25

    def fail(self, client: Client, number: int) -> None:
        self.house.ledger.fail_next()
        self.failing = True

    def recover(self, client: Client, number: int) -> None:
        if self.failing:
            self.house.ledger.recover()
            self.failing = False

    def snapshot(self, client: Client, number: int) -> None:
        self.house.snapshot()

    def crash(self, client: Client, number: int) -> None:
        """The server dies and starts again; what was sent and not read is lost, or some of it."""
        for each in self.clients:
            self.read(each, number)
            each.number = 0
        self.lives += 1
        self.failing = False
        self.house = WalkHouse(self.store, self.lives)

    # --- the end ---

    def settle(self) -> None:
        """Everything works again, everyone comes back, and what was not acknowledged is said again."""
        nobody = self.clients[0]
        self.recover(nobody, 0)
        for client in self.clients:
            self.congest(client, 0)
            self.run_out()
            if client.number not in self.house.wires:
                self.connect(client, 1)
        self.run_out()
        for client in self.clients:
            for _ in range(3):  # whose time was over at the last moment is somebody else, and comes again
                if client.number not in self.house.wires or not client.ready:
                    self.connect(client, 1)
                    self.run_out()
            self.again(client, 0)
            self.run_out()

    def run_out(self) -> None:
        """Lets everything happen that is under way."""
        quiet = 0
        while quiet < 3:  # a pass may end quietly with the next one's work just submitted
            busy = self.house.settle()
            for client in self.clients:
                self.congest(client, 0)
                busy |= self.read(client, 10_000)
            quiet = 0 if busy else quiet + 1

    def check(self) -> None:
        state = self.house.hub.state
        stored: Counter[tuple[int, int]] = Counter()
        texts: dict[tuple[str, int], str] = {}
        heads: dict[str, int] = {}
        for record in self.store.records:
            if record.counter:
                stored[record.device, record.counter] += 1
            heads[record.stream] = heads.get(record.stream, 0) + 1
            assert record.seq == heads[record.stream]
            if record.event.startswith(SAID_HEAD):
                event = decode(record.event)
                assert isinstance(event, Said)
                texts[record.stream, record.seq] = event.text
        assert all(count == 1 for count in stored.values())
        for client in self.clients:
            assert client.number in self.house.wires
            assert not client.unacknowledged, (client.name, client.unacknowledged)
            for place, seen in client.seen.items():
                stream = f"dm/{place[1:]}" if place.startswith("@") else f"room/{place}"
                assert seen == state.head(stream) == heads.get(stream, 0), (client.name, place)
            for number, (place, seq) in client.acknowledged.items():
                if not place.startswith("@"):
                    assert texts[f"room/{place}", seq].endswith(f" says {number}")


STEPS: dict[str, Callable[[Walk, Client, int], object]] = {
    name: getattr(Walk, name)
    for name in (
        "connect", "lose", "read", "congest", "say", "tell", "again", "join", "go_back", "leave", "topic",
        "look", "call", "noise", "quit", "commit", "pass_ends", "work", "turn", "fail", "recover", "snapshot",
        "crash",
    )
}  # fmt: skip

OFTEN = ["connect", "say", "say", "say", "tell", "commit", "commit", "pass_ends", "pass_ends", "read", "join"]
"""What must happen often for the rest to mean anything."""

steps = st.tuples(st.sampled_from([*STEPS, *OFTEN]), st.integers(0, CLIENTS - 1), st.integers(0, 99))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, min_size=20, max_size=150))
def test_everyone_has_everything_once_and_in_order(walk: list[Step]) -> None:
    house = Walk()
    for client in house.clients:  # so that most walks begin in company
        house.connect(client, 0)
        house.join(client, 0)
    house.run_out()
    for what, who, number in walk:
        house.step(what, who, number)
    house.settle()
    house.check()


def test_a_second_copy_of_a_line_that_cannot_be_stored_holds_nothing_up() -> None:
    house = Walk()
    house.connect(house.clients[0], 0)
    house.join(house.clients[0], 0)
    house.run_out()
    # The line is stored, and its acknowledgement has not been read when it is sent again.
    for what in ("say", "commit", "again", "fail", "say", "commit"):
        house.step(what, 0, 0)
    house.settle()
    house.clients = house.clients[:1]
    house.check()
