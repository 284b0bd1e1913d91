"""A real browser without a window, told what to do over the Chrome DevTools Protocol."""

import asyncio
import base64
import re
import struct
import subprocess
import zlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec

from house_support import PATIENCE
from journey_support import program

OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1100,700",
    "--remote-debugging-port=0", "about:blank",
)  # fmt: skip
BROWSER_PATIENCE = 3 * PATIENCE
"""A browser on a busy machine takes its time to start."""


class Value(msgspec.Struct, frozen=True):
    value: object = None


class Result(msgspec.Struct, frozen=True):
    targetId: str = ""  # noqa: N815  # these are the protocol's own names
    sessionId: str = ""  # noqa: N815
    result: Value = Value()
    data: str = ""


class Asked(msgspec.Struct, frozen=True):
    url: str = ""


class Params(msgspec.Struct, frozen=True):
    url: str = ""
    request: Asked = Asked()


class Heard(msgspec.Struct, frozen=True):
    """An answer to a command, or an event."""

    id: int = 0
    method: str = ""
    result: Result = Result()
    params: Params = Params()
    error: object = None


class Page:
    """A page, and every address that it asked for."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.asked: list[str] = []
        self._socket = socket
        self._number = 0
        self._session = ""

    async def open(self, url: str) -> None:
        """Opens the address, and notes from then on what it loads."""
        target = (await self.tell("Target.createTarget", url="about:blank")).targetId
        self._session = (await self.tell("Target.attachToTarget", targetId=target, flatten=True)).sessionId
        await self.tell("Network.enable")
        await self.tell("Page.enable")
        await self.tell("Page.navigate", url=url)

    async def tell(self, method: str, **params: object) -> Result:
        """Has a command done; what came of it."""
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        command = {"id": self._number, "method": method, "params": params, **session}
        await self._socket.send_str(msgspec.json.encode(command).decode())
        while True:
            heard = msgspec.json.decode(await self._socket.receive_str(timeout=BROWSER_PATIENCE), type=Heard)
            self.asked += filter(None, (heard.params.request.url, self._opened(heard)))
            if heard.id == self._number:
                assert heard.error is None, (method, heard.error)
                return heard.result

    @staticmethod
    def _opened(heard: Heard) -> str:
        return heard.params.url if heard.method == "Network.webSocketCreated" else ""

    async def until(self, expression: str) -> None:
        """Waits until an expression of JavaScript is true in the page."""
        async with asyncio.timeout(BROWSER_PATIENCE):
            while (await self.tell("Runtime.evaluate", expression=expression)).result.value is not True:
                await asyncio.sleep(0.05)

    async def click(self, x: int, y: int) -> None:
        """Presses and releases the left button there."""
        for kind in ("mousePressed", "mouseReleased"):
            await self.tell("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def enter(self, text: str) -> None:
        """Types a line."""
        await self.tell("Input.insertText", text=text)
        for kind in ("keyDown", "keyUp"):
            key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
            await self.tell("Input.dispatchKeyEvent", type=kind, **key)

    async def picture(self) -> bytes:
        """What it looks like, as PNG."""
        return base64.b64decode((await self.tell("Page.captureScreenshot", format="png")).data)


@asynccontextmanager
async def browser(folder: Path) -> AsyncGenerator[Page]:
    """A browser with a profile of its own."""
    log = folder / "browser.log"
    with log.open("wb") as out:
        command = [program("chromium"), f"--user-data-dir={folder / 'profile'}", *OPTIONS]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        async with asyncio.timeout(BROWSER_PATIENCE):
            while not (found := re.search(r"DevTools listening on (\S+)\n", log.read_text(errors="replace"))):
                assert process.poll() is None, log.read_text(errors="replace")
                await asyncio.sleep(0.05)
        async with aiohttp.ClientSession() as session, session.ws_connect(found[1], max_msg_size=0) as socket:
            yield Page(socket)
    finally:
        process.terminate()
        process.wait(BROWSER_PATIENCE)


def rows_of_picture(png: bytes) -> set[bytes]:
    """The different rows of a PNG's pixels, filtered (RFC 2083 section 6); few, if it is blank."""
    (width,) = struct.unpack(">I", png[16:20])
    at, data = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    pixels = zlib.decompress(data)
    samples = {2: 3, 6: 4}[png[25]]
    row = width * samples + 1
    return {pixels[start : start + row] for start in range(0, len(pixels), row)}
