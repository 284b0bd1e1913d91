"""What is remembered: whole or not at all, and a damaged file is told and kept."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_tui.settings import MAX_RECENT, Settings, load, save


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "screen.json"


def test_what_was_chosen_comes_back(file: Path) -> None:
    chosen = Settings(theme="callroom-light", lang="zh", bell="all", panel="", digits=False, name="小明")
    for number in range(MAX_RECENT + 3):
        chosen.called(f"tcp://host{number}:1")
    chosen.called("tcp://host7:1")
    save(chosen, file)
    assert load(file) == (chosen, None)
    assert chosen.recent[:2] == ["tcp://host7:1", f"tcp://host{MAX_RECENT + 2}:1"]
    assert len(chosen.recent) == len(set(chosen.recent)) == MAX_RECENT
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert os.listdir(file.parent) == [file.name]


def test_nothing_remembered_is_no_fault_and_a_later_version_is_understood(file: Path) -> None:
    assert load(file) == (Settings(), None)
    file.parent.mkdir()
    file.write_text('{"bell": "never", "something new": {"of": ["a later", "version"]}}')
    assert load(file) == (Settings(bell="never"), None)


DAMAGED = [
    b"",
    b'{"theme": "callroom-li',
    b'{"bell": "loud"}',
    b'{"recent": "tcp://one:1"}',
    b"\xff\xfe",
    b'{"name": "\xff"}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("data", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_told_in_words_and_kept(data: bytes, file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(data)
    settings, problem = load(file)
    assert settings == Settings()
    assert problem is not None
    assert f"The settings in {file} are damaged, so the defaults hold: " in problem.say("en")
    assert problem.say("en").endswith("The file is kept as screen.json.damaged.")
    assert "原文件保留为 screen.json.damaged" in problem.say("zh")
    save(Settings(name="bob"), file)
    assert (file.parent / "screen.json.damaged").read_bytes() == data
    assert load(file) == (Settings(name="bob"), None)


@given(st.binary(max_size=60))
def test_no_bytes_are_a_traceback(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "screen.json"
    file.write_bytes(data)
    settings, problem = load(file)
    assert (problem is None) or settings == Settings()


def test_a_file_that_cannot_be_had_is_told_and_left(file: Path) -> None:
    file.mkdir(parents=True)
    settings, problem = load(file)
    assert settings == Settings()
    assert problem is not None
    assert f"{file}: Is a directory" in problem.say("en")
    assert "设置无法读取" in problem.say("zh")
    with pytest.raises(OSError, match="Is a directory"):
        save(settings, file)
    assert os.listdir(file.parent) == [file.name]  # and nothing half written
