import tomllib

import pytest

from callroom_menus.lint.translations import judged
from callroom_menus.quick import Table

BASE = """\
schema = 1
id = "t"
title = "title"
lang = "en"
start = "main"
[defaults]
no_match = ["no?"]
[global.keys]
0 = { label = "desk", goto = "bye", words = ["human"] }
[node.main]
say = "hello {name}{menu}"
say_again = "{menu}"
keys.1 = { label = "one", goto = "bye" }
keys.2 = { label = "19", goto = "bye" }
keys.3 = { label = "three", goto = "bye", hidden = true }
[node.rate]
rate = { save = "r", options = { 1 = "good" } }
[node.look]
lookup = { source = "s", key = "{name}", save = "a" }
found = { say = "yes", goto = "bye" }
[node.bye]
end = "bye"
"""
OVERLAY = """\
schema = 1
lang = "zh"
[defaults]
no_match = ["\u4ec0\u4e48?"]
[global.keys]
0 = { label = "\u4eba\u5de5", words = ["\u4eba\u5de5"] }
[node.main]
say = "\u60a8\u597d {name}{menu}"
keys.1 = { label = "\u4e00" }
[node.rate]
rate = { options = { 1 = "\u597d" } }
[node.look]
found = { say = "\u662f" }
[node.bye]
end = "\u518d\u89c1"
"""


def found_in(before: str = "", after: str = "") -> list[tuple[str, str]]:
    assert before in OVERLAY
    base: Table = tomllib.loads(BASE)
    overlay: Table = tomllib.loads(OVERLAY.replace(before, after, 1) if before else OVERLAY)
    return [(it.code, ".".join(map(str, it.path))) for it in judged(base, overlay, "t.toml")]


def test_a_whole_translation() -> None:
    """Hidden labels, texts of nothing but variables, and labels without a letter need none."""
    assert found_in() == []


@pytest.mark.parametrize(
    ("before", "after", "code", "path"),
    [
        ('no_match = ["\u4ec0\u4e48?"]\n', "", "translation-missing", "defaults.no_match"),
        ('label = "\u4eba\u5de5", ', "", "translation-missing", "global.keys.0.label"),
        ('keys.1 = { label = "\u4e00" }\n', "", "translation-missing", "node.main.keys.1.label"),
        ('1 = "\u597d"', "", "translation-missing", "node.rate.rate.options.1"),
        ('found = { say = "\u662f" }\n', "", "translation-missing", "node.look.found.say"),
        ('[node.bye]\nend = "\u518d\u89c1"\n', "", "translation-missing", "node"),
        ("[node.bye]", '[node.by]\nend = "x"\n[node.bye]', "translation-extra", "node.by"),
        ("keys.1", 'keys.9 = { label = "x" }\nkeys.1', "translation-extra", "node.main.keys.9"),
        ("{name}", "", "translation-variables", "node.main.say"),
        ("{name}", "{name}{nome}", "translation-variables", "node.main.say"),
        ("\u60a8\u597d", "\u8bf7\u63098", "key-not-there", "node.main.say"),
        ("\u60a8\u597d", "x" * 201, "long-text", "node.main.say"),
    ],
)
def test_exactly_this_is_found(before: str, after: str, code: str, path: str) -> None:
    assert found_in(before, after) == [(code, path)]
