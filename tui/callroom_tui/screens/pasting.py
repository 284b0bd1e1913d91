"""Asks what is to be done with several pasted lines."""

from typing import Literal

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from callroom_tui import texts
from callroom_tui.sizes import HEIGHTS
from callroom_words.words import Lang

Choice = Literal["one", "many", "edit", "cancel"]


MOST_SHOWN = 500
"""Lines that are shown: of more, one looks at the beginning."""
MOST_MESSAGES = 500
"""Lines up to which a paste may become a message each: more is a mistake that no room forgives."""


class PasteScreen(ModalScreen[Choice]):
    """The lines, and what may become of them."""

    CSS_PATH = "pasting.tcss"
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS = [
        Binding("escape", "choose('cancel')", "cancel", show=False),
        Binding("down,right", "app.focus_next", "next", show=False),
        Binding("up,left", "app.focus_previous", "previous", show=False),
    ]

    def __init__(self, text: str, lang: Lang) -> None:
        super().__init__()
        self._text = text
        self.lang: Lang = lang

    def compose(self) -> ComposeResult:
        """What was pasted, and a button for each way."""
        count = self._text.count("\n") + 1
        with Vertical(id="pasting") as frame:
            frame.border_title = texts.PASTE_TITLE.say(self.lang, count=count)
            with VerticalScroll():
                yield Static(Content(_beginning(self._text)))
            yield Button(texts.PASTE_EDIT.say(self.lang), id="edit", compact=True)
            yield Button(texts.PASTE_ONE.say(self.lang), id="one", compact=True)
            lines = sum(1 for line in self._text.splitlines() if line.strip())  # an empty one is not sent
            if lines <= MOST_MESSAGES:
                yield Button(texts.PASTE_MANY.say(self.lang, count=lines), id="many", compact=True)
            yield Button(texts.CANCEL.say(self.lang), id="cancel", compact=True)

    def on_mount(self) -> None:
        """The harmless way is the first."""
        self.query_one("#edit", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """It is decided."""
        match event.button.id:
            case "one" | "many" | "edit" | "cancel" as choice:
                self.dismiss(choice)
            case _:
                raise AssertionError(f"unknown button {event.button.id}")

    def action_choose(self, choice: Choice) -> None:
        """It is decided by a key."""
        self.dismiss(choice)


def _beginning(text: str) -> str:
    lines = text.split("\n", MOST_SHOWN)
    return "\n".join([*lines[:MOST_SHOWN], "…"]) if len(lines) > MOST_SHOWN else text
