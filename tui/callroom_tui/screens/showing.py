"""The chat as far as it shows: what happened becomes what is seen, widget by widget."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen

from callroom_client.completion import suggestions
from callroom_client.events import Event, FramePassed, Received, Stage, StageChanged
from callroom_client.judging import judged
from callroom_client.model.changes import Changes
from callroom_client.model.entries import Way
from callroom_client.model.local import DraftChanged, PlaceChosen, ReadUpTo
from callroom_client.model.place import ROBOT, Place
from callroom_forms.judging import Verdict
from callroom_tui import placing, texts
from callroom_tui.answering import answered
from callroom_tui.lines import line_of, shown
from callroom_tui.rowmap import RowMap
from callroom_tui.saying import reason
from callroom_tui.screens.answer import AnswerScreen
from callroom_tui.sending import Sending
from callroom_tui.session import Session
from callroom_tui.settings import Panel
from callroom_tui.sizes import HEIGHTS, NARROW
from callroom_tui.splicing import merged
from callroom_tui.widgets.bars import KeyBar, TopBar
from callroom_tui.widgets.callbar import CallBar
from callroom_tui.widgets.composer import Composer
from callroom_tui.widgets.connection import ConnectionPanel
from callroom_tui.widgets.listing import Listing
from callroom_tui.widgets.people import PeoplePanel
from callroom_tui.widgets.search import SearchBar
from callroom_tui.widgets.still import Still
from callroom_tui.widgets.timeouts import TimeoutsPanel
from callroom_tui.widgets.transcript import Transcript
from callroom_tui.widgets.wire import WirePanel
from callroom_tui.wishes import Over, Ring
from callroom_wire import messages as m
from callroom_words.words import Lang

PANELS: tuple[Panel, ...] = ("people", "connection", "timeouts")


class Showing(Screen[None]):
    """The chat as far as it only shows: the model's changes go to the widgets that they concern."""

    CSS_PATH = ["chat.tcss", "transcript.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.model = session.model
        self.lang: Lang = session.lang
        self.sending = Sending(session)
        self.maps: dict[str, RowMap] = {}
        self.shown = ROBOT
        self.wire: WirePanel | None = None
        self.over = ""
        """The panel that lies over the transcript while the screen is narrow."""
        self.looking = True
        """Whether the terminal has the focus."""
        self._fetching: dict[str, int] = {}
        self._trouble = ""
        """Why there is no connection, as it was last told."""

    # --- what is there --------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Three columns; the bars above, and below where one types: no panel ever lies over that."""
        lang, model, clock = self.lang, self.model, self.session.clock
        yield TopBar(model, lang, clock)
        with Horizontal(id="body"):
            yield Listing("places")
            with Vertical(id="middle"):
                yield SearchBar(lang, lambda: self.transcript)
                yield Still(id="above", classes="notice", markup=False)
                yield Transcript(lang, self.session.wall, id="transcript")
                yield Still(id="below", classes="notice", markup=False)
            with Vertical(id="side"):
                yield PeoplePanel(model, lang)
                yield ConnectionPanel(model.connection, self.session.handshake, lang, clock)
                yield TimeoutsPanel(model.connection, lang, clock)
        yield CallBar(model.call, lang, clock)
        yield Composer(lang, self.submit, self._candidates, self._judged, self.session.history)
        yield KeyBar(lang)

    def on_mount(self) -> None:
        """Shows what the model has already."""
        self.query_one("#above").display = False
        self.query_one("#below").display = False
        for place in self.model.places:
            self._map_of(place)
        self.show_panels()
        self._go(self.model.current)
        if self.model.connection.stage.stage is Stage.READY:
            self._ready()

    def submit(self, text: str) -> bool:
        """Does what was typed; whether it is done."""
        raise NotImplementedError

    def _candidates(self, before: str) -> list[str]:
        """What the text before the cursor may become, each as a whole."""
        return [
            f"{before[: len(before) - found.replaces]}{found.text} "
            for found in suggestions(before, self.model, self.lang)
        ]

    def _judged(self, text: str) -> Verdict | None:
        """How far what is typed is."""
        return judged(self.model, text)

    @property
    def transcript(self) -> Transcript:
        """The transcript."""
        return self.query_one(Transcript)

    @property
    def composer(self) -> Composer:
        """The composer."""
        return self.query_one(Composer)

    # --- what happens ---------------------------------------------------------------------------------------

    def take(self, batch: Sequence[Event]) -> None:
        """Something happened: the model takes it in, and what has changed is shown."""
        changes, frames = self.session.apply(batch)
        self.show(changes)
        if self.wire is not None and frames:
            self.show_frames(self.wire, frames)
        for event in batch:
            match event:
                case StageChanged():
                    self._staged(event)
                case Received(message=m.Page() | m.Error() as answer):
                    self._fetched(answer.ref)
                case _:
                    pass

    def tell(self, event: Event) -> None:
        """The person does something to their own view."""
        self.show(self.model.apply(event))

    def show(self, changes: Changes) -> None:
        """Shows what has changed, and nothing else."""
        for old, new in changes.renamed:
            if old in self.maps:
                self.maps[new] = self.maps.pop(old)
            self.shown = new if self.shown == old else self.shown
        names = {splice.place for splice in changes.splices}
        for name in names:
            place = self.model.place(name)
            if place is not None:
                self._spliced(place, changes)
        if changes.moved and self.model.current != self.shown:
            self._go(self.model.current)
        if changes.call:
            self.called()
        if changes.people and self.shown in changes.people:
            self.query_one(PeoplePanel).look()
            self.show_panels()
        if changes.connection or (changes.places and self.shown in changes.places):
            self.query_one(TopBar).look()
        for message in changes.told:
            self._told(message)
        if names and self.looking and self.transcript.following and self.shown in names:
            self.model.apply(ReadUpTo(at=self.session.clock(), place=self.shown))
        if changes.moved or changes.places or names:
            self.look_places()
        bell = self.session.settings.bell
        if (bell == "mention" and changes.mentioned) or (bell == "all" and changes.places and names):
            self.post_message(Ring())

    def _spliced(self, place: Place, changes: Changes) -> None:
        name = place.name
        rows = self.maps.get(name)
        if rows is None:
            self._map_of(place)
            if name == self.shown:
                self._go(name)
            return
        between = merged((s for s in changes.splices if s.place == name), len(rows.lines))
        now = int(self.session.wall() * 1000)
        entries = place.entries[between.first : between.first + between.added]
        lines = [line_of(entry, self.model.name, self.lang, now) for entry in entries]
        if name == self.shown:
            self.transcript.splice(between.first, between.removed, lines)
            self.top_of(place)
            if self.transcript.virtual_size.height < self.transcript.size.height:
                self.look_back()
        else:
            rows.lines[between.first : between.first + between.removed] = lines
        if place.joined and (wanted := place.missing()) is not None:
            self.fetch(name, wanted)

    def _map_of(self, place: Place) -> RowMap:
        rows = self.maps.get(place.name)
        if rows is None:
            rows = self.maps[place.name] = RowMap()
            now = int(self.session.wall() * 1000)
            rows.lines = [line_of(entry, self.model.name, self.lang, now) for entry in place.entries]
        return rows

    def _told(self, message: m.ServerMessage) -> None:
        answer = answered(message, self.lang)
        if answer is None:
            self._refused_elsewhere(message)
            return
        if answer.rows is None:
            self.composer.hint(answer.title, answer.fault)
        elif (whole := self.sending.answers.whole(answer, self.lang)) is not None:
            self.post_message(Over(AnswerScreen(whole.title, whole.rows or (), self.lang)))
        if isinstance(message, m.RoomsListed):
            self.look_places()

    def _refused_elsewhere(self, message: m.ServerMessage) -> None:
        """A line that was refused is marked where it stands; if that is out of sight, it is told here."""
        if not isinstance(message, m.Error):
            return
        place = self.model.owns.get(message.id)
        own = place.entries.own_line(message.id) if place is not None and place.name != self.shown else None
        if place is not None and own is not None and own.way is Way.FAILED:
            self.composer.hint(f"{place.name}: {own.why}", fault=True)

    def _staged(self, event: StageChanged) -> None:
        if event.stage is Stage.READY:
            if self._trouble:
                self.composer.hint("")
            self._trouble = ""
            self._ready()
        elif event.stage in (Stage.WAITING, Stage.OFFLINE):
            said = reason(self.model.connection, self.lang)
            if said and said != self._trouble:
                self.composer.hint(said, fault=True)
            self._trouble = said
        self.query_one(TopBar).look()

    def _ready(self) -> None:
        """The house answers: it says what its limits are, and is greeted."""
        if limit := self.model.connection.limits.get("text_characters"):
            self.composer.limit = limit
        self.sending.greet()

    # --- where one is ---------------------------------------------------------------------------------------

    def go(self, name: str) -> None:
        """Makes a place the current one."""
        self.save_draft()
        self.tell(PlaceChosen(at=self.session.clock(), place=name))
        if self.shown != self.model.current:  # else it is shown already, with what was unread in it
            self._go(self.model.current)
        self.composer.take_focus()
        self.close_over()

    def _go(self, name: str) -> None:
        """Shows a place: its lines, its people, what was being typed there."""
        if name != self.shown:
            self.save_draft()
        place = self.model.here
        self.shown = place.name
        rows = self._map_of(place)
        unread = next(
            (line.seq for line in reversed(list(place.entries.after(place.read))) if not line.own), 0
        )
        rows.unread = unread if place.unread else 0
        self.transcript.show(rows, _top(place))
        self.tell(ReadUpTo(at=self.session.clock(), place=place.name))
        self.query_one(PeoplePanel).look()
        self.query_one(TopBar).look()
        self.query_one("#places", Listing).here = place.name
        self.composer.writing.fill(self.session.draft_of(place))
        self.composer.hint("")
        self.called()
        self.show_panels()
        self.look_places()
        self.look_back()
        self.composer.take_focus()

    def save_draft(self) -> None:
        """Remembers what is being typed, for when one comes back."""
        text = self.composer.writing.text
        self.model.apply(DraftChanged(at=self.session.clock(), place=self.shown, text=text))

    def called(self) -> None:
        """The robot says something, or one comes to it or goes: its keys are there only while one is."""
        call = self.model.call
        with_robot = self.shown == ROBOT
        bar = self.query_one(CallBar)
        bar.display = with_robot
        bar.prompted()
        composer = self.composer
        composer.ask(with_robot and call.secret, (call.menu, call.node))
        digits = with_robot and not call.ended and self.session.settings.digits
        keys = {choice.key for choice in call.choices if len(choice.key) == 1}
        composer.writing.digits = frozenset(keys) if digits else frozenset()
        words = texts.TO_ROBOT if with_robot else texts.TO_PERSON if self.shown[:1] == "@" else texts.TO_ROOM
        name = self.shown if self.shown[:1] == "@" else f"#{self.shown}"
        said = shown(words.say(self.lang, place=name))
        composer.writing.placeholder = Content(said)  # a str would be markup

    def look_places(self) -> None:
        """Shows the places, and what is new in them."""
        listing = self.query_one("#places", Listing)
        listing.here = self.shown
        listing.show(placing.places(self.model, self.lang))

    def top_of(self, place: Place) -> None:
        """Says what stands above the first line of the place that is shown."""
        self.transcript.say_top("loading" if place.name in self._fetching else _top(place))

    def look_back(self) -> None:
        """Fetches older lines where the reader has come to the first, or where there is room for more."""
        transcript, place = self.transcript, self.model.here
        room = transcript.virtual_size.height < transcript.size.height
        if (
            (room or not transcript.following)
            and (place.joined or place.direct)
            and (wanted := place.older()) is not None
        ):
            self.fetch(place.name, wanted)
            self.top_of(place)

    def _fetched(self, ref: int) -> None:
        """An answer has come: if it was older lines, more may be asked for."""
        for name, asked in list(self._fetching.items()):
            if asked == ref:
                del self._fetching[name]
                self.top_of(self.model.here)

    def fetching(self, name: str) -> bool:
        """Whether lines of a place have been asked for and have not come."""
        return name in self._fetching

    def fetch(self, name: str, wanted: m.History) -> None:
        """Asks for lines that are not here, once at a time for each place."""
        if name in self._fetching or self.model.connection.stage.stage is not Stage.READY:
            return
        ref = self.sending.ask(wanted)
        if ref:
            self._fetching[name] = ref
            self.set_timer(10, lambda: self._fetching.pop(name, None))

    # --- panels ---------------------------------------------------------------------------------------------

    @property
    def narrow(self) -> bool:
        """Whether the panels lie over the transcript."""
        return self.size.width < NARROW

    def show_panels(self) -> None:
        """Shows the panels that are wanted, beside the transcript or over it."""
        settings = self.session.settings
        wanted = self.over if self.narrow else settings.panel
        side = self.query_one("#side")
        alone = wanted == "people" and not self.model.here.people and not self.narrow
        side.display = bool(wanted) and wanted != "places" and not alone
        if side.display:  # to change it would style everything anew
            side.set_class(wanted == "people", "-people")
        self.set_class(self.wire is not None or (self.narrow and bool(self.over)), "-over")
        for panel in PANELS:
            self.query_one(f"#{panel}").display = panel == wanted
        self.query_one("#places").display = wanted == "places" if self.narrow else settings.places
        client = self.session.client
        if client is not None:
            client.watch_kernel(wanted == "connection")

    def close_over(self) -> bool:
        """Closes the panel that lies over the transcript; whether there was one."""
        if not (self.narrow and self.over):
            return False
        self.over = ""
        self.show_panels()
        return True

    def on_resize(self) -> None:
        """The panels go beside the transcript, or over it."""
        self.show_panels()

    def show_frames(self, wire: WirePanel, passed: Sequence[FramePassed]) -> None:
        """Hands frames to the inspector."""
        session = self.session
        secret = session.secret or session.model.call.secret
        wire.add([wire.frames.add(event, secret, session.epoch) for event in passed])


def _top(place: Place) -> str:
    """What stands above the first line of a place."""
    if not place.name:
        return ""
    return "beginning" if place.entries.begun else "older" if place.older() is not None else ""
