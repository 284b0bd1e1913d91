"""Three steps to begin, four to end: the kernel's states of both sides (RFC 9293, figure 5)."""

import socket
import struct

from callroom_client.lab.experiments.parties import listening
from callroom_client.lab.parameters import Choice, Parameter, Values
from callroom_client.lab.recorder import Recorded, Recorder
from callroom_client.lab.steps import Side
from callroom_words.words import Words

GONE = ("", "CLOSE")
"""What is left of a connection that was reset."""

PARAMETERS: tuple[Parameter, ...] = (
    Choice(
        "first",
        Words("who closes first", "谁先关闭"),
        "client",
        (("client", Words("the client", "客户端")), ("server", Words("the server", "服务端"))),
    ),
    Choice(
        "how",
        Words("how", "方式"),
        "orderly",
        (
            ("orderly", Words("in order (FIN)", "有序（FIN）")),
            ("reset", Words("at once (RST)", "立即（RST）")),
        ),
    ),
)
BEGUN = Words(
    "SYN, SYN-ACK, ACK: connect returned {state} before accept was called: the kernel shakes hands.",
    "SYN、SYN-ACK、ACK：还没有 accept，connect 就返回了 {state}；握手的是内核，不是程序。",
)
ORDERLY = Words(
    "FIN, ACK, FIN, ACK: who closed first went through {first}, the other through {second}.",
    "FIN、ACK、FIN、ACK：先关闭的一方经过 {first}，另一方经过 {second}。",
)
RESET = Words(
    "RST: nothing is waited for, and no TIME_WAIT stays. The other side's recv gave {error}.",
    "RST：什么都不等，也不留下 TIME_WAIT。对方的 recv 得到 {error}。",
)


def run(lab: Recorder, values: Values) -> tuple[Words, ...]:
    """Begins a connection, lets bytes pass, and ends it as asked."""
    listener, address = listening(lab)
    lab.settled(listener, "LISTEN")
    client = lab.open(Side.CLIENT, "client")
    lab.settled(client, "CLOSE")
    client.connect(address)
    begun = lab.settled(client, "ESTABLISHED")
    server = listener.accept("conn")
    client.send(b"hello")
    server.recv(16)
    first, second = (client, server) if values.text("first") == "client" else (server, client)
    ending = reset if values.text("how") == "reset" else orderly
    found = ending(lab, first, second)
    listener.close()
    return BEGUN.fill(state=begun), found


def orderly(lab: Recorder, first: Recorded, second: Recorded) -> Words:
    """One side has finished, then the other has."""
    here, there = first.address(), second.address()
    first.shutdown(socket.SHUT_WR)
    states = [lab.settled(first, "FIN_WAIT2")]
    others = [lab.settled(second, "CLOSE_WAIT")]
    second.recv(16)
    second.shutdown(socket.SHUT_WR)
    # The socket itself says CLOSE now; what is left of the connection stands in the kernel's table only.
    states.append(lab.listed(first.side, first.who, here, there, "TIME_WAIT"))
    others.append(lab.settled(second, "CLOSE"))
    first.recv(16)
    first.close()
    second.close()
    lab.listed(first.side, first.who, here, there, "TIME_WAIT")
    return ORDERLY.fill(first=" → ".join(states), second=" → ".join(others))


def reset(lab: Recorder, first: Recorded, second: Recorded) -> Words:
    """One side gives up: SO_LINGER with no time makes close a RST (socket(7))."""
    here, there = first.address(), second.address()
    first.setsockopt("SO_LINGER", socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0), "on, 0 s")
    first.close()
    lab.listed(first.side, first.who, here, there, *GONE)
    lab.settled(second, "CLOSE")
    error = "b''"
    try:
        second.recv(16)
    except ConnectionResetError:
        error = "ECONNRESET"
    second.close()
    return RESET.fill(error=error)
