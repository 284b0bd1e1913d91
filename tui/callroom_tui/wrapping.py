"""Breaks lines into rows as a reader of Chinese and of Latin expects it, by the cells of a terminal.

Rich and Textual break at white space only, so a Chinese sentence after a name would leave the name alone on
its row. Here Latin words stay whole and Chinese breaks anywhere, but neither before a closing mark nor after
an opening one (kinsoku, JIS X 4051; GB/T 15834 section 5.1). A cluster (a letter with its marks, a flag, a
family of emoji) is never torn.
"""

import re
from bisect import bisect_right
from itertools import accumulate, pairwise

from rich.cells import cell_len, get_character_cell_size

_OPENING = "（【《〈「『“‘〔｛［([{¥￥$#@"
_CLOSING = "，。、；：？！）】》〉」』”’〕｝］…—～·,.;:?!)]}%℃"
_DIVIDING = "/?&=#-_.,"
_WORD = "0-9A-Za-z_\\-./:@#&=+~'$%?\u00c0-\u024f\u0370-\u052f"
_JOINED = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0e31"
    "\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
)
_CLUSTER = f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[^\n])(?:{_JOINED}|\u200d[^\n])*"
_LETTER = f"(?! ){_CLUSTER}"
_unit = re.compile(
    rf"\n| +|[{re.escape(_OPENING)}]*(?:[{_WORD}]+{_JOINED}*|{_LETTER})"
    rf"(?:[{re.escape(_CLOSING)}]{_JOINED}*)*"
)
_bound = re.compile(rf"[ {re.escape(_OPENING)}{re.escape(_CLOSING)}{_WORD}]").match
"""What may be of one unit with what stands beside it; other letters are units of their own."""
_gathered = re.compile("[\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\u200d\ufe0f]").match
"""What makes a cluster with its neighbours though it is not without a width of its own, or changes theirs."""
_cluster = re.compile(_CLUSTER).findall


_MEASURED = -1_000_000
"""In place of the width of what changes that of its neighbours: the whole text is measured then."""


class _Widths(dict[str, int]):
    """The cells of each character, looked up once."""

    def __missing__(self, letter: str) -> int:
        wide = _MEASURED if _gathered(letter) else get_character_cell_size(letter) or _MEASURED
        self[letter] = wide
        return wide


_wide = _Widths().__getitem__


def width_of(text: str) -> int:
    """The cells a text takes, as Textual will count them when it lays out the row.

    Rich's `cell_len` takes three times as long for a text it has not seen before, which most are.
    """
    if text.isascii():
        return len(text)
    wide = sum(map(_wide, text))
    return wide if wide >= 0 else cell_len(text)


def breaks(text: str, width: int) -> list[int]:
    """The indices at which a new row begins, without the first row's 0. Spaces may hang over the edge."""
    if "\n" in text:
        return _slowly(text, width)
    if len(text) * 2 <= width:
        return []
    ends = list(accumulate(map(_wide, text)))
    if ends[-1] < 0:  # clusters of several characters
        return _slowly(text, width) if width_of(text) > width else []
    return _quickly(text, ends, width) if ends[-1] > width else []


def _quickly(text: str, ends: list[int], width: int) -> list[int]:
    """The same for a text without line ends, of which every character is a cluster; `ends` is how many cells
    it takes up to each. Only what stands at the edges of rows is looked at.
    """
    found: list[int] = []
    start = used = 0
    while (edge := bisect_right(ends, used + width, start)) < len(text):
        if text[edge] == " ":
            edge += len(text) - edge - len(text[edge:].lstrip(" "))
            if edge == len(text):
                break
            start = edge
        else:
            unit = _unit_at(text, edge, start)
            if unit == start:  # one that is wider than a row
                return _slowly(text, width)
            start = unit
        found.append(start)
        used = ends[start - 1]
    return found


def _unit_at(text: str, index: int, low: int) -> int:
    """Where the unit that holds a character begins, or `low` if it began before."""
    at = index
    while at > low:
        before = _is_bound(text[at - 1])
        if not (before or _is_bound(text[at])) or (text[at - 1] == " " != text[at]):
            break
        at -= 1
    while (found := _unit.match(text, at)) is not None and found.end() <= index:
        at = found.end()
    return at


class _Bound(dict[str, bool]):
    """Whether a character may be of one unit with its neighbours, looked up once."""

    def __missing__(self, letter: str) -> bool:
        self[letter] = found = _bound(letter) is not None
        return found


_is_bound = _Bound().__getitem__


def _slowly(text: str, width: int) -> list[int]:
    """The same for any text, unit by unit."""
    found: list[int] = []
    at = used = 0
    for unit in _unit.findall(text):
        if unit == "\n":
            found.append(at + 1)
            used = 0
        elif unit[0] == " ":
            used += len(unit)
        elif used + (wide := width_of(unit)) <= width:
            used += wide
        else:
            if used:
                found.append(at)
            used = wide
            if wide > width:
                used = _torn(unit, at, width, found)
        at += len(unit)
    return found


def _torn(unit: str, at: int, width: int, found: list[int]) -> int:
    """Breaks what is wider than a row between clusters; the cells its last row takes.

    After a mark that divides an address, if the row is at least half full there.
    """
    used = mark = past = 0  # the index after the last mark, and the cells since
    for cluster in _cluster(unit):
        wide = width_of(cluster)
        if used and used + wide > width:
            if mark and 2 * past <= width:
                found.append(mark)
                used = past
            else:
                found.append(at)
                used = 0
            mark = past = 0
        used += wide
        past += wide
        at += len(cluster)
        if cluster in _DIVIDING:
            mark, past = at, 0
    return used


def rows(text: str, width: int) -> list[tuple[str, str]]:
    """The rows of a text, each at most `width` cells, and what stood between it and the next: a line's end,
    or spaces, which are not drawn.
    """
    cuts = [0, *breaks(text, width), len(text)]
    found: list[tuple[str, str]] = []
    for start, end in pairwise(cuts):
        whole = text[start:end]
        row = whole.rstrip(" \n") if end < len(text) else whole
        found.append((row, whole[len(row) :]))
    return found


def folded(text: str, width: int) -> str:
    """The text with its rows as lines, for widgets that would break it otherwise."""
    return "\n".join(row for row, _ in rows(text, width)) if width > 1 else text


def cropped(text: str, width: int) -> str:
    """At most `width` cells of a text; what was cut off shows as an ellipsis."""
    if width_of(text) <= width:
        return text
    kept: list[str] = []
    used = 0
    for cluster in _cluster(text):
        used += width_of(cluster)
        if used > width - 1:
            break
        kept.append(cluster)
    return "".join(kept) + "…" if width > 0 else ""


def shortened(text: str, width: int) -> str:
    """The text cropped, between two words if that leaves more than half of the width."""
    kept = cropped(text, width)
    if kept == text or text[len(kept) - 1 :][:1] == " ":
        return kept
    whole = kept.rpartition(" ")[0]
    return f"{whole}…" if 2 * width_of(whole) > width else kept


def padded(text: str, width: int) -> str:
    """The text cropped and filled up with spaces to exactly `width` cells."""
    text = cropped(text, width)
    return text + " " * (width - width_of(text))
