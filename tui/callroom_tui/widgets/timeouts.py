"""The time-out panel: what `settimeout` makes of connect, recv and send, live, and to be changed."""

import time
from collections.abc import Callable, Iterable

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from callroom_client.events import Ended, Outcome, Timeout, Verb
from callroom_client.model.connection import Connection
from callroom_tui import texts
from callroom_tui.charts import bar
from callroom_tui.lines import shown
from callroom_tui.saying import OUTCOMES, VERBS, figure, mode, seconds, told
from callroom_tui.widgets.still import Still
from callroom_tui.wrapping import folded, padded, width_of
from callroom_words.words import Lang

REFRESH_SECONDS = 0.1
"""How often a countdown moves while it is seen."""
PRESETS: tuple[Timeout, ...] = (None, 0, 0.2, 1, 2.5, 5, 10, 30)
"""What the arrow keys step through; /timeout takes any number."""
TIMED = (Verb.CONNECT, Verb.RECV, Verb.SEND)
"""What has a time-out of its own."""
SHOWN_LATEST = 8
LEFT_CELLS = 13
"""What a countdown says beside its bar."""
CELLS = {
    Outcome.DONE: ("■", "$text-success"),
    Outcome.DATA: ("■", "$text-success"),
    Outcome.TIMED_OUT: ("◷", "$text-warning"),
    Outcome.WOULD_BLOCK: ("∅", "$text-primary"),
    Outcome.REFUSED: ("✗", "$text-error"),
    Outcome.UNREACHABLE: ("✗", "$text-error"),
    Outcome.RESET: ("↯", "$text-error"),
    Outcome.CLOSED: ("□", "$text-secondary"),
    Outcome.FAILED: ("!", "$text-error"),
}
"""A sign and a colour for each outcome, so that they are told apart without colours."""


class DialView(Still, can_focus=True):
    """One verb: its time-out, the countdown of what goes on, its last outcomes, and their sum."""

    BINDINGS = [
        Binding("left,minus", "step(-1)", "shorter", show=False),
        Binding("right,plus,equals_sign", "step(1)", "longer", show=False),
    ]

    class Chosen(Message):
        """Another time-out was chosen."""

        def __init__(self, verb: Verb, timeout: Timeout) -> None:
            super().__init__()
            self.verb = verb
            self.timeout = timeout

    def __init__(self, connection: Connection, verb: Verb, lang: Lang) -> None:
        super().__init__(id=f"dial-{verb.value}", classes="dial")
        self.connection = connection
        self.verb = verb
        self.lang: Lang = lang

    def look(self, now: float) -> None:
        """Shows what is so now."""
        width = max(10, self.content_size.width)
        rows = [self._heading(), self._presets(), self._countdown(now, width), *self._cells(width)]
        rows += _totals(self.connection.totals[self.verb].items(), self.lang, width)
        self.say(Content("\n").join(rows))

    @property
    def timeout(self) -> Timeout:
        """What it is set to."""
        return set_to(self.connection, self.verb)

    def _heading(self) -> Content:
        timeout = self.timeout
        return Content.assemble(
            (f"{VERBS[self.verb].say(self.lang)}(", "bold"),
            (figure(timeout), "bold $accent"),
            (") ", "bold"),
            (mode(timeout).say(self.lang), "$muted"),
        )

    def _presets(self) -> Content:
        parts: list[tuple[str, str | Style]] = []
        for index, preset in enumerate(PRESETS):
            chosen = preset == self.timeout
            look = Style.from_meta({"preset": index})
            parts.append((" " + ("None" if preset is None else f"{preset:g}") + " ", look))
            if chosen:
                parts[-1] = (parts[-1][0], look + Style(reverse=True))
        return Content.assemble(*parts)

    def _countdown(self, now: float, width: int) -> Content:
        going = self.connection.doing.get(self.verb)
        if going is None:
            return self._barred("─", "$faint", texts.IDLE.say(self.lang), width)
        if going.deadline is None or not going.timeout:
            return self._barred("┄", "$primary", texts.WAITS.say(self.lang), width)
        left = max(0.0, going.deadline - now)
        said = texts.LEFT.say(self.lang, seconds=f"{left:.1f} s")
        full, empty = bar(left / going.timeout, width - LEFT_CELLS)
        return Content.assemble((full, "$accent"), (empty, "$faint"), f" {said}")

    @staticmethod
    def _barred(rule: str, style: str, said: str, width: int) -> Content:
        """A bar as long as a countdown's, if what is said leaves it so much room."""
        room = min(width - LEFT_CELLS, width - 1 - width_of(said))
        return Content.assemble((rule * max(0, room), style), f" {said}")

    def _cells(self, width: int) -> Iterable[Content]:
        past = list(self.connection.outcomes[self.verb])
        rows = [past[at : at + width] for at in range(0, len(past), width)] or [[]]
        for row in rows:
            yield Content.assemble(*((CELLS[ended.outcome]) for ended in row)) if row else Content("·")

    def action_step(self, by: int) -> None:
        """Chooses the next preset on either side."""
        self._choose((self._nearest() + by) % len(PRESETS))

    def _nearest(self) -> int:
        timeout = self.timeout
        if timeout is None:
            return 0
        return max(at for at, preset in enumerate(PRESETS) if preset is not None and preset <= timeout)

    def on_click(self, event: events.Click) -> None:
        """Chooses the preset that was clicked."""
        index = event.style.meta.get("preset")
        if isinstance(index, int):
            event.stop()
            self._choose(index)

    def _choose(self, index: int) -> None:
        self.post_message(self.Chosen(self.verb, PRESETS[index]))


def set_to(connection: Connection, verb: Verb) -> Timeout:
    """The time-out of a verb; None also while nothing is known."""
    timeouts = connection.timeouts
    if timeouts is None:
        return None
    return {Verb.CONNECT: timeouts.connect, Verb.RECV: timeouts.recv, Verb.SEND: timeouts.send}[verb]


def newest(connection: Connection) -> list[Ended]:
    """The operations that ended last, the newest first."""
    everything = [ended for verb in TIMED for ended in connection.outcomes[verb]]
    everything.sort(key=lambda ended: ended.at, reverse=True)
    return everything[:SHOWN_LATEST]


def _totals(totals: Iterable[tuple[Outcome, int]], lang: Lang, width: int) -> list[Content]:
    """How often each outcome came, the most frequent first, in as many rows as it takes."""
    rows: list[list[tuple[str, str]]] = [[]]
    used = 0
    for outcome, count in sorted(totals, key=lambda item: -item[1]):
        sign, style = CELLS[outcome]
        said = f" {OUTCOMES[outcome].say(lang)} {count}"
        if used and used + 1 + width_of(said) > width:
            rows.append([])
            used = 0
        rows[-1] += [(sign, style), (f"{said}  ", "$muted")]
        used += 3 + width_of(said)
    return [Content.assemble(*row) if row else Content("") for row in rows]


def _row(ended: Ended, lang: Lang) -> Content:
    sign, style = CELLS[ended.outcome]
    extra = ended.errno or (f"{ended.size} B" if ended.size else "")
    return Content.assemble(
        (f"{sign} ", style),
        padded(VERBS[ended.verb].say(lang), 8),
        (f"{seconds(ended.seconds):>9} ", ""),
        (padded(OUTCOMES[ended.outcome].say(lang), 12), style),
        (shown(extra), "$muted"),
    )


class TimeoutsPanel(VerticalScroll):
    """The panel; it looks at the model ten times a second while it is seen."""

    def __init__(
        self, connection: Connection, lang: Lang, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(id="timeouts", classes="panel")
        self.connection = connection
        self.lang: Lang = lang
        self._clock = clock
        self.border_title = texts.TIMEOUTS.say(lang)

    def compose(self) -> ComposeResult:
        """What just happened, a dial for each verb, and the latest outcomes."""
        yield Still(id="told")
        for verb in TIMED:
            yield DialView(self.connection, verb, self.lang)
        yield Static(texts.LATEST.say(self.lang), classes="heading", markup=False)
        yield Still(id="latest")
        yield Static(texts.TIMEOUT_KEYS.say(self.lang), classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begins to look."""
        self.set_interval(REFRESH_SECONDS, self.look)
        self.call_after_refresh(self.look)

    def look(self) -> None:
        """Shows what is so now."""
        if not self.is_on_screen:
            return
        now = self._clock()
        latest = newest(self.connection)
        sentence = told(latest[0]) if latest else texts.NOTHING_YET
        width = max(20, self.scrollable_content_region.width - 2)
        self.query_one("#told", Still).say(Content(folded(shown(sentence.say(self.lang)), width)))
        for dial in self.query(DialView):
            dial.look(now)
        self.query_one("#latest", Still).say(Content("\n").join([_row(ended, self.lang) for ended in latest]))
