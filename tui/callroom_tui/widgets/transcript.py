"""The transcript: a hundred thousand lines, of which only the rows in view are ever drawn."""

import time
from collections.abc import Callable, Sequence

from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer

from callroom_tui.drawing import ALL, Columns, Row, drawn
from callroom_tui.lines import Line
from callroom_tui.rowmap import RowMap
from callroom_tui.widgets.painting import STYLES, TOGETHER, Painter
from callroom_tui.widgets.scrolling import RowView
from callroom_words.words import Lang

SLICE_SECONDS = 0.008
"""So long one slice of a new layout may take: half a frame of 60 a second."""
AT_ONCE = 400
"""So many lines each way are laid out before the first paint after a resize: several screens."""


class Transcript(RowView, can_focus=True):
    """What was said in a place. It follows the newest line until the reader scrolls up."""

    ALLOW_SELECT = True
    FOCUS_ON_CLICK = False  # who clicks a link or selects goes on typing
    COMPONENT_CLASSES = {f"transcript--{name}" for name in STYLES}
    BINDINGS = [
        Binding("home", "scroll_home", "Oldest", show=False),
        Binding("end", "newest", "Newest", show=False),
    ]

    class Moved(Message):
        """The view moved, or grew: what is unread below, and whether older lines should be fetched."""

        def __init__(self, below: int, at_top: bool) -> None:
            super().__init__()
            self.below = below
            self.at_top = at_top

    class Followed(Message):
        """A link was clicked."""

        def __init__(self, url: str) -> None:
            super().__init__()
            self.url = url

    def __init__(
        self, lang: Lang = "en", wall: Callable[[], float] = time.time, *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.lang: Lang = lang
        self._wall = wall  # Unix seconds, for "today"
        self.map = RowMap()
        self.below = 0
        """How many lines have come in below the view since the reader scrolled up."""
        self.following = True
        self._top = ""
        self._painter = Painter(self)
        self._seen = 0  # the row of the map that was painted at the top
        self._reflow: Timer | None = None
        self._laid_size = Size(0, 0)

    # --- the lines ------------------------------------------------------------------------------------------

    @property
    def lines(self) -> Sequence[Line]:
        """Every line it holds."""
        return self.map.lines

    def splice(self, index: int, removed: int, added: Sequence[Line]) -> None:
        """Puts `added` in the place of `removed` lines from `index` on; best once a frame, however many.

        The rows that are being read stay where they are, unless they are the newest.
        """
        count = len(self.map.lines)
        following = self.following and not self.is_vertical_scrollbar_grabbed
        if len(added) > AT_ONCE * 4:
            self._laid_anew(index, removed, added)
            return
        base = self.map.base
        last = index + removed == count and index >= self.map.first
        self.map.splice(index, removed, added, above=not last and self._above(index))
        if removed or index < count:
            self._painter.forget()
        hit = self._painter.hit
        hit = -1 if index <= hit < index + removed else hit
        self._painter.hit = hit + (len(added) - removed) * (index + removed <= hit)
        row = max(0, self.scroll_y + base - self.map.base)
        self._sized()
        if following:
            self._to_end()
            return
        if row != self.scroll_y:
            self.scroll_to(y=row, animate=False, immediate=True)
        if last and len(added) > removed:
            self.below += len(added) - removed
        self._moved()

    def extend(self, lines: Sequence[Line]) -> None:
        """Adds lines at the end."""
        self.splice(len(self.map.lines), 0, lines)

    def _laid_anew(self, index: int, removed: int, added: Sequence[Line]) -> None:
        """Takes in so many lines that laying them out at once would be felt."""
        anchor = None if self.following else self._reading() + (len(added) - removed) * self._above(index)
        self.map.lines[index : index + removed] = added
        self._painter.hit = -1
        if self.map.width:
            self._lay(self.map.width, anchor)

    def _reading(self) -> int:
        """The line at the top of the view."""
        return self.map.locate(self.scroll_offset.y + self.map.base)[0]

    def _above(self, index: int) -> bool:
        """Whether a line is above the view."""
        return bool(self.map.width) and index <= self._reading()

    def show(self, rows: RowMap, top: str = "") -> None:
        """Shows another place: its lines with the mark of what is unread, and what is above (`drawn`)."""
        width = self.map.width
        if rows is not self.map:
            self.map.width = 0  # lines that nobody sees are not laid out
        self.map = rows
        self._top = top
        self.below = 0
        self._painter.needle = ""
        self._painter.hit = -1
        self.following = True
        self._forget()
        if width:
            self._lay(width)

    def mark_unread(self, key: int) -> None:
        """Draws the line of what is new above the line `key`; 0 takes it away."""
        old, self.map.unread = self.map.unread, key
        for wanted in (old, key):
            index = self.map.index(wanted) if wanted else -1
            if index >= 0:
                self.map.changed(index)
        self._forget()
        self._sized()
        if self.following:
            self._to_end()

    def say_top(self, top: str) -> None:
        """Changes what stands above the first line: "older", "loading", "beginning" or nothing."""
        if top != self._top:
            self._top = top
            self._forget()

    # --- where the reader is --------------------------------------------------------------------------------

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follows the newest line again once the reader has come to the end."""
        self.tell_bar(new_value)
        if self.scroll_offset.y + self.map.base != self._seen:
            self.refresh()
        if self.size == self._laid_size:  # a resize clamps it, which is no reader's wish
            self.following = self.is_vertical_scroll_end
            if self.following:
                self.below = 0
            self._moved()

    def action_newest(self) -> None:
        """Goes to the newest line and follows it."""
        self.following = True
        self.below = 0
        self._to_end()
        self._moved()

    def go_to(self, index: int) -> None:
        """Shows a line in the middle of the view."""
        if not self.map.first <= index < self.map.last:
            self.following = False
            self._lay(self.map.width, index)
        top = self.map.top(index) - self.map.base
        self.following = False
        self.scroll_to(y=max(0, top - self.size.height // 2), animate=False, immediate=True)

    def go_to_unread(self) -> bool:
        """Shows the first unread line, if there is one."""
        index = self.first_unread
        if index >= 0:
            self.go_to(index)
        return index >= 0

    @property
    def first_unread(self) -> int:
        """Where the first unread line is; -1 if nothing is unread."""
        return self.map.index(self.map.unread) if self.map.unread else -1

    @property
    def unread_above(self) -> bool:
        """Whether the line of what is new is above the view."""
        index = self.first_unread
        if index < 0 or index >= self.map.last:
            return False
        return index < self.map.first or self.map.top(index) - self.map.base < self.scroll_offset.y

    def _moved(self) -> None:
        self.post_message(self.Moved(self.below, self.scroll_offset.y <= 2 and self.map.first == 0))

    def _to_end(self) -> None:
        self.scroll_end(animate=False, immediate=True, x_axis=False)

    # --- layout ---------------------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        """Lays out around what is read; the rest follows in slices."""
        width = self.scrollable_content_region.width
        if width <= 0 or self._text_width(width) == self.map.width:
            self._laid_size = self.size
            if self.following:
                self._to_end()
            return
        anchor = None
        if not self.following and self.map.width:
            anchor = self._reading()
        if self.text_selection is not None:
            self.screen.clear_selection()
        self._lay(self._text_width(width), anchor)

    @staticmethod
    def _text_width(width: int) -> int:
        return max(2, width - Columns.of(width).indent)

    def _lay(self, width: int, anchor: int | None = None) -> None:
        above = self.map.start(width, len(self.map.lines) if anchor is None else anchor, AT_ONCE)
        self._painter.forget()
        self._sized()
        if anchor is None:
            self._to_end()
        else:
            self.scroll_to(y=above, animate=False, immediate=True)
        self._laid_size = self.size
        if self._reflow is None and not self.map.complete:
            self._reflow = self.set_interval(1 / 60, self._step)

    def _step(self) -> None:
        """Goes on laying out for at most `SLICE_SECONDS`."""
        stop = time.perf_counter() + SLICE_SECONDS
        added = 0
        while not self.map.complete and time.perf_counter() < stop:
            if self.map.last < len(self.map.lines):
                self.map.forward(200)
            else:
                added += self.map.backward(200)
        self.measure(self.map.height, self.following)  # no painting: the rows in view stay what they are
        if self.following:
            self._to_end()
        elif added:
            self.scroll_to(y=self.scroll_y + added, animate=False, immediate=True)
        if self.map.complete and self._reflow is not None:
            self._reflow.stop()
            self._reflow = None

    def _sized(self) -> None:
        self.measure(self.map.height, self.following)
        self.refresh()

    def _forget(self) -> None:
        self._painter.forget()
        self.refresh()

    # --- drawing --------------------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """The theme changed."""
        super().notify_style_update()
        self._painter.restyle()

    def rows_of(self, index: int, part: range = ALL) -> list[Row]:
        """The rows of a line, as they are drawn, or a part of them."""
        width = self.scrollable_content_region.width
        return drawn(self.map, index, width, self.lang, self._top, self._wall(), part)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows of the widget, as the terminal gets them."""
        width = self.outer_size.width
        margin = self.styles.padding.left
        seen = margin + self.scrollable_content_region.width
        self._painter.begin(seen, width - seen)
        self._seen = self.scroll_offset.y + self.map.base
        strips = [self._painted(y, margin) for y in crop.line_range]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _painted(self, y: int, margin: int) -> Strip:
        """A row of the view."""
        painter = self._painter
        row = y + self.scroll_offset.y + self.map.base
        index, sub = self.map.locate(row)
        if index >= self.map.last or not self.map.width:
            return painter.blank()
        selection = self.text_selection
        span = selection.get_span(row) if selection is not None else None
        if span is None and (strip := painter.kept(index, sub)) is not None:
            return strip
        first = sub - sub % TOGETHER
        rows, text = self.rows_of(index, range(first, first + TOGETHER)), self.map.lines[index].text
        if sub - first >= len(rows):
            return painter.blank()
        if span is not None:
            segments = painter.segments(rows[sub - first], index, text)
            return painter.finished(painter.selected(segments, *span), margin)
        painter.keep(index, rows, first, margin, text)
        return painter.kept(index, sub) or painter.blank()

    def render_line(self, y: int) -> Strip:
        """What of the text is where in a row: Textual asks while something is selected with the mouse."""
        row = y + self.scroll_offset.y + self.map.base
        index, sub = self.map.locate(row)
        if index >= self.map.last or not self.map.width or sub >= len(rows := self.rows_of(index)):
            return Strip([])
        return Strip(self._painter.segments(rows[sub], index, self.map.lines[index].text)).apply_offsets(
            0, row
        )

    def on_click(self, event: events.Click) -> None:
        """Follows a link."""
        if url := event.style.meta.get("url"):
            event.stop()
            self.post_message(self.Followed(str(url)))

    # --- search and selection -------------------------------------------------------------------------------

    def find(self, needle: str) -> list[int]:
        """Marks every occurrence of `needle`, and tells in which lines it is."""
        self._painter.needle = needle
        self._painter.hit = -1
        self._forget()
        folded = needle.casefold()
        if not needle:
            return []
        return [at for at, line in enumerate(self.map.lines) if folded in line.text.casefold()]

    def show_hit(self, index: int) -> None:
        """Goes to a line that was found, and marks it more than the others."""
        self._painter.hit = index
        self._forget()
        self.go_to(index)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What is selected, as one would write it down: wrapped rows joined, names with a colon."""
        row = max(selection.start.y if selection.start else self.map.base, self.map.base)
        last = min(selection.end.y if selection.end else self.map.end, self.map.end - 1)
        pieces: list[str] = []
        while row <= last:
            index, sub = self.map.locate(row)
            for drawing in self.rows_of(index)[sub:]:
                if row > last:
                    break
                start, end = selection.get_span(row) or (0, 0)
                pieces.append(_copied(self.map.lines[index], drawing, start, end, first=not any(pieces)))
                row += 1
        return "".join(pieces), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draws the selection."""
        self.refresh()


def _copied(line: Line, row: Row, start: int, end: int, first: bool) -> str:
    """A row's part of what is copied."""
    text = row.text
    if not row.head:  # a heading
        return ""
    begin = max(start, row.head)
    body = text[begin:] + row.gap if end < 0 else text[begin : max(end, row.head)]
    if row.at:
        return body
    name = f"{line.by}: " if start < row.head and line.by and line.kind != "note" else ""
    return ("" if first else "\n") + name + body
