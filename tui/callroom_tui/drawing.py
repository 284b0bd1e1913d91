"""The rows of a transcript as parts of text with the name of a style each: what is where, but no colours."""

import re
import time
from typing import NamedTuple

from callroom_tui.lines import Line, clock, day_of, link
from callroom_tui.rowmap import RowMap
from callroom_tui.texts import BEGINNING, DAYS, LOADING, NEW, OLDER
from callroom_tui.wrapping import padded, rows, width_of
from callroom_words.words import Lang

GROUP_SECONDS = 300
"""So long a person's name is not written again above what they say next."""
RULES = {"said": "│", "mine": "│", "robot": "│", "note": "·", "fault": "!"}
MARKS = {"pending": "…", "failed": "✗", "sent": "✓", "": ""}


class Part(NamedTuple):
    """Some text of a row: the name of its style, whose colour it has (`by`), and the link that it is."""

    text: str
    style: str = ""
    by: str = ""
    url: str = ""


class Row(NamedTuple):
    """One row: its parts, how many characters stand before the text proper (0: a heading), whether the text
    goes on from the row above, and what of the text stands between this row and the next.
    """

    parts: list[Part]
    head: int = 0
    wrapped: bool = False
    gap: str = ""

    @property
    def text(self) -> str:
        """The characters of the row."""
        return "".join(part.text for part in self.parts)


class Columns(NamedTuple):
    """How a width is divided: cells of the time, of the name, and of both with what is around them."""

    time: int
    name: int
    indent: int

    @classmethod
    def of(cls, width: int) -> "Columns":
        """The division for a transcript so wide."""
        if width >= 90:
            return cls(5, 14, 23)
        if width >= 50:
            return cls(5, 10, 19)
        return cls(0, 8, 11) if width >= 30 else cls(0, 4, 7)


def drawn(lines: RowMap, index: int, width: int, lang: Lang, top: str, now: float) -> list[Row]:
    """The rows of a line with the headings above it, as many as the map counts.

    Args:
        lines: the map; its width is that of the text column.
        index: which line.
        width: the whole width.
        lang: of the headings.
        top: what stands above the first line: "older", "loading", "beginning" or nothing.
        now: Unix seconds, for "today".
    """
    found = [
        Row([Part(_ruled(_heading(lines, index, heading, lang, top, now), width), heading)])
        for heading in lines.headings(index)
    ]
    line = lines.lines[index]
    columns = Columns.of(width)
    head = _head(lines, index, columns, bool(found[1:] if not index else found))
    count = sum(len(part.text) for part in head)
    for number, (text, gap) in enumerate(rows(line.text, lines.width)):
        if number:
            head = _margin(line, columns)
        before = columns.indent if number else count
        found.append(Row([*head, *_body(line, text)], before, number > 0, gap))
    return found


def _heading(lines: RowMap, index: int, heading: str, lang: Lang, top: str, now: float) -> str:
    if heading == "unread":
        return NEW.say(lang)
    if heading == "top":
        return {"older": OLDER, "loading": LOADING, "beginning": BEGINNING}[top].say(lang) if top else ""
    return day_words(lines.lines[index].at, now, lang)


def day_words(at: float, now: float, lang: Lang) -> str:
    """A day as a person says it: today, yesterday, or its date with the weekday."""
    ago = day_of(now) - day_of(at)
    if ago in (0, 1):
        return DAYS[ago].say(lang)
    date = time.localtime(at)
    weekday = DAYS[2 + date.tm_wday].say(lang)
    return f"{date.tm_year}-{date.tm_mon:02}-{date.tm_mday:02} {weekday}"


def _ruled(text: str, width: int) -> str:
    """A text in the middle of a rule."""
    if not text:
        return " " * width
    text = f" {text} "
    left = max(0, (width - width_of(text)) // 2)
    return padded("─" * left + text + "─" * width, width)[:-1] + "─" if width > 2 else ""


def _head(lines: RowMap, index: int, columns: Columns, parted: bool) -> list[Part]:
    """Time and name of a line's first row, as far as the line above has not just said them."""
    line = lines.lines[index]
    before = lines.lines[index - 1] if index and not parted else None
    same = (
        before is not None
        and before.by == line.by
        and (before.kind, line.kind) != ("note", "note")
        and 0 <= line.at - before.at < GROUP_SECONDS
    )
    told = before is not None and same and int(before.at // 60) == int(line.at // 60)
    parts = [Part(" " * 6 if told else f"{clock(line.at)} ", "time")] if columns.time else []
    name = "" if same or line.kind == "note" else line.by
    written = padded(name, columns.name)
    gap = len(written) - len(written.rstrip(" "))
    parts.append(Part(" " * gap + written.rstrip(" ") + " ", _name_style(line), line.by))
    return [*parts, *_rule(line)]


def _name_style(line: Line) -> str:
    return {"said": "name", "mine": "mine", "robot": "robot"}.get(line.kind, "note")


def _margin(line: Line, columns: Columns) -> list[Part]:
    rule, after = _rule(line)
    return [Part(" " * (columns.indent - 2)), Part("│" if line.mark else rule.text, rule.style), after]


def _rule(line: Line) -> tuple[Part, Part]:
    if line.mark:
        return Part(MARKS[line.mark], line.mark), Part(" ")
    if line.mention:
        return Part("┃", "alert"), Part(" ")
    return Part(RULES[line.kind], "fault" if line.kind == "fault" else "rule"), Part(" ")


def _body(line: Line, text: str) -> list[Part]:
    style = line.kind if line.kind in ("note", "fault") else "said"
    if line.mark in ("pending", "failed"):
        style = f"text-{line.mark}"
    elif line.mention:
        style = "mention"
    if "://" not in text:
        return [Part(text, style)]
    parts: list[Part] = []
    at = 0
    whole = [found[0] for found in link(line.text.replace("\n", " "))]
    for found in link(text):
        # A link that wraps is clicked as what it is, not as the half of it that stands on this row.
        url = next((url for url in whole if url.startswith(found[0])), found[0])
        parts += [Part(text[at : found.start()], style), Part(found[0], "link", url=url)]
        at = found.end()
    return [*parts, Part(text[at:], style)]


def marked(parts: list[Part], needle: str, style: str) -> list[Part]:
    """The same parts with every occurrence of `needle` in a style of its own; case does not count."""
    if not needle:
        return parts
    pattern = re.compile(re.escape(needle), re.IGNORECASE)
    found: list[Part] = []
    for part in parts:
        at = 0
        for hit in pattern.finditer(part.text):
            found.append(part._replace(text=part.text[at : hit.start()]))
            found.append(part._replace(text=hit[0], style=style))
            at = hit.end()
        found.append(part._replace(text=part.text[at:]))
    return [part for part in found if part.text]
