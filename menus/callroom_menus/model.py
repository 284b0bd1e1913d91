"""The menu as the engine walks it: frozen, checked, with all worked out that can be worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from callroom_menus.events import Say
from callroom_menus.state import Phase

if TYPE_CHECKING:  # a turn walks the model; the model only names it
    from callroom_menus.turn import Turn


class Line(msgspec.Struct, frozen=True):
    """A text of the menu: `ready` to be said, or, if it varies, parts, every second one a variable's name."""

    ready: Say
    parts: tuple[str, ...] = ()

    def filled(self, variables: dict[str, str]) -> Say:
        """What is said now; a variable that has not been set yet is empty."""
        if not self.parts:
            return self.ready
        texts = list(self.parts)
        texts[1::2] = [variables.get(name, "") for name in texts[1::2]]
        return Say("".join(texts), self.ready.choices, self.ready.node)


class Action(msgspec.Struct, frozen=True):
    """What a choice does."""

    def take(self, turn: Turn) -> None:
        """Carries the choice out; afterwards the turn waits, is away, or has ended."""
        raise NotImplementedError


class Choice(msgspec.Struct, frozen=True):
    """A key of a node or of `[global.keys]`: its label, what it does, and the words that mean the same."""

    key: str
    label: str
    action: Action
    words: tuple[str, ...] = ()
    set: dict[str, str] = {}
    hidden: bool = False


class Hit(msgspec.Struct, frozen=True):
    """A choice, and how an entry led to it: key, global, word, exit, contained, ahead."""

    how: str
    choice: Choice


class Verb(msgspec.Struct, frozen=True):
    """What a node does. One subclass and one file for each, named in `verbs/__init__.py`.

    A verb that waits overrides the inputs that it takes; the others are answered `Unaccepted`.
    """

    stands: ClassVar[frozenset[Phase]] = (
        frozenset()
    )  # in which phases a call may stand here between two inputs

    def enter(self, turn: Turn, node: Node) -> str | None:
        """Does what is to be done on arrival; returns the node to go on with, or None to stay."""
        raise NotImplementedError

    def entered(self, turn: Turn, node: Node, text: str) -> bool:
        """Takes an entry; False if this verb takes none."""
        return False

    def silent(self, turn: Turn, node: Node) -> bool:
        """Takes a silence; False if this verb takes none."""
        return False

    def ask(self, turn: Turn, node: Node, line: Line) -> None:
        """Says this line and waits again at this node. Only for verbs that wait."""
        raise NotImplementedError

    def returned(self, turn: Turn, node: Node) -> bool:
        """Takes the caller's return; False if this verb takes none."""
        return False


class Node(msgspec.Struct, frozen=True):
    """A place in a menu. `say` without text says nothing; `say_again` is said from the second visit on."""

    name: str
    say: Line
    say_again: Line | None
    set: dict[str, str]
    verb: Verb


class Defaults(msgspec.Struct, frozen=True):
    """How a node waits, as far as it was written down: of `[defaults]`, or of a node; None is not given."""

    timeout: float | None = None
    no_match: tuple[str, ...] | None = None
    no_input: tuple[str, ...] | None = None
    attempts: int | None = None
    give_up: str | None = None
    exit_words: tuple[str, ...] | None = None


class Menu(msgspec.Struct, frozen=True):
    """A menu file. `hash` is the sha256 of its normalised source: same content, same hash, everywhere."""

    id: str
    title: str
    lang: str
    start: str
    hash: str
    goodbye: Line
    nodes: dict[str, Node]
