"""How a transcript is painted: rows of parts become strips of cells, each made once while it looks the same.

Textual's own way makes a strip for every row of the view, pads it, marks each of its segments with where it
is and filters it, all anew whenever the view moves by a row: in a busy room that was half of all the work.
Here the strip of a row is kept in the shape in which it goes to the terminal.
"""

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.filter import LineFilter
from textual.strip import Strip
from textual.widget import Widget

from callroom_tui.colours import colour_of
from callroom_tui.drawing import Row, marked
from callroom_tui.wrapping import width_of

MAX_STRIPS = 256
"""Strips that are kept: several screens full, at some 3 KB each."""
TOGETHER = 32
"""Rows of a line that are painted together: a line may have more than are kept."""
STYLES = frozenset(
    {"time", "name", "mine", "robot", "rule", "alert", "note", "fault", "said", "mention", "link", "pending"}
    | {"sent", "failed", "top", "day", "unread", "match", "here", "text-pending", "text-failed"}
)


class Painted(Strip):
    """A row's strip, with the cells behind it that lie under the scroll bar.

    The compositor cuts it where the bar begins, each time; so both parts are kept at hand.
    """

    __slots__ = ("_body", "_tail")

    def __init__(self, body: Strip, tail: Strip) -> None:
        super().__init__([*body, *tail], body.cell_length + tail.cell_length)
        self._body = body
        self._tail = tail

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """The parts between cuts."""
        cuts = list(cuts)
        if cuts == [self._body.cell_length, self.cell_length]:
            return [self._body, self._tail]
        return super().divide(cuts)


class Painter:
    """Paints the rows of a widget whose component classes are `transcript--` and each of `STYLES`.

    Args:
        widget: whose colours they have.
    """

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._strips: LRUCache[tuple[int, int], Strip] = LRUCache(MAX_STRIPS)
        self._looks: dict[tuple[str, str], Style] = {}
        self._filters: Sequence[LineFilter] = ()
        self._width = 0
        self._tail = Strip([])
        self.needle = ""
        """What is searched for: it is marked wherever it stands."""
        self.hit = -1
        """The line whose match is marked more than the others."""

    def forget(self) -> None:
        """The rows show something else now."""
        self._strips.clear()

    def restyle(self) -> None:
        """The colours are others now."""
        self._strips.clear()
        self._looks.clear()

    def begin(self, width: int, hidden: int) -> None:
        """Rows are `width` cells wide and `hidden` more that nobody sees, filtered as all rows are."""
        filters = self._widget.get_line_filters()
        if (width, hidden, filters) != (self._width, self._tail.cell_length, self._filters):
            self._strips.clear()
            self._width, self._filters = width, filters
            self._tail = Strip.blank(hidden, self.look(""))

    # --- strips as the terminal gets them -------------------------------------------------------------------

    def kept(self, index: int, sub: int) -> Strip | None:
        """The strip of a row of a line, if it has been painted since it last changed."""
        return self._strips.get((index, sub))

    def keep(self, index: int, rows: Iterable[Row], first: int, margin: int, text: str) -> None:
        """Paints rows of a line and its text, from the row `first` on, `margin` cells from the left."""
        for sub, row in enumerate(rows, first):
            self._strips[index, sub] = self.finished(self.segments(row, index, text), margin)

    def blank(self) -> Strip:
        """A row on which there is nothing."""
        strip = self._strips.get((-1, 0))
        if strip is None:
            strip = self._strips[-1, 0] = self.finished([], 0)
        return strip

    def finished(self, segments: list[Segment], margin: int) -> Strip:
        """The strip of a row: with its margin, filled up to the whole width, and filtered."""
        base = self.look("")
        used = margin + sum([width_of(segment.text) for segment in segments])
        if margin:
            segments.insert(0, Segment(" " * margin, base))
        if used < self._width:
            segments.append(Segment(" " * (self._width - used), base))
        background = self._widget.background_colors[1]
        for each in self._filters:
            segments = each.apply(segments, background)
        body = Strip(segments, max(used, self._width))
        return Painted(body if used <= self._width else body.crop(0, self._width), self._tail)

    # --- their colours --------------------------------------------------------------------------------------

    def look(self, name: str, by: str = "") -> Style:
        """The style of this name; of a person's name in that person's colour."""
        key = (name, by if name == "name" else "")
        if (style := self._looks.get(key)) is None:
            widget = self._widget
            style = widget.rich_style
            if name:
                style += widget.get_component_rich_style(f"transcript--{name}", partial=True)
            if name == "name":
                style += Style(color=colour_of(by, widget.background_colors[1].hex6))
            self._looks[key] = style
        return style

    def segments(self, row: Row, index: int, text: str) -> list[Segment]:
        """A row of the line `index`, whose text this is, in its colours."""
        if self.needle:
            row = marked(row, text, self.needle, "here" if index == self.hit else "match")
        found: list[Segment] = []
        for part in row.parts:
            style = self.look(part.style, part.by)
            if part.url:
                style += Style.from_meta({"url": part.url})
            found.append(Segment(part.text, style))
        return found

    def selected(self, segments: list[Segment], start: int, end: int) -> list[Segment]:
        """The same with what is selected of them laid under; in characters, an end of -1 is the row's."""
        chosen = self._widget.screen.get_component_rich_style("screen--selection")
        found: list[Segment] = []
        at = 0
        for text, style, _ in segments:
            first = min(max(start - at, 0), len(text))
            last = len(text) if end < 0 else min(max(end - at, first), len(text))
            over = (style or Style()) + chosen
            pieces = (text[:first], style), (text[first:last], over), (text[last:], style)
            found += [Segment(piece, look) for piece, look in pieces if piece]
            at += len(text)
        return found
