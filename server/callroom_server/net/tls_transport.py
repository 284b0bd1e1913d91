"""A transport with TLS between its socket and its protocol."""

import socket
import ssl
from collections.abc import Callable

from callroom_server.config.limits import Limits
from callroom_server.net.reactor import Reactor
from callroom_server.net.states import CLOSING
from callroom_server.net.transport import NO_LIMITS_GIVEN, Protocol, Transport
from callroom_wire.errors import TLSError
from callroom_wire.tls import TLSCodec


class TLSTransport(Transport):
    """One connection under TLS, the server's side.

    `connection_made` comes when the handshake is done; what is written before waits for that. How long it
    may take is the owner's business: `handshaken` tells. `bytes_in` and `bytes_out` count ciphertext. A fault
    of TLS closes the transport, with the alert for the peer and OpenSSL's reason for the log. So does an end
    of input without a close_notify: somebody may have cut the stream (RFC 8446 section 6.1).
    """

    __slots__ = ("_codec",)

    def __init__(
        self,
        reactor: Reactor,
        sock: socket.socket,
        protocol: Protocol,
        on_error: Callable[[Transport, Exception], object],
        context: ssl.SSLContext,
        limits: Limits = NO_LIMITS_GIVEN,
        peer: str = "",
    ) -> None:
        super().__init__(reactor, sock, protocol, on_error, limits, peer)
        self._codec = TLSCodec(context, server_side=True)

    @property
    def tls(self) -> str:
        """Version and cipher, as `TLSv1.3 TLS_AES_256_GCM_SHA384`; "" during the handshake."""
        return f"{self._codec.version} {self._codec.cipher}" if self._codec.handshaken else ""

    @property
    def handshaken(self) -> bool:
        """Whether the handshake is done."""
        return self._codec.handshaken

    def write(self, data: bytes) -> None:
        """Seal and send; before the handshake is done: keep, within the same limit."""
        if self.closed:
            return
        if self._codec.waiting + len(data) > self._limits.hard_close_bytes:
            self.abort("hard_close_bytes", reset=True)
            return
        try:
            sealed = self._codec.send(data)
        except TLSError as error:
            self._tls_failed(error)
            return
        super().write(sealed)

    @property
    def _hears(self) -> bool:
        """Whether the protocol may still be told of input."""
        return self._state < CLOSING

    def _connected(self) -> None:
        """The socket is open; the protocol hears of it when the handshake is done."""

    def _received(self, data: bytes) -> None:
        codec = self._codec
        if codec.peer_closed:  # nothing may follow a close_notify; it would only pile up in the codec
            return
        before = codec.handshaken
        try:
            plain = codec.receive(data)
        except TLSError as error:
            self._tls_failed(error)
            return
        super().write(codec.outgoing())
        if codec.handshaken and not before:
            super()._connected()
        if plain and self._hears:
            super()._received(plain)
        if codec.peer_closed and self._hears:
            super()._input_ended()

    def _input_ended(self) -> None:
        if self._codec.peer_closed:  # the protocol knows already
            return
        try:
            self._codec.eof()
        except TLSError as error:
            self._tls_failed(error)

    def _goodbye(self) -> None:
        super().write(self._codec.close())

    def _tls_failed(self, error: TLSError) -> None:
        super().write(self._codec.outgoing())
        self.close(f"{error.code}: {error}")
