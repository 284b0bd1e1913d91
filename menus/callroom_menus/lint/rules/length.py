"""Texts that nobody hears to the end. A `{menu}` counts as long as it will be."""

from collections.abc import Iterator

from callroom_menus.lint.findings import Found, found
from callroom_menus.lint.raw import table, text
from callroom_menus.lint.view import Node, View

MAX_TEXT = 200  # characters


def find(view: View) -> Iterator[Found]:
    """Each text that is too long."""
    for node in view.nodes.values():
        for one in node.says:
            count = len(one.text)
            if "{menu}" in one.text:
                count += one.text.count("{menu}") * (_menu(node) - len("{menu}"))
            if count > MAX_TEXT:
                yield found("long-text", one.path, count=count, limit=MAX_TEXT)
    for path, said in view.everywhere():
        if len(said) > MAX_TEXT:
            yield found("long-text", path, count=len(said), limit=MAX_TEXT)


def _menu(node: Node) -> int:
    """The length of a node's `{menu}`: a line for each choice, of key, space and label."""
    shown = [(choice.key, choice.label) for choice in (*node.keys, *node.shared) if not choice.hidden]
    options = table(table(node.table, node.verb), "options")
    shown += [(key, text(options, key)) for key in options]
    return sum(len(key) + len(label) + 2 for key, label in shown)
