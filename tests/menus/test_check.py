"""Files judged by what lies beside them, and what the loader says told as findings."""

from pathlib import Path

import pytest

from callroom_menus import shipped
from callroom_menus.check import check
from callroom_menus.lint import FINDINGS
from callroom_menus.problems import PROBLEMS
from lint_support import changed

MENU = """\
schema = 1
id = "a"
title = "a"
lang = "en"
start = "main"
[defaults]
no_input = ["hm?"]
give_up = "bye"
[global.keys]
0 = { label = "desk", goto = "bye", words = ["human"] }
[node.main]
say = "hello{menu}"
keys.1 = { label = "one", goto = "bye", words = ["uno"] }
keys.2 = { label = "two", goto = "bye", words = ["dos"] }
[node.bye]
end = "bye"
"""


def told(
    folder: Path, *names: str, queues: list[str] | None = None, runbooks: Path | None = None
) -> list[str]:
    """File, code, line and column of each finding."""
    checked = check([folder / name for name in names] or [folder], queues, runbooks)
    return [
        f"{Path(p.file).name} {p.code} {p.line}:{p.column}" for p in (it.problem for it in checked.findings)
    ]


def menu(name: str = "a", *changes: tuple[str, str]) -> str:
    text = MENU.replace('id = "a"', f'id = "{name}"')
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.toml").write_text(menu(), "utf-8")
    (tmp_path / "a.chat").write_text("< hello*\n> 1\n< bye\n! end\n", "utf-8")
    return tmp_path


def test_nothing_to_mend(folder: Path) -> None:
    assert told(folder) == []
    assert check([folder]).files == 2


@pytest.mark.parametrize(
    ("before", "after", "code", "place"),
    [
        ("[node.bye]", '[node.bye]\nsya = "x"', "unknown-field", "16:1"),
        ('goto = "bye", words = ["uno"]', 'goto = "by", words = ["uno"]', "unknown-target", "13:27"),
        ('give_up = "bye"\n', "", "no-give-up", "10:7"),
        ('label = "one", ', "", "missing-field", "13:6"),
        ('["dos"]', '["ＵＮＯ"]', "word-twice", "14:50"),
        ('["dos"]', '["１"]', "word-is-key", "14:50"),
        ("hello{menu}", "hello{nome}", "never-set", "12:1"),
        ('title = "a"', "title = a", "no-quotes", "3:9"),
        ('title = "a"', "title = \u201ca\u201d", "full-width", "3:9"),
    ],
)
def test_what_the_loader_says_is_told_once(
    folder: Path, before: str, after: str, code: str, place: str
) -> None:
    (folder / "a.toml").write_text(menu("a", (before, after)), "utf-8")
    assert told(folder, "a.toml") == [f"a.toml {code} {place}"]
    assert check([folder]).findings[0].severity == "error"


@pytest.mark.parametrize("pattern", ["[", "(a+)+", "(?=a)"])
def test_a_bad_or_slow_pattern(folder: Path, pattern: str) -> None:
    ask = f"""say = "so"\nask = {{ slot = "n", type = "digits", pattern = '{pattern}' }}\ngoto = "bye"\n"""
    keys = MENU[MENU.index('say = "hello') : MENU.index("[node.bye]")]
    (folder / "a.toml").write_text(menu("a", (keys, ask)), "utf-8")
    assert told(folder, "a.toml") == ["a.toml bad-pattern 13:38"]


def test_a_pattern_that_is_quick(folder: Path) -> None:
    ask = """say = "so"\nask = { slot = "n", type = "digits", pattern = '1[3-9]\\d{9}' }\ngoto = "bye"\n"""
    keys = MENU[MENU.index('say = "hello') : MENU.index("[node.bye]")]
    (folder / "a.toml").write_text(menu("a", (keys, ask)), "utf-8")
    assert told(folder, "a.toml") == []


def test_calls_between_files(folder: Path) -> None:
    called = '[node.more]\nsay = "{who}{menu}"\nkeys.1 = { label = "x", goto = "return" }\n[node.bye]'
    (folder / "b.toml").write_text(menu("b", ("[node.bye]", called)), "utf-8")
    assert told(folder) == ["b.toml unreachable 15:7"]
    call = ('goto = "bye", words = ["uno"]', 'call = "b#more", with = { who = "you" }')
    (folder / "a.toml").write_text(menu("a", call), "utf-8")
    assert told(folder) == []
    (folder / "a.toml").write_text(menu("a", (call[0], call[1].replace("more", "mroe"))), "utf-8")
    assert told(folder, "a.toml") == ["a.toml unknown-call 13:27"]
    (folder / "a.toml").write_text(menu("a", (call[0], call[1].replace("b#", "c#"))), "utf-8")
    assert told(folder, "a.toml") == ["a.toml unknown-call 13:27"]


def test_what_ships_can_be_called(folder: Path) -> None:
    for target, expected in (("10086#main", []), ("10086#gone", ["a.toml unknown-call 13:27"])):
        call = ('goto = "bye", words = ["uno"]', f'call = "{target}"')
        (folder / "a.toml").write_text(menu("a", call), "utf-8")
        assert told(folder) == expected


def test_a_called_menu_that_cannot_be_read_is_no_second_finding(folder: Path) -> None:
    call = ('goto = "bye", words = ["uno"]', 'call = "b#main"')
    (folder / "a.toml").write_text(menu("a", call), "utf-8")
    (folder / "b.toml").write_text("x", "utf-8")
    assert told(folder) == ["b.toml toml 1:2"]


def test_two_menus_of_one_id(folder: Path) -> None:
    (folder / "b.toml").write_text(menu("a"), "utf-8")
    assert told(folder) == ["b.toml id-taken 2:1"]


def test_translations(folder: Path) -> None:
    overlay = (
        'schema = 1\nlang = "zh"\n[node.main]\nsay = "x{menu}"\nkeys.1 = { label = "x" }\n'
        '[node.bye]\nend = "x"\n'
    )
    (folder / "a.zh.toml").write_text(overlay, "utf-8")
    assert told(folder) == [
        "a.zh.toml translation-missing 1:1",
        "a.zh.toml translation-missing 1:1",
        "a.zh.toml translation-missing 5:1",
    ]
    (folder / "a.toml").unlink()
    assert told(folder, "a.zh.toml") == ["a.zh.toml no-original 1:1"]


def test_what_a_translation_has_too_much_is_told_once(folder: Path) -> None:
    (folder / "a.zh.toml").write_text('schema = 1\nlang = "zh"\n[node.by]\nend = "x"\n', "utf-8")
    codes = {line.split()[1] for line in told(folder) if "3:7" in line}
    assert codes == {"nothing-to-translate"}


def test_sources(folder: Path) -> None:
    look = (
        'lookup = { source = "accounts", key = "1", save = "acct" }\n'
        'found = { say = "{acct.n}", goto = "bye" }\n'
        'not_found = { goto = "bye" }\nerror = { goto = "bye" }\n'
    )
    keys = MENU[MENU.index('say = "hello') : MENU.index("[node.bye]")]
    (folder / "a.toml").write_text(menu("a", (keys, look)), "utf-8")
    assert [line for line in told(folder) if "unknown-source" in line] == ["a.toml unknown-source 12:12"]
    (folder / "sources.toml").write_text(
        '[source.accounts]\nkind = "csv"\nfile = "a.csv"\nkey = "n"\n', "utf-8"
    )
    assert [line for line in told(folder) if "source" in line] == []
    (folder / "sources.toml").write_text(
        '[source.accounts]\nkind = "cvs"\nfile = "a.csv"\nkey = "n"\n', "utf-8"
    )
    assert told(folder, "sources.toml") == ["sources.toml bad-value 2:1"]


def test_queues_are_judged_where_they_are_known(folder: Path) -> None:
    (folder / "b.toml").write_text(changed(('queue = "general"', 'queue = "vip"')), "utf-8")

    def of_queues(queues: list[str] | None) -> list[str]:
        return [line for line in told(folder, "b.toml", queues=queues) if "queue" in line]

    assert of_queues(None) == of_queues(["general", "vip"]) == []
    assert of_queues(["general"]) == ["b.toml unknown-queue 39:13"]


def test_runbooks_are_judged_where_they_are_known(folder: Path) -> None:
    up = 'run = { runbook = "uptime" }\ndone = { goto = "bye" }\nerror = { goto = "bye" }\n'
    keys = MENU[MENU.index('say = "hello') : MENU.index("[node.bye]")]
    (folder / "a.toml").write_text(menu("a", (keys, up)), "utf-8")
    (folder / "a.chat").unlink()
    assert not any("runbook" in line for line in told(folder))

    sound = '[runbook.uptme]\nabout = "u"\nargv = ["uptime"]\nwho = "anyone"\n'
    (folder / "runbooks.toml").write_text(sound, "utf-8")
    wrong = "a.toml unknown-runbook 12:9"
    assert [line for line in told(folder) if "runbook" in line] == [wrong]
    assert told(folder, "runbooks.toml") == []  # it is no menu, and nothing is wrong with it
    hint = next(it.problem for it in check([folder]).findings if it.problem.code == "unknown-runbook")
    assert (hint.fix_en, hint.fix_zh) == ("did you mean uptme?", "您是指 uptme 吗?")

    elsewhere = folder / "elsewhere" / "house.toml"
    elsewhere.parent.mkdir()
    elsewhere.write_text(sound.replace("uptme", "uptime").replace("who", "whom"), "utf-8")
    found = [line for line in told(folder, "a.toml", runbooks=elsewhere) if "a.toml" not in line]
    assert found == ["house.toml missing-field 1:10", "house.toml unknown-field 4:1"]
    assert wrong not in told(folder, "a.toml", runbooks=elsewhere)
    assert "none.toml unreadable 1:1" in told(folder, "a.toml", runbooks=folder / "none.toml")


def test_transcripts(folder: Path) -> None:
    (folder / "a.chat").write_text("< hello*\nwhat?\n", "utf-8")
    (folder / "b.chat").write_text("< hello*\n", "utf-8")
    assert told(folder) == ["a.chat chat-line 2:1", "b.chat transcript-alone 1:1"]


def test_what_cannot_be_read(folder: Path) -> None:
    (folder / "b.toml").write_bytes(b"\xff")
    assert told(folder, "b.toml", "none.toml") == ["b.toml not-utf8 1:1", "none.toml unreadable 1:1"]


def test_a_file_given_twice_is_told_once(folder: Path) -> None:
    (folder / "b.toml").write_text("x", "utf-8")
    assert len(check([folder, folder / "b.toml", folder]).findings) == 1


def test_the_shipped_menus_have_no_errors() -> None:
    checked = check([shipped("classic").parent])
    assert [it.told("en") for it in checked.findings if it.severity == "error"] == []


def test_codes_are_unique_and_yield_to_codes_that_there_are() -> None:
    assert not FINDINGS.keys() & PROBLEMS.keys()
    assert {code for kind in FINDINGS.values() for code in kind.unless} <= PROBLEMS.keys()
