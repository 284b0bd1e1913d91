"""The page about the screen: its tables are those of the code, and its figures, files and signs, too."""

import subprocess
import sys
from pathlib import Path

import msgspec

from callroom_tui.drawing import MARKS
from callroom_tui.frames import DUMPED, MAX_FRAMES
from callroom_tui.saying import ICONS, WORKING
from callroom_tui.serve_web import DEFAULT_PORT
from callroom_tui.settings import MAX_DRAFTS, MAX_RECENT, Settings
from callroom_tui.sizes import NARROW
from callroom_tui.widgets.composer import NEAR

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "chat.md").read_text(encoding="utf-8")
ENGLISH, CHINESE = PAGE.split("# 全屏客户端\n")


def test_the_tables_are_those_of_the_code() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "keys.py"), "--check"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_stale_table_is_noticed(tmp_path: Path) -> None:
    for folder in ("docs", "tui", "wire", "menus"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    (tmp_path / "docs").unlink()
    (tmp_path / "docs").mkdir()
    for name in ("keys.py", "slots.py", "chat.md"):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        (tmp_path / "docs" / name).write_text(text.replace("| Ctrl+Q |", "| Ctrl+X |"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(tmp_path / "docs" / "keys.py"), "--check"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (1, "chat.md differs from the code: python docs/keys.py\n")


def test_its_figures_are_those_of_the_code() -> None:
    assert f"the last {MAX_RECENT} addresses" in ENGLISH
    assert f"at most {MAX_DRAFTS} for each address" in ENGLISH
    for text in (ENGLISH, CHINESE):
        for figure in (f"{MAX_FRAMES:,}", f"{DUMPED:,}", f" {NARROW} ", f"127.0.0.1:{DEFAULT_PORT}"):
            assert figure in text
        assert f"{NEAR:.0%}" in text.replace(" %", "%")


def test_every_setting_and_sign_is_told() -> None:
    for field in msgspec.structs.fields(Settings):
        assert f"`{field.name}`" in ENGLISH
    for text in (ENGLISH, CHINESE):
        for sign in (*ICONS.values(), WORKING, *filter(None, MARKS.values())):
            assert f"`{sign}`" in text
