"""Draws the pictures of the screen for the READMEs: a scene in a real house, as docs/screen-*.svg.

python docs/screens.py            draw all of them
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from cells import righted
from stage import HOUSES, ROOT
from textual.pilot import Pilot

from callroom_client.client import Client
from callroom_client.events import Event, Received, Stage, StageChanged
from callroom_tui.app import CallroomApp
from callroom_tui.screens.chat import ChatScreen
from callroom_tui.settings import Settings
from callroom_wire import messages as m
from callroom_words.words import Lang

PATIENCE = 30.0
ROOM = {"zh": "大厅", "en": "lobby"}
TOPIC = {"zh": "套接字答疑 · 欢迎", "en": "sockets, answered · welcome"}
TALK = {
    "zh": (
        ("小雨", "早上好！recv 的超时你们一般设多少？"),
        ("老周", "recv 我设 5 秒，connect 设 3 秒。"),
        ("Zoë", "settimeout(0) 呢？connect 会抛 EINPROGRESS 吗？"),
        (
            "老周",
            "会，握手在内核里继续，见 https://docs.python.org/3/library/socket.html#timeouts-and-the-connect-method",
        ),
        ("小雨", "阿明 你来看看 F5 面板，超时一目了然。"),
    ),
    "en": (
        ("Ann", "Morning! What time-out do you give recv?"),
        ("Bob", "5 s for recv, 3 s for connect."),
        ("Zoë", "And settimeout(0)? Does connect raise EINPROGRESS?"),
        (
            "Bob",
            "It does; the kernel goes on shaking hands: https://docs.python.org/3/library/socket.html#timeouts-and-the-connect-method",
        ),
        ("Ann", "Max, have a look at F5: it shows every time-out."),
    ),
}
ME = {"zh": "阿明", "en": "Max"}
ANSWER = {"zh": "看到了，每次 recv 都有记录 👍", "en": "I see, every recv is there 👍"}


class Picture(NamedTuple):
    """One picture: its name, the size, the language, the look, and what is done before it is taken."""

    name: str
    size: tuple[int, int]
    lang: Lang
    theme: str
    keys: tuple[str, ...]


PICTURES = (
    Picture("screen-room.en", (120, 36), "en", "callroom-dark", ("f5",)),
    Picture("screen-room.zh", (120, 36), "zh", "callroom-dark", ("f5",)),
    Picture("screen-wire.en", (120, 36), "en", "callroom-dark", ("f4", "f6")),
    Picture("screen-wire.zh", (120, 36), "zh", "callroom-dark", ("f4", "f6")),
    Picture("screen-hotline.zh", (80, 24), "zh", "callroom-light", ("alt+1", "1")),
)


class Guest:
    """Somebody who talks, so that there is something to see."""

    def __init__(self, url: str, name: str, folder: Path) -> None:
        self.ready = self.joined = False
        self.stored = 0
        self.client = Client(url, self._listen, name=name, profile=folder / f"{name}.db")
        self.client.start()

    def _listen(self, event: Event) -> None:
        match event:
            case StageChanged(stage=Stage.READY):
                self.ready = True
            case Received(message=m.Joined()):
                self.joined = True
            case Received(message=m.Ack(ids=ids)):
                self.stored += len(ids)
            case _:
                pass


def wait(condition: Callable[[], object], what: str) -> None:
    """Waits until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"never came true: {what}")
        time.sleep(0.01)


@contextmanager
def house(folder: Path, lang: Lang) -> Generator[str]:
    """A house of its own; its URL."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(str(ROOT / house) for house in HOUSES)}
    argv = [sys.executable, "-m", "callroom.main", "serve", "--listen", "tcp://127.0.0.1:0"]
    argv += ["--data", str(folder / "data"), "--lang", lang]
    with subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if found := re.match(rb"listening (\S+)", line):
                    yield found[1].decode()
                    break
        finally:
            process.terminate()


def talk(url: str, lang: Lang, folder: Path) -> list[Guest]:
    """The others come in and talk."""
    guests: dict[str, Guest] = {}
    for name, _ in TALK[lang]:
        if name not in guests:
            guest = guests[name] = Guest(url, name, folder)
            wait(lambda guest=guest: guest.ready, f"{name} to be ready")
            guest.client.ask(m.Join(room=ROOM[lang]))
            wait(lambda guest=guest: guest.joined, f"{name} to be in the room")
    first = next(iter(guests.values()))
    first.client.ask(m.Topic(room=ROOM[lang], text=TOPIC[lang]))
    for name, text in TALK[lang]:
        before = guests[name].stored
        guests[name].client.say(ROOM[lang], text)
        wait(lambda name=name, before=before: guests[name].stored > before, f"{name}'s line to be stored")
    return list(guests.values())


async def until(pilot: Pilot[None], condition: Callable[[], object], what: str) -> None:
    """Lets the application work until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"never came true: {what}")
        await pilot.pause(0.02)


async def taken(picture: Picture, url: str, folder: Path) -> str:
    """The picture, as Textual draws it."""
    lang = picture.lang

    def opener(url: str, name: str, listen: Callable[[Event], object]) -> Client:
        return Client(url, listen, name=name, lang=lang, profile=folder / f"{picture.name}.db")

    settings = Settings(theme=picture.theme, name=ME[lang], panel="people")
    app = CallroomApp(opener, settings, folder / f"{picture.name}.json", lang, url)
    async with app.run_test(size=picture.size) as pilot:
        chat = app.screen
        assert isinstance(chat, ChatScreen)
        await until(pilot, lambda: chat.model.connection.stage.stage is Stage.READY, "ready")
        await until(pilot, lambda: chat.model.call.choices, "the robot's keys")
        chat.submit(f"/join {ROOM[lang]}")
        await until(pilot, lambda: chat.shown == ROOM[lang], "the room")
        await until(pilot, lambda: len(chat.transcript.lines) > len(TALK[lang]), "what was said")
        chat.submit("/timeout recv 0.2")
        for key in picture.keys:
            await pilot.press(key)
            await pilot.pause()
        if "alt+1" not in picture.keys:
            chat.submit(ANSWER[lang])
            await until(pilot, lambda: chat.transcript.lines[-1].mark == "sent", "the answer")
            await asyncio.sleep(3)  # time-outs take time
        else:
            await until(pilot, lambda: chat.model.call.node == "account", "the next menu")
        chat.composer.hint("")
        chat.composer.take_focus()
        await pilot.pause(0.3)
        svg = app.export_screenshot(title="Callroom")
        assert chat.session.client is not None
        chat.session.client.ask(m.Quit())
        await asyncio.to_thread(chat.session.client.close)
    return svg


def main() -> None:
    """Draws all of them."""
    for lang in ("en", "zh"):
        with tempfile.TemporaryDirectory(prefix="callroom-") as name:
            folder = Path(name)
            with house(folder, lang) as url:
                guests = talk(url, lang, folder)
                for picture in PICTURES:
                    if picture.lang == lang:
                        svg = righted(asyncio.run(taken(picture, url, folder)))
                        (ROOT / "docs" / f"{picture.name}.svg").write_text(svg, encoding="utf-8")
                        print(f"docs/{picture.name}.svg")
                for guest in guests:
                    guest.client.close()


if __name__ == "__main__":
    main()
