"""Recorded steps as rows: the server's calls at the left, the client's at the right, time going down."""

from collections.abc import Sequence
from typing import NamedTuple

from callroom_client.lab.steps import Finished, Seen, Side, Step
from callroom_tui.lab import words
from callroom_tui.lines import shown
from callroom_tui.saying import seconds
from callroom_tui.wrapping import cropped, padded, rows, width_of
from callroom_words.words import Lang

GUTTER = 5
"""Cells between the columns, where the arrows are."""
SIDE_BY_SIDE = 60
"""Cells below which both sides share one column."""
TIME = 8
"""Cells of the time."""
SMALL = 4
"""Cells before bytes where the column is narrow."""
DUMP, WIDE_DUMP = 3 * 8 - 1 + 2 + 8, 3 * 16 - 1 + 2 + 16
"""Cells that eight and sixteen bytes take, in hexadecimal and as ASCII."""
DUMPED = 64
"""Bytes of a call that are shown."""
SLOW = 0.001
"""Seconds from which it is said how long a call took."""
PASSING = frozenset({"send", "sendto", "connect", "connect_ex", "shutdown"})
"""Calls that make something pass to the other side."""
TORN = 3
"""Characters that recv may have cut, in what is still shown as text; with more it is no text."""


class Part(NamedTuple):
    """Some text of a row, and the name of its style."""

    text: str
    style: str = ""


Row = list[Part]


class Layout(NamedTuple):
    """How a width is divided: cells of a column, and whether there are two."""

    column: int
    two: bool

    @classmethod
    def of(cls, width: int) -> "Layout":
        """The division of a view so wide."""
        if width < SIDE_BY_SIDE:
            return cls(max(12, width - 2), False)
        return cls((width - GUTTER) // 2, True)


class Block(NamedTuple):
    """The rows of one step, and its number."""

    number: int
    rows: list[Row]


def heading(width: int, lang: Lang) -> Row:
    """Whose column is whose."""
    column, two = Layout.of(width)
    server, client = words.SERVER.say(lang), words.CLIENT.say(lang)
    if not two:
        return [Part(padded(f"S {server} · C {client}", width), "side")]
    return [Part(padded(f" {server}", column + GUTTER), "side"), Part(padded(f" {client}", column), "side")]


def blocks(steps: Sequence[Step], width: int, lang: Lang) -> list[Block]:
    """The steps, each with its rows; a socket's state is said where it has changed."""
    layout = Layout.of(width)
    before: dict[tuple[Side, str], Seen] = {}
    found: list[Block] = []
    for step in steps:
        key = (step.side, step.who)
        inside = within(step, before.get(key, Seen()), layout.column, lang)
        before[key] = step.seen
        found.append(Block(step.number, [_placed(step, row, n, layout) for n, row in enumerate(inside)]))
    return found


def _placed(step: Step, row: Row, number: int, layout: Layout) -> Row:
    """A row of a step in its column."""
    used = sum(width_of(part.text) for part in row)
    row = [*row, Part(" " * max(0, layout.column - used))]
    server = step.side is Side.SERVER
    if not layout.two:
        sign = ("S " if server else "C ") if not number else "  "
        return [Part(sign, "server" if server else "client"), *row]
    arrow = "  │  "
    if not number and step.call in PASSING and not step.error:
        arrow = " ──▶ " if server else " ◀── "
    blank = Part(" " * layout.column)
    gutter = Part(arrow, "arrow" if arrow != "  │  " else "rule")
    return [*row, gutter, blank] if server else [blank, gutter, *row]


def within(step: Step, before: Seen, column: int, lang: Lang) -> list[Row]:
    """The rows of a step in a column of its own: the call, its bytes, and what the kernel says."""
    at = f"{step.at * 1000:.1f}"
    side = "server" if step.side is Side.SERVER else "client"
    call = f"({shown(step.arguments)})" if step.arguments or step.call.islower() else ""
    name = [
        Part(f"{at:>{TIME - 1}} ", "time"),
        Part(f"{shown(step.who)}.", side),
        Part(step.call, "call"),
    ]
    made: list[Row] = [name]
    for gap, piece in (("", [Part(call)]), (" ", _ending(step))):
        if width_in(made[-1]) + len(gap) + width_in(piece) <= column:
            made[-1] = [*made[-1], Part(gap), *piece] if piece else made[-1]
        else:
            made.append([Part(" " * TIME), *piece])
    made = [_fitted(row, column) for row in made]
    made += _bytes(step, column, lang)
    if kernel := _kernel(step, before, lang):
        made.append(_fitted([Part(" " * TIME), Part(kernel, "kernel")], column))
    return made


def width_in(row: Row) -> int:
    """Cells of a row."""
    return sum(width_of(part.text) for part in row)


def _fitted(row: Row, column: int) -> Row:
    """A row cut to a column."""
    room, made = column, list[Part]()
    for text, style in row:
        text = cropped(text, room)
        room -= width_of(text)
        made.append(Part(text, style))
    return made


def _ending(step: Step) -> Row:
    """What a call gave, and how long it took if one would notice."""
    ended = [Part(f"✗ {step.error}", "error")] if step.error else []
    if not step.error and step.result:
        failed = step.call == "connect_ex" and step.result != "0"
        ended = [Part(f"→ {shown(step.result)}", "error" if failed else "result")]
    if step.seconds >= SLOW:
        ended.append(Part(f"{' ' if ended else ''}⧖ {seconds(step.seconds)}", "took"))
    return ended


def _bytes(step: Step, column: int, lang: Lang) -> list[Row]:
    """The bytes in hexadecimal and as ASCII; below them as text where they are some that ASCII has not."""
    indent = " " * (TIME if column - TIME >= DUMP else SMALL)
    room = column - len(indent)
    width = 16 if room >= WIDE_DUMP else 8 if room >= DUMP else 4
    made: list[Row] = []
    data = step.data[:DUMPED]
    for at in range(0, len(data), width):
        row = data[at : at + width]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in row)
        made.append(
            [Part(indent), Part(row.hex(" ").ljust(3 * width - 1), "hex"), Part(f"  {letters}", "text")]
        )
    if step.size > DUMPED:
        made.append([Part(indent), Part(words.MORE_BYTES.say(lang, count=step.size), "time")])
    if said := as_text(data):
        made.append(_fitted([Part(indent), Part(f"“{shown(said)}”", "text")], column))
    return [_fitted(row, column) for row in made]


def as_text(data: bytes) -> str:
    """Bytes as UTF-8 where that says more than ASCII did; empty where they are no text."""
    if data.isascii():
        return ""
    said = data.decode("utf-8", "replace")
    return said if said.count("\ufffd") <= TORN else ""


def _kernel(step: Step, before: Seen, lang: Lang) -> str:
    """The socket's state where it has changed, and what is in its queues."""
    seen = step.seen
    parts = [seen.state] if seen.state and (seen.state != before.state or step.call[0] in "T/") else []
    if seen.unsent and seen.unsent != before.unsent:
        parts.append(words.UNSENT.say(lang, count=seen.unsent))
    if seen.unread and seen.unread != before.unread:
        parts.append(words.UNREAD.say(lang, count=seen.unread))
    return " · ".join(parts) if step.result != seen.state or parts[1:] else ""


def findings(finished: Finished, width: int, lang: Lang) -> list[Row]:
    """What the experiment has shown, over both columns."""
    made: list[Row] = [[]]
    said = [("★ ", words_, "found") for words_ in finished.found]
    if finished.problem is not None:
        said.append(("! ", finished.problem, "error"))
    for sign, sentence, style in said:
        for number, (row, _) in enumerate(rows(shown(sentence.say(lang)), max(10, width - 3))):
            made.append([Part(f" {sign if not number else '  '}{row}", style)])
    return made
