"""The menu as the engine walks it: frozen, checked, with all worked out that can be worked out once.

Nothing in it leads back to what holds it, so the garbage collector is spared these tens of thousands of
objects (`gc=False`): while they are made, and ever after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

import msgspec

from callroom_menus.events import AgentEvent, LookupDone, LookupFailed, LookupMissing, Option, Say
from callroom_menus.expressions import Condition
from callroom_menus.hours import Hours
from callroom_menus.problems import Problem
from callroom_menus.state import Phase

if TYPE_CHECKING:  # a turn walks the model; the model only names it
    from callroom_menus.turn import Turn

MAX_SAID = 4000  # characters of one text, after its variables are filled in
NEVER = "never"  # the give_up of a node that never does
RETURN = "return"  # the target that leads back to the menu that called this one; where none did, to the start

Answer = LookupDone | LookupMissing | LookupFailed


class Line(msgspec.Struct, frozen=True, gc=False):
    """A text of the menu: `ready` to be said, or, if it varies, parts, every second one a variable's name.

    `ready.choices` are all keys that can be pressed at its node; `when` says of some of them under what
    condition. The name `menu` stands for the list of those that can be pressed now.
    """

    ready: Say
    parts: tuple[str, ...] = ()
    when: dict[str, Condition] = {}

    def filled(self, turn: Turn) -> Say:
        """What is said now: a variable that has not been set is empty, a masked one is masked."""
        if not self.parts:
            return self.ready if not self.when else Say(self.ready.text, self.choices(turn), self.ready.node)
        choices = self.choices(turn) if self.when else self.ready.choices
        texts = list(self.parts)
        texts[1::2] = [listing(choices) if name == "menu" else turn.shown(name) for name in texts[1::2]]
        return Say("".join(texts)[:MAX_SAID], choices, self.ready.node)

    def raw(self, turn: Turn) -> str:
        """The same with nothing masked: for a look-up, an agent, another menu. Never said."""
        if not self.parts:
            return self.ready.text
        texts = list(self.parts)
        texts[1::2] = [turn.value(name) for name in texts[1::2]]
        return "".join(texts)[:MAX_SAID]

    def choices(self, turn: Turn) -> tuple[Option, ...]:
        """What can be pressed now."""
        return tuple(
            option
            for option in self.ready.choices
            if option.key not in self.when or self.when[option.key].true(turn)
        )


def listing(options: tuple[Option, ...]) -> str:
    """`{menu}`: a line for each choice."""
    return "\n".join(f"{option.key} {option.label}" for option in options)


class Exit(NamedTuple):
    """A way out of a node: by which field (`keys.1`, `give_up`, `found` ...) to which node of this menu.

    The target may be `RETURN`. A call has the exit `call`, to `menu#node` of another menu; where it goes on
    afterwards is an exit of its own.
    """

    how: str
    target: str


class Action(msgspec.Struct, frozen=True, gc=False):
    """What a choice does."""

    def take(self, turn: Turn) -> None:
        """Carries the choice out; afterwards the turn waits, is away, or has ended."""
        raise NotImplementedError

    def exits(self) -> tuple[Exit, ...]:
        """Where it leads, as far as that is the same for all callers."""
        return ()


class Choice(msgspec.Struct, frozen=True, gc=False):
    """A key of a node or of `[global.keys]`: its label, what it does, and the words that mean the same.

    `when`: it is there only while this is true.
    """

    key: str
    label: str
    action: Action
    words: tuple[str, ...] = ()
    set: dict[str, str] = {}
    hidden: bool = False
    when: Condition | None = None


class Hit(msgspec.Struct, frozen=True, gc=False):
    """A choice, and how an entry led to it: key, global, word, exit, contained, ahead."""

    how: str
    choice: Choice


class Verb(msgspec.Struct, frozen=True, gc=False):
    """What a node does. One subclass and one file for each, named in `verbs/__init__.py`.

    A verb that waits overrides the inputs that it takes; the others are answered `Unaccepted`.
    """

    stands: ClassVar[frozenset[Phase]] = (
        frozenset()
    )  # in which phases a call may stand here between two inputs

    def enter(self, turn: Turn, node: Node) -> str | None:
        """Does what is to be done on arrival; returns the node to go on with, or None to stay."""
        raise NotImplementedError

    def exits(self) -> tuple[Exit, ...]:
        """All nodes that a call may go to from here, other than by `do`."""
        return ()

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

    def answered(self, turn: Turn, node: Node, answer: Answer) -> bool:
        """Takes what a look-up found, or a run wrote; False if this verb takes none, or not this one."""
        return False

    def told(self, turn: Turn, node: Node, event: AgentEvent) -> bool:
        """Takes what the desk says; False if this verb takes none, or not this just now."""
        return False


class Node(msgspec.Struct, frozen=True, gc=False):
    """A place in a menu. `say` without text says nothing; `say_again` is said from the second visit on."""

    name: str
    say: Line
    say_again: Line | None
    set: dict[str, str]
    verb: Verb


class Defaults(msgspec.Struct, frozen=True, gc=False):
    """How a node waits, as far as it was written down: of `[defaults]`, or of a node; None is not given."""

    timeout: float | None = None
    no_match: tuple[str, ...] | None = None
    no_input: tuple[str, ...] | None = None
    attempts: int | None = None
    give_up: str | None = None
    exit_words: tuple[str, ...] | None = None


class Reference(msgspec.Struct, frozen=True, gc=False):
    """A `call` to another menu, and where it is written. An empty node is that menu's start."""

    menu: str
    node: str
    file: str
    line: int
    column: int


class Menu(msgspec.Struct, frozen=True):
    """A menu file. `hash` is the sha256 of its normalised source: same content, same hash, everywhere.

    `hours` are its `[hours.NAME]`; `calls` where it calls other menus (its translations' are the same);
    `counted` the nodes whose visits some text or condition asks for as `visits.NODE`; `unset` the variables
    that are named but never set here: they are empty, unless a caller gives them with `with`. `languages` are
    the same menu in its other languages, made of its overlays; each is a whole menu with the same nodes.
    """

    id: str
    title: str
    lang: str
    start: str
    hash: str
    goodbye: Line
    nodes: dict[str, Node]
    hours: dict[str, Hours] = {}
    calls: tuple[Reference, ...] = ()
    counted: frozenset[str] = frozenset()
    unset: tuple[Problem, ...] = ()
    languages: dict[str, Menu] = {}

    def find(self, id: str, hash: str) -> Menu | None:  # noqa: A002 - the names of its fields
        """A menu by itself is all the menus there are."""
        return self if id == self.id else None

    def first(self) -> Menu:
        """The menu that a new call begins with."""
        return self


class Menus(Protocol):
    """Where calls find menus: a `Shelf`, or one `Menu` by itself."""

    def find(self, id: str, hash: str) -> Menu | None:  # noqa: A002
        """The version with this hash; if it is gone, the newest; None if there is no such menu."""
        ...

    def first(self) -> Menu:
        """The menu that a new call begins with."""
        ...
