"""What the lab remembers: the lesson one is at, what was set for each, and what was recorded of each."""

from callroom_client.lab.steps import Finished, Step, Told
from callroom_client.lab.table import EXPERIMENTS, Experiment
from callroom_lessons import Page, pages


class Recording:
    """The steps of the last run of an experiment.

    `at` is how many of them are shown; None: all, also those that are still to come.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.finished: Finished | None = None
        self.at: int | None = None

    def take(self, told: Told) -> None:
        """Something was recorded."""
        if isinstance(told, Step):
            self.steps.append(told)
        else:
            self.finished = told

    @property
    def visible(self) -> list[Step]:
        """The steps that are shown."""
        return self.steps if self.at is None else self.steps[: self.at]

    @property
    def to_the_end(self) -> bool:
        """Whether what was found is shown, too."""
        return self.at is None or self.at >= len(self.steps)

    def step(self, by: int) -> None:
        """Goes a step on or back; from all of them, to the first or to the last but one."""
        if self.at is None:
            self.at = 1 if by > 0 else max(1, len(self.steps) - 1)
        else:
            self.at = max(1, min(len(self.steps), self.at + by))


class Bench:
    """Everything of the lab that outlives its screen."""

    def __init__(self) -> None:
        self.pages: list[Page] = pages()
        self.lesson = self.pages[0].name
        self.given: dict[str, dict[str, str]] = {}
        self.recordings: dict[str, Recording] = {}

    @property
    def page(self) -> Page:
        """The page of the lesson one is at."""
        return next(page for page in self.pages if page.name == self.lesson)

    @property
    def experiment(self) -> Experiment | None:
        """Its experiment, if it has one."""
        return EXPERIMENTS.get(self.lesson)

    @property
    def recording(self) -> Recording:
        """What was recorded of it."""
        return self.recordings.setdefault(self.lesson, Recording())

    @property
    def values(self) -> dict[str, str]:
        """What was set for it, by the parameter's name."""
        return self.given.setdefault(self.lesson, {})
