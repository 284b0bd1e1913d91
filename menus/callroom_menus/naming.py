"""The names of a menu while it is being read: nodes, keys, variables, hours; which are given, which used."""

from __future__ import annotations

import re
from collections.abc import Collection

from callroom_forms.folding import fold
from callroom_menus.hours import Hours
from callroom_menus.model import RETURN
from callroom_menus.positions import Path
from callroom_menus.problems import Problem
from callroom_menus.sections import Book, Section, suggestion

RESERVED = frozenset(
    {"menu", "lang", "hours", "visits", "open", "and", "or", "not", "true", "false", "if", "else"}
)

_KEY = re.compile(r"[0-9*#]{1,4}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_VISITS = "visits."
_SET = frozenset({"set"})


class Naming:
    """Reads names, and keeps account of them."""

    def __init__(
        self,
        book: Book,
        start: str,
        names: frozenset[str],
        languages: Collection[str],
        hours: dict[str, Hours],
    ) -> None:
        self.book = book
        self.start = start
        self.names = names
        self.languages = languages
        self.hours = hours
        self._given: set[str] = {"lang"}
        self._families: set[str] = set()
        self._used: dict[Path, set[str]] = {}

    def target(self, section: Section, field: str) -> str:
        """A field that names a node, or `return`."""
        name = section.need(field, f'{field} = "NODE"')
        if name.strip() and name not in self.names and name != RETURN:
            section.add(field, "unknown-target", target=name, hint=suggestion(name, self.names))
        return name

    def room(self, section: Section) -> str:
        """The field `room`."""
        return self.word(section, "room")

    def word(self, section: Section, field: str) -> str:
        """A field that names something outside of the menu: a room, a queue, a source."""
        return plain(section, field, section.need(field, f'{field} = "..."')).strip()

    def named_key(self, section: Section, field: str) -> str:
        """A key that is the name of a field; empty after a problem."""
        key = fold(field)
        if _KEY.fullmatch(key):
            return key
        section.value(field)
        section.add(field, "bad-key", key=field)
        return ""

    def key(self, section: Section, field: str) -> str:
        """A field that holds one key, or nothing."""
        key = fold(section.text(field) or "")
        if key and not _KEY.fullmatch(key):
            section.add(field, "bad-key", key=key)
        return key

    # --- variables -------------------------------------------------------------------------------

    def assignments(self, section: Section) -> dict[str, str]:
        """The field `set`: variables and their values, as they stand; and the language."""
        if section.lacks(_SET):
            return {}
        table = section.table("set")
        values: dict[str, str] = {}
        for name in table:
            values[name] = plain(table, name, table.text(name) or "")
            if name == "lang":
                if values[name] not in self.languages:
                    choices = ", ".join(sorted(self.languages))
                    table.add(name, "bad-value", field=name, value=values[name], choices=choices)
            else:
                self.check_name(table, name)
                self.give(name)
        return values

    def slot(self, section: Section, field: str, part: str) -> str:
        """A field that names a variable which is given here, perhaps with a part of it (`plan.label`)."""
        name = section.need(field, f'{field} = "name"')
        if name.strip():
            self.check_name(section, name, field)
            self.give(name, *([f"{name}.{part}"] if part else []))
        return name

    def family(self, section: Section, field: str) -> str:
        """A field that names a variable of which only the parts are given (`acct.balance`)."""
        name = section.need(field, f'{field} = "name"')
        if name.strip():
            self.check_name(section, name, field)
            self.give_family(name)
        return name

    def variables(self, section: Section, field: str) -> tuple[str, ...]:
        """A list of plain names."""
        found = section.texts(field) or ()
        for name in found:
            self.check_name(section, name, field)
        return found

    def names_in(self, section: Section, field: str) -> tuple[str, ...]:
        """A list of variables that are used, perhaps with dots."""
        found = section.texts(field) or ()
        for index, name in enumerate(found):
            self.use((*section.path, field, index), name)
        return found

    def check_name(self, section: Section, name: str, field: str | None = None) -> None:
        """What a variable may be called."""
        if not _VARIABLE.fullmatch(name) or name in RESERVED:
            section.add(name if field is None else field, "bad-name", name=name)

    def give(self, *names: str) -> None:
        """These variables are set somewhere."""
        self._given.update(names)

    def give_family(self, name: str) -> None:
        """All parts of this variable are set somewhere."""
        self._families.add(name)

    def use(self, path: Path, name: str) -> None:
        """This variable is named here."""
        visited = name.removeprefix(_VISITS)
        if visited != name and visited not in self.names:
            self.book.add(path, "unknown-target", target=visited, hint=suggestion(visited, self.names))
        self._used.setdefault(path, set()).add(name)

    def counted(self) -> frozenset[str]:
        """The nodes whose visits somebody asks for."""
        used = {name for names in self._used.values() for name in names}
        return frozenset(name.removeprefix(_VISITS) for name in used if name.startswith(_VISITS))

    def unset(self) -> tuple[Problem, ...]:
        """The variables that are named but never set. Asked for when all nodes have been read."""
        return tuple(
            self.book.problem(path, "unknown-variable", name=name, hint=suggestion(name, self._given))
            for path, names in self._used.items()
            for name in sorted(names - self._given)
            if name.partition(".")[0] not in self._families | {"visits"}
        )

    # --- hours -----------------------------------------------------------------------------------

    def hours_named(self, section: Section, field: str) -> str:
        """A field that names hours."""
        name = section.need(field, f'{field} = "desk"')
        if name:
            self.known_hours(section, field, name)
        return name

    def known_hours(self, section: Section, field: str, name: str) -> None:
        """Hours that somebody asks for."""
        if name not in self.hours:
            self.unknown_hours((*section.path, field), name)

    def unknown_hours(self, path: Path, name: str) -> None:
        """Notes that there are no such hours."""
        self.book.add(path, "unknown-hours", name=name, hint=suggestion(name, self.hours))


def plain(section: Section, field: str, text: str) -> str:
    """A text in which no variable is filled."""
    if "{" in text or "}" in text:
        section.add(field, "no-variables-here", field=field)
    return text
