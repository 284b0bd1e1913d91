"""The READMEs' tours and picture are what really happens, and the tour notices when they are not."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0


def run(script: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "docs" / script), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_tour_is_what_happens(page: str) -> None:
    taken = run("tour.py", "--check", str(ROOT / page))
    assert taken.returncode == 0, taken.stderr


def test_the_picture_is_what_a_call_looks_like() -> None:
    drawn = run("picture.py", "--check")
    assert drawn.returncode == 0, drawn.stderr


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_every_link_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / page).read_text("utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_chinese_tour_is_the_same_tour() -> None:
    english, chinese = (
        re.findall(r"^(?:\$ .*|\^C|> (?!/back).*|```.*)$", (ROOT / page).read_text("utf-8"), re.MULTILINE)
        for page in ("README.md", "README.zh.md")
    )
    assert english == chinese


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for requirement in needed:
        found = re.match(r"[a-z0-9_-]+", requirement)
        assert found
        assert f"| {found[0]} |" in contributing or f"**{found[0]}**" in contributing, requirement


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("```console\n$ echo one; echo two\none\n...\n```", ""),
        ("```console\n$ echo one; echo two\none\n```", "+two"),
        ("```console\n$ echo one\none\ntwo\n```", "-two"),
        ("```console a\n$ cat\n> one\none\n```\n```console a\n> two\n```", ""),
        ("```console a\n$ cat\n> one\ntwo\n```", "-two\n+one"),
        ("```console a\n$ cat\n> one\n...\n```", "Show a line after"),
        ("```console\n$ true\n```\n```console\n> one\n```", "nothing runs"),
        ("```console a\n$ cat\n^C\n```\n```console a\n$ echo one\none\n```", ""),
        ("```python a.py\nprint(8888 != 8889)\n```\n```console\n$ python3 a.py\nTrue\n```", ""),
        ("```console gbk gbk\n$ printf '\\326\\320\\n'\n中\n```", ""),
        ("```sh\nmake run\n```", ""),
        ("```sh\nmake tea\n```", "no target of make: make tea"),
        ("```\nwhat is this\n```", "a block that the tour cannot take"),
        ("```python\nprint(1)\n```", "a block that the tour cannot take"),
    ],
)
def test_what_differs_is_told(tmp_path: Path, page: str, complaint: str) -> None:
    (tmp_path / "page.md").write_text(f"# A page\n\n{page}\n", encoding="utf-8")
    taken = run("tour.py", "--check", str(tmp_path / "page.md"))
    assert taken.returncode == bool(complaint)
    assert complaint in taken.stderr


def test_a_refreshed_page_passes_and_leaves_out_what_was_left_out(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "before\n```console\n$ seq 4\n0\n...\n4\n$ echo 20:15:00 a\n```\nafter\n", encoding="utf-8"
    )
    assert run("tour.py", "--check", str(page)).returncode == 1
    assert run("tour.py", "--update", str(page)).returncode == 0
    fresh = "before\n```console\n$ seq 4\n1\n...\n4\n$ echo 20:15:00 a\n20:15:00 a\n```\nafter\n"
    assert page.read_text("utf-8") == fresh
    assert run("tour.py", "--check", str(page)).returncode == 0
