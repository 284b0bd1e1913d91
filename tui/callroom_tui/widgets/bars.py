"""The bars at the edges: the state of things above, the keys below."""

import time
from collections.abc import Callable, Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from callroom_client.events import Stage
from callroom_client.model.model import Model
from callroom_tui.actions import ACTS, Act
from callroom_tui.lines import shown
from callroom_tui.saying import seconds
from callroom_tui.widgets.connection import headline
from callroom_tui.widgets.still import Still
from callroom_tui.wrapping import cropped, width_of
from callroom_words.words import Lang

LEAVE = "leave"
"""The action whose key is always told, however narrow the bar is."""
ICON_CELLS = 3
"""Of the telephone at the left, which opens the palette: the bar below has not always room for that."""
REFRESH_SECONDS = 0.5
"""How often the top bar looks whether a countdown has moved."""


class TopBar(Still):
    """One row: the connection on the left, where one is and who on the right."""

    def __init__(self, model: Model, lang: Lang, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(id="topbar")
        self.model = model
        self.lang: Lang = lang
        self._clock = clock
        self._left = 0  # so many cells tell of the connection

    def on_mount(self) -> None:
        """Begins to look."""
        self.set_interval(REFRESH_SECONDS, self._tick)
        self.look()

    def on_resize(self) -> None:
        """There is more room, or less."""
        self.look()

    def on_click(self, event: events.Click) -> None:
        """Everything, behind the telephone; and what is behind the state of the connection."""
        action = "palette" if event.x < ICON_CELLS else "panel('connection')" if event.x < self._left else ""
        if action:
            self.post_message(KeyBar.Asked(action))

    def _tick(self) -> None:
        if self.model.connection.stage.stage is Stage.WAITING:
            self.look()

    def look(self) -> None:
        """Shows what is so now."""
        model = self.model
        connection = model.connection
        width = self.content_size.width
        left = Content.assemble((" ☎ ", "bold $accent"), headline(connection, self.lang, self._clock()))
        self._left = left.cell_length
        place = model.here
        name = f"#{place.name}" if place.room else place.name
        title = " · ".join(filter(None, (shown(name), shown(place.topic))))
        me = f"{shown(model.name)} " if model.name else ""
        peer = connection.socket.peer if connection.socket else connection.stage.address
        spare = width - left.cell_length - width_of(shown(name)) - width_of(me) - 5
        if peer and width >= 60 and width_of(shown(peer)) + 2 <= spare:
            left = left + Content.styled(f"  {shown(peer)}", "$muted")
        if connection.round_trip is not None and connection.socket and width >= 100:
            left = left + Content.styled(f"  {seconds(connection.round_trip)}", "$muted")
        room = max(0, width - left.cell_length - 3)
        title = cropped(title, max(0, room - width_of(me) - 2))
        right = [(title, "bold"), ("  " if title and me else "", ""), (me, "$primary")]
        gap = max(1, width - left.cell_length - sum(width_of(text) for text, _ in right))
        self.say(Content.assemble(left, " " * gap, *right))


class KeyBar(Static):
    """The keys that do something, as many as there is room for; a click does the same."""

    class Asked(Message):
        """A key was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, lang: Lang, acts: Sequence[Act] = ACTS) -> None:
        super().__init__(id="keybar")
        self.lang: Lang = lang
        self._acts = acts

    def on_resize(self) -> None:
        """There is more room, or less."""
        width = self.content_size.width
        parts: list[tuple[str, str | Style]] = []
        used = 0
        acts = [act for act in self._acts if act.footer]
        room = width - sum(self._cells(act) for act in acts if act.action == LEAVE)
        for act in acts:
            cells = self._cells(act) if act.action != LEAVE else 0
            if used + cells > room:
                continue
            used += cells
            here = Style.from_meta({"act": act.action})
            word = act.word.say(self.lang)
            parts += [(f" {act.shown}", Style.parse("bold $accent") + here), (f" {word} ", here)]
        self.update(Content.assemble(*parts))

    def _cells(self, act: Act) -> int:
        return width_of(act.shown) + width_of(act.word.say(self.lang)) + 3

    def on_click(self, event: events.Click) -> None:
        """Does what was clicked."""
        if action := event.style.meta.get("act"):
            self.post_message(self.Asked(str(action)))
