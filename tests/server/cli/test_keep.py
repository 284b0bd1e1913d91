from pathlib import Path

import msgspec
import pytest

from callroom.main import main
from callroom_server.core.events import Said
from callroom_server.ledger.database import LEDGER_FILE
from callroom_server.ledger.sqlite import SqliteLedger
from ledger_support import Listener, Loop


def said(number: int) -> bytes:
    return msgspec.json.encode(Said(by="ann", at=number, text="hi"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with three records in two streams."""
    folder = tmp_path / "data"
    loop, listener = Loop(), Listener()
    ledger = SqliteLedger(folder, loop.calls.put)
    ledger.open(listener)
    ledger.submit("room/a", said(1), 1, 1)
    ledger.submit("room/a", said(2), 1, 2)
    ledger.submit("room/b", said(3), 2, 1)
    loop.until(lambda: len(listener.records) == 3, ledger)
    ledger.close(5)
    return folder


def test_backup_restore_and_verify(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy, again = tmp_path / "copy", tmp_path / "again"
    assert main(["backup", str(data), str(copy), "--lang", "en"]) == 0
    assert capsys.readouterr().out == f"backed up to {copy}\n"
    assert main(["restore", str(copy), str(again), "--lang", "zh"]) == 0
    assert f"已恢复到 {again}" in capsys.readouterr().out
    for path in (data, copy, again):
        assert main(["verify", str(path), "--lang", "en"]) == 0
        assert "sound, 3 records in 2 streams" in capsys.readouterr().out


def test_a_damaged_ledger_is_not_sound(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = data / LEDGER_FILE
    content = bytearray(file.read_bytes())
    content[200:] = b"\xa5" * (len(content) - 200)
    file.write_bytes(content)
    assert main(["verify", str(data), "--lang", "en"]) == 1
    assert "problem" in capsys.readouterr().out


def test_what_cannot_be_done_is_said(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", str(tmp_path / "nowhere"), str(tmp_path / "copy"), "--lang", "en"]) == 1
    assert capsys.readouterr().err.startswith("callroom backup: there is no ledger in ")
    assert main(["restore", str(data), str(data), "--lang", "zh"]) == 1
    assert capsys.readouterr().err.startswith("callroom restore：")


@pytest.mark.parametrize(
    "argv", [["backup", "a"], ["restore"], ["verify", "a", "b"], ["verify", "--deep", "a"]]
)
def test_wrong_usage(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*argv, "--lang", "en"]) == 2
    assert f"See: callroom {argv[0]} --help" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["backup", "restore", "verify"])
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help", "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: callroom {command} ")
