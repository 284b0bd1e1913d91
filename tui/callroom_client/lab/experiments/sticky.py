"""Sticky packets: how many sends become how many recvs, with and without frames, with and without Nagle."""

import socket
import struct

from callroom_client.lab.experiments.parties import connected, sent_all
from callroom_client.lab.parameters import Choice, Number, Parameter, Text, Values, switch
from callroom_client.lab.recorder import Recorded, Recorder
from callroom_client.link.kernel import look
from callroom_words.words import Words

HEAD = struct.Struct("<I")
"""The length before each message, as the lesson's framed listener takes it."""
MOST_WORDS = 12

PARAMETERS: tuple[Parameter, ...] = (
    Text("words", Words("messages", "消息"), "hello world egon", 200),
    Number("buffer", Words("recv buffer", "recv 缓冲区"), "6", 1, 1024),
    Number("gap", Words("pause (ms)", "间隔（毫秒）"), "0", 0, 500),
    Choice(
        "reader",
        Words("the server reads", "服务端读取"),
        "late",
        (("late", Words("after all sends", "全部发完之后")), ("once", Words("at once", "立即"))),
    ),
    switch("nagle", Words("Nagle", "Nagle"), on=True),
    switch("frames", Words("frames", "分帧")),
)
COUNTS = Words(
    "{sends} sends, {recvs} recvs with something in them: {pieces}",
    "{sends} 次 send，{recvs} 次 recv 读到内容：{pieces}",
)
STUCK = Words(
    "{stuck} recvs held parts of more than one message, {split} messages came in more than one recv.",
    "{stuck} 次 recv 里有不止一条消息的内容；{split} 条消息分在不止一次 recv 里。",
)
CLEAN = Words(
    "Each recv held exactly one message. That was luck: nothing in TCP promises it.",
    "每次 recv 恰好是一条消息。这只是运气：TCP 不作这种保证。",
)
CURED = Words(
    "With a length before each, the reader found exactly {messages} messages, whatever recv had cut.",
    "每条消息前写明长度，读的一方就不多不少得到 {messages} 条消息，不管 recv 是怎么切的。",
)


def run(lab: Recorder, values: Values) -> tuple[Words, ...]:
    """The client sends each word by itself; the server reads with its buffer until the end."""
    messages = values.encoded("words").split()[:MOST_WORDS]
    frames, size = values.on("frames"), values.number("buffer")
    sends = [HEAD.pack(len(message)) + message if frames else message for message in messages]
    listener, server, client = connected(lab)
    if not values.on("nagle"):
        client.setsockopt("TCP_NODELAY", socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    pieces: list[bytes] = []
    read: list[bytes] = []

    def reading() -> None:
        read.extend(framed(server, size, pieces) if frames else plain(server, size, pieces))

    def sending() -> None:
        for number, data in enumerate(sends):
            if number:
                lab.pause(values.seconds("gap"))
            sent_all(client, data)
        client.shutdown(socket.SHUT_WR)  # a FIN is not held back, nor what stands before it (RFC 9293, 3.7.4)

    if values.text("reader") == "late":
        sending()
        total = sum(map(len, sends))
        lab.until(lambda: (kernel := look(server.sock, 0.0)) is not None and kernel.unread >= total)
        reading()
    else:
        with lab.beside(reading):
            sending()
    for one in (server, client, listener):
        one.close()
    counts = COUNTS.fill(
        sends=len(sends), recvs=len(pieces), pieces=" ".join(repr(piece)[1:] for piece in pieces[:16])
    )
    return (counts, CURED.fill(messages=len(read)) if frames else told(messages, pieces))


def plain(server: Recorded, size: int, pieces: list[bytes]) -> list[bytes]:
    """Takes what each recv gives for a message."""
    while piece := server.recv(size):
        pieces.append(piece)
    return pieces


def framed(server: Recorded, size: int, pieces: list[bytes]) -> list[bytes]:
    """Reads a length, then so many bytes, with as many calls of recv as that takes; the messages."""
    messages: list[bytes] = []
    while head := exactly(server, HEAD.size, size, pieces):
        messages.append(exactly(server, HEAD.unpack(head)[0], size, pieces))
    return messages


def exactly(server: Recorded, count: int, size: int, pieces: list[bytes]) -> bytes:
    """So many bytes; fewer only where the stream ends."""
    got = b""
    while len(got) < count and (piece := server.recv(min(size, count - len(got)))):
        pieces.append(piece)
        got += piece
    return got


def told(messages: list[bytes], pieces: list[bytes]) -> Words:
    """What the cuts of recv have made of the messages."""
    stuck, split = cuts(messages, pieces)
    return STUCK.fill(stuck=stuck, split=split) if stuck or split else CLEAN


def cuts(messages: list[bytes], pieces: list[bytes]) -> tuple[int, int]:
    """How many pieces hold parts of several messages, and how many messages are in several pieces."""
    ends = _ends(messages)
    marks = _ends(pieces)
    starts = [0, *ends[:-1]]
    stuck = sum(
        any(before < end < mark for end in ends) for before, mark in zip([0, *marks[:-1]], marks, strict=True)
    )
    split = sum(any(start < mark < end for mark in marks) for start, end in zip(starts, ends, strict=True))
    return stuck, split


def _ends(parts: list[bytes]) -> list[int]:
    found: list[int] = []
    at = 0
    for part in parts:
        at += len(part)
        found.append(at)
    return found
