"""A client that says numbered lines, at most so many of them unacknowledged, and checks each ack."""

from collections.abc import Sequence
from time import perf_counter

from callroom_bench.client import Client
from callroom_bench.faults import Unfaithful
from callroom_bench.transcript import number_in, numbered_text
from callroom_wire.codec import encode
from callroom_wire.messages import Ack, Say, Tell


def says(room: str, count: int, size: int) -> list[bytes]:
    """The frames of `count` lines for a room, numbered from 1, of `size` bytes of text each."""
    return [encode(Say(id=n, room=room, text=numbered_text(n, size))) for n in range(1, count + 1)]


def tells(to: str, count: int, size: int) -> list[bytes]:
    """As `says`, to one person."""
    return [encode(Tell(id=n, to=to, text=numbered_text(n, size))) for n in range(1, count + 1)]


class Sender:
    """Sends the frames it was given, in order; frame i carries the id i + 1.

    `allowed` is how many may be sent by now, `window` how many may be unacknowledged.
    """

    __slots__ = (
        "_frames",
        "_sent_at",
        "ack_seconds",
        "acked",
        "allowed",
        "client",
        "delivery_seconds",
        "sent",
        "window",
    )

    def __init__(self, client: Client, frames: Sequence[bytes], window: int) -> None:
        self.client = client
        self.window = window
        self.allowed = 0
        self.sent = 0
        self.acked: dict[int, int] = {}
        """The seq each id was acknowledged as."""
        self.ack_seconds: list[float] = []
        self.delivery_seconds: list[float] = []
        self._frames = frames
        self._sent_at: list[float] = []
        client.on_ack = self._acknowledged

    @property
    def finished(self) -> bool:
        """Whether everything allowed has been sent and acknowledged."""
        return len(self.acked) == self.allowed

    def pump(self) -> None:
        """Sends as much as is allowed and the window has room for."""
        end = min(self.allowed, len(self.acked) + self.window)
        if end > self.sent:
            now = perf_counter()
            self._sent_at.extend([now] * (end - self.sent))
            data = b"".join(self._frames[self.sent : end])
            self.sent = end
            self.client.write(data)

    def observe(self, receiver: Client) -> None:
        """Measures how long each line takes to reach `receiver`, who hears nobody else."""
        receiver.cursor.watch = self._delivered

    def forget_times(self) -> None:
        """Forgets what was measured so far (after the warm-up)."""
        self.ack_seconds.clear()
        self.delivery_seconds.clear()

    def _delivered(self, frame: bytes) -> None:
        self.delivery_seconds.append(perf_counter() - self._sent_at[number_in(frame) - 1])

    def _acknowledged(self, ack: Ack) -> None:
        now = perf_counter()
        for number, seq in zip(ack.ids, ack.seqs, strict=True):
            if number in self.acked or not 0 < number <= self.sent:
                raise Unfaithful(f"{self.client.name}'s line {number} was acknowledged twice, or never said")
            self.acked[number] = seq
            self.ack_seconds.append(now - self._sent_at[number - 1])
        self.pump()
