"""A session cut into whatever pieces has the same outcome: TCP keeps bytes, not the borders between them."""

import random
import re
import socket
from collections import Counter
from collections.abc import Callable, Iterator

import msgspec
import pytest

from callroom_wire import messages as m
from callroom_wire.codec import Chunk, decode_reply, encode
from callroom_wire.frames import MAX_FRAME, FrameDecoder, frame
from house_support import PATIENCE, LiveHouse, OpenHouse

PROGRAM: list[m.ClientMessage] = [
    *(m.Ping(n=1), m.Say(id=1, room="lobby", text="too early", ref=1), m.Hello(version=9, ref=2)),
    *(m.Hello(lang="zh", ref=3), m.Hello(ref=4), m.Lang(lang="en", ref=5), m.Help(ref=6), m.Rooms(ref=7)),
    *(m.Dial(menu="classic", ref=8), m.Press(text="1", ref=9), m.Press(text="?", ref=10), m.HangUp(ref=11)),
    *(m.Login(name="小明", ref=12), m.Login(name="again", ref=13), m.Join(room="lobby", ref=14)),
    *(m.Say(id=number, room="lobby", text=f"line {number} 中文 \u202e") for number in range(1, 30)),
    *(m.Say(id=3, room="lobby", text="again"), m.Say(id=31, room="nowhere", text="x", ref=15)),
    *(m.Tell(id=32, to="小明", text="me", ref=16), m.Tell(id=33, to="nobody", text="you", ref=17)),
    # A topic is recorded before anything after it is looked at: so what follows sees all that was said.
    *(m.Topic(room="lobby", text="all said", ref=18), m.History(place="lobby", limit=100, ref=19)),
    *(m.Who(room="lobby", ref=20), m.Who(ref=21), m.Topic(room="lobby", ref=22), m.Rooms(ref=23)),
    *(m.Nick(name="小红", ref=24), m.Away(text="tea", ref=25), m.Back(ref=26), m.Search(query="", ref=27)),
    *(m.History(place="lobby", limit=0, ref=28), m.Leave(room="lobby", ref=29), m.Doctor(ref=30)),
]
FRAMED = b"".join(map(encode, PROGRAM))
BEFORE_LOGIN = 12
BROKEN = (
    b"".join(map(encode, PROGRAM[:BEFORE_LOGIN])) + frame(b'{"type":"ping","extra":1}') + encode(m.Ping())
)
"""Up to the login, because whoever breaks the protocol is not told what becomes durable after that."""

TYPED = (
    "/lang en\r\n/plain on\r\n/nick 小明\r\n/join lobby\r\nhello\r\n中文也行\r\n//slash\r\n/topic 茶\r\n"
    "/topic\r\n/who\r\n/rooms\r\n/nosuch\r\n/msg nobody hi\r\n/leave\r\n/go robot\r\n1\r\n??\r\n0\r\n"
    "/away tea\r\n/back\r\n"
).encode()
TELNET = (
    b"\xff\xfd\x03\xff\xfb\x18\xff\xfb\x1f\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0\xff\xfd\x63\xff\xfb\x63"
    b"\xff\xfc\x18\xff\xf1\xff\xf6" + TYPED
)

Cut = Callable[[bytes], Iterator[bytes]]


def whole(data: bytes) -> Iterator[bytes]:
    yield data


def single(data: bytes) -> Iterator[bytes]:
    for number in range(len(data)):
        yield data[number : number + 1]


def anyhow(seed: int) -> Cut:
    def cut(data: bytes) -> Iterator[bytes]:
        chance = random.Random(seed)
        while data:
            size = chance.choice((1, 2, 3, 5, 50, 500))
            yield data[:size]
            data = data[size:]

    return cut


CUTS = {"byte by byte": single, "anyhow 1": anyhow(1), "anyhow 2": anyhow(2)}


def play(house: LiveHouse, data: bytes, cut: Cut) -> bytes:
    """Sends a session in pieces and ends; everything that came back."""
    with socket.create_connection(("127.0.0.1", house.port), PATIENCE) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in cut(data):
            sock.sendall(piece)
        sock.shutdown(socket.SHUT_WR)
        parts: list[bytes] = []
        while part := sock.recv(65536):
            parts.append(part)
    assert not [line.raw for line in house.log() if line.traceback]
    return b"".join(parts)


def told(data: bytes) -> Counter[str]:
    """What a program was told, one by one: what is sent together depends on when it was durable."""
    outcome: Counter[str] = Counter()
    for body in FrameDecoder(MAX_FRAME).feed(data):
        message = decode_reply(body)
        assert not isinstance(message, Chunk)
        match message:
            case m.Ack():
                outcome.update(f"ack {pair}" for pair in zip(message.ids, message.seqs, strict=True))
            case m.Present():
                for field in ("came", "went", "lost", "back", "away", "renamed"):
                    outcome.update(f"{field} {name}" for name in getattr(message, field))
            case m.Diagnosed():
                outcome["diagnosed"] += 1
            case _:
                outcome[plain(msgspec.json.encode(message).decode())] += 1
    return outcome


NEGOTIATION = re.compile(rb"\xff(?:[\xf1-\xf9]|[\xfb-\xfe].|\xfa[^\xff]*\xff\xf0)", re.DOTALL)


def shown(data: bytes) -> Counter[str]:
    """The lines that a person was shown, and what telnet agreed on, which stands between any two of them.

    Their order, too, depends on when what was durable. Empty ones do not count: what comes while a line is
    being typed begins on a fresh one.
    """
    agreed = [found.hex() for found in NEGOTIATION.findall(data) if found != b"\xff\xf9"]
    lines = NEGOTIATION.sub(b"", data).decode().split("\r\n")
    return Counter(agreed) + Counter(plain(line) for line in lines if line)


def plain(text: str) -> str:
    """Without what differs each time: tokens and times."""
    text = re.sub(r"[A-Z2-7]{5}(-[A-Z2-7]{5}){3}", "TOKEN", text)
    return re.sub(r'"at":\d+', '"at":0', text)


@pytest.mark.parametrize(
    ("data", "outcome", "listen"),
    [
        (FRAMED, told, "tcp://127.0.0.1:0"),
        (BROKEN, told, "tcp://127.0.0.1:0"),
        (TYPED, shown, "tcp://127.0.0.1:0"),
        (TELNET, shown, "telnet://127.0.0.1:0"),
    ],
    ids=["program", "broken program", "nc", "telnet"],
)
def test_any_cutting_has_the_same_outcome(
    open_house: OpenHouse, data: bytes, outcome: Callable[[bytes], Counter[str]], listen: str
) -> None:
    uncut = outcome(play(open_house(options=["--no-flood"], listen=listen), data, whole))
    assert sum(uncut.values()) > 10
    for name, cut in CUTS.items():
        pieces = outcome(play(open_house(options=["--no-flood"], listen=listen), data, cut))
        assert pieces == uncut, name
