"""The verdict below what is typed: how far an entry for the robot is, by a mark, a count and words."""

from textual.content import Content
from textual.widgets import Static

from callroom_forms.judging import Fit, Verdict
from callroom_tui.lines import shown
from callroom_words.words import Lang

CLASSES = {Fit.FITS: "-fits", Fit.WRONG: "-wrong"}
"""Colour only repeats what the mark says."""


class VerdictRow(Static):
    """Is there only while something is asked for that can be judged here."""

    def __init__(self) -> None:
        super().__init__(id="verdict", markup=False)
        self.display = False
        self._said = ""

    def say(self, verdict: Verdict | None, lang: Lang) -> None:
        """Shows a verdict; None: nothing is asked for."""
        said = "" if verdict is None else shown(verdict.say(lang))  # a menu's own words may be among them
        if said == self._said:
            return  # each update lays out the screen
        self._said = said
        self.display = verdict is not None
        for fit, name in CLASSES.items():
            self.set_class(verdict is not None and verdict.fit is fit, name)
        self.update(Content(said))
