"""The wire inspector: every frame as it passed, how recv and send cut it, its bytes and its JSON."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import Input, Static

from callroom_tui import texts
from callroom_tui.frames import DUMPED, HEADER, Frame, Frames, dump, pretty, stamp, summary, written
from callroom_tui.widgets.scrolling import RowView
from callroom_tui.wrapping import width_of
from callroom_words.words import Lang

WITH_TIME = 30
"""Cells from which a frame's row has its time and its size."""
LOOK_SECONDS = 0.25
"""Between two looks at the newest frame: to lay out one frame's bytes paints the whole screen."""


class FrameList(RowView, can_focus=True):
    """The frames that fit the filter, one row each; it follows the newest until one is chosen."""

    COMPONENT_CLASSES = {f"frames--{name}" for name in ("time", "in", "out", "kind", "cut", "text", "chosen")}
    BINDINGS = [
        Binding("up", "move(-1)", "older", show=False),
        Binding("down", "move(1)", "newer", show=False),
        Binding("pageup", "move(-10)", "older", show=False),
        Binding("pagedown", "move(10)", "newer", show=False),
        Binding("home", "move(-1000000)", "oldest", show=False),
        Binding("end", "newest", "newest", show=False),
    ]
    chosen: reactive[int] = reactive(-1)
    """The row that is looked at; -1: the newest, whatever comes."""

    class Looked(Message):
        """Another frame is looked at."""

    def __init__(self, frames: Frames) -> None:
        super().__init__(id="frames")
        self.frames = frames
        self.rows: list[Frame] = []
        self.wanted = ""
        self._looks: dict[str, Style] = {}

    def fits(self, frame: Frame) -> bool:
        """Whether the filter lets it through: words that its JSON has, and `>` or `<` for a direction."""
        for word in self.wanted.casefold().split():
            if word == ">" or word == "<":
                if frame.outgoing != (word == ">"):
                    return False
            elif word not in frame.data[HEADER:].decode("utf-8", "replace").casefold():
                return False
        return True

    def filter(self, wanted: str) -> None:
        """Shows only what fits."""
        self.wanted = wanted
        self.rows = [frame for frame in self.frames.kept if self.fits(frame)]
        self.chosen = -1
        self._sized()

    def add(self, frames: list[Frame]) -> None:
        """Frames have passed."""
        self.rows += [frame for frame in frames if self.fits(frame)]
        over = len(self.rows) - len(self.frames.kept)
        if over > 0:
            del self.rows[:over]
            self.chosen = max(0, self.chosen - over) if self.chosen >= 0 else -1
        self._sized()

    def _sized(self) -> None:
        self.measure(len(self.rows), self.chosen < 0)
        if self.chosen < 0:
            self.scroll_end(animate=False, immediate=True)
        self.refresh()
        self.post_message(self.Looked())

    @property
    def looked_at(self) -> Frame | None:
        """The frame whose bytes are shown."""
        return self.rows[self.chosen] if self.rows else None

    def action_move(self, by: int) -> None:
        """Chooses another row."""
        if not self.rows:
            return
        at = self.chosen if self.chosen >= 0 else len(self.rows) - 1
        self._choose(max(0, min(len(self.rows) - 1, at + by)))

    def action_newest(self) -> None:
        """Follows the newest again."""
        self.chosen = -1
        self._sized()

    def _choose(self, row: int) -> None:
        self.chosen = row
        top = self.scroll_offset.y
        height = self.scrollable_content_region.height
        if not top <= row < top + height:
            self.scroll_to(y=row if row < top else row - height + 1, animate=False, immediate=True)
        self.refresh()
        self.post_message(self.Looked())

    def on_click(self, event: events.Click) -> None:
        """Chooses the row that was clicked."""
        row = event.y + self.scroll_offset.y
        if row < len(self.rows):
            self._choose(row)

    def notify_style_update(self) -> None:
        """The theme changed."""
        super().notify_style_update()
        self._looks.clear()

    def _look(self, name: str) -> Style:
        if (style := self._looks.get(name)) is None:
            style = self.rich_style
            if name:
                style += self.get_component_rich_style(f"frames--{name}", partial=True)
            self._looks[name] = style
        return style

    def render_line(self, y: int) -> Strip:
        """One row of the view."""
        width = self.scrollable_content_region.width
        row = y + self.scroll_offset.y
        if row >= len(self.rows):
            return Strip.blank(width, self._look(""))
        frame = self.rows[row]
        here = row == (self.chosen if self.chosen >= 0 else len(self.rows) - 1)
        pieces = f"{len(frame.pieces)}×" if len(frame.pieces) > 1 else "  "
        stuck = "+" if self.frames.neighbours(frame) else " "
        wide = width >= WITH_TIME
        parts = [
            (f" {stamp(frame.at)} " if wide else "", "time"),
            ("→ " if frame.outgoing else "← ", "out" if frame.outgoing else "in"),
            (f"{len(frame.data):>6} B " if wide else "", "time"),
            (f"{pieces}{stuck} ", "cut"),
            (f"{frame.kind:<12} ", "kind"),
            (summary(frame), "text"),
        ]
        chosen = self.get_component_rich_style("frames--chosen") if here and self.has_focus else None
        segments: list[Segment] = []
        for text, name in parts:
            style = self._look(name)
            segments.append(Segment(text, style + chosen if chosen is not None else style))
        base = self._look("") + chosen if chosen is not None else self._look("")
        return Strip(segments).adjust_cell_length(width, base)


def detail(frames: Frames, frame: Frame, lang: Lang, width: int = 80) -> Content:
    """Everything about one frame: how it was cut, its header, its bytes, its JSON."""
    header = frame.data[:HEADER]
    rows = [
        Content.assemble((f"#{frame.number} ", "bold"), (f"{frame.kind} ", "bold $accent"), stamp(frame.at)),
        Content.styled(frames.cut(frame, lang), "$text-warning"),
        Content.styled(
            texts.LENGTH.say(lang, hex=header.hex(" "), count=int.from_bytes(header, "big")), "$muted"
        ),
    ]
    for number, (at, hexed, letters) in enumerate(dump(frame, bytes_per_row(width))):
        first = hexed[: 3 * HEADER] if not number else ""
        rows.append(
            Content.assemble(
                (f"{at} ", "$muted"),
                (first, "bold $accent"),
                hexed[len(first) :],
                (f"  {letters}", "$primary"),
            )
        )
    if len(frame.data) > DUMPED:
        rows.append(Content.styled(texts.MORE_BYTES.say(lang, count=len(frame.data)), "$muted"))
    if laid_out := pretty(frame):
        rows.append(Content(laid_out))
    return Content("\n").join(rows)


def bytes_per_row(width: int) -> int:
    """How many bytes a row of so many cells has room for: 16, or half of that, or a quarter."""
    # Each takes two digits, a space and a letter; the offset four cells, and the gaps three.
    return next((count for count in (16, 8) if 4 * count + 6 <= width), 4)


class WirePanel(Vertical):
    """The inspector. While it is not there, no frame is told or kept."""

    BINDINGS = [
        Binding("space", "pause", "pause", show=False),
        Binding("slash", "filter", "filter", show=False),
        Binding("c", "copy", "copy", show=False),
        Binding("s", "save", "save", show=False),
        Binding("escape", "leave", "leave", show=False),
    ]
    paused: reactive[bool] = reactive(False)

    class Copied(Message):
        """A text is to be copied to the clipboard."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The reader wants to go back to the composer."""

    def __init__(self, lang: Lang, folder: Callable[[], Path]) -> None:
        super().__init__(id="wire", classes="panel")
        self.lang: Lang = lang
        self.frames = Frames()
        self._folder = folder
        self._held: list[Frame] = []
        self._next_look = 0.0
        self._waiting: Timer | None = None

    @property
    def _title(self) -> Content:
        keys = f" · {texts.WIRE_KEYS.say(self.lang)}"
        room = self.size.width - width_of(texts.WIRE.say(self.lang)) - 2
        told = Content.styled(keys, "not bold $muted") if width_of(keys) <= room else Content("")
        return Content(texts.WIRE.say(self.lang)) + told

    def compose(self) -> ComposeResult:
        """The filter above, frames on the left, one of them on the right."""
        yield Input(placeholder=texts.WIRE_FILTER.say(self.lang), id="wire-filter", compact=True)
        with Horizontal():
            yield FrameList(self.frames)
            with VerticalScroll(id="frame"):
                yield Static(texts.WIRE_EMPTY.say(self.lang), id="frame-detail", markup=False)

    def add(self, frames: list[Frame]) -> None:
        """Frames have passed; a pause holds them back."""
        if self.paused:
            self._held += frames
            self._held = self._held[-len(self.frames.kept) :]
            self.border_title = texts.WIRE_PAUSED.say(self.lang, count=len(self._held))
        else:
            self.query_one(FrameList).add(frames)

    def action_pause(self) -> None:
        """Stops the list, or shows what has come meanwhile."""
        self.paused = not self.paused
        if self.paused:
            self.border_title = texts.WIRE_PAUSED.say(self.lang, count=0)
            return
        self.border_title = self._title
        held, self._held = self._held, []
        self.query_one(FrameList).add(held)

    def action_filter(self) -> None:
        """Goes to the filter, from the next key on (`Widget.focus` would come to it later)."""
        self.screen.set_focus(self.query_one("#wire-filter", Input))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filters while one types."""
        event.stop()
        self.query_one(FrameList).filter(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Back to the list."""
        event.stop()
        self.query_one(FrameList).focus()

    def on_resize(self) -> None:
        """There is room for more, or for less."""
        if not self.paused:
            self.border_title = self._title
        self.look()

    def on_frame_list_looked(self) -> None:
        """Shows the frame that is looked at; of those that pass quickly, as many as can be read."""
        left = self._next_look - monotonic()
        if self.query_one(FrameList).chosen >= 0 or left <= 0:
            self.look()
        elif self._waiting is None:
            self._waiting = self.set_timer(left, self.look)

    def look(self) -> None:
        """Shows the frame that is looked at."""
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        frame = self.query_one(FrameList).looked_at
        if frame is not None and self.is_on_screen:
            self._next_look = monotonic() + LOOK_SECONDS
            width = self.query_one("#frame", VerticalScroll).scrollable_content_region.width
            self.query_one("#frame-detail", Static).update(detail(self.frames, frame, self.lang, width))

    def action_copy(self) -> None:
        """Copies the frame that is looked at."""
        frame = self.query_one(FrameList).looked_at
        if frame is not None:
            self.post_message(self.Copied(written(self.frames, [frame], self.lang)))
            self.notify(texts.WIRE_COPIED.say(self.lang, number=frame.number), markup=False)

    def action_save(self) -> None:
        """Saves what the list shows as a text file, with a name of its own."""
        rows = self.query_one(FrameList).rows
        try:
            folder = self._folder()
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = _free(folder)
            path.touch(mode=0o600, exist_ok=False)  # what people said is nobody else's business
            path.write_text(written(self.frames, rows, self.lang), encoding="utf-8")
        except OSError as error:
            self.notify(texts.WIRE_UNSAVED.say(self.lang, why=str(error)), severity="error", markup=False)
            return
        self.notify(texts.WIRE_SAVED.say(self.lang, count=len(rows), path=str(path)), markup=False)

    def action_leave(self) -> None:
        """Back to the composer."""
        self.post_message(self.Left())


def _free(folder: Path) -> Path:
    number = 1
    while (path := folder / f"wire-{number}.txt").exists():
        number += 1
    return path
