"""The shipped menus: their transcripts, and what holds for every one of them."""

import csv
import re
from pathlib import Path

import pytest

from callroom_menus import Shelf, library, load, load_sources, shipped
from callroom_menus.check import check
from callroom_menus.cli import menus
from callroom_menus.transcript import Transcript, load_transcripts, play
from callroom_menus.verbs.ask import Ask
from callroom_menus.verbs.keys import Keys
from callroom_menus.verbs.lookup import Looking

FOLDER = shipped("10086").parent
MENUS = {name: load(shipped(name)) for name in library()}
TRANSCRIPTS = [(name, one) for name in library() for one in load_transcripts(shipped(name, "chat"))]
SOURCES = load_sources(FOLDER / "sources.toml")
LEAST = {"10086": 40, "faq": 12, "plans": 5, "starter": 5, "starter-en": 5, "classic": 4}


def rows(name: str) -> dict[str, dict[str, str]]:
    """A table that ships, by its key."""
    source = SOURCES[name]
    with (FOLDER / source.file).open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    found = {row[source.key]: row for row in read}
    assert len(found) == len(read), "a key twice"
    return found


@pytest.mark.parametrize(
    ("name", "transcript"), TRANSCRIPTS, ids=[f"{name}:{one.line}" for name, one in TRANSCRIPTS]
)
def test_transcripts(name: str, transcript: Transcript) -> None:
    assert [str(difference) for difference in play(Shelf(MENUS.values(), name), transcript)] == []


def test_no_transcript_is_of_a_call_that_does_not_listen() -> None:
    for name in library():
        assert "! unaccepted" not in shipped(name, "chat").read_text("utf-8")


@pytest.mark.parametrize("name", library())
def test_there_are_enough_transcripts(name: str) -> None:
    assert sum(one == name for one, _ in TRANSCRIPTS) >= LEAST[name]


def test_nothing_is_found_in_the_whole_folder(capsys: pytest.CaptureFixture[str]) -> None:
    checked = check([FOLDER])
    assert [it.told("en") for it in checked.findings] == []
    assert checked.files >= 2 * len(library())
    assert menus(["check", "--strict", str(FOLDER)]) == 0
    assert capsys.readouterr().out == ""


def test_only_the_tutorials_robot_never_gives_up() -> None:
    verbs = [(name, node.verb) for name, menu in MENUS.items() for node in menu.nodes.values()]
    waiting = [(name, verb) for name, verb in verbs if isinstance(verb, Keys | Ask)]
    assert {name for name, verb in waiting if verb.patience.give_up is None} == {"classic"}


@pytest.mark.parametrize("name", [name for name in library() if name != "classic"])
def test_chinese_is_written_with_chinese_signs(name: str) -> None:
    for path in (shipped(name), shipped(name, "chat")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if not line.startswith("#"):
                assert not re.search(r"[一-鿿][,:;?!]|[,:;?!][一-鿿]", line), f"{path.name}:{number}: {line}"


def test_every_look_up_has_its_source_and_its_columns() -> None:
    for menu in MENUS.values():
        for spoken in (menu, *menu.languages.values()):
            saved = {
                node.verb.save: set(next(iter(rows(node.verb.source).values())))
                for node in spoken.nodes.values()
                if isinstance(node.verb, Looking)
            }
            for node in spoken.nodes.values():
                for name in node.say.parts[1::2]:
                    family, dot, column = name.partition(".")
                    if dot and family in saved:
                        assert column in saved[family], f"{menu.id}, {node.name}: {name}"


def test_the_people_of_the_tables_are_made_up() -> None:
    accounts, logins = rows("accounts"), rows("logins")
    assert len(accounts) >= 20
    assert all(re.fullmatch(r"1990000\d{4}", phone) for phone in accounts)
    assert {login.partition(":")[0] for login in logins} == set(accounts)
    assert all(re.fullmatch(r"\d{11}:\d{6}", login) for login in logins)


def commented_out(text: str) -> str:
    """The table that a comment holds."""
    lines = [line.removeprefix("#").removeprefix(" ") for line in text.splitlines()]
    return "\n".join(lines[lines.index('kind = "http"') - 1 :])


def test_the_service_that_can_replace_the_table_is_one(tmp_path: Path) -> None:
    text = (FOLDER / "sources.toml").read_text("utf-8")
    service = tmp_path / "sources.toml"
    service.write_text(commented_out(text), "utf-8")
    source = load_sources(service)["accounts"]
    assert source.kind == "http"
    assert source.address("19900001234", {}) == "https://billing.example/v1/accounts/19900001234"


def test_the_transcripts_find_what_the_tables_hold() -> None:
    balance = rows("accounts")["19900001234"]["balance"]
    assert f'"balance": "{balance}"' in shipped("10086", "chat").read_text("utf-8")
    assert "19900001234:135790" in rows("logins")
