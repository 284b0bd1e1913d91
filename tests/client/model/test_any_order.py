"""Any order of acks, lines, breaks, returns and pages: each line is shown once and in order.

The house is a few lines here: one log, a connection whose entries come in order and may be cut off anywhere,
acks that overtake and are overtaken, and pages of anything that was said before.
"""

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_client import events as e
from callroom_client.model import Hole, Line, Own
from callroom_wire import messages as m
from client_support import Watched

TEXTS = ("hi", "ok", "ok", "再见")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["say", "other", "arrive", "arrive", "serve", "serve", "ack", "break", "page"]),
        st.integers(0, 7),
        st.integers(0, 7),
    ),
    max_size=60,
)


@dataclass
class Stage:
    """A house and a client's model, with a connection between them."""

    watched: Watched = field(default_factory=Watched)
    log: list[m.Said] = field(default_factory=list[m.Said])
    said: int = 0  # ids given out
    under_way: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])  # to the house, in order
    stored: dict[int, int] = field(default_factory=dict[int, int])
    acks: list[int] = field(default_factory=list[int])  # from the house
    unacked: dict[int, str] = field(default_factory=dict[int, str])  # what the link resends
    said_of: Counter[str] = field(default_factory=Counter[str])
    served: int = 0
    received: int = 0

    def begin(self, head: int) -> None:
        """Some have talked before, and the client comes."""
        for _ in range(head):
            self.append("bob", "earlier")
        self.served = self.received = head
        self.watched.hears(m.LoggedIn(name="ann"))
        self.watched.hears(m.Joined(place="lab", seen=head, head=head))
        self.ready()

    def ready(self) -> None:
        self.watched.happens(e.StageChanged(at=self.watched.now(), stage=e.Stage.READY))

    def append(self, by: str, text: str) -> int:
        seq = len(self.log) + 1
        self.log.append(m.Said(room="lab", seq=seq, at=1000 + seq, by=by, text=text))
        return seq

    def step(self, what: str, one: int, two: int) -> None:
        match what:
            case "say":
                self.said += 1
                text = TEXTS[one % len(TEXTS)]
                self.unacked[self.said] = text
                self.said_of[text] += 1
                self.watched.says(self.said, "lab", text)
                self.under_way.append((self.said, text))
            case "other":
                self.append("bob", TEXTS[one % len(TEXTS)])
            case "arrive" if self.under_way:
                number, text = self.under_way.pop(0)
                if number not in self.stored:
                    self.stored[number] = self.append("ann", text)
                self.acks.append(number)
            case "serve":
                for said in self.log[self.served : self.served + one]:
                    self.watched.hears(said)
                    self.served = self.received = said.seq
            case "ack" if self.acks:
                self.acknowledge(self.acks.pop(one % len(self.acks)))
            case "break":
                self.come_back(one)
            case "page":
                self.page(one, two)
            case _:
                pass

    def acknowledge(self, number: int) -> None:
        self.unacked.pop(number, None)
        self.watched.hears(m.Ack(place="lab", ids=[number], seqs=[self.stored[number]]))

    def come_back(self, forgotten: int) -> None:
        """The connection breaks; what the client has on its disk may be a little behind."""
        self.watched.happens(e.StageChanged(at=self.watched.now(), stage=e.Stage.WAITING))
        self.acks.clear()
        self.served = self.received = max(self.received - forgotten, 0)
        self.watched.hears(m.LoggedIn(name="ann", resumed=True))
        self.watched.hears(m.Joined(place="lab", seen=self.served, head=len(self.log)))
        self.under_way = list(self.unacked.items())
        self.ready()

    def page(self, back: int, size: int) -> None:
        self.answer(m.History(place="lab", before=max(len(self.log) - back, 0), limit=size + 1, ref=9))

    def answer(self, asked: m.History) -> None:
        before, size = asked.before, asked.limit
        newest = before - 1 if before else len(self.log)
        entries: list[m.Entry] = list(self.log[max(newest - size, 0) : newest])
        self.watched.asks(asked)
        self.watched.hears(m.Page(place="lab", entries=entries, end=newest < size, ref=asked.ref))

    def check(self) -> None:
        self.watched.check()
        place = self.watched.model.place("lab")
        assert place is not None
        entries = list(place.entries)
        lines = [entry for entry in entries if isinstance(entry, Line)]
        owns = [entry.id for entry in entries if isinstance(entry, Own)]
        seqs = [line.seq for line in lines]
        assert seqs == sorted(set(seqs))
        assert [line.text for line in lines] == [self.log[seq - 1].text for seq in seqs]
        assert owns == sorted(set(owns))
        for text in set(TEXTS):  # which of two lines with one text an entry is only an ack can tell
            kept = [entry for entry in entries if isinstance(entry, Line | Own) and entry.text == text]
            mine = [entry for entry in kept if isinstance(entry, Own) or entry.own]
            assert len(mine) <= self.said_of[text], "shown twice"
        missing = [n for hole in entries if isinstance(hole, Hole) for n in range(hole.first, hole.last + 1)]
        assert not set(missing) & set(seqs)
        if seqs:
            assert set(range(seqs[0], place.entries.cursor + 1)) <= {*seqs, *missing}


@given(st.integers(0, 5), STEPS)
@settings(max_examples=200, deadline=None)
def test_each_line_is_shown_once_and_in_order(head: int, steps: list[tuple[str, int, int]]) -> None:
    stage = Stage()
    stage.begin(head)
    for step in steps:
        stage.step(*step)
        stage.check()
    stage.come_back(0)
    for what in ["arrive"] * stage.said + ["serve", "ack"] * (len(stage.log) + stage.said):
        stage.step(what, 7, 0)
    place = stage.watched.model.place("lab")
    assert place is not None
    while (wanted := place.missing()) is not None:
        stage.answer(wanted)
    stage.check()
    shown = [entry.seq for entry in place.entries if isinstance(entry, Line)]
    assert len(shown) == len(place.entries)
    assert shown == list(range(shown[0], len(stage.log) + 1)) if shown else not stage.log[head:]
    assert {line.seq for line in place.entries if isinstance(line, Line) and line.own} == {
        seq for seq in stage.stored.values() if seq >= (place.entries.oldest or 1)
    }
    assert not stage.watched.model.owns
