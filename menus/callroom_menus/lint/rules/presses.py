"""Texts that say which key to press, where there is no such key: the text and the keys have drifted apart."""

import re
from collections.abc import Iterator
from unicodedata import normalize

from callroom_menus.lint.findings import Found, found
from callroom_menus.lint.view import CONFIRM_KEYS, Node, Said, View
from callroom_menus.positions import Path

_SIGNS = {"星": "*", "米": "*", "井": "#", "star": "*", "asterisk": "*", "pound": "#", "hash": "#"}
_KEY = r"[0-9*#]{1,4}|[星米井][号字键]|star|asterisk|pound|hash"
# After a number, a unit: `按30元计费` charges, `按2次` counts.
_UNITS = r"元|角|分|秒|小时|天|日|周|次|位|个|月|年|折|倍|%|兆|[GMK]B\b|times?\b|seconds?\b"
_NO_UNIT = rf"(?![0-9A-Za-z*#]|[.:]\d|\s*(?:{_UNITS}))"
_NO_DATE = r"(?![0-9]{4}[-/.][0-9])"  # `按 2026-12-01 的账单` is no range of keys
_AND = r"(?:、|/|或者?|和|到|至|-|~|\bor\b|\band\b|\bto\b)"
_QUOTE = r"[\"'“”‘’「【\[(<]?"
_PRESSED = re.compile(
    rf"""
    (?: 按 (?:下|一下|键盘|数字|键|按键|住)* \s* (?:键)?
      | 拨 (?:打|号)? (?=\s*{_QUOTE}[0-9*#]{{1,2}}(?![0-9-]))
      | \b(?:press|hit|push)(?:ing)? \s+ (?:the\s+)? (?:key\s+|number\s+|button\s+)?
      | \bdial(?:ling|ing)? \s+ (?=[0-9*#]{{1,2}}(?![0-9-]))
    ) \s* {_QUOTE} \s* {_NO_DATE} (?P<keys> (?:{_KEY}) {_NO_UNIT}
        (?: {_QUOTE} \s* {_AND} \s* {_QUOTE} (?:{_KEY}) {_NO_UNIT} )* )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MAY = re.compile("按|拨|press|hit|push|dial", re.IGNORECASE)
_EACH = re.compile(rf"({_KEY})(?:\s*(?:到|至|-|~|\bto\b)\s*{_QUOTE}(?=[0-9]))?", re.IGNORECASE)


def pressed(text: str) -> list[str]:
    """The keys that a text says to press, each once, in its order; `1 to 3` are three."""
    if not _MAY.search(text):
        return []
    keys: dict[str, None] = {}
    for match in _PRESSED.finditer(normalize("NFKC", text)):
        begins: str | None = None
        for each in _EACH.finditer(match["keys"]):
            key = _SIGNS.get(each[1].lower()) or _SIGNS.get(each[1][0], each[1])
            if begins is not None and len(begins) == len(key) == 1 and key.isdigit() and begins.isdigit():
                keys |= dict.fromkeys(str(number) for number in range(int(begins), int(key) + 1))
            keys[key] = None
            begins = key if each[0] != each[1] else None
    return list(keys)


def find(view: View) -> Iterator[Found]:
    """Each text that names a key which cannot be pressed where the call then waits."""
    for node in view.nodes.values():
        for said in node.says:
            if keys := pressed(said.text):
                yield from _missing(said.path, keys, _heard(view, node, said))
    for path, text in view.everywhere():
        if keys := pressed(text):
            yield from _everywhere(view, path, keys)


def _heard(view: View, node: Node, said: Said) -> frozenset[str]:
    if said.when == "confirm":
        return CONFIRM_KEYS | node.heard_keys
    if said.when == "way" and said.target:
        return view.heard(said.target)
    return node.heard_keys if node.listens else view.heard(node.name)


def _everywhere(view: View, path: Path, keys: list[str]) -> Iterator[Found]:
    """A text of `[defaults]` is said at every node that listens and has none of its own."""
    for node in view.nodes.values():
        if node.listens and path[1] not in node.table and not node.heard_keys.issuperset(keys):
            yield from _missing(path, keys, node.heard_keys)
            return


def _missing(path: Path, keys: list[str], heard: frozenset[str]) -> Iterator[Found]:
    for key in keys:
        if key not in heard:
            yield found("key-not-there", path, key=key, keys=" ".join(sorted(heard)) or "-")
