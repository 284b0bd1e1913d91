"""What the tests of the client's link share: whoever listens, and strangers on loopback who answer."""

import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from callroom_client.events import Event, LinkEvent, Received, Stage, StageChanged
from callroom_wire import messages as m
from callroom_wire.codec import Chunk, decode_request, encode
from callroom_wire.frames import MAX_FRAME, FrameDecoder
from callroom_wire.messages import ClientMessage, ServerMessage
from house_support import PATIENCE

E = TypeVar("E", bound=Event)
M = TypeVar("M", bound=m.Message)


class Ear:
    """Listens to a client: everything that happened is in `events`, in order."""

    def __init__(self) -> None:
        self.events: list[LinkEvent] = []
        self._there = threading.Condition()

    def __call__(self, event: LinkEvent) -> None:
        with self._there:
            self.events.append(event)
            self._there.notify_all()

    def wait(self, kind: type[E], so: Callable[[E], object] = lambda _: True, after: int = 0) -> E:
        """The first such event behind the first `after` ones; waits for it if it has not happened yet."""
        deadline = time.monotonic() + PATIENCE
        seen = after
        with self._there:
            while True:
                for number in range(seen, len(self.events)):
                    event = self.events[number]
                    if isinstance(event, kind) and so(event):
                        return event
                seen = len(self.events)
                left = deadline - time.monotonic()
                assert left > 0, (kind, "never happened", self.events[-12:])
                self._there.wait(left)

    def stage(self, stage: Stage, code: str | None = None, after: int = 0) -> StageChanged:
        """Waits until the connection is at this stage, for this reason."""
        return self.wait(StageChanged, lambda e: e.stage is stage and code in (None, e.code), after)

    def heard(self, kind: type[M], so: Callable[[M], object] = lambda _: True) -> M:
        """Waits until the server has told this."""
        message = self.wait(Received, lambda e: isinstance(e.message, kind) and so(e.message)).message
        assert isinstance(message, kind)
        return message

    def all(self, kind: type[E]) -> list[E]:
        """All such events so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def messages(self) -> list[ServerMessage]:
        """All that the server told so far."""
        return [event.message for event in self.all(Received)]


class Peer:
    """The stranger's end of one connection, with a deadline for every wait."""

    def __init__(self, sock: socket.socket, number: int) -> None:
        self.sock = sock
        self.number = number
        """The how-manieth connection it is, from 0."""
        self.got: list[ClientMessage] = []
        self._decoder = FrameDecoder(MAX_FRAME)
        self._looked_at = 0

    def send(self, *messages: ServerMessage, piece: int = 1 << 20) -> None:
        """Tells these, cut into pieces of so many bytes."""
        data = b"".join(map(encode, messages))
        for start in range(0, len(data), piece):
            self.sock.sendall(data[start : start + piece])

    def expect(self, kind: type[M], so: Callable[[M], object] = lambda _: True) -> M:
        """The next message of this kind."""
        while True:
            while self._looked_at < len(self.got):
                message = self.got[self._looked_at]
                self._looked_at += 1
                if isinstance(message, kind) and so(message):
                    return message
            data = self.sock.recv(65536)
            if not data:
                raise ConnectionAbortedError(kind, "the client closed", self.got)
            for body in self._decoder.feed(data):
                request = decode_request(body)
                assert not isinstance(request, Chunk)
                self.got.append(request)

    def welcome(self, piece: int = 1 << 20) -> None:
        """Takes the hello."""
        self.send(m.Welcomed(server="fake", ref=self.expect(m.Hello).ref), piece=piece)

    def log_in(self, resumed: bool = False, last_id: int = 0, piece: int = 1 << 20) -> m.Login | m.Resume:
        """Takes the hello and the login, or the return, which is given back."""
        self.welcome(piece)
        asked = self.expect(m.Resume if resumed else m.Login)
        answer = m.LoggedIn(
            name="someone", token=f"token-{self.number}", resumed=resumed, last_id=last_id, ref=asked.ref
        )
        self.send(answer, piece=piece)
        return asked

    def until_closed(self) -> bytes:
        """Reads to the end, however it comes; what came."""
        rest = b""
        with suppress(ConnectionResetError):
            while data := self.sock.recv(65536):
                rest += data
        return rest

    def reset(self) -> None:
        """Ends it by RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


class Stranger:
    """Listens on loopback and does as it was told with each connection, one after the other."""

    def __init__(self, act: Callable[[Peer], object], family: int = socket.AF_INET) -> None:
        host = "::1" if family == socket.AF_INET6 else "127.0.0.1"
        self._listening = socket.create_server((host, 0), family=family)
        self._listening.settimeout(PATIENCE)
        self.port: int = self._listening.getsockname()[1]
        self.url = f"tcp://{'[::1]' if family == socket.AF_INET6 else host}:{self.port}"
        self.failure: BaseException | None = None
        self._act = act
        self._sock: socket.socket | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        number = 0
        while not self._closing:
            try:
                sock, _ = self._listening.accept()
            except OSError:
                return
            sock.settimeout(PATIENCE)
            self._sock = sock
            with sock:
                try:
                    self._act(Peer(sock, number))
                except OSError:  # the client went first, or `close` ended it
                    pass
                except BaseException as failure:
                    self.failure = failure
                    return
            number += 1

    def close(self) -> None:
        """Ends it; what went wrong in its thread is raised here."""
        self._closing = True
        for sock in (self._listening, self._sock):
            if sock is not None:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._listening.close()
        if self.failure is not None:
            raise self.failure
