"""The linter's rules: one file for each finding or small family, and its line in this table."""

from collections.abc import Callable, Iterator

from callroom_menus.lint.findings import Found
from callroom_menus.lint.rules import (
    depth,
    elsewhere,
    exits,
    hours,
    length,
    loops,
    presses,
    reach,
    secrets,
    shadows,
    silence,
    slots,
    width,
)
from callroom_menus.lint.view import View

Rule = Callable[[View], Iterator[Found]]

# What each can find; a test checks that nothing else comes of it.
RULES: dict[Rule, tuple[str, ...]] = {
    reach.find: ("unreachable",),
    exits.find: ("no-exit",),
    loops.find: ("silent-loop", "loop-by-condition", "lookup-loop"),
    presses.find: ("key-not-there",),
    shadows.find: ("key-shadowed", "word-shadowed"),
    slots.find: ("unset-slot", "never-set"),
    hours.find: ("hours-overlap", "hours-never"),
    elsewhere.find: ("unknown-call", "unknown-source", "unknown-queue", "unknown-runbook"),
    depth.find: ("too-deep",),
    width.find: ("too-wide",),
    length.find: ("long-text",),
    silence.find: ("silent-no-input",),
    secrets.find: ("secret-unmasked",),
}

# Those that can find something in a translation: it has no ways of its own, only texts.
OF_TEXTS: tuple[Rule, ...] = (presses.find, length.find)
