"""A translation laid over a menu, `NAME.LANG.toml`: what it lacks, what it has too much, what differs."""

from __future__ import annotations

from collections.abc import Iterator

from callroom_menus.lint.findings import Found, found
from callroom_menus.lint.outside import ALONE
from callroom_menus.lint.raw import table
from callroom_menus.lint.rules import OF_TEXTS
from callroom_menus.lint.view import ANSWERS, View, variables
from callroom_menus.positions import Path
from callroom_menus.quick import Table, is_list, is_table

OF_A_FILE = frozenset({"schema", "id", "lang", "title", "start"})  # what a translation may say of itself
TEXTS = ("say", "say_again", "no_match", "no_input", "confirm", "end", "goodbye")
_ANSWERS = tuple(field for fields in ANSWERS.values() for field in fields)
UNTRANSLATED = frozenset({"words", "exit_words"})  # may be added: what people say differs


def judged(base: Table, overlay: Table, name: str) -> Iterator[Found]:
    """Everything about a translation. `name` is the file of the menu that it is laid over."""
    yield from _missing(base, overlay, name)
    yield from _extra(base, overlay, name)
    merged = laid_over(base, overlay)
    view = View(merged, ALONE)
    for rule in OF_TEXTS:
        yield from (it for it in rule(view) if _at(overlay, it.path) is not None)


def laid_over(base: Table, overlay: Table) -> Table:
    """The menu with the texts of its translation."""
    merged: Table = dict(base)
    for key, value in overlay.items():
        below = merged.get(key)
        merged[key] = laid_over(below, value) if is_table(value) and is_table(below) else value
    return merged


def _missing(base: Table, overlay: Table, name: str) -> Iterator[Found]:
    nodes = table(overlay, "node")
    told: set[Path] = set()
    for path, said in translatable(base):
        if path[0] == "node" and path[1] not in nodes:
            if path[:2] not in told:
                told.add(path[:2])
                yield found("translation-missing", ("node",), what=f"[node.{path[1]}]", base=name)
            continue
        other = _at(overlay, path)
        if other is None:
            yield found("translation-missing", path, what=_named(path), base=name)
            continue
        differing = _filled_in(said) ^ _filled_in(other)
        if differing:
            names = ", ".join(f"{{{variable}}}" for variable in sorted(differing))
            yield found("translation-variables", path, base=name, names=names)


def translatable(menu: Table) -> Iterator[tuple[Path, object]]:
    """The texts of a menu in which there is something to translate: a letter outside the variables."""
    parts: list[tuple[Path, Table]] = [(("defaults",), table(menu, "defaults"))]
    owners: list[tuple[Path, Table]] = [(("global",), table(menu, "global"))]
    owners += [(("node", name), node) for name, node in table(menu, "node").items() if is_table(node)]
    for path, owner in owners:
        parts.append((path, owner))
        parts += [((*path, field), table(owner, field)) for field in _ANSWERS if field in owner]
        for field in ("ask", "rate"):
            options = table(table(owner, field), "options")
            for key, option in options.items():
                if _letters(option):
                    yield (*path, field, "options", key), option
        for key, choice in table(owner, "keys").items():
            if is_table(choice) and choice.get("hidden") is not True and _letters(choice.get("label")):
                yield (*path, "keys", key, "label"), choice["label"]
    for path, part in parts:
        yield from (((*path, field), part[field]) for field in TEXTS if _letters(part.get(field)))


def _extra(base: Table, overlay: Table, name: str, path: Path = ()) -> Iterator[Found]:
    for key, value in overlay.items():
        here = (*path, key)
        if (not path and key in OF_A_FILE) or key in UNTRANSLATED:
            continue
        if key not in base:
            yield found("translation-extra", here, what=_named(here), base=name)
        elif is_table(value) and is_table(below := base[key]):
            yield from _extra(below, value, name, here)


def _at(of: Table, path: Path) -> object:
    here: object = of
    for part in path:
        if is_table(here) and isinstance(part, str):
            here = here.get(part)
        elif is_list(here) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            return None
    return here


def _letters(value: object) -> bool:
    if is_list(value):
        return any(_letters(item) for item in value)
    if not isinstance(value, str):
        return False
    for name in variables(value):
        value = value.replace(f"{{{name}", "")
    return any(sign.isalpha() for sign in value)


def _filled_in(value: object) -> set[str]:
    if is_list(value):
        return {name for item in value for name in _filled_in(item)}
    return set(variables(value)) - {"menu"} if isinstance(value, str) else set()


def _named(path: Path) -> str:
    return ".".join(str(part) for part in path)
