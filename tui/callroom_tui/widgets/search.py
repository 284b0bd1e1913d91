"""The search bar: words looked for in what is here, hit by hit."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input, Static

from callroom_tui import texts
from callroom_tui.widgets.transcript import Transcript
from callroom_words.words import Lang


class SearchBar(Horizontal):
    """The bar above the transcript. The chat leaves it at Esc: that is nobody else's key there."""

    BINDINGS = [
        Binding("up", "step(-1)", "older", show=False),
        Binding("down", "step(1)", "newer", show=False),
        Binding("shift+enter", "step(1)", "newer", show=False),
    ]

    def __init__(self, lang: Lang, transcript: Callable[[], Transcript]) -> None:
        super().__init__(id="search")
        self.lang: Lang = lang
        self._transcript = transcript
        self._hits: list[int] = []
        self._at = -1

    def compose(self) -> ComposeResult:
        """The words, and which hit one is at."""
        yield Input(placeholder=texts.SEARCH_FOR.say(self.lang), id="search-words", compact=True)
        yield Static(id="search-hits", markup=False)

    def on_mount(self) -> None:
        """Nothing is looked for yet."""
        self.display = False

    def begin(self) -> None:
        """Shows the bar, with what was looked for before; typing goes there from the next key on."""
        self.display = True
        words = self.query_one(Input)
        self.screen.set_focus(words)
        if words.value:
            self._look(words.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Looks while one types."""
        event.stop()
        self._look(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The next older hit."""
        event.stop()
        self.action_step(-1)

    def _look(self, words: str) -> None:
        self._hits = self._transcript().find(words)
        self._at = len(self._hits)
        self.action_step(-1)
        if not words:
            self.query_one("#search-hits", Static).update("")

    def action_step(self, by: int) -> None:
        """Goes to the next hit on either side."""
        said = texts.NO_HITS.say(self.lang)
        if self._hits:
            self._at = (self._at + by) % len(self._hits)
            self._transcript().show_hit(self._hits[self._at])
            said = texts.HITS.say(self.lang, at=self._at + 1, count=len(self._hits))
        self.query_one("#search-hits", Static).update(said)

    def leave(self) -> None:
        """Done: the marks go, too."""
        self.display = False
        self._transcript().find("")
