"""What can be set before an experiment: a field for each number or text, a switch for each choice."""

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, ItemGrid
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from callroom_client.lab.parameters import Choice, Parameter
from callroom_words.words import Lang

KNOB_CELLS = 36
"""The least cells of one setting."""


class ChoiceKnob(Static, can_focus=True):
    """One of several, by arrows or a click."""

    BINDINGS = [
        Binding("left", "turn(-1)", "before", show=False),
        Binding("right", "turn(1)", "next", show=False),
    ]

    class Turned(Message):
        """Another choice was taken."""

        def __init__(self, name: str, value: str) -> None:
            super().__init__()
            self.name = name
            self.value = value

    def __init__(self, choice: Choice, value: str, lang: Lang) -> None:
        super().__init__(id=f"knob-{choice.name}", classes="knob-choice")
        self.choice = choice
        self.value = value
        self.lang: Lang = lang

    def on_mount(self) -> None:
        """Shows what is set."""
        self._look()

    def _look(self) -> None:
        said = dict(self.choice.choices).get(self.value)
        text = said.say(self.lang) if said is not None else self.value
        self.update(Content.assemble(("‹ ", "$muted"), (text, "bold"), (" ›", "$muted")))

    def action_turn(self, by: int) -> None:
        """The choice beside it."""
        names = [name for name, _ in self.choice.choices]
        at = names.index(self.value) if self.value in names else 0
        self.value = names[(at + by) % len(names)]
        self._look()
        self.post_message(self.Turned(self.choice.name, self.value))

    def on_click(self, event: events.Click) -> None:
        """The next choice."""
        event.stop()
        self.action_turn(1)


class Knobs(ItemGrid):
    """The settings of one experiment.

    Args:
        parameters: what can be set.
        values: what was set, by name; what is missing has its default. Changed values are written there.
        lang: of the labels.
    """

    def __init__(self, parameters: tuple[Parameter, ...], values: dict[str, str], lang: Lang) -> None:
        super().__init__(id="knobs", min_column_width=KNOB_CELLS, regular=False)
        self._parameters = parameters
        self._values = values
        self._lang: Lang = lang

    def compose(self) -> ComposeResult:
        """A label and a field for each."""
        for one in self._parameters:
            value = self._values.get(one.name, one.default)
            with Horizontal(classes="knob"):
                yield Static(one.words.say(self._lang), classes="knob-label", markup=False)
                if isinstance(one, Choice):
                    yield ChoiceKnob(one, value, self._lang)
                else:
                    yield Input(value, id=f"knob-{one.name}", select_on_focus=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keeps what is typed."""
        event.stop()
        if event.input.id:
            self._values[event.input.id.removeprefix("knob-")] = event.value

    def on_choice_knob_turned(self, event: ChoiceKnob.Turned) -> None:
        """Keeps what was chosen."""
        event.stop()
        self._values[event.name] = event.value
