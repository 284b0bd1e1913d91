"""`runbooks.toml`: everything that may stand in it, and each mistake with its place."""

from pathlib import Path

import pytest

from callroom_menus.problems import MenuError
from callroom_menus.runbooks import MAX_PARAMETER, Parameter, Runbook, fits, load_runbooks, parse_runbooks

TEXT = """\
[runbook.ls]
about = { en = "What is there", zh = "有什么" }
argv = ["ls", "--sort={order}", "{folder}"]
who = ["anyone", "operator"]
time = 2.5
output = 1000
folder = "shared"
environment = { LC_ALL = "C" }
params.order = { type = "choice", options = ["name", "time"] }
params.folder = { type = "path", default = "." }

[runbook.uptime]
about = "How long"
argv = ["uptime"]
who = "anyone"
"""


def test_runbooks(tmp_path: Path) -> None:
    file = tmp_path / "runbooks.toml"
    file.write_text(TEXT, encoding="utf-8")
    order = Parameter("order", "choice", options=("name", "time"))
    folder = Parameter("folder", "path", default=".")
    found = load_runbooks(file)
    assert found["ls"] == Runbook(
        "ls",
        ("What is there", "有什么"),
        ("ls", "--sort={order}", "{folder}"),
        (order, folder),
        ("anyone", "operator"),
        2.5,
        1000,
        str(tmp_path / "shared"),
        {"LC_ALL": "C"},
    )
    assert found["ls"].usage == "ls ORDER [FOLDER]"
    uptime = found["uptime"]
    assert (uptime.seconds, uptime.output_bytes, uptime.folder) == (30.0, 262_144, str(tmp_path))


def test_what_is_filled_in_is_passed_on_byte_for_byte() -> None:
    runbook = parse_runbooks(TEXT, "r.toml")["ls"]
    strange = 'a b"$(reboot)`{order}\n;|&'
    assert runbook.filled({"order": strange, "folder": "x"}) == ["ls", f"--sort={strange}", "x"]


CASES = [
    ("[runbook.ls]", '[runbook."l s"]', "bad-name", 1),
    ('about = "How long"\n', "", "missing-field", 12),
    ('argv = ["uptime"]', 'argv = "uptime"', "wrong-type", 14),
    ('argv = ["uptime"]', "argv = []", "empty", 14),
    ('argv = ["uptime"]\n', "", "missing-field", 12),
    ('argv = ["uptime"]', 'argv = ["{x}"]', "bad-program", 14),
    ('argv = ["uptime"]', 'argv = ["./up"]', "bad-program", 14),
    ('argv = ["uptime"]', 'argv = ["/bin/bash", "-c", "x"]', "no-shell", 14),
    ('argv = ["uptime"]', 'argv = ["uptime", "{x}"]', "unknown-place", 14),
    ('argv = ["uptime"]', 'argv = ["uptime", "}"]', "lone-brace", 14),
    (', "{folder}"]', "]", "unused-parameter", 10),
    ('who = "anyone"\n', "", "missing-field", 12),
    ('who = "anyone"', "who = 1", "wrong-type", 15),
    ('who = "anyone"', 'who = "any one"', "bad-name", 15),
    ('who = "anyone"', 'who = "anyone"\nwoh = 1', "unknown-field", 16),
    ("time = 2.5", "time = 0", "out-of-range", 5),
    ("output = 1000", "output = 1.5", "wrong-type", 6),
    ('{ LC_ALL = "C" }', '{ "LC=ALL" = "C" }', "bad-name", 8),
    ('{ LC_ALL = "C" }', "{ LC_ALL = 1 }", "wrong-type", 8),
    ('"choice", options = ["name", "time"]', '"choise"', "bad-value", 9),
    (', options = ["name", "time"]', "", "missing-field", 9),
    ('"choice", options = ["name", "time"]', '"text", pattern = "(a+)+"', "bad-pattern", 9),
    ('"choice", options = ["name", "time"]', '"number", min = "1"', "wrong-type", 9),
    ('default = "."', 'default = ".."', "bad-default", 10),
    ('default = "."', 'default = "-l"', "bad-default", 10),
    ('"time"] }', '"time"], default = "name" }\nparams.z = { type = "path" }', "default-before", 10),
    ("[runbook.uptime]", "[runbook.uptime", "toml", 12),
]


@pytest.mark.parametrize(("right", "wrong", "code", "line"), CASES)
def test_each_mistake_is_told_with_its_line(right: str, wrong: str, code: str, line: int) -> None:
    text = TEXT.replace(right, wrong, 1)
    assert text != TEXT
    with pytest.raises(MenuError) as caught:
        parse_runbooks(text, "r.toml")
    assert (code, line) in [(one.code, one.line) for one in caught.value.problems]
    for one in caught.value.problems:
        assert one.told("en").startswith("r.toml:")
        assert one.told("zh") != one.told("en")


def test_a_near_miss_is_named() -> None:
    with pytest.raises(MenuError, match=r"did you mean argv\?"):
        parse_runbooks(TEXT.replace('argv = ["uptime"]', 'agrv = ["uptime"]'), "r.toml")


NUMBER = Parameter("n", "number", least=0, most=10)
PATH = Parameter("p", "path")
WORD = Parameter("w", "text", pattern="[a-z -]*")


@pytest.mark.parametrize(
    ("parameter", "value", "right"),
    [
        (NUMBER, "10", True),
        (NUMBER, "0.5", True),
        (NUMBER, "11", False),
        (NUMBER, "-1", False),
        (NUMBER, "1e1", False),
        (NUMBER, "１", False),
        (NUMBER, "", False),
        (PATH, "a/b", True),
        (PATH, "", False),
        (PATH, "/etc", False),
        (PATH, "a/../../b", False),
        (PATH, "a\0b", False),
        (PATH, "-rf", False),
        (PATH, "x" * (MAX_PARAMETER + 1), False),
        (WORD, "", True),
        (WORD, "a-b c", True),
        (WORD, "-a", False),
        (WORD, "a\n", False),
        (WORD, "a" * 65, False),
        (Parameter("c", "choice", options=("-x", "y")), "-x", False),
        (Parameter("c", "choice", options=("x", "y")), "y", True),
    ],
)
def test_what_a_parameter_may_be(parameter: Parameter, value: str, right: bool) -> None:
    assert fits(parameter, value) is right
