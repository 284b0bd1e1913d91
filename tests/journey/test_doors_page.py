"""Every session in docs/doors.md, typed with the program it names, one after another in one house."""

import re
import shlex
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from callroom_wire.datagrams import COOKIE
from house_support import ROOT, Nursery
from journey_support import CODE, House, Terminal, open_house

PAGE = ROOT / "docs" / "doors.md"
SESSIONS = re.findall(r"^```session\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
BREAK = "! the connection breaks"
GUEST = r"guest-\d+"
"""Which number a guest gets is nobody's promise."""
LEFT_OUT = "⋮"


@contextmanager
def called(house: House, command: str) -> Generator[Terminal]:
    """The program of a session's first line, at this house."""
    ports = {
        "8888": str(house.port("tcp")),
        "2323": str(house.port("telnet")),
        "8890": str(house.port("udp")),
    }
    raw = command.startswith("nc")
    words = [ports.get(word, word) for word in shlex.split(command)]
    if "|" in command:
        words = ["bash", "-c", command.replace("8888", ports["8888"])]
    with Terminal(*words, shown_as_sent=raw) as terminal:
        yield terminal


def held(house: House, session: str, codes: list[str]) -> None:
    """Holds one session; `codes` are those that were told so far, the last is the one that is typed."""
    first, *lines = session.splitlines()
    cookie = ""
    with called(house, first.removeprefix("$ ")) as terminal:
        for line in lines:
            if line == LEFT_OUT:
                continue
            if line == BREAK:
                terminal.cut()
                house.emptied()
            elif line.startswith("> "):
                typed = re.sub(CODE, lambda _: f"/back {codes[-1]}", line.removeprefix("> "))
                terminal.enter(COOKIE.sub(cookie, typed))
            elif line.startswith("cookie "):
                cookie = terminal.find(f"cookie ({COOKIE.pattern})")
            elif re.search(CODE, line):
                codes.append(terminal.find(CODE))
            else:
                terminal.find("(" + GUEST.join(map(re.escape, re.split(GUEST, line.rstrip()))) + ")")


def test_every_session(nursery: Nursery, tmp_path: Path) -> None:
    listen = ("tcp://127.0.0.1:0", "telnet://127.0.0.1:0", "udp://127.0.0.1:0")
    codes: list[str] = []
    with open_house(nursery, tmp_path, "--lang", "en", listen=listen) as house:
        for session in SESSIONS:
            held(house, session, codes)
    assert len(SESSIONS) == 10
    assert len(codes) >= 3
