"""Which row of a transcript shows what, for one width: worked out in slices, so that no resize stalls."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Literal

from callroom_tui.lines import Line, day_of
from callroom_tui.wrapping import breaks

Heading = Literal["top", "day", "unread"]


class RowMap:
    """The lines of a place, and the rows they take once `width` is known.

    Rows are counted from an origin that never moves while the width stays, so that rows above may be added
    without renumbering: a row of the map is `base` + a row of the view. Laid out are the lines from `first`
    up to `last`; the rest follows with `step`.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.width = 0
        self.first = self.last = 0
        self.base = 0
        self.unread = 0
        """The key of the first line that is unread; 0: none."""
        self._ends = array("q")

    @property
    def height(self) -> int:
        """How many rows are laid out."""
        return self.end - self.base

    @property
    def end(self) -> int:
        """The row after the last that is laid out."""
        return self._ends[-1] if self._ends else self.base

    @property
    def complete(self) -> bool:
        """Whether every line is laid out."""
        return not self.width or (not self.first and self.last == len(self.lines))

    def headings(self, index: int) -> list[Heading]:
        """What stands above a line, one row each."""
        found: list[Heading] = []
        line = self.lines[index]
        if not index:
            found.append("top")
        if not index or day_of(self.lines[index - 1].at) != day_of(line.at):
            found.append("day")
        if self.unread and line.key == self.unread:
            found.append("unread")
        return found

    def _height(self, index: int) -> int:
        line = self.lines[index]
        rows = 1 + len(breaks(line.text, self.width))
        if index and line.key != self.unread and day_of(self.lines[index - 1].at) == day_of(line.at):
            return rows  # nearly every line, at a third of the price
        return rows + len(self.headings(index))

    # --- the lines ------------------------------------------------------------------------------------------

    def extend(self, lines: Sequence[Line]) -> None:
        """Adds lines at the end."""
        laid = self.width and self.last == len(self.lines)
        self.lines += lines
        if laid:
            self.forward(len(lines))

    def prepend(self, lines: Sequence[Line]) -> int:
        """Adds lines at the beginning; how many rows this adds above."""
        count = len(lines)
        laid = self.width and not self.first and self.last
        before = self.base
        if laid:  # the old first line loses its headings
            self.base = self._ends.pop(0)
            self.first = 1
        self.lines[:0] = lines
        self.first += count
        self.last += count
        if not laid:
            return 0
        self.backward(count + 1)
        return before - self.base

    def replace_from(self, index: int, lines: Sequence[Line]) -> None:
        """Puts `lines` in the place of everything from `index` on."""
        del self.lines[index:]
        if self.last > index:
            self.last = max(index, self.first)
            del self._ends[self.last - self.first :]
        if self.first > index:
            self.first = self.last = index
        self.extend(lines)

    def prune(self, count: int) -> int:
        """Forgets the first `count` lines; how many rows this takes away above."""
        count = min(count, len(self.lines))
        del self.lines[:count]
        cut = max(0, min(self.last, count) - self.first)
        before = self.base
        if cut:
            self.base = self._ends[cut - 1]
            del self._ends[:cut]
        self.first = max(0, self.first - count)
        self.last = max(0, self.last - count)
        if cut and self.last:  # the new first line has headings now
            self.base = self._ends.pop(0)
            self.first = 1
            self.backward(1)
        return self.base - before

    def changed(self, index: int) -> int:
        """Lays a line out again of which only the headings have changed; by how many rows it grew."""
        if not self.first <= index < self.last:
            return 0
        place = index - self.first
        start = self._ends[place - 1] if place else self.base
        grown = start + self._height(index) - self._ends[place]
        if grown:
            for later in range(place, len(self._ends)):
                self._ends[later] += grown
        return grown

    # --- their rows -----------------------------------------------------------------------------------------

    def start(self, width: int, anchor: int, rows: int) -> int:
        """Begins anew with a width, around the line `anchor`: at least so many lines each way.

        Returns:
            how many rows are above the anchor.
        """
        self.width = width
        self.first = self.last = min(anchor, len(self.lines))
        self.base = 0
        self._ends = array("q")
        self.forward(rows)
        return self.backward(rows)

    def forward(self, count: int) -> None:
        """Lays out at most `count` more lines at the end."""
        upto = min(len(self.lines), self.last + count)
        heights = (self._height(index) for index in range(self.last, upto))
        self._ends.extend(list(accumulate(heights, initial=self.end))[1:])
        self.last = upto

    def backward(self, count: int) -> int:
        """Lays out at most `count` more lines before the first; how many rows they take."""
        low = max(0, self.first - count)
        heights = [self._height(index) for index in range(low, self.first)]
        taken = sum(heights)
        self._ends[:0] = array("q", list(accumulate(heights, initial=self.base - taken))[1:])
        self.base -= taken
        self.first = low
        return taken

    def locate(self, row: int) -> tuple[int, int]:
        """The line that a row of the map belongs to, and which of its rows it is."""
        place = bisect_right(self._ends, row)
        return self.first + place, row - (self._ends[place - 1] if place else self.base)

    def top(self, index: int) -> int:
        """The first row of a line that is laid out."""
        place = index - self.first
        return self._ends[place - 1] if place else self.base
