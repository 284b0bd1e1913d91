"""What is said of an entry for the robot while it is typed, and what is then sent."""

import msgspec
import pytest

from callroom_client import events as e
from callroom_client.judging import AS_IT_IS, judged, unfit
from callroom_client.line.desk import HELD, NOT_ASKED, Desk
from callroom_client.line.toolbar import toolbar
from callroom_client.model import PlaceChosen
from callroom_forms.form import Form
from callroom_forms.judging import ONLY_DIGITS, Fit
from callroom_wire import messages as m
from client_support import Notes, Watched

SIX = Form(kind="digits", length=6, also=["0"])
PIN = m.Prompted(menu="bank", node="pin", text="PIN?", secret=True, form=SIX)
DONE = m.Prompted(menu="bank", node="main", text="Thank you.")


@pytest.fixture
def watched() -> Watched:
    watched = Watched()
    watched.hears(PIN)
    return watched


@pytest.mark.parametrize(
    ("line", "fit"),
    [
        ("", Fit.BLANK),
        ("12", Fit.SHORT),
        ("12x", Fit.WRONG),
        ("123456", Fit.FITS),
        ("0", Fit.FITS),
        ("/1", Fit.WRONG),
    ],
)
def test_an_entry_is_judged(watched: Watched, line: str, fit: Fit) -> None:
    verdict = judged(watched.model, line)
    assert verdict is not None
    assert verdict.fit is fit
    assert (unfit(watched.model, line) is None) == (fit in (Fit.BLANK, Fit.FITS))


def test_a_command_is_not(watched: Watched) -> None:
    assert judged(watched.model, "/quit") is None
    assert unfit(watched.model, "/help") == AS_IT_IS
    watched.hears(m.Prompted(text="Number?", form=Form(kind="digits")))
    assert judged(watched.model, "/help") is None
    assert unfit(watched.model, "//help") == ONLY_DIGITS


def test_what_is_to_be_confirmed_is_asked_by_its_keys(watched: Watched) -> None:
    choices = [m.ChoiceInfo("1", "Yes"), m.ChoiceInfo("2", "No")]
    form = Form(kind="digits", length=6, also=["1", "2", "no"])
    watched.hears(m.Prompted(text="123456, right?", choices=choices, form=form))
    said = {line: judged(watched.model, line) for line in ("", "1", "12", "123457")}
    assert [one and (one.fit, one.words.en) for one in said.values()] == [
        (Fit.BLANK, "One of 1, 2, please."),
        (Fit.FITS, "That fits."),
        (Fit.SHORT, "4 more to come."),
        (Fit.FITS, "That fits."),
    ]


def test_elsewhere_nothing_is_judged(watched: Watched) -> None:
    watched.hears(m.Joined(place="lab"))
    watched.happens(PlaceChosen(at=1, place="lab"))
    assert judged(watched.model, "12") is None
    watched.happens(PlaceChosen(at=1, place=""))
    watched.hears(DONE)
    assert judged(watched.model, "12") is None


def test_the_toolbar_says_it(watched: Watched) -> None:
    def says(typed: str) -> str:
        return "".join(text for _, text in toolbar(watched.model, 1, "en", typed=typed))

    assert " │ secret │ · 0/6 6 digits, please." in says("")
    assert " │ … 2/6 4 more to come." in says("12")
    assert " │ ✗ 3/6 Only digits fit here." in says("12x")
    assert " │ ✓ 6/6 That fits." in says("123456")
    assert "secret │ … " not in says("/quit")


class Seat:
    """A person's desk over a client that takes notes."""

    def __init__(self, at_prompt: bool = True) -> None:
        self.watched = Watched()
        self.client = Notes()
        model, clock = self.watched.model, self.watched.now
        self.desk = Desk(self.client, lambda on: None, model, "en", at_prompt=at_prompt, clock=clock)
        self.told(m.LoggedIn(name="ann"))
        self.stage(e.Stage.READY)
        self.told(m.RoomsListed(ref=1))

    def told(self, message: m.ServerMessage) -> list[str]:
        return [row.text for row in self.desk.happened(e.Received(at=self.watched.now(), message=message))]

    def stage(self, stage: e.Stage) -> None:
        self.desk.happened(e.StageChanged(at=self.watched.now(), stage=stage))

    def typed(self, line: str) -> list[str]:
        return [row.text for row in self.desk.typed(line)]

    @property
    def pressed(self) -> list[str]:
        return [message.text for message in self.client.asked if isinstance(message, m.Press)]

    def breaks(self) -> None:
        """The connection is gone, and made anew: the house has not said yet where one is."""
        self.stage(e.Stage.WAITING)
        self.told(m.LoggedIn(name="ann", resumed=True))
        self.stage(e.Stage.READY)


def test_a_secret_with_a_slash_is_an_entry_and_shown_nowhere() -> None:
    seat = Seat()
    seat.told(PIN)
    assert seat.typed("/1234") == []
    assert seat.typed("//1234") == []
    assert seat.pressed == ["/1234", "/1234"]
    seat.typed("/hangup")
    assert isinstance(seat.client.asked[-1], m.HangUp)


def test_a_secret_that_waited_is_sent_only_where_it_is_asked_for() -> None:
    seat = Seat()
    seat.told(PIN)
    seat.breaks()
    seat.typed("/1234")
    assert seat.told(m.RoomsListed(ref=len(seat.client.asked))) == []
    assert seat.pressed == ["/1234"]
    seat.breaks()
    seat.typed("/5678")
    said = [*seat.told(DONE), *seat.told(m.RoomsListed(ref=len(seat.client.asked)))]
    assert said[-1] == f"! {NOT_ASKED.en}"
    assert seat.pressed == ["/1234"]
    assert "5678" not in "".join(said)


def test_a_command_that_waited_is_one_though_a_secret_is_asked_for_by_now() -> None:
    seat = Seat()
    seat.breaks()
    assert seat.typed("/who lab") in ([], [HELD.en])
    seat.told(PIN)
    seat.told(m.RoomsListed(ref=len(seat.client.asked)))
    assert seat.client.asked[-1] == m.Who(room="lab")
    assert seat.pressed == []


def test_a_script_is_taken_at_its_word() -> None:
    seat = Seat(at_prompt=False)
    seat.told(msgspec.structs.replace(PIN, ref=len(seat.client.asked)))
    seat.typed("12")
    assert seat.pressed == ["12"]
