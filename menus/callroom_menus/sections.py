"""Strict reading of TOML tables: every value checked, every problem collected, nothing ignored."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping

from callroom_menus.positions import Path, Positions
from callroom_menus.problems import Problem, Value, problem
from callroom_menus.quick import Table, is_list, is_table

_UNSAYABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # controls, but for tab and line feed


class Book:
    """The problems of one file, each once.

    A translation's book lies over that of its menu: `own` are the paths that it replaces; a problem anywhere
    else is the menu's.
    """

    def __init__(
        self,
        file: str,
        positions: Positions,
        under: Book | None = None,
        own: frozenset[Path] = frozenset(),
    ) -> None:
        self._file = file
        self.positions = positions
        self._under = under
        self._own = own
        self._problems: dict[Problem, None] = {}

    def add(self, path: Path, code: str, /, **values: Value) -> None:
        """Notes a problem at a path of the source."""
        found = self.problem(path, code, **values)
        (self if self._under is None or self._owns(path) else self._under)._problems[found] = None

    def problem(self, path: Path, code: str, /, **values: Value) -> Problem:
        """What would be noted."""
        if self._under is not None and not self._owns(path):
            return self._under.problem(path, code, **values)
        return problem(self._file, *self.place(path), code, **values)

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column of a path."""
        return self.positions.find(path)

    @property
    def file(self) -> str:
        """The name of the file."""
        return self._file

    def found(self) -> tuple[Problem, ...]:
        """All of them, in the order of the file."""
        return tuple(sorted(self._problems, key=lambda found: (found.line, found.column)))

    def _owns(self, path: Path) -> bool:
        return any(path[:length] in self._own for length in range(1, len(path) + 1))


class Section:
    """A table, and which of its fields somebody has asked for."""

    def __init__(self, book: Book, path: Path, table: Table) -> None:
        self.book = book
        self.path = path
        self._table = table
        self._asked: set[str] = set()

    def __contains__(self, field: str) -> bool:
        return field in self._table

    @property
    def fields(self) -> Mapping[str, object]:
        """What is there, whoever may ask for it."""
        return self._table

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def value(self, field: str) -> object:
        """Whatever is there; None if nothing is."""
        self._asked.add(field)
        return self._table.get(field)

    def lacks(self, fields: frozenset[str]) -> bool:
        """Whether none of these fields is there; asks for them all. Most tables have few of what they may."""
        self._asked |= fields
        return fields.isdisjoint(self._table)

    def holds_table(self, field: str) -> bool:
        """Whether there is a table in this field."""
        return isinstance(self.value(field), dict)

    def text(self, field: str) -> str | None:
        """A text, of characters that can be said."""
        self._asked.add(field)  # as `value`, which half of all questions would go through
        value = self._table.get(field)
        if value is None:
            return None
        if not isinstance(value, str):
            self._wrong(field, ("a text in quotes", "引号中的文字"), f'{field} = "..."')
            return None
        return self._sayable(field, (field,), value)

    def need(self, field: str, example: str) -> str:
        """A text that must be there, and not be empty; empty after a problem."""
        if field not in self:
            self._asked.add(field)
            self.add(None, "missing-field", field=field, example=example)
            return ""
        text = self.text(field)
        if text is not None and not text.strip():
            self.add(field, "empty", field=field)
        return text or ""

    def texts(self, field: str) -> tuple[str, ...] | None:
        """A list of texts; not empty, and none of them empty."""
        value = self.value(field)
        if value is None:
            return None
        wanted = ("a list of texts in quotes", "引号中文字的列表")
        if not is_list(value):
            self._wrong(field, wanted, f'{field} = ["...", "..."]')
            return None
        found: list[str] = []
        for index, item in enumerate(value):
            if not isinstance(item, str):
                self._wrong(field, wanted, f'{field} = ["...", "..."]')
            elif not item.strip():
                self.book.add((*self.path, field, index), "empty", field=field)
            else:
                found.append(self._sayable(field, (field, index), item))
        if not value:
            self.add(field, "empty", field=field)
        return tuple(found) or None

    def number(self, field: str, low: float, high: float) -> float | None:
        """A number within bounds."""
        value = self.value(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong(field, ("a number", "数字"), f"{field} = {low:g}")
        elif low <= value <= high:
            return value
        else:
            self.add(field, "out-of-range", field=field, low=f"{low:g}", high=f"{high:g}")
        return None

    def whole(self, field: str, low: int, high: int) -> int | None:
        """A whole number within bounds."""
        if isinstance(self.value(field), float):
            self._wrong(field, ("a whole number", "整数"), f"{field} = {low}")
            return None
        number = self.number(field, low, high)
        return None if number is None else int(number)

    def flag(self, field: str) -> bool:
        """`true` or `false`; false where it is not given."""
        value = self.value(field)
        if value is None or isinstance(value, bool):
            return bool(value)
        self._wrong(field, ("true or false", " true 或 false"), f"{field} = true")
        return False

    def table(self, field: str) -> Section:
        """A table; an empty one where it is not given."""
        value = self.value(field)
        if value is None or is_table(value):
            return Section(self.book, (*self.path, field), value or {})
        self._wrong(field, ("a table", "表"), f"{field} = {{ ... }}")
        return Section(self.book, (*self.path, field), {})

    def tables(self, field: str) -> list[Section]:
        """A list of tables; empty where it is not given."""
        value = self.value(field)
        if value is None:
            return []
        items = value if is_list(value) else []
        found = [
            Section(self.book, (*self.path, field, index), item)
            for index, item in enumerate(items)
            if is_table(item)
        ]
        if not found or len(found) < len(items):
            self._wrong(field, ("a list of tables", "表的列表"), f"{field} = [{{ ... }}]")
        return found

    def add(self, field: str | None, code: str, /, **values: Value) -> None:
        """Notes a problem at a field, or at the table itself."""
        self.book.add(self.path if field is None else (*self.path, field), code, **values)

    def close(self, also: Iterable[str] = ()) -> None:
        """Refuses every field that nobody has asked for. `also` are fields that such a table might have."""
        for field in self._table.keys() - self._asked:
            known = self._asked | set(also)
            self.add(field, "unknown-field", field=field, hint=suggestion(field, known - {field}))

    def _wrong(self, field: str, wanted: tuple[str, str], example: str) -> None:
        self.add(field, "wrong-type", field=field, wanted=wanted, example=example)

    def _sayable(self, field: str, path: Path, text: str) -> str:
        if (found := _UNSAYABLE.search(text)) is not None:
            self.book.add((*self.path, *path), "control-character", field=field, number=ord(found[0]))
        return text


def is_control(character: str) -> bool:
    """C0, DEL, C1: what a terminal obeys instead of showing it."""
    return character < " " or "\x7f" <= character <= "\x9f"


def suggestion(name: str, known: Iterable[str]) -> tuple[str, str]:
    """What may have been meant, or what there is, in English and Chinese."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"did you mean {near[0]}?", f"您是指 {near[0]} 吗?"
    listed = ", ".join(names[:12]) or "-"
    return f"there are: {listed}", f"现有：{listed}"
