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
        self.first: int = 0
        self.last: int = 0
        self.base: int = 0
        self.unread = 0
        """The key of the first line that is unread; 0: none."""
        self._ends = array("q")
        self._found = 0  # where `index` last found a line

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

    def index(self, key: int) -> int:
        """Where the line with this key is, looked for from the end; -1 if nowhere."""
        lines, at = self.lines, self._found
        if not (0 <= at < len(lines) and lines[at].key == key):  # it seldom moves
            at = self._found = next((at for at in reversed(range(len(lines))) if lines[at].key == key), -1)
        return at

    # --- the lines ------------------------------------------------------------------------------------------

    def splice(self, index: int, removed: int, added: Sequence[Line], above: bool = False) -> None:
        """Puts `added` in the place of `removed` lines from `index` on.

        Args:
            index: where; at the end of the lines to add to them.
            removed: how many lines go.
            added: what comes instead.
            above: the rows below keep their numbers, and those above move up; otherwise it is the other way.
        """
        whole = self.last == len(self.lines)
        self.lines[index : index + removed] = added
        if not self.width:
            return
        grown = len(added) - removed
        if index == self.last and whole:
            self.forward(len(added))
        elif self.first <= index and index + removed <= self.last:
            self._relaid(index, removed, len(added), above)
        elif index + removed <= self.first:
            self.first += grown
            self.last += grown
            if self.first < self.last:  # another line may stand before it, so that its headings differ
                self._relaid(self.first, 1, 1, above=True)
        elif index < self.last:
            self.start(self.width, min(index, len(self.lines)), self.last - self.first)

    def _relaid(self, index: int, removed: int, added: int, above: bool) -> None:
        """Lays out anew what a splice within the layout has brought, and the line after it: its headings."""
        removed += index + removed < self.last
        added += index + added < len(self.lines)
        self.last += added - removed
        heights = [self._height(at) for at in range(index, min(index + added, len(self.lines)))]
        place = index - self.first
        before = self._ends[place - 1] if place else self.base
        after = self._ends[place + removed - 1] if removed else before
        grown = sum(heights) - (after - before)
        if above:
            self.base -= grown
            self._shift(0, place, -grown)
            before -= grown
        else:
            self._shift(place + removed, len(self._ends), grown)
        self._ends[place : place + removed] = array("q", list(accumulate(heights, initial=before))[1:])

    def _shift(self, start: int, end: int, by: int) -> None:
        if by:
            self._ends[start:end] = array("q", [row + by for row in self._ends[start:end]])

    def changed(self, index: int) -> None:
        """Lays a line out again of which only the headings have changed."""
        if self.first <= index < self.last:
            self._relaid(index, 1, 1, above=False)

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
