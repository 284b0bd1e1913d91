"""The framed door: length-prefixed JSON messages for programs."""

import msgspec

from callroom_server.config.limits import Limits
from callroom_server.core.events import SAID_HEAD, TOPIC_HEAD, direct_parts
from callroom_server.net.transport import Transport
from callroom_server.protocols.house import House
from callroom_wire.codec import Chunk, decode_request, encode
from callroom_wire.errors import BadFrame, BuffersFull, WireError
from callroom_wire.frames import FrameDecoder
from callroom_wire.messages import Bye, ClientMessage, Diagnosed, Error, ServerMessage


class FramesFormat:
    """Log entries as frames.

    What was stored is the tail of what is sent: nothing is decoded or encoded again.
    """

    def __init__(self) -> None:
        self._heads: dict[str, bytes] = {}

    def encode(self, place: str, seq: int, event: bytes) -> bytes:
        """One entry as a frame of a `Said`, `Told` or `TopicSet`."""
        if event.startswith(SAID_HEAD):
            head = self._heads.get(place)
            if head is None:
                head = self._head(place)
            body = b"%b%d,%b" % (head, seq, event[len(SAID_HEAD) :])
        elif event.startswith(TOPIC_HEAD):
            topic = _decode_topic(event)
            name = _encode_json(place)
            tail = _encode_json(topic)[1:]
            body = b'{"type":"topic_set","room":%b,"seq":%d,%b' % (name, seq, tail)
        else:
            raise AssertionError(f"an event of no place: {event[:40]!r}")
        return len(body).to_bytes(4, "big") + body

    def _head(self, place: str) -> bytes:
        if len(self._heads) > 10_000:  # direct conversations come and go
            self._heads.clear()
        if place.startswith("@"):
            conversation, pair = map(_encode_json, direct_parts(place))
            head = b'{"type":"told","conversation":%b,"pair":%b,"seq":' % (conversation, pair)
        else:
            head = b'{"type":"said","room":%b,"seq":' % _encode_json(place)
        self._heads[place] = head
        return head


class _Topic(msgspec.Struct):  # an event leaves out what is empty: the text of a topic that was cleared
    by: str = ""
    at: int = 0
    text: str = ""


_encode_json = msgspec.json.Encoder().encode
_decode_topic = msgspec.json.Decoder(_Topic).decode

FRAMES = FramesFormat()


class FramesDoor:
    """One framed connection: bytes to messages and back. Idle, it holds nothing but its slots."""

    __slots__ = (
        "_buffered",
        "_decoder",
        "_held",
        "_house",
        "_limits",
        "_transport",
        "frame_since",
        "heard_at",
        "pinged",
        "session",
    )

    kind = "frames"
    format = FRAMES
    confirms = False

    def __init__(self, house: House, limits: Limits) -> None:
        self._house = house
        self._limits = limits
        self._decoder = FrameDecoder(limits.frame_bytes_before_login)
        self.session = 0
        self._buffered = 0
        self._held: list[bytes] | None = None
        self.heard_at = 0.0
        self.frame_since: float | None = None
        self.pinged = False

    def connection_made(self, transport: Transport) -> None:
        """The connection is this door's now."""
        self._transport = transport
        transport.read_bytes = self._limits.bytes_per_pass
        self.heard_at = self._house.time()
        self.session = self._house.opened(self, self.kind, transport.peer)

    def data_received(self, data: bytes) -> None:
        """Takes in bytes as they come, cut anywhere."""
        house, session = self._house, self.session
        self.heard_at = house.time()
        self.pinged = False
        decoder = self._decoder
        messages: list[ClientMessage] = []
        fault: WireError | None = None
        try:
            for body in decoder.feed(data):
                message = decode_request(body)
                if isinstance(message, Chunk):
                    raise BadFrame("binary chunks are not expected here")
                messages.append(message)
        except WireError as broken:
            fault = broken
        if messages:
            house.received_all(session, messages, len(data))
        if fault is not None:
            self.fail(fault)
        elif decoder.pending or self._buffered:
            self._count(decoder.pending, begun_now=bool(messages))

    def _count(self, pending: int, begun_now: bool) -> None:
        """An unfinished frame has until `frame_seconds`, and all of them together `receive_buffers_bytes`."""
        change, self._buffered = pending - self._buffered, pending
        if not pending:
            self.frame_since = None
        elif begun_now or self.frame_since is None:
            self.frame_since = self.heard_at
        if not self._house.buffered(change) and pending:
            limit = self._limits.receive_buffers_bytes
            self.fail(BuffersFull(f"unfinished frames take more than {limit} bytes together"))

    def fail(self, fault: WireError) -> None:
        """Tells the peer what it broke, and closes."""
        self._house.faulted(self.session, fault)
        self.send(Error(code=fault.code, text=str(fault), fix=fault.fix))
        self.close(fault.code, str(fault))

    def eof_received(self) -> None:
        """The peer has finished sending: what is on its way to it still goes out."""
        try:
            self._decoder.eof()
        except WireError as fault:
            self.fail(fault)
            return
        self._house.finished(self.session)

    def writable(self) -> None:
        """Everything has left."""
        self._house.writable(self.session)

    def connection_lost(self, reason: str) -> None:
        """The connection is gone."""
        self._house.buffered(-self._buffered)
        self._house.lost(self.session, reason)

    def go_on(self) -> bool:
        """The house held what was read: nothing waits here.

        While it held that, it read nothing: how long the peer has been silent is counted from now on.
        """
        self.heard_at = self._house.time()
        self.pinged = False
        if self.frame_since is not None:
            self.frame_since = self.heard_at
        return True

    def logged_in(self) -> None:
        """From now on frames may be larger."""
        self._decoder.limit = self._limits.frame_bytes

    @property
    def congested(self) -> bool:
        """Whether anything waits to leave."""
        return self._transport.congested

    @property
    def transport(self) -> Transport:
        """The connection itself, for deadlines and figures."""
        return self._transport

    def send(self, message: ServerMessage) -> None:
        """Sends one message, at the end of the pass: with all else that this connection is to get."""
        if isinstance(message, Diagnosed):
            message = Diagnosed(rows=[*message.rows, *_figures(self._transport)], ref=message.ref)
        if self._held is None:
            self._held = []
            self._house.unsent(self)
        self._held.append(encode(message))

    def deliver(self, data: bytes) -> None:
        """Sends log entries that are encoded already, behind what was held."""
        if self._held is not None:
            self._held.append(data)
            data = b"".join(self._held)
            self._held = None
        self._transport.write(data)

    def flush(self) -> None:
        """Sends what was held until the end of the pass."""
        if self._held is not None:
            data = b"".join(self._held)
            self._held = None
            self._transport.write(data)

    def close(self, code: str, text: str) -> None:
        """Says why, finishes sending, and closes."""
        self.send(Bye(code=code, text=text))
        self.flush()
        self._transport.close(code)


def _figures(transport: Transport) -> list[tuple[str, str]]:
    return [
        ("tls", transport.tls or "-"),
        ("bytes in", str(transport.bytes_in)),
        ("bytes out", str(transport.bytes_out)),
    ]
