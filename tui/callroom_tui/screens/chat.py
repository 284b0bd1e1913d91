"""The chat: what a person types, presses and clicks, and every action by key."""

from pathlib import Path

import platformdirs
from textual import events
from textual.content import Content
from textual.widgets import Input, TextArea

from callroom_client.events import Verb
from callroom_client.model.local import Cleared, ReadUpTo
from callroom_client.model.place import ROBOT
from callroom_tui import placing, texts
from callroom_tui.actions import ACTS, bindings
from callroom_tui.lines import clock
from callroom_tui.screens.answer import AnswerScreen, help_rows
from callroom_tui.screens.showing import Showing
from callroom_tui.settings import Bell, Panel
from callroom_tui.widgets.bars import KeyBar
from callroom_tui.widgets.callbar import Pressed
from callroom_tui.widgets.composer import Writing
from callroom_tui.widgets.listing import Listing
from callroom_tui.widgets.search import SearchBar
from callroom_tui.widgets.still import Still
from callroom_tui.widgets.timeouts import PRESETS, DialView
from callroom_tui.widgets.transcript import Transcript
from callroom_tui.widgets.wire import FrameList, WirePanel
from callroom_tui.wishes import (
    AskPaste,
    Copy,
    Elsewhere,
    Keep,
    Leave,
    OpenLab,
    OpenLink,
    Over,
    Relanguage,
    Retheme,
)
from callroom_wire import messages as m
from callroom_wire.command import SLASHES

SEARCH_KEYS = frozenset(key for act in ACTS if act.action == "search" for key in act.keys.split(","))


class ChatScreen(Showing):
    """What a person sees nearly all the time: what they type and click becomes requests to the house."""

    BINDINGS = bindings()

    # --- what the widgets tell ------------------------------------------------------------------------------

    def on_transcript_moved(self, event: Transcript.Moved) -> None:
        """Says what is new out of view, and fetches older lines at the top."""
        below = self.query_one("#below", Still)
        below.display = event.below > 0
        if event.below:
            below.say(Content(texts.UNREAD_BELOW.say(self.lang, count=event.below)))
        transcript = self.transcript
        above = self.query_one("#above", Still)
        above.display = transcript.unread_above
        if above.display:
            first = transcript.first_unread
            count = len(transcript.lines) - first
            at = clock(transcript.lines[first].at)
            above.say(Content(texts.UNREAD_ABOVE.say(self.lang, count=count, clock=at)))
        if event.at_top:
            self.look_back()

    def on_transcript_followed(self, event: Transcript.Followed) -> None:
        """Opens a link, and says which."""
        self.post_message(OpenLink(event.url))
        self.notify(texts.LINK_OPENED.say(self.lang, url=event.url), markup=False)

    def on_listing_chosen(self, event: Listing.Chosen) -> None:
        """Goes to a place, enters a room, or talks to a person."""
        if event.listing.id == "people-list":
            if event.key != self.model.name:
                self.go(f"@{event.key}")
        elif event.key.startswith(placing.NO_PLACE):
            self.sending.move(m.Join(room=event.key.removeprefix(placing.NO_PLACE)))
            self.close_over()
        else:
            self.go(event.key)

    def on_pressed(self, event: Pressed) -> None:
        """A key of the robot's menu."""
        event.stop()
        self._hint_of(self.sending.press(event.key))
        self.composer.take_focus()

    def submit(self, text: str) -> bool:
        """Does what was typed, says what is to be said about it, and whether it is done."""
        composer = self.composer
        composer.hint("")
        came = self.sending.submit(text, self.shown, composer.limit)
        if came.sent:
            self.transcript.mark_unread(0)
            if not text.startswith(SLASHES):
                self.transcript.action_newest()
        if came.move is not None:
            composer.writing.remember(text)
            self.go(came.move)
            return False  # the composer has the draft of the other place
        if came.action:
            self.call_later(self.run_action, came.action)
        self._hint_of(came.hint, came.fault)
        return came.sent

    def _hint_of(self, hint: str, fault: bool = True) -> None:
        if hint:
            self.composer.hint(hint, fault)

    def on_writing_pasted(self, event: Writing.Pasted) -> None:
        """Asks what to do with several lines."""
        event.stop()
        text = event.text

        def decided(choice: str | None) -> None:
            composer = self.composer
            composer.take_focus()
            if choice == "edit":
                composer.writing.put(text)
            elif choice == "one":
                self.submit(text)
            elif choice == "many":
                for line in filter(str.strip, text.splitlines()):
                    self.submit(f"/{line}" if line.startswith("/") else line)

        self.post_message(AskPaste(text, decided))

    def on_dial_view_chosen(self, event: DialView.Chosen) -> None:
        """Sets a time-out."""
        hint, fault = self.sending.set_timeout(event.verb, event.timeout)
        self._hint_of(hint, fault)

    def on_wire_panel_copied(self, event: WirePanel.Copied) -> None:
        """Copies a frame."""
        self.post_message(Copy(event.text))

    def on_wire_panel_left(self) -> None:
        """Back to typing."""
        self.composer.take_focus()

    def on_key_bar_asked(self, event: KeyBar.Asked) -> None:
        """A key of the bar was clicked."""
        self.call_later(self.run_action, event.action)

    def look_away(self) -> None:
        """Nobody looks at the terminal: what comes now is new."""
        self.looking = False

    def look_again(self) -> None:
        """Somebody looks again."""
        self.looking = True
        place = self.model.here
        if place.unread:
            first = next((line.seq for line in reversed(list(place.entries.after(place.read)))), 0)
            self.transcript.mark_unread(first)
        self.tell(ReadUpTo(at=self.session.clock(), place=place.name))

    def catch(self, event: events.Key) -> bool:
        """Lets the composer have what is typed where it means nothing; whether the key is done with.

        Those to the search and to the inspector's filter are: the next key would else reach the composer.
        What was typed before them waits in its queue already.
        """
        if event.key in SEARCH_KEYS:
            self.action_search()
            return True
        if event.key == "slash" and self.wire is not None and isinstance(self.focused, FrameList):
            self.wire.action_filter()
            return True
        typing = isinstance(self.focused, TextArea | Input)
        if event.is_printable and not typing and event.key not in self.active_bindings:
            self.composer.take_focus()
        return False

    def on_key(self, event: events.Key) -> None:
        """Esc closes what is open, and goes back to typing."""
        if event.key == "escape":
            event.stop()
            search = self.query_one(SearchBar)
            if search.display:
                search.leave()
            elif not self.close_over():
                self.composer.hint("")
            self.composer.take_focus()

    # --- actions --------------------------------------------------------------------------------------------

    def action_help(self) -> None:
        """Every key and command."""
        self.post_message(
            Over(AnswerScreen(texts.HELP_TITLE.say(self.lang), help_rows(self.lang), self.lang))
        )

    def action_toggle_places(self) -> None:
        """Shows or hides the places."""
        if self.narrow:
            self.over = "" if self.over == "places" else "places"
        else:
            self.session.settings.places = not self.session.settings.places
            self.post_message(Keep())
        self.show_panels()
        if self.query_one("#places").display and self.narrow:
            self.query_one("#places").focus()

    def action_panel(self, name: Panel) -> None:
        """Shows a panel at the right, or hides it."""
        if self.narrow:
            self.over = "" if self.over == name else name
        else:
            settings = self.session.settings
            settings.panel = "" if settings.panel == name else name
            self.post_message(Keep())
        self.show_panels()
        if name == "timeouts" and self.query_one("#timeouts").display:
            self.query_one("#dial-recv").focus()

    async def action_toggle_wire(self) -> None:
        """Opens the wire inspector, or closes it; closed, it costs nothing."""
        client = self.session.client
        if self.query("#wire") and self.wire is None:
            return  # it is being opened
        if self.wire is None:
            panel = WirePanel(self.lang, wire_folder)
            await self.mount(panel, before="#keybar")
            self.wire = panel
            self.query_one(FrameList).focus()
        else:
            panel, self.wire = self.wire, None
            await panel.remove()
            self.composer.take_focus()
        self.show_panels()
        if client is not None:
            client.watch_frames(self.wire is not None)

    async def action_switch(self, what: str, on: bool | None) -> None:
        """Switches `wire`, `bell` or `instant` on or off; None: the other way."""
        settings = self.session.settings
        match what:
            case "wire":
                if on is None or on != (self.wire is not None):
                    await self.action_toggle_wire()
            case "bell":
                ringing = settings.bell != "never"
                settings.bell = "mention" if (not ringing if on is None else on) else "never"
                self.composer.hint(texts.BELL[settings.bell].say(self.lang))
                self.post_message(Keep())
            case _:
                if on is None or on != settings.digits:
                    self.action_digits()

    def action_clear(self) -> None:
        """Empties the transcript of this place; scrolling up fetches it again."""
        self.tell(Cleared(at=self.session.clock(), place=self.shown))

    def action_search(self) -> None:
        """Looks for words in this place."""
        self.query_one(SearchBar).begin()

    def action_palette(self) -> None:
        """Everything there is to do."""
        self.call_later(self.run_action, "app.command_palette")

    def action_write(self, text: str) -> None:
        """Begins a line for the person to go on with."""
        self.composer.writing.fill(text)
        self.composer.take_focus()

    def action_command(self, text: str) -> None:
        """Does what a command asks for that needs no more words."""
        if not self.model.where.secret:
            self.submit(text)

    def action_timeout(self, verb: str, preset: int) -> None:
        """Sets a time-out to one of the presets."""
        hint, fault = self.sending.set_timeout(Verb(verb), PRESETS[preset])
        self._hint_of(hint, fault)

    def action_suspend(self) -> None:
        """To the shell, until `fg`."""
        self.call_later(self.run_action, "app.suspend_process")

    def action_leave(self) -> None:
        """Quits."""
        self.post_message(Leave())

    def action_next_busy(self) -> None:
        """Goes to the next place with something new, those that mention one first."""
        places = placing.ordered(self.model)
        here = next((at for at, place in enumerate(places) if place.name == self.shown), 0)
        others = [*places[here + 1 :], *places[:here]]
        busy = [place for place in others if place.mentions] or [place for place in others if place.unread]
        if busy:
            self.go(busy[0].name)
        else:
            self.composer.hint(texts.NOTHING_NEW.say(self.lang))

    def action_step_place(self, by: int) -> None:
        """Goes to the place above or below."""
        places = placing.ordered(self.model)
        here = next((at for at, place in enumerate(places) if place.name == self.shown), 0)
        self.go(places[(here + by) % len(places)].name)

    def action_place(self, number: int) -> None:
        """Goes to a place by its number."""
        places = placing.ordered(self.model)
        if number < len(places):
            self.go(places[number].name)

    def action_first_unread(self) -> None:
        """Goes to the first unread line."""
        if not self.transcript.go_to_unread():
            self.action_next_busy()

    def action_page(self, by: int) -> None:
        """Scrolls by a page."""
        transcript = self.transcript
        transcript.scroll_relative(y=by * max(1, transcript.size.height - 1), animate=False)

    def action_newest(self) -> None:
        """Goes to the newest line."""
        self.transcript.action_newest()

    def action_retry(self) -> None:
        """Says what was refused again."""
        again = self.sending.retry(self.model.here)
        if not again:
            self.composer.hint(texts.NOTHING_FAILED.say(self.lang))
        for refused in again:
            self.tell(refused)

    def action_hang_up(self) -> None:
        """Ends the call."""
        ended = self.model.call.ended
        fault = self.sending.hang_up()
        self._hint_of(fault)
        if self.shown != ROBOT and not fault and not ended:  # there the bar of the call would say it
            self._hint_of(texts.HUNG_UP.say(self.lang), fault=False)

    def action_reconnect(self) -> None:
        """Connects anew, now."""
        if self.session.client is not None:
            self.session.client.reconnect_now()

    def action_next_theme(self) -> None:
        """Dark, light, high contrast."""
        self.post_message(Retheme())

    def action_other_language(self) -> None:
        """English or Chinese."""
        self.post_message(Relanguage())

    def action_next_bell(self) -> None:
        """Rings for mentions, for everything, or never."""
        settings = self.session.settings
        order: tuple[Bell, ...] = ("mention", "all", "never")
        settings.bell = order[(order.index(settings.bell) + 1) % len(order)]
        self.composer.hint(texts.BELL[settings.bell].say(self.lang))
        self.post_message(Keep())

    def action_digits(self) -> None:
        """Digits act at once, or wait for Enter."""
        settings = self.session.settings
        settings.digits = not settings.digits
        self.called()
        self.composer.hint((texts.DIGITS_ON if settings.digits else texts.DIGITS_OFF).say(self.lang))
        self.post_message(Keep())

    def action_other_server(self) -> None:
        """Calls another server."""
        self.post_message(Elsewhere())

    def action_lab(self) -> None:
        """Goes to the lab."""
        self.post_message(OpenLab())

    def action_copy(self) -> None:
        """Copies what is selected; if nothing is, says how to quit."""
        text = self.get_selected_text() or self.composer.writing.selected_text
        if text:
            self.post_message(Copy(text))
            self.notify(texts.COPIED.say(self.lang), markup=False)
        else:
            self.composer.hint(texts.CTRL_Q.say(self.lang))


def wire_folder() -> Path:
    """Where the inspector saves frames."""
    return platformdirs.user_data_path("callroom") / "wire"
