"""The generated pages hold every message, code and module, and a stale page is noticed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from callroom_wire import messages
from callroom_wire.codec import decode_reply, decode_request
from callroom_wire.errors import FAREWELLS, FAULTS, REFUSALS, WireError

ROOT = Path(__file__).resolve().parents[2]


def build(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "docs" / "build.py"), "--folder", str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    assert build(folder).returncode == 0
    return folder


def test_every_message_is_there_with_an_example_that_can_be_read(pages: Path) -> None:
    page = (pages / "protocol.md").read_text(encoding="utf-8")
    examples = [example.encode() for example in re.findall(r"```json\n(.*)\n```", page)]
    seen: set[type] = set()
    for example in examples:
        for decode in (decode_request, decode_reply):
            try:
                seen.add(type(decode(example)))
            except WireError:
                continue
    assert seen == {*messages.ClientMessage.__args__, *messages.ServerMessage.__args__}


def test_every_code_is_there(pages: Path) -> None:
    page = (pages / "protocol.md").read_text(encoding="utf-8")
    for table in (FAULTS, REFUSALS, FAREWELLS):
        for code, meaning in table.items():
            assert f"| `{code}` | {meaning} |" in page


def test_every_link_within_the_page_leads_somewhere(pages: Path) -> None:
    page = (pages / "protocol.md").read_text(encoding="utf-8")
    titles = {title.strip("`").lower() for title in re.findall(r"^#+ (.+)$", page, re.MULTILINE)}
    assert titles.issuperset(re.findall(r"\]\(#(.+?)\)", page))


def test_every_module_is_there_with_a_sentence(pages: Path) -> None:
    lines = (pages / "map.md").read_text(encoding="utf-8").splitlines()
    rows = dict(re.findall(r"^\| `(.+?)` \| (.*) \|$", "\n".join(lines), re.MULTILINE))
    assert rows["callroom_wire.frames"].startswith("Frames: four bytes of length")
    assert len(rows) == sum(
        1 for house in ("wire", "menus", "server", "tui", "cli", "bench") for _ in modules(house)
    )
    assert [name for name, sentence in rows.items() if not sentence] == []


def modules(house: str) -> list[Path]:
    return [path for path in (ROOT / house).glob("callroom*/**/*.py") if "__pycache__" not in path.parts]


def test_a_page_that_is_up_to_date_passes(pages: Path) -> None:
    checked = build(pages, "--check")
    assert (checked.returncode, checked.stdout) == (0, "")


def test_a_stale_page_is_shown_and_left_alone(pages: Path, tmp_path: Path) -> None:
    for page in pages.iterdir():
        (tmp_path / page.name).write_bytes(page.read_bytes())
    stale = (pages / "protocol.md").read_text(encoding="utf-8").replace("### `hello`", "### `hullo`")
    (tmp_path / "protocol.md").write_text(stale, encoding="utf-8")
    checked = build(tmp_path, "--check")
    assert checked.returncode == 1
    assert "-### `hullo`\n+### `hello`" in checked.stdout
    assert "run `python docs/build.py`" in checked.stdout
    assert "map.md" not in checked.stdout
    assert (tmp_path / "protocol.md").read_text(encoding="utf-8") == stale


def test_a_missing_page_is_stale(tmp_path: Path) -> None:
    assert build(tmp_path, "--check").returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_the_protocol_in_the_repository_is_up_to_date(pages: Path) -> None:
    assert (ROOT / "docs" / "protocol.md").read_text("utf-8") == (pages / "protocol.md").read_text("utf-8")
