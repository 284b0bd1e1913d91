"""A tiny framed server without a ledger that can be told to betray its members: benchmarks must notice."""

import argparse
import asyncio
import os
import signal
import sys
from collections import defaultdict

from callroom_wire.codec import decode_request, encode
from callroom_wire.frames import MAX_FRAME, FrameDecoder
from callroom_wire.messages import (
    Ack,
    Hello,
    Join,
    Joined,
    LoggedIn,
    Login,
    Ping,
    Pong,
    Present,
    Said,
    Say,
    ServerMessage,
    Tell,
    Told,
    Welcomed,
)

BETRAYAL = "CALLROOM_FAKE_BETRAYAL"
"""The environment variable that names the betrayal: drop, double, renumber, alter, ack or close."""

BETRAYED = 30
"""The seq it happens at: in each place, to the last member alone."""


class Guest:
    def __init__(self, name: str, writer: asyncio.StreamWriter) -> None:
        self.name = name
        self.writer = writer

    def send(self, *messages: ServerMessage) -> None:
        self.writer.write(b"".join(map(encode, messages)))


class FakeServer:
    def __init__(self, betrayal: str) -> None:
        self._betrayal = betrayal
        self._guests: dict[str, Guest] = {}
        self._rooms: dict[str, list[Guest]] = defaultdict(list)
        self._heads: dict[str, int] = defaultdict(int)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guest = Guest(f"guest{len(self._guests)}", writer)
        self._guests[guest.name] = guest
        decoder = FrameDecoder(MAX_FRAME)
        while data := await reader.read(65536):
            for body in decoder.feed(data):
                self._handle(guest, decode_request(body))
            await writer.drain()
        for members in self._rooms.values():
            if guest in members:
                members.remove(guest)
        writer.close()

    def _handle(self, guest: Guest, message: object) -> None:
        match message:
            case Hello():
                guest.send(Welcomed(server="fake"))
            case Login():
                guest.send(Ping(n=7), LoggedIn(name=guest.name, token="token"))
            case Join():
                members = self._rooms[message.room]
                members.append(guest)
                guest.send(Joined(place=message.room, people=[member.name for member in members]))
                for member in members[:-1]:
                    member.send(Present(room=message.room, came=[guest.name]))
            case Say():
                self._said(guest, message)
            case Tell():
                self._told(guest, message)
            case Pong():
                assert message.n == 7
            case _:
                raise AssertionError(f"unexpected {message}")

    def _said(self, guest: Guest, message: Say) -> None:
        seq = self._next(message.room)
        said = encode(Said(room=message.room, seq=seq, at=1, by=guest.name, text=message.text))
        self._deliver(self._rooms[message.room], seq, said)
        self._ack(guest, message.room, message.id, seq)

    def _told(self, guest: Guest, message: Tell) -> None:
        pair = (min(guest.name, message.to), max(guest.name, message.to))
        seq = self._next(" ".join(pair))
        told = encode(Told(pair=pair, seq=seq, at=1, by=guest.name, text=message.text))
        self._deliver([guest, self._guests[message.to]], seq, told)
        self._ack(guest, "@" + message.to, message.id, seq)

    def _next(self, place: str) -> int:
        self._heads[place] += 1
        return self._heads[place]

    def _ack(self, guest: Guest, place: str, number: int, seq: int) -> None:
        if self._betrayal == "ack" and seq == BETRAYED:
            seq += 1
        guest.send(Ack(place=place, ids=[number], seqs=[seq]))

    def _deliver(self, members: list[Guest], seq: int, frame: bytes) -> None:
        *others, last = members
        for member in others:
            member.writer.write(frame)
        last.writer.write(self._betray(last, frame) if seq == BETRAYED else frame)

    def _betray(self, last: Guest, frame: bytes) -> bytes:
        match self._betrayal:
            case "drop":
                return b""
            case "double":
                return frame * 2
            case "alter":
                return frame.replace(b"quick", b"quiet")
            case "renumber":
                return frame.replace(b'"seq":30,', b'"seq":31,')
            case "close":
                last.writer.close()
                return b""
            case _:
                return frame


async def run(port: int) -> None:
    server = await asyncio.start_server(FakeServer(os.environ.get(BETRAYAL, "")).serve, "127.0.0.1", port)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, os._exit, 0)
    host, bound, *_ = server.sockets[0].getsockname()
    print("fake server", flush=True)
    print(f"listening tcp://{host}:{bound}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--listen", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--config")
    parser.add_argument("--no-flood", action="store_true", required=True)
    options = parser.parse_args()
    asyncio.run(run(int(options.listen.rpartition(":")[2])))


if __name__ == "__main__":
    sys.exit(main())
