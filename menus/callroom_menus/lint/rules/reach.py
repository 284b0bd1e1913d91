"""A node that nothing leads to: neither a way from the start, nor a call from another file."""

from collections.abc import Iterator

from callroom_menus.lint.findings import Found, found
from callroom_menus.lint.view import View


def reached(view: View) -> set[str]:
    """The nodes that a call can come to."""
    coming = [name for name in (view.start, *view.entries) if name in view.nodes]
    seen = set(coming)
    while coming:
        following = set(view.after[coming.pop()]) - seen
        seen |= following
        coming += following
    return seen


def find(view: View) -> Iterator[Found]:
    """Each node that no call can come to; nothing if the start itself is not there."""
    if view.start in view.nodes:
        for name in view.nodes.keys() - reached(view):
            yield found("unreachable", ("node", name), node=name)
