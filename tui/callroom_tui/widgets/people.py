"""The panel of people: who is in the place, each with a sign for their state."""

from textual.app import ComposeResult
from textual.containers import Vertical

from callroom_client.model.model import Model
from callroom_tui import texts
from callroom_tui.placing import people
from callroom_tui.widgets.listing import Listing
from callroom_words.words import Lang


class PeoplePanel(Vertical):
    """The panel; a row that is chosen opens a direct conversation."""

    def __init__(self, model: Model, lang: Lang) -> None:
        super().__init__(id="people", classes="panel")
        self.model = model
        self.lang: Lang = lang

    def compose(self) -> ComposeResult:
        """The list alone."""
        yield Listing("people-list")

    def on_mount(self) -> None:
        """Shows who is here."""
        self.look()

    def look(self) -> None:
        """Shows what is so now."""
        found = self.model.here.people
        self.border_title = (
            texts.PEOPLE_COUNT.say(self.lang, count=len(found)) if found else texts.PEOPLE.say(self.lang)
        )
        self.query_one(Listing).show(people(found, self.model.name, self.lang))
