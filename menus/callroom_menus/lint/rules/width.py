"""Menus with more choices than the keys of one hand of digits."""

from collections.abc import Iterator

from callroom_menus.lint.findings import Found, found
from callroom_menus.lint.view import View

MAX_CHOICES = 9
BESIDES = frozenset("0*#")  # do not count: help, back, once more


def find(view: View) -> Iterator[Found]:
    """Each menu that shows too many."""
    for node in view.nodes.values():
        if len(node.keys) > MAX_CHOICES:
            count = sum(not choice.hidden and choice.key not in BESIDES for choice in node.keys)
            if count > MAX_CHOICES:
                yield found("too-wide", node.path, count=count, limit=MAX_CHOICES)
