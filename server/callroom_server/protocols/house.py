"""What a door and the house behind it need of one another, and nothing more."""

from collections.abc import Callable
from typing import Protocol

from callroom_server.core.effects import Format
from callroom_wire.errors import WireError
from callroom_wire.messages import ClientMessage, ServerMessage


class Timer(Protocol):
    """A call that is due later."""

    def cancel(self) -> None:
        """Calls it off; harmless afterwards."""
        ...


class Connection(Protocol):
    """What the house needs of a connection: a transport has it all, and a caller without one stands in."""

    opened_at: float
    stalled_since: float | None

    @property
    def congested(self) -> bool:
        """Whether anything waits to leave."""
        ...

    @property
    def handshaken(self) -> bool:
        """Whether bytes may flow."""
        ...

    def fileno(self) -> int:
        """The descriptor; -1 if there is none."""
        ...

    def pause_reading(self) -> None:
        """Takes nothing more in, for a while."""
        ...

    def resume_reading(self) -> None:
        """Takes in again."""
        ...

    def close(self, reason: str = "") -> None:
        """Finishes sending, and closes."""
        ...

    def abort(self, reason: str = "") -> None:
        """Closes now."""
        ...


class Door(Protocol):
    """What the house needs of a door. Loop thread only."""

    @property
    def format(self) -> Format:
        """How entries for this door are written; another object once the reader has chosen otherwise."""
        ...

    @property
    def confirms(self) -> bool:
        """Whether what the peer's kernel has taken counts as seen: the peer itself cannot say what it saw."""
        ...

    @property
    def congested(self) -> bool:
        """Output is waiting: deliver nothing until `House.writable`."""
        ...

    @property
    def transport(self) -> Connection:
        """The connection itself, for deadlines and figures."""
        ...

    def logged_in(self) -> None:
        """The person has a name now."""
        ...

    def send(self, message: ServerMessage) -> None:
        """Tells the person."""
        ...

    def deliver(self, data: bytes) -> None:
        """Shows entries, encoded in `format`."""
        ...

    def go_on(self) -> bool:
        """The session is free again: what the door held back has its turn; whether more may be read."""
        ...

    def close(self, code: str, text: str) -> None:
        """Tells why, finishes sending, and closes."""
        ...


class Holding(Protocol):
    """A door that holds its words until the pass ends, so that they leave in one send."""

    def flush(self) -> None:
        """Sends what is still held."""
        ...


class House(Protocol):
    """The house as a door sees it. Loop thread only; any call may call the door back before it returns."""

    def opened(self, door: Door, kind: str, address: str) -> int:
        """A door is there; the number of its session."""
        ...

    def received(self, session: int, message: ClientMessage, size: int = 0) -> None:
        """The person asks for something, in `size` bytes."""
        ...

    def received_all(self, session: int, messages: list[ClientMessage], size: int) -> None:
        """The session asks for several things, which came in one read of `size` bytes."""
        ...

    def weigh(self, session: int, size: int, messages: int) -> None:
        """What a door took in, or did by itself, counts against flood control too; see `free`."""
        ...

    def free(self, session: int) -> bool:
        """Whether the session may go on; else it waits for having been too fast, until `Door.go_on`."""
        ...

    def unsent(self, door: Holding) -> None:
        """A door holds words that are to leave when the pass ends."""
        ...

    def writable(self, session: int) -> None:
        """Everything a congested door had to send has left."""
        ...

    def finished(self, session: int) -> None:
        """The peer has sent its last byte: commits under way are answered, then it is closed."""
        ...

    def buffered(self, change: int) -> bool:
        """A door holds so many bytes more (or fewer) of unfinished frames; False if all hold too much."""
        ...

    def faulted(self, session: int, fault: WireError) -> None:
        """The peer broke the protocol; the door tells it and closes."""
        ...

    def lost(self, session: int, reason: str) -> None:
        """The connection is gone; the last call for this session."""
        ...

    def time(self) -> float:
        """Monotonic seconds."""
        ...

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Calls later, once."""
        ...
