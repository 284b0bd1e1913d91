"""The steps of an experiment: two columns of calls, with the newest one in view."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.binding import Binding
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from callroom_client.lab.steps import Finished, Step
from callroom_tui.lab.rows import Part, Row, blocks, findings, heading
from callroom_tui.wrapping import rows
from callroom_words.words import Lang

STYLES = (
    "time", "call", "server", "client", "arrow", "rule", "result", "error", "took", "hex", "text", "kernel",
    "found", "side", "hint", "newest",
)  # fmt: skip


class StepsView(ScrollView, can_focus=True):
    """The steps as far as they are shown, and below them what was found."""

    COMPONENT_CLASSES = {f"steps--{name}" for name in STYLES}
    BINDINGS = [
        Binding("up", "scroll_up", "up", show=False),
        Binding("down", "scroll_down", "down", show=False),
        Binding("pageup", "page_up", "up", show=False),
        Binding("pagedown", "page_down", "down", show=False),
    ]

    def __init__(self, lang: Lang) -> None:
        super().__init__(id="steps")
        self.lang: Lang = lang
        self._steps: Sequence[Step] = ()
        self._finished: Finished | None = None
        self._hint = ""
        self._heading: Row = []  # stays at the top while the rest scrolls
        self._drawn: list[tuple[Row, bool]] = []

    def show(self, steps: Sequence[Step], finished: Finished | None, hint: str, stepping: bool) -> None:
        """Other steps; the newest is marked while one steps through them.

        Args:
            steps: those that are shown.
            finished: what was found, if that is shown, too.
            hint: what to say while there is nothing.
            stepping: whether to mark the newest.
        """
        self._steps, self._finished, self._hint = list(steps), finished, hint
        self._draw(stepping)
        self.scroll_end(animate=False, immediate=True)

    def on_resize(self) -> None:
        """The columns have another width."""
        self._draw(any(newest for _, newest in self._drawn))

    def _draw(self, stepping: bool) -> None:
        width = self.scrollable_content_region.width
        found = blocks(self._steps, width, self.lang)
        last = found[-1].number if found and stepping else -1
        self._drawn = [(row, block.number == last) for block in found for row in block.rows]
        if self._finished is not None:
            self._drawn += [(row, False) for row in findings(self._finished, width, self.lang)]
        if not self._drawn and self._hint:
            self._drawn = [
                ([Part(f" {row}", "hint")], False) for row, _ in rows(self._hint, max(10, width - 2))
            ]
        self._heading = heading(width, self.lang) if found else []
        self.virtual_size = Size(width, len(self._drawn) + len(self._heading[:1]))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of the view."""
        width = self.scrollable_content_region.width
        at = y + self.scroll_offset.y - len(self._heading[:1])
        if at >= len(self._drawn):
            return Strip.blank(width, self.rich_style)
        row, newest = (self._heading, False) if self._heading and not y else self._drawn[at]
        base = self.rich_style
        if newest:
            base += self.get_component_rich_style("steps--newest", partial=True)
        segments = [
            Segment(
                text,
                base + self.get_component_rich_style(f"steps--{style}", partial=True) if style else base,
            )
            for text, style in row
        ]
        return Strip(segments).adjust_cell_length(width, base)
