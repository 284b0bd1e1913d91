"""Small charts of characters, at their edges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_tui.charts import bar, size, spark


@given(st.lists(st.floats(0, 1e9), max_size=50), st.integers(-3, 40))
def test_a_sparkline_has_a_block_for_each_of_the_last_values(values: list[float], width: int) -> None:
    drawn = spark(values, width)
    assert len(drawn) == min(len(values), max(0, width))
    if drawn and max(values[-width:]) > 0:
        assert drawn[values[-width:].index(max(values[-width:]))] == "█"


def test_a_sparkline_rises_with_its_values() -> None:
    assert spark([0, 1, 2, 3, 4, 5, 6, 7, 8], 9) == "▁▁▂▃▄▅▆▇█"
    assert spark([0, 0], 5) == "▁▁"
    assert spark([9, 1, 1], 2) == "██"  # what is out of view does not count


@given(st.floats(-2, 3), st.integers(0, 60))
def test_a_bar_is_as_wide_as_it_may_be(share: float, width: int) -> None:
    full, empty = bar(share, width)
    assert len(full + empty) == width
    assert bar(0, width) == ("", "─" * width)
    assert bar(1, width) == ("━" * width, "")


@pytest.mark.parametrize(
    ("count", "read"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (5 << 20, "5.0 MiB"),
        (3 << 40, "3072.0 GiB"),
    ],
)
def test_sizes(count: int, read: str) -> None:
    assert size(count) == read
