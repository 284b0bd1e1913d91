"""Which door a caller on a shared port means: told by the first bytes, or by 300 ms of silence."""

from collections.abc import Callable
from enum import Enum

from callroom_server.net.reactor import Reactor, Timer
from callroom_server.net.transport import Protocol, Transport


class Knock(Enum):
    """What the first bytes are the beginning of."""

    FRAMES = "frames"
    TLS = "tls"
    HTTP = "http"
    IRC = "irc"
    TELNET = "telnet"
    TEXT = "text"


_VERBS = (
    b"GET ",
    b"HEAD ",
    b"POST ",
    b"PUT ",
    b"DELETE ",
    b"OPTIONS ",
    b"PATCH ",
    b"TRACE ",
    b"CONNECT ",
    b"PRI * HTTP/2",
)
_IRC = (b"CAP ", b"NICK ", b"PASS ", b"USER ")


def recognise(data: bytes) -> Knock | None:
    """The door that these first bytes ask for, or None while they could still be the beginning of several.

    A frame's limit is below 2^24, so its first byte is 0; 0x16 is a TLS handshake record (RFC 8446, section
    5.1); 0xFF is telnet's IAC (RFC 854).
    """
    first = data[0]
    if first == 0:
        return Knock.FRAMES
    if first == 0x16:
        return Knock.TLS
    if first == 0xFF:
        return Knock.TELNET
    for knock, words in ((Knock.HTTP, _VERBS), (Knock.IRC, _IRC)):
        if data.startswith(words):
            return knock
        if any(word.startswith(data) for word in words):
            return None
    return Knock.TEXT


class Porch:
    """Where every caller stands until it is clear which door is meant.

    Args:
        wait: seconds of silence after which a person is meant.
        known: the door of a listener that has but one; then nobody waits.
        open_door: makes the door that was asked for.
        lost: told when the caller leaves before any door was opened.
    """

    __slots__ = ("_data", "_ended", "_known", "_lost", "_open", "_reactor", "_timer", "_wait", "transport")

    transport: Transport

    def __init__(
        self,
        reactor: Reactor,
        wait: float,
        known: Knock | None,
        open_door: Callable[[Knock], Protocol],
        lost: Callable[[Transport], object],
    ) -> None:
        self._reactor = reactor
        self._wait = wait
        self._known = known
        self._open = open_door
        self._lost = lost
        self._data = b""
        self._ended = False
        self._timer: Timer | None = None

    def connection_made(self, transport: Transport) -> None:
        """The greeting is never held back longer than the wait."""
        if self._known is not None:
            self._enter(self._known)
        else:
            self._timer = self._reactor.call_later(self._wait, self._enter, Knock.TEXT)

    def data_received(self, data: bytes) -> None:
        """The first bytes, perhaps in pieces."""
        self._data += data
        knock = recognise(self._data)
        if knock is not None:
            self._enter(knock)

    def eof_received(self) -> None:
        """Someone who sends a little and ends is a script: the text door serves it what it asked."""
        self._ended = True
        self._enter(Knock.TEXT)

    def writable(self) -> None:
        """Nothing has been written here."""

    def connection_lost(self, reason: str) -> None:
        """Gone before a word, or before a TLS handshake was complete."""
        self._stop_waiting()
        self._lost(self.transport)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _enter(self, knock: Knock) -> None:
        self._stop_waiting()
        door = self.transport.protocol = self._open(knock)
        door.connection_made(self.transport)
        if self._data:
            door.data_received(self._data)
        if self._ended:
            door.eof_received()


class Refusal:
    """The door for those whose protocol is not spoken here: one polite answer, then close."""

    __slots__ = ("_answer", "_lost", "_reason", "_transport")

    def __init__(self, answer: bytes, reason: str, lost: Callable[[Transport], object]) -> None:
        self._answer = answer
        self._reason = reason
        self._lost = lost
        self._transport: Transport | None = None

    def connection_made(self, transport: Transport) -> None:
        """Answers and closes."""
        self._transport = transport
        transport.write(self._answer)
        transport.close(self._reason)

    def data_received(self, data: bytes) -> None:
        """What else they send is not looked at."""

    def eof_received(self) -> None:
        """They have finished; so have we."""

    def writable(self) -> None:
        """Nothing more will be written."""

    def connection_lost(self, reason: str) -> None:
        """They are gone, perhaps before they could be answered."""
        if self._transport is not None:
            self._lost(self._transport)


REFUSALS: dict[Knock, bytes] = {
    Knock.IRC: b"ERROR :This is a Callroom, which does not speak IRC yet; call with telnet or nc.\r\n",
    # RFC 8446, section 6: a fatal handshake_failure alert is what a TLS client can show its user.
    Knock.TLS: b"\x15\x03\x01\x00\x02\x02\x28",
}
