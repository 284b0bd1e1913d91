"""The transcript: whatever order things come in, each line is there once and in order; splices tell all."""

import pytest

from callroom_client.model import Entry, Hole, Line, Note, Own, Transcript, Way, What
from callroom_client.model import transcript as module
from callroom_client.model.changes import Gathering

CAME = Note(What.CAME, 5, "ann")


def line(seq: int, text: str = "") -> Line:
    return Line(seq, 1000 + seq, "bob", text or f"line {seq}")


class Watched:
    """A transcript, and the list that a view makes of its splices."""

    def __init__(self) -> None:
        self.gathering = Gathering()
        self.entries = Transcript("lab", self.gathering)
        self.shown: list[Entry] = []

    def is_(self, *parts: int | tuple[int, int] | Entry) -> None:
        """Compares: a number is a line, a pair a hole."""
        for splice in self.gathering.done().splices:
            self.shown[splice.index : splice.index + splice.removed] = splice.added
        want = [
            line(one) if isinstance(one, int) else Hole(*one) if isinstance(one, tuple) else one
            for one in parts
        ]
        assert list(self.entries) == want
        assert self.shown == want
        assert self.entries[:] == want


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_lines_as_they_come(watched: Watched) -> None:
    watched.entries.joined(3, 5)
    assert [watched.entries.came(line(seq)) for seq in (4, 5, 5, 6, 4)] == [True, True, False, True, False]
    watched.is_(4, 5, 6)
    assert (watched.entries.cursor, watched.entries.last, watched.entries.oldest) == (6, 6, 4)


def test_older_pages(watched: Watched) -> None:
    watched.entries.joined(50, 50)
    assert watched.entries.oldest == 51
    assert not watched.entries.begun
    watched.entries.page([line(seq) for seq in (48, 49, 50)])
    watched.entries.came(line(51))
    watched.entries.page([line(seq) for seq in (46, 47, 48)])
    watched.is_(46, 47, 48, 49, 50, 51)


def test_a_page_from_far_back_leaves_a_hole_that_others_fill(watched: Watched) -> None:
    watched.entries.joined(20, 20)
    watched.entries.page([line(5), line(6)])
    watched.is_(5, 6, (7, 20))
    watched.entries.page([line(10), line(11)])
    watched.is_(5, 6, (7, 9), 10, 11, (12, 20))
    watched.entries.page([line(seq) for seq in range(6, 14)])
    watched.is_(5, 6, 7, 8, 9, 10, 11, 12, 13, (14, 20))
    assert watched.entries.holes() == [Hole(14, 20)]
    watched.entries.page([line(seq) for seq in range(14, 21)])
    watched.is_(*range(5, 21))


def test_what_a_return_skips_is_a_hole(watched: Watched) -> None:
    watched.entries.joined(0, 0)
    watched.entries.came(line(1))
    watched.entries.stored(line(4))
    watched.is_(1, 4)  # 2 and 3 are on their way
    watched.entries.joined(8, 8)
    watched.is_(1, (2, 3), 4, (5, 8))
    watched.entries.came(line(9))
    watched.entries.lost(5, 6)
    watched.is_(1, (2, 3), 4, Hole(5, 6, lost=True), (7, 8), 9)


def test_a_gap_that_the_server_tells(watched: Watched) -> None:
    watched.entries.joined(3, 50)
    watched.entries.lost(4, 40)
    watched.entries.came(line(41))
    watched.is_(Hole(4, 40, lost=True), 41)
    assert watched.entries.holes() == []


def test_notes_stay_where_they_were_seen(watched: Watched) -> None:
    watched.entries.joined(10, 10)
    watched.entries.note(CAME)
    watched.entries.came(line(11))
    watched.entries.note(CAME)
    watched.entries.page([line(9), line(10)])
    watched.entries.page([line(seq) for seq in (4, 5, 6, 7, 8)])
    watched.is_(4, 5, 6, 7, 8, 9, 10, CAME, 11, CAME)


def test_a_page_that_runs_past_a_note_and_a_hole(watched: Watched) -> None:
    watched.entries.joined(3, 3)
    watched.entries.came(line(4))
    watched.entries.joined(6, 6)
    watched.entries.note(CAME)
    watched.is_(4, (5, 6), CAME)
    watched.entries.page([line(seq) for seq in (5, 6, 7, 8)])
    watched.entries.came(line(7))
    watched.is_(4, 5, 6, CAME, 7, 8)


def test_the_same_entries_again(watched: Watched) -> None:
    watched.entries.joined(0, 0)
    for seq in (1, 2, 3):
        watched.entries.came(line(seq))
    watched.entries.joined(1, 3)
    assert not any(watched.entries.came(line(seq)) for seq in (2, 3))
    watched.entries.came(line(4))
    watched.is_(1, 2, 3, 4)


def test_another_stream_under_the_same_name(watched: Watched) -> None:
    watched.entries.came(line(7))
    watched.entries.came(line(8))
    watched.entries.came(Line(1, 1, "bob", "another bob"))
    anew = Note(What.BEGUN_ANEW, 0)
    watched.is_(7, 8, anew, Line(1, 1, "bob", "another bob"))
    watched.entries.came(line(2))
    watched.entries.came(Line(2, 9, "bob", "and another"))
    assert watched.entries.cursor == 2
    watched.entries.joined(0, 1)
    watched.is_(
        7, 8, anew, Line(1, 1, "bob", "another bob"), line(2), anew, Line(2, 9, "bob", "and another"), anew
    )
    watched.entries.came(line(1))
    assert watched.entries.holes() == []


def test_lines_of_ones_own_stand_at_the_end_until_they_are_stored(watched: Watched) -> None:
    watched.entries.joined(0, 0)
    mine, next_one = Own(1, "hi"), Own(2, "there", Way.SENT)
    watched.entries.own(next_one)
    watched.entries.own(mine)
    watched.entries.came(line(1))
    watched.is_(1, mine, next_one)
    watched.entries.drop_own(1)
    watched.entries.stored(Line(3, 0, "ann", "hi", 1))
    watched.entries.came(line(2))
    watched.is_(1, 2, Line(3, 0, "ann", "hi", 1), next_one)
    assert not watched.entries.came(Line(3, 77, "ann", "hi", 1))
    watched.is_(1, 2, Line(3, 77, "ann", "hi", 1), next_one)
    assert watched.entries[-1] == next_one


def test_the_oldest_go_when_there_are_too_many(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ENTRIES", 10)
    monkeypatch.setattr(module, "PRUNED", 2)
    watched.entries.joined(0, 0)
    for seq in range(1, 14):
        watched.entries.came(line(seq))
    watched.is_(*range(4, 14))
    assert (watched.entries.oldest, watched.entries.begun) == (4, False)
    watched.entries.page([line(2), line(3)])
    watched.is_(*range(2, 14))


def test_clearing_forgets_what_is_shown_and_nothing_else(watched: Watched) -> None:
    watched.entries.joined(0, 0)
    watched.entries.came(line(1))
    watched.entries.own(Own(1, "hi"))
    watched.entries.clear()
    watched.entries.came(line(2))
    watched.is_(2, Own(1, "hi"))
    watched.entries.page([line(1)])
    watched.is_(1, 2, Own(1, "hi"))
