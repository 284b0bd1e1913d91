"""Notices that the screen has missed the last of several changes of its window's size.

Textual 8.2 asks for the size within the handler of SIGWINCH and hands it to the loop from there. A second
signal that comes between the two is served first, so its size, the newer one, is handed over first and then
overtaken by the older one, which stays until the window changes again.
"""

LOOK_SECONDS = 1.0
"""So often the two sizes are compared; a look costs 2 us."""

LEAST = (12, 4)
"""Columns and rows: a smaller window is laid out like this and seen in part. Textual 8.2 breaks lines to a
width of 0 or less in an even smaller one, and ends."""

Size = tuple[int, int]


def bearable(window: Size) -> Size:
    """The size to lay out for a window."""
    return max(window[0], LEAST[0]), max(window[1], LEAST[1])


class Lag:
    """Compares what the kernel says of the window with what is laid out."""

    def __init__(self) -> None:
        self._missed: Size | None = None

    def look(self, window: Size, laid_out: Size) -> bool:
        """Whether the window has had another size than what is laid out for two looks in a row.

        Args:
            window: columns and rows; 0 where the kernel does not know.
            laid_out: the same of the screen.
        """
        missed = window if window != laid_out and all(window) else None
        late = missed is not None and missed == self._missed
        self._missed = None if late else missed
        return late
