"""Several splices at once come to the same as one after another, and leave alone what they did not touch."""

from hypothesis import given
from hypothesis import strategies as st

from callroom_client.model.changes import Splice
from callroom_client.model.entries import Line
from callroom_tui.splicing import Between, merged

Cut = tuple[int, int, int]
CUTS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5), st.integers(0, 5)), max_size=6)


def spliced(before: int, cuts: list[Cut]) -> tuple[list[Line], list[Line], list[Splice]]:
    """Entries before and after these cuts, each of which is made to fit, and the cuts as splices."""
    old = [Line(seq, 0, "ann", "as it was") for seq in range(before)]
    new, splices = list(old), list[Splice]()
    for at, removed, added in cuts:
        index = at % (len(new) + 1)
        count = min(removed, len(new) - index)
        fresh = tuple(Line(1000 * len(splices) + number, 1, "ann", "new") for number in range(added))
        splices.append(Splice("room", index, count, fresh))
        new[index : index + count] = fresh
    return old, new, splices


@given(st.integers(0, 20), CUTS)
def test_one_after_another_and_all_at_once_are_the_same(before: int, cuts: list[Cut]) -> None:
    old, new, splices = spliced(before, cuts)
    between = merged(splices, len(old))
    assert between.first >= 0
    assert between.first + between.removed <= len(old)
    shown = list(old)
    shown[between.first : between.first + between.removed] = new[
        between.first : between.first + between.added
    ]
    assert shown == new


@given(st.integers(0, 20), CUTS)
def test_what_no_splice_touched_is_not_laid_out_again(before: int, cuts: list[Cut]) -> None:
    old, _, splices = spliced(before, cuts)
    between = merged(splices, len(old))
    first = min((splice.index for splice in splices), default=before)
    assert between.first == first
    assert between.added <= max(0, len(old) + sum(len(s.added) for s in splices) - first)


def test_lines_at_the_end_touch_only_the_end() -> None:
    _, _, splices = spliced(1000, [(1000, 0, 2), (1002, 0, 1), (1001, 2, 1)])
    assert merged(splices, 1000) == Between(1000, 0, 2)
    assert merged([], 1000) == Between(1000, 0, 0)


def test_older_lines_above_and_newer_below_are_told_as_all_between() -> None:
    _, _, splices = spliced(100, [(0, 0, 3), (103, 0, 2)])
    assert merged(splices, 100) == Between(0, 100, 105)
