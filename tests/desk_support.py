"""People at the whole-screen client in a real terminal, each with folders of their own."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from house_support import COMMAND
from terminal_support import Terminal

READY = "● ready"
RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?2004l", b"\x1b[?1004l")
"""What gives a terminal back as it was: the first screen, its cursor, no mouse, no marks of pastes."""

FAULTY = """
from callroom_tui.screens.chat import ChatScreen
def fails(*_):
    try:
        {}["a name that no report may hold"]
    except KeyError as error:
        raise RuntimeError("a secret that no report may hold") from error
ChatScreen.action_retry = fails
"""
"""A fault of its own in the client: it fails when Alt+R is pressed."""

DEAF = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGWINCH})
"""
"""The client does not hear when its window changes."""

RUN = """
import sys
from callroom.main import main
sys.exit(main(sys.argv[1:]))
"""


class Desk:
    """One person's machine.

    Args:
        folder: holds what the client remembers.
        lang: of the screen.
    """

    def __init__(self, folder: Path, lang: str = "en") -> None:
        self.folder = folder
        kinds = ("CONFIG", "DATA", "STATE", "CACHE")
        self.env = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in kinds}
        self.env["CALLROOM_LANG"] = lang

    def chat(
        self,
        *options: str,
        size: tuple[int, int] = (100, 30),
        env: Mapping[str, str] | None = None,
        first: str = "",
    ) -> Terminal:
        """Types `callroom chat`; `first`: what is wrong with the client, as a program that runs before it."""
        command = [sys.executable, "-c", first + RUN] if first else COMMAND
        return Terminal([*command, "chat", *options], *size, env={**self.env, **(env or {})})

    @property
    def reports(self) -> list[Path]:
        """Crash reports."""
        return sorted(self.folder.glob("state/callroom/crashes/*"))


def quit_by_key(terminal: Terminal) -> None:
    """Leaves by Ctrl+Q: it ends well, the terminal is as it was, and no fault of ours was ever seen."""
    terminal.key("ctrl-q")
    assert terminal.ended() == 0, terminal.text
    end = bytes(terminal.raw[-600:])
    assert all(sequence in end for sequence in RESTORED), end
    assert b"Traceback" not in terminal.raw


def enter_room(terminal: Terminal, room: str) -> None:
    """Goes to a room from wherever one is."""
    terminal.see(READY)
    terminal.send(f"/join {room}\r")
    terminal.see(re.compile(rf"#{room}\b.*\n"))
