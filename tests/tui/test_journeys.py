"""The screen in a real terminal, against a real house: what a person sees, and what the terminal is sent."""

import re
import subprocess
from pathlib import Path

from callroom_client.client import Client
from callroom_client.events import Received, Stage, StageChanged
from callroom_wire import messages as m
from house_support import COMMAND, ENVIRON, LiveHouse, Nursery, OpenHouse, wait_until
from journey_support import open_house as open_hotline
from terminal_support import Terminal

_ESCAPE = re.compile(
    rb"\x1b\[[0-9;?<>=:]*[ -/]*[@-~]"  # CSI: colours, the cursor, modes
    rb"|\x1b\](?:0|2|22|8|52|10|11|12|4|104|110|111|112);[^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC
    rb"|\x1bP[^\x1b]*\x1b\\|\x1b[=>78cMDEH\\]|\x1b\([0B]"
)


def at_screen(url: str, folder: Path, *options: str, columns: int = 110, rows: int = 32) -> Terminal:
    """Somebody who has typed `callroom chat URL`, at home in this folder."""
    homes = {name: str(folder / name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    argv = [*COMMAND, "chat", url, *options]
    return Terminal(argv, columns, rows, env={"HOME": str(folder), **homes, "TERM": "xterm-256color"})


def click(terminal: Terminal, text: str) -> None:
    """Clicks what the screen shows (SGR mouse reports, xterm ctlseqs)."""
    for row in range(terminal.screen.lines):
        cells = [terminal.screen.buffer[row][column].data for column in range(terminal.screen.columns)]
        line = "".join(cells)
        if (at := line.find(text)) >= 0:
            column = characters = 0
            while characters < at:
                characters += len(cells[column])
                column += 1
            terminal.send(f"\x1b[<0;{column + 1};{row + 1}M\x1b[<0;{column + 1};{row + 1}m")
            return
    raise AssertionError(f"not on the screen: {text!r}\n{terminal.text}")


def test_the_hotline_by_digit_and_by_click_and_a_way_out(nursery: Nursery, tmp_path: Path) -> None:
    with (
        open_hotline(nursery, tmp_path) as house,
        at_screen(f"tcp://127.0.0.1:{house.port()}", tmp_path, "--lang", "zh") as terminal,
    ):
        terminal.see("1  话费与流量")
        terminal.send("1")
        terminal.see("2  本月账单")
        click(terminal, "*  返回上级")
        terminal.see("1  话费与流量")
        terminal.send("\x1b[<35;3;3M")  # the mouse moves elsewhere
        terminal.send("第一行\x1b\r第二行")  # Alt+Enter begins a new line
        terminal.see(lambda text: "第一行" in text and "第二行" in text)
        terminal.resize(40, 10)
        terminal.see(lambda text: "第二行" in text and "退出" in text and "F4" not in text)
        terminal.resize(110, 32)
        terminal.see("Ctrl+Q")
        terminal.key("ctrl-c")
        terminal.see("Ctrl+Q 退出")
        terminal.key("ctrl-q")
        assert terminal.ended() == 0
        tail = bytes(terminal.raw[-600:])
        assert b"\x1b[?1049l" in tail
        assert b"\x1b[?25h" in tail
        assert b"\x1b[?2004l" in tail


def test_a_house_that_dies_and_comes_back_while_one_types(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    with (
        at_screen(f"tcp://127.0.0.1:{house.port}", tmp_path, "--name", "bob") as bob,
        at_screen(f"tcp://127.0.0.1:{house.port}", tmp_path / "alice", "--name", "alice") as alice,
    ):
        for terminal in (bob, alice):
            terminal.see("● ready")
            terminal.see("classic")
            terminal.send("/join lobby\r")
            terminal.see("say something in #lobby")
        alice.send("hello bob\r")
        bob.see("┃ hello bob")
        house.kill()
        bob.see("reconnecting")
        for number in range(3):
            bob.send(f"unsent {number}\r")
            bob.see(f"… unsent {number}")
        bob.send("a draft")
        house.start()
        bob.send("\x1b[18~")  # F7
        bob.see("✓ unsent 2")
        bob.see("a draft")
        alice.send("\x1b[18~")
        alice.see(lambda text: all(text.count(f"unsent {number}") == 1 for number in range(3)))
        bob.key("ctrl-q")
        alice.key("ctrl-q")
        assert bob.ended() == 0
        assert alice.ended() == 0


HOSTILE = (
    "[red]a[/red] [@click=app.quit]x[/] [/b] :smile:",
    "\x1b[2J\x1b]52;c;ZXZpbA==\x07\x1b]0;evil\x07\x9b2J\x90q\x9c\x07\x08\x7f",
    "\u202eevil\u2066\u200f\u061c",
    "evil\r\n\x0b\x85\u2028evil",
)


def test_hostile_words_reach_no_terminal(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    with at_screen(f"tcp://127.0.0.1:{house.port}", tmp_path, "--name", "bob") as terminal:
        terminal.see("classic")
        terminal.send("/join lobby\r")
        terminal.see("say something in #lobby")
        shout(house, tmp_path, HOSTILE)
        terminal.see("[@click=app.quit]x[/]")
        terminal.see(lambda text: text.count("evil") >= 3)
        click(terminal, "[@click")
        terminal.send("still here\r")
        terminal.see("✓ still here")
        terminal.key("ctrl-q")
        assert terminal.ended() == 0
    left = _ESCAPE.sub(b"", bytes(terminal.raw)).decode()
    assert not set(left) & {*map(chr, [*range(0x08), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)])}
    assert not set(left) & set("\u202e\u2066\u200f\u061c\u2028")
    assert b"\x1b]52" not in terminal.raw
    assert b"\x1b]0;evil" not in terminal.raw


def shout(house: LiveHouse, folder: Path, texts: tuple[str, ...]) -> None:
    """Somebody says these in the lobby, unwashed."""
    stages: list[Stage] = []
    joined: list[str] = []
    stored: set[int] = set()

    def listen(event: object) -> None:
        match event:
            case StageChanged(stage=stage):
                stages.append(stage)
            case Received(message=m.Joined(place=place)):
                joined.append(place)
            case Received(message=m.Ack(ids=ids)):
                stored.update(ids)
            case _:
                pass

    with Client(f"tcp://127.0.0.1:{house.port}", listen, name="eve", profile=folder / "eve.db") as eve:
        wait_until(lambda: Stage.READY in stages)
        eve.ask(m.Join(room="lobby"))
        wait_until(lambda: joined)
        ids = {eve.say("lobby", text) for text in texts}
        wait_until(lambda: ids <= stored)


def test_without_a_terminal_it_says_what_to_use() -> None:
    done = subprocess.run(
        [*COMMAND, "chat"], env=ENVIRON, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"callroom line works without one" in done.stderr
