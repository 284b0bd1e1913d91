"""Writes the tables of the screen's keys and signs into docs/chat.md, or checks them.

python docs/keys.py            write
python docs/keys.py --check    compare, exit with 1 if they differ
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / house) for house in ("tui", "wire", "menus")]

from slots import fill, update  # noqa: E402

from callroom_tui.actions import ACTS, IN_COMPOSER, PLACE_KEYS, PLACE_WORDS, Act  # noqa: E402 - by the line above
from callroom_tui.lab import words as lab  # noqa: E402
from callroom_tui.saying import OUTCOMES  # noqa: E402
from callroom_tui.widgets.timeouts import CELLS  # noqa: E402
from callroom_words.words import Lang, Words  # noqa: E402

SCRIPT = "docs/keys.py"
PAGE = ROOT / "docs" / "chat.md"
LANGS: tuple[Lang, ...] = ("en", "zh")
KEY_HEAD = Words("| key | what it does |", "| 按键 | 作用 |")
SIGN_HEAD = Words("| sign | outcome |", "| 符号 | 结果 |")
SPOKEN = {
    "f1": "F1",
    "question_mark": "?",
    "f9": "F9",
    "f5": "F5",
    "n": "n",
    "backspace": "Backspace",
    "end": "End",
}
"""How a person reads keys that an action has besides the one that is shown."""


def tables(lang: Lang) -> dict[str, list[str]]:
    """Every table of the page in a language, by its name."""
    keys = [*((_keys(act), act.words) for act in ACTS), (PLACE_KEYS, PLACE_WORDS)]
    lab_keys = [*((_keys(act), act.words) for act in lab.ACTS), *lab.HELP_MORE]
    signs = [(CELLS[outcome][0], words) for outcome, words in OUTCOMES.items()]
    return {
        "keys": _table(KEY_HEAD, keys, lang),
        "typing": _table(KEY_HEAD, IN_COMPOSER, lang),
        "outcomes": _table(SIGN_HEAD, signs, lang),
        "lab": _table(KEY_HEAD, lab_keys, lang),
    }


def _keys(act: Act) -> str:
    """The key that is shown, and the others that do the same."""
    others = [SPOKEN[key] for key in act.keys.split(",") if key in SPOKEN and SPOKEN[key] != act.shown]
    return " ".join([act.shown, *others])


def _table(head: Words, rows: Sequence[tuple[str, Words]], lang: Lang) -> list[str]:
    return [head.say(lang), "|---|---|", *(f"| {left} | {words.say(lang)} |" for left, words in rows)]


def filled(page: str) -> str:
    """The page with every table in its place."""
    for name, rows in _named():
        page = fill(page, name, SCRIPT, "\n".join(rows))
    return page


def _named() -> Iterator[tuple[str, list[str]]]:
    for lang in LANGS:
        for name, rows in tables(lang).items():
            yield f"{name} {lang}", rows


if __name__ == "__main__":
    sys.exit(update(SCRIPT, {PAGE: filled(PAGE.read_text("utf-8"))}, sys.argv[1:]))
