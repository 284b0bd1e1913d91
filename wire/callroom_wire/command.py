"""What a command is, for every door and client: its words, what may follow it, its help, what it asks for.

A line that begins with a slash (`/`, or `／` as a Chinese keyboard has it) is a command, two slashes are a
literal one, and anything else is said. While a secret is asked for, only the `WAYS_OUT` are commands: nobody
expects a password to be one, and a refusal would show it. A `Table` reads lines; what is no command of it
becomes `Unknown` and is never sent. A door or client builds its table from the shared commands
(`callroom_wire.commands`) and its own, whose actions it names as the type parameter.
"""

import difflib
from collections.abc import Callable
from enum import Enum
from typing import Generic, TypeVar

import msgspec

from callroom_wire.messages import ClientMessage
from callroom_wire.text import clean
from callroom_words.words import Words

SLASHES = ("/", "／")

LIKENESS = 0.6
"""How alike a word must be to be suggested, as `difflib` measures it: 1 is the same."""
LIKENESS_SHORT = 0.5
"""The same for Chinese words: most have two characters, and one of them is wrong."""


class Kind(Enum):
    """What may stand in a place of a command: clients complete it accordingly."""

    ROOM = "room"
    PERSON = "person"
    DIRECT = "direct"  # `@` and a person
    COMMAND = "command"
    MENU = "menu"
    LANGUAGE = "language"
    ENCODING = "encoding"
    SWITCH = "switch"  # on or off
    NUMBER = "number"
    SECONDS = "seconds"  # a time-out: none, 0, or seconds
    CODE = "code"
    TEXT = "text"  # the rest of the line, whatever it is
    WORD = "word"  # one of `Argument.fixed`


class Argument(msgspec.Struct, frozen=True):
    """One thing after a command: how the help shows it, of which kinds it may be, and its fixed words.

    Each pair of `fixed` is one word in both languages, either of which is understood.
    """

    shown: Words
    kinds: tuple[Kind, ...]
    fixed: tuple[Words, ...] = ()
    optional: bool = False


class Where(msgspec.Struct, frozen=True):
    """What a command may need to know: the current place, the name, one's rooms, the page last read."""

    place: str = ""
    """The robot (""), a room, or `@` and a person."""
    name: str = ""
    rooms: frozenset[str] = frozenset()
    oldest: int = 0
    """The first seq that was shown of the place."""
    secret: bool = False
    """Whether the robot asks for what nobody should see."""

    @property
    def room(self) -> str:
        """The current room, or "" in a call or a direct conversation."""
        return "" if self.place.startswith("@") else self.place


class Ask(msgspec.Struct, frozen=True):
    """Ask the house; `move` makes the answer's place the current one."""

    message: ClientMessage
    move: bool = False


class Move(msgspec.Struct, frozen=True):
    """What is typed goes to this place from now on: a room, `@` and a person, or "" for the robot."""

    place: str


class ShowHelp(msgspec.Struct, frozen=True):
    """Show all commands, or one."""

    command: "Command[object] | None"


class Unknown(msgspec.Struct, frozen=True):
    """There is no such command; `guess` is the nearest, or ""."""

    name: str
    guess: str

    @property
    def words(self) -> Words:
        """What to tell whoever typed it."""
        name = clean(self.name)
        return _MEANT.fill(name=name, guess=self.guess) if self.guess else _UNKNOWN.fill(name=name)


class Misused(msgspec.Struct, frozen=True):
    """The command needs something else after it."""

    command: "Command[object]"

    @property
    def words(self) -> Words:
        """How it is used."""
        return self.command.help


class Unfit(msgspec.Struct, frozen=True):
    """The command is right, and means nothing here; `words` say why."""

    words: Words


class Line(msgspec.Struct, frozen=True):
    """No command: to be said where one is."""

    text: str


Action = Ask | Move | ShowHelp | Unknown | Misused | Unfit
"""What any command may come to; a door or a client adds its own."""

Own_co = TypeVar("Own_co", covariant=True)


class Command(msgspec.Struct, Generic[Own_co], frozen=True):
    """A command: its name, its other words, what follows it, and what it does.

    `act` turns what follows it into an action; None means that something is missing or wrong.
    """

    name: str
    also: tuple[str, ...]
    arguments: tuple[Argument, ...]
    text: Words
    act: Callable[[str, Where], Action | Own_co | None]

    @property
    def usage(self) -> Words:
        """The command and what follows it: `/leave [ROOM]`."""
        return Words(self._usage("en"), self._usage("zh"))

    @property
    def help(self) -> Words:
        """How it is used and what it does, in one line."""
        return _USAGE.fill(usage=self.usage, text=self.text)

    @property
    def other_words(self) -> Words:
        """By which other words it is known; empty if by none."""
        if not self.also:
            return Words("", "")
        names = [f"/{word}" for word in self.also]
        return _ALSO.fill(names=Words(", ".join(names), "、".join(names)))

    def _usage(self, lang: str) -> str:
        shown = [argument.shown[lang == "zh"] for argument in self.arguments]
        return " ".join(
            [f"/{self.name}"]
            + [
                f"[{one}]" if argument.optional else one
                for one, argument in zip(shown, self.arguments, strict=True)
            ]
        )


class Table(Generic[Own_co]):
    """The commands of one door or client, found by any of their words; `parse` is how lines are read."""

    def __init__(self, *commands: Command[Own_co]) -> None:
        """Of two commands with one name the later stands, where the first stood."""
        self.commands = tuple({command.name: command for command in commands}.values())
        self._by_word = {word: command for command in self.commands for word in (command.name, *command.also)}

    def find(self, word: str) -> Command[Own_co] | None:
        """The command that a word means, whatever its case."""
        return self._by_word.get(word.lower())

    def read(self, line: str, where: Where) -> Action | Own_co | Line:
        """What a line asks for: a command's action, or to be said (`//` stands for one slash)."""
        if not line.startswith(SLASHES):
            return Line(line)
        if line.startswith("//"):
            return Line(line[1:])
        if where.secret and not self._leads_out(line):
            return Line(line)
        return self.parse(line, where)

    def _leads_out(self, line: str) -> bool:
        command = self.find(line[1:].rstrip())
        return command is not None and command.name in WAYS_OUT

    def parse(self, line: str, where: Where) -> Action | Own_co:
        """What a line that begins with a slash asks for."""
        word, _, rest = line[1:].partition(" ")
        command = self.find(word)
        if command is None:
            return self._unknown(word)
        rest = rest.strip()
        if command.name == HELP:
            return self._help(rest)
        return command.act(rest, where) or Misused(command)

    def _help(self, rest: str) -> Action:
        if not rest:
            return ShowHelp(None)
        word = rest.removeprefix("/")
        command = self.find(word)
        return ShowHelp(command) if command is not None else self._unknown(word)

    def _unknown(self, word: str) -> Unknown:
        cutoff = LIKENESS if word.isascii() else LIKENESS_SHORT
        near = difflib.get_close_matches(word.lower(), self._by_word, n=1, cutoff=cutoff)
        return Unknown(word, near[0] if near else "")


WAYS_OUT = ("hangup", "quit")
"""What is a command also while a secret is asked for, if nothing follows it."""

HELP = "help"
"""The one command that is about its table."""

_UNKNOWN = Words(
    "There is no command /{name}. /help lists them; a line that begins with a slash is typed as //{name}",
    "没有命令 /{name}。/help 列出所有命令；要发送以斜杠开头的文字，请输入 //{name}",
)
_MEANT = Words(
    "There is no command /{name}. Did you mean /{guess}? Nothing was sent.",
    "没有命令 /{name}。您是要 /{guess} 吗？什么都没有发送。",
)
_USAGE = Words("Usage: {usage} - {text}", "用法：{usage} - {text}")
_ALSO = Words("Also: {names}", "也可写作：{names}")
