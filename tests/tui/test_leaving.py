"""Ways out that nobody asked the screen about: the shell, a signal, a window that is closed.

The terminal is given back as it was, and what was being typed is there the next time.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from callroom_tui.settings import MAX_DRAFTS, Settings, load
from house_support import COMMAND, OpenHouse, wait_until
from terminal_support import Terminal

LEFT = b"\x1b[?1049l"
"""Back from the alternate screen (xterm ctlseqs)."""


def at_screen(url: str, folder: Path, *argv: str) -> Terminal:
    homes = {name: str(folder / name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    return Terminal([*argv, *COMMAND, "chat", url], 90, 20, env={"HOME": str(folder), **homes})


def typing(terminal: Terminal) -> None:
    terminal.see("● ready")
    terminal.send("/join den\r")
    terminal.see("say something in #den")
    terminal.send("half a sentence 半句")
    terminal.see("half a sentence 半句")


def terminate(terminal: Terminal) -> None:
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.ended() == 0
    assert bytes(terminal.raw).rindex(LEFT) > bytes(terminal.raw).rindex(b"\x1b[?1049h")


def close_the_window(terminal: Terminal) -> None:
    process = Path(f"/proc/{terminal.pid}")
    terminal.hang_up()
    wait_until(lambda: not process.exists() or "Z" in (process / "stat").read_text().split()[2])


@pytest.mark.parametrize("way_out", [terminate, close_the_window])
def test_a_draft_is_kept(way_out: Callable[[Terminal], None], open_house: OpenHouse, tmp_path: Path) -> None:
    url = f"tcp://127.0.0.1:{open_house().port}"
    with at_screen(url, tmp_path) as terminal:
        typing(terminal)
        way_out(terminal)
    file = tmp_path / "XDG_CONFIG_HOME" / "callroom" / "screen.json"
    assert file.stat().st_mode & 0o077 == 0
    assert not list((tmp_path / "XDG_STATE_HOME").rglob("*crash*"))
    with at_screen(url, tmp_path) as terminal:
        terminal.see("● ready")
        terminal.send("/join den\r")
        terminal.see("half a sentence 半句")
        terminal.send("!\r")
        terminal.see("✓ half a sentence 半句!")
        terminal.key("ctrl-q")
        assert terminal.ended() == 0
    assert not load(file)[0].drafts


def test_the_shell_has_its_terminal_until_one_comes_back(open_house: OpenHouse, tmp_path: Path) -> None:
    command = " ".join([*COMMAND, "chat", f"tcp://127.0.0.1:{open_house().port}"])
    homes = {name: str(tmp_path / name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    shell = ["bash", "--norc", "--noprofile", "-i"]
    with Terminal(shell, 90, 20, env={"HOME": str(tmp_path), "PS1": "shell> ", **homes}) as terminal:
        terminal.see("shell>")
        terminal.send(f"(:; {command})\r")  # a process more that waits in the foreground
        typing(terminal)
        terminal.send("\x1a")
        terminal.see("Stopped")
        terminal.send("stty -a | grep -ow -e -icanon -e icanon\r")
        terminal.see("\nicanon")
        terminal.send("fg\r")
        terminal.see("● ready")
        terminal.send(" and the rest\r")
        terminal.see("✓ half a sentence 半句 and the rest")
        terminal.key("ctrl-q")
        terminal.see("shell>")
        terminal.send("exit\r")
        assert terminal.ended() == 0


def test_drafts_are_few_and_of_servers_that_are_known() -> None:
    settings = Settings(recent=["a", "b"], drafts={"a": {"x": "1"}, "gone": {"x": "2"}})
    settings.keep_drafts("b", {f"{number}": "draft" for number in range(MAX_DRAFTS + 3)})
    assert next(iter(settings.drafts["b"])) == "3"
    assert settings.drafts["a"] == {"x": "1"}
    assert "gone" not in settings.drafts
    settings.keep_drafts("a", {})
    assert settings.drafts["a"] == {"x": "1"}
    settings.drafts["a"].clear()
    settings.keep_drafts("a", {})
    assert "a" not in msgspec.json.decode(msgspec.json.encode(settings), type=Settings).drafts


def test_leaving_while_another_screen_comes_is_no_fault(open_house: OpenHouse, tmp_path: Path) -> None:
    with at_screen(f"tcp://127.0.0.1:{open_house().port}", tmp_path) as terminal:
        typing(terminal)
        terminal.send("\x1bl\x11")  # Alt+L makes the screen anew, and Ctrl+Q ends it at once
        assert terminal.ended() == 0, terminal.text
