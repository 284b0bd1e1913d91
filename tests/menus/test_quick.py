"""TOML read by the line: what it reads, tomllib reads the same; what is wrong, it leaves to tomllib."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_menus import quick
from callroom_menus.positions import Path, Positions
from callroom_menus.quick import is_list, is_table
from callroom_menus.reading import read_source
from callroom_menus.shelf import library, shipped


def truly(source: str) -> object:
    """What tomllib says."""
    try:
        return tomllib.loads(source)
    except (ValueError, RecursionError):
        return None


def paths(value: object, path: Path = ()) -> list[Path]:
    if is_table(value):
        inner = [found for key, one in value.items() for found in paths(one, (*path, key))]
    elif is_list(value):
        inner = [found for index, one in enumerate(value) for found in paths(one, (*path, index))]
    else:
        inner = []
    return [path, *inner]


@pytest.mark.parametrize("name", library())
def test_shipped_menus(name: str) -> None:
    source = read_source(shipped(name))
    read = quick.read(source)
    assert read is None or read.table == tomllib.loads(source)


def test_a_menu_is_read_by_the_line() -> None:
    source = read_source(shipped("starter"))
    read = quick.read(source)
    assert read is not None
    assert read.table == tomllib.loads(source)


@pytest.mark.parametrize(
    "source",
    [
        "a = 1.5",
        'a = "x\\ty"',
        "a = 2026-10-01",
        "a = [1, 2]",
        "a = { b = { c = 1 } }",
        "a = [{ if = 'x', goto = \"y\" }]  # z",
        "a = []",
        "a = {}",
        '"a b".\'c\' . d = """x"""',
        "[a.b]\nc = 1\n[a]\nd.e = 1\nd.f = 2",
        "\t[ a . 'b c' ] # c = 1\n  x=1\t",
        "a = 0x10\nb = -1\nc = 1_000",
        'a = ""\nb = \'\'\nc = [ "" , \'"\' ]',
        "1.2 = 3",
        "2026-10-10 = ['08:00-18:00']",
        "",
    ],
)
def test_what_it_reads_is_what_tomllib_reads(source: str) -> None:
    read = quick.read(source + "\n")
    assert read is not None
    assert read.table == tomllib.loads(source + "\n")


@pytest.mark.parametrize(
    "source",
    [
        "a = 1\na = 2",
        "a = { b = 1, b = 2 }",
        "a = { b = 1, }",
        "a.b = 1\na = 2",
        "a = 1\na.b = 2",
        "a = { b = 1 }\na.c = 2",
        "a = { b = 1 }\n[a]",
        "a = { b = 1 }\n[a.c]",
        "[a]\n[a]",
        "[a]\nb = 1\n[a.b]",
        "[a.b]\n[a]\nb.c = 1",
        "[a]\nb.c = 1\n[a.b]",
        "[a]\nb.c = 1\n[a.b.d]",
        "a.b = 1\n[a]",
        "[a",
        "a",
        "a =",
        "= 1",
        "a = x",
        'a = "x',
        'a = "x" y',
        "a = 01",
        "a = [ 'x' 'y' ]",
        "a = 'x\x01'",
        "a = 1 # \x7f",
        "a = 1\rb = 2",
        "a..b = 1",
        "a b = 1",
        "\u00e9 = 1",
        "a = 2026-13-01",
        "a = " + "[" * 10_000,
        ".".join(["a"] * 1000) + " = 1",
    ],
)
def test_what_is_wrong_is_for_tomllib(source: str) -> None:
    assert quick.read(source + "\n") is None


@pytest.mark.parametrize(
    "source", ["a = [\n1,\n]", 'a = """\nb = 1\n"""', "a = '''\n[b]\n'''\n", "[[a]]\nb = 1\n[[a]]\nb = 2\n"]
)
def test_what_goes_on_over_lines_is_for_tomllib(source: str) -> None:
    assert truly(source) is not None
    assert quick.read(source) is None


NAMES = st.sampled_from(["a", "b", "c", '"a"', "'b'", "a.b", "b.a", "a . c", '"a.b"', "1", "-"])
VALUES = st.sampled_from(
    [
        '"x"',
        "'y'",
        '""',
        "1",
        "0",
        "true",
        "1.5",
        '["x", "y"]',
        "[]",
        "[1]",
        "{ a = 1 }",
        "{ a = 'x', b = [\"y\"] }",
        "{ a.b = 1 }",
        "{}",
        '"\\n"',
        '"""z"""',
        '"""',
        "[",
        "{ a = 1, a = 2 }",
        "{ a = 1, }",
        "2026-10-01",
        "-",
    ]
)
STATEMENTS = st.one_of(
    st.builds("{} = {}".format, NAMES, VALUES),
    st.builds("[{}]".format, NAMES),
    st.builds("[[{}]]".format, NAMES),
    st.sampled_from(["", "# c", "\t", "  x = 1 # y", "]", '"""', "a", "[a]]", "a = 1 b = 2"]),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(STATEMENTS, max_size=7).map("\n".join))
def test_whatever_it_reads_is_what_tomllib_reads(source: str) -> None:
    read = quick.read(source)
    if read is None:
        return
    assert read.table == truly(source)
    by_parts, at_once = Positions(source, read.parts), Positions(source)
    for path in paths(read.table):
        assert by_parts.find(path) == at_once.find(path)
        assert by_parts.find((*path, "not there")) == at_once.find((*path, "not there"))


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab=[]{}\"'#.,\\\n\t 1-"), max_size=24))
def test_whatever_is_typed(source: str) -> None:
    read = quick.read(source)
    assert read is None or read.table == truly(source)
