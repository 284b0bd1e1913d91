"""The call with the robot: where in the menu one is, its keys as buttons, and how long it still waits."""

import time
from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from callroom_client.model.call import Call
from callroom_tui import texts
from callroom_tui.charts import bar
from callroom_tui.lines import shown
from callroom_tui.widgets.still import Still
from callroom_tui.wrapping import cropped, width_of
from callroom_words.words import Lang

REFRESH_SECONDS = 0.25
"""How often the countdown moves."""
WIDE_ENOUGH = 50
"""Cells from which the countdown has a bar."""
MAX_CRUMBS = 12
"""So many menus of the way are remembered."""


class Pressed(Message):
    """A key of the robot's menu was pressed."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


class Keys(Static):
    """The choices as buttons that wrap: a click presses one."""

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._choices: list[tuple[str, str]] = []
        self._hovered = -1

    def show(self, choices: list[tuple[str, str]]) -> None:
        """Other keys."""
        self._choices = choices
        self._hovered = -1
        self._draw()

    def _draw(self) -> None:
        width = max(12, self.content_size.width or 40)
        rows: list[list[tuple[str, str | Style]]] = [[]]
        used = 0
        for index, (key, label) in enumerate(self._choices):
            label = cropped(label, width - width_of(key) - 5)
            cells = width_of(key) + width_of(label) + 5
            if used and used + cells > width:
                rows.append([])
                used = 0
            used += cells
            here = Style.from_meta({"key": index})
            bold = index == self._hovered
            rows[-1] += [
                (f" {key} ", Style.parse("bold $background on $accent") + here),
                (f" {label} ", Style.parse("bold on $boost" if bold else "on $panel") + here),
                (" ", ""),
            ]
        self.update(Content("\n").join([Content.assemble(*row) for row in rows]))

    def on_resize(self) -> None:
        """They wrap otherwise."""
        self._draw()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Lights the button under the mouse."""
        index = event.style.meta.get("key")
        hovered = index if isinstance(index, int) else -1
        if hovered != self._hovered:
            self._hovered = hovered
            self._draw()

    def on_leave(self) -> None:
        """The mouse is elsewhere."""
        if self._hovered >= 0:
            self._hovered = -1
            self._draw()

    def on_click(self, event: events.Click) -> None:
        """Presses the button that was clicked."""
        index = event.style.meta.get("key")
        if isinstance(index, int) and index < len(self._choices):
            event.stop()
            self.post_message(Pressed(self._choices[index][0]))


class CallBar(Vertical):
    """The bar above the composer while one is with the robot."""

    def __init__(self, call: Call, lang: Lang, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(id="callbar")
        self.call = call
        self.lang: Lang = lang
        self.crumbs: list[tuple[str, str]] = []
        self._clock = clock
        self._wait = 0.0

    def compose(self) -> ComposeResult:
        """The way above, the keys below."""
        yield Still(id="crumbs", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Begins to count down."""
        self.set_interval(REFRESH_SECONDS, self.look)
        self.look()

    def prompted(self) -> None:
        """The robot says something else."""
        call = self.call
        node = (call.menu, call.node)
        if call.ended:
            self.crumbs = []
        elif node in self.crumbs:  # back to where one was
            del self.crumbs[self.crumbs.index(node) + 1 :]
        elif call.node:
            self.crumbs = [*self.crumbs, node][-MAX_CRUMBS:]
        self._wait = max(0.1, call.deadline - self._clock()) if call.deadline is not None else 0.0
        keys = [] if call.ended else [(shown(one.key), shown(one.label)) for one in call.choices]
        self.query_one(Keys).show(keys)
        self.set_class(call.ended, "-ended")
        self.look()

    def look(self) -> None:
        """Shows where one is and what is left."""
        call = self.call
        if call.ended:
            over = texts.CALL_OVER.say(self.lang) if call.asked else ""  # nothing is over before it began
            self.query_one(Still).say(Content(over))
            return
        way = " › ".join([shown(call.menu), *(shown(node) for _, node in self.crumbs)])
        width = self.content_size.width
        more: list[tuple[str, str]] = []
        if not call.node:
            more.append((f"  {texts.CALL_WAITS.say(self.lang)}", "$muted"))
        if call.deadline is not None:
            left = max(0.0, call.deadline - self._clock())
            full, empty = bar(left / self._wait if self._wait else 0.0, 8 if width >= WIDE_ENOUGH else 0)
            urgent = "$text-error" if left < 5 else "$accent"
            more += [("  ", ""), (full, urgent), (empty, "$faint"), (f" {left:.0f} s", urgent)]
        if call.secret and width >= WIDE_ENOUGH:  # the dots say it, too
            more.append((f"  {texts.SECRET_ASKED.say(self.lang)}", "$text-warning"))
        room = max(8, width - 2 - sum(width_of(text) for text, _ in more))
        parts = [("☎ ", "bold $accent"), (_tail(way, room), "bold"), *more]
        self.query_one(Still).say(Content.assemble(*parts))


def _tail(text: str, width: int) -> str:
    """The end of a way, where one is."""
    steps = text.split(" › ")
    for first in range(1, len(steps)):
        if width_of(text) <= width:
            break
        text = " › ".join(["…", *steps[first:]])
    return cropped(text, width)
