from pathlib import Path

import pytest

from callroom_menus import load, shipped
from callroom_menus.cli import menus
from callroom_menus.cli.new import copied
from callroom_menus.shelf import STARTERS
from menus_support import CHINESE, FULL, PLANS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALLROOM_LANG", "en")
    return tmp_path


def test_a_menu_is_copied_with_all_that_belongs_to_it(folder: Path) -> None:
    (folder / "t.toml").write_text(FULL, "utf-8")
    (folder / "t.zh.toml").write_text(CHINESE, "utf-8")
    (folder / "t.chat").write_text("< hello\n", "utf-8")
    (folder / "plans.toml").write_text(PLANS, "utf-8")
    copies = copied(folder / "t.toml", "mine")
    assert list(map(str, copies)) == ["mine.toml", "mine.zh.toml", "mine.chat"]
    for file, text in copies.items():
        file.write_text(text, "utf-8")
    menu = load("mine.toml")
    assert (menu.id, menu.title, menu.languages["zh"].title) == ("mine", "mine", "mine")
    assert menu.nodes.keys() == load("t.toml").nodes.keys()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_starter_is_a_menu_that_works(
    lang: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert menus(["new", "mine", "--lang", lang]) == 0
    assert "mine.toml, mine.chat" in capsys.readouterr().out
    menu = load("mine.toml")
    assert (menu.id, menu.lang) == ("mine", lang)
    assert menu.nodes.keys() == load(shipped(STARTERS[lang])).nodes.keys()
    assert menus(["check", "--strict"]) == 0
    if (folder / "mine.chat").exists():
        assert menus(["test"]) == 0


def test_nothing_is_written_over_anything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "mine.toml").write_text("precious", "utf-8")
    assert menus(["new", "mine"]) == 1
    assert capsys.readouterr().err == "callroom menus new: mine.toml is there already\n"
    assert [file.name for file in folder.iterdir()] == ["mine.toml"]
    assert (folder / "mine.toml").read_text("utf-8") == "precious"


@pytest.mark.parametrize("name", ["", "a b", "../up", "我的", "x" * 65, "a.b"])
def test_a_name_that_can_be_no_id(name: str, folder: Path) -> None:
    assert menus(["new", name]) == 2
    assert not list(folder.iterdir())


def test_a_folder_that_cannot_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = folder / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert menus(["new", "mine", "--lang", "zh"]) == 1
    assert capsys.readouterr().err.startswith("callroom menus new：mine.toml：")
