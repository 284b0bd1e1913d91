"""Variables that are said on a way on which nothing has set them: data flow over all ways from the start.

What a hand-off passes on and what conditions ask for may be empty: only what is said, and what is looked up.
"""

from collections.abc import Iterator

from callroom_menus.lint.findings import Found, found
from callroom_menus.lint.raw import table, text, texts
from callroom_menus.lint.view import Node, View, Way, variables
from callroom_menus.positions import Path
from callroom_menus.quick import Table
from callroom_menus.sections import suggestion

# Filled in by the engine itself.
BUILT_IN = frozenset({"menu", "lang", "ahead", "eta", "agent", "hours", "visits"})


def find(view: View) -> Iterator[Found]:
    """Each text in which a variable may not have been set yet, or never is."""
    known = _set_somewhere(view)
    arrivals = _arrivals(view)
    for name, have in arrivals.items():
        node = view.nodes[name]
        have = have | BUILT_IN | set(node.sets)
        for path, said, sets in _filled(node):
            for variable in dict.fromkeys(variables(said)):
                if variable not in have and variable not in sets:
                    yield _unset(path, variable, known)
    yield from _defaults(view, arrivals, known)


def _filled(node: Node) -> Iterator[tuple[Path, str, tuple[str, ...]]]:
    """The texts that are filled in at a node, and what has been set besides by then."""
    for said in node.says:
        yield said.path, said.text, said.sets
    lookup: Table = table(node.table, "lookup")
    if key := text(lookup, "key"):
        yield (*node.path, "lookup", "key"), key, ()
    args = table(lookup, "args")
    for name in args:
        yield (*node.path, "lookup", "args", name), text(args, name), ()
    for index, arg in texts(table(node.table, "run"), "args"):
        yield (*node.path, "run", "args", index), arg, ()


def _defaults(view: View, arrivals: dict[str, frozenset[str]], known: set[str]) -> Iterator[Found]:
    """The texts of `[defaults]`, said at every node that listens and has none of its own."""
    for path, said in view.everywhere():
        for variable in dict.fromkeys(variables(said)):
            if variable in BUILT_IN:
                continue
            for name, have in arrivals.items():
                node = view.nodes[name]
                if node.listens and path[1] not in node.table and variable not in have | set(node.sets):
                    yield _unset(path, variable, known)
                    break


def _unset(path: Path, name: str, known: set[str]) -> Found:
    if name in known:
        return found("unset-slot", path, name=name)
    return found("never-set", path, name=name, hint=suggestion(name, known))


def _set_somewhere(view: View) -> set[str]:
    known: set[str] = set(view.given)
    for node in view.nodes.values():
        known.update(node.sets, node.slots)
        for way in view.ways[node.name]:
            known.update(way.sets)
        for choice in (*node.keys, *node.shared):
            known.update(table(choice.table, "set"))
            known.update(name for _, name in texts(choice.table, "returns"))
    return known


def _arrivals(view: View) -> dict[str, frozenset[str]]:
    """What has been set for certain on arrival at each node that a call can come to.

    Coming back (`do = "back"`) adds no way: what was set on the first visit is still set.
    """
    arrivals: dict[str, frozenset[str]] = {}
    coming: list[str] = []
    begins = {view.start: frozenset[str](), **dict.fromkeys(view.entries, frozenset(view.given))}
    for name, given in begins.items():
        if name in view.nodes:
            arrivals[name] = given
            coming.append(name)
    while coming:
        name = coming.pop()
        node = view.nodes[name]
        here = arrivals[name].union(node.sets) if node.sets else arrivals[name]
        for way in view.ways[name]:
            if way.target not in view.nodes:
                continue
            have = _along(way, here)
            before = arrivals.get(way.target)
            after = have if before is None else before & have
            if before is None or len(after) < len(before):
                arrivals[way.target] = after
                coming.append(way.target)
    return arrivals


def _along(way: Way, have: frozenset[str]) -> frozenset[str]:
    return have.union(way.sets) if way.sets else have
