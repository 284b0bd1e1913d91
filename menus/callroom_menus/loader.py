"""Reads menu files, strictly: a menu is right in every field, or all its problems are told with their lines.

Nothing is repaired, skipped or ignored; what this version cannot run is refused by name.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path as FilePath

from callroom_menus.actions import DO
from callroom_menus.draft import Draft, NodeDraft
from callroom_menus.events import Option
from callroom_menus.model import Choice, Menu, Node, Verb
from callroom_menus.patience import NEVER
from callroom_menus.positions import Positions
from callroom_menus.problems import MenuError, Problem, problem
from callroom_menus.sections import Book, Section, suggestion
from callroom_menus.texts import TEXTS
from callroom_menus.verbs import NOT_YET, VERBS

SCHEMA = 1
MAX_BYTES = 1_048_576

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_FULL_WIDTH = re.compile(
    "[\u2018\u2019\u201c\u201d\u3010\u3011\uff03\uff0c\uff1a\uff1d\uff3b\uff3d\uff5b\uff5d]"
)


def load(path: FilePath | str) -> Menu:
    """The menu in this file.

    Raises:
        MenuError: with everything that is wrong with it.
    """
    return parse(read_source(path), str(path))


def load_folder(path: FilePath | str) -> dict[str, Menu]:
    """All menus of a folder (its `*.toml`), by id.

    Raises:
        MenuError: with everything that is wrong with any of them.
    """
    menus: dict[str, Menu] = {}
    files: dict[str, str] = {}
    problems: list[Problem] = []
    for file in sorted(FilePath(path).glob("*.toml")):
        try:
            menu = load(file)
        except MenuError as error:
            problems += error.problems
            continue
        if menu.id in menus:
            line, column = Positions(read_source(file)).find(("id",))
            problems.append(problem(str(file), line, column, "id-taken", id=menu.id, other=files[menu.id]))
        menus[menu.id] = menu
        files[menu.id] = str(file)
    if problems:
        raise MenuError(tuple(problems))
    return menus


def read_source(path: FilePath | str) -> str:
    """The text of a menu file or a transcript, normalised: no byte-order mark, lines ending in LF.

    Raises:
        MenuError: it cannot be read, is too big, or is not UTF-8.
    """
    try:
        data = FilePath(path).read_bytes()
    except OSError as error:
        raise MenuError(
            (problem(str(path), 1, 1, "unreadable", reason=error.strerror or str(error)),)
        ) from error
    if len(data) > MAX_BYTES:
        raise MenuError((problem(str(path), 1, 1, "too-big", limit=MAX_BYTES),))
    try:
        return normalised(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise MenuError((problem(str(path), line, column, "not-utf8"),)) from error


def normalised(text: str) -> str:
    """Without what an editor may add unasked: a byte-order mark, CR LF, or no line ending at the end."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n") + "\n"


def parse(text: str, name: str) -> Menu:
    """The menu in this text; `name` is the file's name in problems.

    Raises:
        MenuError: with everything that is wrong with it.
    """
    source = normalised(text)
    book, top = _opened(source, name)
    lang, start = top.need("lang", 'lang = "en"'), top.need("start", 'start = "main"')
    if lang and lang not in TEXTS:
        top.add("lang", "bad-value", field="lang", value=lang, choices=", ".join(TEXTS))
    nodes = top.table("node")
    draft = Draft(book, TEXTS.get(lang, TEXTS["en"]), start, frozenset(nodes))
    if start and start not in draft.names:
        top.add("start", "unknown-target", target=start, hint=suggestion(start, draft.names))
    defaults = top.table("defaults")
    draft.defaults = draft.waiting(defaults)
    goodbye = defaults.text("goodbye")
    defaults.close()
    everywhere = top.table("global")
    draft.shared = draft.choices(everywhere.table("keys"))
    everywhere.close()
    menu = Menu(
        id=_name(top, "id", 'id = "hotline"'),
        title=top.need("title", 'title = "..."'),
        lang=lang,
        start=start,
        hash=hashlib.sha256(source.encode()).hexdigest(),
        goodbye=draft.line(("defaults", "goodbye"), draft.texts.goodbye if goodbye is None else goodbye),
        nodes={node: _node(draft, node, nodes.table(node)) for node in nodes},
    )
    if "node" not in top:
        top.add(None, "missing-field", field="[node]", example="[node.main]")
    draft.check_variables()
    top.close(not_yet=("hours",))
    if problems := book.found():
        raise MenuError(problems)
    return menu


def _opened(source: str, name: str) -> tuple[Book, Section]:
    """The TOML, with its schema checked: of another schema, nothing else can be judged."""
    try:
        table: dict[str, object] = tomllib.loads(source)
        positions = Positions(source)
    except (ValueError, RecursionError) as error:  # ValueError: also a date or a number that cannot be
        raise MenuError((_toml_problem(source, name, str(error)),)) from error
    book = Book(name, positions)
    top = Section(book, (), table)
    schema = top.value("schema")
    if schema is None:
        top.add(None, "missing-field", field="schema", example=f"schema = {SCHEMA}")
    elif schema is True or schema != SCHEMA:
        top.add("schema", "bad-value", field="schema", value=str(schema), choices=str(SCHEMA))
    if problems := book.found():
        raise MenuError(problems)
    return book, top


def _toml_problem(source: str, name: str, reason: str) -> Problem:
    place = _TOML_PLACE.search(reason)
    if place is None:  # at the end of the document, or about the whole of it
        return problem(name, source.count("\n"), 1, "toml", reason=reason)
    line, column = int(place[1]), int(place[2])
    sign = _FULL_WIDTH.match(source.split("\n")[line - 1], column - 1)
    if sign is not None:
        return problem(name, line, column, "full-width", sign=sign[0])
    return problem(name, line, column, "toml", reason=reason[: place.start()])


def _name(section: Section, field: str, example: str) -> str:
    name = section.need(field, example)
    if name.strip() and not _NAME.fullmatch(name):
        section.add(field, "bad-name", name=name)
    return name


def _node(draft: Draft, name: str, section: Section) -> Node:
    if not _NAME.fullmatch(name):
        section.add(None, "bad-name", name=name)
    elif name == NEVER:
        section.add(None, "reserved-name", name=name)
    waits = "keys" in section
    own = draft.choices(section.table("keys"))
    taken = {choice.key for choice in own}
    node = NodeDraft(name, section, own, tuple(choice for choice in draft.shared if choice.key not in taken))
    if waits:
        node.options = _options(draft, node)
        if "say" not in section:
            section.add(None, "no-say")
    say = section.need("say", 'say = "..."') if "say" in section else ""
    again = section.text("say_again")
    values = draft.assignments(section)
    verb = _verb(draft, node)
    section.close(also=VERBS, not_yet=NOT_YET)
    return Node(
        name=name,
        say=draft.line((*section.path, "say"), say, name, node.options),
        say_again=None
        if again is None
        else draft.line((*section.path, "say_again"), again, name, node.options),
        set=values,
        verb=verb or Verb(),
    )


def _verb(draft: Draft, node: NodeDraft) -> Verb | None:
    given = [field for field in VERBS if field in node.section]
    if not given:
        if not any(field in node.section for field in NOT_YET):
            node.section.add(None, "no-way-out")
        return None
    if len(given) > 1 and given != ["room", "goto"]:
        for field in given[1:]:
            node.section.value(field)
            node.section.add(field, "two-verbs", field=field, other=given[0])
    return VERBS[given[0]](draft, node)


def _options(draft: Draft, node: NodeDraft) -> tuple[Option, ...]:
    """What is shown at a node: not what is hidden, and at the start not the way back, for there is none."""

    def shown(choice: Choice) -> bool:
        return not choice.hidden and not (node.name == draft.start and choice.action is DO["back"])

    return tuple(Option(choice.key, choice.label) for choice in (*node.own, *node.shared) if shown(choice))
