"""A menu while it is being read: what its nodes have in common, and the parts that verbs ask for."""

from __future__ import annotations

import re
from typing import NamedTuple, TypeVar

from callroom_menus.actions import DO, Goto, Visit
from callroom_menus.events import Option, Say, Wait
from callroom_menus.folding import fold
from callroom_menus.model import Action, Choice, Defaults, Hit, Line
from callroom_menus.patience import DEFAULT_ATTEMPTS, DEFAULT_TIMEOUT, NEVER, Patience
from callroom_menus.positions import Path
from callroom_menus.sections import Book, Section, suggestion
from callroom_menus.texts import Texts

MAX_TIMEOUT = 86_400  # seconds
MAX_ATTEMPTS = 99

T = TypeVar("T")

_KEY = re.compile(r"[0-9*#]{1,4}")
_MARK = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LEAVE = Choice("", "", DO["end"])
_WAITING_FIELDS = ("timeout", "no_match", "no_input", "attempts", "give_up", "exit_words")


class Claim(NamedTuple):
    """A word that wants to mean something at a node, and where it stands.

    `shared`: it is said for all nodes, so that a node may differ.
    """

    word: str
    path: Path
    owner: str
    hit: Hit
    shared: bool


class NodeDraft:
    """A node while it is being read: its own choices, and the global ones it has not replaced."""

    def __init__(
        self, name: str, section: Section, own: tuple[Choice, ...], shared: tuple[Choice, ...]
    ) -> None:
        self.name = name
        self.section = section
        self.own = own
        self.shared = shared
        self.options: tuple[Option, ...] = ()

    def claims(self) -> list[Claim]:
        """The words of its own choices."""
        return word_claims((*self.section.path, "keys"), self.own, shared=False)


class Draft:
    """What is known of a menu while its nodes are read, and the readers that verbs share."""

    def __init__(self, book: Book, texts: Texts, start: str, names: frozenset[str]) -> None:
        self.book = book
        self.texts = texts
        self.start = start
        self.names = names
        self.defaults = Defaults()
        self.shared: tuple[Choice, ...] = ()
        self._given: set[str] = set()
        self._used: dict[Path, set[str]] = {}

    # --- names -----------------------------------------------------------------------------------

    def target(self, section: Section, field: str) -> str:
        """A field that names a node."""
        name = section.need(field, f'{field} = "NODE"')
        if name.strip() and name not in self.names:
            section.add(field, "unknown-target", target=name, hint=suggestion(name, self.names))
        return name

    def room(self, section: Section) -> str:
        """The field `room`."""
        return plain(section, "room", section.need("room", 'room = "lobby"')).strip()

    def assignments(self, section: Section) -> dict[str, str]:
        """The field `set`: variables and their values, as they stand."""
        table = section.table("set")
        values: dict[str, str] = {}
        for name in table:
            if name == "lang":
                table.value(name)
                table.add(name, "unsupported-field", field="set.lang")
            elif not _VARIABLE.fullmatch(name) or name == "menu":
                table.value(name)
                table.add(name, "bad-name", name=name)
            else:
                values[name] = plain(table, name, table.text(name) or "")
        self._given |= values.keys()
        return values

    def check_variables(self) -> None:
        """Finds the variables that are said but never set. Called when all nodes have been read."""
        for path, names in self._used.items():
            for name in sorted(names - self._given):
                self.book.add(path, "unknown-variable", name=name, hint=suggestion(name, self._given))

    # --- choices ---------------------------------------------------------------------------------

    def choices(self, section: Section) -> tuple[Choice, ...]:
        """The choices of a table of keys, in the order of the file."""
        found: dict[str, Choice] = {}
        for name in section:
            key, table = fold(name), section.holds_table(name)
            if not _KEY.fullmatch(key):
                section.add(name, "bad-key", key=name)
            elif not table:
                section.table(name)
            elif key in found:
                section.add(name, "key-twice", key=name)
            if table:
                found[key] = self._choice(section.table(name), key)
        return tuple(found.values())

    def _choice(self, section: Section, key: str) -> Choice:
        label = plain(section, "label", section.need("label", 'label = "..."'))
        words = tuple(fold(plain(section, "words", word)) for word in section.texts("words") or ())
        choice = Choice(
            key, label, self._action(section), words, self.assignments(section), section.flag("hidden")
        )
        section.close(also=("goto", "room", "do"), not_yet=("call", "when"))
        return choice

    def _action(self, section: Section) -> Action:
        given = [field for field in ("goto", "room", "do") if field in section]
        if len(given) != 1 and "call" not in section:
            section.add(given[1] if given else None, "one-action")
        actions: list[Action] = []
        if "goto" in section:
            actions.append(Goto(self.target(section, "goto")))
        if "room" in section:
            actions.append(Visit(self.room(section)))
        if "do" in section:
            what = section.need("do", 'do = "back"')
            if what.strip() and what not in DO:
                section.add("do", "bad-value", field="do", value=what, choices=", ".join(DO))
            actions.append(DO.get(what, DO["repeat"]))
        return actions[0] if actions else DO["repeat"]

    def shared_claims(self, node: NodeDraft) -> list[Claim]:
        """The words of the global choices that this node has not replaced."""
        return word_claims(("global", "keys"), node.shared, shared=True)

    def exit_claims(self, node: NodeDraft, waiting: Defaults) -> list[Claim]:
        """The exit words in force at a node."""
        section, words = node.section.path, waiting.exit_words
        if words is None:
            section, words = ("defaults",), self.defaults.exit_words or ()
        hit = Hit("exit", _LEAVE)
        return [
            Claim(fold(word), (*section, "exit_words", index), "exit_words", hit, shared=False)
            for index, word in enumerate(words)
        ]

    # --- waiting ---------------------------------------------------------------------------------

    def waiting(self, section: Section) -> Defaults:
        """The fields that say how a node waits, as far as they are given here."""
        timeout = section.number("timeout", 0, MAX_TIMEOUT)
        attempts = section.whole("attempts", 1, MAX_ATTEMPTS)
        give_up = section.text("give_up")
        if give_up is not None and give_up != NEVER:
            self.target(section, "give_up")
        if give_up == NEVER and attempts is not None:
            section.add("attempts", "no-effect", field="attempts", other=f'give_up = "{NEVER}"')
        if timeout == 0 and "no_input" in section:
            section.add("no_input", "no-effect", field="no_input", other="timeout = 0")
        return Defaults(
            timeout,
            section.texts("no_match"),
            section.texts("no_input"),
            attempts,
            give_up,
            section.texts("exit_words"),
        )

    def patience(self, node: NodeDraft, own: Defaults) -> Patience:
        """How a node waits: by its own fields, else by `[defaults]`, else as it is built in."""
        shared = self.defaults
        timeout = _first(own.timeout, shared.timeout, DEFAULT_TIMEOUT)
        give_up = own.give_up or shared.give_up
        if give_up is None:
            node.section.add(None, "no-give-up")
        return Patience(
            wait=Wait(float(timeout) or None, node.name, node.options),
            no_match=self._lines(node, "no_match", own.no_match, shared.no_match, self.texts.no_match),
            no_input=self._lines(node, "no_input", own.no_input, shared.no_input, self.texts.no_input),
            attempts=_first(own.attempts, shared.attempts, DEFAULT_ATTEMPTS),
            give_up=None if give_up == NEVER else give_up,
        )

    def _lines(
        self,
        node: NodeDraft,
        field: str,
        own: tuple[str, ...] | None,
        shared: tuple[str, ...] | None,
        built_in: tuple[str, ...],
    ) -> tuple[Line, ...]:
        path = ("defaults",) if own is None else node.section.path
        texts = _first(own, shared, built_in)
        return tuple(
            self.line((*path, field, index), text, node.name, node.options)
            for index, text in enumerate(texts)
        )

    # --- texts -----------------------------------------------------------------------------------

    def line(self, path: Path, text: str, node: str = "", options: tuple[Option, ...] = ()) -> Line:
        """A text with its `{variables}` found and its `{menu}` written out."""
        parts = [""]
        at = 0
        for mark in _MARK.finditer(text):
            parts[-1] += text[at : mark.start()]
            at = mark.end()
            name = mark[1]
            if mark[0] in ("{{", "}}"):
                parts[-1] += mark[0][0]
            elif name is None:
                self.book.add(path, "brace")
            elif name != "menu":
                self._used.setdefault(path, set()).add(name)
                parts += [name, ""]
            elif options:
                parts[-1] += _listing(options, before="".join(parts), after=text[at:])
            else:
                self.book.add(path, "no-menu-here")
        parts[-1] += text[at:]
        if len(parts) == 1:
            return Line(Say(parts[0], options, node))
        return Line(Say("", options, node), tuple(parts))


def word_claims(path: Path, choices: tuple[Choice, ...], shared: bool) -> list[Claim]:
    """The words that choices claim; `path` is the table of keys that they stand in."""
    return [
        Claim(
            word,
            (*path, choice.key, "words", index),
            f"{choice.key} {choice.label}",
            Hit("word", choice),
            shared,
        )
        for choice in choices
        for index, word in enumerate(choice.words)
    ]


def plain(section: Section, field: str, text: str) -> str:
    """A text in which no variable is filled."""
    if "{" in text or "}" in text:
        section.add(field, "no-variables-here", field=field)
    return text


def _listing(options: tuple[Option, ...], before: str, after: str) -> str:
    """`{menu}`: a line for each choice, apart from what stands before and after."""
    first = "\n" if before and not before.endswith("\n") else ""
    last = "\n" if after and not after.startswith("\n") else ""
    return first + "\n".join(f"{option.key} {option.label}" for option in options) + last


def _first(*values: T | None) -> T:
    """The first that is given."""
    for value in values:
        if value is not None:
            return value
    raise AssertionError("the last one is always given")
