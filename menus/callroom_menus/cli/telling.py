"""What the commands about menus have in common: which file is meant, and how its problems are told."""

import sys
from pathlib import Path
from unicodedata import category

from callroom_menus.problems import MenuError
from callroom_menus.shelf import library, shipped
from callroom_words.words import Lang


def menu_file(argument: str) -> Path:
    """The file of a menu: a path, or the name of a menu that ships where there is no such file."""
    path = Path(argument)
    return shipped(argument) if argument in library() and not path.exists() else path


def tell_problems(error: MenuError, lang: Lang) -> int:
    """Tells what is wrong with a menu; the exit code."""
    for problem in error.problems:
        print(problem.told(lang), file=sys.stderr)
    return 1


def printable(text: str) -> str:
    """A text that may go to a terminal: what the terminal would obey is escaped, lines stay lines."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() or sign == "\n" or category(sign) == "Zs" else ascii(sign)[1:-1]
        for sign in text
    )
