"""A node from which the call cannot end: all that is left to the caller is to hang up."""

from collections.abc import Iterator

from callroom_menus.lint.circles import circles
from callroom_menus.lint.findings import Found, found
from callroom_menus.lint.view import View


def find(view: View) -> Iterator[Found]:
    """One for each trap: its first node. A part of the menu that leads on to a trap is not one itself."""
    for part in circles(view.after):
        inside = set(part)
        closed = all(inside.issuperset(view.after[name]) for name in part)
        if closed and not _circles(view, part) and not any(view.ends(view.nodes[name]) for name in part):
            yield found("no-exit", ("node", part[0]), node=part[0])


def _circles(view: View, part: list[str]) -> bool:
    """Whether it goes round without a wait: that is a finding of its own."""
    ways = [way for name in part for way in view.ways[name]]
    return bool(ways) and not any(way.waits for way in ways)
