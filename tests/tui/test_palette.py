"""The palette: every command and place, found by its letters; what a stranger names a place is only words."""

from pathlib import Path

from callroom_client import events as e
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
        await caller.pilot.press(*"settimeout")  # is in its words, not in its name
        await caller.see("Time-outs  (F5)")
        await caller.gone("Help  (F1)")
        await caller.pilot.press("enter")
        await caller.see("connect(", "waits at most")
        await caller.pilot.press("f9", *"hotline", "enter")
        await caller.until(lambda: caller.chat.shown == "", "the hotline")
        await caller.pilot.press("f9", *"qqqq")
        await caller.see("no such command or place")
        await caller.pilot.press("enter")
        await caller.until(lambda: isinstance(caller.app.screen, ChatScreen), "the chat again")


async def test_a_place_is_called_what_it_is_called(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    async with at_screen(f"tcp://127.0.0.1:{house.port}", tmp_path, lang="zh") as caller:
        await caller.ready()
        joined = m.Joined(place="odd", topic=ODD, people=["bob"])
        caller.chat.take([e.Received(at=0.0, message=joined)])
        await caller.pilot.press("f9", *"odd")
        await caller.see("→ odd", ODD)
