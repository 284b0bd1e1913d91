from hypothesis import given
from hypothesis import strategies as st

from callroom_menus.lint.circles import circles

GRAPHS = st.lists(st.lists(st.integers(0, 7), max_size=4), min_size=8, max_size=8)


def reached(graph: dict[int, list[int]], begins: int) -> set[int]:
    seen, coming = {begins}, [begins]
    while coming:
        new = set(graph[coming.pop()]) - seen
        seen |= new
        coming += new
    return seen


@given(GRAPHS)
def test_parts_are_what_can_reach_each_other(lists: list[list[int]]) -> None:
    graph = dict(enumerate(lists))
    parts = circles(graph)
    assert sorted(node for part in parts for node in part) == sorted(graph)
    reach = {node: reached(graph, node) for node in graph}
    part_of = {node: number for number, part in enumerate(parts) for node in part}
    for one in graph:
        for other in graph:
            assert (part_of[one] == part_of[other]) == (other in reach[one] and one in reach[other])
    for part in parts:
        assert part == sorted(part)


@given(GRAPHS)
def test_a_part_comes_before_those_that_lead_to_it(lists: list[list[int]]) -> None:
    graph = dict(enumerate(lists))
    part_of = {node: number for number, part in enumerate(circles(graph)) for node in part}
    assert all(part_of[target] <= part_of[node] for node, targets in graph.items() for target in targets)


def test_a_chain_may_be_longer_than_the_stack() -> None:
    chain = {node: [node + 1] for node in range(50_000)} | {50_000: [0]}
    assert len(circles(chain)) == 1
