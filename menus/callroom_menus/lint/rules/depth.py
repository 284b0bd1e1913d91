"""Menus below menus below menus: how many a caller has to pass at least to come to each."""

from collections import deque
from collections.abc import Iterator

from callroom_menus.lint.findings import Found, found
from callroom_menus.lint.view import View

MAX_DEPTH = 4  # menus, the first included


def find(view: View) -> Iterator[Found]:
    """The menus just below the limit; what lies deeper still comes right with them."""
    depths: dict[str, int] = {}
    coming = deque((name, 0) for name in (view.start, *view.entries) if name in view.nodes)
    while coming:
        name, above = coming.popleft()
        depth = above + (view.nodes[name].verb == "keys")
        if depths.get(name, depth + 1) <= depth:
            continue
        depths[name] = depth
        for target in view.after[name]:
            if target not in depths or depths[target] > depth:
                # Nodes that are no menus add nothing: those first, so that the shortest way comes first.
                add = coming.append if view.nodes[target].verb == "keys" else coming.appendleft
                add((target, depth))
    for name, depth in depths.items():
        if depth == MAX_DEPTH + 1 and view.nodes[name].verb == "keys":
            yield found("too-deep", ("node", name), node=name, depth=depth, limit=MAX_DEPTH)
