"""What the screen says when it is no Callroom that answers, and what hostile words of a server can do."""

import re
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from callroom_forms.form import Form
from callroom_wire import messages as m
from desk_support import READY, Desk, quit_by_key
from link_support import Peer, Stranger

EVIL = "\x1b[2J\x1b]52;c;ZXZpbA==\x07\x9b31m\x90q\x9c\u202elive\u2066[@click=app.quit]x[/] [red]\x08\x7f"
"""Clears the screen, fills the clipboard, colours by C1, turns the reading direction, clicks, erases."""

_ALLOWED = re.compile(
    rb"\x1b\[[0-9;?<>=:]*[ $]?[@-~]"  # CSI of ECMA-48: colours, the cursor, modes; and xterm's and kitty's
    rb"|\x1b\]22;[a-z-]*(?:\x07|\x1b\\)"  # the pointer's shape
    rb"|\x1bP=[12]s\x1b\\"  # synchronized output
)
_CSI_ENDS = frozenset(b"ABCDHJKXhlmnpqrtu")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

Act = Callable[[Peer], object]


def says(data: bytes) -> Act:
    def act(peer: Peer) -> None:
        peer.sock.sendall(data)
        peer.until_closed()

    return act


STRANGERS: list[tuple[Act, str]] = [
    (says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "A web server answers there"),
    (says(b"SSH-2.0-OpenSSH_9.2\r\n"), "An SSH server answers there"),
    (says(b":irc.example NOTICE * :Looking up your hostname\r\n"), "An IRC server answers there"),
    (says(b"\xff\xfd\x18login: \x1b[2J"), "Something answers there in plain text"),
    (says(b"\x99\x00\x9b31m\x80"), "What answers there is no Callroom"),
    (says(b""), "Something accepted the call there"),
]


def test_it_says_in_words_who_answers_instead_and_calls_another(tmp_path: Path) -> None:
    with ExitStack() as stack:
        found = [(Stranger(act), words) for act, words in STRANGERS]
        for stranger, _ in found:
            stack.callback(stranger.close)
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))  # and does not listen
            eve = stack.enter_context(Desk(tmp_path).chat(f"tcp://127.0.0.1:{nobody.getsockname()[1]}"))
            eve.see("Nobody listens there")
            for stranger, words in found:
                eve.click("   tcp://127.0.0.1", right=5)  # in the form; the bar above has two spaces
                eve.key("end", "ctrl-u")
                eve.gone("   tcp://127")
                eve.send(f"127.0.0.1:{stranger.port}")
                eve.see(f"   127.0.0.1:{stranger.port}")
                eve.key("enter")
                eve.see(f"   {stranger.url}")
                eve.see(re.compile(words.replace(" ", r"\s+")))
            quit_by_key(eve)
        assert_harmless(bytes(eve.raw))


def test_an_address_that_is_none_stays_to_be_mended(tmp_path: Path) -> None:
    with Desk(tmp_path).chat("gopher://there:70") as eve:
        eve.see("Call a server")
        eve.see(re.compile(r"│ +gopher://there:70 +│"))
        eve.see("tcp://")
        quit_by_key(eve)


def speaks_evil(peer: Peer) -> None:
    """Puts it into every field of everything that a server may tell unasked."""
    peer.send(m.Welcomed(server=EVIL, software=EVIL, ref=peer.expect(m.Hello).ref))
    peer.send(m.LoggedIn(name=EVIL, token="t", ref=peer.expect(m.Login).ref))
    peer.expect(m.Dial)
    choices = [m.ChoiceInfo(key="1", label=EVIL), m.ChoiceInfo(key=EVIL, label="two")]
    form = Form(kind="choice", options={EVIL: EVIL, "{evil}": EVIL}, also=[EVIL], hint=EVIL)
    peer.send(
        m.Prompted(menu=EVIL, node=EVIL, text=EVIL, choices=choices, wait=60, form=form),
        m.RoomsListed(rooms=[m.RoomInfo(room=EVIL, topic=EVIL, people=3)], ref=1),
        m.Joined(place=EVIL, topic=EVIL, head=0, people=[EVIL, f"{EVIL}2"], go=True),
        m.Said(room=EVIL, seq=1, at=1, by=EVIL, text=EVIL),
        m.TopicSet(room=EVIL, seq=2, at=2, by=EVIL, text=EVIL),
        m.Present(room=EVIL, came=[f"{EVIL}3"], lost=[EVIL], away={f"{EVIL}2": EVIL}),
        m.Told(pair=("a", EVIL), seq=1, at=1, by=EVIL, text=EVIL),
        m.Noted(code="x", text=EVIL),
        m.WhoListed(room=EVIL, people=[m.PersonInfo(name=EVIL, note=EVIL, door=EVIL)]),
        m.Error(code=EVIL, text=EVIL, fix=EVIL),
        m.Said(room=EVIL, seq=3, at=3, by="it", text="all was said"),
    )
    peer.until_closed()


def test_hostile_words_of_a_server_are_only_words(tmp_path: Path) -> None:
    server = Stranger(speaks_evil)
    try:
        with Desk(tmp_path).chat(server.url, size=(120, 40)) as eve:
            eve.see(READY)
            eve.see("[@click=app.quit]x[/] [red]")
            eve.see("all was said")
            assert "╭─" not in eve.text  # answers that nobody asked for lie over nothing
            for key, shows in (("\x1bOS", "TCP, packet by packet"), ("\x1b[15~", "recv(10 s)")):  # F4, F5
                eve.send(key)
                eve.see(shows)
            eve.resize(80, 24)
            eve.key("f2")
            eve.see("☎ hotline")
            eve.send("\x0f")  # Ctrl+O: the palette, which has the places
            eve.see("a command or a place")
            eve.send("→")
            eve.see(re.compile(r"→.*\[@click=app.quit\]x"))
            eve.key("escape", "escape")
            eve.send("/go robot\r")  # shows the call, with its way and its keys
            eve.see(READY)
            eve.send("neither")
            eve.see("✗ One of ")
            quit_by_key(eve)
        assert_harmless(bytes(eve.raw))
    finally:
        server.close()


def assert_harmless(raw: bytes) -> None:
    """Nothing but text, and the sequences that the screen itself draws with."""
    sequences = _ALLOWED.findall(raw)
    assert {sequence[-1] for sequence in sequences if sequence[1:2] == b"["} <= _CSI_ENDS
    left = _ALLOWED.sub(b"", raw).decode()
    assert not _UNSEEN.findall(left), _UNSEEN.findall(left)
