"""How each screen looks, compared with its picture: `pytest tests/tui/test_pictures.py --snapshot-update`
draws them anew, and the diff is the review.
"""

import gc
import re
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.image import SVGImageSnapshotExtension
from textual import events
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, TextArea

import callroom_tui
from callroom_client import events as e
from callroom_client.client import Client
from callroom_client.model.local import PlaceChosen
from callroom_tui.app import CallroomApp
from callroom_tui.lab.bench import Bench
from callroom_tui.screens.chat import ChatScreen
from callroom_tui.screens.connect import ConnectScreen
from callroom_tui.screens.lab import LabScreen
from callroom_tui.session import Session
from callroom_tui.settings import Settings
from callroom_tui.themes import CONTRAST, DARK, LIGHT
from callroom_tui.widgets.bars import TopBar
from callroom_tui.widgets.callbar import CallBar
from callroom_tui.widgets.connection import ConnectionPanel
from callroom_tui.widgets.timeouts import TimeoutsPanel
from callroom_tui.wishes import Keep
from callroom_words.words import Lang
from picture_support import (
    BEGIN,
    FOUND,
    STEPS,
    URL,
    asked_for_a_number,
    asked_secretly,
    called,
    connected,
    frames,
    lost,
    refused,
    talk,
    wrong_door,
)
from screen_support import NOON, rows_of, until

PASTED = "\n".join(["import socket", "", "house = socket.create_connection(('127.0.0.1', 8888))", "你好"])


@pytest.fixture(autouse=True)
def uncollected() -> Generator[None]:
    """No garbage is looked for: half of the time would go into that, so many objects does a screen have."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Local time is UTC, whatever the machine's is."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@dataclass(frozen=True)
class Scene:
    """What a picture shows: what has happened, where one is, which keys were pressed, and what came then."""

    name: str
    story: Callable[[], Sequence[e.Event]] = list[e.Event]
    place: str = "lobby"
    keys: Sequence[str] = ()
    then: Callable[["Album", Screen[object]], object] = lambda album, screen: None


def in_room() -> list[e.Event]:
    return [*connected(), *called(), *talk()]


def pasted(album: "Album", screen: Screen[object]) -> None:
    assert isinstance(screen, ChatScreen)
    screen.composer.writing.post_message(events.Paste(PASTED))


def passed(album: "Album", screen: Screen[object]) -> None:
    assert isinstance(screen, ChatScreen)
    screen.take(frames())


CHAT = (
    Scene("hotline", lambda: [*connected(), *called()], place=""),
    Scene("secret", lambda: [*connected(), *asked_secretly()], place="", keys="1234"),
    Scene("form", lambda: [*connected(), *asked_for_a_number()], place="", keys="1380013800x"),
    Scene("room", in_room),
    Scene("places", in_room, keys=["f2"]),
    Scene("people", in_room, keys=["f3"]),
    Scene("connection", in_room, keys=["f4"]),
    Scene("timeouts", in_room, keys=["f5"]),
    Scene("wire", in_room, keys=["f6"], then=passed),
    Scene("search", in_room, keys=["ctrl+f", *"recv"]),
    Scene("palette", in_room, keys=["f9"]),
    Scene("help", in_room, keys=["f1"]),
    Scene("paste", in_room, then=pasted),
    Scene("completion", in_room, keys=[*"/t", "tab"]),
    Scene("lost", lambda: [*in_room(), *lost()], keys="hello?"),
)
CONNECT = (
    Scene("connect-refused", refused),
    Scene("connect-wrong-door", wrong_door),
)
LAB = (
    Scene("lab-steps"),
    Scene("lab-lessons", keys=["f2"]),
    Scene("lab-page", keys=["f3"]),
)


EVERYTHING = (*CHAT, Scene("connect"), *CONNECT, *LAB)
FEW = {"hotline", "timeouts", "wire", "search", "palette", "paste", "connect-refused", "lab-steps"}
SOME = [scene for scene in EVERYTHING if scene.name in FEW]


class Album(CallroomApp):
    """The application with scenes in place of a house: nothing is called."""

    CSS_PATH = Path(callroom_tui.__file__).parent / "app.tcss"

    def __init__(self, lang: Lang, theme: str = DARK.name) -> None:
        super().__init__(_nobody, Settings(theme=theme), Path("/nowhere"), lang)

    def on_keep(self, event: Keep) -> None:
        """Remembers nothing."""
        event.prevent_default()

    def begin(self) -> None:
        self.animation_level = "none"

    def stage(self, scene: Scene) -> None:
        """Shows a scene in place of the one before, which leaves nothing behind."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.settings = Settings(recent=[URL, "unix:///run/callroom.sock"], name="max")
        if scene in LAB:
            bench = Bench()
            for number, step in enumerate(STEPS, 1):
                bench.recording.take(msgspec.structs.replace(step, number=number))
            bench.recording.take(FOUND)
            bench.recording.at = 7 if scene.name == "lab-steps" else None
            self.push_screen(LabScreen(bench, self.lang))
            return
        session = Session(URL, self.settings, self.lang, clock=lambda: BEGIN + 12, wall=lambda: NOON)
        session.epoch = NOON - BEGIN
        session.model = type(session.model)(session.epoch)
        session.apply(scene.story())
        session.model.apply(PlaceChosen(at=BEGIN, place=scene.place))
        if scene in CONNECT:
            self.push_screen(ConnectScreen(self.settings, self.lang, session, clock=session.clock))
        elif scene.name == "connect":
            self.push_screen(ConnectScreen(Settings(), self.lang))
        else:
            self._chat = ChatScreen(session)
            self.push_screen(self._chat)


def _nobody(url: str, name: str, listen: object) -> Client:
    raise AssertionError("nobody is called here")


async def still(pilot: Pilot[None]) -> None:
    """Waits until nothing moves: all that looks from time to time has looked, and no cursor blinks."""
    for screen in pilot.app.screen_stack:
        for field in screen.query(Input):
            field.cursor_blink = False
        for area in screen.query(TextArea):
            area.cursor_blink = False
    before: list[str] = []

    def quiet() -> bool:
        nonlocal before
        last, before = before, rows_of(pilot.app)
        return last == before

    for _ in range(2):  # what is seen then may need another layout, after which there is more to look at
        await pilot.pause()
        for screen in pilot.app.screen_stack:
            for panel in screen.query("*"):
                if isinstance(panel, TopBar | CallBar | ConnectionPanel | TimeoutsPanel):
                    panel.look()
    await until(pilot, quiet, "the screen to be still")


async def taken(album: Album, size: tuple[int, int], scenes: Sequence[Scene]) -> dict[str, str]:
    """Pictures of scenes, by their names."""
    found: dict[str, str] = {}
    async with album.run_test(size=size, notifications=True) as pilot:
        for scene in scenes:
            with album.batch_update():
                album.stage(scene)
            await pilot.pause()
            screen = album.screen
            for key in scene.keys:
                await pilot.press(key)
            scene.then(album, screen)
            await still(pilot)
            svg = album.export_screenshot(title=scene.name)
            svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)  # which is fetched from elsewhere
            found[scene.name] = re.sub(r"terminal-\d+-", "t-", svg)
    return found


def compared(pictures: dict[str, str], snapshot: SnapshotAssertion, folder: Path) -> None:
    """All pictures are compared before any is told of; what they are now is drawn into `folder`."""
    drawn = snapshot.use_extension(SVGImageSnapshotExtension)
    others = [name for name, picture in pictures.items() if picture != drawn(name=name)]
    for name in others:
        (folder / f"{name}.svg").write_text(pictures[name], encoding="utf-8")
    assert not others, f"these look otherwise; what they are now is in {folder}"


SIZES: list[tuple[tuple[int, int], Lang]] = [
    ((80, 24), "en"),
    ((120, 40), "en"),
    ((80, 24), "zh"),
    ((120, 40), "zh"),
    ((40, 10), "en"),
]


@pytest.mark.parametrize(("size", "lang"), SIZES, ids=[f"{s[0]}x{s[1]}-{lang}" for s, lang in SIZES])
async def test_each_screen_looks_as_it_did(
    size: tuple[int, int], lang: Lang, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    compared(await taken(Album(lang), size, EVERYTHING), snapshot, tmp_path)


WINDOW = {"292929", "ff5f57", "febc2e", "28c840", "c5c8c6"}
"""Colours of the frame that Rich draws around every picture, and of text in the terminal's own."""


@pytest.mark.parametrize("theme", [LIGHT.name, CONTRAST.name])
async def test_each_look_is_as_it_was(theme: str, snapshot: SnapshotAssertion, tmp_path: Path) -> None:
    compared(await taken(Album("en", theme), (110, 30), SOME), snapshot, tmp_path)


async def test_without_colours_everything_is_told_by_signs(
    snapshot: SnapshotAssertion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    pictures = await taken(Album("en"), (80, 24), SOME)
    for name, picture in pictures.items():
        colours = set(re.findall(r"#([0-9a-f]{6})", picture))
        assert all(len({colour[:2], colour[2:4], colour[4:]}) == 1 for colour in colours - WINDOW), name
    compared(pictures, snapshot, tmp_path)
