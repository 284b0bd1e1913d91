"""Real sockets whose every call is recorded: what an experiment is made of.

```
LabError
├── EndedError       somebody ended the experiment, or its time was up
└── TooManyError     it made more calls than MOST_STEPS
```

An experiment has a thread for each side that waits; whoever waits in a call is woken by a shutdown of the
socket, which on Linux also ends an accept and a recvfrom (net/ipv4/af_inet.c, inet_shutdown).
"""

import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

import msgspec

from callroom_client.lab.steps import Seen, Side, Step
from callroom_client.link.kernel import listed, look, state
from callroom_client.link.operations import errno_name

MOST_STEPS = 1000
"""Calls of one experiment."""
KEPT = 4_096
"""Bytes of one call that are kept."""
MOST_RECEIVED = 65_536
"""Bytes that one call may ask for: no datagram is longer."""
SETTLE_SECONDS = 5.0
"""So long the kernel may take until its tables say what the experiment waits for."""
LOOK_SECONDS = 0.005
UNKNOWN = "–"
"""A state that the kernel does not tell."""

Address = tuple[str, int] | str
"""Of IPv4 (also the first two parts of IPv6's), or a path."""


Raw = tuple[str, int] | tuple[str, int, int, int] | str
"""The same as the operating system gives it."""


class LabError(Exception):
    """The experiment does not go on."""


class EndedError(LabError):
    """Somebody ended it, or its time was up."""


class TooManyError(LabError):
    """It made too many calls."""


class Recorded:
    """A socket whose calls are recorded; they do, and raise, what those of `socket.socket` do."""

    def __init__(self, recorder: "Recorder", sock: socket.socket, side: Side, who: str) -> None:
        self.who = who
        self.side = side
        self.sock = sock
        self._recorder = recorder

    def bind(self, address: Address) -> None:
        """Takes an address."""
        self._call("bind", repr(address), lambda: self.sock.bind(address))

    def listen(self, backlog: int) -> None:
        """Lets others connect."""
        self._call("listen", str(backlog), lambda: self.sock.listen(backlog))

    def accept(self, who: str) -> "Recorded":
        """Takes the next connection; `who` names its socket."""
        made: list[Recorded] = []

        def call() -> str:
            taken: tuple[socket.socket, Raw] = self.sock.accept()
            sock, address = taken
            made.append(self._recorder.adopt(sock, self.side, who))
            return f"{who}, {short(address)!r}"

        self._call("accept", "", call)
        return made[0]

    def connect(self, address: Address) -> None:
        """Connects."""
        self._call("connect", repr(address), lambda: self.sock.connect(address))

    def connect_ex(self, address: Address) -> int:
        """Connects, and returns an errno instead of raising it; 0 is success."""
        number: list[int] = []

        def call() -> str:
            number.append(self.sock.connect_ex(address))
            return f"{number[0]} {errno_name(number[0])}" if number[0] else "0"

        self._call("connect_ex", repr(address), call)
        return number[0]

    def send(self, data: bytes) -> int:
        """Sends as much as the kernel takes."""
        sent: list[int] = []

        def call() -> str:
            sent.append(self.sock.send(data))
            return str(sent[0])

        self._call("send", f"{len(data)} B", call, data)
        return sent[0]

    def recv(self, size: int) -> bytes:
        """Receives at most so many bytes; b"" when the other side has finished."""
        return self._received("recv", size, lambda: self.sock.recv(size))

    def sendto(self, data: bytes, address: Address) -> int:
        """Sends a datagram."""
        sent: list[int] = []

        def call() -> str:
            sent.append(self.sock.sendto(data, address))
            return str(sent[0])

        self._call("sendto", f"{len(data)} B, {address!r}", call, data)
        return sent[0]

    def recvfrom(self, size: int) -> bytes:
        """Receives a datagram, of which at most so many bytes are kept."""
        return self._received("recvfrom", size, lambda: self.sock.recvfrom(size)[0])

    def setsockopt(self, name: str, level: int, option: int, value: int | bytes, said: str = "") -> None:
        """Sets an option; `name` is that of its constant, `said` its value as a person reads it."""
        self._call(
            "setsockopt", f"{name}, {said or value}", lambda: self.sock.setsockopt(level, option, value)
        )

    def settimeout(self, seconds: float | None) -> None:
        """None waits for ever, 0 does not wait, any other number is seconds."""
        self._call("settimeout", f"{seconds}", lambda: self.sock.settimeout(seconds))

    def shutdown(self, how: int) -> None:
        """Ends one direction, or both."""
        names = {socket.SHUT_RD: "SHUT_RD", socket.SHUT_WR: "SHUT_WR", socket.SHUT_RDWR: "SHUT_RDWR"}
        self._call("shutdown", names[how], lambda: self.sock.shutdown(how))

    def close(self) -> None:
        """Gives the socket back to the kernel."""
        self._call("close", "", self.sock.close)

    def address(self) -> Address:
        """Where it is bound."""
        raw: Raw = self.sock.getsockname()
        return short(raw)

    def _received(self, call: str, size: int, receive: Callable[[], bytes]) -> bytes:
        assert 0 < size <= MOST_RECEIVED
        got: list[bytes] = []

        def receiving() -> bytes:
            got.append(receive())
            return got[0]

        self._call(call, str(size), receiving)
        return got[0]

    def _call(
        self, call: str, arguments: str, run: Callable[[], str | bytes | None], sent: bytes = b""
    ) -> None:
        recorder = self._recorder
        recorder.check()
        at = recorder.now()
        result, error, data = "", "", sent
        try:
            value = run()
            if isinstance(value, bytes):
                data, result = value, f"{len(value)} B" if value else "b''"
            elif value is not None:
                result = value
        except OSError as fault:
            # Python's own time-out is a TimeoutError without an errno.
            error = errno_name(fault.errno) or "timed out"
            recorder.check()
            raise
        finally:
            took = recorder.now() - at
            if not recorder.cancelled:
                recorder.tell(
                    Step(
                        at=at,
                        seconds=took,
                        side=self.side,
                        who=self.who,
                        call=call,
                        arguments=arguments,
                        result=result,
                        error=error,
                        data=data[:KEPT],
                        size=len(data),
                        seen=seen(self.sock),
                    )
                )


class Recorder:
    """Makes sockets, tells of their calls, and takes all of them back in the end.

    Args:
        listen: gets each step, on the thread that made it; one at a time.
        clock: monotonic seconds.
    """

    def __init__(self, listen: Callable[[Step], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._listen = listen
        self._clock = clock
        self._began = clock()
        self._count = 0
        self._lock = threading.Lock()
        self._sockets: list[Recorded] = []
        self._over = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether nothing shall go on."""
        return self._over.is_set()

    def now(self) -> float:
        """Seconds since the beginning."""
        return self._clock() - self._began

    def check(self) -> None:
        """Raises what ends the experiment, if something does."""
        if self._over.is_set():
            raise EndedError
        if self._count >= MOST_STEPS:
            raise TooManyError

    def cancel(self) -> None:
        """Ends the experiment: whoever waits is woken; any thread may call it."""
        self._over.set()
        with self._lock:
            for one in self._sockets:
                with suppress(OSError):
                    one.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Gives back what is still open; no thread may use it any more."""
        for one in self._sockets:
            one.sock.close()

    def open(
        self,
        side: Side,
        who: str,
        kind: socket.SocketKind = socket.SOCK_STREAM,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> Recorded:
        """A new socket, which waits at most `SETTLE_SECONDS` in a call, unless it is told otherwise."""
        at = self.now()
        one = self.adopt(socket.socket(family, kind), side, who)
        took = self.now() - at
        self.tell(
            Step(at, took, side, who, "socket", f"{family.name}, {kind.name}", who, seen=seen(one.sock))
        )
        return one

    def adopt(self, sock: socket.socket, side: Side, who: str) -> Recorded:
        """Takes over a socket that there is."""
        sock.settimeout(SETTLE_SECONDS)
        one = Recorded(self, sock, side, who)
        with self._lock:
            self._sockets.append(one)
        return one

    def pause(self, seconds: float) -> None:
        """Waits, unless the experiment is ended."""
        if self._over.wait(seconds):
            raise EndedError

    def until(self, true: Callable[[], bool]) -> bool:
        """Waits until the kernel has got so far; whether it has within `SETTLE_SECONDS`."""
        deadline = self._clock() + SETTLE_SECONDS
        while not true():
            if self._clock() > deadline:
                return False
            self.pause(LOOK_SECONDS)
        return True

    def settled(self, one: Recorded, *states: str) -> str:
        """Waits until a socket is in one of these states, and tells of it as of a step; the state."""
        at = self.now()
        found = self._awaited(lambda: state(one.sock), states)
        took = self.now() - at
        self.tell(Step(at, took, one.side, one.who, "TCP_INFO", "", found or UNKNOWN, seen=seen(one.sock)))
        return found

    def listed(self, side: Side, who: str, local: Address, peer: Address, *states: str) -> str:
        """The state of a connection in /proc/net/tcp, which also lists what no process has any more.

        Waits for one of these states. Empty where there is no such table.
        """
        assert isinstance(local, tuple)
        assert isinstance(peer, tuple)
        at = self.now()
        found = self._awaited(lambda: listed(local, peer), states)
        ports = f":{local[1]} → :{peer[1]}"
        took = self.now() - at
        self.tell(Step(at, took, side, who, "/proc/net/tcp", ports, found or UNKNOWN, seen=Seen(found)))
        return found

    def _awaited(self, ask: Callable[[], str], states: tuple[str, ...]) -> str:
        """The first of these states that is met, or what there is when it takes too long.

        Nothing at all is final: the connection is gone, or this system does not tell.
        """
        found = [ask()]

        def met() -> bool:
            found[0] = ask()
            return not found[0] or found[0] in states

        self.until(met)
        return found[0]

    def tell(self, step: Step) -> None:
        """Something has ended; it gets its number."""
        with self._lock:
            self._count += 1
            self._listen(msgspec.structs.replace(step, number=self._count))

    @contextmanager
    def beside(self, run: Callable[[], object]) -> Generator[None]:
        """Runs the other side meanwhile, on a thread of its own, and waits for its end.

        Raises:
            LabError, OSError: what ended the other side before its time.
        """
        faults: list[LabError | OSError] = []

        def running() -> None:
            try:
                run()
            except (LabError, OSError) as fault:
                faults.append(fault)

        thread = threading.Thread(target=running, name="lab-beside", daemon=True)
        thread.start()
        try:
            yield
        except BaseException:
            self.cancel()
            raise
        finally:
            thread.join()
        if faults:
            raise faults[0]


def seen(sock: socket.socket) -> Seen:
    """How the kernel has a socket."""
    if sock.fileno() < 0:
        return Seen()
    kernel = look(sock, 0.0) if sock.type is socket.SOCK_STREAM else None
    return Seen(kernel.state, kernel.unsent, kernel.unread) if kernel else Seen(state(sock))


def short(address: Raw) -> Address:
    """Host and port, without what IPv6 has besides; or a path."""
    return address if isinstance(address, str) else (address[0], address[1])
