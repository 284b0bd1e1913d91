"""A list of short rows to choose from: places or people, each with a sign and a badge."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from callroom_tui.colours import colour_of
from callroom_tui.wrapping import padded, shortened, width_of


class Item(NamedTuple):
    """A row: what it stands for, how it is shown, a sign before it, a badge behind it, and its look."""

    key: str
    label: str
    sign: str = " "
    badge: str = ""
    style: str = ""
    """The name of a component style of `Listing`, or "name": the colour of the name itself."""
    heading: bool = False


class Listing(ScrollView, can_focus=True):
    """Rows to choose from, by arrows and Enter or by a click."""

    FOCUS_ON_CLICK = False  # who clicks a place goes on typing
    COMPONENT_CLASSES = {
        f"listing--{name}"
        for name in ("heading", "here", "cursor", "count", "alert", "quiet", "robot", "lost", "plain")
    }
    BINDINGS = [
        Binding("up", "move(-1)", "up", show=False),
        Binding("down", "move(1)", "down", show=False),
        Binding("enter", "choose", "choose", show=False),
    ]
    cursor: reactive[int] = reactive(0)
    here: reactive[str] = reactive("\n")
    """The key of the row that is marked as the current one; no key has a line's end."""

    class Chosen(Message):
        """A row was chosen."""

        def __init__(self, listing: "Listing", key: str) -> None:
            super().__init__()
            self.listing = listing
            self.key = key

        @property
        def control(self) -> "Listing":
            """The list, for handlers that concern one of several."""
            return self.listing

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.items: Sequence[Item] = ()

    def show(self, items: Sequence[Item]) -> None:
        """Other rows; the cursor stays on the row of its key."""
        if items == self.items:
            return
        before = self.items[self.cursor].key if self.cursor < len(self.items) else ""
        self.items = items
        self.cursor = next((at for at, item in enumerate(items) if item.key == before), 0)
        if items and items[self.cursor].heading:
            self.action_move(1)
        self.virtual_size = Size(self.scrollable_content_region.width, len(items))
        self.refresh(layout=self.styles.auto_dimensions)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as the longest row, where the style sheet leaves it to the list."""
        return max((2 + width_of(item.label) for item in self.items), default=0)

    def on_resize(self) -> None:
        """The rows have another width."""
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.items))

    def on_focus(self) -> None:
        """The cursor goes to the current row."""
        self.cursor = next((at for at, item in enumerate(self.items) if item.key == self.here), self.cursor)
        self.refresh()

    def on_blur(self) -> None:
        """The cursor is no longer shown."""
        self.refresh()

    def action_move(self, by: int) -> None:
        """Moves the cursor, past headings."""
        at = self.cursor + by
        while 0 <= at < len(self.items) and self.items[at].heading:
            at += by
        if 0 <= at < len(self.items):
            self.cursor = at
            self.scroll_to_region_of(at)
            self.refresh()

    def scroll_to_region_of(self, row: int) -> None:
        """Brings a row into view."""
        height = self.scrollable_content_region.height
        if row < self.scroll_offset.y:
            self.scroll_to(y=row, animate=False, immediate=True)
        elif row >= self.scroll_offset.y + height:
            self.scroll_to(y=row - height + 1, animate=False, immediate=True)

    def action_choose(self) -> None:
        """Chooses the row at the cursor."""
        if self.cursor < len(self.items) and not self.items[self.cursor].heading:
            self.post_message(self.Chosen(self, self.items[self.cursor].key))

    def on_click(self, event: events.Click) -> None:
        """Chooses the row that was clicked."""
        inside = event.get_content_offset(self)
        row = inside.y + self.scroll_offset.y if inside is not None else len(self.items)
        if row < len(self.items) and not self.items[row].heading:
            self.cursor = row
            self.action_choose()

    def render_line(self, y: int) -> Strip:
        """One row of the view."""
        width = self.scrollable_content_region.width
        row = y + self.scroll_offset.y
        base = self.rich_style
        if row >= len(self.items):
            return Strip.blank(width, base)
        item = self.items[row]
        if item.heading:
            style = base + self._look("heading")
            return Strip([Segment(padded(item.label, width), style)])
        if self.has_focus and row == self.cursor:
            base += self._look("cursor")
        elif item.key == self.here:
            base += self._look("here")
        count = f" {item.badge} " if item.badge else ""
        label = shortened(item.label, width - 2 - width_of(count))
        style = base
        if item.style == "name":
            style += Style(color=colour_of(item.key, self.background_colors[1].hex6))
        elif item.style:
            style += self._look(item.style)
        badge = base + self._look("alert" if item.badge.startswith("@") else "count")
        gap = " " * max(0, width - 2 - width_of(label) - width_of(count))
        return Strip(
            [
                Segment(f"{item.sign} ", style),
                Segment(label, style),
                Segment(gap, base),
                Segment(count, badge),
            ]
        ).adjust_cell_length(width, base)

    def _look(self, name: str) -> Style:
        return self.get_component_rich_style(f"listing--{name}", partial=True)
