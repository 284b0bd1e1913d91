"""A size that was missed is noticed at the second look, and one that is just being laid out is not."""

from pathlib import Path

from callroom_tui.resizing import LEAST, Lag
from callroom_wire import messages as m
from link_support import Peer, Stranger
from screen_support import at_screen


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


async def test_a_window_of_hardly_any_cells_ends_nothing(tmp_path: Path) -> None:
    def act(peer: Peer) -> None:
        peer.log_in()
        peer.send(m.Said(room="lobby", seq=1, at=1, by="eve", text="well " * 50))
        peer.until_closed()

    server = Stranger(act)
    async with at_screen(server.url, tmp_path, size=(5, 40)) as caller:
        await caller.ready()
        for size in ((5, 40), (1, 1), (300, 1), (2, 2)):
            await caller.pilot.resize_terminal(*size)
            assert caller.app.size == (max(size[0], LEAST[0]), max(size[1], LEAST[1]))
            for keys in (
                ("f1", "escape"),
                ("f9", "escape"),
                ("f6", "f6"),
                ("ctrl+f", "escape"),
                ("a", "backspace"),
            ):
                await caller.pilot.press(*keys)
        await caller.pilot.resize_terminal(80, 24)
        await caller.see("Ctrl+Q")
    server.close()
