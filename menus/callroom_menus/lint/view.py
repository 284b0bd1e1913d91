"""A menu as the linter sees it: its nodes, the ways between them, and the texts said on these ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from callroom_forms.folding import fold
from callroom_menus.lint.outside import ALONE, Outside
from callroom_menus.lint.raw import table, tables, text, texts
from callroom_menus.model import NEVER
from callroom_menus.positions import Path
from callroom_menus.quick import Table, is_table

VERBS = ("keys", "ask", "lookup", "handoff", "call", "room", "rate", "run", "end")
LISTENING = frozenset({"keys", "ask", "handoff", "rate"})  # verbs that wait for the caller
OUTSIDE = frozenset({"lookup", "call", "room", "run"})  # verbs that wait for something else
ANSWERS = {  # what a verb that asks outside may come to
    "lookup": ("found", "not_found", "error"),
    "run": ("done", "error"),
    "handoff": ("waiting", "closed", "unanswered", "done"),
}
CONFIRM_KEYS = frozenset({"1", "2"})  # yes, and once more

_NAME = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


class Way(NamedTuple):
    """A way from a node to another: where it is written, and what is set on it.

    `kind` is the field that it comes from; `waits`: the call has waited before it goes this way.
    """

    path: Path
    target: str
    kind: str
    waits: bool
    sets: tuple[str, ...] = ()


class Said(NamedTuple):
    """A text that is said: on arrival (`here`), after an entry (`confirm`), in a queue, or on a way."""

    path: Path
    text: str
    when: str
    target: str = ""
    sets: tuple[str, ...] = ()


class Choice(NamedTuple):
    """A key of a node or of `[global.keys]`."""

    key: str
    path: Path
    table: Table

    @property
    def does(self) -> tuple[str, object]:
        """What it does: the field and its value."""
        for field in ("goto", "call", "room", "do"):
            if field in self.table:
                return field, self.table[field]
        return "", ""

    @property
    def label(self) -> str:
        """Its label, or its key."""
        return text(self.table, "label") or self.key

    @property
    def hidden(self) -> bool:
        """Whether `{menu}` leaves it out."""
        return self.table.get("hidden") is True

    def words(self) -> Iterator[tuple[Path, str]]:
        """Its words, folded, each with its place."""
        for index, word in texts(self.table, "words"):
            yield (*self.path, "words", index), fold(word)


class Node:
    """A node as it is written, whatever may be wrong with it."""

    def __init__(self, name: str, written: Table, shared: tuple[Choice, ...]) -> None:
        self.name = name
        self.path: Path = ("node", name)
        self.table = written
        self.verb = next((verb for verb in VERBS if verb in written), "")
        self.keys = choices((*self.path, "keys"), table(written, "keys"))
        self.listens = self.verb in LISTENING
        self.sets = tuple(table(written, "set"))
        taken = {choice.key for choice in self.keys}
        self.shared = shared if not taken else tuple(one for one in shared if one.key not in taken)

    @cached_property
    def slots(self) -> tuple[str, ...]:
        """What this node's verb sets."""
        if self.verb in ("", "keys", "end"):
            return ()
        verb = table(self.table, self.verb)
        names = [text(verb, "slot"), text(verb, "save")]
        names += [name for _, name in texts(self.table, "returns")]
        return tuple(name for name in names if name)

    @cached_property
    def heard_keys(self) -> frozenset[str]:
        """The keys that can be pressed while the call waits here."""
        verb = table(self.table, self.verb)
        keys = {choice.key for choice in (*self.keys, *self.shared)}
        keys |= {fold(key) for key in table(verb, "options")}
        keys |= {fold(key) for key in table(table(self.table, "waiting"), "keys")}
        if end_key := text(verb, "end_key"):
            keys.add(fold(end_key))
        return frozenset(keys)

    @cached_property
    def says(self) -> tuple[Said, ...]:
        """Everything that is said because of this node, but for what `[defaults]` says."""
        return tuple(self._says())

    def _says(self) -> Iterator[Said]:
        here = self.table
        for field in ("say", "say_again", "end"):
            if said := text(here, field):
                yield Said((*self.path, field), said, "here")
        if self.listens:
            for field in ("no_match", "no_input"):
                for index, said in texts(here, field):
                    yield Said((*self.path, field, index), said, "here")
        if said := text(here, "confirm"):
            yield Said((*self.path, "confirm"), said, "confirm", sets=self.slots)
        for field in ANSWERS.get(self.verb, ()):
            answer = here.get(field)
            if is_table(answer) and (said := text(answer, "say")):
                when = "here" if field == "waiting" else "way"
                sets = self.slots if field in ("found", "done") else ()
                yield Said((*self.path, field, "say"), said, when, text(answer, "goto"), sets)


class View:
    """A menu: what of its source the rules ask for, worked out once."""

    def __init__(self, top: Table, outside: Outside = ALONE) -> None:
        self.outside = outside
        self.entries = outside.entries
        self.given = outside.given
        self.start = text(top, "start")
        self.lang = text(top, "lang")
        self.defaults = table(top, "defaults")
        self.shared = choices(("global", "keys"), table(table(top, "global"), "keys"))
        self.hours = table(top, "hours")
        self.nodes = {
            name: Node(name, written, self.shared)
            for name, written in table(top, "node").items()
            if is_table(written)
        }
        self._shared_ways = tuple(key_way(choice) for choice in self.shared if choice.does[0] == "goto")

    @cached_property
    def ways(self) -> dict[str, tuple[Way, ...]]:
        """The ways out of each node, in the order of its fields; also those that lead nowhere."""
        return {name: tuple(self._ways(node)) for name, node in self.nodes.items()}

    @cached_property
    def after(self) -> dict[str, list[str]]:
        """The nodes that each node leads to."""
        nodes = self.nodes
        return {name: [way.target for way in ways if way.target in nodes] for name, ways in self.ways.items()}

    def _ways(self, node: Node) -> Iterator[Way]:
        path, here, slots = node.path, node.table, node.slots
        # With `keep`, a form whose slot is known is passed without a wait.
        waits = node.verb in OUTSIDE or (node.listens and here.get("keep") is not True)
        for choice in node.keys:
            if node.verb == "keys" and choice.does[0] == "goto":
                yield key_way(choice)
        if node.listens:
            yield from self._listening(node)
        for index, branch in enumerate(tables(here, "when")):
            if target := text(branch, "goto"):
                yield Way((*path, "when", index, "goto"), target, "when", waits, slots)
        for field in ("goto", *ANSWERS.get(node.verb, ())):
            value = here.get(field)
            if is_table(value):
                sets = (
                    (*slots, *table(value, "set"))
                    if field in ("found", "done")
                    else tuple(table(value, "set"))
                )
                for key, target in table(value, "keys").items():
                    if isinstance(target, str):
                        yield Way((*path, field, "keys", key), target, "key", True)
                    elif is_table(target) and "goto" in target:
                        yield Way((*path, field, "keys", key, "goto"), text(target, "goto"), "key", True)
                if target := text(value, "goto"):
                    yield Way((*path, field, "goto"), target, field, field != "closed", sets)
            elif isinstance(value, str):
                yield Way((*path, field), value, field, waits and field != "closed", slots)

    def _listening(self, node: Node) -> Iterator[Way]:
        if node.shared is self.shared:
            yield from self._shared_ways
        else:
            yield from (key_way(choice) for choice in node.shared if choice.does[0] == "goto")
        for choice in (*node.keys, *node.shared):
            if choice.does == ("do", "top"):
                yield Way((*choice.path, "do"), self.start, "top", True)
        owner, path = (node.table, node.path) if "give_up" in node.table else (self.defaults, ("defaults",))
        if (target := text(owner, "give_up")) and target != NEVER:
            yield Way((*path, "give_up"), target, "give_up", True)

    def everywhere(self) -> Iterator[tuple[Path, str]]:
        """The texts of `[defaults]` that nodes say."""
        for field in ("no_match", "no_input"):
            for index, said in texts(self.defaults, field):
                yield ("defaults", field, index), said

    def ends(self, node: Node) -> bool:
        """Whether the call can end at this node, or whether that cannot be known."""
        if node.verb == "end" or any(way.target not in self.nodes for way in self.ways[node.name]):
            return True  # also by RETURN, to the menu that called this one
        if not node.listens:
            return False
        owner = node.table if "exit_words" in node.table else self.defaults
        return bool(texts(owner, "exit_words")) or any(
            choice.does == ("do", "end") for choice in (*node.keys, *node.shared)
        )

    def heard(self, name: str) -> frozenset[str]:
        """The keys that can be pressed where the call next waits, if it comes to this node."""
        keys: set[str] = set()
        seen, coming = {name}, [name]
        while coming:
            node = self.nodes.get(coming.pop())
            if node is None:
                continue
            if node.listens:
                keys |= node.heard_keys
                continue
            following = set(self.after[node.name]) - seen
            seen |= following
            coming += following
        return frozenset(keys)


def calls(view: View) -> Iterator[tuple[Path, str, tuple[str, ...]]]:
    """Each `call`: its place, its target, and the variables that it hands over."""
    for node in view.nodes.values():
        owners = [(node.table, node.path), *((choice.table, choice.path) for choice in node.keys)]
        for owner, path in owners:
            if target := text(owner, "call"):
                yield (*path, "call"), target, tuple(table(owner, "with"))
    for choice in view.shared:
        if target := text(choice.table, "call"):
            yield (*choice.path, "call"), target, tuple(table(choice.table, "with"))


def key_way(choice: Choice) -> Way:
    """The way that a key with `goto` goes."""
    return Way(
        (*choice.path, "goto"), text(choice.table, "goto"), "key", True, tuple(table(choice.table, "set"))
    )


def choices(path: Path, keys: Table) -> tuple[Choice, ...]:
    """The choices in a table of keys."""
    return tuple(Choice(fold(key), (*path, key), made) for key, made in keys.items() if is_table(made))


def variables(said: str) -> list[str]:
    """The names in braces, without what follows a dot: `{acct.balance}` is of `acct`."""
    if "{" not in said:
        return []
    return [match[1].split(".")[0] for match in _NAME.finditer(said) if match[1]]
