"""The house's pages: what its HTTP door and its site need to know of it."""

from collections import Counter
from collections.abc import Callable

from callroom_server.app.figures import Figures, Sockets
from callroom_server.app.house import House
from callroom_server.app.transcripts import Transcripts
from callroom_server.config.settings import Settings
from callroom_server.core.ledger import LedgerState
from callroom_server.metrics import CONTENT_TYPE, Registry
from callroom_server.protocols.house import Connection, Timer
from callroom_server.protocols.http import HttpDoor
from callroom_server.protocols.reach import ANYWHERE
from callroom_server.protocols.site import Kept, Site
from callroom_wire.address import Address

SPEAKING = {"http": "http", "tcp": "http", "tls": "https"}
"""The schemes of listeners that answer HTTP, as a browser calls them; it cannot call a Unix socket."""


SWEEP_SECONDS = 600.0
"""How often transcripts that have expired are looked for."""


class Web:
    """Implements `protocols.http.Host` for doors and `protocols.site.Facts` for pages. Loop thread only."""

    def __init__(self, house: House, settings: Settings, sockets: Sockets) -> None:
        self._house = house
        self._settings = settings
        self._sockets = sockets
        self._transcripts = Transcripts(settings.data, settings.limits, house.wall)
        self._visitors: set[HttpDoor] = set()
        self._answered: Counter[tuple[str, int]] = Counter()
        self._site = self._made("")
        self._sites: dict[str, Site] = {"": self._site}
        self._registry = Registry(Figures(house, sockets, self._answered, self._visitors).gather)
        self.time = house.time
        self.wall = house.wall

    def _made(self, hello: str) -> Site:
        settings = self._settings
        return Site(self, settings.name, settings.lang, settings.metrics, hello, self._answered)

    def door(self, address: Address) -> HttpDoor:
        """A door at this listener; `hello` of its URL stands on its page."""
        hello = address.query.get("hello", "")
        site = self._sites.get(hello)
        if site is None:
            site = self._sites[hello] = self._made(hello)
        return HttpDoor(self, site, self._settings.limits)

    def opened(self, urls: list[str]) -> None:
        """These are the listeners: the first that speaks HTTP is where things are handed out."""
        parts = [url.partition("://") for url in urls]
        found = [f"{SPEAKING[scheme]}://{_called(rest)}" for scheme, _, rest in parts if scheme in SPEAKING]
        self._house.hub.site = self._settings.site or next(iter(found), "")
        self._sweep()

    def _sweep(self) -> None:
        """Removes transcripts whose time is over, now and later: nobody may ever ask for them again."""
        self._transcripts.sweep()
        self._house.call_later(SWEEP_SECONDS, self._sweep)

    @property
    def busy(self) -> bool:
        """Whether any connection is still there."""
        return bool(self._visitors)

    def close(self) -> None:
        """Answers under way are finished; nothing else is answered any more."""
        for door in list(self._visitors):
            door.finish()

    # --- for the doors --------------------------------------------------------------------------------------

    def call_later(self, seconds: float, call: Callable[[], object]) -> Timer:
        """Calls later, once."""
        return self._house.call_later(seconds, call)

    def visiting(self, door: HttpDoor) -> None:
        """A connection is there."""
        self._visitors.add(door)

    def proved(self, connection: Connection) -> None:
        """It has asked for something that makes sense."""
        self._house.gate.proved(connection)

    def visited(self, door: HttpDoor, connection: Connection) -> None:
        """It is gone."""
        self._visitors.discard(door)
        self._house.gate.left(connection)

    # --- for the pages --------------------------------------------------------------------------------------

    def ready(self) -> str:
        """ "" if the house can take what callers say, or the state of the ledger that cannot."""
        state = self._house.ledger_state
        return "" if state is LedgerState.READY else f"not ready: the ledger is {state.value}"

    def figures(self) -> tuple[bytes, str]:
        """The figures as Prometheus reads them."""
        return self._registry.exposition(), CONTENT_TYPE

    def transcript(self, token: str) -> Kept | None:
        """The transcript of this token."""
        return self._transcripts.find(token)

    def urls(self) -> list[str]:
        """Where the house listens."""
        return self._sockets.urls


def _called(place: str) -> str:
    """Where a listener is called from this machine, if it listens everywhere."""
    host, _, port = place.rpartition(":")
    twin = ANYWHERE.get(host.strip("[]"))
    if twin is None:
        return place
    return f"[{twin}]:{port}" if ":" in twin else f"{twin}:{port}"
