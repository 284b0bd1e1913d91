"""A small application around one widget, and what its screen shows; lines to fill a transcript with."""

import random
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

import callroom_tui.screens
from callroom_client.client import Client, Patience, Timeouts
from callroom_client.events import Event, Stage
from callroom_tui.app import CallroomApp
from callroom_tui.lines import Kind, Line, Mark, Written, shown
from callroom_tui.screens.chat import ChatScreen
from callroom_tui.settings import Settings
from callroom_tui.themes import DARK
from callroom_words.words import Lang

STYLE = Path(callroom_tui.screens.__file__).parent / "transcript.tcss"
NOON = 1_764_072_000.0  # 2025-11-25 12:00:00 UTC
CHINESE = "今天天气不错我们去公园散步吧下午三点在门口见面记得带伞网络套接字超时设置阻塞连接拒绝机器人客服"
ENGLISH = ["the", "quick", "brown", "fox", "jumps", "lazy", "timeout", "socket", "recv", "would", "block"]
PATIENCE = 30.0
Ended = TypeVar("Ended")
NAMES = ("alice", "鲍勃", "carol", "客服01", "Zoë")


def made(key: int, at: float, by: str, text: str, kind: Kind = "said", mark: Mark = "") -> Line:
    """A line of what came from the network; `at` is Unix seconds."""
    return Written(key, int(at * 1000), shown(by), shown(text, multiline=True), kind, mark)


def chatter(count: int, seed: int = 1, start: float = NOON) -> list[Line]:
    """Lines as people write them, in both scripts, some long; the same ones for the same seed."""
    chance = random.Random(seed)

    def text() -> str:
        parts: list[str] = []
        for _ in range(chance.randint(1, 12)):
            if chance.random() < 0.5:
                parts.append(chance.choice(ENGLISH))
            else:
                parts.append("".join(chance.choices(CHINESE, k=chance.randint(2, 9))))
        return chance.choice((" ", "，", "")).join(parts)

    return [made(seq, start + 7.0 * seq, chance.choice(NAMES), text()) for seq in range(1, count + 1)]


class Frame(App[None]):
    """One widget, dressed as it is in the client."""

    CSS_PATH = STYLE

    def __init__(self, *make: Callable[[], Widget]) -> None:
        super().__init__()
        self._make = make
        self.heard: list[object] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {name: DARK.variables[name] for name in ("muted", "faint")}

    def compose(self) -> ComposeResult:
        for make in self._make:
            yield make()

    def on_mount(self) -> None:
        self.animation_level = "none"
        self.register_theme(DARK)
        self.theme = DARK.name


class _Eye(Screen[object]):
    """Looks at any screen; what is composed is protected, and only screens may see it."""

    @staticmethod
    def strips(screen: Screen[object]) -> list[Strip]:
        return screen._compositor.render_strips()


def rows_of(app: App[Ended]) -> list[str]:
    """What every row of the screen shows."""
    return [strip.text for strip in _Eye.strips(app.screen)]


def seen_of(app: App[Ended]) -> list[str]:
    """What every row shows, without the scrollbar at its end."""
    return [row[:-1] for row in rows_of(app)]


def text_of(app: App[Ended]) -> str:
    """What the whole screen shows."""
    return "\n".join(row.rstrip() for row in rows_of(app))


def raw_of(app: App[Ended]) -> str:
    """What a terminal would be sent for the screen."""
    return "".join(strip.render(app.console) for strip in _Eye.strips(app.screen))


async def until(pilot: Pilot[Ended], condition: Callable[[], object], what: str = "the condition") -> None:
    """Lets the application work until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"never came true: {what}\n{text_of(pilot.app)}"
        await pilot.pause(0.01)


class Caller:
    """A person at the screen: the application under test, its pilot, and a client of its own."""

    def __init__(self, app: CallroomApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def chat(self) -> ChatScreen:
        """The chat, whatever lies over it."""
        found = [screen for screen in self.app.screen_stack if isinstance(screen, ChatScreen)]
        assert found, self.app.screen_stack
        return found[-1]

    async def until(self, condition: Callable[[], object], what: str = "the condition") -> None:
        """Lets the application work until it is so."""
        await until(self.pilot, condition, what)

    async def see(self, *wanted: str) -> None:
        """Waits until the screen shows all of these."""
        for text in wanted:
            await self.until(lambda text=text: text in text_of(self.app), f"to see {text!r}")

    async def gone(self, unwanted: str) -> None:
        """Waits until the screen no longer shows this."""
        await self.until(lambda: unwanted not in text_of(self.app), f"not to see {unwanted!r}")

    async def ready(self) -> None:
        """Waits until the connection is ready."""
        await self.until(
            lambda: self.chat.model.connection.stage.stage is Stage.READY, "the connection to be ready"
        )

    async def type(self, text: str, enter: bool = True) -> None:
        """Types a line into the composer."""
        self.chat.composer.take_focus()
        self.chat.composer.writing.fill(text)
        await self.pilot.pause()
        if enter:
            await self.pilot.press("enter")
            await self.pilot.pause()


@asynccontextmanager
async def at_screen(
    url: str,
    folder: Path,
    size: tuple[int, int] = (120, 40),
    lang: Lang = "en",
    settings: Settings | None = None,
    timeouts: Timeouts | None = None,
    patience: Patience | None = None,
) -> AsyncGenerator[Caller]:
    """Someone at the screen who calls a house, and hangs up in the end."""
    clients: list[Client] = []

    def opener(url: str, name: str, listen: Callable[[Event], object]) -> Client:
        profile = folder / f"profile-{name}-{len(clients)}.db"
        client = Client(
            url, listen, name=name, lang=lang, profile=profile, timeouts=timeouts, patience=patience
        )
        clients.append(client)
        return client

    chosen = settings or Settings(name="bob", panel="")
    app = CallroomApp(opener, chosen, folder / "screen.json", lang, url)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            app.animation_level = "none"
            yield Caller(app, pilot)
    finally:
        for client in clients:
            client.close()
