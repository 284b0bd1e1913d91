"""Calling what is no house, or one that stalls, breaks off or has a wrong certificate: said in words."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from textual.widgets import Button, Input

from callroom_client.client import Client, Patience, Timeouts
from callroom_client.events import Event
from callroom_tui.app import CallroomApp
from callroom_tui.saying import reason
from callroom_tui.screens.chat import ChatScreen
from callroom_tui.screens.connect import ConnectScreen
from callroom_tui.session import Session
from callroom_tui.settings import Settings
from callroom_wire import messages as m
from callroom_wire.codec import encode
from callroom_wire.tls import server_context
from house_support import PATIENCE, OpenHouse
from link_support import Peer, Stranger
from screen_support import Caller, at_screen, text_of, until
from tls_support import Certificate, certificate, expired_certificate, good_certificate

QUICK = Patience(tls=0.3, hello=0.3, login=0.3)
"""For servers that will never answer."""
LITTLE = Timeouts(connect=0.3)
SMALL = (80, 24)
"""Each call paints the screen anew; a small one costs half."""


class Trouble(NamedTuple):
    """Where somebody calls, and what the screen is to say of it in both languages."""

    url: str
    en: str
    zh: str


Act = Callable[[Peer], object]


def says(data: bytes) -> Act:
    def act(peer: Peer) -> None:
        peer.sock.sendall(data)
        peer.until_closed()

    return act


def stalls_in_the_welcome(peer: Peer) -> None:
    peer.sock.sendall(encode(m.Welcomed(server="slow", ref=peer.expect(m.Hello).ref))[:-1])
    peer.until_closed()


def stalls_after_the_welcome(peer: Peer) -> None:
    peer.welcome()
    peer.until_closed()


def closes_at_once(peer: Peer) -> None:
    peer.expect(m.Hello)  # else closing would be a reset, for what was not read


def resets_at_once(peer: Peer) -> None:
    peer.expect(m.Hello)
    peer.reset()


def closes_after_the_welcome(peer: Peer) -> None:
    peer.welcome()
    peer.expect(m.Login)


def closes_in_the_login(peer: Peer) -> None:
    peer.welcome()
    ref = peer.expect(m.Login).ref
    peer.sock.sendall(encode(m.LoggedIn(name="bob", token="t", ref=ref))[:-3])


def breaks_the_login(peer: Peer) -> None:
    peer.welcome()
    peer.expect(m.Login)
    peer.sock.sendall(b"\x00\x00\x00\x05hello")
    peer.until_closed()


STRANGERS: list[tuple[Act, str, str]] = [
    (says(b""), "said nothing that a Callroom says: check host and port", "请检查主机和端口"),
    (stalls_in_the_welcome, "said nothing that a Callroom says", "没有发出 Callroom 的应答"),
    (stalls_after_the_welcome, "did not answer the login in time", "没有及时应答登录"),
    (says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "port. It began with: HTTP/1.1 400", "那里是网页服务器"),
    (says(b"SSH-2.0-OpenSSH_9.2\r\n"), "An SSH server answers there", "那里是 SSH 服务器"),
    (
        says(b"\x1b]52;c;eA==\x07\x9b2J\x00\xff"),
        "What answers there is no Callroom",
        "那里应答的不是 Callroom",
    ),
    (closes_at_once, "perhaps it speaks TLS, then write tls://", "请改写 tls://"),
    (resets_at_once, "The server cut the connection (reset)", "服务器中断了连接"),
    (closes_after_the_welcome, "closed the connection without a word", "没有说明就关闭了连接"),
    (closes_in_the_login, "ended in the middle of a frame", "在一个帧的中间断开"),
    (breaks_the_login, "the two sides are of different versions. (A body begins with", "双方的版本可能不同"),
]


def shakes_hands(own: Certificate) -> Act:
    """A TLS server of the standard library, with this certificate."""
    context = server_context(own.file, own.key)

    def act(peer: Peer) -> None:
        with context.wrap_socket(peer.sock, server_side=True) as secured:
            secured.recv(1)

    return act


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Trouble]]:
    """Servers of which TLS makes nothing."""
    folder = tmp_path_factory.mktemp("certificates")
    good, old = good_certificate(folder), expired_certificate(folder)
    other = certificate(folder, "other", "-days", "2", "-addext", "subjectAltName=DNS:elsewhere")
    stalls = says(b"\x16\x03\x03\x00\x7a\x02\x00")
    acts: list[tuple[Act, str, str, str]] = [
        (shakes_hands(old), f"?ca={old.file}", "certificate is no longer valid", "证书已过期"),
        (
            shakes_hands(other),
            f"?ca={other.file}",
            "certificate is for another name",
            "证书不是给这个主机名的",
        ),
        (shakes_hands(good), "", "Nobody we trust has signed", "?ca=文件"),
        (says(b"hello\r\n"), "", "speaks no TLS there: write tcp://", "把 tls:// 换成 tcp://"),
        (says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "", "A web server answers there", "那里是网页服务器"),
        (stalls, "", "did not finish the TLS handshake in time", "没有及时完成 TLS 握手"),
    ]
    with ExitStack() as stack:
        found: list[Trouble] = []
        for act, query, en, zh in acts:
            stranger = Stranger(act)
            stack.callback(stranger.close)
            found.append(Trouble(f"tls://localhost:{stranger.port}{query}", en, zh))
        yield found


@pytest.fixture
def nobody() -> Iterator[list[Trouble]]:
    """Addresses at which nobody can answer."""
    with ExitStack() as stack:
        bound = stack.enter_context(socket.socket())
        bound.bind(("127.0.0.1", 0))  # and does not listen
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            sock = stack.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(full.getsockname())
        yield [
            Trouble(f"tcp://127.0.0.1:{bound.getsockname()[1]}", "Nobody listens there", "没有程序在监听"),
            Trouble("tcp://127.255.255.255:9", "No network leads there", "没有网络可达"),  # a broadcast's
            Trouble("tcp://a..b:9", "The host is not known: check its name", "找不到该主机"),
            Trouble(f"tcp://127.0.0.1:{full.getsockname()[1]}", "the time-out for connect", "连接超时"),
        ]


async def calls(caller: Caller, trouble: Trouble) -> None:
    """Calls there by the form, reads what is said, and that there is something to do about it."""
    field = caller.app.screen.query_one("#address", Input)
    field.value = trouble.url
    field.focus()
    await caller.pilot.press("enter")

    # The model is cheaper to look at than the screen, which is read once it must say so.
    session = await session_of(caller, trouble.url)
    await caller.until(lambda: trouble.zh in reason(session.model.connection, "zh"), trouble.zh)
    await caller.until(lambda: isinstance(caller.app.screen, ConnectScreen), "the form to come back")
    words = trouble.zh if caller.app.lang == "zh" else trouble.en
    await caller.until(lambda: words in said(caller), f"{words!r} of {trouble.url}")
    assert "Traceback" not in text_of(caller.app)
    assert not caller.app.screen.query_one("#again", Button).disabled


async def session_of(caller: Caller, url: str) -> Session:
    """The conversation with this server, once it has been called."""
    found: list[Session] = []

    def called() -> bool:
        for screen in caller.app.screen_stack:
            if isinstance(screen, ChatScreen) and screen.session.url == url:
                found.append(screen.session)
        return bool(found)

    await caller.until(called, f"{url} to be called")
    return found[0]


def said(caller: Caller) -> str:
    """What the form says, however it is wrapped; what stands beside it is not of it."""
    rows = re.findall(r"│(.*)│", text_of(caller.app))
    return ("" if caller.app.lang == "zh" else " ").join(row.strip().lstrip("█ ") for row in rows)


async def test_it_says_why_nobody_answers(nobody: list[Trouble], tmp_path: Path) -> None:
    async with at_screen("", tmp_path, size=SMALL, timeouts=LITTLE) as caller:
        for trouble in nobody:
            await calls(caller, trouble)


async def test_it_says_who_answers_instead_or_where_it_stalls(tmp_path: Path) -> None:
    async with at_screen("", tmp_path, size=SMALL, patience=QUICK) as caller:
        for act, en, zh in STRANGERS:
            stranger = Stranger(act)
            await calls(caller, Trouble(stranger.url, en, zh))
            stranger.close()


async def test_it_says_what_is_wrong_with_tls(secured: list[Trouble], tmp_path: Path) -> None:
    async with at_screen("", tmp_path, size=SMALL, patience=QUICK) as caller:
        for trouble in secured:
            await calls(caller, trouble)


async def test_it_says_so_in_chinese(secured: list[Trouble], nobody: list[Trouble], tmp_path: Path) -> None:
    async with at_screen("", tmp_path, size=SMALL, lang="zh", timeouts=LITTLE, patience=QUICK) as caller:
        for trouble in (nobody[0], secured[0], nobody[1]):
            await calls(caller, trouble)
        await caller.see("立即重试", "返回", "退出")
        field = caller.app.screen.query_one("#address", Input)
        field.value = "gopher://there:70"
        field.focus()
        await caller.pilot.press("enter")
        await caller.until(lambda: "“gopher://there:70”：这里没有 gopher://" in said(caller))


async def test_trying_again_calls_again_and_gets_through(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    house.kill()
    async with at_screen(f"tcp://127.0.0.1:{house.port}", tmp_path) as caller:
        await caller.see("Nobody listens there", "Try again now")
        house.start()
        caller.app.screen.query_one("#again", Button).press()
        await caller.ready()
        await caller.until(lambda: caller.app.screen is caller.chat, "the form to go")
    assert f"tcp://127.0.0.1:{house.port}" in (tmp_path / "screen.json").read_text()


async def test_another_server_is_called_from_within_a_connection(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    first, second = open_house(), open_house()
    async with at_screen(f"tcp://127.0.0.1:{first.port}", tmp_path, size=SMALL) as caller:
        await caller.ready()
        await caller.pilot.press("alt+c")
        await caller.see("Call a server", "● ready", "Back")
        assert "Try again" not in text_of(caller.app)
        await caller.pilot.press("escape")
        await caller.gone("Call a server")
        await caller.pilot.press("alt+c")
        await caller.see("Call a server")
        url = f"tcp://127.0.0.1:{second.port}"
        caller.app.screen.query_one("#address", Input).value = url
        await caller.pilot.press("enter")
        await caller.until(lambda: caller.chat.session.url == url, "the other house to be called")
        await caller.ready()


async def test_a_house_that_falls_silent_and_breaks_off_is_told_over_the_chat(tmp_path: Path) -> None:
    seen = threading.Event()

    def act(peer: Peer) -> None:
        if peer.number == 0:
            peer.log_in()
            peer.expect(m.Ping)
            seen.wait(PATIENCE)
            peer.reset()
        else:
            peer.until_closed()

    server = Stranger(act)
    patience = Patience(ping=0.1, silent=0.1, drop=60)
    async with at_screen(server.url, tmp_path, settings=Settings(name="bob"), patience=patience) as caller:
        await caller.see("◌ silent")
        await caller.type("kept", enter=False)
        seen.set()
        await caller.see("The server cut the connection (reset).", "kept")
        assert caller.app.screen is caller.chat  # one can read on, and type
    server.close()


async def test_a_server_that_is_reached_while_the_form_comes_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(url: str, name: str, listen: Callable[[Event], object]) -> Client:
        raise AssertionError(url)

    app = CallroomApp(nobody, Settings(name="bob"), tmp_path / "screen.json", "en")

    def begin() -> None:
        app.push_screen(ConnectScreen(app.settings, "en"))
        app.settings.called("tcp://just.reached:8888")

    monkeypatch.setattr(app, "begin", begin)
    async with app.run_test() as pilot:
        await until(pilot, lambda: "Call a server" in text_of(app), "the form")
        assert "just.reached" not in text_of(app).partition("recent")[2]
