"""The linter: what is wrong with a menu that the loader would take, and everything that it would not."""

from __future__ import annotations

from collections.abc import Iterable

from callroom_menus.documents import Document
from callroom_menus.lint.findings import FINDINGS, Finding, Found, Severity, placed
from callroom_menus.lint.outside import ALONE, Outside
from callroom_menus.lint.rules import RULES
from callroom_menus.lint.view import View
from callroom_menus.problems import MenuError, Problem

__all__ = ["ALONE", "FINDINGS", "Finding", "Outside", "Severity", "judged", "lint", "ordered", "refused"]


def lint(
    document: Document, outside: Outside = ALONE, problems: Iterable[Problem] = ()
) -> tuple[Finding, ...]:
    """The loader's problems with a menu, and everything else that can be found, in the order of the file."""
    view = View(document.table, outside)
    return judged(document, (it for rule in RULES for it in rule(view)), problems)


def judged(document: Document, its: Iterable[Found], problems: Iterable[Problem]) -> tuple[Finding, ...]:
    """The problems and what was found, with places; of two that say the same, the loader's."""
    problems = tuple(problems)
    said = {(problem.line, problem.column, problem.code) for problem in problems}
    findings = [Finding("error", problem) for problem in problems]
    for it in its:
        line, column = document.place(it.path)
        if not any((line, column, code) in said for code in FINDINGS[it.code].unless):
            findings.append(placed(document.file, line, column, it))
    return ordered(findings)


def refused(error: MenuError) -> tuple[Finding, ...]:
    """What the loader says, as findings."""
    return ordered(Finding("error", problem) for problem in error.problems)


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each once, by file, line and column."""
    once = dict.fromkeys(findings)
    return tuple(
        sorted(once, key=lambda it: (it.problem.file, it.problem.line, it.problem.column, it.problem.code))
    )
