"""What one's fingers know: keys from place to place, completion, pastes, what failed said again, the bell."""

import asyncio
from pathlib import Path

import pytest
from textual.events import AppBlur, AppFocus, Paste
from textual.geometry import Offset
from textual.pilot import Pilot

from callroom_client.link.faults import FAULTS
from callroom_client.model.entries import Own, Way
from callroom_tui import app
from callroom_tui.lines import Line, line_of
from callroom_tui.screens.pasting import MOST_MESSAGES, PasteScreen
from callroom_tui.settings import Settings
from callroom_tui.widgets.composer import MOST_WRITTEN
from callroom_tui.wishes import Ring
from callroom_wire import messages as m
from chat_support import NO_FLOOD_CONTROL, Other, in_lobby, url_of
from house_support import Nursery, OpenHouse, wait_until
from journey_support import open_house as open_hotline
from link_support import Peer, Stranger
from screen_support import Caller, at_screen, rows_of, text_of


async def test_a_line_that_was_refused_is_said_again(tmp_path: Path) -> None:
    said: list[m.Say] = []

    def act(peer: Peer) -> None:
        peer.log_in()
        peer.expect(m.Dial)
        peer.send(m.Joined(place="lobby", head=0, people=["someone"], go=True))
        for number in range(3):
            said.append(peer.expect(m.Say))
            if number < 2:
                peer.send(m.Error(code="room_quiet", text="It is night.", fix="Wait.", id=said[-1].id))
        peer.send(m.Ack(place="lobby", ids=[said[-1].id], seqs=[1]))
        peer.until_closed()

    server = Stranger(act)
    async with at_screen(server.url, tmp_path) as caller:
        await caller.until(lambda: caller.chat.shown == "lobby", "to be in the lobby")
        await caller.type("good night")
        await caller.see("✗ good night", "It is night.")
        await caller.pilot.press("alt+r")
        await caller.until(lambda: len(said) == 2 and ways(caller) == [Way.FAILED], "the second refusal")
        await caller.type("/retry")
        await caller.see("✓ good night")
        assert text_of(caller.app).count("good night") == 1
        assert [line.text for line in said] == ["good night"] * 3
        assert len({line.id for line in said}) == 3
        await caller.type("/retry")
        await caller.see("No line here has failed.")
    server.close()


async def test_a_word_to_somebody_is_sent_and_what_is_refused_out_of_sight_is_told(tmp_path: Path) -> None:
    def act(peer: Peer) -> None:
        peer.log_in()
        told = peer.expect(m.Tell)
        assert (told.to, told.text) == ("alice", "psst")
        peer.send(
            m.Error(code="no_such_person", text="Nobody is alice.", fix="Look who is here.", id=told.id)
        )
        peer.until_closed()

    server = Stranger(act)
    async with at_screen(server.url, tmp_path) as caller:
        await caller.ready()
        await caller.type("/msg alice psst")
        await caller.see("@alice: Nobody is alice. Look who is here.")
        assert caller.chat.shown == ""
        await caller.pilot.press("alt+down")
        await caller.see("✗ psst")
    server.close()


def test_a_line_that_could_not_be_kept_says_why() -> None:
    for code in ("not_kept", "fate_unknown"):
        for lang in ("en", "zh"):
            line = line_of(Own(1, "hello", Way.FAILED, code=code), "bob", lang, 0)
            assert line.text == f"hello\n{FAULTS[code].say(lang)}"


def ways(caller: Caller) -> list[Way]:
    """How far one's own lines are that are not stored."""
    return [entry.way for entry in caller.chat.model.here.entries if isinstance(entry, Own)]


async def test_what_is_typed_while_the_client_is_being_left_hurts_nobody(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    async with at_screen(url_of(open_house()), tmp_path) as caller:
        await in_lobby(caller)
        client = caller.chat.session.client
        assert client is not None
        await asyncio.to_thread(client.close)
        await caller.type("too late")
        await caller.see("The client is being closed: that was not sent.")
        assert caller.chat.composer.writing.text == "too late"
        await caller.pilot.press("alt+r")
        await caller.see("No line here has failed.")


async def test_what_is_selected_is_copied(open_house: OpenHouse, tmp_path: Path) -> None:
    async with at_screen(url_of(open_house()), tmp_path) as caller:
        await in_lobby(caller)
        await caller.type("copy 我 please")
        await caller.see("✓ copy 我 please")
        row = next(at for at, text in enumerate(rows_of(caller.app)) if "copy 我" in text)
        column = rows_of(caller.app)[row].index("copy")
        last = column + len("copy 我 please")  # one of them has two cells
        await drag(caller.pilot, (column, row), (last, row))
        await caller.pilot.press("ctrl+c")
        await caller.until(lambda: caller.app.clipboard == "copy 我 please", "it to be copied")
        assert caller.chat.focused is caller.chat.composer.writing


async def drag(pilot: Pilot[None], begin: tuple[int, int], end: tuple[int, int]) -> None:
    await pilot.mouse_down(offset=Offset(*begin))
    await pilot.hover(offset=Offset(*end))
    await pilot.mouse_up(offset=Offset(*end))
    await pilot.pause()


async def test_keys_lead_from_place_to_place(open_house: OpenHouse, tmp_path: Path) -> None:
    async with at_screen(url_of(open_house()), tmp_path) as caller:
        await in_lobby(caller)
        for room in ("kitchen", "attic"):
            await caller.type(f"/join {room}")
            await caller.until(lambda room=room: caller.chat.shown == room, f"to be in {room}")
        keys = [
            ("alt+1", ""), ("alt+2", "lobby"), ("alt+3", "kitchen"), ("alt+4", "attic"), ("alt+9", "attic"),
            ("ctrl+n", ""), ("ctrl+p", "attic"), ("ctrl+p", "kitchen"), ("alt+up", "lobby"),
            ("alt+down", "kitchen"), ("ctrl+n", "attic"),
        ]  # fmt: skip
        for number, (key, place) in enumerate(keys):
            await caller.type(f"draft {number}", enter=False)
            left = caller.chat.shown
            await caller.pilot.press(key)
            await caller.pilot.pause()
            assert caller.chat.shown == place, key
            known = caller.chat.model.place(left)
            assert known is not None
            if left != place:
                assert known.draft == f"draft {number}"


async def test_the_first_unread_line_and_what_is_new_elsewhere(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house(NO_FLOOD_CONTROL)
    alice = Other(house, tmp_path, "alice")
    alice.join("lobby")
    async with at_screen(url_of(house), tmp_path) as caller:
        await in_lobby(caller)
        await caller.pilot.press("alt+1")
        await caller.pilot.press("alt+a")
        await caller.see("Nothing is new anywhere.")
        for number in range(60):
            alice.client.say("lobby", f"line {number}.")
        await caller.until(lambda: unread(caller) == 60, "all lines")
        await caller.pilot.press("alt+a")
        assert caller.chat.shown == "lobby"
        await caller.see("line 59.")
        assert "line 0." not in text_of(caller.app)
        await caller.pilot.press("alt+u")
        await caller.see("line 0.")
        await caller.pilot.press("ctrl+f")
        await caller.pilot.press(*"line 30")
        await caller.see("1 of 1", "line 30.")
    alice.client.close()


def unread(caller: Caller) -> int:
    """How many lines of the lobby are unread."""
    place = caller.chat.model.place("lobby")
    return place.unread if place is not None else 0


async def test_drafts_wait_in_every_place_while_the_house_starts_again(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house = open_house()
    async with at_screen(url_of(house), tmp_path) as caller:
        await in_lobby(caller)
        await caller.type("for the lobby", enter=False)
        await caller.pilot.press("alt+1")
        await caller.type("for the robot", enter=False)
        house.kill()
        await caller.until(lambda: caller.chat.model.connection.socket is None, "the break is seen")
        await caller.pilot.press("alt+2")
        assert caller.chat.composer.writing.text == "for the lobby"
        house.start()
        await caller.pilot.press("f7")
        await caller.ready()
        await caller.pilot.press("alt+1")
        assert caller.chat.composer.writing.text == "for the robot"
        await caller.pilot.press("alt+2")
        assert caller.chat.composer.writing.text == "for the lobby"


async def test_tab_completes_rooms_people_and_commands(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    alice = Other(house, tmp_path, "alice")
    alice.join("lobby")
    async with at_screen(url_of(house), tmp_path) as caller:
        await in_lobby(caller)
        await caller.until(lambda: "alice" in caller.chat.model.here.people, "alice to be seen")
        for typed, completed in (
            ("/join lo", "/join lobby "),
            ("/msg al", "/msg alice "),
            ("/help jo", "/help join "),
            ("/timeout re", "/timeout recv "),
            ("hello al", "hello alice "),
        ):
            await caller.type(typed, enter=False)
            await caller.pilot.press("tab")
            assert caller.chat.composer.writing.text == completed
        await caller.type("/j", enter=False)
        await caller.pilot.press("tab")
        await caller.pilot.press("backspace", *"x")
        assert caller.chat.composer.writing.text == "/joinx"  # typing ends it
    alice.client.close()


async def test_tab_completes_the_words_of_the_menu(nursery: Nursery, tmp_path: Path) -> None:
    with open_hotline(nursery, tmp_path) as house:
        async with at_screen(f"tcp://127.0.0.1:{house.port()}", tmp_path, lang="zh") as caller:
            await caller.see("1  话费与流量")
            await caller.type("话", enter=False)
            await caller.pilot.press("tab")
            assert caller.chat.composer.writing.text.startswith("话费")


PASTED = "/one\n\ntwo"


async def test_what_becomes_of_a_paste(open_house: OpenHouse, tmp_path: Path) -> None:
    async with at_screen(url_of(open_house()), tmp_path, size=(80, 24)) as caller:
        await in_lobby(caller)
        for choice, left in (("escape", ""), ("#cancel", ""), ("#edit", PASTED), ("#many", "")):
            caller.chat.composer.writing.post_message(Paste(f"{PASTED}\n"))
            await caller.until(lambda: isinstance(caller.app.screen, PasteScreen))
            await caller.see("Paste 3 lines?", "as 2 messages")
            await (caller.pilot.click(choice) if choice[0] == "#" else caller.pilot.press(choice))
            await caller.until(lambda: caller.app.screen is caller.chat, "the question to go")
            assert caller.chat.composer.writing.text == left, choice
            assert ([line.text for line in mine(caller)] == ["/one", "two"]) == (choice == "#many")
            await caller.type("", enter=False)
        await caller.see("✓ /one", "✓ two")


async def test_a_paste_that_nobody_could_mean_is_not_taken(open_house: OpenHouse, tmp_path: Path) -> None:
    async with at_screen(url_of(open_house()), tmp_path) as caller:
        await in_lobby(caller)
        await caller.type("a draft", enter=False)
        caller.chat.composer.writing.post_message(Paste("x" * MOST_WRITTEN))
        await caller.see(f"{MOST_WRITTEN + 7:,} characters would stand here", "Nothing of it was taken")
        assert caller.chat.composer.writing.text == "a draft"
        for lines in (MOST_MESSAGES, MOST_MESSAGES + 1):
            caller.chat.composer.writing.post_message(Paste("x\n" * lines))
            await caller.until(lambda: isinstance(caller.app.screen, PasteScreen))
            await caller.see(f"Paste {lines} lines?", "as one message")
            assert bool(caller.app.screen.query("#many")) == (lines == MOST_MESSAGES)
            await caller.pilot.press("escape")
        await caller.pilot.press("f6", "ctrl+c")  # where nothing can be copied
        await caller.see("Ctrl+Q quits")


def mine(caller: Caller) -> list[Line]:
    """One's own lines in the place that is shown."""
    return [line for line in caller.chat.transcript.lines if line.kind == "mine"]


async def test_characters_are_counted_near_the_limit_of_the_house(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house = open_house({"text_characters": 50})
    async with at_screen(url_of(house), tmp_path, size=(80, 24)) as caller:
        await in_lobby(caller)
        await caller.type("界" * 44, enter=False)
        assert "/50" not in text_of(caller.app)
        await caller.pilot.press("x")
        await caller.see("45/50")
        await caller.type("界" * 51)
        await caller.see("51/50", "51 characters, 50 at most")
        await caller.pilot.press("backspace", "enter")
        await caller.see("✓ " + "界" * 20)
        await caller.gone("51/50")


async def test_the_bell_rings_as_it_was_chosen(
    open_house: OpenHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = open_house()
    alice = Other(house, tmp_path, "alice")
    alice.join("lobby")
    rung: list[str] = []
    async with at_screen(url_of(house), tmp_path, settings=Settings(name="bob", panel="")) as caller:
        await in_lobby(caller)
        monkeypatch.setattr(caller.app, "bell", lambda: rung.append(caller.app.settings.bell))
        monkeypatch.setattr(app, "RING_SECONDS", 0.0)
        for bell, rings in (("mention", 1), ("all", 2), ("never", 0)):
            assert caller.app.settings.bell == bell
            for text in (f"{bell}: nothing", f"{bell}: bob 你好"):
                alice.client.say("lobby", text)
                await caller.see(text)
            await caller.pilot.pause()
            assert rung == [bell] * rings
            rung.clear()
            await caller.pilot.press("alt+m")
        monkeypatch.setattr(app, "RING_SECONDS", 3600.0)
        for _ in range(20):
            caller.app.post_message(Ring())
        await caller.pilot.pause()
        assert not rung  # so soon after the last one
        await caller.type("/bell off")
        await caller.see("The bell never rings")
    alice.client.close()


async def test_what_comes_while_nobody_looks_is_marked(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    alice = Other(house, tmp_path, "alice")
    alice.join("lobby")
    async with at_screen(url_of(house), tmp_path) as caller:
        await in_lobby(caller)
        caller.app.post_message(AppBlur())
        await caller.until(lambda: not caller.chat.looking)
        alice.client.say("lobby", "anybody there?")
        await caller.see("anybody there?")
        assert unread(caller) == 1
        caller.app.post_message(AppFocus())
        await caller.until(lambda: unread(caller) == 0)
        await caller.see("new")
    wait_until(lambda: "anybody there?" in alice.heard)
    alice.client.close()
