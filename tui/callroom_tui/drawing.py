"""The rows of a transcript as parts of text with the name of a style each: what is where, but no colours."""

import re
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

from callroom_tui.lines import Line, clock, day_of, link
from callroom_tui.rowmap import RowMap
from callroom_tui.texts import BEGINNING, DAYS, LOADING, NEW, OLDER
from callroom_tui.wrapping import padded, rows, width_of
from callroom_words.words import Lang

ALL = range(sys.maxsize)
"""Every row of a line."""
GROUP_MS = 300_000
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
    """One row: its parts, how many characters stand before the text proper (0: a heading), where in the
    line the row begins, and what of it stands between this row and the next.
    """

    parts: list[Part]
    head: int = 0
    at: int = 0
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


def drawn(
    lines: RowMap, index: int, width: int, lang: Lang, top: str, now: float, part: range = ALL
) -> list[Row]:
    """The rows of a line with the headings above it, as many as the map counts, or those of a part of them.

    Args:
        lines: the map; its width is that of the text column.
        index: which line.
        width: the whole width.
        lang: of the headings.
        top: what stands above the first line: "older", "loading", "beginning" or nothing.
        now: Unix seconds, for "today".
        part: the numbers of the rows, from 0.
    """
    found = [
        Row([Part(_ruled(_heading(lines, index, heading, lang, top, now), width, heading), heading)])
        for heading in lines.headings(index)
    ]
    line = lines.lines[index]
    columns = Columns.of(width)
    head = _head(lines, index, columns, bool(found[1:] if not index else found))
    count = sum(len(part.text) for part in head)
    links = _links(line.text)
    headings = len(found)
    found = found[part.start : part.stop]
    at = 0
    for number, (text, gap) in enumerate(rows(line.text, lines.width), headings):
        if number in part:
            before = columns.indent if at else count
            body = _cut([Part(text, _body_style(line))], at, links)
            found.append(Row([*(_margin(line, columns) if at else head), *body], before, at, gap))
        at += len(text) + len(gap)
    return found


def _heading(lines: RowMap, index: int, heading: str, lang: Lang, top: str, now: float) -> str:
    if heading == "unread":
        return NEW.say(lang)
    if heading == "top":
        return {"older": OLDER, "loading": LOADING, "beginning": BEGINNING}[top].say(lang) if top else ""
    return day_words(lines.lines[index].at, now, lang)


def day_words(at: int, now: float, lang: Lang) -> str:
    """A day as a person says it: today, yesterday, or its date with the weekday.

    Args:
        at: a time of that day, in Unix milliseconds.
        now: Unix seconds.
        lang: of the words.
    """
    ago = day_of(int(now * 1000)) - day_of(at)
    if ago in (0, 1):
        return DAYS[ago].say(lang)
    date = time.localtime(at // 1000)
    weekday = DAYS[2 + date.tm_wday].say(lang)
    return f"{date.tm_year}-{date.tm_mon:02}-{date.tm_mday:02} {weekday}"


def _ruled(text: str, width: int, heading: str) -> str:
    """A heading in the middle of a rule; what stands at the very top needs none."""
    text = f" {text} "
    left = max(0, (width - width_of(text)) // 2)
    if heading == "top":
        return padded(" " * left + text, width)
    return padded("─" * left + text + "─" * width, width)[:-1] + "─" if width > 2 else ""


def _head(lines: RowMap, index: int, columns: Columns, parted: bool) -> list[Part]:
    """Time and name of a line's first row, as far as the line above has not just said them."""
    line = lines.lines[index]
    before = lines.lines[index - 1] if index and not parted else None
    same = (
        before is not None
        and before.by == line.by
        and (before.kind, line.kind) != ("note", "note")
        and 0 <= line.at - before.at < GROUP_MS
    )
    told = before is not None and same and before.at // 60_000 == line.at // 60_000
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
    goes_on = "│" if line.mark else " " if line.kind == "note" else rule.text
    return [Part(" " * (columns.indent - 2)), Part(goes_on, rule.style), after]


def _rule(line: Line) -> tuple[Part, Part]:
    if line.mark:
        return Part(MARKS[line.mark], line.mark), Part(" ")
    if line.mention:
        return Part("┃", "alert"), Part(" ")
    return Part(RULES[line.kind], "fault" if line.kind == "fault" else "rule"), Part(" ")


def _body_style(line: Line) -> str:
    if line.mark in ("pending", "failed"):
        return f"text-{line.mark}"
    if line.mention:
        return "mention"
    return line.kind if line.kind in ("note", "fault") else "said"


class _Span(NamedTuple):
    """A piece of a line's text that looks otherwise, on however many rows it stands."""

    start: int
    end: int
    style: str
    url: str = ""


def _links(text: str) -> list[_Span]:
    """The links of a line, found in the whole of it: each row of one that wraps leads to the same place."""
    return [_Span(*found.span(), "link", found[0]) for found in link(text)] if "://" in text else []


def _cut(parts: Sequence[Part], at: int, spans: Sequence[_Span]) -> list[Part]:
    """Parts of a line's text, the first of them from `at` on, with what of the spans stands in them."""
    found: list[Part] = []
    for part in parts:
        end = at + len(part.text)
        begin = at
        for span in spans:
            first, last = max(span.start, begin), min(span.end, end)
            if first < last:
                found.append(part._replace(text=part.text[begin - at : first - at]))
                text, url = part.text[first - at : last - at], span.url or part.url
                found.append(part._replace(text=text, style=span.style, url=url))
                begin = last
        found.append(part._replace(text=part.text[begin - at :]))
        at = end
    return [part for part in found if part.text]


def marked(row: Row, text: str, needle: str, style: str) -> Row:
    """The row with what it has of each occurrence of `needle` in a style of its own; case does not count.

    Args:
        row: of a line.
        text: the line's; an occurrence may go on in the next row.
        needle: what is looked for.
        style: the name of the style.
    """
    if not needle or not row.head:
        return row
    spans = [_Span(*hit.span(), style) for hit in re.finditer(re.escape(needle), text, re.IGNORECASE)]
    head: list[Part] = []
    count = 0
    for part in row.parts:
        if count >= row.head:
            break
        head.append(part)
        count += len(part.text)
    return row._replace(parts=[*head, *_cut(row.parts[len(head) :], row.at, spans)])
