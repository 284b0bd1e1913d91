"""One connection while it stands: its reader, which is the thread that runs it, and its sender."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from callroom_client.events import Broken, FramePassed
from callroom_client.link.channel import SEND_BYTES, Channel
from callroom_client.link.effects import Hang
from callroom_client.link.operations import errno_name
from callroom_client.link.stream import BrokenStream, Passed, Stream
from callroom_client.link.telling import Telling
from callroom_wire.errors import TLSError
from callroom_wire.messages import ClientMessage, ServerMessage

ALERT_SECONDS = 0.2
"""A peer that broke TLS is told so, if it takes the words at once."""


class Connection:
    """A connected socket with two threads on it. All methods but `run` are called with the link's lock.

    Args:
        heard: gets what comes, with the lock: the messages of each recv one by one, and None before them.
        secured: is called with the lock when frames can pass.
    """

    def __init__(
        self,
        channel: Channel,
        stream: Stream,
        lock: threading.RLock,
        telling: Telling,
        clock: Callable[[], float],
        heard: Callable[[ServerMessage | None], None],
        secured: Callable[[], None],
    ) -> None:
        self.channel = channel
        self.stream = stream
        self._lock = lock
        self._telling = telling
        self._clock = clock
        self._heard = heard
        self._secured = secured
        self._to_send = threading.Condition(lock)
        self._flushed = threading.Condition(lock)
        self._reason: Hang | None = None
        self._over = False
        self._finished = False  # whether we have said goodbye

    @property
    def ending(self) -> bool:
        """Whether it is to end, or has."""
        return self._over or self._reason is not None

    def send(self, message: ClientMessage) -> None:
        """Puts a message behind what waits to be sent."""
        if not (self.ending or self._finished):
            try:
                self.stream.queue(message)
            except TLSError as fault:
                self.hang(Hang(fault.code, str(fault)))
            self._to_send.notify()

    def hang(self, reason: Hang) -> None:
        """Ends it. The first reason counts, unless it was only what the kernel said."""
        if self._over or (self._reason is not None and not self._reason.code.startswith("E")):
            return
        first = self._reason is None
        self._reason = reason
        if first:
            self.channel.shutdown(socket.SHUT_RDWR)

    def say_goodbye(self, seconds: float) -> None:
        """Lets what waits leave, at most so long, and finishes sending; the peer may go on."""
        if self.ending:
            return
        self._flush(seconds)
        self._finished = True
        self.stream.finish()
        self._flush(seconds)
        if not self.ending:
            self.channel.shutdown(socket.SHUT_WR)

    def _flush(self, seconds: float) -> None:
        self._to_send.notify()
        self._flushed.wait_for(lambda: not self.stream.waiting or self.ending, seconds)

    def run(self) -> Hang:
        """Receives until the end; then nothing of it is left. Why it ended."""
        sender = threading.Thread(target=self._send_all, name="callroom-send", daemon=True)
        sender.start()
        reason = Hang("closed", by_us=False)
        try:
            reason = Hang(self._receive_all(), by_us=False)
        except OSError as error:
            reason = Hang(errno_name(error.errno), error.strerror or str(error), by_us=False)
        finally:
            with self._lock:
                reason = self._reason or reason
                self._over = True
                with suppress(OSError):  # the sender may sleep in the kernel
                    self.channel.sock.shutdown(socket.SHUT_RDWR)
                self._to_send.notify()
                self._flushed.notify()
            sender.join()
            self.channel.close()
        return reason

    # --- the reader -----------------------------------------------------------------------------------------

    def _receive_all(self) -> str:
        """Receives until the peer ends or breaks it; the code of that."""
        while True:
            piece = self.channel.receive()
            if piece is None:
                continue
            with self._lock:
                try:
                    if not piece.data:
                        self.stream.ended()
                        return "closed" if self.stream.known else "hung_up"
                    self._received(piece.number, piece.data)
                except BrokenStream as fault:
                    self._broken(fault)
                    return fault.code

    def _received(self, number: int, data: bytes) -> None:
        was_secure = self.stream.secured
        self._heard(None)
        try:
            for message, passed in self.stream.received(number, data):
                if passed is not None:
                    self._passed(passed, outgoing=False)
                self._heard(message)
        finally:
            if self.stream.waiting:
                self._to_send.notify()
        if not was_secure and self.stream.secured:
            self._secured()

    def _broken(self, fault: BrokenStream) -> None:
        if self._reason is not None:  # it was ending anyway, and the end came within a frame
            return
        if fault.code != "cut_short":
            self._telling.put(
                Broken(at=self._clock(), code=fault.code, detail=fault.detail, sample=fault.sample)
            )
        self._flush(ALERT_SECONDS)
        self.hang(Hang(fault.code, fault.detail, by_us=fault.code != "cut_short"))

    # --- the sender -----------------------------------------------------------------------------------------

    def _send_all(self) -> None:
        while True:
            self._telling.tell_all()
            with self._lock:
                self._to_send.wait_for(lambda: self.stream.waiting or self._over)
                if self._over:
                    return
                data = self.stream.head(SEND_BYTES)
            try:
                number, size = self.channel.send(data)
            except OSError as error:
                with self._lock:
                    self.hang(Hang(errno_name(error.errno), error.strerror or str(error), by_us=False))
                    self._flushed.notify()
                return
            with self._lock:
                for passed in self.stream.sent(number, size):
                    self._passed(passed, outgoing=True)
                if not self.stream.waiting:
                    self._flushed.notify()

    def _passed(self, passed: Passed, outgoing: bool) -> None:
        self._telling.put(
            FramePassed(at=self._clock(), outgoing=outgoing, data=passed.data, pieces=passed.pieces)
        )
