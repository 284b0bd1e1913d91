"""The circles of a graph: which of its nodes can all reach each other."""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def circles(after: Mapping[T, Iterable[T]]) -> list[list[T]]:
    """The strongly connected parts, each in the order of the graph; a part before those that lead to it.

    Tarjan's algorithm ("Depth-first search and linear graph algorithms", 1972), without recursion: a menu
    may be a chain of thousands of nodes.
    """
    order = {name: index for index, name in enumerate(after)}
    met: dict[T, int] = {}
    low: dict[T, int] = {}
    stack: list[T] = []
    closed: set[T] = set()
    found: list[list[T]] = []
    for root in after:
        if root in met:
            continue
        met[root] = low[root] = len(met)
        stack.append(root)
        work = [(root, iter(after[root]))]
        while work:
            name, rest = work[-1]
            for target in rest:
                if target not in met:
                    met[target] = low[target] = len(met)
                    stack.append(target)
                    work.append((target, iter(after[target])))
                    break
                if target not in closed:
                    low[name] = min(low[name], met[target])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[name])
                if low[name] == met[name]:
                    part = [stack.pop()]
                    while part[-1] != name:
                        part.append(stack.pop())
                    closed.update(part)
                    found.append(sorted(part, key=order.__getitem__))
    return found
