"""A menu while it is being read: what its nodes have in common, and the parts that verbs ask for."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple, TypeVar

from callroom_forms.folding import fold
from callroom_menus.actions import DO, Call, Goto, Visit
from callroom_menus.asides import Asides
from callroom_menus.events import Option, Say, Wait
from callroom_menus.expressions import BadExpression, Condition, parsed
from callroom_menus.hours import Hours
from callroom_menus.model import NEVER, Action, Choice, Defaults, Hit, Line, Reference, listing
from callroom_menus.naming import Naming, plain
from callroom_menus.patience import DEFAULT_ATTEMPTS, DEFAULT_TIMEOUT, Patience
from callroom_menus.positions import Path
from callroom_menus.routes import Branch, Edge, Way
from callroom_menus.sections import Book, Section
from callroom_menus.texts import Texts

MAX_TIMEOUT = 86_400  # seconds
MAX_ATTEMPTS = 99

T = TypeVar("T")

_MARK = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_EXIT = Hit("exit", Choice("", "", DO["end"]))
_ACTIONS = ("goto", "room", "do", "call")
_WAITING = frozenset({"timeout", "no_match", "no_input", "attempts", "give_up", "exit_words"})
_BESIDES = frozenset({"set", "hidden", "when"})  # of a choice
NOTHING = Defaults()
_TARGET = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,63})(?:#([A-Za-z0-9][A-Za-z0-9_-]{0,63}))?")


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
        self.menu = ""  # `{menu}`, where all of it is always there
        self.when: dict[str, Condition] = {}

    def offer(self, options: tuple[Option, ...]) -> None:
        """What is shown at this node."""
        self.options = options
        self.menu = listing(options)

    def claims(self) -> list[Claim]:
        """The words of its own choices."""
        return word_claims((*self.section.path, "keys"), self.own, shared=False)


class Draft(Naming):
    """What is known of a menu while its nodes are read, and the readers that verbs share."""

    def __init__(
        self,
        book: Book,
        texts: Texts,
        start: str,
        names: frozenset[str],
        languages: Collection[str],
        hours: dict[str, Hours],
    ) -> None:
        super().__init__(book, start, names, languages, hours)
        self.texts = texts
        self.defaults = Defaults()
        self.shared: tuple[Choice, ...] = ()
        self.calls: list[Reference] = []
        self._shared_claims: list[Claim] | None = None  # the same at nearly every node, as are the next
        self._exit_claims: list[Claim] | None = None

    # --- ways ------------------------------------------------------------------------------------

    def way(self, section: Section) -> Way:
        """`when`, `goto`, or both: then `goto` is for those whom no branch takes."""
        branches: list[Branch] = []
        target = self.target(section, "goto") if "goto" in section else ""
        tables = section.tables("when")
        for index, table in enumerate(tables):
            if "else" not in table:
                branches.append(Branch(self.condition(table, "if"), self.target(table, "goto")))
            else:
                if not table.flag("else"):
                    table.add("else", "bad-value", field="else", value="false", choices="true")
                if index < len(tables) - 1 or "goto" in section:
                    table.add("else", "no-effect", field="else", other="goto" if "goto" in section else "if")
                target = self.target(table, "goto")
            table.close()
        if "when" in section and not target:
            section.add("when", "no-else")
        elif "when" not in section and "goto" not in section:
            self.target(section, "goto")
        return Way(tuple(branches), target)

    def edge(self, node: NodeDraft, field: str) -> Edge:
        """A field that says something and leads on: a table, or just the name of a node."""
        section = node.section
        if field not in section or not section.holds_table(field):
            return Edge(self.line((), "", node), self.target(section, field))
        table = section.table(field)
        say = table.text("say") or ""
        edge = Edge(
            self.line((*table.path, "say"), say, NodeDraft(node.name, table, (), ())),
            self.target(table, "goto"),
        )
        table.close()
        return edge

    def call(self, section: Section) -> Call:
        """`call`, `with`, `returns`."""
        target = section.need("call", 'call = "MENU#NODE"')
        match = _TARGET.fullmatch(target)
        if target and match is None:
            section.add("call", "bad-call", target=target)
        menu, node = (match[1], match[2] or "") if match else ("", "")
        if match:
            path = (*section.path, "call")
            self.calls.append(Reference(menu, node, self.book.file, *self.book.place(path)))
        returns = self.variables(section, "returns")
        self.give(*returns)
        for name in returns:
            self.give_family(name)
        return Call(menu, node, self.templates(section, "with"), returns)

    def templates(self, section: Section, field: str) -> dict[str, Line]:
        """A table of names and texts in which variables are filled."""
        table = section.table(field)
        found: dict[str, Line] = {}
        for name in table:
            self.check_name(table, name)
            found[name] = self.line((*table.path, name), table.text(name) or "")
        return found

    def condition(self, section: Section, field: str) -> Condition:
        """A field that holds an expression."""
        source = section.need(field, f"{field} = 'plan == \"gold\"'")
        try:
            found = parsed(source or "lang")
        except BadExpression as error:
            section.add(field, "bad-expression", reason=error.reason)
            found = parsed("lang")
        for name in found.names:
            self.use((*section.path, field), name)
        for name in found.hours:
            self.known_hours(section, field, name)
        return found

    # --- choices ---------------------------------------------------------------------------------

    def choices(self, section: Section) -> tuple[Choice, ...]:
        """The choices of a table of keys, in the order of the file."""
        found: dict[str, Choice] = {}
        for name in section:
            table = section.holds_table(name)
            key = self.named_key(section, name)
            if key and not table:
                section.table(name)
            elif key and key in found:
                section.add(name, "key-twice", key=name)
            if table:
                found[key] = self._choice(section.table(name), key)
        return tuple(found.values())

    def _choice(self, section: Section, key: str) -> Choice:
        label = plain(section, "label", section.need("label", 'label = "..."'))
        words = tuple(fold(plain(section, "words", word)) for word in section.texts("words") or ())
        choice = Choice(key, label, self._action(section), words, *self._besides(section))
        section.close(also=(*_ACTIONS, "with", "returns"))
        return choice

    def _besides(self, section: Section) -> tuple[dict[str, str], bool, Condition | None]:
        if section.lacks(_BESIDES):
            return {}, False, None
        when = self.condition(section, "when") if "when" in section else None
        return self.assignments(section), section.flag("hidden"), when

    def options(self, section: Section) -> tuple[Option, ...]:
        """A table of keys and their labels, in the order of the file."""
        table = section.table("options")
        found: dict[str, Option] = {}
        for name in table:
            key = self.named_key(table, name)
            if key in found:
                table.add(name, "key-twice", key=name)
            found[key] = Option(key, plain(table, name, table.need(name, f'{name} = "..."')))
        return tuple(found.values())

    def _action(self, section: Section) -> Action:
        given = [field for field in _ACTIONS if field in section]
        if len(given) != 1:
            section.add(given[1] if given else None, "one-action")
        actions: list[Action] = []
        if "goto" in section:
            actions.append(Goto(self.target(section, "goto")))
        if "room" in section:
            actions.append(Visit(self.room(section)))
        if "call" in section:
            actions.append(self.call(section))
        if "do" in section:
            what = section.need("do", 'do = "back"')
            if what.strip() and what not in DO:
                section.add("do", "bad-value", field="do", value=what, choices=", ".join(DO))
            actions.append(DO.get(what, DO["repeat"]))
        return actions[0] if actions else DO["repeat"]

    def shared_claims(self, node: NodeDraft) -> list[Claim]:
        """The words of the global choices that this node has not replaced."""
        if node.shared is not self.shared:
            return word_claims(("global", "keys"), node.shared, shared=True)
        if self._shared_claims is None:
            self._shared_claims = word_claims(("global", "keys"), self.shared, shared=True)
        return self._shared_claims

    def exit_claims(self, node: NodeDraft, waiting: Defaults) -> list[Claim]:
        """The exit words in force at a node."""
        if waiting.exit_words is not None:
            return _exit_claims(node.section.path, waiting.exit_words)
        if self._exit_claims is None:
            self._exit_claims = _exit_claims(("defaults",), self.defaults.exit_words or ())
        return self._exit_claims

    def asides(self, node: NodeDraft, waiting: Defaults) -> Asides:
        """What is understood at a node besides its own."""
        claims = [*self.exit_claims(node, waiting), *self.shared_claims(node)]
        table = {claim.word: claim.hit for claim in reversed(claims)}
        return Asides(table | {choice.key: Hit("global", choice) for choice in node.shared})

    def exit_table(self, node: NodeDraft, keys: Collection[str]) -> dict[str, Hit]:
        """The exit words that are not also keys."""
        claims = self.exit_claims(node, self.waiting(node.section))
        return {claim.word: claim.hit for claim in claims if claim.word not in keys}

    # --- waiting ---------------------------------------------------------------------------------

    def waiting(self, section: Section) -> Defaults:
        """The fields that say how a node waits, as far as they are given here."""
        if section.lacks(_WAITING):
            return NOTHING
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

    def patience(self, node: NodeDraft, own: Defaults, secret: bool = False) -> Patience:
        """How a node waits: by its own fields, else by `[defaults]`, else as it is built in."""
        shared = self.defaults
        timeout = _first(own.timeout, shared.timeout, DEFAULT_TIMEOUT)
        give_up = own.give_up or shared.give_up
        if give_up is None:
            node.section.add(None, "no-give-up")
        return Patience(
            wait=Wait(float(timeout) or None, node.name, node.options, secret),
            no_match=self._lines(node, "no_match", own.no_match, shared.no_match, self.texts.no_match),
            no_input=self._lines(node, "no_input", own.no_input, shared.no_input, self.texts.no_input),
            attempts=_first(own.attempts, shared.attempts, DEFAULT_ATTEMPTS),
            give_up=None if give_up == NEVER else give_up,
            when=node.when,
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
        return tuple(self.line((*path, field, index), text, node) for index, text in enumerate(texts))

    # --- texts -----------------------------------------------------------------------------------

    def line(self, path: Path, text: str, node: NodeDraft | None = None) -> Line:
        """A text with its `{variables}` found, and what never varies written out."""
        name, options, when = (node.name, node.options, node.when) if node else ("", (), {})
        if "{" not in text and "}" not in text:
            return Line(Say(text, options, name), (), when)
        parts = [""]
        at = 0
        for mark in _MARK.finditer(text):
            parts[-1] += text[at : mark.start()]
            at = mark.end()
            if mark[0] in ("{{", "}}"):
                parts[-1] += mark[0][0]
            elif mark[1] is None:
                self.book.add(path, "brace")
            elif mark[1] == "menu":
                if not options:
                    self.book.add(path, "no-menu-here")
                before = "".join(parts)
                parts[-1] += "\n" if before and not before.endswith("\n") else ""
                parts += ["menu", ""] if when else []
                parts[-1] += node.menu if node and not when else ""
                parts[-1] += "\n" if text[at:] and not text[at:].startswith("\n") else ""
            elif mark[1].startswith("hours."):
                parts[-1] += self.hours_told(path, mark[1].removeprefix("hours."))
            else:
                self.use(path, mark[1])
                parts += [mark[1], ""]
        parts[-1] += text[at:]
        if len(parts) == 1:
            return Line(Say(parts[0], options, name), (), when)
        return Line(Say("", options, name), tuple(parts), when)

    def hours_told(self, path: Path, name: str) -> str:
        """The hours of a desk, in words."""
        if name in self.hours:
            return self.hours[name].told(self.texts)
        self.unknown_hours(path, name)
        return ""


def _exit_claims(path: Path, words: tuple[str, ...]) -> list[Claim]:
    return [
        Claim(fold(word), (*path, "exit_words", index), "exit_words", _EXIT, shared=False)
        for index, word in enumerate(words)
    ]


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


def _first(*values: T | None) -> T:
    """The first that is given."""
    for value in values:
        if value is not None:
            return value
    raise AssertionError("the last one is always given")
