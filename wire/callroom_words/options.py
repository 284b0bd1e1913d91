"""A command line read by a table, with its help and its mistakes told in the reader's language.

Not argparse: its sentences come in English only, it accepts abbreviations that a later option would break,
and it cannot say where a value came from once defaults are mixed in.
"""

import difflib
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from math import inf
from typing import NamedTuple

from callroom_words.words import Lang, Words, preferred

UNKNOWN = Words("there is no option {given}", "没有选项 {given}")
MEANT = Words("there is no option {given}; did you mean {near}?", "没有选项 {given}；您是否想写 {near}？")
NO_VALUE = Words("{given} needs a value: {given} {metavar}", "{given} 需要一个值：{given} {metavar}")
TAKES_NONE = Words("{given} takes no value", "{given} 不带值")
MISSING = Words("{name} is missing", "缺少 {name}")
TOO_MANY = Words("one argument too many: {given}", "多了一个参数：{given}")
NOT_ONE_OF = Words("{given} must be one of: {choices}", "{given} 必须是：{choices}")
TWICE = Words("{given} stands there twice", "{given} 出现了两次")
USAGE = Words("usage: callroom {command}{arguments}{options}", "用法：callroom {command}{arguments}{options}")
OPTIONS = Words(" [options]", " [选项]")
SEE_HELP = Words(
    "callroom {command}: {words}\nSee: callroom {command} --help",
    "callroom {command}：{words}\n请看：callroom {command} --help",
)
HELP = Words("show this and leave", "显示本说明并退出")

Values = dict[str, str | Sequence[str] | bool]


class Option(NamedTuple):
    """One option: `--name METAVAR`, or, without a metavar, a flag that sets its key to `means`."""

    name: str
    words: Words
    metavar: str = ""
    many: bool = False
    key: str = ""
    means: bool = True
    choices: tuple[str, ...] = ()

    @property
    def setting(self) -> str:
        """The key of the value: the setting's name."""
        return self.key or self.name.removeprefix("--").replace("-", "_")


class Command(NamedTuple):
    """A subcommand: its name after `callroom`, what it does, its arguments, and its options.

    An argument `NAME` must be there, `[NAME]` may be, and of `[NAME]...` there may be any number.
    """

    name: str
    words: Words
    arguments: tuple[tuple[str, Words], ...] = ()
    options: tuple[Option, ...] = ()

    @property
    def most(self) -> float:
        """How many arguments it takes."""
        return inf if any(name.endswith("...") for name, _ in self.arguments) else len(self.arguments)


LANG = Option("--lang", Words("the language: en or zh", "语言：en 或 zh"), "LANG", choices=("en", "zh"))


class UsageError(Exception):
    """The command line is wrong; `words` say what."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words

    def told(self, command: Command, lang: Lang) -> str:
        """The complaint, and where there is help."""
        return SEE_HELP.say(lang, command=command.name, words=self.words)


class Line(NamedTuple):
    """What a command line says."""

    arguments: list[str]
    options: Values
    help: bool = False

    def value(self, key: str) -> str:
        """The value of an option that is given once; empty if it is not."""
        value = self.options.get(key, "")
        return value if isinstance(value, str) else ""

    def values(self, key: str) -> list[str]:
        """The values of an option that may be given often."""
        value = self.options.get(key, ())
        return [] if isinstance(value, str | bool) else list(value)

    def flag(self, key: str) -> bool:
        """Whether a flag is given."""
        return self.options.get(key) is True


def read(command: Command, argv: Sequence[str]) -> Line:
    """Reads `--name value`, `--name=value`, flags and arguments in any order; after `--` only arguments.

    Raises:
        UsageError: it is none of these.
    """
    table = {option.name: option for option in command.options}
    arguments: list[str] = []
    single: dict[str, str | bool] = {}
    lists: dict[str, list[str]] = {}
    words = iter(argv)
    for word in words:
        if word in ("-h", "--help"):
            return Line([], {}, help=True)
        if word == "--":
            arguments += words
        elif not word.startswith("-") or word == "-":
            arguments.append(word)
        else:
            name, equals, value = word.partition("=")
            option = table.get(name)
            if option is None:
                raise UsageError(_unknown(name, list(table)))
            if not option.metavar:
                if equals:
                    raise UsageError(TAKES_NONE.fill(given=name))
                single[option.setting] = option.means
                continue
            if not equals and not (value := next(words, "")):
                raise UsageError(NO_VALUE.fill(given=name, metavar=option.metavar))
            if option.choices and value not in option.choices:
                raise UsageError(NOT_ONE_OF.fill(given=name, choices=", ".join(option.choices)))
            if option.many:
                lists.setdefault(option.setting, []).append(value)
            elif option.setting in single:
                raise UsageError(TWICE.fill(given=name))
            else:
                single[option.setting] = value
    for name, _ in command.arguments[len(arguments) :]:
        if not name.startswith("["):
            raise UsageError(MISSING.fill(name=name))
    if len(arguments) > command.most:
        raise UsageError(TOO_MANY.fill(given=ascii(arguments[len(command.arguments)])))
    return Line(arguments, {**single, **lists})


def _unknown(given: str, names: list[str]) -> Words:
    shown = given if given.isprintable() else ascii(given)
    if near := difflib.get_close_matches(given, names, n=1):
        return MEANT.fill(given=shown, near=near[0])
    return UNKNOWN.fill(given=shown)


def usage(command: Command) -> Words:
    """The help of a command."""
    names = "".join(f" {name}" for name, _ in command.arguments)
    head = USAGE.fill(command=command.name, arguments=names, options=OPTIONS)
    rows = [(name, words) for name, words in command.arguments]
    rows += [(f"{o.name} {o.metavar}".rstrip() + ("..." if o.many else ""), o.words) for o in command.options]
    rows.append(("--help", HELP))
    return Words(_page(head, command.words, rows, "en"), _page(head, command.words, rows, "zh"))


def _page(head: Words, about: Words, rows: list[tuple[str, Words]], lang: Lang) -> str:
    width = max(len(name) for name, _ in rows)
    table = "\n".join(f"  {name:<{width}}  {words.say(lang)}" for name, words in rows)
    return f"{head.say(lang)}\n\n{about.say(lang)}\n\n{table}"


def language(argv: Sequence[str], environ: Mapping[str, str]) -> Lang:
    """The language to answer in, known before the command line has been found to be right."""
    for word, after in zip_longest(argv, argv[1:], fillvalue=""):
        value = (
            after if word == "--lang" else word.removeprefix("--lang=") if word.startswith("--lang=") else ""
        )
        if value in ("en", "zh"):
            return "zh" if value == "zh" else "en"
    return preferred(environ)
