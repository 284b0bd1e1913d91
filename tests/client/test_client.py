"""The client's face: what it takes, what it refuses, and how it is used with a listener and without."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from callroom_client.client import Client, NotSent, Timeouts
from callroom_client.events import LinkEvent, Received, Stage, StageChanged, TimeoutsSet, Verb
from callroom_wire import messages as m
from house_support import PATIENCE, wait_until
from link_support import Ear, Peer, Stranger


def serve(peer: Peer) -> None:
    peer.log_in(resumed=peer.number > 0)
    peer.until_closed()


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    stranger = Stranger(serve)
    yield stranger
    stranger.close()


def test_events_are_pulled(stranger: Stranger, tmp_path: Path) -> None:
    with Client(stranger.url, profile=tmp_path / "p.db", timeouts=Timeouts(recv=None)) as client:
        stages: list[Stage] = []
        for event in client.events(PATIENCE):
            if isinstance(event, StageChanged):
                stages.append(event.stage)
                if event.stage is Stage.READY:
                    break
        assert stages == [Stage.RESOLVING, Stage.CONNECTING, Stage.PROVING, Stage.LOGGING_IN, Stage.READY]
        rest = list(client.events(0.05))  # nothing happens any more
        assert not [event for event in rest if isinstance(event, StageChanged)]
        threading.Timer(0.05, client.close).start()
        for event in client.events():  # until it is closed
            assert not isinstance(event, Received)


def test_what_cannot_be_asked(stranger: Stranger, tmp_path: Path) -> None:
    ear = Ear()
    client = Client(stranger.url, ear, profile=tmp_path / "p.db")
    with pytest.raises(NotSent, match="offline"):
        client.ask(m.Rooms())
    with client:
        ear.stage(Stage.READY)
        for own in (m.Hello(), m.Login(), m.Resume(), m.Say(), m.Tell(), m.Ping(), m.Pong()):
            with pytest.raises(ValueError, match="is not for asking"):
                client.ask(own)
        with pytest.raises(ValueError, match="does not fit in a frame"):
            client.ask(m.Away(text="x" * 70_000))
        with pytest.raises(ValueError, match="does not fit in a frame"):
            client.say("room", "x" * 70_000)
        with pytest.raises(ValueError, match="surrogates not allowed"):
            client.say("room", "\ud800")
        first, second = client.ask(m.Rooms()), client.ask(m.Who())
        assert first < second
    client.close()  # once more does no harm
    with pytest.raises(NotSent, match="offline"):
        client.ask(m.Rooms())


def test_the_listener_may_call_everything(stranger: Stranger, tmp_path: Path) -> None:
    events: list[LinkEvent] = []
    threads: set[str] = set()
    deep = 0

    def listen(event: LinkEvent) -> None:
        nonlocal deep
        assert not deep, "two events at once"
        deep += 1
        threads.add(threading.current_thread().name)
        events.append(event)
        match event:
            case StageChanged(stage=Stage.READY):
                client.ask(m.Rooms())
                client.say("room", "from within")
                client.watch_frames(True)
                client.watch_kernel(True)
                client.set_timeout(Verb.RECV, 0.5)
            case TimeoutsSet(recv=0.5):
                client.close()
            case _:
                pass
        deep -= 1

    client = Client(stranger.url, listen, profile=tmp_path / "p.db")
    client.start()
    wait_until(lambda: any(isinstance(e, StageChanged) and e.stage is Stage.OFFLINE for e in events))
    assert all(name.startswith("callroom-") for name in threads)
    client.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("callroom-")]


def test_a_listener_that_fails_breaks_nothing(
    stranger: Stranger, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[LinkEvent] = []

    def listen(event: LinkEvent) -> None:
        heard.append(event)
        if isinstance(event, Received):
            raise KeyError("a mistake")

    with caplog.at_level(logging.ERROR), Client(stranger.url, listen, profile=tmp_path / "p.db"):
        wait_until(lambda: any(isinstance(e, StageChanged) and e.stage is Stage.READY for e in heard))
    assert "the listener failed at Received" in caplog.text
    stranger.close()


def test_a_script_that_takes_no_events_stops_the_link_and_can_close_it(tmp_path: Path) -> None:
    def flood(peer: Peer) -> None:
        peer.log_in()
        while True:
            peer.send(*(m.Said(room="r", seq=seq) for seq in range(1, 2000)))

    stranger = Stranger(flood)
    client = Client(stranger.url, profile=tmp_path / "p.db")
    with client:
        events = client.events(PATIENCE)
        while not isinstance(next(events), Received):
            pass
    stranger.close()
