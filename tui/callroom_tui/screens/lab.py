"""The lab: a lesson's page, an experiment on real sockets, and both sides of it call by call."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from callroom_client.lab.parameters import ParameterError
from callroom_client.lab.run import Run
from callroom_client.lab.steps import Finished, Told
from callroom_tui.feed import Feed
from callroom_tui.lab import words
from callroom_tui.lab.bench import Bench, Recording
from callroom_tui.saying import seconds
from callroom_tui.screens.answer import AnswerScreen, Pair
from callroom_tui.sizes import HEIGHTS, NARROW, ROOMY
from callroom_tui.widgets.bars import KeyBar
from callroom_tui.widgets.knobs import Knobs
from callroom_tui.widgets.lesson import LessonPage
from callroom_tui.widgets.listing import Item, Listing
from callroom_tui.widgets.steps import StepsView
from callroom_tui.wishes import Leave, Over, Relanguage, Retheme
from callroom_words.words import Lang


class LabScreen(Screen[None]):
    """The lab.

    Args:
        bench: what is remembered of it.
        lang: of the screen.
        alone: nothing lies below: whoever leaves the lab leaves Callroom.
    """

    CSS_PATH = "lab.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide"), (ROOMY, "-roomy")]
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS = [Binding(act.keys, act.action, act.words.en, show=False) for act in words.ACTS]

    def __init__(self, bench: Bench, lang: Lang, alone: bool = False) -> None:
        super().__init__()
        self.bench = bench
        self.lang: Lang = lang
        self.alone = alone
        self.over = ""
        """What lies over the steps while the screen is narrow: `lessons`, `page`, or nothing."""
        self.hidden: set[str] = set()
        """What was closed while the screen is wide."""
        self.problem = ""
        self._run: Run | None = None
        self._feed: Feed[Told] | None = None

    # --- what is there --------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The lessons at the left; settings, steps and the page beside them."""
        lang = self.lang
        yield Static(id="lab-title", markup=False)
        with Horizontal(id="lab-body"):
            yield Listing("lessons")
            with Container(id="lab-main"):
                with Vertical(id="lab-middle"):
                    yield Vertical(id="lab-knobs")
                    yield Static(id="lab-status", markup=False)
                    yield StepsView(lang)
                yield LessonPage(self.bench.page, lang)
        yield KeyBar(lang, words.ACTS)

    async def on_mount(self) -> None:
        """Shows the lesson one is at."""
        lessons = self.query_one("#lessons", Listing)
        lessons.show([Item(page.name, page.title.say(self.lang), "·") for page in self.bench.pages])
        await self._open(self.bench.lesson)
        self.show_panels()
        (lessons if lessons.display else self.query_one(StepsView)).focus()

    def on_unmount(self) -> None:
        """Ends what still runs."""
        self._end()

    def on_resize(self) -> None:
        """The panels go beside the steps, or over them."""
        self.show_panels()
        self.look()

    @property
    def narrow(self) -> bool:
        """Whether the panels lie over the steps."""
        return self.size.width < NARROW

    def show_panels(self) -> None:
        """Shows the panels that are wanted."""
        for name, widget in (("lessons", self.query_one("#lessons")), ("page", self.query_one("#page"))):
            widget.display = self.over == name if self.narrow else name not in self.hidden

    async def _open(self, lesson: str) -> None:
        """Shows a lesson, as it was left."""
        self._end()
        self.problem = ""
        bench = self.bench
        bench.lesson = lesson
        lessons = self.query_one("#lessons", Listing)
        lessons.here = lesson
        lessons.cursor = [page.name for page in bench.pages].index(lesson)
        lessons.refresh()
        self.query_one(LessonPage).show(bench.page)
        knobs = self.query_one("#lab-knobs")
        async with self.batch():
            await knobs.remove_children()
            if bench.experiment is not None:
                await knobs.mount(Knobs(bench.experiment.parameters, bench.values, self.lang))
        self.look()

    def look(self) -> None:
        """Shows what is recorded, as far as one has stepped."""
        bench, recording = self.bench, self.bench.recording
        title = f" ⚗ {words.LAB.say(self.lang)} · {bench.page.title.say(self.lang)}"
        self.query_one("#lab-title", Static).update(Content.styled(title, "bold"))
        self.set_class(bench.experiment is None, "-reading")
        hint = words.HINT if bench.experiment is not None else words.NO_EXPERIMENT
        self.query_one(StepsView).show(
            recording.visible,
            recording.finished if recording.to_the_end else None,
            hint.say(self.lang),
            recording.at is not None,
        )
        status = self.query_one("#lab-status", Static)
        status.set_class(bool(self.problem), "-fault")
        status.update(Content(f" {self.problem or self._status(recording)}"))

    def _status(self, recording: Recording) -> str:
        count = len(recording.steps)
        if self._run is not None:
            return words.RUNNING.say(self.lang, count=count)
        if not count:
            return ""
        if recording.at is not None:
            return words.STEP_OF.say(self.lang, at=recording.at, count=count)
        last = recording.steps[-1]
        return words.RECORDED.say(self.lang, count=count, seconds=seconds(last.at + last.seconds))

    # --- what happens ---------------------------------------------------------------------------------------

    def _end(self) -> None:
        """Ends what runs, and hears nothing more of it."""
        if self._feed is not None:
            self._feed.close()
        if self._run is not None:
            self._run.cancel()
        self._run = self._feed = None

    def _begin(self, at: int | None) -> None:
        """Runs the experiment, and shows all of it as it comes, or so many steps."""
        bench = self.bench
        if bench.experiment is None:
            return
        self._end()
        self.problem = ""
        recording = Recording()
        recording.at = at
        feed = Feed[Told](lambda batch: self._take(recording, batch))
        try:
            run = Run(bench.lesson, bench.values, feed.put)
        except ParameterError as error:
            self.problem = error.words.say(self.lang)
            self.look()
            return
        bench.recordings[bench.lesson] = recording
        self._run, self._feed = run, feed
        feed.open()
        run.start()
        self.look()

    def _take(self, recording: Recording, batch: Sequence[Told]) -> None:
        for told in batch:
            recording.take(told)
            if isinstance(told, Finished):
                self._run = None
        if self.is_attached:
            self.look()

    async def on_listing_chosen(self, event: Listing.Chosen) -> None:
        """Opens a lesson; the one that is open is run."""
        event.stop()
        if self.narrow and self.over:
            self.over = ""
            self.show_panels()
            self.query_one(StepsView).focus()
        if event.key == self.bench.lesson:
            self._begin(None)
        else:
            await self._open(event.key)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Runs with what was typed."""
        event.stop()
        self._begin(None)

    def on_key_bar_asked(self, event: KeyBar.Asked) -> None:
        """A key of the bar was clicked."""
        self.call_later(self.run_action, event.action)

    # --- actions --------------------------------------------------------------------------------------------

    def action_run(self) -> None:
        """Runs the experiment, or runs it again."""
        self._begin(None)

    def action_step(self, by: int) -> None:
        """A step on or back; the first step runs the experiment."""
        recording = self.bench.recording
        if recording.steps:
            recording.step(by)
            self.look()
        elif by > 0 and self._run is None:
            self._begin(1)

    def action_all(self) -> None:
        """All steps."""
        self.bench.recording.at = None
        self.look()

    def action_cancel(self) -> None:
        """Ends what runs; what it had recorded stays."""
        if self._run is not None:
            self._run.cancel()

    def action_lessons(self) -> None:
        """Shows or hides the lessons."""
        self._toggle("lessons")

    def action_page_text(self) -> None:
        """Shows or hides the page."""
        self._toggle("page")

    def _toggle(self, name: str) -> None:
        if self.narrow:
            self.over = "" if self.over == name else name
        else:
            self.hidden ^= {name}
        self.show_panels()
        widget = self.query_one(f"#{name}")
        (widget if widget.display else self.query_one(StepsView)).focus()

    def action_leave(self) -> None:
        """Closes what lies over the steps; then leaves the lab."""
        if self.narrow and self.over:
            self._toggle(self.over)
        elif isinstance(self.focused, Input):
            self.query_one(StepsView).focus()
        elif self.alone:
            self.post_message(Leave())
        else:
            self.dismiss()

    def action_quit_all(self) -> None:
        """Quits."""
        self.post_message(Leave())

    def action_other_language(self) -> None:
        """English or Chinese."""
        self.post_message(Relanguage())

    def action_next_theme(self) -> None:
        """Dark, light, high contrast."""
        self.post_message(Retheme())

    def action_help(self) -> None:
        """Every key."""
        rows = [Pair(act.shown, act.words.say(self.lang)) for act in words.ACTS]
        rows += [Pair(keys, said.say(self.lang)) for keys, said in words.HELP_MORE]
        self.post_message(Over(AnswerScreen(words.HELP.say(self.lang), rows, self.lang)))

    async def speak(self, lang: Lang) -> None:
        """The same in another language; what runs goes on."""
        self.lang = lang
        await self.recompose()
        await self.on_mount()
