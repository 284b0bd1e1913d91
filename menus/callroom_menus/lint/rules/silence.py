"""A node that hears nothing for a while, and has nothing to say to that."""

import re
from collections.abc import Iterator

from callroom_menus.lint.findings import Found, found
from callroom_menus.lint.raw import texts
from callroom_menus.lint.view import View
from callroom_menus.patience import DEFAULT_TIMEOUT
from callroom_menus.positions import Path

_VARIABLES = re.compile(r"\{[^{}]*\}|\s")


def find(view: View) -> Iterator[Found]:
    """One for `[defaults]` and the nodes that rely on it, and one for each text of nothing but variables."""
    relying: dict[Path, object] = {}
    for node in view.nodes.values():
        if node.verb not in ("keys", "ask", "rate"):
            continue
        seconds = node.table.get("timeout", view.defaults.get("timeout", DEFAULT_TIMEOUT))
        if seconds == 0:
            continue
        own = "no_input" in node.table
        if own or "no_input" in view.defaults:
            owner, path = (node.table, node.path) if own else (view.defaults, ("defaults",))
            for index, text in texts(owner, "no_input"):
                # {menu} is never empty.
                if "{menu}" not in text and not _VARIABLES.sub("", text):
                    relying[(*path, "no_input", index)] = seconds
        else:
            relying.setdefault(("defaults",) if view.defaults else node.path, seconds)
    for path, seconds in relying.items():
        shown = f"{seconds:g}" if isinstance(seconds, int | float) else str(seconds)
        yield found("silent-no-input", path, seconds=shown)
