"""Colours of names: the same for a name everywhere, apart from one another, and readable on every look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.color import Color
from textual.theme import Theme

from callroom_tui.colours import CONTRAST, colour_of, contrast
from callroom_tui.themes import THEMES

GROUNDS = sorted({ground for theme in THEMES for ground in (theme.background, theme.surface) if ground})


@given(st.text(max_size=40), st.sampled_from(GROUNDS))
def test_any_name_can_be_read_on_any_ground(name: str, ground: str) -> None:
    assert contrast(Color.parse(colour_of(name, ground)), Color.parse(ground)) >= CONTRAST


@given(st.text(max_size=8), st.tuples(*[st.integers(0, 255)] * 3))
def test_where_no_hue_will_do_it_is_black_or_white(name: str, ground: tuple[int, int, int]) -> None:
    behind = Color(*ground)
    colour = colour_of(name, behind.hex6)
    assert colour in ("#ffffff", "#000000") or contrast(Color.parse(colour), behind) >= CONTRAST


def test_a_name_keeps_its_colour_however_it_is_written() -> None:
    ground = THEMES[0].background or ""
    assert colour_of("Alice", ground) == colour_of("alice", ground) == colour_of("ALICE", ground)
    assert len({colour_of(f"{name}", ground) for name in range(200)}) > 15


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_look_can_be_read(theme: Theme) -> None:
    for ground in (theme.background, theme.surface, theme.panel):
        behind = Color.parse(ground or "")
        words = (theme.foreground, theme.variables["muted"], theme.error, theme.success, theme.accent)
        for word in words:
            assert contrast(Color.parse(word or ""), behind) >= CONTRAST, (ground, word)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0b6b61", "#0b6b61", 1.0)],
)
def test_the_ratio_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    for pair in ((one, other), (other, one)):
        assert contrast(*map(Color.parse, pair)) == pytest.approx(ratio, abs=0.005)
