"""Translations: `10086.en.toml` lies over `10086.toml` and replaces its texts, nothing else.

    schema = 1
    lang = "en"
    [node.main]
    say = "Welcome.{menu}"
    keys.1 = { label = "Balance", words = ["balance"] }

What is not translated is said in the language of the menu. Nodes, keys and edges must be those of the menu.
"""

from __future__ import annotations

import msgspec

from callroom_menus.positions import Path
from callroom_menus.sections import Book, Section, suggestion

Table = dict[str, object]

# What may be translated; of these, what may be there though the menu itself leaves it to be built in.
_TEXTS = frozenset({"title", "say", "label", "end", "confirm"})
_ADDED = frozenset({"say_again", "no_match", "no_input", "goodbye", "exit_words", "words", "say"})
_HEAD = frozenset({"schema", "lang", "id"})
_CHOICES = "options"  # a table of keys and labels


def merged(base: Table, section: Section, table: Table) -> tuple[Table, frozenset[Path]]:
    """The menu's table with the translation's texts, and the paths of those; `section` takes the problems."""
    own: set[Path] = set()
    result = _merged(
        base, {key: value for key, value in table.items() if key not in _HEAD}, (), section.book, own
    )
    return {**result, "lang": table.get("lang", "")}, frozenset(own)


def _merged(base: Table, table: Table, path: Path, book: Book, own: set[Path]) -> Table:
    result = dict(base)
    for field, value in table.items():
        here = (*path, field)
        under = base.get(field)
        if isinstance(value, dict):
            if isinstance(under, dict):
                result[field] = _merged(
                    msgspec.convert(under, Table), msgspec.convert(value, Table), here, book, own
                )
            else:
                book.add(here, "nothing-to-translate", field=field, hint=suggestion(field, base))
        elif (path and path[-1] == _CHOICES) or field in _TEXTS | _ADDED:
            if field not in base and field not in _ADDED:
                book.add(here, "nothing-to-translate", field=field, hint=suggestion(field, base))
            else:
                result[field] = value
                own.add(here)
        else:
            book.add(here, "not-a-text", field=field)
    return result
