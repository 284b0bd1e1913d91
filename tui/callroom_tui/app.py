"""The application: screens, looks and language, and the client whose events it hands to them."""

import asyncio
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from rich.segment import Segment
from textual import events
from textual.app import App
from textual.binding import Binding
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Size

from callroom_client.client import AddressError, ProfileError
from callroom_client.events import Event, Stage, StageChanged
from callroom_tui import crash, texts
from callroom_tui.feed import Feed
from callroom_tui.keyboard import keep_alt
from callroom_tui.lab.bench import Bench
from callroom_tui.palette import Commands, Palette
from callroom_tui.resizing import LOOK_SECONDS, Lag, bearable
from callroom_tui.screens.answer import AnswerScreen
from callroom_tui.screens.chat import ChatScreen
from callroom_tui.screens.connect import ConnectScreen
from callroom_tui.screens.lab import LabScreen
from callroom_tui.screens.pasting import PasteScreen
from callroom_tui.session import Opener, Session
from callroom_tui.settings import Settings, save
from callroom_tui.terminal import TerminalDriver
from callroom_tui.themes import THEMES
from callroom_tui.wishes import (
    AskPaste,
    Call,
    Copy,
    Elsewhere,
    Keep,
    Leave,
    OpenLab,
    OpenLink,
    Over,
    Relanguage,
    Retheme,
    Ring,
)
from callroom_words.words import Lang, Words

SETTLE_SECONDS = 1.0
"""So long after the first paint the screen has what it needs: by then it is connected, if it can be."""
RING_SECONDS = 1.0
"""The shortest time between two bells."""
CLOSE_SECONDS = 5.0
"""So long the client may take to say goodbye."""

_control = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class ControlGuard(LineFilter):
    """The last line of defence: no control or bidi character of any widget reaches the terminal.

    Textual 8.2 hands on ESC, C1 and the like from every widget. All of these are 0 cells wide, so that a
    row stays as long as it was laid out.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, without what a terminal would obey."""
        if not any(_control.search(segment.text) for segment in segments):
            return segments
        return [Segment(_control.sub("", s.text), s.style, s.control) for s in segments]


class CallroomApp(App[None]):
    """Callroom's client on a terminal.

    Args:
        opener: makes clients.
        settings: what is remembered, kept in `file`.
        lang: of the screen.
        url: the server to call at once; without one it is asked for.
        problem: what was wrong with the settings, to be told.
        lesson: of the lab, which is shown then, and nobody is called.
    """

    TITLE = "Callroom"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {Commands}
    COMMAND_PALETTE_BINDING = "f9"
    BINDINGS = [Binding("ctrl+z", "suspend_process", "to the shell", show=False)]

    def __init__(
        self,
        opener: Opener,
        settings: Settings,
        file: Path,
        lang: Lang,
        url: str = "",
        problem: Words | None = None,
        lesson: str = "",
    ) -> None:
        keep_alt()
        # Under textual-serve there is no terminal; it names another driver.
        super().__init__(driver_class=None if os.environ.get("TEXTUAL_DRIVER") else TerminalDriver)
        self.settings = settings
        self.lang: Lang = lang
        self.crashed: Words | None = None
        """What to tell on the terminal after a fault of our own."""
        self.settled: Callable[[], object] | None = None
        """What to do once the screen has begun."""
        self._rung = -RING_SECONDS
        self._guard = ControlGuard()  # one for all: strips remember by whom they have been filtered
        self._opener = opener
        self._file = file
        self._url = url
        self._problem = problem
        self._lesson = lesson
        self.bench = Bench()
        """What the lab remembers while the application runs."""
        self._session: Session | None = None
        self._chat: ChatScreen | None = None
        self._connect: ConnectScreen | None = None
        self._feed: Feed[Event] | None = None
        self._lag = Lag()
        self._told_size = False

    def on_mount(self) -> None:
        """Dresses, and calls."""
        for theme in THEMES:
            self.register_theme(theme)
        known = {theme.name for theme in THEMES}
        self.theme = self.settings.theme if self.settings.theme in known else THEMES[0].name
        if self._problem:
            self.notify(self._problem.say(self.lang), severity="warning", markup=False)
        if not (self.is_headless or self.is_web):
            self.set_interval(LOOK_SECONDS, self._look_at_window)
        if not self.is_headless:
            self._heed()
        self.begin()
        if self.settled is not None:
            self.set_timer(SETTLE_SECONDS, self.settled)

    def on_resize(self, event: events.Resize) -> None:
        """A terminal that tells its size itself, also in pixels, is believed."""
        self._told_size = self._told_size or event.pixel_size is not None

    def _look_at_window(self) -> None:
        window = shutil.get_terminal_size((0, 0))  # what Textual's driver asks, too
        wanted = bearable(window) if all(window) else window
        if not self._told_size and self._lag.look(wanted, self.size):
            size = Size(*wanted)
            self.post_message(events.Resize(size, size))

    def _heed(self) -> None:
        """Leaves as by a key when the window is closed or somebody ends us: the terminal is given back."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.post_message, Leave())

    def begin(self) -> None:
        """The first screen: the lab, the chat of the house that is called, or the question which."""
        if self._lesson:
            self.bench.lesson = self._lesson
            self.push_screen(LabScreen(self.bench, self.lang, alone=True))
        elif self._url:
            self._call(self._url, self.settings.name)
        else:
            self._ask_server()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What our style sheets ask of a theme beyond Textual's own variables."""
        return {name: THEMES[0].variables[name] for name in ("muted", "faint")}

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own, and the guard behind them."""
        return [*super().get_line_filters(), self._guard]

    async def on_event(self, event: events.Event) -> None:
        """What is typed where it means nothing goes to the composer, before it is handed to anyone.

        On its way up from whoever has the focus, the next key would overtake it. And no screen has to bear
        a window that is too small.
        """
        if isinstance(event, events.Resize):
            event.size = event.virtual_size = event.container_size = Size(*bearable(event.size))
        if isinstance(event, events.Key) and isinstance(self.screen, ChatScreen) and self.screen.catch(event):
            return
        await super().on_event(event)

    def on_app_blur(self, event: events.AppBlur) -> None:
        """The terminal lost the focus; Textual tells no screen of it."""
        if self._chat is not None:
            self._chat.look_away()

    def on_app_focus(self, event: events.AppFocus) -> None:
        """The terminal has the focus again."""
        if self._chat is not None and self._chat.is_mounted:
            self._chat.look_again()

    # --- servers --------------------------------------------------------------------------------------------

    def _ask_server(self, problem: str = "", url: str = "") -> None:
        if self._connect is not None and self._connect.is_attached:
            self._connect.dismiss()
        session = self._session
        self._connect = ConnectScreen(self.settings, self.lang, session, problem, url)
        self.push_screen(self._connect)

    def _call(self, url: str, name: str) -> None:
        session = Session(url, self.settings, self.lang)
        feed = Feed[Event](lambda batch: self._take(session, batch))
        try:
            client = self._opener(url, name, feed.put)
        except (AddressError, ProfileError) as error:
            self._ask_server(error.words.say(self.lang), url)
            return
        self._hang_up()
        session.client = client
        self.settings.name = name
        self._session, self._feed = session, feed
        if self._connect is not None:
            if self._connect.is_attached:
                self._connect.dismiss()
            self._connect = None
        self._show_chat(session)
        feed.open()
        client.start()

    def _show_chat(self, session: Session) -> None:
        old, self._chat = self._chat, ChatScreen(session)
        if old is not None and old.is_attached:
            while self.screen is not old and len(self.screen_stack) > 1:
                self.pop_screen()
            self.pop_screen()
        self.push_screen(self._chat)

    def _hang_up(self) -> None:
        """Ends the client there was; it says goodbye on a thread of its own."""
        self._keep_drafts()
        session, feed = self._session, self._feed
        if feed is not None:
            feed.close()
        if session is not None and session.client is not None:
            self.run_worker(asyncio.to_thread(session.client.close), exit_on_error=False)

    def _take(self, session: Session, batch: Sequence[Event]) -> None:
        if session is not self._session or self._chat is None or not self.is_running:
            return  # nobody is there any more to see it
        try:
            self._taken(session, batch, self._chat)
        except Exception as error:  # a bug of ours, outside of Textual's own handlers
            self._handle_exception(error)

    def _taken(self, session: Session, batch: Sequence[Event], chat: ChatScreen) -> None:
        if chat.is_attached and chat.is_mounted:
            chat.take(batch)
        else:
            session.apply(batch)
        for event in batch:
            if isinstance(event, StageChanged):
                self._staged(session, event)

    def _staged(self, session: Session, event: StageChanged) -> None:
        if event.stage is Stage.READY:
            self.settings.called(session.url)
            self._keep()
        failed = event.stage in (Stage.WAITING, Stage.OFFLINE) and event.code not in ("", "left")
        never = session.url not in self.settings.recent or not session.model.connection.connections
        if failed and (never or event.stage is Stage.OFFLINE) and self.screen is self._chat:
            self._ask_server()

    # --- what screens ask -----------------------------------------------------------------------------------

    def on_call(self, event: Call) -> None:
        """Calls a server."""
        self._call(event.url, event.name)

    def on_elsewhere(self, event: Elsewhere) -> None:
        """Asks for another server."""
        self._ask_server()

    def on_over(self, event: Over) -> None:
        """Lays a screen over the one there is; an answer gives way to it: of a pile each is drawn."""
        if isinstance(self.screen, AnswerScreen):
            self.pop_screen()
        self.push_screen(event.screen)

    def on_open_lab(self, event: OpenLab) -> None:
        """Lays the lab over the chat; the connection goes on below."""
        self.push_screen(LabScreen(self.bench, self.lang))

    def on_ask_paste(self, event: AskPaste) -> None:
        """Asks what to do with a pasted text."""
        self.push_screen(PasteScreen(event.text, self.lang), event.decided)

    def on_copy(self, event: Copy) -> None:
        """Copies by OSC 52 (xterm's control sequences), which terminals may refuse."""
        self.copy_to_clipboard(event.text)

    def on_open_link(self, event: OpenLink) -> None:
        """Opens a link of the web."""
        self.open_url(event.url)

    def on_ring(self, event: Ring) -> None:
        """Rings, however much there is to ring for, as often as one can hear."""
        now = time.monotonic()
        if now - self._rung >= RING_SECONDS:
            self._rung = now
            self.bell()

    def on_keep(self, event: Keep) -> None:
        """Remembers the settings."""
        self._keep()

    def _keep_drafts(self) -> None:
        if self._session is not None:
            if self._chat is not None and self._chat.is_attached:
                self._chat.save_draft()
            self._session.keep_drafts()
            self._keep()

    def _keep(self) -> None:
        try:
            save(self.settings, self._file)
        except OSError as error:
            self.notify(
                texts.SETTINGS_UNSAVED.say(self.lang, why=str(error)), severity="warning", markup=False
            )

    def on_retheme(self, event: Retheme) -> None:
        """The next look."""
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]
        self.settings.theme = self.theme
        self._keep()

    async def on_relanguage(self, event: Relanguage) -> None:
        """The other language, at once and next time."""
        self.lang = "en" if self.lang == "zh" else "zh"
        self.settings.lang = self.lang
        self._keep()
        if isinstance(self.screen, LabScreen):
            await self.screen.speak(self.lang)
        elif self._session is not None and self._chat is not None:
            self._chat.save_draft()
            self._session.lang = self.lang
            self._show_chat(self._session)

    def action_suspend_process(self) -> None:
        """To the shell, until `fg`; a browser has none."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.stop_together()
            self.refresh(layout=True)

    def action_help_quit(self) -> None:
        """Says how to quit, where Ctrl+C has nothing else to do."""
        self.clear_notifications()
        self.notify(texts.CTRL_Q.say(self.lang), markup=False)

    async def action_quit(self) -> None:
        """Textual's own way out says goodbye, too."""
        self.post_message(Leave())

    async def on_leave(self, event: Leave) -> None:
        """Says goodbye to the server and ends."""
        self._keep_drafts()
        session, feed = self._session, self._feed
        if feed is not None:
            feed.close()
        if session is not None and session.client is not None:
            with suppress(TimeoutError):  # its threads are daemons: they end with the process
                await asyncio.wait_for(asyncio.to_thread(session.client.close), CLOSE_SECONDS)
        self.exit()

    # --- the palette, and faults of our own -----------------------------------------------------------------

    def action_command_palette(self) -> None:
        """Everything there is to do, over the chat."""
        if isinstance(self.screen, ChatScreen):
            self.push_screen(Palette(self.lang))

    def _fatal_error(self) -> None:
        """A fault of our own: a report is written, and the terminal is given back as it was.

        While one leaves it is none: a screen that is still coming finds its widgets gone (Textual 8.2).
        """
        error = self._exception or sys.exc_info()[1]
        # Of several faults, the first is the reason of the others.
        if error is not None and self.crashed is None and not self._exit:
            self.crashed = crash.report(error)
        self._close_messages_no_wait()
