"""A house of one room in which it storms: as many lines a second as one wants, for one caller."""

import socket
import threading
import time

from callroom_wire.codec import decode_request, encode
from callroom_wire.frames import FrameDecoder
from callroom_wire.messages import (
    Hello,
    History,
    Joined,
    LoggedIn,
    Login,
    Page,
    Ping,
    Pong,
    Resume,
    Rooms,
    RoomsListed,
    Said,
    ServerMessage,
    Welcomed,
)

ROOM = "lobby"
WORD = "storm"
"""In every line, and in nothing else that is shown."""
PEOPLE = ("alice", "鲍勃", "carol", "客服01", "Zoë")
WORDS = "超时 recv 与 connect 的区别是什么，the quick brown fox jumps over a lazy dog，网络套接字阻塞与非阻塞"
TICK_SECONDS = 0.01


class Storm:
    """The house; the caller is in the room from the login on."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._sock: socket.socket | None = None
        self._lock = threading.Lock()
        self._seq = 0
        self.url = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, name="storm", daemon=True).start()

    def __enter__(self) -> "Storm":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        if self._sock is not None:
            self._sock.close()

    def _serve(self) -> None:
        sock, _ = self._server.accept()
        self._sock = sock
        decoder = FrameDecoder()
        while True:
            try:
                data = sock.recv(65536)
            except OSError:
                return
            if not data:
                return
            for body in decoder.feed(data):
                self._answer(body)

    def _answer(self, body: bytes) -> None:
        request = decode_request(body)
        match request:
            case Hello(ref=ref):
                self._send(Welcomed(server="storm", software="callroom bench", ref=ref))
            case Login(ref=ref) | Resume(ref=ref):
                self._send(LoggedIn(name="bench", token="t", ref=ref))
                self._send(Joined(place=ROOM, people=["bench", *PEOPLE], go=True))
            case Ping(n=n, ref=ref):
                self._send(Pong(n=n, ref=ref))
            case Rooms(ref=ref):
                self._send(RoomsListed(ref=ref))
            case History(place=place, ref=ref):
                self._send(Page(place=place, end=True, ref=ref))
            case _:
                pass

    def _send(self, *messages: ServerMessage) -> None:
        assert self._sock is not None
        with self._lock:
            self._sock.sendall(b"".join(map(encode, messages)))

    def say(self, count: int, rate: float) -> float:
        """Says so many lines, `rate` a second (0: as fast as they are taken); how long it took."""
        begin = time.perf_counter()
        said = 0
        while said < count:
            due = count if not rate else min(count, int((time.perf_counter() - begin) * rate) + 1)
            if due == said:
                time.sleep(TICK_SECONDS)
                continue
            due = min(due, said + 1000)
            self._send(*[self._line(said + number) for number in range(due - said)])
            said = due
        return time.perf_counter() - begin

    def _line(self, number: int) -> Said:
        self._seq += 1
        length = 20 + number * 7 % 60
        text = f"{WORD} {self._seq} {WORDS[number % 20 :][:length]}"
        now = int(time.time() * 1000)
        return Said(room=ROOM, seq=self._seq, at=now, by=PEOPLE[number % len(PEOPLE)], text=text)
