"""An answer of the house, or the help, over the chat: rows to read, perhaps to choose from."""

from collections.abc import Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widget import Widget

from callroom_client.commands import TABLE
from callroom_tui import texts
from callroom_tui.actions import ACTS, IN_COMPOSER, PLACE_KEYS, PLACE_WORDS
from callroom_tui.lines import shown
from callroom_tui.sizes import HEIGHTS
from callroom_tui.wrapping import folded, width_of
from callroom_words.words import Lang

MOST_LEFT = 26
"""Cells from which what is on the left has a row of its own: one long command must not push all aside."""


class Pair(NamedTuple):
    """A row of two columns; a row without a second one is a heading."""

    left: str
    right: str = ""


class Rows(Widget):
    """The rows in two columns; what does not fit goes on below, in its own column.

    They are laid out for the width they are given, not anew after each resize: a scroll bar that comes takes
    some of it, and the two would wait for each other.
    """

    def __init__(self, rows: Sequence[Pair], lang: Lang) -> None:
        super().__init__()
        self._rows = rows
        self.lang: Lang = lang

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as it takes."""
        return self._content(width).plain.count("\n") + 1

    def render(self) -> Content:
        """All of them."""
        return self._content(self.content_size.width)

    def _content(self, width: int) -> Content:
        if not self._rows:
            return Content(texts.NONE_FOUND.say(self.lang))
        most = min(MOST_LEFT, max(8, width * 2 // 5))
        column = 2 + max(
            (w for row in self._rows if row.right and (w := width_of(shown(row.left))) <= most), default=0
        )
        lines: list[Content] = []
        for row in self._rows:
            left, right = shown(row.left), shown(row.right, multiline=True)
            if not row.right:
                lines.append(Content.styled(left, "bold $primary"))
                continue
            said = folded(right, max(8, width - column)).replace("\n", "\n" + " " * column)
            room = column - width_of(left)
            gap = " " * room if room >= 2 else "\n" + " " * column
            lines.append(Content.assemble((left, "bold $accent"), gap, said))
        return Content("\n").join(lines)


class AnswerScreen(ModalScreen[None]):
    """The rows, in a frame that scrolls."""

    CSS_PATH = "answer.tcss"
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS = [
        Binding("escape,q,f1,enter", "dismiss", "close", show=False),
        Binding("up", "scroll(-1)", "up", show=False),
        Binding("down", "scroll(1)", "down", show=False),
        Binding("pageup", "scroll(-15)", "up", show=False),
        Binding("pagedown,space", "scroll(15)", "down", show=False),
    ]

    def __init__(self, title: str, rows: Sequence[Pair], lang: Lang) -> None:
        super().__init__()
        self._title = title
        self._rows = rows
        self.lang: Lang = lang

    def compose(self) -> ComposeResult:
        """The frame and what is in it."""
        with Vertical(id="answer") as frame:
            frame.border_title = Content(shown(self._title))  # a str would be markup
            frame.border_subtitle = texts.CLOSE_KEYS.say(self.lang)
            with VerticalScroll():
                yield Rows(self._rows, self.lang)

    def action_scroll(self, by: int) -> None:
        """Scrolls by rows."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def on_click(self) -> None:
        """A click beside the frame closes it."""
        if not self.query_one("#answer").has_pseudo_class("hover"):
            self.dismiss()


def help_rows(lang: Lang) -> list[Pair]:
    """Every key and every command, from the tables they are made of."""
    rows = [Pair(texts.HELP_KEYS.say(lang))]
    rows += [Pair(act.shown, act.words.say(lang)) for act in ACTS]
    rows.append(Pair(PLACE_KEYS, PLACE_WORDS.say(lang)))
    rows += [Pair(""), Pair(texts.HELP_TYPING.say(lang))]
    rows += [Pair(keys, words.say(lang)) for keys, words in IN_COMPOSER]
    rows += [Pair(""), Pair(texts.HELP_COMMANDS.say(lang))]
    rows += [Pair(command.usage.say(lang), command.text.say(lang)) for command in TABLE.commands]
    return rows
