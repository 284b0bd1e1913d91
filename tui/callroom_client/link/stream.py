"""The bytes of a connection as messages, and back: TLS, frames and, if asked, their pieces. No I/O."""

from collections.abc import Iterator
from typing import NamedTuple

from callroom_client.link.faults import SAMPLE_BYTES, recognise, tls_fault
from callroom_client.link.passage import Incoming, Outgoing, Pieces
from callroom_wire.codec import Chunk, decode_reply, encode
from callroom_wire.errors import BadFrame, TLSError, WireError
from callroom_wire.frames import HEADER, MAX_FRAME, FrameDecoder, frame
from callroom_wire.messages import ClientMessage, ServerMessage
from callroom_wire.tls import TLSCodec


class Passed(NamedTuple):
    """A frame that went by, and the operations that carried it."""

    data: bytes
    pieces: Pieces


class BrokenStream(Exception):  # noqa: N818  # it says what happened
    """The peer broke the protocol, or never spoke it. `code`: of `FAULTS`, or of `callroom_wire.errors`."""

    def __init__(self, code: str, detail: str, sample: bytes) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.sample = sample


class Stream:
    """One connection's bytes. Its owner sees to it that one thread at a time is in here.

    Args:
        codec: TLS between frames and socket, or none.
    """

    def __init__(self, codec: TLSCodec | None = None) -> None:
        self._codec = codec
        self._decoder = FrameDecoder(MAX_FRAME)
        self._sample = b""
        self._known = False
        self._out = bytearray()
        self._incoming: Incoming | None = None
        self._outgoing: Outgoing | None = None
        self._flush_tls()

    # --- what is known --------------------------------------------------------------------------------------

    @property
    def secured(self) -> bool:
        """Whether frames can pass: at once, or when the TLS handshake is done."""
        return self._codec is None or self._codec.handshaken

    @property
    def tls(self) -> str:
        """What TLS agreed on, as `TLSv1.3 TLS_AES_256_GCM_SHA384`; empty without."""
        return f"{self._codec.version} {self._codec.cipher}" if self._codec and self.secured else ""

    @property
    def known(self) -> bool:
        """Whether a message has come: then it is a Callroom."""
        return self._known

    @property
    def waiting(self) -> int:
        """Bytes that send has not taken yet."""
        return len(self._out)

    def watch(self, on: bool) -> None:
        """Tells of frames from now on, or no more. One that is under way lacks the pieces from before."""
        if on == (self._incoming is not None):
            return
        self._incoming = Incoming(self._decoder.pending) if on else None
        self._outgoing = Outgoing(len(self._out)) if on else None

    # --- coming in ------------------------------------------------------------------------------------------

    def received(self, number: int, data: bytes) -> Iterator[tuple[ServerMessage, Passed | None]]:
        """Takes what the operation `number` brought; the messages that are complete now, in order.

        Under TLS a piece counts the bytes of the frame, not those that carried them.

        Raises:
            BrokenStream: after the good messages before it.
        """
        if len(self._sample) < SAMPLE_BYTES:
            self._sample += data[: SAMPLE_BYTES - len(self._sample)]
        try:
            if self._codec is not None:
                try:
                    data = self._codec.receive(data)
                finally:  # after a fault it holds the alert for the peer
                    self._flush_tls()
            if self._incoming is not None:
                self._incoming.brought(number, len(data))
            for body in self._decoder.feed(data):
                message = decode_reply(body)
                if isinstance(message, Chunk):
                    raise BadFrame("A chunk of a file came, which nobody asked for.")
                self._known = True
                yield message, self._passed(body)
        except WireError as fault:
            raise self._broken(fault) from fault

    def ended(self) -> None:
        """Takes the end of what the peer sends.

        Raises:
            BrokenStream: it ended within a frame, or TLS was cut.
        """
        try:
            if self._codec is not None and self._codec.handshaken:
                self._codec.eof()
            self._decoder.eof()
        except TLSError as fault:
            raise self._broken(fault) from fault
        except WireError as fault:
            raise BrokenStream("cut_short", str(fault), self._sample) from fault

    def _passed(self, body: bytes) -> Passed | None:
        if self._incoming is None:
            return None
        return Passed(frame(body), self._incoming.frame(HEADER + len(body)))

    def _broken(self, fault: WireError) -> BrokenStream:
        code = fault.code
        if isinstance(fault, TLSError):
            code = tls_fault(fault, b"" if self.secured else self._sample)
        elif not self._known:
            code = recognise(self._sample) if self._codec is None else "not_callroom"
        return BrokenStream(code, str(fault), self._sample)

    # --- going out ------------------------------------------------------------------------------------------

    def queue(self, message: ClientMessage) -> None:
        """Puts a message behind what waits.

        Raises:
            ValueError: it does not fit in a frame.
            TLSError: TLS has ended.
        """
        data = encode(message)
        before = len(self._out)
        self._out += self._codec.send(data) if self._codec is not None else data
        if self._outgoing is not None:
            self._outgoing.queued(data, len(self._out) - before)

    def finish(self) -> None:
        """Says goodbye to TLS, if there is any; nothing may be queued after that."""
        if self._codec is not None:
            self._add_tls(self._codec.close())

    def head(self, size: int) -> bytes:
        """The next bytes to send, at most so many."""
        return bytes(self._out[:size])

    def sent(self, number: int, size: int) -> list[Passed]:
        """The operation `number` took so many of them: the frames that are out now, while somebody looks."""
        del self._out[:size]
        if self._outgoing is None:
            return []
        return [Passed(data, pieces) for data, pieces in self._outgoing.sent(number, size)]

    def _flush_tls(self) -> None:
        if self._codec is not None:
            self._add_tls(self._codec.outgoing())

    def _add_tls(self, data: bytes) -> None:
        """Bytes of TLS's own, which are no frame."""
        self._out += data
        if self._outgoing is not None:
            self._outgoing.queued(b"", len(data))
