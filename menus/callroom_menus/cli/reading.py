"""Command lines of `callroom menus`: read by a table, their mistakes told in two languages."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from callroom_menus.cli.words import Lang, Words, preferred

UNKNOWN = Words("there is no option {given}", "没有选项 {given}")
MEANT = Words("there is no option {given}; did you mean {near}?", "没有选项 {given}；您是否想写 {near}？")
NO_VALUE = Words("{given} needs a value: {given} {metavar}", "{given} 需要一个值：{given} {metavar}")
TAKES_NONE = Words("{given} takes no value", "{given} 不带值")
NOT_ONE_OF = Words("{given} must be one of: {choices}", "{given} 必须是：{choices}")
MISSING = Words("{name} is missing", "缺少 {name}")
TOO_MANY = Words("one argument too many: {given}", "多了一个参数：{given}")
USAGE = Words(
    "usage: callroom menus {name}{arguments} [options]", "用法：callroom menus {name}{arguments} [选项]"
)
WRONG = Words(
    "callroom menus {name}: {what}\nSee: callroom menus {name} --help",
    "callroom menus {name}：{what}\n请看：callroom menus {name} --help",
)
HELP = Words("show this and leave", "显示本说明并退出")


class Option(NamedTuple):
    """One option: `--name METAVAR`, or, without a metavar, a flag. Given more than once, all values count."""

    name: str
    words: Words
    metavar: str = ""
    choices: tuple[str, ...] = ()


class Command(NamedTuple):
    """A subcommand: what it does, its arguments as they are written in the help, and its options.

    `least` and `most` are how many arguments it takes; `most` of None is any number.
    """

    name: str
    words: Words
    arguments: str = ""
    least: int = 0
    most: int | None = 0
    options: tuple[Option, ...] = ()


LANG = Option("--lang", Words("the language: en or zh", "语言：en 或 zh"), "LANG", ("en", "zh"))


class Line(NamedTuple):
    """What a command line says: its arguments, and for each option given its values (a flag has none)."""

    arguments: list[str]
    options: Mapping[str, list[str]]
    help: bool = False

    def lang(self, environ: Mapping[str, str]) -> Lang:
        """The language asked for."""
        return _lang(self.options.get("--lang", []), environ)


class UsageError(Exception):
    """The command line is wrong; `told` says what, in the language asked for."""

    def __init__(self, words: Words, **values: str) -> None:
        super().__init__(words.say("en", **values))
        self.words, self.values = words, values

    def told(self, command: Command, lang: Lang) -> str:
        """The whole complaint."""
        return WRONG.say(lang, name=command.name, what=self.words.say(lang, **self.values))


def read(command: Command, argv: Sequence[str]) -> Line:
    """Reads `--name value`, `--name=value`, flags and arguments in any order; after `--` only arguments.

    Raises:
        UsageError: it is none of these.
    """
    table = {option.name: option for option in (*command.options, LANG)}
    arguments: list[str] = []
    options: dict[str, list[str]] = {}
    words = iter(argv)
    for word in words:
        if word in ("-h", "--help"):
            return Line([], options, help=True)
        if word == "--":
            arguments += words
        elif not word.startswith("-") or word == "-":
            arguments.append(word)
        else:
            name, equals, value = word.partition("=")
            option = table.get(name)
            if option is None:
                raise _unknown(name, list(table))
            values = options.setdefault(name, [])
            if option.metavar:
                values.append(_checked(option, value if equals else next(words, "")))
            elif equals:
                raise UsageError(TAKES_NONE, given=name)
    if len(arguments) < command.least:
        raise UsageError(MISSING, name=command.arguments.split()[len(arguments)])
    if command.most is not None and len(arguments) > command.most:
        raise UsageError(TOO_MANY, given=ascii(arguments[command.most]))
    return Line(arguments, options)


def _checked(option: Option, value: str) -> str:
    if not value:
        raise UsageError(NO_VALUE, given=option.name, metavar=option.metavar)
    if option.choices and value not in option.choices:
        raise UsageError(NOT_ONE_OF, given=option.name, choices=", ".join(option.choices))
    return value


def _unknown(given: str, names: list[str]) -> UsageError:
    shown = given if given.isprintable() else ascii(given)
    if near := difflib.get_close_matches(given, names, n=1):
        return UsageError(MEANT, given=shown, near=near[0])
    return UsageError(UNKNOWN, given=shown)


def usage(command: Command, lang: Lang) -> str:
    """The help of a subcommand."""
    arguments = f" {command.arguments}" if command.arguments else ""
    rows = [(f"{one.name} {one.metavar}".rstrip(), one.words) for one in (*command.options, LANG)]
    rows.append(("--help", HELP))
    width = max(len(name) for name, _ in rows)
    table = "\n".join(f"  {name:<{width}}  {words.say(lang)}" for name, words in rows)
    return (
        f"{USAGE.say(lang, name=command.name, arguments=arguments)}\n\n{command.words.say(lang)}\n\n{table}"
    )


def language(argv: Sequence[str], environ: Mapping[str, str]) -> Lang:
    """The language to answer in, known before the command line has been found to be right."""
    values = [word.removeprefix("--lang=") for word in argv if word.startswith("--lang=")]
    values += [after for word, after in pairwise(argv) if word == "--lang"]
    return _lang(values, environ)


def _lang(values: Sequence[str], environ: Mapping[str, str]) -> Lang:
    if values and values[-1] in ("en", "zh"):
        return "zh" if values[-1] == "zh" else "en"
    return preferred(environ)
