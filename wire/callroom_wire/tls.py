"""TLS as a codec between a socket and a protocol: bytes in, bytes out, on `ssl.MemoryBIO`, for either side.

A TLS socket in a selector leaves plaintext behind in the TLS library unless it is drained, and two threads on
one TLS socket fail; a codec has neither trouble. It sends nothing itself: after each call, what `outgoing`
returns belongs on the wire.
"""

import ssl
from contextlib import suppress
from pathlib import Path

from callroom_wire.errors import TLSError

_RECORD = 16 * 1024  # the plaintext of a TLS record (RFC 8446 section 5.1); a read never gives more than one


def server_context(cert: Path, key: Path | None = None) -> ssl.SSLContext:
    """What a server needs: its certificate chain and its key, PEM files; the key may be in the same file.

    Raises:
        OSError: a file cannot be read, or (as `ssl.SSLError`) does not hold what it should.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    # Nobody resumes TLS here: sessions are resumed by token. Tickets would only cost time and bytes.
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET
    return _strict(context)


def client_context(ca: Path | None = None) -> ssl.SSLContext:
    """What a client needs: whom to trust, a PEM file, or the system's authorities. Names are always checked.

    Raises:
        OSError: the file cannot be read, or (as `ssl.SSLError`) holds no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(ca)
    return _strict(context)


def _strict(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    return context


class TLSCodec:
    """One side of one TLS connection.

    A client says the first word: `outgoing()` of a new one is its hello. After a `TLSError`, it holds the
    alert for the peer, and nothing else is of use any more.
    """

    __slots__ = ("_in", "_out", "_tls", "_waiting", "handshaken", "peer_closed")

    def __init__(
        self, context: ssl.SSLContext, server_side: bool, server_hostname: str | None = None
    ) -> None:
        self._in = ssl.MemoryBIO()
        self._out = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side, server_hostname)
        self._waiting = b""  # plaintext that may leave only when the handshake is done
        self.handshaken = False
        """Whether the peer is known and keys are agreed on. No plaintext is given out before."""
        self.peer_closed = False
        """Whether the peer has said that nothing more will come (close_notify)."""
        if not server_side:
            self._shake()

    @property
    def version(self) -> str:
        """The protocol agreed on, as `TLSv1.3`; empty before the handshake is done."""
        return (self._tls.version() or "") if self.handshaken else ""

    @property
    def cipher(self) -> str:
        """The cipher suite agreed on; empty before the handshake is done."""
        agreed = self._tls.cipher() if self.handshaken else None
        return agreed[0] if agreed else ""

    @property
    def waiting(self) -> int:
        """How many bytes of plaintext wait for the end of the handshake. Their limit is the sender's."""
        return len(self._waiting)

    def receive(self, data: bytes) -> bytes:
        """Takes bytes from the peer and returns all the plaintext that they complete.

        Raises:
            TLSError: the handshake failed, or a record is not what the peer can have sent.
        """
        self._in.write(data)
        if not self.handshaken and not self._shake():
            return b""
        return self._drain(ended=False)

    def eof(self) -> bytes:
        """Takes the end of the peer's bytes; what plaintext is left has been given out by `receive`.

        Raises:
            TLSError: the peer had not said that this was the end: it, or somebody between, cut the stream.
        """
        self._in.write_eof()
        if not self.handshaken and not self._shake():
            return b""
        return self._drain(ended=True)

    def send(self, data: bytes) -> bytes:
        """Takes plaintext and returns what belongs on the wire; before the handshake is done it waits here.

        Raises:
            TLSError: the connection is closed or broken.
        """
        if self.handshaken:
            self._write(data)
        else:
            self._waiting += data
        return self._out.read()

    def outgoing(self) -> bytes:
        """What belongs on the wire now: parts of the handshake, alerts, ciphertext."""
        return self._out.read()

    def close(self) -> bytes:
        """Says that nothing more will be sent (close_notify), and returns what belongs on the wire.

        What the peer still sends can be received. Before the handshake is done there is nothing to say.
        """
        if self.handshaken:
            # unwrap says goodbye, and then complains that the peer's has not come yet, or that more text has.
            with suppress(ssl.SSLError):
                self._tls.unwrap()
        return self._out.read()

    def _shake(self) -> bool:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError as fault:
            raise _named(fault) from fault
        self.handshaken = True
        waiting, self._waiting = self._waiting, b""
        self._write(waiting)
        return True

    def _write(self, data: bytes) -> None:
        with memoryview(data) as rest:
            start = 0
            try:
                while start < len(rest):
                    start += self._tls.write(rest[start:])
            except ssl.SSLError as fault:
                raise _named(fault) from fault

    def _drain(self, *, ended: bool) -> bytes:
        """Reads until the TLS library has nothing left; `ended` reads on to meet the end."""
        parts: list[bytes] = []
        tls = self._tls
        try:
            while not self.peer_closed and (ended or self._in.pending or tls.pending()):
                part = tls.read(_RECORD)
                self.peer_closed = not part
                parts.append(part)
        except ssl.SSLWantReadError:
            pass  # the rest of a record is still to come
        except ssl.SSLZeroReturnError:
            self.peer_closed = True  # so the ssl module says it when this side has closed before
        except ssl.SSLError as fault:
            raise _named(fault) from fault
        return b"".join(parts)


def _named(fault: ssl.SSLError) -> TLSError:
    reason = (fault.reason or "broken").replace("_", " ").lower()
    if isinstance(fault, ssl.SSLCertVerificationError):
        reason = f"{reason}, {fault.verify_message}"
    return TLSError(f"TLS failed: {reason}.")
