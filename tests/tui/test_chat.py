"""The chat against a real house: what is typed, pressed and clicked, and what is seen of it."""

from pathlib import Path

from textual.events import Key, Paste
from textual.geometry import Offset

from callroom_tui.screens.answer import AnswerScreen
from callroom_tui.screens.pasting import PasteScreen
from callroom_tui.settings import Settings
from chat_support import NO_FLOOD_CONTROL, Other, in_lobby, url_of
from house_support import Nursery, OpenHouse, wait_until
from journey_support import open_house as open_hotline
from screen_support import Caller, at_screen, rows_of, text_of


async def test_the_hotline_answers_to_a_digit_at_once_and_to_a_click(
    nursery: Nursery, tmp_path: Path
) -> None:
    with open_hotline(nursery, tmp_path) as house:
        url = f"tcp://127.0.0.1:{house.port()}"
        async with at_screen(url, tmp_path, lang="zh") as caller:
            await walk_the_hotline(caller)


async def walk_the_hotline(caller: Caller) -> None:
    await caller.see("欢迎致电", "1  话费与流量", "10086")
    await caller.pilot.press("1")
    await caller.see("本月账单", "account")
    row = next(at for at, text in enumerate(rows_of(caller.app)) if " *  返回上级" in text)
    column = rows_of(caller.app)[row].index(" *  返回上级")
    cells = len(rows_of(caller.app)[row][:column].encode("gbk", "replace"))
    await caller.pilot.click(offset=Offset(cells + 1, row))
    await caller.see("1  话费与流量")
    assert caller.chat.composer.writing.text == ""
    await caller.pilot.press("alt+d")  # from now on digits wait for Enter
    await caller.pilot.press("1")
    assert caller.chat.composer.writing.text == "1"
    await caller.pilot.press("enter")
    await caller.see("account")
    await caller.pilot.press("alt+h")
    await caller.see("通话已结束")
    await caller.pilot.press("enter")
    await caller.until(lambda: not caller.chat.model.call.ended, "another call")
    await in_lobby(caller)
    await caller.pilot.press("alt+h")
    await caller.see("已挂断与机器人的通话")
    await caller.until(lambda: caller.chat.model.call.ended, "the call to end")


async def test_two_people_talk_in_a_room_and_apart(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    alice = Other(house, tmp_path, "alice")
    alice.join("lobby")
    async with at_screen(url_of(house), tmp_path, settings=Settings(name="bob")) as caller:
        await in_lobby(caller)
        await caller.type("//hello\u4f60\u597d")
        await caller.see("✓ /hello你好")
        wait_until(lambda: "/hello你好" in alice.heard, "alice to hear it")
        alice.client.say("lobby", "好的bob你好")
        await caller.see("┃ 好的bob你好", "● alice", "● bob (you)")
        alice.client.say("@bob", "psst")
        await caller.see("@ alice")
        assert any("alice" in row and "@1" in row for row in rows_of(caller.app))
        await caller.pilot.press("alt+a")
        await caller.see("psst")
        assert caller.chat.shown == "@alice"
        await caller.until(lambda: not caller.chat.model.here.unread)
        await caller.type("yes?")
        wait_until(lambda: "yes?" in alice.heard, "alice to hear it")
        await caller.pilot.press("alt+1")
        assert caller.chat.shown == ""
    alice.client.close()


async def test_what_is_typed_is_kept_for_each_place_and_never_sent_by_mistake(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house = open_house()
    async with at_screen(url_of(house), tmp_path) as caller:
        await in_lobby(caller)
        await caller.type("half a th", enter=False)
        await caller.pilot.press("alt+up")
        assert caller.chat.shown == ""
        assert caller.chat.composer.writing.text == ""
        await caller.pilot.press("alt+down")
        assert caller.chat.composer.writing.text == "half a th"
        caller.chat.composer.writing.fill("")
        await caller.type("/jion lobby")
        await caller.see("There is no command /jion. Did you mean /join?")
        assert caller.chat.composer.writing.text == "/jion lobby"
        caller.chat.composer.writing.fill("x" * 4001)
        await caller.pilot.press("enter")
        await caller.see("4001 characters, 4000 at most", "4,001/4,000")
        caller.chat.composer.writing.fill("")
        await caller.type("one")
        await caller.type("two")
        await caller.pilot.press("up", "up")
        assert caller.chat.composer.writing.text == "one"
        await caller.pilot.press("down", "down")
        assert caller.chat.composer.writing.text == ""
        await caller.type("/jo", enter=False)
        await caller.pilot.press("tab")
        assert caller.chat.composer.writing.text == "/join "
        said = [line.text for line in caller.chat.transcript.lines if line.kind == "mine"]
        assert said == ["one", "two"]


async def test_several_pasted_lines_are_asked_about(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    async with at_screen(url_of(house), tmp_path) as caller:
        await in_lobby(caller)
        caller.chat.composer.writing.post_message(Paste("one\r\n\x1b[31mtwo\n"))
        await caller.until(lambda: isinstance(caller.app.screen, PasteScreen))
        await caller.see("Paste 2 lines?", "�[31mtwo")
        await caller.pilot.click("#one")
        await caller.see("✓ one", "�[31mtwo")
        assert [line.text for line in caller.chat.transcript.lines if line.kind == "mine"] == [
            "one\n�[31mtwo"
        ]


async def test_lines_wait_for_a_house_that_is_away_and_are_sent_once(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house = open_house()
    async with at_screen(url_of(house), tmp_path) as caller:
        await in_lobby(caller)
        house.kill()
        await caller.until(lambda: caller.chat.model.connection.socket is None, "the break is seen")
        await caller.type("still here")
        await caller.see("… still here")
        await caller.type("and unfinis", enter=False)
        house.start()
        await caller.pilot.press("f7")
        await caller.see("✓ still here")
        assert caller.chat.composer.writing.text == "and unfinis"
        assert text_of(caller.app).count("still here") == 1


async def test_older_lines_are_fetched_by_scrolling_up(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house(NO_FLOOD_CONTROL)
    alice = Other(house, tmp_path, "alice")
    alice.join("lobby")
    for number in range(120):
        alice.client.say("lobby", f"line {number}")
    wait_until(lambda: len(alice.heard) == 120, "all lines are stored")
    async with at_screen(url_of(house), tmp_path, size=(80, 24)) as caller:
        await in_lobby(caller)
        await caller.see("line 119", "line 101")  # a screenful comes unasked
        for _ in range(30):
            await caller.pilot.press("pageup")
            await caller.pilot.pause()
            if "the beginning" in text_of(caller.app):
                break
            await caller.until(lambda: not caller.chat.fetching("lobby"), "older lines have come")
        await caller.see("the beginning", "line 0")
        for key in ("ctrl+f", *"line"):  # as fast as a paste
            caller.app.post_message(Key(key, key if len(key) == 1 else None))
        await caller.see("120 of 120")
        await caller.pilot.press("escape", "ctrl+end")
        await caller.see("line 119")
        await caller.gone("120 of 120")
    alice.client.close()


async def test_answers_lie_over_the_chat_until_they_are_read(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    async with at_screen(url_of(house), tmp_path) as caller:
        await in_lobby(caller)
        await caller.type("/rooms")
        await caller.until(lambda: isinstance(caller.app.screen, AnswerScreen))
        await caller.see("#lobby", "1 people")
        await caller.pilot.press("escape")
        await caller.pilot.press("f1")
        await caller.see("Alt+U", "go to the first unread line")
        await caller.pilot.press("escape")
        await caller.type("/doctor")
        await caller.see("What the server sees")


async def test_below_100_columns_the_edges_lie_over_the_middle(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    async with at_screen(url_of(house), tmp_path, size=(80, 24)) as caller:
        await in_lobby(caller)
        assert "ROOMS" not in text_of(caller.app)
        await caller.pilot.press("f2")
        await caller.see("ROOMS")
        await caller.pilot.press("escape")
        await caller.gone("ROOMS")
        await caller.pilot.press("f4")
        await caller.see("SYN-ACK")
        await caller.pilot.press("f5")
        await caller.see("recv(10 s)")
        await caller.pilot.press("escape")
        await caller.pilot.resize_terminal(40, 10)
        await caller.pilot.pause()
        await caller.type("tiny")
        await caller.see("✓ tiny")
        await caller.pilot.resize_terminal(160, 50)
        await caller.see("ROOMS", "Quit")


async def test_looks_language_and_bell_are_remembered(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    settings = Settings(name="bob")
    async with at_screen(url_of(house), tmp_path, settings=settings) as caller:
        await in_lobby(caller)
        await caller.pilot.press("f8")
        assert caller.app.theme == "callroom-light"
        await caller.pilot.press("alt+m")
        await caller.see("The bell rings for every line.")
        await caller.type("kept", enter=False)
        await caller.pilot.press("alt+l")
        await caller.see("已就绪", "房间", "kept")
        await caller.pilot.press("ctrl+o")
        await caller.pilot.pause()
        await caller.pilot.press(*"bell")
        await caller.pilot.press("escape", "escape")
    remembered = (tmp_path / "screen.json").read_text()
    assert '"callroom-light"' in remembered
    assert '"zh"' in remembered
    assert '"all"' in remembered
    assert url_of(house) in remembered


async def test_typing_goes_on_whatever_was_clicked_or_chosen(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    async with at_screen(url_of(house), tmp_path) as caller:
        await in_lobby(caller)
        await caller.pilot.click("#transcript")
        assert caller.chat.focused is caller.chat.composer.writing
        caller.chat.transcript.focus()
        await caller.pilot.press(*"still", "space", *"here")
        await caller.see("still here")
        await caller.pilot.press("enter")
        await caller.see("✓ still here")
