"""A menu as a graph: its nodes, the ways between them with their labels, and how often callers took them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from callroom_menus.actions import Visit
from callroom_menus.model import RETURN, Exit, Menu, Verb
from callroom_menus.stats import END, Figures, Step
from callroom_menus.verbs.ask import Ask
from callroom_menus.verbs.call import Calling
from callroom_menus.verbs.end import Ending
from callroom_menus.verbs.handoff import Company
from callroom_menus.verbs.keys import Keys
from callroom_menus.verbs.lookup import Looking
from callroom_menus.verbs.rate import Rate
from callroom_menus.verbs.room import Room
from callroom_menus.verbs.run import Running

ANYWHERE = "*"  # the source of ways that are the same at several nodes: global keys, giving up
_ROOM = "room "  # before the name of a room that is a target

KINDS: tuple[tuple[type[Verb], str], ...] = (
    (Keys, "keys"),
    (Ask, "ask"),
    (Looking, "lookup"),
    (Company, "handoff"),
    (Calling, "call"),
    (Room, "room"),
    (Rate, "rate"),
    (Running, "run"),
    (Ending, "end"),
)


class Place(NamedTuple):
    """A node of the menu by its verb (`keys` ... or `say`), or a `room`, a `menu`, or the `return`."""

    name: str
    kind: str


class Edge(NamedTuple):
    """A way from a place, or from `ANYWHERE`, to another; `how` is the field: `keys.1`, `found`."""

    source: str
    how: str
    target: str
    label: str


class Graph(msgspec.Struct, frozen=True):
    """A menu, drawn; `visits` and `taken` are empty unless there are figures."""

    title: str
    start: str
    places: dict[str, Place]
    edges: tuple[Edge, ...]
    visits: Mapping[str, int] = MappingProxyType({})
    taken: Mapping[Edge, int] = MappingProxyType({})

    def ways(self, source: str) -> tuple[Edge, ...]:
        """The ways from a place."""
        return tuple(edge for edge in self.edges if edge.source == source)


def drawn(menu: Menu) -> Graph:
    """The graph of a menu. `do` is no way: `back` leads elsewhere for each caller."""
    places = {name: Place(name, kind(node.verb)) for name, node in menu.nodes.items()}
    edges = dict.fromkeys(edge for name in menu.nodes for edge in _edges(menu, name))
    for edge in edges:
        places.setdefault(edge.target, _elsewhere(edge.target))
    return Graph(f"{menu.id} {menu.title}", menu.start, places, tuple(_together(tuple(edges))))


def kind(verb: Verb) -> str:
    """The field of the menu file that makes a node what it is."""
    return next((name for type_, name in KINDS if isinstance(verb, type_)), "say")


def _elsewhere(target: str) -> Place:
    if target == RETURN:
        return Place(target, "return")
    return Place(target, "room" if target.startswith(_ROOM) else "menu")


def _edges(menu: Menu, name: str) -> Iterator[Edge]:
    verb = menu.nodes[name].verb
    labels = _labels(verb)
    for way in verb.exits():
        yield Edge(name, way.how, way.target.removesuffix("#"), labels.get(way.how, _plain(way)))
    if isinstance(verb, Keys):
        for hit in verb.table.values():
            if isinstance(hit.choice.action, Visit) and hit.how == "key":
                how = f"keys.{hit.choice.key}"
                yield Edge(name, how, _ROOM + hit.choice.action.room, labels[how])
    elif isinstance(verb, Room):
        yield Edge(name, "room", _ROOM + verb.room, "")


def _plain(way: Exit) -> str:
    return "" if way.how == "goto" else way.how.removeprefix("waiting.keys.").removeprefix("global.")


def _labels(verb: Verb) -> dict[str, str]:
    """The labels of choices, by field."""
    if isinstance(verb, Keys):
        hits = verb.table.values()
    elif isinstance(verb, Ask | Rate):
        hits = verb.asides.table.values()
    else:
        return {}
    return {
        f"{'keys' if hit.how == 'key' else 'global'}.{hit.choice.key}": f"{hit.choice.key} {hit.choice.label}"
        for hit in hits
    }


def _together(edges: tuple[Edge, ...]) -> Iterator[Edge]:
    """The edges, those that are the same at several nodes as one from `ANYWHERE`, at the end."""
    same = Counter((edge.how, edge.target) for edge in edges if _shared(edge))
    anywhere: dict[Edge, None] = {}
    for edge in edges:
        if same[edge.how, edge.target] > 1:
            anywhere[edge._replace(source=ANYWHERE)] = None
        else:
            yield edge
    yield from anywhere


def _shared(edge: Edge) -> bool:
    return edge.how.startswith("global.") or edge.how == "give_up"


# --- how often ------------------------------------------------------------------------------------


def counted(graph: Graph, menu: Menu, figures: Figures) -> Graph:
    """The graph with visits. A record knows only where calls stood: what they passed is found by the menu.

    Where the record leaves open which of several ways it was, it is taken to be the shortest. Steps that this
    version of the menu has no way for are not drawn.
    """
    visits = Counter({place: count for place, count in figures.visits.items() if place in graph.places})
    taken: Counter[Edge] = Counter()
    for step in figures.steps:
        path = _path(graph, menu, step)
        for edge in path:
            taken[edge] += step.count
        for edge in path[:-1] if step.target != END else path:
            visits[edge.target] += step.count
        if step.how == "start" and step.target != graph.start:
            visits[graph.start] += step.count
    return msgspec.structs.replace(graph, visits=dict(visits), taken=dict(taken))


def _path(graph: Graph, menu: Menu, step: Step) -> tuple[Edge, ...]:
    """The edges of a step: the first by what was done, then through nodes that do not wait, to the target."""
    if step.how == "start":
        return _through(graph, menu, graph.start, step.target) or ()
    if step.source not in menu.nodes:
        return ()
    ways = [edge for edge in (*graph.ways(step.source), *graph.ways(ANYWHERE)) if _may_be(edge.how, step.how)]
    found = [
        (edge, *rest)
        for edge in ways
        if (rest := _through(graph, menu, edge.target, step.target)) is not None
    ]
    return min(found, key=len, default=())


def _may_be(field: str, done: str) -> bool:
    """Whether a way by this field can be what was done."""
    if field == done:
        return True
    match done:
        case "no_match" | "no_input" | "suggested":
            return field == "give_up"
        case "word" | "contained" | "ahead" | "confirmed":
            return field.startswith(("keys.", "global.")) or (
                done == "confirmed" and field in ("goto", "when")
            )
        case "entered" | "corrected" | "return":
            return field in ("goto", "when")
        case "full" | "timeout":
            return field == "unanswered"
        case "ended":
            return field == "done"
        case _:
            return done.startswith("keys.") and field == f"waiting.{done}"


def _through(graph: Graph, menu: Menu, source: str, target: str) -> tuple[Edge, ...] | None:
    """The shortest way from a node just entered to where the call stood next; None if there is none."""
    seen = {source}
    queue: deque[tuple[str, tuple[Edge, ...]]] = deque([(source, ())])
    while queue:
        name, path = queue.popleft()
        if name == target or (target == END and graph.places[name].kind == "end"):
            return path
        if name in menu.nodes:
            for edge in graph.ways(name):
                if edge.target not in seen and _passes(menu.nodes[name].verb, edge.how):
                    seen.add(edge.target)
                    queue.append((edge.target, (*path, edge)))
    return None


def _passes(verb: Verb, field: str) -> bool:
    """Whether a call can leave by this field at once, without having stood there."""
    if isinstance(verb, Company):
        return field == "closed"
    if isinstance(verb, Ask):
        return verb.keep and field in ("goto", "when")
    return not verb.stands
