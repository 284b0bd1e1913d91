"""The robot's forms on the screen: judged by marks and words while they are typed, secret where they are."""

from pathlib import Path

from textual.widgets import Input

from callroom_tui.widgets.verdict import VerdictRow
from callroom_wire import messages as m
from house_support import OpenHouse
from screen_support import Caller, at_screen, raw_of, text_of

DESK = r"""
schema = 1
id = "desk"
title = "Desk"
lang = "en"
start = "phone"

[defaults]
timeout = 0
give_up = "never"
no_match = ["The house says no."]
exit_words = ["stop"]

[global.keys]
0 = { label = "again", goto = "phone" }

[node.phone]
say = "Your number?"
ask = { slot = "phone", type = "phone", pattern = '1[3-9]\d{9}', end_key = "#" }
goto = "pin"

[node.pin]
say = "Your PIN?"
ask = { slot = "pin", type = "text", min = 4, max = 6, mask = true }
goto = "menu"

[node.menu]
say = "Choose."
keys.1 = { label = "the day", goto = "day" }
keys.2 = { label = "the PIN", goto = "pin" }

[node.day]
say = "Which day?"
ask = { slot = "day", type = "date" }
goto = "menu"
"""


def desk(open_house: OpenHouse, tmp_path: Path) -> str:
    menus = tmp_path / "menus"
    menus.mkdir()
    (menus / "desk.toml").write_text(DESK)
    return f"tcp://127.0.0.1:{open_house(options=['--menus', str(menus)]).port}"


async def at_the_desk(caller: Caller) -> None:
    """Calls the menu that asks for things."""
    await caller.until(lambda: not caller.chat.model.call.ended, "the robot to answer")
    await caller.type("/call desk")
    await caller.see("Your number?")


async def says(caller: Caller, words: str) -> None:
    """Waits for the row of the verdict to have these words."""
    row = caller.chat.query_one(VerdictRow)
    await caller.until(lambda: row.display and words in str(row.render()), f"to be told {words!r}")


async def to_the_pin(caller: Caller) -> Input:
    await at_the_desk(caller)
    await caller.type("13800138000")
    await caller.see("Your PIN?")
    field = caller.chat.query_one("#secret", Input)
    await caller.until(lambda: field.has_focus, "to type in secret")
    return field


async def test_an_entry_is_judged_while_it_is_typed(open_house: OpenHouse, tmp_path: Path) -> None:
    async with at_screen(desk(open_house, tmp_path), tmp_path) as caller:
        await at_the_desk(caller)
        await says(caller, "· 0/11 A telephone number, please.")
        await caller.pilot.press(*"138x")
        await says(caller, "✗ 4/11 Only digits fit here")
        await caller.pilot.press("enter")
        await caller.see("Not sent: it stays here until it fits.")
        writing = caller.chat.composer.writing
        assert writing.text == "138x"
        await caller.pilot.press("backspace")
        await says(caller, "… 3/11 8 more to come.")
        await caller.gone("Not sent")
        await caller.pilot.press(*"00138000")
        await says(caller, "✓ 11/11 That fits.")
        await caller.pilot.press("enter")
        await caller.see("Your PIN?")
        assert "The house says no." not in text_of(caller.app)


async def test_what_is_taken_besides_is_let_through_and_a_command_is_one(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    async with at_screen(desk(open_house, tmp_path), tmp_path, lang="zh") as caller:
        await at_the_desk(caller)
        await says(caller, "· 0/11 请输入电话号码。")
        await caller.type("/join lobby")
        await caller.until(lambda: caller.chat.shown == "lobby", "to be in the lobby")
        assert not caller.chat.query_one(VerdictRow).display
        await caller.type("/go 机器人")
        await says(caller, "· 0/11 请输入电话号码。")
        await caller.type("0", enter=False)
        await says(caller, "✓ 可以提交。")
        await caller.pilot.press("enter")
        await caller.until(lambda: text_of(caller.app).count("Your number?") > 1, "the robot to ask again")
        await caller.type("stop")
        await caller.until(lambda: caller.chat.model.call.ended, "the call to end")
        await caller.until(lambda: not caller.chat.query_one(VerdictRow).display, "no verdict")


async def test_a_secret_stays_one_and_is_judged(open_house: OpenHouse, tmp_path: Path) -> None:
    async with at_screen(desk(open_house, tmp_path), tmp_path) as caller:
        field = await to_the_pin(caller)
        await says(caller, "· 0/6 A text, please.")
        await caller.pilot.press("Z", "9", "q")
        await says(caller, "… 3/6 At least 4 characters, please.")
        await caller.pilot.press("enter")
        await caller.see("Not sent: it stays here")
        assert field.value == "Z9q"
        await caller.pilot.press("W", "k", "k", "k")
        await says(caller, "✗ 7/6 That is 1 too many.")
        assert not any(part in raw_of(caller.app) for part in ("Z9q", "Wkkk"))
        await caller.pilot.press("backspace", "enter")
        await caller.see("Choose.")
        assert field.value == ""
        assert not field.display
        assert not any(part in raw_of(caller.app) for part in ("Z9q", "Wkk"))
        assert caller.chat.session.history == ["/call desk", "13800138000"]


async def test_a_secret_with_a_slash_is_no_command_but_for_the_ways_out(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    async with at_screen(desk(open_house, tmp_path), tmp_path) as caller:
        field = await to_the_pin(caller)
        await caller.pilot.press(*"/Zq")
        await says(caller, "… 3/6 This does not fit, and is no command: only /hangup and /quit are")
        await caller.pilot.press("x", "enter")  # four: that is one
        await caller.see("Choose.")
        assert "Zqx" not in raw_of(caller.app)
        await caller.pilot.press("2")
        await caller.until(lambda: field.has_focus, "to type in secret again")
        await caller.pilot.press(*"/hangup")
        assert not caller.chat.query_one(VerdictRow).display
        await caller.pilot.press("enter")
        await caller.until(lambda: caller.chat.model.call.ended, "the call to end")


async def test_what_is_half_typed_in_secret_goes_with_the_question(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    async with at_screen(desk(open_house, tmp_path), tmp_path) as caller:
        field = await to_the_pin(caller)
        await caller.pilot.press(*"Zq9")
        caller.chat.called()  # the same question: nothing is lost
        assert field.value == "Zq9"
        client = caller.chat.session.client
        assert client is not None
        client.ask(m.Press(text="stop"))
        await caller.until(lambda: not field.display, "the call to end")
        assert field.value == ""
        assert caller.chat.composer.writing.text == ""
