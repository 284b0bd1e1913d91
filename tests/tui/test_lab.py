"""The lab on the screen: experiments are run, stepped through, changed, ended; and what that looks like."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from callroom_client.client import Client
from callroom_client.events import Event
from callroom_lessons import pages
from callroom_tui.app import CallroomApp
from callroom_tui.lab.bench import Recording
from callroom_tui.screens.chat import ChatScreen
from callroom_tui.screens.lab import LabScreen
from callroom_tui.settings import Settings
from callroom_tui.widgets.lesson import content
from callroom_tui.wrapping import width_of
from callroom_words.words import Lang
from house_support import COMMAND, OpenHouse
from screen_support import at_screen, text_of, until
from terminal_support import Terminal


def nobody(url: str, name: str, listen: Callable[[Event], object]) -> Client:
    raise AssertionError("the lab alone calls nobody")


def lab_app(folder: Path, lesson: str, lang: Lang = "en") -> CallroomApp:
    return CallroomApp(nobody, Settings(), folder / "screen.json", lang, lesson=lesson)


class Student:
    """A person at the lab."""

    def __init__(self, app: CallroomApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def lab(self) -> LabScreen:
        """The lab, whatever lies over it."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, LabScreen))

    @property
    def recording(self) -> Recording:
        """What was recorded of the lesson that is open."""
        return self.app.bench.recording

    async def see(self, *wanted: str) -> None:
        """Waits until the screen shows all of these."""
        for text in wanted:
            await until(self.pilot, lambda text=text: text in text_of(self.app), f"to see {text!r}")

    async def recorded(self) -> Recording:
        """Waits for the end of what runs."""
        await until(self.pilot, lambda: self.recording.finished is not None, "the end of the experiment")
        return self.recording


@asynccontextmanager
async def at_lab(
    folder: Path, lesson: str, lang: Lang = "en", size: tuple[int, int] = (120, 40)
) -> AsyncGenerator[Student]:
    app = lab_app(folder, lesson, lang)
    async with app.run_test(size=size, notifications=True) as pilot:
        app.animation_level = "none"
        await pilot.pause()
        yield Student(app, pilot)


async def test_an_experiment_is_run_and_gone_through_step_by_step(tmp_path: Path) -> None:
    async with at_lab(tmp_path, "sticky") as student:
        await student.see("Sticky packets, and the cure", "Enter runs the experiment", "‹ after all sends ›")
        await student.pilot.press("space")
        recording = await student.recorded()
        await student.see(f"step 1 of {len(recording.steps)}", "listener.socket", "(AF_INET, SOCK_STREAM)")
        assert "conn.recv" not in text_of(student.app)
        await student.pilot.press(*["n"] * 10, "b")
        await student.see(f"step 10 of {len(recording.steps)}", "client.shutdown(SHUT_WR)", "◀──")
        await student.pilot.press("a")
        await student.see("6f 72 6c 64 65 67", "orldeg", "★ 3 sends, 3 recvs", "unread 8")
        await student.pilot.press("r")
        await until(student.pilot, lambda: student.recording is not recording, "another recording")
        again = await student.recorded()
        assert [step.call for step in again.steps] == [step.call for step in recording.steps]
        assert [step.at for step in again.steps] != [step.at for step in recording.steps]


async def test_settings_are_changed_kept_and_refused_in_words(tmp_path: Path) -> None:
    async with at_lab(tmp_path, "sticky") as student:
        field = student.lab.query_one("#knob-buffer", Input)
        field.focus()
        field.value = "0"
        await student.pilot.press("enter")
        await student.see("recv buffer: 0 is not from 1 to 1024")
        assert not student.recording.steps
        field.value = "1024"
        student.lab.query_one("#knob-frames").focus()
        await student.pilot.press("right", "r")
        await student.see("exactly 3 messages", "‹ on ›")
        assert (await student.recorded()).steps
        student.lab.query_one("#lessons").focus()
        await student.pilot.press("down", "enter")
        await student.see("Remote commands", "tried in another terminal", "8001")
        await student.pilot.press("up", "enter")
        await student.see("exactly 3 messages")  # what was recorded is still there
        assert student.lab.query_one("#knob-buffer", Input).value == "1024"


@pytest.mark.parametrize("lesson", ["datagrams", "legitimacy", "waiting", "backlog", "handshake", "families"])
async def test_every_experiment_can_be_seen(lesson: str, tmp_path: Path) -> None:
    async with at_lab(tmp_path, lesson, "zh") as student:
        await student.pilot.press("enter")  # the list has the focus, and its cursor is here
        recording = await student.recorded()
        assert recording.finished is not None
        await student.see("★", "服务端", "客户端")
        assert recording.finished.problem is None


async def test_what_runs_is_ended_by_a_key_and_by_leaving(tmp_path: Path) -> None:
    async with at_lab(tmp_path, "waiting") as student:
        student.app.bench.values.update(timeout="2000", delay="2000")
        await student.pilot.press("r")
        await student.see("settimeout(2.0)", "running …")
        await student.pilot.press("x")
        await student.see("! ended before its time")
        await student.pilot.press("r")
        await student.see("running …")
    assert student.app.return_code in (0, None)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_page_fits_any_width_and_says_what_to_try(lang: Lang) -> None:
    for page in pages():
        for width in (30, 90):
            text = content(page, width, lang).plain
            assert all(width_of(row) <= width for row in text.splitlines())
            assert "".join(page.title.say(lang).split()) in "".join(text.split())
            assert ("Try this" if lang == "en" else "试一试") in text
            typed = [one.typed("127.0.0.1", one.port) for one in page.listeners]
            assert all("".join(line.split()) in "".join(text.split()) for line in typed)


async def test_the_language_changes_and_what_was_recorded_stays(tmp_path: Path) -> None:
    async with at_lab(tmp_path, "upper") as student:
        await student.pilot.press("r")
        await student.see("★ 13 bytes went in", "A server binds an address")
        await student.pilot.press("alt+l")
        await student.see("★ 13 字节分 2 段到达", "服务端 bind 一个地址")


async def test_a_narrow_screen_lays_lessons_and_page_over_the_steps(tmp_path: Path) -> None:
    async with at_lab(tmp_path, "handshake", size=(80, 24)) as student:
        assert "A conversation over TCP" not in text_of(student.app)
        await student.pilot.press("f2")
        await student.see("A conversation over TCP")
        await student.pilot.press("escape", "f3")
        await student.see("A connection begins with three packets")
        await student.pilot.press("f3", "r")
        await student.see("FIN_WAIT2 → TIME_WAIT")
        await student.pilot.resize_terminal(46, 20)
        await student.see("S server · C client")
        await student.pilot.press("f1")
        await student.see("Keys of the lab")


async def test_the_lab_lies_over_a_chat_that_goes_on(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    async with at_screen(f"tcp://127.0.0.1:{house.port}", tmp_path) as caller:
        await caller.ready()
        await caller.type("/lab")
        await caller.see("The lab", "A conversation over TCP")
        await caller.pilot.press("r")
        await caller.see("★ 13 bytes went in 2 pieces")
        await caller.pilot.press("escape")
        await caller.until(lambda: isinstance(caller.app.screen, ChatScreen), "the chat again")
        await caller.pilot.press("alt+x")
        await caller.see("★ 13 bytes went in 2 pieces")  # as it was left
        await caller.pilot.press("alt+l")
        await caller.see("★ 13 字节分 2 段到达")


def test_the_lab_in_a_terminal(tmp_path: Path) -> None:
    homes = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    with Terminal([*COMMAND, "lab", "screen", "legitimacy", "--lang", "zh"], 110, 32, homes) as terminal:
        terminal.see("这是我们的客户端吗？")
        terminal.key("enter")
        terminal.see("★ 摘要相同")
        terminal.see("LET ME I")
        terminal.send(" ")
        terminal.see("第 1 步")
        terminal.key("ctrl-q")
        assert terminal.ended() == 0


def test_the_pages_that_have_experiments_say_how_to_see_them() -> None:
    told = {page.name for page in pages() if "lab screen" in page.tries.en}
    assert {"waiting", "backlog", "handshake"} <= told
