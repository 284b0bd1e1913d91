"""How each screen looks, compared with its picture: `pytest tests/tui/test_pictures.py --snapshot-update`
draws them anew, and the diff is the review.
"""

import time
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

import callroom_tui
from callroom_client import events as e
from callroom_client.client import Client
from callroom_client.events import Outcome, Stage, Verb
from callroom_client.model.local import PlaceChosen
from callroom_tui.app import CallroomApp
from callroom_tui.screens.answer import AnswerScreen, help_rows
from callroom_tui.screens.chat import ChatScreen
from callroom_tui.screens.connect import ConnectScreen
from callroom_tui.session import Session
from callroom_tui.settings import Panel, Settings
from callroom_tui.wishes import Keep
from callroom_wire import messages as m
from callroom_wire.codec import encode
from callroom_words.words import Lang
from screen_support import NOON

URL = "tcp://callroom.example:8888"
BEGIN = 1000.0
"""Monotonic seconds at which the scene begins."""

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Local time is UTC, whatever the machine's is."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


class Scene(CallroomApp):
    """The application with a scene in place of a house: nothing is called."""

    CSS_PATH = Path(callroom_tui.__file__).parent / "app.tcss"

    def __init__(self, session: Session, over: str, theme: str) -> None:
        super().__init__(_nobody, session.settings, Path("/nowhere"), session.lang)
        self.scene = session
        self._over = over
        self._look = theme

    def on_keep(self, event: Keep) -> None:
        """Remembers nothing."""
        event.prevent_default()

    def begin(self) -> None:
        self.theme = self._look
        if self._over == "connect":
            self.push_screen(
                ConnectScreen(self.scene.settings, self.scene.lang, self.scene, clock=self.scene.clock)
            )
            return
        self.push_screen(ChatScreen(self.scene))
        if self._over == "help":
            self.push_screen(AnswerScreen("Callroom", help_rows(self.scene.lang), self.scene.lang))


def _nobody(url: str, name: str, listen: object) -> Client:
    raise AssertionError("nobody is called here")


def ended(
    number: int, verb: Verb, outcome: Outcome, seconds: float, size: int = 0, errno: str = ""
) -> e.Ended:
    timeout = 5.0 if verb is Verb.CONNECT else 0.2
    return e.Ended(
        at=BEGIN + number * 0.3, number=number, verb=verb, timeout=timeout, seconds=seconds, outcome=outcome,
        size=size, errno=errno,
    )  # fmt: skip


def connected() -> list[e.Event]:
    """From the first stage to a login, with what the socket did."""
    at = BEGIN
    story: list[e.Event] = [
        e.TimeoutsSet(at=at, connect=5.0, recv=0.2, send=10.0),
        e.StageChanged(at=at, stage=Stage.CONNECTING, address=URL, attempt=1),
        e.Began(at=at, number=1, verb=Verb.CONNECT, timeout=5.0, deadline=at + 5),
        ended(1, Verb.CONNECT, Outcome.DONE, 0.0123),
        e.SocketOpened(
            at=at, descriptor=7, family="AF_INET", local="192.0.2.7:50312", peer="192.0.2.1:8888", tls="TLS"
        ),
        e.Received(at=at, message=m.Welcomed(server="Lab", software="callroom", limits={})),
        e.Received(at=at, message=m.LoggedIn(name="max", token="t")),
        e.StageChanged(at=at, stage=Stage.READY, address=URL, attempt=1),
        e.KernelSeen(
            at=at, state="ESTABLISHED", round_trip=0.0031, variation=0.0012, retransmits=0, unacknowledged=0,
            unsent=0, unread=0,
        ),
    ]  # fmt: skip
    for number in range(2, 30):
        data = number % 4 == 0
        outcome = Outcome.DATA if data else Outcome.TIMED_OUT if number < 24 else Outcome.WOULD_BLOCK
        errno = "EAGAIN" if outcome is Outcome.WOULD_BLOCK else ""
        story.append(ended(number, Verb.RECV, outcome, 0.05 if data else 0.2, 93 if data else 0, errno))
        story.append(e.RoundTrip(at=at, seconds=0.002 + number % 7 * 0.0007))
    story.append(ended(30, Verb.SEND, Outcome.DONE, 0.0002, 57))
    story.append(e.Began(at=at + 10, number=31, verb=Verb.RECV, timeout=0.2, deadline=at + 12.12))
    return story


def talk(lang: Lang) -> list[e.Event]:
    """A room with people in it."""
    at, label = BEGIN + 8, int(NOON * 1000)
    lines = [
        ("alice", "早上好！recv 的超时你们一般设多少？"),
        ("鲍勃", "recv 我设 5 秒，connect 设 3 秒。"),
        (
            "Zoë",
            "In settimeout(0) mode connect raises EINPROGRESS: https://docs.python.org/3/library/socket.html",
        ),
        ("alice", "max 你觉得呢？ 👍"),
        ("max", "I see it in F5."),
    ]
    said = [
        m.Said(room="lobby", seq=number, at=label + number * 60_000, by=by, text=text)
        for number, (by, text) in enumerate(lines, 1)
    ]
    messages: list[m.ServerMessage] = [
        m.Joined(place="lobby", topic="sockets 套接字", people=["max", "alice", "鲍勃", "Zoë"], go=True),
        *said,
        m.Present(room="lobby", away={"Zoë": "lunch"}, lost=["鲍勃"]),
        m.RoomsListed(rooms=[m.RoomInfo(room="lobby"), m.RoomInfo(room="帮助", people=3)]),
        m.Told(pair=("alice", "max"), seq=1, at=label, by="alice", text="psst"),
    ]
    return [
        *(e.Received(at=at, message=message) for message in messages),
        e.Queued(at=at, id=9, place="lobby", text="还在路上"),
    ]


def called() -> list[e.Event]:
    """The robot asks."""
    choices = [("1", "话费与流量"), ("2", "套餐变更"), ("3", "充值缴费"), ("0", "人工服务"), ("#", "重听")]
    text = "欢迎致电移动通信自助热线。请按键。\n" + "\n".join(f"{key} {label}" for key, label in choices)
    keys = [m.ChoiceInfo(key=key, label=label) for key, label in choices]
    return [
        e.Received(
            at=BEGIN + 9, message=m.Prompted(menu="10086", node="main", text=text, choices=keys, wait=20)
        )
    ]


def scene(name: str, lang: Lang, theme: str = "callroom-dark") -> Scene:
    panels: dict[str, Panel] = {"connection": "connection", "timeouts": "timeouts", "room": "people"}
    settings = Settings(panel=panels.get(name, ""), recent=[URL, "unix:///run/callroom.sock"], name="max")
    session = Session(URL, settings, lang, clock=lambda: BEGIN + 12, wall=lambda: NOON)
    session.epoch = NOON - BEGIN
    session.model = type(session.model)(session.epoch)
    if name == "connect":
        session.apply(
            [
                ended(1, Verb.CONNECT, Outcome.REFUSED, 0.0004, errno="ECONNREFUSED"),
                e.StageChanged(
                    at=BEGIN, stage=Stage.WAITING, address=URL, attempt=3, code="ECONNREFUSED",
                    detail="Connection refused", retry_at=BEGIN + 16,
                ),
            ]
        )  # fmt: skip
    else:
        session.apply([*connected(), *called(), *(talk(lang) if name != "hotline" else [])])
        place = "" if name == "hotline" else "lobby"
        session.model.apply(PlaceChosen(at=BEGIN, place=place))
    return Scene(session, name, theme)


def frames() -> list[e.Event]:
    """Frames that stuck together in one recv, and one that was split."""
    first = encode(m.Ack(place="lobby", ids=[9], seqs=[6]))
    second = encode(m.Said(room="lobby", seq=6, at=int(NOON * 1000), by="max", text="还在路上"))
    out = encode(m.Say(id=9, room="lobby", text="还在路上"))
    return [
        e.FramePassed(at=BEGIN + 11, outgoing=True, data=out, pieces=((40, len(out)),)),
        e.FramePassed(at=BEGIN + 11.1, outgoing=False, data=first, pieces=((41, len(first)),)),
        e.FramePassed(
            at=BEGIN + 11.2, outgoing=False, data=second, pieces=((41, 10), (42, len(second) - 10))
        ),
    ]


def prepared(name: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def before(pilot: Pilot[None]) -> None:
        app: App[None] = pilot.app
        app.animation_level = "none"
        chat = app.screen
        if name == "wire" and isinstance(chat, ChatScreen):
            await chat.action_toggle_wire()
            chat.take(frames())
        if name in ("connection", "timeouts") and isinstance(chat, ChatScreen) and chat.narrow:
            chat.action_panel("connection" if name == "connection" else "timeouts")
        await pilot.pause()
        for screen in app.screen_stack:
            screen.set_focus(None)  # a cursor blinks
        await pilot.pause()

    return before


SCENES = ("hotline", "room", "connection", "timeouts", "wire", "help", "connect")


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize(("size", "lang"), [((80, 24), "en"), ((120, 40), "zh")])
def test_it_looks_as_it_did(name: str, size: tuple[int, int], lang: Lang, snap_compare: Compare) -> None:
    assert snap_compare(scene(name, lang), terminal_size=size, run_before=prepared(name))


def test_the_light_look_is_as_it_was(snap_compare: Compare) -> None:
    assert snap_compare(
        scene("room", "en", "callroom-light"), terminal_size=(110, 30), run_before=prepared("room")
    )
