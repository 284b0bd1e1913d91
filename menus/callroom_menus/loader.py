"""Reads menu files, strictly: a menu is right in every field, or all its problems are told with their lines.

Nothing is repaired, skipped or ignored; what this version cannot run is refused by name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path as FilePath

import msgspec

from callroom_menus import hours_reading
from callroom_menus.actions import DO
from callroom_menus.documents import Document, open_document
from callroom_menus.draft import Draft, NodeDraft
from callroom_menus.events import Option
from callroom_menus.model import NEVER, RETURN, Choice, Menu, Node, Verb
from callroom_menus.overlays import merged
from callroom_menus.problems import MenuError, Problem, problem
from callroom_menus.reading import MAX_BYTES, normalised, read_source
from callroom_menus.runbooks import NAME as RUNBOOKS
from callroom_menus.sections import Book, Section, suggestion
from callroom_menus.sources import NAME as SOURCES
from callroom_menus.texts import TEXTS, Texts
from callroom_menus.verbs import BESIDE, VERBS

__all__ = [
    "MAX_BYTES",
    "check_calls",
    "is_menu",
    "load",
    "load_folder",
    "normalised",
    "parse",
    "read_menu",
    "read_source",
    "translations",
]

SCHEMA = 1

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_RESERVED = frozenset({NEVER, RETURN})


def is_menu(path: FilePath) -> bool:
    """Whether a `.toml` file is a menu, not a translation (`10086.en.toml`), sources or runbooks."""
    return "." not in path.stem and path.name not in (SOURCES, RUNBOOKS)


def translations(path: FilePath | str) -> tuple[FilePath, ...]:
    """The translations that lie beside a menu file."""
    path = FilePath(path)
    return tuple(sorted(path.parent.glob(f"{path.stem}.*.toml")))


def load(path: FilePath | str) -> Menu:
    """The menu in this file, with the translations beside it.

    Raises:
        MenuError: with everything that is wrong with it.
    """
    return read_menu(open_document(path), [open_document(file) for file in translations(path)])


def load_folder(path: FilePath | str, beside: Mapping[str, Menu] | None = None) -> dict[str, Menu]:
    """All menus of a folder (its `*.toml`), by id; they may call each other and the menus `beside` them.

    Raises:
        MenuError: with everything that is wrong with any of them.
    """
    menus: dict[str, Menu] = {}
    files: dict[str, str] = {}
    problems: list[Problem] = []
    for file in sorted(FilePath(path).glob("*.toml")):
        if not is_menu(file):
            base = file.with_name(f"{file.name.partition('.')[0]}.toml")
            if file.name != SOURCES and not base.exists():
                problems.append(problem(str(file), 1, 1, "no-original", name=base.name))
            continue
        try:
            menu = load(file)
        except MenuError as error:
            problems += error.problems
            continue
        if menu.id in menus:
            place = open_document(file).place(("id",))
            problems.append(problem(str(file), *place, "id-taken", id=menu.id, other=files[menu.id]))
        menus[menu.id] = menu
        files[menu.id] = str(file)
    if not problems:  # a menu that is not there because it is wrong is no second problem
        problems += check_calls({**(beside or {}), **menus}, menus.values())
    if problems:
        raise MenuError(tuple(problems))
    return menus


def check_calls(menus: Mapping[str, Menu], callers: Iterable[Menu] | None = None) -> tuple[Problem, ...]:
    """The calls (of all menus, or of these) that lead to a menu or a node that is not there."""
    problems: list[Problem] = []
    for menu in menus.values() if callers is None else callers:
        for call in menu.calls:
            place = call.file, call.line, call.column
            called = menus.get(call.menu)
            if called is None:
                problems.append(
                    problem(*place, "unknown-menu", name=call.menu, hint=suggestion(call.menu, menus))
                )
            elif call.node and call.node not in called.nodes:
                hint = suggestion(call.node, called.nodes)
                problems.append(problem(*place, "unknown-target", target=call.node, hint=hint))
    return tuple(problems)


def parse(text: str, name: str, overlays: Mapping[str, str] | None = None) -> Menu:
    """The menu in this text; `name` is the file's name in problems, `overlays` are its translations by file.

    Raises:
        MenuError: with everything that is wrong with it.
    """
    over = [Document(file, normalised(one)) for file, one in (overlays or {}).items()]
    return read_menu(Document(name, normalised(text)), over)


def read_menu(base: Document, overlays: Sequence[Document] = ()) -> Menu:
    """The menu in this document, in its own language and in those of its translations.

    Raises:
        MenuError: with everything that is wrong with it.
    """
    documents = (base, *overlays)
    book, *books = [_opened(document) for document in documents]
    digest = hashlib.sha256("\0".join(one.source for one in documents).encode()).hexdigest()
    languages = [str(one.table.get("lang", "")) for one in documents]
    original = _menu(Section(book, (), base.table), digest, languages)
    problems = list(book.found())
    spoken: dict[str, Menu] = {}
    for over, above in zip(overlays, books, strict=True):
        section = Section(above, (), over.table)
        _translation_head(section, languages)
        texts, own = merged(base.table, section, over.table)
        lying = Book(over.file, over.positions, book, own)
        menu = _menu(Section(lying, (), texts), digest, languages)
        problems += [*above.found(), *lying.found()]
        spoken[menu.lang] = menu
    problems += [one for one in book.found() if one not in problems]
    if problems:
        raise MenuError(tuple(problems))
    return msgspec.structs.replace(original, languages=spoken)


def _translation_head(section: Section, languages: list[str]) -> None:
    lang = section.need("lang", 'lang = "en"')
    if lang and languages.count(lang) > 1:
        section.add("lang", "lang-taken", lang=lang)


def _menu(top: Section, digest: str, languages: list[str]) -> Menu:
    top.value("schema")
    book = top.book
    lang, start = top.need("lang", 'lang = "en"'), top.need("start", 'start = "main"')
    if lang and lang not in TEXTS:
        top.add("lang", "bad-value", field="lang", value=lang, choices=", ".join(TEXTS))
    texts = TEXTS.get(lang, TEXTS["en"])
    nodes, hours = top.table("node"), top.table("hours")
    desks = {name: hours_reading.read(hours.table(name), _hours_name(hours, name)) for name in hours}
    draft = Draft(book, texts, start, frozenset(nodes), languages, desks)
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
        hash=digest,
        goodbye=draft.line(("defaults", "goodbye"), texts.goodbye if goodbye is None else goodbye),
        nodes={node: _node(draft, node, nodes.table(node)) for node in nodes},
        hours=desks,
        calls=tuple(draft.calls),
        counted=draft.counted(),
        unset=draft.unset(),
    )
    if "node" not in top:
        top.add(None, "missing-field", field="[node]", example="[node.main]")
    top.close()
    return menu


def _opened(document: Document) -> Book:
    """The document's book, with its schema checked: of another schema, nothing else can be judged."""
    book = Book(document.file, document.positions)
    top = Section(book, (), document.table)
    schema = top.value("schema")
    if schema is None:
        top.add(None, "missing-field", field="schema", example=f"schema = {SCHEMA}")
    elif schema is True or schema != SCHEMA:
        top.add("schema", "bad-value", field="schema", value=str(schema), choices=str(SCHEMA))
    if problems := book.found():
        raise MenuError(problems)
    return book


def _hours_name(hours: Section, name: str) -> str:
    if not _NAME.fullmatch(name):
        hours.add(name, "bad-name", name=name)
    return name


def _name(section: Section, field: str, example: str) -> str:
    name = section.need(field, example)
    if name.strip() and not _NAME.fullmatch(name):
        section.add(field, "bad-name", name=name)
    return name


def _node(draft: Draft, name: str, section: Section) -> Node:
    if not _NAME.fullmatch(name):
        section.add(None, "bad-name", name=name)
    elif name in _RESERVED:
        section.add(None, "reserved-name", name=name)
    own = draft.choices(section.table("keys"))
    taken = {choice.key for choice in own}
    shared = tuple(choice for choice in draft.shared if choice.key not in taken)
    node = NodeDraft(name, section, own, draft.shared if len(shared) == len(draft.shared) else shared)
    _offer(draft, node)
    if "say" not in section and ("keys" in section or "ask" in section):
        section.add(None, "no-say")
    say = section.need("say", 'say = "..."') if "say" in section else _unsaid(section, draft.texts)
    again = section.text("say_again")
    values = draft.assignments(section)
    verb = _verb(draft, node)
    section.close(also=VERBS)
    return Node(
        name=name,
        say=draft.line((*section.path, "say"), say, node),
        say_again=None if again is None else draft.line((*section.path, "say_again"), again, node),
        set=values,
        verb=verb or Verb(),
    )


def _unsaid(section: Section, texts: Texts) -> str:
    """What a node says that has no text of its own."""
    return texts.rate if "rate" in section else ""


def _verb(draft: Draft, node: NodeDraft) -> Verb | None:
    fields = node.section.fields
    given = [field for field in VERBS if field in fields]
    if not given:
        node.section.add(None, "no-way-out")
        return None
    for field in given[1:]:
        if field not in BESIDE.get(given[0], frozenset()):
            node.section.value(field)
            node.section.add(field, "two-verbs", field=field, other=given[0])
    return VERBS[given[0]](draft, node)


def _offer(draft: Draft, node: NodeDraft) -> None:
    """What is shown at a node: not what is hidden, and at the start not the way back, for there is none."""

    def shown(choice: Choice) -> bool:
        return not choice.hidden and not (node.name == draft.start and choice.action is DO["back"])

    if "keys" in node.section:
        choices = [choice for choice in (*node.own, *node.shared) if shown(choice)]
        node.offer(tuple([Option(choice.key, choice.label) for choice in choices]))
        node.when = {choice.key: choice.when for choice in choices if choice.when is not None}
    else:
        for field in ("ask", "rate"):
            if node.section.holds_table(field):
                node.offer(draft.options(node.section.table(field)))
