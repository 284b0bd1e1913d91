"""Draws the README's picture: a real call by telnet, to the hotline and then to a room, as docs/picture.svg.

python docs/picture.py            draw
python docs/picture.py --check    compare; exit with 1 if a call looks different now
"""

import re
import sys
import time
from collections.abc import Iterator
from html import escape
from itertools import groupby

import pexpect
import pyte
from stage import PORTS, ROOT, Stage, Window
from wcwidth import wcswidth, wcwidth

PICTURE = ROOT / "docs" / "picture.svg"
PATIENCE = 30.0
COLUMNS, LINES = 72, 60

CELL, LINE, SIZE = 8.43, 20, 14
"""Pixels: a column, a line, and the letters; DejaVu Sans Mono's advance is 0.602 of its size."""
MARGIN, GAP, BAR = 22, 34, 40
"""Pixels: around the panes, between them, and the window's bar."""
FONTS = (
    "ui-monospace,'SF Mono',Menlo,'DejaVu Sans Mono',Consolas,'Noto Sans Mono CJK SC','PingFang SC',"
    "'Microsoft YaHei','Noto Sans CJK SC',monospace"
)
COLOURS = {
    "plain": "#c9d1d9",
    "typed": "#7ee787",
    "key": "#e3b341",
    "dim": "#6e7681",
    "place": "#79c0ff",
    "person0": "#ffa657",
    "person1": "#d2a8ff",
    "person2": "#56d4dd",
}
PEOPLE = ("小明", "小红", "老张")
TYPED = (
    "余额",
    "19900001234",
    "/nick 小明",
    "/join 大厅",
    "我说“余额”，它就懂了。",
)
RULES = (
    (r"(Trying|Connected to|Escape character|Unreadable\?|To come back|Callroom\.).*", "dim"),
    (r"\[[^\]]+\] \*.*", "dim"),
    (r"\S+>$", "dim"),
    (r"[0-9*#](?= )", "key"),
    (r"\[[^\]]+\]", "place"),
    (r"\$ .*", "typed"),
)
"""What the beginning of a line looks like, and its colour; the first that fits counts."""


def call() -> list[str]:
    """What stands on the caller's screen at the end, line by line."""
    with Stage("en") as stage:
        house, hong, zhang = (Window(stage, encoding) for encoding in ("utf-8", "utf-8", "gbk"))
        try:
            house.act("$ make run")
            _until(house, "Ctrl-C")
            for window, name, first in ((hong, "小红", "# 重听"), (zhang, "老张", "# ")):
                window.act(f"$ nc 127.0.0.1 {PORTS[0]}")
                _until(window, first)
                if name == "老张":
                    window.act("> /encoding gbk")
                    _until(window, "gbk")
                window.act(f"> /nick {name}")
                _until(window, "/back ")
                window.act("> /join 大厅")
                _until(window, "大厅")
            return [f"$ telnet -E 127.0.0.1 {PORTS[0]}", *_caller(stage, hong, zhang)]
        finally:
            for window in (hong, zhang, house):
                window.end()


def _caller(stage: Stage, hong: Window, zhang: Window) -> list[str]:
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.Stream(screen)
    command = ["-E", "127.0.0.1", str(stage.ports[PORTS[0]])]
    environ = {**stage.environ, "TERM": "xterm"}
    child: pexpect.spawn[str] = pexpect.spawn(
        "telnet", command, encoding="utf-8", env=environ, dimensions=(LINES, COLUMNS), timeout=PATIENCE
    )
    child.logfile_read = _Screen(stream)
    try:
        child.expect_exact("# 重听\r\n")
        for text, answer in zip(
            TYPED, ("199-0000-1234", "# 重听\r", "/back ", "老张", "[大厅] 小明"), strict=True
        ):
            if text == TYPED[-1]:
                hong.act("> 大家好！话费怎么查？")
                child.expect_exact("话费怎么查？\r\n")
            child.send(text + "\r")
            child.expect_exact(answer)
            child.expect_exact("\n")
        zhang.act("> 我这台老终端只会 GBK，也看得见。")
        child.expect_exact("也看得见。\r\n")
        hong.act("> 断线了也不怕：/back 回来，一句不少。")
        child.expect_exact("一句不少。\r\n")
        child.expect_exact("大厅> ")
    finally:
        child.close(force=True)
    rows = [stage.shown(row.rstrip()) for row in screen.display]
    return "\n".join(rows).rstrip().split("\n")


class _Screen:
    """Hands a terminal's output to pyte."""

    def __init__(self, stream: pyte.Stream) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        self._stream.feed(text)

    def flush(self) -> None:
        """Nothing is held back."""


def _until(window: Window, text: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not any(text in line for line in window.lines):
        if window.ended or time.monotonic() > deadline:
            raise SystemExit(f"never shown: {text}: {window.lines}")
        window.read(deadline - time.monotonic())
    window.take(len(window.lines))


# --- drawing ------------------------------------------------------------------------------------------------


def draw(rows: list[str]) -> str:
    """The rows in a window of two panes: the call until the number, and from there on."""
    split = next(index for index, row in enumerate(rows) if row.endswith(TYPED[1]))
    panes = (rows[:split], rows[split:])
    height = BAR + MARGIN + max(map(len, panes)) * LINE + MARGIN - 6
    first, second = (max(map(wcswidth, lines)) * CELL for lines in panes)
    width = 2 * MARGIN + first + GAP + second
    divider = MARGIN + first + GAP / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
        f'height="{height}" font-family="{FONTS}" font-size="{SIZE}" role="img">',
        "<title>A telephone hotline in a terminal, and then a room with three people in it</title>",
        f'<rect width="{width:.0f}" height="{height}" rx="10" fill="#0d1117"/>',
        f'<path d="M0 {BAR}V10A10 10 0 0 1 10 0H{width - 10:.0f}A10 10 0 0 1 {width:.0f} 10V{BAR}Z" '
        'fill="#161b22"/>',
        *(
            f'<circle cx="{24 + 20 * index}" cy="{BAR / 2:g}" r="6" fill="{colour}"/>'
            for index, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
        ),
        f'<text x="{width / 2:.1f}" y="{BAR / 2 + 5:g}" fill="#8b949e" text-anchor="middle">'
        f"telnet -E 127.0.0.1 {PORTS[0]}</text>",
        f'<path d="M{divider:.1f} {BAR + MARGIN}V{height - MARGIN}" stroke="#30363d"/>',
    ]
    for index, lines in enumerate(panes):
        left = MARGIN + index * (first + GAP)
        for number, line in enumerate(lines):
            parts += _line(line, left, BAR + MARGIN + SIZE + number * LINE)
    cursor = MARGIN + first + GAP + CELL * (wcswidth(panes[1][-1]) + 1)
    top = BAR + MARGIN + (len(panes[1]) - 1) * LINE
    parts.append(f'<rect x="{cursor:.1f}" y="{top}" width="{CELL}" height="17" fill="{COLOURS["plain"]}"/>')
    return "\n".join([*parts, "</svg>", ""])


def _line(line: str, left: float, y: int) -> Iterator[str]:
    column = 0
    wide_cells = (wcwidth(character) == 2 for character in line)
    for (colour, wide), cells in groupby(
        zip(line, _colours(line), wide_cells, strict=True), key=lambda cell: cell[1:]
    ):
        text = "".join(character for character, _, _ in cells)
        for piece in text if wide else [text]:
            width = CELL * len(piece) * (1 + wide)
            x = left + CELL * column
            column += len(piece) * (1 + wide)
            if piece.isspace():
                continue
            # A browser may have other fonts than the ones that were measured: letters stay in their cells.
            place = (
                f'x="{x + width / 2:.1f}" text-anchor="middle"'
                if wide
                else f'x="{x:.1f}" textLength="{width:.1f}" xml:space="preserve"'
            )
            yield f'<text {place} y="{y}" fill="{COLOURS[colour]}">{escape(piece)}</text>'


def _colours(line: str) -> list[str]:
    typed = re.match(r"(\S+> )?(.*)", line)
    if typed and typed[2] in TYPED:
        return ["dim"] * typed.start(2) + ["typed"] * len(typed[2])
    colours = ["plain"] * len(line)
    for pattern, colour in RULES:
        if found := re.match(pattern, line):
            colours[: found.end()] = [colour] * found.end()
            break
    said = re.match(r"\[[^\]]+\] ([^*:]+)(?=: )", line)
    if said and said[1] in PEOPLE:
        colours[said.start(1) : said.end(1)] = [f"person{PEOPLE.index(said[1])}"] * len(said[1])
    return colours


def main() -> int:
    """Draws or compares; the exit code."""
    fresh = draw(call())
    if "--check" not in sys.argv[1:]:
        PICTURE.write_text(fresh, encoding="utf-8")
        return 0
    if PICTURE.read_text(encoding="utf-8") == fresh:
        return 0
    print(f"{PICTURE.name} is not how a call looks now: python docs/picture.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
