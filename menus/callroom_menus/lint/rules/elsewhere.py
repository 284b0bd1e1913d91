"""Names of things outside the file: menus that are called, sources of data, queues of agents, runbooks."""

from collections.abc import Iterator

from callroom_menus.lint.findings import Found, found
from callroom_menus.lint.raw import table, text
from callroom_menus.lint.view import View, calls
from callroom_menus.sections import suggestion


def find(view: View) -> Iterator[Found]:
    """Each name that is not there, as far as it is known what is."""
    outside = view.outside
    if outside.menus is not None:
        for path, target, _ in calls(view):
            yield from _called(view, path, target)
    named = (
        ("unknown-source", "lookup", "source", outside.sources),
        ("unknown-queue", "handoff", "queue", outside.queues),
        ("unknown-runbook", "run", "runbook", outside.runbooks),
    )
    for node in view.nodes.values():
        for code, verb, field, known in named:
            name = text(table(node.table, verb), field) if node.verb == verb else ""
            if known is not None and name and "{" not in name and name not in known:
                hint = suggestion(name, known)
                yield found(code, (*node.path, verb, field), name=name, hint=hint)


def _called(view: View, path: tuple[str | int, ...], target: str) -> Iterator[Found]:
    """`file#node`: both must be there; without a file it is this one, without a node its start."""
    menus = view.outside.menus or {}
    file, _, node = target.partition("#")
    nodes = menus.get(file) if file else frozenset(view.nodes)
    if nodes is None:
        yield found("unknown-call", path, target=target, missing=file, hint=suggestion(file, menus))
    elif node and node not in nodes:
        yield found("unknown-call", path, target=target, missing=f"#{node}", hint=suggestion(node, nodes))
