"""A small blocking client of the framed door, with a deadline for every wait."""

import socket
import struct
import time
from collections.abc import Callable
from typing import TypeVar

from callroom_wire import messages as m
from callroom_wire.codec import Chunk, decode_reply, encode
from callroom_wire.frames import MAX_FRAME, FrameDecoder
from callroom_wire.messages import ClientMessage, ServerMessage
from house_support import PATIENCE

M = TypeVar("M")


class Framed:
    """One connection. Everything that was ever received is in `got`, in order."""

    def __init__(self, port: int, host: str = "127.0.0.1", receive_buffer: int = 0) -> None:
        self.sock = socket.socket()
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(PATIENCE)
        self.sock.connect((host, port))
        self.got: list[ServerMessage] = []
        self.ended = False
        self._decoder = FrameDecoder(MAX_FRAME)
        self._looked_at = 0
        self._ref = 0

    def __enter__(self) -> "Framed":
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    # --- sending --------------------------------------------------------------------------------------------

    def send(self, *messages: ClientMessage) -> None:
        """Sends messages in one piece."""
        self.sock.sendall(b"".join(map(encode, messages)))

    def send_raw(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self.sock.sendall(data)

    def finish(self) -> None:
        """Says that nothing more will be sent."""
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Ends the connection by RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    # --- receiving ------------------------------------------------------------------------------------------

    def receive(self, patience: float = PATIENCE) -> None:
        """Waits for bytes, or for the end, and takes them in."""
        self.sock.settimeout(patience)
        try:
            data = self.sock.recv(262_144)
        except ConnectionResetError:
            data = b""
        if not data:
            self.ended = True
            return
        for body in self._decoder.feed(data):
            message = decode_reply(body)
            assert not isinstance(message, Chunk)
            self.got.append(message)

    def expect(self, kind: type[M] | tuple[type[M], ...], so: Callable[[M], object] = bool) -> M:
        """Waits for the next message of this kind for which `so` holds; those before it are passed over."""
        deadline = time.monotonic() + PATIENCE
        seen = self._looked_at
        while True:
            for number in range(seen, len(self.got)):
                message = self.got[number]
                if isinstance(message, kind) and (so is bool or so(message)):
                    self._looked_at = number + 1
                    return message
            seen = len(self.got)
            left = deadline - time.monotonic()
            assert not self.ended, (kind, "the server closed", self.got[-5:])
            assert left > 0, (kind, "never came", self.got[-5:])
            self.receive(left)

    def hear(self, seq: int) -> None:
        """Waits until a line of this seq, or a later one, has come at any time."""
        deadline = time.monotonic() + PATIENCE
        while not any(isinstance(one, m.Said) and one.seq >= seq for one in reversed(self.got)):
            left = deadline - time.monotonic()
            assert not self.ended, ("the server closed", self.got[-5:])
            assert left > 0, (seq, "never came", self.got[-5:])
            self.receive(left)

    def until_closed(self) -> list[ServerMessage]:
        """Everything that comes until the server closes."""
        deadline = time.monotonic() + PATIENCE
        while not self.ended:
            left = deadline - time.monotonic()
            assert left > 0, self.got[-5:]
            self.receive(left)
        return self.got

    # --- being someone --------------------------------------------------------------------------------------

    def hello(self) -> m.Welcomed:
        """Opens the conversation."""
        self.send(m.Hello())
        return self.expect(m.Welcomed)

    def login(self, name: str = "") -> m.LoggedIn:
        """Says hello and takes a name."""
        self.send(m.Hello(), m.Login(name=name))
        return self.expect(m.LoggedIn)

    def resume(self, token: str, seen: dict[str, int]) -> m.LoggedIn:
        """Says hello and comes back."""
        self.send(m.Hello(), m.Resume(token=token, seen=seen))
        return self.expect(m.LoggedIn)

    def join(self, room: str, seen: int | None = None) -> m.Joined:
        """Enters a room."""
        self.send(m.Join(room=room, seen=seen))
        return self.expect(m.Joined, lambda joined: joined.place == room)

    def say(self, number: int, room: str, text: str) -> m.Ack:
        """Says a line and waits until it is durable."""
        self.send(m.Say(id=number, room=room, text=text))
        return self.expect(m.Ack, lambda ack: number in ack.ids)

    def alive(self) -> None:
        """Asks for a sign of life."""
        self._ref += 1
        self.send(m.Ping(n=self._ref))
        self.expect(m.Pong, lambda pong: pong.n == self._ref)

    def lines(self) -> list[tuple[int, str]]:
        """Seq and text of every line received so far."""
        return [(one.seq, one.text) for one in self.got if isinstance(one, m.Said)]


def person(port: int, name: str = "", *rooms: str) -> Framed:
    """Someone who has logged in and joined rooms."""
    client = Framed(port)
    try:
        client.login(name)
        for room in rooms:
            client.join(room)
    except BaseException:
        client.reset()
        raise
    return client
