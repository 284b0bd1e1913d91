"""Whatever stands in a menu, the linter reads it to its end: what is wrong is for the loader to tell."""

from hypothesis import given
from hypothesis import strategies as st

from callroom_menus.lint.outside import Outside
from callroom_menus.lint.rules import RULES
from callroom_menus.lint.translations import judged
from callroom_menus.lint.view import View, variables
from callroom_menus.quick import Table

FIELDS = (
    "say", "say_again", "goto", "when", "if", "set", "keys", "1", "0", "*", "label", "words", "do",
    "call", "with", "returns", "room", "ask", "slot", "pattern", "confirm", "keep", "mask",
    "end_key", "options", "lookup", "source", "key", "args", "save", "found", "not_found", "error",
    "handoff", "queue", "waiting", "closed", "unanswered", "done", "rate", "run", "end", "no_match",
    "no_input", "give_up", "exit_words", "timeout", "hidden", "week", "open",
)  # fmt: skip
TEXTS = st.sampled_from(
    [
        "",
        "main",
        "a",
        "b",
        "other#main",
        "#a",
        "never",
        "return",
        "back",
        "top",
        "{a} press 7",
        "{",
        "{{a}}",
        "x" * 201,
    ]
)
LEAVES = TEXTS | st.integers(-1, 3) | st.booleans() | st.just(float("nan")) | st.lists(TEXTS, max_size=2)


def tables(values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(FIELDS), values, max_size=6)


VALUES = st.recursive(LEAVES, lambda below: tables(below) | st.lists(below, max_size=2), max_leaves=12)
MENUS = st.fixed_dictionaries(
    {"start": st.just("main"), "node": st.dictionaries(st.sampled_from(["main", "a", "b"]), tables(VALUES))},
    optional={name: tables(VALUES) | LEAVES for name in ("defaults", "global", "hours")},
)
OUTSIDE = Outside(
    {"other": frozenset({"main"})}, frozenset({"s"}), frozenset({"q"}), entries=("a", "gone"), given=("a",)
)


@given(MENUS)
def test_every_rule_reads_every_menu(menu: Table) -> None:
    view = View(menu, OUTSIDE)
    for rule, codes in RULES.items():
        assert {it.code for it in rule(view)} <= set(codes)


@given(MENUS, MENUS)
def test_every_translation_is_read(menu: Table, overlay: Table) -> None:
    assert all(it.path for it in judged(menu, overlay, "t.toml"))
    assert not [it for it in judged(menu, menu, "t.toml") if it.code.startswith("translation-")]


def test_variables() -> None:
    assert variables("{a} {{b}} {c.d} {menu}{a}") == ["a", "c", "menu", "a"]
    assert variables("none") == []
