"""The palette: every command and place, found by its letters; what a stranger names a place is only words."""

from pathlib import Path

from textual.geometry import Offset

from callroom_client import events as e
from callroom_tui.screens.answer import AnswerScreen
from callroom_tui.screens.chat import ChatScreen
from callroom_wire import messages as m
from house_support import OpenHouse
from screen_support import at_screen

ODD = r"\[red]a\\[/] [@click=app.quit]"


async def test_commands_and_places_are_found_and_done(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    async with at_screen(f"tcp://127.0.0.1:{house.port}", tmp_path) as caller:
        await caller.ready()
        await caller.type("/join den")
        await caller.see("# den")
        await caller.pilot.press("ctrl+o")
        await caller.see("a command or a place", "Help  (F1)", "every key and command")
        await caller.pilot.press(*"kernel")  # is in its words, not in its name
        await caller.see("Socket  (F4)")
        await caller.gone("Help  (F1)")
        await caller.pilot.press("enter")
        await caller.see("ESTABLISHED")
        await caller.pilot.press("f9", *"hotline", "enter")
        await caller.until(lambda: caller.chat.shown == "", "the hotline")
        await caller.pilot.press("f9", *"qqqq")
        await caller.see("no such command or place")
        await caller.pilot.press("enter")
        await caller.until(lambda: isinstance(caller.app.screen, ChatScreen), "the chat again")


async def test_commands_are_begun_or_done_and_time_outs_are_set(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house = open_house()
    async with at_screen(f"tcp://127.0.0.1:{house.port}", tmp_path) as caller:
        await caller.ready()
        await caller.pilot.press("f9", *"/join")
        await caller.see("/join ROOM")
        await caller.pilot.press("enter")
        await caller.until(lambda: caller.chat.composer.writing.text == "/join ", "the command to be begun")
        await caller.pilot.press(*"den", "enter")
        await caller.see("# den")
        await caller.pilot.press("f9", *"/leave", "enter")
        await caller.until(lambda: caller.chat.composer.writing.text == "/leave ", "one that may have more")
        await caller.pilot.press("ctrl+u", "f9", *"/rooms")
        await caller.see("/rooms")
        await caller.pilot.press("enter")
        await caller.until(lambda: isinstance(caller.app.screen, AnswerScreen), "the answer to /rooms")
        await caller.pilot.press("escape", "f9", *"recv 0.2")
        await caller.see("settimeout: recv 0.2 s", "waits at most 0.2 s")
        await caller.pilot.press("enter")
        await caller.see("recv: time-out 0.2 s.")


async def test_a_place_is_called_what_it_is_called(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    async with at_screen(f"tcp://127.0.0.1:{house.port}", tmp_path, lang="zh") as caller:
        await caller.ready()
        joined = m.Joined(place="odd", topic=ODD, people=["bob"])
        caller.chat.take([e.Received(at=0.0, message=joined)])
        await caller.pilot.press("f9", *"odd")
        await caller.see("→ odd", ODD)


async def test_a_mouse_reaches_everything_where_the_bar_has_no_room(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house = open_house()
    async with at_screen(f"tcp://127.0.0.1:{house.port}", tmp_path, size=(80, 24)) as caller:
        await caller.ready()
        await caller.gone("Ctrl+O Commands")
        await caller.pilot.click(offset=Offset(1, 0))
        await caller.see("a command or a place")
        await caller.pilot.press("escape")
        await caller.see("● ready")
        await caller.until(lambda: isinstance(caller.app.screen, ChatScreen), "the chat again")
        await caller.pilot.click(offset=Offset(7, 0))
        await caller.see("ESTABLISHED")
