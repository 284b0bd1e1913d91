"""The panels against a real house: the socket's figures, its time-outs, and the frames that pass."""

import socket
from pathlib import Path

import pytest
from textual.events import Key
from textual.widgets import Input

from callroom_client.client import Timeouts
from callroom_client.model.call import Call
from callroom_tui.settings import Settings
from callroom_tui.widgets.callbar import CallBar
from callroom_wire.messages import Prompted
from house_support import OpenHouse
from screen_support import Caller, Frame, at_screen, text_of, until


async def test_the_connection_panel_shows_both_ends_and_the_packets(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house = open_house()
    settings = Settings(name="bob", panel="connection")
    async with at_screen(f"tcp://127.0.0.1:{house.port}", tmp_path, settings=settings) as caller:
        await caller.ready()
        await caller.see("ESTABLISHED", "both sides may send", f"127.0.0.1:{house.port}", "✓ connected")
        opened = caller.chat.model.connection.socket
        assert opened is not None
        await caller.see(opened.local, f"fd {opened.descriptor}")
        house.kill()
        await caller.see("✓ reset: gone at once")  # nobody listens any more


async def test_time_outs_are_seen_and_changed_while_the_socket_works(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house = open_house()
    settings = Settings(name="bob", panel="timeouts")
    async with at_screen(f"tcp://127.0.0.1:{house.port}", tmp_path, settings=settings) as caller:
        await caller.ready()
        await caller.see("recv(10 s)", "connect(5 s)")
        await caller.type("/timeout recv 0.2")
        await caller.see("recv(0.2 s)", "recv: time-out 0.2 s.")
        await caller.type("/join lobby")  # ends the recv that still has its old time-out
        await caller.see("◷ timed out", "That is no fault: the")
        await caller.type("/timeout recv 0")
        await caller.see("recv(0)", "∅ would block", "EAGAIN")
        caller.chat.query_one("#dial-recv").focus()
        await caller.pilot.press("left")
        await caller.see("recv(None)", "None: waits for ever")
        await caller.type("/timeout recv x")
        await caller.see("Usage: /timeout")
        await caller.type("/timeout recv -1")
        await caller.see("Usage: /timeout")


async def test_the_wire_shows_frames_and_hides_secrets(
    open_house: OpenHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    house = open_house()
    async with at_screen(f"tcp://127.0.0.1:{house.port}", tmp_path) as caller:
        await caller.ready()
        await caller.type("/join lobby")
        await caller.pilot.press("f6")
        await caller.type("find me")
        await caller.see("→", "say", "ack", "00 00 00", '"type": "said"')
        await caller.pilot.press("f7")  # a new connection: it resumes, with the token
        await caller.see("resume")
        wire = caller.chat.wire
        assert wire is not None
        await caller.until(lambda: any(frame.kind == "logged_in" for frame in wire.frames.kept))
        for frame in wire.frames.kept:
            if b'"token":"' in frame.data:
                assert b'"token":"**' in frame.data
        wire.query_one("#frames").focus()
        for key in ("slash", *"find"):  # as fast as a paste: none of it may reach the composer
            caller.app.post_message(Key(key, "/" if key == "slash" else key))
        await caller.until(lambda: text_of(caller.app).count(" resume ") == 0, "the filter holds")
        assert not caller.chat.composer.writing.text
        await caller.pilot.press("enter", "s", "s")
        await caller.see("wire-2.txt")
        folder = tmp_path / "data" / "callroom" / "wire"
        assert folder.stat().st_mode & 0o777 == 0o700
        for number in (1, 2):
            saved = folder / f"wire-{number}.txt"
            assert saved.stat().st_mode & 0o777 == 0o600
            assert "find me" in saved.read_text(encoding="utf-8")
        await caller.pilot.press("space")
        await caller.see("paused, 0 more passed")
        await caller.pilot.press("escape", "f6")
        await caller.gone("paused")
        assert caller.chat.wire is None


async def test_nobody_there_is_said_in_words_and_another_address_can_be_called(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    house = open_house()
    async with at_screen(f"tcp://127.0.0.1:{port}", tmp_path, timeouts=Timeouts(connect=1.0)) as caller:
        await caller.see("Nobody listens there", "reconnecting")
        await call(caller, "nonsense://")
        await caller.see('"nonsense://')
        await call(caller, f"127.0.0.1:{house.port}")
        await caller.ready()
        await caller.see("hotline")


async def call(caller: Caller, address: str) -> None:
    field = caller.app.screen.query_one("#address", Input)
    field.value = address
    field.focus()
    await caller.pilot.press("enter")
    await caller.pilot.pause()


async def test_no_call_is_over_before_one_has_begun() -> None:
    call = Call()
    async with Frame(lambda: CallBar(call, "en")).run_test() as pilot:
        assert "over" not in text_of(pilot.app)
        call.prompted(Prompted(text="bye", ended=True), 0.0)
        pilot.app.query_one(CallBar).prompted()
        await until(pilot, lambda: "The call is over" in text_of(pilot.app), "the call to be over")
