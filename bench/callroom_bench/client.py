"""A small framed client that is cheap enough to load a server with, and a swarm of them on one selector."""

import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from types import TracebackType

from callroom_bench.faults import Lost, Overdue
from callroom_bench.server import Address
from callroom_bench.transcript import Cursor, Transcript
from callroom_wire.codec import Chunk, decode_reply, encode
from callroom_wire.messages import (
    Ack,
    Bye,
    Error,
    Gap,
    Hello,
    Join,
    Joined,
    LoggedIn,
    Login,
    Ping,
    Pong,
    Request,
    ServerMessage,
    Welcomed,
)

RECEIVE_BYTES = 256 * 1024
CONNECT_SECONDS = 10.0
ARRIVING_AT_ONCE = 32
"""Below the server's 64 unauthenticated connections, from which on it drops some at random."""

_ANSWERS: dict[type[Request], type[ServerMessage]] = {Hello: Welcomed, Login: LoggedIn, Join: Joined}


class Client:
    """One connection. Its first requests are in `todo`; each waits for the answer of the one before."""

    __slots__ = ("_outgoing", "_swarm", "_waiting_for", "cursor", "name", "on_ack", "room", "sock", "todo")

    def __init__(self, swarm: "Swarm", sock: socket.socket) -> None:
        self.sock = sock
        self.name = ""
        self.room = ""
        self.cursor = Cursor(Transcript())
        self.on_ack: Callable[[Ack], None] | None = None
        self.todo: deque[Hello | Login | Join] = deque()
        self._swarm = swarm
        self._waiting_for: type[ServerMessage] | None = None
        self._outgoing = b""

    @property
    def settled(self) -> bool:
        """Whether everything it had to do has been answered."""
        return self._waiting_for is None

    def proceed(self) -> None:
        """Sends the next request of `todo`."""
        self._waiting_for = None
        if self.todo:
            request = self.todo.popleft()
            self._waiting_for = _ANSWERS[type(request)]
            self.write(encode(request))

    def write(self, data: bytes) -> None:
        """Sends, or keeps what the kernel does not take until it does."""
        if self._outgoing:
            self._outgoing += data
            return
        sent = self._send(data)
        if sent < len(data):
            self._outgoing = data[sent:]
            self._swarm.watch(self, writing=True)

    def flush(self) -> None:
        """Sends more of what was kept."""
        self._outgoing = self._outgoing[self._send(self._outgoing) :]
        if not self._outgoing:
            self._swarm.watch(self, writing=False)

    def received(self, data: bytes) -> None:
        """Takes what came and is not just a repetition of the transcript."""
        for body in self.cursor.feed(data):
            self._handle(decode_reply(body))

    def _send(self, data: bytes) -> int:
        try:
            return self.sock.send(data)
        except BlockingIOError:
            return 0
        except OSError as fault:
            raise Lost(f"the server closed a connection: {fault}") from fault

    def _handle(self, message: ServerMessage | Chunk) -> None:
        match message:
            case Ack():
                if self.on_ack is not None:
                    self.on_ack(message)
            case Ping():
                self.write(encode(Pong(n=message.n)))
            case Error() | Bye():
                raise Lost(f"the server refused: {message.code}: {message.text}")
            case Gap():
                raise Lost(
                    f"the entries {message.first} to {message.last} of {message.place} are no longer kept"
                )
            case _:
                if isinstance(message, LoggedIn):
                    self.name = message.name
                if type(message) is self._waiting_for:
                    self.proceed()


class Swarm:
    """All clients of a measurement, in one thread. No call waits beyond the deadline (monotonic seconds)."""

    def __init__(self, address: Address, deadline: float) -> None:
        self.clients: list[Client] = []
        self.deadline = deadline
        self._address = address
        self._selector = selectors.DefaultSelector()
        self._buffer = bytearray(RECEIVE_BYTES)
        self._view = memoryview(self._buffer)

    def __enter__(self) -> "Swarm":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def connect(self) -> Client:
        """Opens one more connection, on which nothing has been said yet."""
        sock = socket.create_connection(self._address, CONNECT_SECONDS)
        sock.setblocking(False)
        # Without it Nagle's algorithm holds back small writes until the ack of the one before.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client = Client(self, sock)
        self._selector.register(sock, selectors.EVENT_READ, client)
        self.clients.append(client)
        return client

    def arrive(self, rooms: Sequence[str], *, login: bool = True) -> list[Client]:
        """Opens a connection for each of `rooms`, says hello, logs in, and joins the room unless it is ""."""
        arrived: list[Client] = []
        coming: set[Client] = set()
        for room in rooms:
            self.until(lambda: self._still(coming) < ARRIVING_AT_ONCE, "a login was answered")
            client = self.connect()
            client.todo.append(Hello(client="callroom-bench"))
            if login:
                client.todo.append(Login())
            client.room = room
            if room:
                client.todo.append(Join(room=room))
            client.proceed()
            coming.add(client)
            arrived.append(client)
        self.until(lambda: not self._still(coming), "everyone had arrived")
        return arrived

    def turn(self, timeout: float) -> None:
        """Waits at most `timeout` seconds for something to happen, and handles all that has."""
        buffer, view = self._buffer, self._view
        for key, mask in self._selector.select(timeout):
            client: Client = key.data
            if mask & selectors.EVENT_WRITE:
                client.flush()
            if mask & selectors.EVENT_READ:
                try:
                    size = client.sock.recv_into(buffer)
                except OSError as fault:
                    raise Lost(f"the server closed a connection: {fault}") from fault
                if not size:
                    raise Lost("the server closed a connection without a word")
                data = view[:size]
                if not client.cursor.skip(data):
                    client.received(bytes(data))

    def until(self, done: Callable[[], bool], what: str) -> None:
        """Turns until `done`.

        Raises:
            Overdue: it was not so before the deadline.
        """
        while not done():
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise Overdue(f"the deadline came before {what}")
            self.turn(min(left, 1.0))

    def rest(self, seconds: float) -> None:
        """Goes on answering the server's pings for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.turn(left)

    def watch(self, client: Client, *, writing: bool) -> None:
        """Whether to tell a client when it can write again."""
        self._selector.modify(
            client.sock, selectors.EVENT_READ | (selectors.EVENT_WRITE if writing else 0), client
        )

    def close(self) -> None:
        """Closes every connection."""
        for client in self.clients:
            client.sock.close()
        self.clients.clear()
        self._selector.close()

    def _still(self, coming: set[Client]) -> int:
        for client in [client for client in coming if client.settled]:
            coming.discard(client)
        return len(coming)


@contextmanager
def swarm_on(address: Address, seconds: float) -> Generator[Swarm]:
    """A swarm that has `seconds` for everything it does."""
    with Swarm(address, time.monotonic() + seconds) as swarm:
        yield swarm
