"""Is this a client of ours: random bytes and their HMAC, with the right key, a wrong one, and none."""

import hmac
import os

from callroom_client.lab.experiments.parties import connected, sent_all
from callroom_client.lab.parameters import Choice, Number, Parameter, Text, Values
from callroom_client.lab.recorder import Recorded, Recorder
from callroom_words.words import Words

NONCE = 32
"""Random bytes."""

PARAMETERS: tuple[Parameter, ...] = (
    Text("key", Words("the server's key", "服务端的密钥"), "callroom lab", 64),
    Choice(
        "client",
        Words("the client has", "客户端持有"),
        "right",
        (
            ("right", Words("the right key", "正确的密钥")),
            ("wrong", Words("a wrong key", "错误的密钥")),
            ("none", Words("no key", "没有密钥")),
        ),
    ),
    Choice(
        "digest",
        Words("digest", "摘要"),
        "md5",
        (("md5", Words("MD5", "MD5")), ("sha256", Words("SHA-256", "SHA-256"))),
    ),
    Number("patience", Words("patience (ms)", "等待（毫秒）"), "500", 50, 5000),
)
LET_IN = Words(
    "The digests are equal: the client is served. The key itself was never sent.",
    "摘要相同：客户端得到服务。密钥本身从未发送过。",
)
WRONG = Words(
    "The digests differ: closed at once. The client learns no more than that: recv gives {heard}.",
    "摘要不同：立即关闭。客户端得知的只有这一点：recv 得到 {heard}。",
)
SILENT = Words(
    "Nothing came within {milliseconds} ms: closed. Who has proved nothing holds nothing.",
    "{milliseconds} 毫秒内什么都没有到：关闭。没有证明自己的人不占用任何东西。",
)


def run(lab: Recorder, values: Values) -> tuple[Words, ...]:
    """The server asks, the client answers as well as it can."""
    key, digest, who = values.encoded("key"), values.text("digest"), values.text("client")
    size = hmac.new(key, b"", digest).digest_size
    listener, server, client = connected(lab)
    server.settimeout(values.seconds("patience"))
    nonce = os.urandom(NONCE)
    sent_all(server, nonce)
    asked = exactly(client, NONCE)
    mine = key if who == "right" else key + b"?"
    if who == "none":
        answer = silence(server, size)
    else:
        sent_all(client, hmac.digest(mine, asked, digest))
        answer = exactly(server, size)
    if hmac.compare_digest(answer, hmac.digest(key, nonce, digest)):
        sent_all(client, b"let me in")
        sent_all(server, server.recv(64).upper())
        client.recv(64)
        server.close()
        found = LET_IN
    else:
        server.close()
        heard = repr(client.recv(64))
        found = WRONG.fill(heard=heard) if answer else SILENT.fill(milliseconds=values.number("patience"))
    client.close()
    listener.close()
    return (found,)


def silence(server: Recorded, size: int) -> bytes:
    """What comes from a client that says nothing: nothing."""
    try:
        return server.recv(size)
    except TimeoutError:
        return b""


def exactly(sock: Recorded, count: int) -> bytes:
    """So many bytes; fewer only where the stream ends."""
    got = b""
    while len(got) < count and (piece := sock.recv(count - len(got))):
        got += piece
    return got
