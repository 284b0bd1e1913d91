"""What the pictures of the screen show: a conversation, a call, a lesson, told at times that never change."""

from callroom_client import events as e
from callroom_client.events import Outcome, Stage, Verb
from callroom_client.lab.steps import Finished, Seen, Side, Step
from callroom_forms.form import Form
from callroom_wire import messages as m
from callroom_wire.codec import encode
from callroom_words.words import Words
from screen_support import NOON

URL = "tcp://callroom.example:8888"
BEGIN = 1000.0
"""Monotonic seconds at which the story begins; it is looked at 12 s later."""
LONG_LINK = "https://docs.python.org/3/library/socket.html#timeouts-and-the-connect-method"


def ended(
    number: int, verb: Verb, outcome: Outcome, seconds: float, size: int = 0, errno: str = ""
) -> e.Ended:
    """An operation of the socket that has ended."""
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


def refused() -> list[e.Event]:
    """Nobody listens there."""
    return [
        ended(1, Verb.CONNECT, Outcome.REFUSED, 0.0004, errno="ECONNREFUSED"),
        e.StageChanged(
            at=BEGIN, stage=Stage.WAITING, address=URL, attempt=3, code="ECONNREFUSED",
            detail="Connection refused", retry_at=BEGIN + 16,
        ),
    ]  # fmt: skip


def wrong_door() -> list[e.Event]:
    """A web server answers."""
    return [
        ended(1, Verb.CONNECT, Outcome.DONE, 0.0004),
        e.Broken(at=BEGIN, code="speaks_http", detail="", sample=b"HTTP/1.1 400 Bad Request\r\nServer: x"),
        e.StageChanged(at=BEGIN, stage=Stage.OFFLINE, address=URL, attempt=1, code="speaks_http"),
    ]


def lost() -> list[e.Event]:
    """The connection breaks, and is to be made anew."""
    return [
        ended(32, Verb.RECV, Outcome.RESET, 0.02, errno="ECONNRESET"),
        e.SocketClosed(at=BEGIN + 11, by_us=False, code="ECONNRESET"),
        e.StageChanged(
            at=BEGIN + 11, stage=Stage.WAITING, address=URL, attempt=4, code="ECONNRESET",
            detail="Connection reset by peer", retry_at=BEGIN + 19,
        ),
    ]  # fmt: skip


def talk() -> list[e.Event]:
    """A room with people in it."""
    at, label = BEGIN + 8, int(NOON * 1000)
    lines = [
        ("alice", "早上好！recv 的超时你们一般设多少？"),
        ("鲍勃", "recv 我设 5 秒，connect 设 3 秒。"),
        ("Zoë", f"In settimeout(0) mode connect raises EINPROGRESS: {LONG_LINK}"),
        ("alice", "max 你觉得呢？ 👍"),
        ("max", "I see it in F5."),
    ]
    said = [
        m.Said(room="lobby", seq=number, at=label + (number - 6) * 60_000, by=by, text=text)
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


def asked_secretly() -> list[e.Event]:
    """The robot wants what nobody should read over one's shoulder."""
    keys = [m.ChoiceInfo(key="*", label="返回上级")]
    asked = m.Prompted(
        menu="10086",
        node="password",
        text="请输入六位服务密码。",
        choices=keys,
        wait=30,
        secret=True,
        form=Form(kind="digits", length=6, end_key="#"),
    )
    return [*called(), e.Received(at=BEGIN + 10, message=asked)]


def asked_for_a_number() -> list[e.Event]:
    """The robot wants a telephone number, and has said what one looks like."""
    keys = [m.ChoiceInfo(key="*", label="返回上级")]
    form = Form(kind="phone", end_key="#", hint="手机号码是 1 开头的 11 位数字。")
    asked = m.Prompted(
        menu="10086",
        node="number",
        text="请输入 11 位手机号码，按 # 号键结束。",
        choices=keys,
        wait=30,
        form=form,
    )
    return [*called(), e.Received(at=BEGIN + 10, message=asked)]


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


_SERVER, _CLIENT = Side.SERVER, Side.CLIENT
STEPS = [
    Step(0.0001, 0.00002, _SERVER, "listener", "listen", "8", seen=Seen("LISTEN")),
    Step(0.0004, 0.00006, _CLIENT, "client", "connect", "('127.0.0.1', 40000)", seen=Seen("ESTABLISHED")),
    Step(0.0006, 0.00001, _SERVER, "listener", "accept", "", "conn, ('127.0.0.1', 5)", seen=Seen("LISTEN")),
    Step(0.0007, 0.00002, _SERVER, "conn", "settimeout", "0.15", seen=Seen("ESTABLISHED")),
    Step(0.0008, 0.1503, _SERVER, "conn", "recv", "8", "", "timed out", seen=Seen("ESTABLISHED")),
    Step(
        0.1520, 0.00002, _CLIENT, "client", "send", "13 B", "13", "", "hello, 大厅".encode(), 13,
        Seen("ESTABLISHED", 13),
    ),
    Step(
        0.1522, 0.00001, _SERVER, "conn", "recv", "8", "8 B", "", "hello, 大厅".encode()[:8], 8,
        Seen("ESTABLISHED", 0, 5),
    ),
    Step(0.1524, 0.00001, _CLIENT, "client", "shutdown", "SHUT_WR", seen=Seen("FIN_WAIT1", 1)),
    Step(0.1531, 0.041, _CLIENT, "client", "TCP_INFO", "", "FIN_WAIT2", seen=Seen("FIN_WAIT2")),
]  # fmt: skip
"""Steps of an experiment as if they had been recorded."""
FOUND = Finished((Words("13 bytes went in 2 pieces.", "13 字节分 2 段到达。"),))
