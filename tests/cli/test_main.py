import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from callroom.main import HOUSES, main

HEAVY = {
    "argparse", "asyncio", "callroom_bench", "callroom_menus", "callroom_wire", "callroom_server.app",
    "callroom_server.core", "callroom_server.ledger", "callroom_server.net", "callroom_server.protocols",
    "email", "http", "importlib.metadata", "json", "logging", "msgspec", "platformdirs", "selectors",
    "socket", "sqlite3", "ssl", "subprocess", "tomllib", "unicodedata", "urllib",
}  # fmt: skip


def loaded_by(*argv: str) -> set[str]:
    code = f"import sys; from callroom.main import main; main({list(argv)!r}); print('\\n'.join(sys.modules))"
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_help_imports_no_house() -> None:
    loaded = loaded_by("--help")
    assert "callroom.main" in loaded
    assert not loaded & HEAVY


def test_help_of_serve_loads_no_server() -> None:
    assert not loaded_by("serve", "--help") & {
        "callroom_bench",
        "callroom_server.app",
        "callroom_server.core",
        "callroom_server.ledger",
        "callroom_server.net",
        "sqlite3",
        "ssl",
    }


def test_every_house_is_there() -> None:
    for house in HOUSES.values():
        assert callable(getattr(import_module(house.module), house.function))


@pytest.mark.parametrize(
    ("lang", "word"), [("en_GB.UTF-8", "usage"), ("zh_CN.UTF-8", "用法"), ("fr_FR", "usage")]
)
def test_help_speaks_the_readers_language(
    lang: str, word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("CALLROOM_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", lang)
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert word in shown
    for name in HOUSES:
        assert f"  {name} " in shown


def test_an_unknown_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["swerve\x1b[31m"]) == 2
    said = capsys.readouterr().err
    assert "serve, backup" in said
    assert "\x1b" not in said


def test_options_alone_are_those_of_serve(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "en", "--liston", "tcp://127.0.0.1:0"]) == 2
    assert "did you mean --listen?" in capsys.readouterr().err


def test_version_is_the_one_in_pyproject(capsys: pytest.CaptureFixture[str]) -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"callroom {project['version']}\n"


@pytest.mark.parametrize("menu", ["10086", "classic"])  # more than a buffer of output, and less
def test_a_reader_that_has_had_enough_is_no_fault(menu: str) -> None:
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "callroom.main", "menus", "graph", menu, "--format", "dot"]
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as gone:
        done = subprocess.run(command, env=environ, stdout=gone, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr == b""


def test_a_terminal_without_chinese_gets_escapes() -> None:
    environ = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONIOENCODING": "ascii",
        "CALLROOM_LANG": "zh",
    }
    done = subprocess.run([sys.executable, "-m", "callroom.main", "--help"], env=environ, capture_output=True)
    assert done.returncode == 0
    assert rb"\u7528\u6cd5" in done.stdout  # 用法


def test_who_interrupts_it_while_it_begins_sees_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_to_import.py").write_text("raise KeyboardInterrupt\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setitem(HOUSES, "slow", HOUSES["serve"]._replace(module="slow_to_import"))
    assert main(["slow"]) == 1
