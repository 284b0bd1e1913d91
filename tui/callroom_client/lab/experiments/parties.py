"""What most experiments begin with: a server that listens on this machine, and a client that is connected."""

from typing import NamedTuple

from callroom_client.lab.recorder import Address, Recorded, Recorder
from callroom_client.lab.steps import Side

HOST = "127.0.0.1"


class Pair(NamedTuple):
    """Both ends of a connection, and the socket that listened for it."""

    listener: Recorded
    server: Recorded
    client: Recorded


def listening(lab: Recorder, backlog: int = 8) -> tuple[Recorded, Address]:
    """A listener on a free port of loopback, and its address."""
    listener = lab.open(Side.SERVER, "listener")
    listener.bind((HOST, 0))
    listener.listen(backlog)
    return listener, listener.address()


def connected(lab: Recorder) -> Pair:
    """A connection: the kernel shakes hands by itself, so that connect returns before anybody accepts."""
    listener, address = listening(lab)
    client = lab.open(Side.CLIENT, "client")
    client.connect(address)
    return Pair(listener, listener.accept("conn"), client)


def drained(sock: Recorded, size: int) -> list[bytes]:
    """What recv gives, call by call, until the other side has finished."""
    pieces: list[bytes] = []
    while piece := sock.recv(size):
        pieces.append(piece)
    return pieces


def sent_all(sock: Recorded, data: bytes) -> None:
    """Sends everything, in as many calls as it takes."""
    while data:
        data = data[sock.send(data) :]
