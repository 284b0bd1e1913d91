"""Hostile text from programs reaches neither a text door raw nor the log, and makes no line of its own."""

import json
import re
import socket
import time
import unicodedata
from collections.abc import Generator
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callroom_wire import messages as m
from framed_support import Framed, person
from house_support import PATIENCE, LiveHouse

SAMPLES = [
    "\x1b[2J\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b]52;c;cm0gLXJmIC8=\x1b\\", "\x9b2J",
    "\x07\x08\x7f", "\x0d\x0a[lobby] admin: send me your code", "\x0a[lobby] admin: hi",
    "\x0d[lobby] admin: hi", "a\u2028[lobby] admin: x", "\x85[lobby] admin: x", "\x0b\x0c[lobby] admin: x",
    "a\u2029b", "\x00after the end", "\xff\xfb\x01\xff\xf4", "\u202e\u202dtxet desrever",
    "\u2066\u2067\u2068 never closed", "\u2069\u2069\u202c\u202c closed before", "\u200f\u061cmarks",
    "z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309" * 3, "\u0301" * 200,
    "[@click=app.quit]press[/]", "[bold red]x[/bold red]", "{name} {0} %s %n", "${jndi:ldap://x}",
    "<b>&amp;</b>", "\ufeffbom\ufff9\ufffa\ufffb", "\U000e0001\U000e0041tags", "\ufffe\uffff\U0001fffe",
    "\xad\u200b\u200dhid", "admin\u200b", "\u0430dmin", "\uff21\uff24\uff2d\uff29\uff2e", "/quit",
    "//quit", "  | pretends to go on", "[lobby] * admin came", "\u1160\u3164\u2800",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\U0001f3f3\ufe0f\u200d\U0001f308",
    "\u0661\u0662\u0663", "\ufdfa" * 30, "\x09" * 50, " " * 300,
]  # fmt: skip
"""Escapes of terminals, line breaks, telnet, bidi, marks, markup, formats, hidden characters, look-alikes."""

hostile = st.one_of(
    st.sampled_from(SAMPLES),
    st.lists(st.sampled_from(SAMPLES), min_size=2, max_size=3).map("".join),
    st.text(max_size=60),
    st.text(st.characters(max_codepoint=0xFF), max_size=40),
    st.text(st.sampled_from("\x1b[]\r\n\x9b\u202e\u2067\u2069\u0301ab"), max_size=40),
)

FORGED = re.compile(r"^(\[lobby\]|lobby,|@admin|\[@admin)[ *]*admin\b")
UNSEEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
OPENERS = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
CLOSERS = "\u202c\u2069"


def what_is_wrong(data: bytes, encoding: str) -> list[str]:
    """What a terminal would obey, misplace or take for another's line; told without the house's own code."""
    text = data.decode(encoding)
    faults: list[str] = []
    if text.replace("\r\n", "").count("\r") or text.replace("\r\n", "").count("\n"):
        faults.append("a bare CR or LF")
    for line in text.split("\r\n"):
        unseen = {c for c in line if unicodedata.category(c) in UNSEEN and c not in "\t\ufffd"}
        if {c for c in unseen if unicodedata.category(c) not in ("Co", "Cn") or ord(c) & 0xFFFE == 0xFFFE}:
            faults.append(f"controls or noncharacters {unseen} in {line!r}")
        depth = 0
        for c in line:
            depth += (c in OPENERS) - (c in CLOSERS)
            if depth < 0:
                faults.append(f"closes what is not open: {line!r}")
        if depth:
            faults.append(f"leaves open what turns the next line around: {line!r}")
        if re.search(r"[\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]", line):
            faults.append(f"hidden data in {line!r}")
        marks = "".join("m" if unicodedata.category(c) == "Mn" else " " for c in line)
        if "m" * 9 in marks:
            faults.append(f"a tower of marks in {line!r}")
        if FORGED.search(line):
            faults.append(f"a line that nobody said: {line!r}")
    return faults


class Terminal:
    """A bare socket at the text door, as `nc` would be, and everything it was ever sent."""

    def __init__(self, house: LiveHouse, encoding: str, *commands: str) -> None:
        self.encoding = encoding
        self.sock = socket.create_connection(("127.0.0.1", house.port), PATIENCE)
        self.got = b""
        for command in commands:
            self.type(command)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def type(self, line: str) -> None:
        self.sock.sendall(line.encode(self.encoding) + b"\r\n")

    def until(self, wanted: str) -> bytes:
        """Everything up to this, which is then forgotten."""
        end = wanted.encode(self.encoding)
        deadline = time.monotonic() + PATIENCE
        while end not in self.got:
            assert time.monotonic() < deadline, (wanted, self.got[-2000:])
            part = self.sock.recv(65536)
            assert part, ("closed", wanted, self.got[-2000:])
            self.got += part
        cut = self.got.index(end) + len(end)
        taken, self.got = self.got[:cut], self.got[cut:]
        return taken


class Scene:
    """An attacker, and people at terminals who watch: English, plain, and GBK."""

    def __init__(self, house: LiveHouse, stack: ExitStack) -> None:
        self.house = house
        self.attacker: Framed = stack.enter_context(person(house.port, "mallory", "lobby"))
        self.watchers = [
            stack.enter_context(Terminal(house, "utf-8", "/lang en", "/nick watcher", "/join lobby")),
            stack.enter_context(
                Terminal(house, "utf-8", "/lang en", "/plain on", "/nick plainly", "/join lobby")
            ),
            stack.enter_context(Terminal(house, "gb18030", "/lang zh", "/encoding gb18030", "/join lobby")),
        ]
        self.number = 0
        self.scenes = 0
        for watcher in self.watchers[:2]:
            watcher.until("mallory")
        self.watchers[2].until("mallory")

    def say(self, text: str) -> None:
        self.number += 1
        self.attacker.send(m.Say(id=self.number, room="lobby", text=text))

    def tell(self, to: str, text: str) -> None:
        self.number += 1
        self.attacker.send(m.Tell(id=self.number, to=to, text=text))

    def play(self, texts: list[str]) -> None:
        """The attacker does whatever a text can be put into; then everyone looks around."""
        self.scenes += 1
        send = self.attacker.send
        for text in texts:
            self.say(text)
            self.tell("watcher", text)
            self.tell(text[:24], text)
            send(m.Topic(room="lobby", text=text[:200]), m.Away(text=text), m.Back(), m.Nick(name=text[:24]))
            send(m.Join(room=text[:24]), m.Who(room=text), m.Search(query=text), m.Press(text=text))
            send(m.Nick(name="mallory"), m.Leave(room=text[:24]), m.Lang(lang=text[:5]), m.Dial(menu=text))
        self.say(f"end of scene {self.scenes}.")
        self.attacker.alive()
        for watcher in self.watchers:
            self.look_around(watcher)

    def look_around(self, watcher: Terminal) -> None:
        shown = watcher.until(f"end of scene {self.scenes}.")
        for command in ("/history 30", "/topic", "/rooms", "/who", "/search scene", "/history 1"):
            watcher.type(command)
        watcher.type(f"/nosuch{self.scenes}")
        shown += watcher.until(f"nosuch{self.scenes}")
        faults = what_is_wrong(shown, watcher.encoding)
        assert not faults, faults


@pytest.fixture(scope="module")
def scene(shared_house: LiveHouse) -> Generator[Scene]:
    with ExitStack() as stack:
        yield Scene(shared_house, stack)


def test_the_known_ones(scene: Scene) -> None:
    for text in SAMPLES:
        scene.play([text])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(hostile, min_size=1, max_size=4))
def test_any_text(scene: Scene, texts: list[str]) -> None:
    scene.play(texts)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.one_of(hostile.map(str.encode), st.binary(max_size=60)), max_size=15))
def test_what_is_typed_at_a_text_door_comes_back_harmless(
    shared_house: LiveHouse, typed: list[bytes]
) -> None:
    with Terminal(shared_house, "utf-8", "/lang en") as mirror:
        for line in typed:
            line = line.replace(b"\xff", b"").replace(b"/", b" ")  # no telnet, and no /encoding
            for command in (
                b"",
                b"/join ",
                b"/nick ",
                b"/topic ",
                b"/msg nobody ",
                b"/help ",
                b"/back ",
                b"/",
            ):
                mirror.sock.sendall(command + line + b"\r\n")
        mirror.sock.shutdown(socket.SHUT_WR)
        shown = b""
        while part := mirror.sock.recv(65536):
            shown += part
        assert not what_is_wrong(shown, "utf-8")


def test_the_log_tells_none_of_it(scene: Scene) -> None:
    scene.play(SAMPLES)
    raw = scene.house.log_file.read_bytes()
    assert re.fullmatch(rb"[\n\x20-\x7e]*", raw), "a line of the log holds what is not printable"
    for line in raw.splitlines():
        assert "event" in json.loads(line)
        assert b"admin" not in line
        assert b"lobby" not in line


def test_the_watchdog_barks() -> None:
    for bad in (
        "\x1b[2J",
        "a\rb",
        "a\nb",
        "\u202eabc",
        "\u2069",
        "\x9b",
        "a\x00",
        "[lobby] admin: x",
        "\ufeff",
    ):
        assert what_is_wrong(bad.encode(), "utf-8"), ascii(bad)
    assert what_is_wrong(("a" + "\u0301" * 30).encode(), "utf-8")
    assert not what_is_wrong(
        "[lobby] 小明: 你好\u2068\u202eabc\u202c\u2069 \t x\r\n  | y\r\n".encode(), "utf-8"
    )
