import os
import sys
from io import StringIO
from pathlib import Path

import pexpect
import pytest

from callroom_menus.beside import load_with_called
from callroom_menus.cli import menus
from callroom_menus.transcript import load_transcripts, play
from menus_support import CHINESE, FULL, PLANS, TWO_KEYS

SOURCES = '[source.accounts]\nkind = "csv"\nfile = "accounts.csv"\nkey = "phone"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALLROOM_LANG", "en")
    (tmp_path / "t.toml").write_text(TWO_KEYS, "utf-8")
    return tmp_path


def tried(script: str, monkeypatch: pytest.MonkeyPatch, *argv: str) -> int:
    monkeypatch.setattr(sys, "stdin", StringIO(script))
    return menus(["try", *argv])


def test_a_script_reads_as_a_conversation(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tried("x\n(silence)\n7\n(return)\nexit\nnever read\n", monkeypatch, "t.toml") == 0
    assert capsys.readouterr().out.splitlines() == [
        "hello", "1 one", "2 two", "7 room", "# again", "0 desk", "[main | wait 5 s]",
        "> x", "no?", "[main | attempts 1 | wait 5 s]",
        "> (silence)", "hm?", "[main | attempts 2 | wait 5 s]",
        "> 7", "! room lobby  [(return) comes back]", "[main | in a room | waits for ever]",
        "> (return)", "choose", "[main | wait 5 s]",
        "> exit", "Goodbye.", "[the call is over]",
    ]  # fmt: skip


def test_a_record_is_a_transcript_that_holds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for script in ("x\n(silence)\n7\n1\n(return)\nexit\n", "(silence 3)\n(clock 2026-03-01T00:00)\n1*\n"):
        assert tried(script, monkeypatch, "t.toml", "--record", "t.chat", "--clock", "2026-01-02T03:04") == 0
    first, second = load_transcripts(folder / "t.chat")
    assert (folder / "t.chat").read_text("utf-8").startswith("# t.toml\n(clock 2026-01-02T03:04)\n< hello 1")
    assert "> 1\n(return)" not in (folder / "t.chat").read_text("utf-8")  # what was not taken is not there
    shelf = load_with_called(folder / "t.toml")
    assert [play(shelf, first), play(shelf, second)] == [(), ()]
    assert menus(["test"]) == 0


def test_look_ups_are_answered_from_the_tables_beside(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "t.toml").write_text(FULL, "utf-8")
    (folder / "t.zh.toml").write_text(CHINESE, "utf-8")
    (folder / "plans.toml").write_text(PLANS, "utf-8")
    script = "1\n13800138000\n1\n"
    assert tried(script, monkeypatch, "t.toml", "--state", "full") == 0
    asked = capsys.readouterr().out
    assert "! look-up in accounts: answer with (lookup found" in asked
    assert "looking up" in asked
    (folder / "sources.toml").write_text(SOURCES, "utf-8")
    (folder / "accounts.csv").write_text("phone,balance\n13800138000,12.50\n", "utf-8")
    assert tried(script, monkeypatch, "t.toml", "--state", "full", "--record", "t.chat") == 0
    shown = capsys.readouterr().out
    assert "12.50" in shown
    assert "answer with" not in shown
    record = (folder / "t.chat").read_text("utf-8")
    assert '(lookup found {"phone":"13800138000","balance":"12.50"})' in record
    assert menus(["test"]) == 0
    (folder / "accounts.csv").unlink()
    assert tried(script, monkeypatch, "t.toml", "--record", "down.chat") == 0
    assert "(lookup error)" in (folder / "down.chat").read_text("utf-8")


def test_masked_values_are_not_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "t.toml").write_text(FULL, "utf-8")
    (folder / "t.zh.toml").write_text(CHINESE, "utf-8")
    (folder / "plans.toml").write_text(PLANS, "utf-8")
    tried("1\n13800138000\n1\n", monkeypatch, "t.toml", "--state", "full")
    states = [line for line in capsys.readouterr().out.splitlines() if line.startswith("[")]
    assert any("phone=138****8000" in line for line in states)
    assert not any("13800138000" in line for line in states)


def test_what_cannot_be_read_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tried("(silence ten)\n(clock 2026-13-01T00:00)\n7\n(silence)\n", monkeypatch, "t.toml") == 1
    assert [line.split(";")[0] for line in capsys.readouterr().err.splitlines()] == [
        "nothing happens by (silence ten)",
        "nothing happens by (clock 2026-13-01T00:00)",
        "nothing happens by (silence)",
    ]
    assert tried("(agent answered Li)\n", monkeypatch, "t.toml") == 0
    assert "[not taken just now: the call is waiting]" in capsys.readouterr().out


def test_chinese(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert tried("x\nexit\n", monkeypatch, "t.toml", "--lang", "zh") == 0
    out = capsys.readouterr().out
    assert "[main | 已试 1 次 | 等待 5 秒]" in out
    assert "[通话结束]" in out


@pytest.mark.parametrize(
    ("argv", "code", "told"),
    [
        (["nowhere.toml"], 1, "nowhere.toml:1:1: "),
        (["t.toml", "--clock", "noon"], 2, "--clock must be a time such as"),
        (["t.toml", "--state", "some"], 2, "--state must be one of: full, short, none"),
        (["t.toml", "--record", "no/such/folder.chat"], 1, "no/such/folder.chat: No such file"),
        ([], 2, "FILE is missing"),
    ],
)
def test_what_cannot_be_done(
    argv: list[str],
    code: int,
    told: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tried("", monkeypatch, *argv) == code
    err = capsys.readouterr().err
    assert told in err
    assert "Traceback" not in err


def test_a_menu_does_not_rule_the_terminal(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "t.toml").write_text(TWO_KEYS.replace('say = "one"', 'say = "one\\u001b[2J"'), "utf-8")
    tried("1\n\x1b[31m\n", monkeypatch, "t.toml")
    assert "\x1b" not in capsys.readouterr().out


def test_a_menu_that_ships_is_known_by_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tried("exit\n", monkeypatch, "classic") == 0
    assert "10086" in capsys.readouterr().out


def test_in_a_terminal(folder: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "CALLROOM_LANG"}
    paths = os.pathsep.join(filter(None, sys.path))
    child: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        ["-m", "callroom.main", "menus", "try", "t.toml", "--lang", "en"],
        cwd=str(folder),
        env=environ | {"PYTHONPATH": paths, "TERM": "dumb"},
        encoding="utf-8",
        timeout=20,
    )
    child.expect_exact("[main | wait 5 s]")
    child.sendline("(nonsense)")
    child.expect_exact("attempts 1")
    child.sendline("(lookup maybe)")
    child.expect_exact("nothing happens by (lookup maybe)")
    child.sendeof()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
