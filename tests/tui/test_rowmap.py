"""The row map: whatever lines come, go and change, every row is where a fresh layout has it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_tui.lines import Written
from callroom_tui.rowmap import RowMap
from screen_support import NOON, chatter

LINES = chatter(40, start=NOON - 40_000)
SPREAD = [Written(line.key, line.at + 5_000_000 * line.key, line.by, line.text) for line in LINES]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9), st.integers(0, 9), st.booleans()), max_size=8),
    st.integers(0, 40),
    st.integers(1, 12),
)
def test_splices_come_to_what_a_fresh_layout_has(
    splices: list[tuple[int, int, int, bool]], anchor: int, rows: int
) -> None:
    lines = RowMap()
    lines.unread = 7
    lines.splice(0, 0, SPREAD[:30])
    lines.start(24, anchor, rows)
    for index, removed, added, above in splices:
        at = min(index, len(lines.lines))
        lines.splice(at, min(removed, len(lines.lines) - at), SPREAD[index : index + added], above)
    while not lines.complete:
        lines.forward(3)
        lines.backward(3)
    fresh = RowMap()
    fresh.unread = 7
    fresh.lines = list(lines.lines)
    fresh.start(24, 0, len(fresh.lines))
    assert lines.height == fresh.height
    for row in range(fresh.height):
        assert lines.locate(row + lines.base) == fresh.locate(row)
    for index in range(len(fresh.lines)):
        assert lines.top(index) - lines.base == fresh.top(index)


def test_a_line_is_found_wherever_it_has_moved() -> None:
    rows = RowMap()
    assert rows.index(7) == -1
    rows.splice(0, 0, LINES)
    assert rows.index(7) == 6
    assert rows.index(len(LINES)) == len(LINES) - 1
    rows.splice(0, 3, [])
    assert (rows.index(7), rows.index(2), rows.index(40)) == (3, -1, 36)
