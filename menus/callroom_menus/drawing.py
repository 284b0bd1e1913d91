"""Graphs of menus as text: for Mermaid, for Graphviz, and as a tree for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wcwidth import wcswidth

from callroom_menus.graph import ANYWHERE, Edge, Graph

# How Mermaid brackets a node of each kind: https://mermaid.js.org/syntax/flowchart.html#node-shapes
_SHAPES = {
    "keys": ("[", "]"),
    "ask": ("[/", "/]"),
    "rate": ("[/", "/]"),
    "lookup": ("[(", ")]"),
    "run": ("[/", "\\]"),
    "handoff": ("[[", "]]"),
    "call": ("{{", "}}"),
    "menu": ("{{", "}}"),
    "room": ("((", "))"),
    "end": ("([", "])"),
    "return": ("([", "])"),
    "say": ("(", ")"),
}
# https://graphviz.org/doc/info/shapes.html
_DOT_SHAPES = {
    "ask": "parallelogram",
    "rate": "parallelogram",
    "lookup": "cylinder",
    "run": "trapezium",
    "handoff": "box3d",
    "call": "hexagon",
    "menu": "hexagon",
    "room": "circle",
    "end": "oval",
    "return": "oval",
}


def mermaid(graph: Graph) -> str:
    """A flowchart. Nodes have numbers for names: a name such as `end` would be a keyword."""
    names = {place: f"n{number}" for number, place in enumerate((*graph.places, ANYWHERE))}
    lines = ["flowchart TD"]
    for place, (name, kind) in graph.places.items():
        left, right = _SHAPES[kind]
        lines.append(f'  {names[place]}{left}"{_quoted(_headed(name, graph.visits.get(place)))}"{right}')
    if graph.ways(ANYWHERE):
        lines.append(f'  {names[ANYWHERE]}(("{ANYWHERE}"))')
    for edge in graph.edges:
        arrow = "-.->" if edge.how == "give_up" else "-->"
        label = _counted(edge.label, graph.taken.get(edge))
        text = f'|"{_quoted(label)}"| ' if label else " "
        lines.append(f"  {names[edge.source]} {arrow}{text}{names[edge.target]}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A text inside a Mermaid string, where only these signs mean anything."""
    escaped = text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
    return escaped.replace("\n", "<br>")


def dot(graph: Graph) -> str:
    """A digraph for Graphviz."""
    lines = [f"digraph {_string(graph.title)} {{", "  rankdir=LR", "  node [shape=box]"]
    for place, (name, kind) in graph.places.items():
        shape = f", shape={_DOT_SHAPES[kind]}" if kind in _DOT_SHAPES else ""
        label = _string(_headed(name, graph.visits.get(place)))
        lines.append(f"  {_string(place)} [label={label}{shape}]")
    for edge in graph.edges:
        style = ", style=dashed" if edge.how == "give_up" else ""
        label = _string(_counted(edge.label, graph.taken.get(edge)))
        lines.append(f"  {_string(edge.source)} -> {_string(edge.target)} [label={label}{style}]")
    return "\n".join([*lines, "}"])


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _headed(name: str, visits: int | None) -> str:
    return name if visits is None else f"{name}\n{visits}"


def _counted(label: str, taken: int | None) -> str:
    return label if taken is None else f"{label} ({taken})".strip()


# --- the tree -------------------------------------------------------------------------------------


class _Row(NamedTuple):
    text: str
    calls: int | None


def tree(graph: Graph, columns: tuple[str, str], above: str) -> str:
    """The ways from the start, each node spelled out once; `above` marks where it comes again.

    With visits there is a column of numbers: of the edge, for what is drawn at its end. `columns` are the
    headings, of the tree and of the numbers.
    """
    rows = [_Row(graph.start, graph.visits.get(graph.start) if graph.visits else None)]
    first = _first_edges(graph)
    rows += _branches(graph, graph.start, "", first, above)
    for source in graph.places:
        if source not in {edge.target for edge in first} | {graph.start} and graph.ways(source):
            rows += [_Row(source, None), *_branches(graph, source, "", first, above)]
    if graph.ways(ANYWHERE):
        rows += [_Row(ANYWHERE, None), *_branches(graph, ANYWHERE, "", first, above)]
    lines = [row.text for row in rows]
    if graph.visits or graph.taken:
        width = max(map(cells, (*lines, columns[0])))
        numbers = ["" if row.calls is None else str(row.calls) for row in rows]
        column = max(map(cells, (*numbers, columns[1])))
        table = zip((columns[0], *lines), (columns[1], *numbers), strict=True)
        lines = [
            f"{text}{' ' * (width - cells(text))}  {' ' * (column - cells(number))}{number}".rstrip()
            for text, number in table
        ]
    return "\n".join([graph.title, "", *lines])


def _first_edges(graph: Graph) -> set[Edge]:
    """For each node the edge at whose end it is spelled out: nearest to the start."""
    first: set[Edge] = set()
    seen = {graph.start}
    queue = [graph.start]
    for round_ in (None, ANYWHERE):
        if round_:
            queue.append(round_)
        while queue:
            for edge in graph.ways(queue.pop(0)):
                if edge.target not in seen:
                    seen.add(edge.target)
                    first.add(edge)
                    queue.append(edge.target)
    return first


def _branches(graph: Graph, source: str, lead: str, first: set[Edge], above: str) -> Iterator[_Row]:
    """The rows under a node; a stack of its own, for a menu may be deeper than Python's."""
    stack: list[tuple[str, str, tuple[Edge, ...]]] = [(source, lead, graph.ways(source))]
    while stack:
        source, lead, ways = stack.pop()
        if not ways:
            continue
        edge, *rest = ways
        corner, under = ("├─ ", "│  ") if rest else ("└─ ", "   ")
        again = "" if edge in first or not graph.ways(edge.target) else f" {above}"
        label = f"{edge.label} → " if edge.label else "→ "
        count = graph.taken.get(edge, 0) if graph.visits else None
        yield _Row(f"{lead}{corner}{label}{edge.target}{again}", count)
        stack.append((source, lead, tuple(rest)))
        if edge in first:
            stack.append((edge.target, lead + under, graph.ways(edge.target)))


def cells(text: str) -> int:
    """How many cells of a terminal a text takes: two for a Chinese character."""
    return max(wcswidth(text), 0)
