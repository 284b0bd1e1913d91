"""The page of a lesson: what it is about, what to try, and where else to try it."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from callroom_lessons import Page
from callroom_tui.lab import words
from callroom_tui.wrapping import folded
from callroom_words.words import Lang

HOST = "127.0.0.1"
GUTTER = 1
"""Cells between the text and the scroll bar, as the style sheet has it."""


def paragraphs(text: str) -> list[str]:
    """A page's paragraphs and points, each in one line: where its file breaks a line means nothing."""
    found: list[str] = []
    for block in text.strip().split("\n\n"):
        lines = block.splitlines()
        for number, line in enumerate(lines):
            if number == 0 or line.startswith("- "):
                found.append(line.strip())
            else:
                # Between two lines of Chinese there is no space.
                gap = " " if found[-1][-1:].isascii() or line[:1].isascii() else ""
                found[-1] += gap + line.strip()
        found.append("")
    return found[:-1]


def content(page: Page, width: int, lang: Lang) -> Content:
    """The page, broken as a reader of either language expects it."""
    width = max(12, width)
    parts = [Content.styled(folded(page.title.say(lang), width), "bold $primary"), Content("")]
    parts += [Content(folded(paragraph, width)) for paragraph in paragraphs(page.about.say(lang))]
    parts += [Content(""), Content.styled(words.TRY.say(lang), "bold $accent")]
    for point in paragraphs(page.tries.say(lang)):
        inside = folded(point.removeprefix("- "), width - 2).split("\n")
        parts += [Content(f"{'•' if not number else ' '} {row}") for number, row in enumerate(inside)]
    if page.listeners:
        parts += [Content(""), Content.styled(folded(words.IN_TERMINAL.say(lang), width), "$muted")]
        parts += [Content(folded(one.typed(HOST, one.port), width)) for one in page.listeners]
    return Content("\n").join(parts)


class LessonPage(VerticalScroll):
    """The page; it scrolls."""

    def __init__(self, page: Page, lang: Lang) -> None:
        super().__init__(id="page")
        self._page = page
        self.lang: Lang = lang

    def compose(self) -> ComposeResult:
        """The text alone."""
        yield Static(id="page-text")

    def show(self, page: Page) -> None:
        """Another page, from its beginning."""
        self._page = page
        self.on_resize()
        self.scroll_home(animate=False, immediate=True)

    def on_resize(self) -> None:
        """The rows have another width."""
        width = self.scrollable_content_region.width - GUTTER
        self.query_one("#page-text", Static).update(content(self._page, width, self.lang))
