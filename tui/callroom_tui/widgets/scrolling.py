"""Long lists of rows to which many are added, without a layout, and with a scroll bar that stands still."""

from math import ceil

from textual.geometry import Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
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


class RowView(ScrollView):
    """A view of rows, drawn one by one, of which more may come at any time.

    Its scroll bar is always there: `overflow-y: scroll`.
    """

    # A widget's own lays out the whole screen, and paints all of it, whenever it changes: here in every frame
    # of a busy room. As the scroll bar is always there, nothing else moves.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._bar = Bar()

    def measure(self, rows: int, following: bool) -> None:
        """There are so many rows now.

        Args:
            rows: how many.
            following: the caller is about to scroll to the last of them.
        """
        self.virtual_size = Size(self.scrollable_content_region.width, rows)
        self.scroll_y = self.validate_scroll_y(self.scroll_y)
        self.tell_bar(self.max_scroll_y if following else self.scroll_y)

    def tell_bar(self, position: float) -> None:
        """The row at the top of the view is this one."""
        self._bar.tell(self.vertical_scrollbar, self.size.height, self.virtual_size.height, position)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Shows what is there."""
        self.tell_bar(new_value)
        if round(old_value) != round(new_value):
            self.refresh()
