"""`callroom serve-web`: the screen in a real browser, which loads nothing from elsewhere."""

import asyncio
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from browser_support import Page, browser, rows_of_picture
from callroom_wire import messages as m
from desk_support import Desk
from framed_support import Framed, person
from house_support import COMMAND, ENVIRON, PATIENCE, wait_until
from journey_support import House, talk

ROOM = "大厅"
M = TypeVar("M")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


async def test_the_screen_in_a_browser(house: House, tmp_path: Path) -> None:
    port = free_port()
    served = subprocess.Popen(
        [*COMMAND, "serve-web", f"tcp://127.0.0.1:{house.port()}", "--port", str(port), "--lang", "zh"],
        env={**ENVIRON, **Desk(tmp_path).env, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert served.stdout is not None
    try:
        with served.stdout, person(house.port(), "小美", ROOM) as other:
            while f"http://127.0.0.1:{port}".encode() not in served.stdout.readline():
                assert served.poll() is None
            assert b" 403 " in asked_by_a_strange_page(port)
            async with browser(tmp_path) as page:
                await page.open(f"http://127.0.0.1:{port}/")
                await page.until("document.body.classList.contains('-first-byte')")
                wait_until(lambda: house.log.count('"session.opened"') == 2, "the screen to call")
                await page.click(500, 300)
                await typed(page, f"/join {ROOM}", other, m.Present)
                said = await typed(page, "你好，从浏览器来 <b>", other, m.Said)
                assert said.text == "你好，从浏览器来 <b>"
                before = await page.picture()
                assert len(rows_of_picture(before)) > 20
                other.say(1, ROOM, "看见你了" * 50)
                async with asyncio.timeout(PATIENCE):
                    while len(rows_of_picture(await page.picture()) - rows_of_picture(before)) < 20:
                        await asyncio.sleep(0.1)
                assert all(urlsplit(url).hostname in ("127.0.0.1", None) for url in page.asked), page.asked
                assert any(url.startswith("ws://127.0.0.1") for url in page.asked), page.asked
    finally:
        served.terminate()
        served.wait(PATIENCE)


async def typed(page: Page, text: str, other: Framed, kind: type[M]) -> M:
    """Types a line until somebody else hears of it: what is typed while a place opens is its draft."""
    while True:
        await page.enter(text)
        with suppress(TimeoutError):
            other.receive(3.0)
        if found := [told for told in other.got if isinstance(told, kind)]:
            return found[0]


def asked_by_a_strange_page(port: int) -> bytes:
    """What a page from elsewhere gets when it asks for the terminal."""
    head = f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://evil.example\r\n\r\n"
    return talk(port, head.encode(), b"\r\n")
