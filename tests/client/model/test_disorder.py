"""A house that numbers as it likes: the model takes in whatever the protocol allows."""

from hypothesis import given
from hypothesis import strategies as st

from callroom_client.events import Asked, Received
from callroom_client.model.model import Model
from callroom_wire import messages as m
from callroom_wire.messages.base import MAX_NUMBER

SEQS = st.sampled_from((*range(10), MAX_NUMBER - 1, MAX_NUMBER))
LINES = st.builds(
    m.Said, room=st.just("a"), seq=SEQS, at=st.integers(0, 1), by=st.just("x"), text=st.just("t")
)
PAGES = st.builds(m.Page, place=st.just("a"), entries=st.lists(LINES, max_size=6), ref=st.integers(0, 2))
GAPS = st.builds(m.Gap, place=st.just("a"), first=SEQS, last=SEQS)
ENTRIES = st.builds(m.Joined, place=st.just("a"), seen=SEQS, head=SEQS)


@given(st.lists(st.one_of(LINES, PAGES, GAPS, ENTRIES), max_size=12))
def test_no_order_of_lines_is_too_much(told: list[m.ServerMessage]) -> None:
    model = Model()
    model.apply(Asked(at=0.0, message=m.History(place="a", before=8, ref=1)))
    model.apply(Asked(at=0.0, message=m.History(place="a", after=2, ref=2)))
    for message in told:
        model.apply(Received(at=1.0, message=message))
        for place in model.places:
            place.older()
            place.missing()


def test_a_page_is_put_in_order_and_a_gap_that_ends_before_it_begins_is_none() -> None:
    model = Model()
    entries: list[m.Said | m.Told | m.TopicSet] = [
        m.Said(room="a", seq=seq, at=1, by="x", text=f"{seq}") for seq in (9, 5, 7, 5, 6)
    ]
    model.apply(Received(at=0.0, message=m.Joined(place="a", seen=9, head=9)))
    model.apply(Received(at=0.0, message=m.Page(place="a", entries=entries)))
    before = list(model.open("a").entries)
    assert [line.text for line in model.open("a").entries.after(0)] == ["9", "7", "6", "5"]
    model.apply(Received(at=0.0, message=m.Gap(place="a", first=MAX_NUMBER, last=3)))
    assert list(model.open("a").entries) == before
