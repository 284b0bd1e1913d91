"""Checks menu files and folders: each file by itself, and against what lies beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from callroom_menus.documents import Document, open_document
from callroom_menus.lint import Finding, Outside, judged, lint, ordered, refused
from callroom_menus.lint.findings import found, placed
from callroom_menus.lint.raw import table, text
from callroom_menus.lint.translations import judged as translated
from callroom_menus.lint.view import View, calls
from callroom_menus.loader import is_menu, read_menu, translations
from callroom_menus.problems import MenuError, Problem, problem
from callroom_menus.runbooks import NAME as RUNBOOKS
from callroom_menus.runbooks import load_runbooks
from callroom_menus.shelf import library, shipped
from callroom_menus.sources import NAME as SOURCES
from callroom_menus.sources import load_sources
from callroom_menus.transcript import load_transcripts


class Checked(NamedTuple):
    """What was found, in the order of the files, and how many files were looked at."""

    findings: tuple[Finding, ...]
    files: int

    def count(self, severity: str) -> int:
        """How many findings are of this severity."""
        return sum(it.severity == severity for it in self.findings)


def check(
    paths: Sequence[Path], queues: Iterable[str] | None = None, runbooks: Path | None = None
) -> Checked:
    """Checks these files, and the files right in these folders (`*.toml`, `*.chat`).

    A file is judged together with all that lies in its folder, but only what is wrong with itself, and with
    the translations of a menu, is told. Menus may call those of their folder and those that ship.
    `queues` are those of the house; None if they are not known: then no queue is judged. Likewise its file of
    `runbooks`; if None, the `runbooks.toml` of the folder, if there is one. It is judged, too.
    """
    wanted: dict[Path, None] = {}
    for path in paths:
        inside = (
            [file for kind in ("*.toml", "*.chat") for file in sorted(path.glob(kind))]
            if path.is_dir()
            else [path]
        )
        wanted |= dict.fromkeys(inside)
    house = None if queues is None else frozenset(queues)
    folders: dict[Path, _Folder] = {}
    findings: list[Finding] = []
    if runbooks is not None:
        wanted.pop(runbooks, None)  # it is judged here, whatever its name is
        findings += _of_runbooks(runbooks)
    for file in wanted:
        if file.parent not in folders:
            folders[file.parent] = _Folder(file.parent, house, runbooks)
        findings += folders[file.parent].check(file)
    return Checked(ordered(findings), len(wanted) + (runbooks is not None))


def _of_runbooks(file: Path) -> tuple[Finding, ...]:
    """What is wrong with a file of runbooks."""
    try:
        load_runbooks(file)
    except MenuError as error:
        return refused(error)
    return ()


class _Folder:
    """A folder of menus: what its files can know of each other."""

    def __init__(self, path: Path, queues: frozenset[str] | None, runbooks: Path | None) -> None:
        self._queues = queues
        self._documents: dict[Path, Document] = {}
        self._unread: dict[Path, MenuError] = {}
        self._told: dict[Path, tuple[Problem, ...]] = {}
        for file in sorted(path.glob("*.toml")):
            self._read(file)
        self._menus = {file.stem: file for file in self._documents if is_menu(file)}
        self._views = {name: View(self._documents[file].table) for name, file in self._menus.items()}
        self._nodes = self._callable()
        self._sources = self._source_names(path / SOURCES)
        self._runbooks = _runbook_names(runbooks or path / RUNBOOKS)

    def check(self, file: Path) -> tuple[Finding, ...]:
        """What is wrong with one file of this folder."""
        if file.suffix == ".chat":
            return self._transcripts(file)
        if file.name == RUNBOOKS:
            return _of_runbooks(file)
        self._read(file)
        if (error := self._unread.get(file)) is not None:
            return refused(error)
        document = self._documents[file]
        if file.name == SOURCES:
            return judged(document, (), self._source_problems(file))
        if not is_menu(file):
            return self._translation(file, document)
        return lint(document, self._outside(file), (*self._problems(file), *self._taken(file, document)))

    def _read(self, file: Path) -> None:
        if file in self._documents or file in self._unread:
            return
        try:
            self._documents[file] = open_document(file)
        except MenuError as error:
            self._unread[file] = error

    def _callable(self) -> dict[str, frozenset[str]] | None:
        """The nodes of each menu that can be called, those that ship included; None if one cannot be read."""
        if any(is_menu(file) for file in self._unread):
            return None  # a menu that is not there because it is wrong is no second finding
        nodes = {self._id(file): frozenset(self._views[name].nodes) for name, file in self._menus.items()}
        called = {target.partition("#")[0] for view in self._views.values() for _, target, _ in calls(view)}
        for name in called.intersection(library()) - nodes.keys():
            nodes[name] = frozenset(table(open_document(shipped(name)).table, "node"))
        return nodes

    def _id(self, menu: Path) -> str:
        return text(self._documents[menu].table, "id")

    def _source_names(self, file: Path) -> frozenset[str] | None:
        """The names of the sources; None if they cannot be read."""
        if file in self._unread:
            return None
        document = self._documents.get(file)
        return frozenset(table(document.table, "source") if document else ())

    def _source_problems(self, file: Path) -> tuple[Problem, ...]:
        try:
            load_sources(file)
        except MenuError as error:
            return error.problems
        return ()

    def _outside(self, file: Path) -> Outside:
        """What the menu in this file can rely on."""
        name = self._id(file)
        entries: dict[str, None] = {}
        given: set[str] | None = None
        for stem, view in self._views.items():
            for _, target, handed in calls(view):
                called, _, node = target.partition("#")
                if called == name or (not called and stem == file.stem):
                    entries[node or text(self._documents[file].table, "start")] = None
                    given = set(handed) if given is None else given & set(handed)
        return Outside(
            self._nodes,
            self._sources,
            self._queues,
            self._runbooks,
            tuple(entries),
            tuple(sorted(given or ())),
        )

    def _problems(self, menu: Path) -> tuple[Problem, ...]:
        """What the loader says of a menu and its translations."""
        if menu not in self._told:
            self._told[menu] = ()
            try:
                read_menu(self._documents[menu], [self._opened(file) for file in translations(menu)])
            except MenuError as error:
                self._told[menu] = error.problems
        return self._told[menu]

    def _opened(self, file: Path) -> Document:
        self._read(file)
        if (error := self._unread.get(file)) is not None:
            raise error
        return self._documents[file]

    def _taken(self, file: Path, document: Document) -> tuple[Problem, ...]:
        """That an earlier menu of the folder has the same id."""
        name = self._id(file)
        for other in self._menus.values():
            if other == file:
                break
            if name and self._id(other) == name:
                line, column = document.place(("id",))
                return (problem(str(file), line, column, "id-taken", id=name, other=str(other)),)
        return ()

    def _translation(self, file: Path, document: Document) -> tuple[Finding, ...]:
        base = file.with_name(f"{file.name.partition('.')[0]}.toml")
        if base not in self._documents:
            missing = (
                () if base in self._unread else (problem(str(file), 1, 1, "no-original", name=base.name),)
            )
            return judged(document, (), missing)
        its = translated(self._documents[base].table, document.table, base.name)
        own = (it for it in self._problems(base) if it.file == str(file))
        return judged(document, its, own)

    def _transcripts(self, file: Path) -> tuple[Finding, ...]:
        try:
            load_transcripts(file)
        except MenuError as error:
            return refused(error)
        if file.stem in self._menus or file.with_suffix(".toml") in self._unread:
            return ()
        return (placed(str(file), 1, 1, found("transcript-alone", (), base=f"{file.stem}.toml")),)


def _runbook_names(file: Path) -> frozenset[str] | None:
    """The names of the runbooks; None if there is no such file, or it cannot be read."""
    try:
        return frozenset(table(open_document(file).table, "runbook"))
    except MenuError:
        return None
