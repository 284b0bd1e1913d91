"""A whole house within the test: real sockets, a ledger in memory, and a clock that only the test turns."""

import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from callroom_server.app.errands import Errands
from callroom_server.app.gate import Gate
from callroom_server.app.house import House
from callroom_server.app.menus import Menus
from callroom_server.app.porter import Porter
from callroom_server.app.serve import hash_token, new_token
from callroom_server.app.transcripts import Transcripts
from callroom_server.app.watch import Watch
from callroom_server.config.limits import Limits
from callroom_server.config.logs import Log
from callroom_server.config.settings import Settings
from callroom_server.core.hub import Hub
from callroom_server.ledger.memory import MemoryLedger
from callroom_server.net.reactor import Reactor
from callroom_server.net.transport import Transport
from callroom_wire.codec import Chunk, decode_reply, encode
from callroom_wire.frames import MAX_FRAME, FrameDecoder
from callroom_wire.messages import ClientMessage, ServerMessage

PASSES = 400
"""Until something that was awaited is given up: each waits for the kernel as long as `PASS_SECONDS`."""

PASS_SECONDS = 0.02


class Indoors:
    """The house, the loop, and who called; `now` is the time."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.now = 1000.0
        self.callers: list[Peer] = []
        self.errors: list[object] = []
        self.reactor = Reactor(lambda: self.now, lambda error, call: self.errors.append((error, call)))
        settings = Settings(data=folder, listen=("tcp://127.0.0.1:0",), menu="classic", limits=limits)
        menus = Menus(settings)
        self.lines: list[str] = []
        log = Log(self.lines.append, "json")
        hub = Hub(boot=1, limits=limits, shelf=menus.shelf, new_token=new_token, hash_token=hash_token)
        ledger = MemoryLedger()
        self._errands = Errands(self.reactor, ledger.reader(), menus, Transcripts(folder, limits), log)
        gate = Gate(limits, 1000)
        self.house = House(self.reactor, hub, ledger, self._errands, gate, log, "en", lambda: 1.7e9)
        ledger.open(self.house)
        self.house.carry(hub.restarted(self.now))
        self._porter = Porter(self.house, settings)
        self._port = int(self._porter.open()[0].rpartition(":")[2])
        Watch(self.house).sweep()

    def call(self, first: bytes) -> "Peer":
        """Someone calls, says this, and is let in."""
        sock = socket.create_connection(("127.0.0.1", self._port))
        sock.setblocking(False)
        sock.sendall(first)
        known = set(self.house.doors)
        self.until(lambda: set(self.house.doors) - known, "the call is taken")
        (number,) = set(self.house.doors) - known
        transport = self.house.doors[number].transport
        assert isinstance(transport, Transport)
        self.callers.append(Peer(self, sock, transport))
        return self.callers[-1]

    def one_pass(self) -> None:
        """One pass of the loop."""
        self.reactor.run_pass(PASS_SECONDS)

    def until(self, met: Callable[[], object], what: str) -> int:
        """Runs passes until it is so; how many."""
        for passes in range(PASSES):
            if met():
                return passes
            self.one_pass()
        raise AssertionError(f"never: {what}")

    def turn(self, seconds: float, step: float = 0.25) -> None:
        """Turns the clock, and lets what is due happen."""
        for _ in range(int(seconds / step)):
            self.now += step
            self.reactor.run_pass(0)
            self.reactor.run_pass(0)

    def close(self) -> None:
        self._porter.close()
        for door in list(self.house.doors.values()):
            door.transport.abort("test over")
        self.until(lambda: not self.house.doors, "all are gone")
        self._errands.close()
        self.reactor.close()


class Peer:
    """One who called: what was sent to them is in `got`."""

    def __init__(self, indoors: Indoors, sock: socket.socket, transport: Transport) -> None:
        self._indoors = indoors
        self.sock = sock
        self.transport = transport
        self.got = b""
        self.ended = False
        self._decoder = FrameDecoder(MAX_FRAME)
        self._read = 0

    def pour(self, data: bytes) -> None:
        """Sends as much of this as the kernel takes."""
        with suppress(BlockingIOError):
            while True:
                self.sock.sendall(data)

    def read(self) -> bytes:
        """Everything that has come."""
        with suppress(BlockingIOError):
            while not self.ended:
                data = self.sock.recv(65536)
                self.got += data
                self.ended = not data
        return self.got

    def see(self, text: str) -> int:
        """Waits for a text; after how many passes it came."""
        return self._indoors.until(lambda: text.encode() in self.read(), text)

    def replies(self) -> list[ServerMessage]:
        """The messages that have come since this was last asked."""
        fresh, self._read = self.read()[self._read :], len(self.got)
        found = [decode_reply(body) for body in self._decoder.feed(fresh)]
        return [message for message in found if not isinstance(message, Chunk)]

    def ask(self, message: ClientMessage, answer: ServerMessage | type[ServerMessage]) -> int:
        """Asks for something; after how many passes this came, or something of the kind."""
        self.sock.sendall(encode(message))

        def answered() -> bool:
            return any(one == answer or type(one) is answer for one in self.replies())

        return self._indoors.until(answered, f"{answer} to {message}")


@contextmanager
def indoors(folder: Path, limits: Limits | None = None) -> Generator[Indoors]:
    """A house that is closed with the test."""
    house = Indoors(folder, limits or Limits())
    try:
        yield house
    finally:
        house.close()
        for caller in house.callers:
            caller.sock.close()
    assert not house.errors, house.errors
