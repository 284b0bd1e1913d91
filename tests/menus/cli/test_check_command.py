import json
from pathlib import Path

import pytest

from callroom_menus.cli import SUBCOMMANDS, menus
from callroom_words.options import LANG

MENU = """\
schema = 1
id = "a"
title = "a"
lang = "en"
start = "main"
[node.main]
say = "press 7{menu}"
give_up = "main"
exit_words = ["exit"]
no_input = ["?"]
keys.1 = { label = "one", goto = "main" }
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALLROOM_LANG", "en")
    path = tmp_path / "a.toml"
    path.write_text(MENU, "utf-8")
    return path


def test_findings_are_told_as_a_compiler_does(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert menus(["check", str(file)]) == 0
    out, err = capsys.readouterr()
    assert out == (
        f"{file}:7:1: warning: the text says to press 7, but 7 is no key here"
        " - write {menu}, correct the text, or add the key; keys here: 1 [key-not-there]\n"
    )
    assert err == "files: 1, errors: 0, warnings: 1\n"


def test_strict_fails_on_warnings_and_errors_fail_always(file: Path) -> None:
    assert menus(["check", "--strict", str(file)]) == 1
    file.write_text(MENU.replace("press 7", ""), "utf-8")
    assert menus(["check", "--strict", str(file)]) == 0
    file.write_text("x", "utf-8")
    assert menus(["check", str(file)]) == 1


def test_without_arguments_the_present_folder(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert menus(["check"]) == 0
    assert capsys.readouterr().out.startswith("a.toml:7:1: ")


def test_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert menus(["check", "--json", "--lang", "zh", "a.toml"]) == 0
    out, err = capsys.readouterr()
    row = json.loads(out)
    assert {name: row[name] for name in ("file", "line", "column", "severity", "code")} == {
        "file": "a.toml", "line": 7, "column": 1, "severity": "warning", "code": "key-not-there",
    }  # fmt: skip
    assert row["text"] == "文字里说按 7，但这里没有按键 7"
    assert row["mend"]
    assert err == ""


def test_chinese(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    menus(["check", "a.toml", "--lang=zh"])
    out, err = capsys.readouterr()
    assert out.startswith("a.toml:7:1: 警告: 文字里说按 7")
    assert err == "文件 1，错误 0，警告 1\n"


def test_nothing_there_is_a_failure(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file.parent / "empty").mkdir()
    assert menus(["check", "empty"]) == 1
    assert "no menus in empty" in capsys.readouterr().err


def test_what_stands_in_a_menu_is_not_obeyed_by_a_terminal(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(MENU.replace('["exit"]', '["exit"]\n"a\\u001b[2J" = 1'), "utf-8")
    menus(["check", "a.toml"])
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["chekc"],
        ["check", "--jsno"],
        ["check", "--lang", "tlh"],
        ["check", "--queue"],
        ["check", "--runbooks"],
    ],
)
def test_wrong_usage(argv: list[str], file: Path) -> None:
    assert menus(argv) == 2


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_names_everything(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert menus(["--help", "--lang", lang]) == 0
    out = capsys.readouterr().out
    assert all(f"  {name} " in out for name in SUBCOMMANDS)
    assert menus(["check", "--help", "--lang", lang]) == 0
    out = capsys.readouterr().out
    options = ("--json", "--strict", "--queue", "--runbooks", LANG.name)
    assert all(name in out for name in (*options, "[FILE|FOLDER]..."))
