"""Reads `runbooks.toml`: commands that may be run, each by its name. The running is the server's.

    [runbook.ls]
    about = { en = "What is in a folder", zh = "列出文件夹的内容" }
    argv = ["ls", "-l", "{folder}"]     # the program and its arguments, one by one: there is no shell
    who = "anyone"                      # which roles may run it: one, or a list
    time = 30                           # seconds, then it is killed with all that it has started
    output = 262144                     # bytes, then likewise
    folder = "/srv/shared"              # where it runs; beside this file if it does not begin with /
    environment = { LC_ALL = "C.UTF-8" }
    params.folder = { type = "path", default = "." }

A parameter is filled into its place and stays one part of one argument. Its type is `text` (with a
`pattern`), `choice` (of `options`), `number` (`min`, `max`) or `path` (below the folder). What begins with
`-` is never taken: a parameter is no option.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from typing import Literal

import msgspec

from callroom_forms.patterns import MAX_ENTRY, BadPattern, compiled
from callroom_menus.positions import Positions
from callroom_menus.problems import MenuError
from callroom_menus.reading import normalised, read_source, toml_problem
from callroom_menus.sections import Book, Section, suggestion

NAME = "runbooks.toml"
ANYONE = "anyone"

DEFAULT_SECONDS = 30.0
MAX_SECONDS = 3600
DEFAULT_BYTES = 262_144
MAX_BYTES = 67_108_864
MAX_PARAMETER = 1024
"""Characters of one parameter; of one with a pattern `patterns.MAX_ENTRY`."""

GREATEST = 10**15
"""What a number may be if nothing else is said; every shell tool reads it as a whole number."""

Kind = Literal["text", "choice", "number", "path"]
KIND: dict[str, Kind] = {"text": "text", "choice": "choice", "number": "number", "path": "path"}

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "csh", "tcsh", "busybox"})

_PLACE = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


class Parameter(msgspec.Struct, frozen=True):
    """What may stand in a place: of a `text` a pattern, of a `choice` options, of a `number` a range."""

    name: str
    kind: Kind
    pattern: str = ""
    options: tuple[str, ...] = ()
    least: float = -GREATEST
    most: float = GREATEST
    default: str | None = None


class Runbook(msgspec.Struct, frozen=True):
    """A command: `argv` with places, its parameters in the order of the file, who may run it, and its limits.

    `folder` is absolute. `environment` is all that the program gets beside a bare PATH and LANG.
    """

    name: str
    about: tuple[str, str]
    argv: tuple[str, ...]
    params: tuple[Parameter, ...]
    who: tuple[str, ...]
    seconds: float
    output_bytes: int
    folder: str
    environment: dict[str, str]

    def filled(self, values: dict[str, str]) -> list[str]:
        """The argument list with these values in their places, byte for byte."""
        return [_PLACE.sub(lambda place: values[place[1]], part) for part in self.argv]

    @property
    def usage(self) -> str:
        """The name and its parameters: `ls [FOLDER]`."""
        shown = (f"[{p.name.upper()}]" if p.default is not None else p.name.upper() for p in self.params)
        return " ".join((self.name, *shown))


def load_runbooks(path: FilePath | str) -> dict[str, Runbook]:
    """The runbooks in this file, by name.

    Raises:
        MenuError: with everything that is wrong with it.
    """
    return parse_runbooks(read_source(path), str(path))


def parse_runbooks(text: str, name: str) -> dict[str, Runbook]:
    """The runbooks in this text, by name; `name` is the file's name, its folder the base of paths.

    Raises:
        MenuError: with everything that is wrong with it.
    """
    source = normalised(text)
    try:
        table: dict[str, object] = tomllib.loads(source)
        positions = Positions(source)
    except (ValueError, RecursionError) as error:
        raise MenuError((toml_problem(source, name, str(error)),)) from error
    book = Book(name, positions)
    top = Section(book, (), table)
    base = FilePath(name).absolute().parent
    runbooks = top.table("runbook")
    found = {one: _runbook(runbooks.table(one), one, base) for one in runbooks}
    top.close()
    if problems := book.found():
        raise MenuError(problems)
    return found


def _runbook(section: Section, name: str, base: FilePath) -> Runbook:
    if not _WORD.fullmatch(name):
        section.add(None, "bad-name", name=name)
    about = _about(section)
    params = _params(section.table("params"))
    argv = _argv(section, {one.name for one in params})
    seconds = section.number("time", 0.1, MAX_SECONDS)
    output = section.whole("output", 1, MAX_BYTES)
    folder = section.text("folder") or "."
    environment = _environment(section.table("environment"))
    runbook = Runbook(
        name,
        about,
        argv,
        params,
        _who(section),
        DEFAULT_SECONDS if seconds is None else float(seconds),
        output or DEFAULT_BYTES,
        str(base / folder),
        environment,
    )
    section.close()
    return runbook


def _about(section: Section) -> tuple[str, str]:
    """What it does, in a sentence: one for all, or one in each language."""
    if not section.holds_table("about"):
        text = section.need("about", 'about = "..."')
        return text, text
    table = section.table("about")
    pair = table.need("en", 'en = "..."'), table.need("zh", 'zh = "..."')
    table.close()
    return pair


def _argv(section: Section, names: set[str]) -> tuple[str, ...]:
    if "argv" not in section:
        section.value("argv")
        section.add(None, "missing-field", field="argv", example='argv = ["uptime"]')
        return ()
    argv = section.texts("argv") or ()
    used: set[str] = set()
    for index, part in enumerate(argv):
        places = set(_PLACE.findall(part))
        path = (*section.path, "argv", index)
        for place in sorted(places - names):
            section.book.add(path, "unknown-place", name=place, hint=suggestion(place, names))
        if "{" in _PLACE.sub("", part) or "}" in _PLACE.sub("", part):
            section.book.add(path, "lone-brace")
        used |= places
    if argv:
        program = argv[0]
        if _PLACE.search(program) or ("/" in program and not program.startswith("/")):
            section.book.add((*section.path, "argv", 0), "bad-program", program=program)
        elif PurePosixPath(program).name in SHELLS:
            section.book.add((*section.path, "argv", 0), "no-shell", program=program)
    for name in sorted(names - used):
        section.book.add((*section.path, "params", name), "unused-parameter", name=name)
    return argv


def _who(section: Section) -> tuple[str, ...]:
    """The roles. There is no default: who may run a command is said in words."""
    example = 'who = "anyone"'
    if "who" not in section:
        section.value("who")
        section.add(None, "missing-field", field="who", example=example)
        return ()
    given = section.value("who")
    roles = (section.text("who") or "",) if isinstance(given, str) else section.texts("who") or ()
    for role in roles:
        if not _WORD.fullmatch(role):
            section.add("who", "bad-name", name=role)
    return roles


def _environment(section: Section) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in section:
        found[name] = section.text(name) or ""
        if not _VARIABLE.fullmatch(name):
            section.add(name, "bad-name", name=name)
    return found


def _params(section: Section) -> tuple[Parameter, ...]:
    found: list[Parameter] = []
    for name in section:
        if not _VARIABLE.fullmatch(name):
            section.add(name, "bad-name", name=name)
        found.append(_parameter(section.table(name), name))
    optional = False
    for one in found:
        if optional and one.default is None:
            section.add(one.name, "default-before", name=one.name)
        optional = optional or one.default is not None
    return tuple(found)


def _parameter(section: Section, name: str) -> Parameter:
    kind = section.need("type", 'type = "text"')
    default = section.text("default")
    pattern, options, least, most = "", (), None, None
    if kind == "text":
        pattern = section.need("pattern", "pattern = '[a-z]+'")
        try:
            compiled(pattern)
        except BadPattern as error:
            section.add("pattern", "bad-pattern", reason=error.reason)
            pattern = ""
    elif kind == "choice":
        options = section.texts("options") or ()
        if "options" not in section:
            section.add(None, "missing-field", field="options", example='options = ["...", "..."]')
    elif kind == "number":
        least = section.number("min", -GREATEST, GREATEST)
        most = section.number("max", -GREATEST, GREATEST)
    elif kind not in ("path", ""):
        section.add("type", "bad-value", field="type", value=kind, choices=", ".join(KIND))
    section.close()
    parameter = Parameter(
        name,
        KIND.get(kind, "path"),
        pattern,
        options,
        -GREATEST if least is None else least,
        GREATEST if most is None else most,
        default,
    )
    if default is not None and (pattern or kind != "text") and not fits(parameter, default):
        section.add("default", "bad-default", name=name)
    return parameter


def fits(parameter: Parameter, value: str) -> bool:
    """Whether a parameter may have this value.

    A path is relative and has no `..`, so that it names something below the runbook's folder; whether a link
    leads out of there is for whoever knows the folder. Nothing may begin with `-`, or hold a NUL.
    """
    if value.startswith("-") or "\0" in value or len(value) > MAX_PARAMETER:
        return False
    match parameter.kind:
        case "text":
            return len(value) <= MAX_ENTRY and bool(compiled(parameter.pattern).fullmatch(value))
        case "choice":
            return value in parameter.options
        case "number":
            return bool(re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,6})?", value)) and (
                parameter.least <= float(value) <= parameter.most
            )
        case "path":
            path = PurePosixPath(value)
            return bool(value) and not path.is_absolute() and ".." not in path.parts
