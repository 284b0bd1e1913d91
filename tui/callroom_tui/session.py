"""What every part of the screen shares: the model, the client behind it, the language, the settings."""

import time
from collections.abc import Callable, Sequence

from callroom_client.client import Client
from callroom_client.events import Event, FramePassed
from callroom_client.model.changes import Changes
from callroom_client.model.model import Model
from callroom_client.model.place import Place
from callroom_tui.handshake import Handshake
from callroom_tui.settings import Settings
from callroom_words.words import Lang

Opener = Callable[[str, str, Callable[[Event], object]], Client]
"""Makes a client: its URL, the name to take, and who listens. Raises AddressError or ProfileError."""


class Session:
    """One server's conversation, from the first event to the last.

    Args:
        url: the server.
        settings: what is remembered.
        lang: of the screen.
        clock: monotonic seconds.
        wall: Unix seconds.
    """

    def __init__(
        self,
        url: str,
        settings: Settings,
        lang: Lang,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.url = url
        self.settings = settings
        self.lang: Lang = lang
        self.clock = clock
        self.wall = wall
        self.epoch = wall() - clock()
        self.model = Model(self.epoch)
        self.handshake = Handshake()
        self.history: list[str] = []
        self.client: Client | None = None
        self.secret = False
        """Whether the robot waited for a secret before the latest batch."""

    def draft_of(self, place: Place) -> str:
        """What is being typed in a place, or was when the screen was left."""
        return place.draft or self.settings.drafts.get(self.url, {}).pop(place.name, "")

    def keep_drafts(self) -> None:
        """Remembers what is being typed; not to the robot, which will have forgotten what it asked."""
        drafts = {place.name: place.draft for place in self.model.places if place.name and place.draft}
        self.settings.keep_drafts(self.url, drafts)

    def apply(self, events: Sequence[Event]) -> tuple[Changes, list[FramePassed]]:
        """Takes in what happened: what has changed, and the frames among it."""
        frames: list[FramePassed] = []
        self.secret = self.model.call.secret
        for event in events:
            self.handshake.apply(event)
            if isinstance(event, FramePassed):
                frames.append(event)
        return self.model.apply_all(events), frames
