from wcwidth import wcswidth

from callroom_menus import Hangup, LookupMissing, Menu, Shelf, library, load, parse, shipped
from callroom_menus.drawing import dot, mermaid, tree
from callroom_menus.graph import ANYWHERE, Edge, Graph, Place, counted, drawn
from callroom_menus.stats import figures
from menus_support import CHINESE, FULL, HEAD, PLANS, TWO_KEYS
from record_support import recorded, together

MENU = parse(TWO_KEYS, "t.toml")
BIG = parse(FULL, "t.toml", {"t.zh.toml": CHINESE})
HEADS = "menu", "calls"


def with_figures(menu: Menu, *turns: str) -> Graph:
    (it,) = figures(recorded(menu, "a", *turns))
    return counted(drawn(menu), menu, it)


def test_nodes_ways_and_labels() -> None:
    graph = drawn(MENU)
    assert graph.places["main"] == Place("main", "keys")
    assert graph.places["room lobby"] == Place("room lobby", "room")
    assert graph.ways("main") == (
        Edge("main", "keys.1", "one", "1 one"),
        Edge("main", "keys.2", "two", "2 two"),
        Edge("main", "keys.7", "room lobby", "7 room"),
    )
    assert set(graph.ways(ANYWHERE)) == {
        Edge(ANYWHERE, "global.0", "desk", "0 desk"),
        Edge(ANYWHERE, "give_up", "bye", "give_up"),
    }


def test_every_kind_of_node_has_its_own_look() -> None:
    kinds = {place.kind for place in drawn(BIG).places.values()}
    assert kinds >= {"keys", "ask", "lookup", "handoff", "rate", "end", "menu", "say"}
    assert "return" in {place.kind for place in drawn(parse(PLANS, "plans.toml")).places.values()}


def test_every_shipped_menu_can_be_drawn() -> None:
    for name in library():
        menu = load(shipped(name))
        graph = drawn(menu)
        assert graph.places.keys() >= menu.nodes.keys()
        shown = tree(graph, HEADS, "^")
        for node in menu.nodes:
            assert node in shown
        assert mermaid(graph).startswith("flowchart TD\n")
        assert dot(graph).startswith("digraph ")


def test_the_tree() -> None:
    assert tree(drawn(MENU), HEADS, "^").splitlines() == [
        "t test",
        "",
        "main",
        "├─ 1 one → one",
        "│  └─ 1 deep → deep",
        "│     └─ 2 two → two ^",
        "├─ 2 two → two",
        "│  ├─ 1 one → one ^",
        "│  └─ 0 zero → desk",
        "│     └─ → main ^",
        "└─ 7 room → room lobby",
        "*",
        "├─ 0 desk → desk ^",
        "└─ give_up → bye",
    ]


def test_numbers_stand_under_each_other_whatever_the_labels_width() -> None:
    menu = parse(TWO_KEYS.replace('label = "one"', 'label = "话费与流量"'), "t.toml")
    (it,) = figures(together(*(recorded(menu, f"{n}", "1", Hangup()) for n in range(12))))
    lines = tree(counted(drawn(menu), menu, it), HEADS, "^").splitlines()
    assert [line.split()[-1] for line in lines[2:6]] == ["calls", "12", "12", "0"]
    assert len({wcswidth(line) for line in lines[2:] if line != ANYWHERE}) == 1


def test_a_deep_menu_is_no_deeper_than_the_stack() -> None:
    chain = "".join(f'[node.n{n}]\nsay = "x"\ngoto = "n{n + 1}"\n' for n in range(3000))
    menu = parse(f'{HEAD}[node.main]\nsay = "x"\ngoto = "n0"\n{chain}[node.n3000]\nend = "x"\n', "t.toml")
    assert len(tree(drawn(menu), HEADS, "^").splitlines()) == 2 + 3002


def test_what_a_call_only_passed_is_counted_by_the_menu() -> None:
    graph = with_figures(MENU, "0", "1", "exit")
    assert graph.visits == {"main": 2, "desk": 1, "one": 1}
    assert graph.taken[Edge(ANYWHERE, "global.0", "desk", "0 desk")] == 1
    assert graph.taken[Edge("desk", "goto", "main", "")] == 1


def test_a_word_counts_for_the_key_that_leads_there() -> None:
    assert with_figures(MENU, "uno", "1").taken[Edge("main", "keys.1", "one", "1 one")] == 1


def test_giving_up_is_a_way_and_not_understanding_is_none() -> None:
    graph = with_figures(MENU, "x", "y", "z")
    assert graph.taken == {Edge(ANYWHERE, "give_up", "bye", "give_up"): 1}
    assert graph.visits == {"main": 1, "bye": 1}


def test_a_way_that_is_gone_is_not_drawn() -> None:
    (it,) = figures(recorded(MENU, "a", "1", "1", "2"))
    edited = parse(TWO_KEYS.replace('keys.1 = { label = "deep", goto = "deep" }\n', ""), "t.toml")
    graph = counted(drawn(edited), edited, it)
    assert graph.taken[Edge("main", "keys.1", "one", "1 one")] == 1
    assert not any(edge.source == "one" for edge in graph.taken)


def test_answers_of_look_ups() -> None:
    shelf = Shelf([BIG, parse(PLANS, "plans.toml")], "t")
    (it,) = figures(recorded(shelf, "a", "1", "13800138000", "1", LookupMissing(0), Hangup()))
    graph = counted(drawn(BIG), BIG, it)
    assert [edge.how for edge in graph.taken if edge.source == "balance"] == ["not_found"]


def test_what_a_label_holds_is_not_obeyed() -> None:
    label = r"a\"b#c<d>\\e"
    menu = parse(TWO_KEYS.replace('label = "one"', f'label = "{label}"'), "t.toml")
    assert '|"1 a#quot;b#35;c#lt;d#gt;\\e"|' in mermaid(drawn(menu))
    assert r'[label="1 a\"b#c<d>\\e"]' in dot(drawn(menu))
