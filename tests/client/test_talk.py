"""What is typed becomes requests, what is asked besides, what waits for what; the client only takes notes."""

import pytest

from callroom_client import events as e
from callroom_client.commands import Clear, Switch
from callroom_client.events import Timeout, Verb
from callroom_client.talk import NOT_CONNECTED, Leave, ShowHelp, Talk, Tell, UseLang
from callroom_wire import messages as m
from callroom_wire.messages import ServerMessage
from client_support import Notes, Watched


class Scene(Watched):
    """A talk over a model and such a client."""

    def __init__(self, room: str = "", patient: bool = True) -> None:
        super().__init__()
        self.client = Notes()
        self.talk = Talk(self.client, self.model, self.happens, room, patient, self.now)

    def event(self, event: e.Event) -> None:
        self.talk.heed(event, self.happens(event))

    def told(self, message: ServerMessage) -> None:
        self.event(e.Received(at=self.now(), message=message))

    def ready(self, resumed: bool = False) -> None:
        """A login, and the answer to the question that is asked behind it."""
        self.told(m.LoggedIn(name="ann", resumed=resumed))
        self.event(e.StageChanged(at=self.now(), stage=e.Stage.READY))


def test_after_a_login_the_robot_is_called() -> None:
    scene = Scene()
    scene.ready()
    assert scene.client.asked == [m.Rooms()]
    assert not scene.talk.settled
    assert scene.talk.is_own(m.RoomsListed(ref=1))
    scene.told(m.RoomsListed(ref=1))
    assert scene.client.asked == [m.Rooms(), m.Dial()]
    assert scene.talk.settled
    assert not scene.talk.answered
    scene.told(m.Prompted(menu="x", text="?", ref=2))
    assert scene.talk.answered


def test_a_room_of_the_command_line_is_entered_once() -> None:
    scene = Scene(room="lab")
    scene.ready()
    scene.told(m.RoomsListed(ref=1))
    assert scene.client.asked[-1] == m.Join(room="lab")
    assert not scene.talk.settled
    scene.told(m.Joined(place="lab", ref=2))
    assert (scene.model.current, scene.talk.settled) == ("lab", True)
    scene.event(e.StageChanged(at=scene.now(), stage=e.Stage.WAITING))
    scene.ready(resumed=True)
    scene.told(m.Joined(place="lab", ref=0))
    scene.told(m.RoomsListed(ref=3))
    assert scene.client.asked[2:] == [m.Rooms()]


def test_whoever_comes_back_is_where_they_were() -> None:
    scene = Scene()
    scene.ready(resumed=True)
    scene.told(m.Joined(place="@bob"))
    scene.told(m.Joined(place="lab"))
    scene.told(m.Joined(place="tea"))
    scene.told(m.RoomsListed(ref=1))
    assert scene.model.current == "lab"
    assert scene.client.asked == [m.Rooms()]


def settled(patient: bool = True) -> Scene:
    scene = Scene("lab", patient)
    scene.ready()
    scene.told(m.RoomsListed(ref=1))
    scene.told(m.Joined(place="lab", ref=2))
    scene.client.asked.clear()
    return scene


def test_lines_and_commands() -> None:
    scene = settled()
    assert scene.talk.typed("  ") == []
    assert scene.talk.typed("hi") == []
    assert scene.talk.typed("//etc") == []
    assert scene.talk.typed("/msg @bob psst") == []
    assert scene.client.said == [("lab", "hi"), ("lab", "/etc"), ("@bob", "psst")]
    assert scene.talk.typed("/who") == []
    assert scene.client.asked == [m.Who(room="lab")]
    assert scene.talk.typed("/help") == [ShowHelp()]
    assert scene.talk.typed("/clear") == [Clear()]
    assert scene.talk.typed("/wire on") == [Switch("wire", True)]
    assert scene.talk.typed("/lang zh") == [UseLang("zh")]
    [told] = scene.talk.typed("/jion x")
    assert isinstance(told, Tell)
    assert told.bad
    [told] = scene.talk.typed("x" * 200)
    assert isinstance(told, Tell)
    assert "too long for a frame" in told.words.en
    assert scene.talk.refused


def test_going_to_the_robot_calls_it_only_if_it_has_hung_up() -> None:
    scene = settled()
    assert scene.talk.typed("/go robot") == []
    assert (scene.model.current, scene.client.asked) == ("", [m.Dial()])
    scene.told(m.Prompted(menu="x", text="?", ref=1))
    scene.talk.typed("1")
    assert scene.client.asked[-1] == m.Press(text="1")
    assert [type(one) for one in scene.talk.typed("/go lab")] == [Tell]
    assert [type(one) for one in scene.talk.typed("/go robot")] == [Tell]
    assert scene.client.asked[-1] == m.Press(text="1")


@pytest.mark.parametrize(
    ("line", "verbs", "value"),
    [
        ("/timeout recv 2.5", (Verb.RECV,), 2.5),
        ("/timeout recv none", (Verb.RECV,), None),
        ("/timeout all 0", (Verb.CONNECT, Verb.RECV, Verb.SEND), 0),
        ("/超时 接收 无", (Verb.RECV,), None),
    ],
)
def test_time_outs(line: str, verbs: tuple[Verb, ...], value: Timeout) -> None:
    scene = settled()
    assert scene.talk.typed(line) == []
    assert scene.client.timeouts == [(verb, value) for verb in verbs]


@pytest.mark.parametrize("line", ["/timeout recv", "/timeout recv -1", "/timeout x 1", "/timeout recv nan"])
def test_what_is_no_time_out(line: str) -> None:
    [told] = settled().talk.typed(line)
    assert isinstance(told, Tell)
    assert "/timeout [connect | recv | send | all] [SECONDS | 0 | none]" in told.words.en


def test_time_outs_in_words() -> None:
    scene = settled()
    scene.event(e.TimeoutsSet(at=1, connect=5.0, recv=None, send=0))
    assert scene.talk.timeouts().en == (
        "Time-outs: connect 5 s, recv none (waits for ever), send 0 (does not wait)."
    )


def test_without_a_connection() -> None:
    scene = settled()
    scene.client.online = False
    scene.event(e.StageChanged(at=1, stage=e.Stage.WAITING))
    assert scene.talk.typed("/who") == [Tell(NOT_CONNECTED, bad=True)]
    assert scene.talk.typed("kept") == []
    assert scene.client.said == [("lab", "kept")]
    assert scene.talk.typed("/reconnect") == []
    assert scene.client.reconnects == 1
    assert scene.talk.typed("/quit") == [Leave()]
    scene.event(e.StageChanged(at=1, stage=e.Stage.OFFLINE, code="name_taken"))
    assert scene.talk.typed("/nick anna") == []
    assert scene.client.names == ["anna"]


def test_a_name_that_is_typed_before_the_refusal_is_known_is_not_held_for_ever() -> None:
    scene = Scene(patient=False)
    assert scene.talk.waits("/nick anna")
    assert not scene.talk.may_go("/nick anna")
    scene.event(e.StageChanged(at=1, stage=e.Stage.OFFLINE, code="name_taken"))
    assert scene.talk.may_go("/nick anna")
    scene.talk.typed("/nick anna")
    assert scene.client.names == ["anna"]


def test_a_script_waits_for_what_came_before() -> None:
    scene = settled()
    assert scene.talk.may_go("a line")
    scene.talk.typed("a line")
    assert scene.talk.may_go("another")  # lines need not wait for one another
    assert not scene.talk.may_go("/who")
    scene.event(e.Queued(at=1, id=1, place="lab", text="a line"))
    assert not scene.talk.may_go("/who")
    scene.told(m.Ack(place="lab", ids=[1], seqs=[1]))
    assert not scene.talk.may_go("/who")  # it is not shown yet
    scene.told(m.Said(room="lab", seq=1, at=1, by="ann", text="a line"))
    assert scene.talk.may_go("/who")
    scene.talk.typed("/who")
    assert not scene.talk.may_go("a line")
    scene.told(m.Error(code="busy", ref=len(scene.client.asked)))
    assert scene.talk.may_go("a line")
    assert settled(patient=False).talk.may_go("/who")


def test_saying_again_what_was_refused() -> None:
    scene = settled()
    [told] = scene.talk.typed("/retry")
    assert isinstance(told, Tell)
    scene.talk.typed("no")
    scene.event(e.Queued(at=1, id=1, place="lab", text="no"))
    scene.told(m.Error(code="too_fast", id=1))
    assert scene.talk.typed("/retry") == []
    assert scene.client.said == [("lab", "no"), ("lab", "no")]
    assert scene.model.here.entries.owns == ()
