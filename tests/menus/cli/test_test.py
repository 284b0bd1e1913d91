from pathlib import Path

import pytest

from callroom_menus.cli import menus
from menus_support import TWO_KEYS

CHAT = """\
# the first call
< hello*
> 1
< one

# the second
< hello*
> x
< no?
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALLROOM_LANG", "en")
    (tmp_path / "t.toml").write_text(TWO_KEYS, "utf-8")
    (tmp_path / "t.chat").write_text(CHAT, "utf-8")
    return tmp_path


@pytest.mark.parametrize("argv", [[], ["."], ["t.chat"], ["t.toml"], ["t.toml", ".", "t.chat"]])
def test_calls_that_go_as_written(argv: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert menus(["test", *argv]) == 0
    assert capsys.readouterr() == ("", "files: 1, calls: 2, gone another way: 0\n")


def test_a_call_that_goes_another_way(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "t.toml").write_text(TWO_KEYS.replace('say = "one"', 'say = "uno"'), "utf-8")
    assert menus(["test"]) == 1
    out, err = capsys.readouterr()
    assert out == "t.chat:4: expected < one, got < uno  (the first call)\n"
    assert err == "files: 1, calls: 2, gone another way: 1\n"
    assert menus(["test", "--lang", "zh"]) == 1
    assert "预期 < one，实为 < uno" in capsys.readouterr().out


def test_update_rewrites_what_differs_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = TWO_KEYS.replace('say = "one"', 'say = "uno"')
    (folder / "t.toml").write_text(changed, "utf-8")
    assert menus(["test", "--update"]) == 0
    out, err = capsys.readouterr()
    assert (folder / "t.chat").read_text("utf-8") == CHAT.replace("< one\n", "< uno\n")
    assert "-< one" in out.splitlines()
    assert "+< uno" in out.splitlines()
    assert err.startswith("rewritten: 1 of 1\n")
    assert menus(["test", "--update"]) == 0
    assert capsys.readouterr().out == ""


def test_what_cannot_be_written_down_stays_and_fails(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "< hello*\n(agent answered)\n< nothing\n"
    (folder / "t.chat").write_text(text, "utf-8")
    assert menus(["test", "--update"]) == 1
    assert (folder / "t.chat").read_text("utf-8") == text
    assert "got ! unaccepted AgentEvent" in capsys.readouterr().out


def test_a_call_may_begin_at_a_time(folder: Path) -> None:
    (folder / "t.toml").write_text(
        TWO_KEYS.replace(
            "[node.main]",
            '[hours.desk]\ntz = "Asia/Shanghai"\nweek = { mon-sun = ["08:00-12:00"] }\n'
            '[node.gate]\nsay = "in"\n'
            'when = [{ if = \'open("desk")\', goto = "main" }]\ngoto = "two"\n[node.main]',
        ).replace('start = "main"', 'start = "gate"'),
        "utf-8",
    )
    (folder / "t.chat").write_text(
        "(clock 2026-10-01T09:00)\n< in\n< hello*\n\n(clock 2026-10-01T13:00)\n< in\n< two\n", "utf-8"
    )
    assert menus(["test"]) == 0


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["empty"], "no transcripts in empty"),
        (["lone.chat"], "lone.toml:1:1: "),
        (["bad.chat"], "bad.chat:1:1: "),
        (["nowhere.chat"], "nowhere.chat:1:1: "),
    ],
)
def test_what_cannot_be_played(
    argv: list[str], told: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty").mkdir()
    (folder / "lone.chat").write_text(CHAT, "utf-8")
    (folder / "bad.chat").write_text("?\n", "utf-8")
    assert menus(["test", *argv]) == 1
    assert told in capsys.readouterr().err
