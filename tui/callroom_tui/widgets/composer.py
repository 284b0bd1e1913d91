"""The composer: what is being typed, with its history, completions, and what is asked before it is sent."""

import unicodedata
from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from callroom_forms.judging import Verdict
from callroom_tui import texts
from callroom_tui.actions import bindings
from callroom_tui.lines import shown
from callroom_tui.widgets.callbar import Pressed
from callroom_tui.widgets.verdict import VerdictRow
from callroom_tui.wrapping import cropped, folded
from callroom_wire.frames import MAX_FRAME
from callroom_words.words import Lang

KEPT_LINES = 500
"""So many sent lines are remembered."""
NEAR = 0.9
"""The part of the limit from which characters are counted aloud."""
SHOWN_CANDIDATES = 12
MOST_WRITTEN = MAX_FRAME
"""Characters up to which pastes are taken: no frame holds more, and a key takes the longer to be seen."""


class Writing(TextArea):
    """Where one types. Enter sends; Alt+Enter begins a new line.

    Args:
        submit: does what was typed; whether it is done, so that the composer is to be empty.
        candidates: what the text before the cursor may become.
        history: what was sent before.
    """

    BINDINGS = [
        *bindings("screen."),
        Binding("alt+enter,ctrl+j,shift+enter", "new_line", "new line", show=False),
        Binding("alt+z", "undo", "undo", show=False),
        Binding("tab", "complete(1)", "complete", show=False),
        Binding("shift+tab", "complete(-1)", "complete back", show=False),
    ]

    class Pasted(Message):
        """Several lines were pasted: what to do with them is to be asked."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Overfull(Message):
        """With a paste there would have been so many characters that it was not taken."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.count = count

    class Offered(Message):
        """Completions, and which of them stands there; none: the focus should go on."""

        def __init__(self, candidates: Sequence[str], chosen: int) -> None:
            super().__init__()
            self.candidates = candidates
            self.chosen = chosen

    def __init__(
        self,
        submit: Callable[[str], bool],
        candidates: Callable[[str], Sequence[str]],
        history: list[str],
    ) -> None:
        super().__init__(
            id="writing", compact=True, highlight_cursor_line=False, tab_behavior="focus", soft_wrap=True
        )
        self.digits: frozenset[str] = frozenset()
        """Keys that act at once while nothing has been typed."""
        self._submit = submit
        self._candidates = candidates
        self._history = history
        self._back = 0
        self._unsent = ""
        self._offered: list[str] = []
        self._chosen = -1

    def fill(self, text: str) -> None:
        """Puts a text in, with the cursor behind it; what was being completed is over."""
        self._offered = []
        self.load_text(text)
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        """Enter sends; a digit goes to the robot at once; anything typed ends a completion."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.send()
            return
        own = self._bindings.key_to_bindings.get(event.key, ())
        typed = event.is_printable and not event.key.startswith("alt+")
        if own and not typed and event.key not in ("tab", "shift+tab"):
            # At once: on its way to whoever looks for bindings, the next letter would overtake a backspace.
            event.stop()
            event.prevent_default()
            self._offered = []
            await self.run_action(own[0].action)
            return
        if event.key.startswith("alt+"):  # Textual 8.2 says that Alt+R is the character r
            event.prevent_default()
            return
        if event.key not in ("tab", "shift+tab"):
            self._offered = []
        if not self.text and event.character and event.is_printable and self.digits:
            key = unicodedata.normalize("NFKC", event.character)
            if key in self.digits:
                event.stop()
                event.prevent_default()
                self.post_message(Pressed(key))
                return
        await super()._on_key(event)

    async def _on_paste(self, event: events.Paste) -> None:
        """Text is made harmless; several lines are asked about; what could never be sent is not taken."""
        event.stop()
        event.prevent_default()
        if (count := len(self.text) + len(event.text)) > MOST_WRITTEN:
            self.post_message(self.Overfull(count))
            return
        text = shown(event.text.replace("\r\n", "\n").replace("\r", "\n"), multiline=True)
        if "\n" in text.strip("\n"):
            self.post_message(self.Pasted(text.strip("\n")))
        else:
            self.put(text.strip("\n"))

    def put(self, text: str) -> None:
        """Inserts a text where the cursor is."""
        self.replace(text, *self.selection)

    def send(self) -> None:
        """Sends what stands there, at once: what is typed next must find the composer empty."""
        text = self.text.strip("\n")
        if self._submit(text):
            self.remember(text)

    def remember(self, text: str) -> None:
        """The text was sent: it is history, and the composer is empty."""
        if text and (not self._history or self._history[-1] != text):
            self._history.append(text)
            del self._history[:-KEPT_LINES]
        self._back = 0
        self._unsent = ""
        self.load_text("")

    def action_new_line(self) -> None:
        """Begins a new line within the message."""
        self.put("\n")

    def action_cursor_up(self, select: bool = False) -> None:
        """Up a row, and above the first into the history."""
        if select or self.cursor_location[0] > 0 or self.wrapped_document.height > self.document.line_count:
            super().action_cursor_up(select)
        elif self._back < len(self._history):
            if not self._back:
                self._unsent = self.text
            self._back += 1
            self.fill(self._history[-self._back])

    def action_cursor_down(self, select: bool = False) -> None:
        """Down a row, and below the last back from the history."""
        if select or self.cursor_location[0] < self.document.line_count - 1 or not self._back:
            super().action_cursor_down(select)
            return
        self._back -= 1
        self.fill(self._history[-self._back] if self._back else self._unsent)

    def action_complete(self, by: int) -> None:
        """Completes the word before the cursor, by the next candidate each time."""
        if not self._offered:
            before = self.text[: self._cursor_index()]
            self._stem = before
            self._rest = self.text[len(before) :]
            self._offered = list(self._candidates(before))
            self._chosen = -1 if by > 0 else 0
        if not self._offered:
            self.post_message(self.Offered((), by))
            return
        self._chosen = (self._chosen + by) % len(self._offered)
        completed = self._offered[self._chosen]
        offered = self._offered
        self.load_text(completed + self._rest)
        self.move_cursor(self._location_of(completed))
        self._offered = offered
        self.post_message(self.Offered(offered, self._chosen))

    def _cursor_index(self) -> int:
        row, column = self.cursor_location
        return sum(len(self.document.get_line(at)) + 1 for at in range(row)) + column

    def _location_of(self, before: str) -> tuple[int, int]:
        row = before.count("\n")
        return row, len(before) - (before.rfind("\n") + 1)


class Composer(Vertical):
    """The composer with its hint above, the verdict and its count below; a secret has a field of its own.

    Args:
        submit, candidates, history: as in `Writing`.
        judge: how far what is typed is; None where nothing is asked for that can be judged.
    """

    def __init__(
        self,
        lang: Lang,
        submit: Callable[[str], bool],
        candidates: Callable[[str], Sequence[str]],
        judge: Callable[[str], Verdict | None],
        history: list[str],
    ) -> None:
        super().__init__(id="composer")
        self.lang: Lang = lang
        self.limit = 4_000
        """Characters of a message, as the house says."""
        self._submit = submit
        self._candidates = candidates
        self._judge = judge
        self._history = history
        self._node = ("", "")
        self._refused = False  # what stands there was not sent, and the hint says why

    def compose(self) -> ComposeResult:
        """The hint, the writing, the field for secrets, the verdict."""
        yield Static(id="hint", markup=False)
        yield Writing(self._send, self._candidates, self._history)
        yield Input(password=True, id="secret", compact=True)
        yield VerdictRow()
        yield Static(id="count", markup=False)

    @property
    def writing(self) -> Writing:
        """Where one types."""
        return self.query_one(Writing)

    def on_mount(self) -> None:
        """No hint yet, and nothing secret."""
        self.query_one("#count").display = False
        self.ask(False, self._node)
        self.hint("")

    def ask(self, secret: bool, node: tuple[str, str]) -> None:
        """The robot asks at a node of a menu, or goes on: what is typed is hidden or not, and judged anew.

        What was typed in secret stays only where it is still asked for.
        """
        field = self.query_one("#secret", Input)
        if secret != field.display or node != self._node:
            self._hide(field, secret)
        self._node = node
        self.look()

    def _hide(self, field: Input, secret: bool) -> None:
        had = self.writing.has_focus or field.has_focus
        field.display = secret
        self.writing.display = not secret
        field.value = ""
        if had:
            (field if secret else self.writing).focus()

    def look(self) -> None:
        """Shows how far what is typed is."""
        field = self.query_one("#secret", Input)
        text = field.value if field.display else self.writing.text
        self.query_one(VerdictRow).say(self._judge(text), self.lang)

    def _send(self, text: str) -> bool:
        done = self._submit(text)
        self._refused = not done
        return done

    def _changed(self) -> None:
        self.look()
        if self._refused and self.query_one(VerdictRow).display:
            self._refused = False
            self.hint("")

    def take_focus(self) -> None:
        """Typing goes here, from the next key on (`Widget.focus` would come to it later)."""
        field = self.query_one("#secret", Input)
        self.screen.set_focus(field if field.display else self.writing)

    def hint(self, text: str, fault: bool = False) -> None:
        """Says something in the row above; nothing hides it."""
        hint = self.query_one("#hint", Static)
        hint.display = bool(text)
        hint.set_class(fault, "-fault")
        width = max(20, self.content_size.width or 60)
        hint.update(Content(folded(shown(text, multiline=True), width)))

    def on_writing_overfull(self, event: Writing.Overfull) -> None:
        """Says that nothing of a paste was taken."""
        event.stop()
        words = texts.PASTE_TOO_LONG.fill(count=f"{event.count:,}", limit=f"{MOST_WRITTEN:,}")
        self.hint(words.say(self.lang), fault=True)

    def on_writing_offered(self, event: Writing.Offered) -> None:
        """Shows the completions, or lets the focus go on when there is none."""
        if not event.candidates:
            if not self.writing.text:
                self.screen.focus_next() if event.chosen > 0 else self.screen.focus_previous()
            return
        first = max(0, min(event.chosen - 2, len(event.candidates) - SHOWN_CANDIDATES))
        parts: list[tuple[str, str]] = []
        for at, candidate in enumerate(event.candidates[first : first + SHOWN_CANDIDATES], first):
            word = cropped(shown(candidate.rstrip(" ").rsplit(" ", 1)[-1]), 24)
            parts += [(f" {word} ", "reverse" if at == event.chosen else "$muted"), (" ", "")]
        hint = self.query_one("#hint", Static)
        hint.display = True
        hint.set_class(False, "-fault")
        hint.update(Content.assemble(*parts))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Counts near the limit."""
        count = len(event.text_area.text)
        near = count >= self.limit * NEAR
        counter = self.query_one("#count", Static)
        counter.display = near
        if near:  # each update lays out the screen
            counter.update(f"{count:,}/{self.limit:,}")
        self.set_class(count > self.limit, "-too-long")
        self._changed()

    def on_input_changed(self, event: Input.Changed) -> None:
        """A secret is judged like anything else."""
        event.stop()
        self._changed()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """A secret goes out if it may, and is remembered nowhere."""
        event.stop()
        if self._send(event.value):
            event.input.value = ""
