"""Makes the pictures that Textual draws right for any script: each character in a cell, no foreign font.

Rich gives a text the width of its characters, not of its cells, so that Chinese is squeezed or drifts; and it
loads a font from a content network. Here each run of narrow and of wide characters has its place, and the
fonts are those that a reader has.
"""

import html
import re
from itertools import groupby

from rich.cells import get_character_cell_size

CELL = 12.2
"""Pixels of a column in Rich's pictures."""
NARROW = "ui-monospace, 'SF Mono', Menlo, 'DejaVu Sans Mono', Consolas, monospace"
WIDE = "'Noto Sans Mono CJK SC', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', monospace"
SIZES = {False: 20.27, True: 24.4}
"""Pixels of letters: DejaVu Sans Mono's advance is 0.602 of them, that of a wide character all of them."""

_text = re.compile(r"<text((?:(?!-title)[^>])*)>(.*?)</text>", re.DOTALL)
_x = re.compile(r' x="([\d.]+)"')


def righted(svg: str) -> str:
    """The picture with every character where the terminal has it."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    svg = svg.replace("font-variant-east-asian: full-width;", "")
    svg = svg.replace("Fira Code, monospace", NARROW).replace("font-family: arial", "font-family: sans-serif")
    svg = svg.replace("font-size: 20px", f"font-size: {SIZES[False]}px")
    svg = re.sub(r"terminal-\d+-", "t-", svg)  # the number is of the content, and would change with a clock
    return _text.sub(_placed, svg)


def _placed(found: re.Match[str]) -> str:
    attributes = re.sub(r' textLength="[^"]*"', "", found[1])
    place = _x.search(attributes)
    if place is None:
        return found[0]
    x = float(place[1])
    parts: list[str] = []
    for wide, letters in groupby(
        html.unescape(found[2]), lambda letter: get_character_cell_size(letter) == 2
    ):
        run = "".join(letters)
        kept = run.lstrip(" \xa0")  # at the beginning of a text, some programs leave spaces out
        if kept:
            at = x + (len(run) - len(kept)) * CELL
            style = f' style="font-family:{html.escape(WIDE)};font-size:{SIZES[True]}px"' if wide else ""
            there = _x.sub(f' x="{at:.1f}"', attributes)
            parts.append(f"<text{there}{style}>{html.escape(kept).replace(' ', '&#160;')}</text>")
        x += sum(map(get_character_cell_size, run)) * CELL
    return "".join(parts)
