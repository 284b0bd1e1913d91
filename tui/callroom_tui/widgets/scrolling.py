"""A scroll bar that is painted when it looks different, and not whenever a line comes in."""

from math import ceil

from textual.scrollbar import ScrollBar

EIGHTHS = 8
"""A cell of a scroll bar is drawn in eighths (U+2581 to U+2588)."""


def thumb(cells: int, rows: int, position: float) -> tuple[int, int]:
    """Where the thumb of a bar begins and ends, in eighths of a cell.

    Args:
        cells: of the bar, which is as high as the view.
        rows: that there are to scroll through.
        position: the row at the top of the view.
    """
    if rows <= cells or not cells:
        return 0, 0
    size = max(1.0, cells * cells / rows)
    begin = int((cells - size) * position / (rows - cells) * EIGHTHS)
    return begin, begin + ceil(size * EIGHTHS)


class Bar:
    """Keeps a scroll bar true.

    Textual paints all of a bar anew for every change of what it stands for. In a long transcript that is one
    more row for each line that comes in, and one cell of the bar stands for thousands.
    """

    def __init__(self) -> None:
        self._shape = (-1, -1, -1)

    def tell(self, bar: ScrollBar, cells: int, rows: int, position: float) -> None:
        """Says what the bar stands for now."""
        bar.set_reactive(ScrollBar.window_virtual_size, rows)
        bar.set_reactive(ScrollBar.window_size, cells)
        bar.set_reactive(ScrollBar.position, position)
        shape = (cells, *thumb(cells, rows, position))
        if shape != self._shape:
            self._shape = shape
            bar.refresh()
