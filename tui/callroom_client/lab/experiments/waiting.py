"""Blocking beside non-blocking: accept and recv under settimeout(0), with a time-out, and under None."""

from callroom_client.lab.experiments.parties import listening
from callroom_client.lab.parameters import Number, Parameter, Values
from callroom_client.lab.recorder import Recorded, Recorder
from callroom_client.lab.steps import Side
from callroom_words.words import Words

BUFFER = 64

PARAMETERS: tuple[Parameter, ...] = (
    Number("timeout", Words("time-out (ms)", "超时（毫秒）"), "150", 10, 2000),
    Number("delay", Words("client late (ms)", "拖延（毫秒）"), "300", 0, 2000),
)
NOT_WAITING = Words(
    "settimeout(0) asks and never waits: with nothing there, accept gives {accept} and recv {recv}.",
    "settimeout(0) 只问不等：没有内容时，accept 得到 {accept}，recv 得到 {recv}。",
)
A_WHILE = Words(
    "settimeout({seconds}) waits so long: accept {accept}, recv {recv}, Python's own error without errno.",
    "settimeout({seconds}) 等这么久：accept {accept}，recv {recv}。这个错误没有 errno，是 Python 自己的。",
)
FOR_EVER = Words(
    "settimeout(None) waits for as long as it takes: recv returned when the client had sent at last.",
    "settimeout(None) 一直等下去：客户端终于发送之后，recv 才返回。",
)
UNDER_WAY = Words(
    "connect_ex under settimeout(0) gave {connect}: under way, nobody waits for it.",
    "settimeout(0) 下的 connect_ex 得到 {connect}：正在进行，没有人等它。",
)


def run(lab: Recorder, values: Values) -> tuple[Words, ...]:
    """Each mode first with nothing there, then with something."""
    seconds = values.seconds("timeout")
    listener, address = listening(lab)
    listener.settimeout(0)
    accept_now = tried(listener)
    listener.settimeout(seconds)
    accept_later = tried(listener)
    client = lab.open(Side.CLIENT, "client")
    client.settimeout(0)
    number = client.connect_ex(address)
    lab.settled(client, "ESTABLISHED")
    server = listener.accept("conn")
    server.settimeout(0)
    recv_now = received(server)
    server.settimeout(seconds)
    recv_later = received(server)
    server.settimeout(None)
    with lab.beside(lambda: server.recv(BUFFER)):
        lab.pause(values.seconds("delay"))
        client.settimeout(None)
        client.send(b"sorry, I am late")
    for one in (server, client, listener):
        one.close()
    return (
        NOT_WAITING.fill(accept=accept_now, recv=recv_now),
        A_WHILE.fill(seconds=f"{seconds:g}", accept=accept_later, recv=recv_later),
        UNDER_WAY.fill(connect="EINPROGRESS" if number else "0"),
        FOR_EVER,
    )


def tried(listener: Recorded) -> str:
    """How accept ends with nobody there."""
    try:
        listener.accept("nobody")
    except BlockingIOError:
        return "EAGAIN (BlockingIOError)"
    except TimeoutError:
        return "timed out (TimeoutError)"
    return "–"


def received(server: Recorded) -> str:
    """How recv ends with nothing there."""
    try:
        server.recv(BUFFER)
    except BlockingIOError:
        return "EAGAIN (BlockingIOError)"
    except TimeoutError:
        return "timed out (TimeoutError)"
    return "–"
