"""Painting: quicker than Textual's own way, and the same to the cell."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBarRender
from textual.strip import Strip

from callroom_tui import garbage
from callroom_tui.lines import Written
from callroom_tui.widgets.painting import MAX_STRIPS, Painted
from callroom_tui.widgets.scrolling import thumb
from callroom_tui.widgets.transcript import Transcript
from screen_support import NOON, Frame, chatter, made, seen_of

Cell = tuple[str, Color | None, Color | None, bool, bool]


def cells(strips: list[Strip]) -> list[list[Cell]]:
    """What each character of each row looks like."""
    return [[cell for segment in strip for cell in _cells(segment)] for strip in strips]


def _cells(segment: Segment) -> list[Cell]:
    style = segment.style or Style()
    look = (style.bgcolor, bool(style.bold), bool(style.underline))
    return [(letter, None if letter == " " else style.color, *look) for letter in segment.text]


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (21, 7), (160, 30)])
async def test_rows_look_as_textual_would_have_painted_them(size: tuple[int, int]) -> None:
    lines = [
        *chatter(40),
        made(99, NOON + 999, "鲍勃", "see https://example.org/a and 再见 👨\u200d👩\u200d👧"),
    ]
    lines += [
        Written(100, int(NOON + 1000) * 1000, "z", "to me", mention=True),
        made(101, NOON, "", "went", "note"),
    ]
    async with Frame(Transcript).run_test(size=size) as pilot:
        transcript = pilot.app.query_one(Transcript)
        transcript.extend(lines)
        for needle in ("", "的"):
            transcript.find(needle)
            await pilot.pause()
            region = transcript.region.reset_offset
            ours = transcript.render_lines(region)
            theirs = ScrollView.render_lines(transcript, region)
            assert cells(ours) == cells(theirs)
            assert {strip.cell_length for strip in ours} == {region.width}


async def test_a_row_is_painted_once_while_it_looks_the_same() -> None:
    async with Frame(Transcript).run_test(size=(60, 12)) as pilot:
        transcript = pilot.app.query_one(Transcript)
        transcript.extend(chatter(30))
        await pilot.pause()
        region = transcript.region.reset_offset
        before = transcript.render_lines(region)
        transcript.extend([made(500, NOON + 5000, "z", "one more")])
        await pilot.pause()
        after = transcript.render_lines(region)
        assert len({id(strip) for strip in before} & {id(strip) for strip in after}) >= len(before) - 3


async def test_a_line_of_more_rows_than_are_kept_is_seen_whole() -> None:
    rows = 2 * MAX_STRIPS
    text = "\n".join(f"row {number}." for number in range(rows))
    async with Frame(Transcript).run_test(size=(60, 12)) as pilot:
        transcript = pilot.app.query_one(Transcript)
        transcript.extend([made(1, NOON, "alice", text)])
        await pilot.pause()
        seen: set[str] = set()
        for y in range(0, rows + 12, 9):
            transcript.scroll_to(y=y, animate=False, immediate=True)
            await pilot.pause()
            seen.update(row.split()[-1] for row in seen_of(pilot.app) if " row " in row)
        assert seen == {f"{number}." for number in range(rows)}


@given(st.lists(st.integers(1, 12), min_size=1, max_size=4))
def test_a_row_is_cut_as_any_other(steps: list[int]) -> None:
    body, tail = Strip([Segment("你好 world"), Segment("!")]), Strip.blank(1)
    row = Painted(body, tail)
    cuts = sorted({min(sum(steps[: at + 1]), row.cell_length) for at in range(len(steps))})
    for wanted in (cuts, [body.cell_length, row.cell_length]):
        plain = Strip([*body, *tail]).divide(wanted)
        assert [part.text for part in row.divide(wanted)] == [part.text for part in plain]


@given(st.integers(1, 60), st.integers(1, 5000), st.floats(0, 1), st.floats(0, 1))
def test_a_bar_looks_the_same_where_its_thumb_is_the_same(
    height: int, rows: int, one: float, other: float
) -> None:
    def drawn(share: float) -> list[str]:
        position = share * max(0, rows - height)
        window = height if height < rows else 0
        bar = ScrollBarRender.render_bar(height, rows, window, position)
        return [f"{segment.text}{segment.style}" for segment in bar.segments]

    thumbs = [thumb(height, rows, share * max(0, rows - height)) for share in (one, other)]
    if thumbs[0] == thumbs[1]:
        assert drawn(one) == drawn(other)


def test_what_the_screen_began_with_is_not_looked_at_again() -> None:
    before = gc.get_threshold()
    try:
        garbage.rest()
        assert not gc.isenabled()
        garbage.settle()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold() == garbage.THRESHOLDS
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
        gc.enable()
