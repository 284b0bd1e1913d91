import tomllib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_menus.positions import Path, Positions

SOURCE = '''\
# [not.a.table]
schema = 1
"quoted key" = "a # b" # comment
when = 2026-10-01 08:00:00
pi = 3.14

[node.main]
say = """
[not.this]
x = 1 "quoted" \\""" still
"""
keys.1 = { label = "one", words = ["a", "b"] }
keys."*" = { label = 'x = "y" # z' }
list = [
  "one",  # [first]
  { inner = 2 },
  [ "deep" ],
]

[[rooms]]
name = "a"
[[rooms]]
name = "b"
[rooms.more]
deep = true
'''


@pytest.mark.parametrize(
    ("path", "line", "text"),
    [
        (("schema",), 2, "schema"),
        (("quoted key",), 3, '"quoted key"'),
        (("when",), 4, "when"),
        (("pi",), 5, "pi"),
        (("node",), 7, "node"),
        (("node", "main"), 7, "main]"),
        (("node", "main", "say"), 8, "say"),
        (("node", "main", "keys"), 12, "keys.1"),
        (("node", "main", "keys", "1"), 12, "1 ="),
        (("node", "main", "keys", "1", "words"), 12, "words"),
        (("node", "main", "keys", "1", "words", 1), 12, '"b"'),
        (("node", "main", "keys", "*", "label"), 13, "label"),
        (("node", "main", "list", 0), 15, '"one"'),
        (("node", "main", "list", 1, "inner"), 16, "inner"),
        (("node", "main", "list", 2, 0), 17, '"deep"'),
        (("rooms", 0, "name"), 21, "name"),
        (("rooms", 1), 22, "rooms"),
        (("rooms", 1, "name"), 23, "name"),
        (("rooms", 1, "more", "deep"), 25, "deep"),
    ],
)
def test_where_things_stand(path: Path, line: int, text: str) -> None:
    tomllib.loads(SOURCE)
    found = Positions(SOURCE).find(path)
    assert found[0] == line
    assert SOURCE.split("\n")[line - 1][found[1] - 1 :].startswith(text)


def test_what_is_not_there_is_where_it_would_be() -> None:
    positions = Positions(SOURCE)
    assert positions.find(("node", "main", "keys", "1", "goto")) == positions.find(
        ("node", "main", "keys", "1")
    )
    assert positions.find(("nothing",)) == (1, 1)


def leaves(value: object, path: Path = ()) -> list[tuple[Path, object]]:
    if isinstance(value, dict):
        table = msgspec.convert(value, dict[str, object])
        return [leaf for key, inner in table.items() for leaf in leaves(inner, (*path, key))]
    if isinstance(value, list):
        items = msgspec.convert(value, list[object])
        return [leaf for index, inner in enumerate(items) for leaf in leaves(inner, (*path, index))]
    return [(path, value)]


KEYS = st.from_regex(r"[a-z0-9_-]{1,5}", fullmatch=True) | st.text(
    st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="\u2028\u2029\x85"), max_size=5
)
VALUES = st.recursive(
    st.integers(-9, 9) | st.booleans() | st.text("ab#=[]{},.'\"\\ ", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def written(value: object) -> str:
    if isinstance(value, dict):
        table = msgspec.convert(value, dict[str, object])
        return "{" + ", ".join(f"{quoted(key)} = {written(inner)}" for key, inner in table.items()) + "}"
    if isinstance(value, list):
        return "[" + ", # a ] comment\n ".join(map(written, msgspec.convert(value, list[object]))) + "]"
    if isinstance(value, str):
        return quoted(value)
    return str(value).lower()


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=3), max_size=3))
def test_whatever_tomllib_reads_is_found_where_it_stands(tables: dict[str, dict[str, object]]) -> None:
    """Reading on from the position of a leaf gives its value: so the position is right."""
    source = ""
    for name, table in tables.items():
        source += f"[{quoted(name)}] # [x]\n"
        source += "".join(f"{quoted(key)} = {written(value)}\n" for key, value in table.items())
    assert tomllib.loads(source) == tables
    lines = source.split("\n")
    positions = Positions(source)
    seen: set[tuple[int, int]] = set()
    for path, value in leaves(tables):
        line, column = positions.find(path)
        rest = lines[line - 1][column - 1 :]
        expected = written(value) if isinstance(path[-1], int) else f"{quoted(path[-1])} = {written(value)}"
        assert rest.startswith(expected)
        assert (line, column) not in seen
        seen.add((line, column))
