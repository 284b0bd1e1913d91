"""A house that means ill, or knows more than this client: the screen stays what it was."""

from pathlib import Path

from callroom_tui import placing
from callroom_tui.answering import MOST_ROWS
from callroom_tui.screens.answer import AnswerScreen
from callroom_wire import messages as m
from link_support import Peer, Stranger
from screen_support import Caller, at_screen, text_of


def enter(peer: Peer) -> None:
    """Lets the caller in, and into the lobby."""
    peer.log_in()
    peer.expect(m.Dial)
    peer.send(m.Joined(place="lobby", people=["someone"], go=True))


async def in_lobby(caller: Caller) -> None:
    """Waits for that."""
    await caller.until(lambda: caller.chat.shown == "lobby", "to be in the lobby")


async def test_a_person_in_a_state_that_nobody_knows_is_shown(tmp_path: Path) -> None:
    def act(peer: Peer) -> None:
        enter(peer)
        people = [m.PersonInfo(name="zed", state="here"), m.PersonInfo(name="eve", state="dreaming")]
        peer.send(m.WhoListed(room="lobby", people=people))
        peer.until_closed()

    server = Stranger(act)
    async with at_screen(server.url, tmp_path) as caller:
        await in_lobby(caller)
        await caller.pilot.press("f3")
        await caller.see("● zed", f"{placing.OTHER_STATE} eve")
    server.close()


async def test_answers_to_what_nobody_asked_cover_nothing(tmp_path: Path) -> None:
    def act(peer: Peer) -> None:
        peer.log_in()
        ref = peer.expect(m.Rooms).ref  # the screen's own question
        peer.send(m.Joined(place="lobby", people=["someone"], go=True))
        for _ in range(60):  # as many screens, one above the other, no stack can draw
            peer.send(
                m.RoomsListed(rooms=[m.RoomInfo(room="trap")], ref=ref),
                m.WhoListed(people=[m.PersonInfo(name="trap")]),
                m.Found(query="trap", ref=9_999),
                m.Diagnosed(rows=[("trap", "trap")]),
            )
        peer.send(m.Said(room="lobby", seq=1, at=1, by="eve", text="well?"))
        peer.until_closed()

    server = Stranger(act)
    async with at_screen(server.url, tmp_path) as caller:
        await in_lobby(caller)
        await caller.see("well?")
        assert caller.app.screen is caller.chat
        await caller.type("still typing", enter=False)
        await caller.see("still typing")
    server.close()


async def test_an_answer_in_parts_is_one_and_one_without_end_is_cut(tmp_path: Path) -> None:
    def act(peer: Peer) -> None:
        enter(peer)
        ref = peer.expect(m.Who).ref
        for part in range(5):
            people = [m.PersonInfo(name=f"p{part}")]
            peer.send(m.WhoListed(people=people, more=part < 4, ref=ref))
        ref = peer.expect(m.Who).ref
        for part in range(4):
            people = [m.PersonInfo(name=f"q{part}-{at}") for at in range(MOST_ROWS // 2)]
            peer.send(m.WhoListed(people=people, more=True, ref=ref))
        peer.until_closed()

    server = Stranger(act)
    async with at_screen(server.url, tmp_path) as caller:
        await in_lobby(caller)
        await caller.type("/who")
        await caller.see(*(f"p{part}" for part in range(5)))
        assert "and more" not in text_of(caller.app)
        await caller.pilot.press("escape")
        assert caller.app.screen is caller.chat
        await caller.type("/who")
        await caller.see("q0-0")
        assert isinstance(caller.app.screen, AnswerScreen)
        await caller.pilot.press(*["pagedown"] * (MOST_ROWS // 15 + 1))
        await caller.see(f"q1-{MOST_ROWS // 2 - 1}", "and more")
        await caller.pilot.press("escape")
        assert caller.app.screen is caller.chat
    server.close()
