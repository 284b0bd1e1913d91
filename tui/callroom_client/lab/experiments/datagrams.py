"""UDP beside TCP: the same messages, the same buffer, and what each makes of them."""

import socket

from callroom_client.lab.experiments.parties import HOST, connected, drained, sent_all
from callroom_client.lab.parameters import Number, Parameter, Text, Values, switch
from callroom_client.lab.recorder import Recorder
from callroom_client.lab.steps import Side
from callroom_words.words import Words

MOST_WORDS = 8
PATIENCE = 0.2
"""Seconds that the server waits for one more datagram."""

PARAMETERS: tuple[Parameter, ...] = (
    Text("words", Words("messages", "消息"), "hello world egon", 200),
    Number("buffer", Words("recv buffer", "recv 缓冲区"), "4", 1, 1024),
    switch("empty", Words("and an empty one", "再发一个空的"), on=True),
)
UDP = Words(
    "UDP: {sent} datagrams sent, {got} came, each by itself; lost, for want of buffer: {lost} bytes.",
    "UDP：发出 {sent} 个数据报，收到 {got} 个，各自独立；缓冲区装不下的部分丢失了 {lost} 字节。",
)
TCP = Words(
    "TCP: {sent} sends, {got} recvs, cut by the buffer; lost: {lost} bytes. An empty send is nothing at all.",
    "TCP：{sent} 次 send，{got} 次 recv，按缓冲区大小切开；丢失 {lost} 字节。空的 send 等于什么都没发。",
)
NOBODY = Words(
    "To a port where nobody is, send succeeds. Only the next call on a connected socket tells: {error}.",
    "向没有人的端口发数据报：send 照样成功。只有在 connect 过的套接字上，下一次调用才会得知：{error}。",
)


def run(lab: Recorder, values: Values) -> tuple[Words, ...]:
    """First in datagrams, then over a connection, then to nobody."""
    messages = values.encoded("words").split()[:MOST_WORDS]
    messages += [b""] if values.on("empty") else []
    size = values.number("buffer")
    got = by_udp(lab, messages, size)
    total = sum(map(len, messages))
    udp = UDP.fill(sent=len(messages), got=len(got), lost=total - sum(map(len, got)))
    listener, server, client = connected(lab)
    for message in messages:
        if message:
            sent_all(client, message)
        else:
            client.send(message)
    client.shutdown(socket.SHUT_WR)
    pieces = drained(server, size)
    for one in (server, client, listener):
        one.close()
    tcp = TCP.fill(sent=len(messages), got=len(pieces), lost=total - sum(map(len, pieces)))
    return udp, tcp, NOBODY.fill(error=to_nobody(lab))


def by_udp(lab: Recorder, messages: list[bytes], size: int) -> list[bytes]:
    """Sends each as a datagram; what came of each."""
    server = lab.open(Side.SERVER, "udp server", socket.SOCK_DGRAM)
    server.bind((HOST, 0))
    address = server.address()
    client = lab.open(Side.CLIENT, "udp client", socket.SOCK_DGRAM)
    for message in messages:
        client.sendto(message, address)
    got: list[bytes] = []
    server.settimeout(PATIENCE)
    for _ in messages:
        try:
            data = server.recvfrom(size)
        except TimeoutError:  # the kernel may drop datagrams, on loopback only when its buffer is full
            break
        got.append(data)
    server.close()
    client.close()
    return got


def to_nobody(lab: Recorder) -> str:
    """Sends where nobody listens; how the kernel tells of the ICMP message (RFC 1122, 4.1.3.3)."""
    gone = lab.open(Side.SERVER, "gone", socket.SOCK_DGRAM)
    gone.bind((HOST, 0))
    address = gone.address()
    gone.close()
    client = lab.open(Side.CLIENT, "udp client", socket.SOCK_DGRAM)
    client.connect(address)
    client.send(b"anybody?")
    client.settimeout(PATIENCE)
    try:
        client.recv(16)
    except ConnectionRefusedError:
        return "ECONNREFUSED"
    except TimeoutError:
        return "timed out"
    finally:
        client.close()
    return "–"
