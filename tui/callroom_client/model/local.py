"""What a person does to their own view of things; events like any other, that no server hears of."""

from callroom_client.events import Event


class PlaceChosen(Event, frozen=True):
    """What is typed goes to this place now: "" is the robot, `@` and a name a person."""

    place: str


class MoveAsked(Event, frozen=True):
    """The place that the answer to the request `ref` names is to be the current one."""

    ref: int


class DraftChanged(Event, frozen=True):
    """What is being typed in a place, and has not been sent."""

    place: str
    text: str


class ReadUpTo(Event, frozen=True):
    """Everything up to the entry `seq` has been seen; None: everything there is."""

    place: str
    seq: int | None = None


class LineForgotten(Event, frozen=True):
    """A line that was refused need not be shown any longer."""

    id: int


class Cleared(Event, frozen=True):
    """The transcript of a place is to be empty; older entries can be asked for again."""

    place: str


LocalEvent = PlaceChosen | MoveAsked | DraftChanged | ReadUpTo | LineForgotten | Cleared
