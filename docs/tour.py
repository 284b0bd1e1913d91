"""Takes the tour of the README against a real house, and compares or refreshes what the README shows of it.

python docs/tour.py --check [PAGE...]     compare; exit with 1 where what is shown differs
python docs/tour.py --update [PAGE...]    write what was really shown

Without a page: README.md and README.zh.md. Every fenced block of a page is one of these; else the page is
at fault.

console             a shell. `$ ` begins a command, which ends before the tour goes on; the rest is what it
                    shows.
console NAME        the window of someone who calls. `> ` begins a line that is typed, `^C` is that key, and
                    the next block of the same name goes on where this one ended.
console NAME gbk    a window whose terminal reads and writes GBK.
python FILE         a file of that name, for the commands to use. So is toml.
sh                  targets of the Makefile, which have to be there.

A line `...` stands for lines left out. What differs from run to run is shown in one form: port 8888 (8889 for
TLS), the folder /srv/callroom, times at the beginning of a line as 20:15, codes as in `code`; lines of the
house's log are left out.
"""

import difflib
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stage import ROOT, DiffersError, Stage, Window

HOUSE = "house"
"""The window in which the house itself runs."""
PAGES = ("README.md", "README.zh.md")
PATIENCE = 30.0
"""Seconds until what a page shows has to have come."""
QUIET = 1.5
"""Seconds without a byte after which, when a page is refreshed, an answer is taken as complete."""
LOOKED = 2.5
"""Seconds from what a caller has last seen to the caller's Ctrl-C: once a second the house looks at what a
caller's system has taken, and counts what it took since then as perhaps missed.
"""
ELISION = "..."
FENCE = re.compile(r"^```([a-z]+)?(?: (.+))?$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; its lines between the fences are `first` up to `last`, exclusive."""

    kind: str
    name: str
    first: int
    last: int


def blocks(lines: list[str]) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    opened: tuple[str, str, int] | None = None
    for index, line in enumerate(lines):
        found = FENCE.match(line)
        if opened is not None:
            if line == "```":
                yield Block(*opened, index)
                opened = None
        elif found:
            opened = (found[1] or "", found[2] or "", index + 1)


@dataclass(frozen=True, slots=True)
class Step:
    """A command, a line typed or a key, and what is shown after it; without a text, only what is shown."""

    text: str
    shown: list[str]
    line: int


def steps(lines: list[str], block: Block) -> list[Step]:
    """A block of a window, step by step; before the first, what was shown since the last block."""
    found = [Step("", [], block.first + 1)]
    for index in range(block.first, block.last):
        line = lines[index]
        if line.startswith(("$ ", "> ")) or line == "^C":
            found.append(Step(line, [], index + 1))
        else:
            found[-1].shown.append(line)
    return found


def fits(wanted: list[str], got: list[str]) -> int | None:
    """How many of the lines that came are those wanted; None while they are not all there.

    Raises:
        DiffersError: further lines cannot help.
    """
    head, elided, tail = _parts(wanted)
    for want, line in zip(head, got, strict=False):
        if want != line:
            raise DiffersError
    if len(got) < len(head):
        return None
    if not elided:
        return len(head)
    if not tail:
        return len(got)
    for end in range(len(head) + len(tail), len(got) + 1):
        if got[end - len(tail) : end] == tail:
            return end
    return None


def shortened(old: list[str], new: list[str]) -> list[str]:
    """What came, with as much left out as was left out before."""
    head, elided, tail = _parts(old)
    if not elided or len(new) <= len(head) + len(tail) + 1:
        return new
    return [*new[: len(head)], ELISION, *new[len(new) - len(tail) :]]


def _parts(wanted: list[str]) -> tuple[list[str], bool, list[str]]:
    if ELISION not in wanted:
        return wanted, False, []
    index = wanted.index(ELISION)
    return wanted[:index], True, wanted[index + 1 :]


class Tour:
    """A walk through a page, from its first block to its last.

    Args:
        update: what really came is taken as right.
    """

    def __init__(self, stage: Stage, page: Path, update: bool) -> None:
        self._stage = stage
        self._page = page
        self._update = update
        self._windows: dict[str, Window] = {}
        self._lines = page.read_text(encoding="utf-8").split("\n")

    def take(self) -> str:
        """Takes it; the page as it should be.

        Raises:
            DiffersError: something else is shown than the page says.
        """
        fresh: list[str] = []
        done = 0
        try:
            for block in blocks(self._lines):
                fresh += self._lines[done : block.first]
                fresh += self._visit(block)
                done = block.last
            for name, window in self._windows.items():
                if window.lines:
                    raise DiffersError(
                        f"{self._page.name}: in the window of {name} there was more: {window.lines}"
                    )
        finally:
            for window in self._windows.values():
                window.end()
        return "\n".join([*fresh, *self._lines[done:]])

    def _visit(self, block: Block) -> list[str]:
        content = self._lines[block.first : block.last]
        match block.kind:
            case "console":
                return self._watch(block)
            case "python" | "toml" if block.name:
                text = self._stage.real("\n".join([*content, ""]))
                (self._stage.folder / block.name).write_text(text, encoding="utf-8")
            case "sh":
                makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
                for line in content:
                    target = re.match(r"make ([a-z-]+)", line)
                    if target is None or f"\n{target[1]}: " not in makefile:
                        raise DiffersError(f"{self._page.name}:{block.first + 1}: no target of make: {line}")
            case _:
                raise DiffersError(f"{self._page.name}:{block.first}: a block that the tour cannot take")
        return content

    def _watch(self, block: Block) -> list[str]:
        name, _, encoding = block.name.partition(" ")
        window = self._windows.setdefault(name, Window(self._stage, encoding or "utf-8"))
        todo = steps(self._lines, block)
        fresh: list[str] = []
        for step, following in zip(todo, [*todo[1:], None], strict=True):
            try:
                if step.text.startswith("$ ") and not window.ended:
                    self._expect(window, [], True)
                if step.text == "^C" and name != HOUSE:
                    time.sleep(LOOKED)
                window.act(step.text)
                until_end = not name if following is None else following.text.startswith("$ ")
                shown = self._expect(window, step.shown, until_end)
            except DiffersError as error:
                raise DiffersError(f"{self._page.name}:{step.line}: {step.text}\n{error}") from None
            fresh += [step.text, *shown] if step.text else shown
        return fresh

    def _expect(self, window: Window, wanted: list[str], until_end: bool) -> list[str]:
        if self._update:
            deadline = time.monotonic() + PATIENCE
            while not window.ended and (window.read(QUIET) or (until_end and time.monotonic() < deadline)):
                pass
            return shortened(wanted, window.take(len(window.lines)))
        self._await(window, wanted, until_end)
        return wanted

    def _await(self, window: Window, wanted: list[str], until_end: bool) -> None:
        if wanted[-1:] == [ELISION] and not until_end:
            raise DiffersError("who can tell when that is all? Show a line after ...")
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                count = fits(wanted, window.lines)
            except DiffersError:
                break
            if until_end and (not window.ended or count != len(window.lines)):
                count = None
            if count is not None:
                window.take(count)
                return
            left = deadline - time.monotonic()
            if window.ended or left <= 0:
                break
            window.read(left)
        raise DiffersError(
            "\n".join(difflib.unified_diff(wanted, window.lines, "the page", "the house", lineterm=""))
        )


def tour(page: Path, update: bool) -> bool:
    """Takes the tour of a page; whether all is as it says. With `update` it is made so."""
    with Stage("zh" if page.name.endswith(".zh.md") else "en") as stage:
        try:
            fresh = Tour(stage, page, update).take()
        except DiffersError as error:
            print(error, file=sys.stderr)
            return False
    if update:
        page.write_text(fresh, encoding="utf-8")
    return True


def main() -> int:
    """Takes the tours; the exit code."""
    match sys.argv[1:]:
        case [("--check" | "--update") as option, *names]:
            pages = [Path(name) for name in names] or [ROOT / name for name in PAGES]
            return 0 if all(tour(page, option == "--update") for page in pages) else 1
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main())
