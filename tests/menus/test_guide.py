"""docs/menus.md and docs/menus.zh.md: every example is loaded and checked, every conversation is played."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from callroom_forms.kinds import KINDS
from callroom_menus import Shelf, library, load, parse_sources, shipped
from callroom_menus.actions import DO
from callroom_menus.check import check
from callroom_menus.cli import SUBCOMMANDS
from callroom_menus.transcript import play, read_transcripts
from callroom_menus.verbs import BESIDE, VERBS
from house_support import ROOT

PAGES = [ROOT / "docs" / "menus.md", ROOT / "docs" / "menus.zh.md"]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TARGET = re.compile(r'\b(?:goto|give_up|done) = "([\w-]+)"')
HEAD = 'schema = 1\nid = "example"\ntitle = "t"\nlang = "en"\nstart = "{start}"\n'
DEFAULTS = '[defaults]\ngive_up = "bye"\nno_input = ["?"]\nno_match = ["??"]\nexit_words = ["exit"]\n'


class Example(NamedTuple):
    """A menu of the page, its translations, and the conversations that follow it."""

    line: int
    menu: str
    translations: tuple[str, ...] = ()
    chats: tuple[str, ...] = ()


def blocks(page: Path) -> list[tuple[int, str, str]]:
    """Line, language and text of each block."""
    text = page.read_text("utf-8")
    return [(text[: it.start()].count("\n") + 1, it[1], it[2]) for it in BLOCK.finditer(text)]


def whole(part: str) -> str:
    """A part of a menu, with what it takes to be one: a head, defaults, and an end for each way out of it."""
    if "schema = 1" in part:
        return part
    nodes = list(tomllib.loads(part)["node"])
    before = "" if "[defaults]" in part else DEFAULTS
    ends = set(TARGET.findall(before + part)) - {*nodes, "return"}
    stubs = [f'\n[node.{name}]\nend = "Goodbye."\n' for name in sorted(ends)]
    return "".join((HEAD.format(start=nodes[0]), before, part, *stubs))


def examples(page: Path) -> Iterator[Example]:
    """The menus of a page, in its order."""
    found: Example | None = None
    for line, kind, text in blocks(page):
        if kind == "chat":
            assert found is not None
            found = found._replace(chats=(*found.chats, text))
        elif kind == "toml" and "schema = 1" in text and "id = " not in text:
            assert found is not None
            found = found._replace(translations=(*found.translations, text))
        elif kind == "toml" and "[source." not in text:
            if found is not None:
                yield found
            found = Example(line, whole(text))
    if found is not None:
        yield found


EXAMPLES = [(page.name, one) for page in PAGES for one in examples(page)]


@pytest.mark.parametrize(("page", "example"), EXAMPLES, ids=[f"{page}:{it.line}" for page, it in EXAMPLES])
def test_every_example_works(page: str, example: Example, tmp_path: Path) -> None:
    file = tmp_path / "example.toml"
    file.write_text(example.menu, "utf-8")
    for text in example.translations:
        (tmp_path / f"example.{tomllib.loads(text)['lang']}.toml").write_text(text, "utf-8")
    (tmp_path / "sources.toml").write_text(
        next(t for _, _, t in blocks(PAGES[0]) if "[source." in t), "utf-8"
    )
    findings = [it.told("en") for it in check([tmp_path]).findings]
    assert findings == []
    menu = load(file)
    shelf = Shelf([menu, *(load(shipped(name)) for name in library())], menu.id)
    for text in example.chats:
        played = read_transcripts(text, page)
        assert played
        assert [str(it) for one in played for it in play(shelf, one)] == []


def test_both_pages_have_the_same_examples() -> None:
    first, second = ([(kind, text) for _, kind, text in blocks(page) if kind != "sh"] for page in PAGES)
    assert first == second
    assert len([it for it in EXAMPLES if it[1].chats]) >= 2 * 8


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_the_sources_can_be_read(page: Path) -> None:
    found = [parse_sources(text, page.name) for _, _, text in blocks(page) if "[source." in text]
    assert [{source.kind for source in one.values()} for one in found] == [{"csv", "http"}]


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_everything_has_its_place_in_the_guide(page: Path) -> None:
    text = page.read_text("utf-8")
    fields = {*VERBS, *KINDS, *DO, *(field for fields in BESIDE.values() for field in fields)}
    assert {name for name in fields if not re.search(rf"\b{name}\b", text)} == set()
    assert {name for name in SUBCOMMANDS if f"callroom menus {name}" not in text} == set()


def test_the_findings_are_those_of_the_linter() -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "findings.py"), "--check"], capture_output=True, text=True
    )
    assert (run.returncode, run.stderr) == (0, "")
