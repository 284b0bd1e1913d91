import io
import sys
from pathlib import Path

import msgspec
import pytest

from callroom_menus import parse
from callroom_menus.cli import menus
from callroom_menus.stats import figures
from menus_support import TWO_KEYS
from record_support import recorded


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALLROOM_LANG", "en")
    (tmp_path / "t.toml").write_text(TWO_KEYS, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("how", "begins"),
    [("tree", "t test\n\nmain\n├─ 1 one → one\n"), ("mermaid", "flowchart TD\n"), ("dot", "digraph ")],
)
def test_formats(how: str, begins: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert menus(["graph", "t.toml", "--format", how]) == 0
    assert capsys.readouterr().out.startswith(begins)


def test_a_menu_that_ships_in_chinese(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert menus(["graph", "10086", "--lang", "zh"]) == 0
    assert "（见该处）" in capsys.readouterr().out


@pytest.mark.parametrize("piped", [True, False])
def test_figures_come_as_json(
    piped: bool, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (it,) = figures(recorded(parse(TWO_KEYS, "t.toml"), "a", "1", "exit"))
    rows = msgspec.json.encode(it)
    (folder / "stats.json").write_bytes(rows)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(rows)))
    assert menus(["graph", "t.toml", "--stats", "-" if piped else "stats.json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split() == ["menu", "calls"]
    assert lines[4].split()[-1] == "1"


@pytest.mark.parametrize(
    ("argv", "code", "told"),
    [
        (["nowhere.toml"], 1, "nowhere.toml:1:1: "),
        (["t.toml", "--format", "png"], 2, "--format must be one of: tree, mermaid, dot"),
        (["t.toml", "--stats", "nowhere.json"], 1, "nowhere.json: "),
        (["t.toml", "--stats", "t.toml"], 1, "t.toml: "),
        (["t.toml", "--stats", "empty.json"], 1, "there are no figures of t"),
    ],
)
def test_what_cannot_be_drawn(
    argv: list[str], code: int, told: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty.json").write_text("\n", "utf-8")
    assert menus(["graph", *argv]) == code
    err = capsys.readouterr().err
    assert told in err
    assert "Traceback" not in err
