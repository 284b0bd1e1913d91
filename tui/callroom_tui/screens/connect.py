"""Calling a server: its address, the recent ones, and what is wrong in words when nobody answers."""

import time
from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from callroom_client.events import Stage
from callroom_tui import texts
from callroom_tui.lines import shown
from callroom_tui.saying import reason
from callroom_tui.session import Session
from callroom_tui.settings import Settings
from callroom_tui.sizes import HEIGHTS
from callroom_tui.widgets.connection import headline
from callroom_tui.widgets.listing import Item, Listing
from callroom_tui.wishes import Call, Leave
from callroom_words.words import Lang

REFRESH_SECONDS = 0.25
BANNER = "☎  C A L L R O O M"
DEFAULT_URL = "tcp://127.0.0.1:8888"


class ConnectScreen(ModalScreen[None]):
    """The address to call; over a chat that has not come about, what has gone wrong with it."""

    CSS_PATH = "connect.tcss"
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS = [
        Binding("escape", "back", "back", show=False),
        Binding("ctrl+q", "leave", "quit", show=False, priority=True),
    ]

    def __init__(
        self,
        settings: Settings,
        lang: Lang,
        session: Session | None = None,
        problem: str = "",
        url: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.settings = settings
        self._recent = list(settings.recent)  # as they are now: one more may be reached before this is shown
        self.lang: Lang = lang
        self.session = session
        self._problem = problem
        self._url = url
        self._clock = clock
        self._connected = session is not None and session.model.connection.stage.stage is Stage.READY
        """Whether there was a connection when this was asked for: then it is not what one waits for."""
        self._reason = ""
        """Why the last try failed: it stays while the next one is under way."""

    def compose(self) -> ComposeResult:
        """The form, what is going on, and the recent servers."""
        lang, recent = self.lang, self._recent
        last = self.session.url if self.session is not None else recent[0] if recent else DEFAULT_URL
        url = self._url or last
        with Vertical(id="connect") as frame:
            frame.border_title = texts.CONNECT_TITLE.say(lang)
            yield Static(BANNER, id="banner", markup=False)
            yield Static(id="state")
            yield Static(id="fault", markup=False)
            yield Static(texts.CONNECT_ADDRESS.say(lang), classes="label", markup=False)
            yield Input(url, id="address")
            yield Static(texts.CONNECT_NAME.say(lang), classes="label", markup=False)
            yield Input(self.settings.name, texts.CONNECT_NO_NAME.say(lang), id="name")
            with Horizontal(id="buttons"):
                if self.session is not None and not self._connected:
                    yield Button(texts.CONNECT_AGAIN.say(lang), id="again", variant="primary", compact=True)
                yield Button(texts.CONNECT_GO.say(lang), id="go", compact=True)
                if self.session is not None:
                    yield Button(texts.CONNECT_BACK.say(lang), id="back", compact=True)
                yield Button(texts.CONNECT_QUIT.say(lang), id="quit", compact=True)
            if recent:
                yield Static(texts.CONNECT_RECENT.say(lang), classes="label", markup=False)
                yield Listing("recent")

    def on_mount(self) -> None:
        """Says what is wrong, and goes on doing so."""
        if self._recent:
            listing = self.query_one("#recent", Listing)
            listing.styles.height = min(6, len(self._recent))
            listing.show([Item(url, shown(url), "·", style="plain") for url in self._recent])
        self.set_interval(REFRESH_SECONDS, self.look)
        self.look()
        waits = self.session is not None and not self._connected and not self._problem
        self.query_one("#again" if waits else "#address").focus()

    def look(self) -> None:
        """Shows what is so now."""
        state, fault = self.query_one("#state", Static), self.query_one("#fault", Static)
        said = self._problem
        if self.session is not None:
            connection = self.session.model.connection
            if connection.stage.stage is Stage.READY and not self._connected:
                self.dismiss()
                return
            state.update(headline(connection, self.lang, self._clock()))
            self._reason = reason(connection, self.lang) or self._reason
            said = said or self._reason
            if connection.broken is not None and connection.broken.sample:
                sample = connection.broken.sample.decode("utf-8", "backslashreplace")
                said = f"{said}\n{texts.FIRST_BYTES.say(self.lang, sample=sample)}"
        state.display = self.session is not None
        fault.display = bool(said)
        fault.update(Content(shown(said, multiline=True)))

    def on_input_submitted(self) -> None:
        """Calls."""
        self._call()

    def on_listing_chosen(self, event: Listing.Chosen) -> None:
        """Calls a recent server."""
        self.query_one("#address", Input).value = event.key
        self._call()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Calls, tries again, goes back, or quits."""
        match event.button.id:
            case "go":
                self._call()
            case "again":
                if self.session is not None and self.session.client is not None:
                    self.session.client.reconnect_now()
            case "back":
                self.action_back()
            case _:
                self.action_leave()

    def _call(self) -> None:
        url = self.query_one("#address", Input).value.strip()
        if url and "://" not in url:
            url = f"tcp://{url}"
        self.post_message(Call(url, self.query_one("#name", Input).value.strip()))

    def action_back(self) -> None:
        """Back to the chat, if there is one."""
        if self.session is not None:
            self.dismiss()

    def action_leave(self) -> None:
        """Quits."""
        self.post_message(Leave())
