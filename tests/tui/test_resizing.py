"""A size that was missed is noticed at the second look, and one that is just being laid out is not."""

from callroom_tui.resizing import Lag


def test_a_size_that_is_missed_for_two_looks_is_noticed_once() -> None:
    lag = Lag()
    assert not lag.look((80, 24), (80, 24))
    assert not lag.look((120, 40), (80, 24))  # perhaps it is on its way
    assert lag.look((120, 40), (80, 24))
    assert not lag.look((120, 40), (80, 24))  # and is given the same time again
    assert lag.look((120, 40), (80, 24))
    assert not lag.look((120, 40), (120, 40))


def test_a_window_that_is_being_dragged_is_left_alone() -> None:
    lag = Lag()
    assert not any(lag.look((width, 24), (width - 1, 24)) for width in range(80, 120))
    assert not lag.look((120, 24), (120, 24))
    assert not lag.look((80, 24), (120, 24))
    assert not lag.look((120, 24), (120, 24))
    assert not lag.look((80, 24), (120, 24))


def test_what_the_kernel_does_not_know_is_no_size() -> None:
    lag = Lag()
    assert not any(lag.look(window, (80, 24)) for window in ((0, 0), (0, 0), (0, 24), (0, 24), (120, 0)) * 2)
