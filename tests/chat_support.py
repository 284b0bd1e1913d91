"""People who chat: somebody without a screen, and the way to the lobby for one who has one."""

from pathlib import Path

from callroom_client.client import Client
from callroom_client.events import Received, Stage, StageChanged
from callroom_wire import messages as m
from house_support import LiveHouse, wait_until
from screen_support import Caller

NO_FLOOD_CONTROL: dict[str, float] = {
    "flood_burst": 1000,
    "flood_per_second": 1000,
    "flood_burst_bytes": 1_000_000,
    "flood_bytes_per_second": 1_000_000,
}


def url_of(house: LiveHouse) -> str:
    return f"tcp://127.0.0.1:{house.port}"


class Other:
    """Somebody else, without a screen."""

    def __init__(self, house: LiveHouse, folder: Path, name: str) -> None:
        self.stages: list[Stage] = []
        self.heard: list[str] = []
        self.joined = False
        self.client = Client(url_of(house), self._listen, name=name, profile=folder / f"{name}.db")
        self.client.start()
        wait_until(lambda: Stage.READY in self.stages, f"{name} to be there")

    def _listen(self, event: object) -> None:
        match event:
            case StageChanged(stage=stage):
                self.stages.append(stage)
            case Received(message=m.Said(text=text) | m.Told(text=text)):
                self.heard.append(text)
            case Received(message=m.Joined()):
                self.joined = True
            case _:
                pass

    def join(self, room: str) -> None:
        self.client.ask(m.Join(room=room))
        wait_until(lambda: self.joined, "to be in the room")


async def in_lobby(caller: Caller) -> None:
    await caller.ready()
    await caller.type("/join lobby")
    await caller.until(lambda: caller.chat.shown == "lobby", "to be in the lobby")
