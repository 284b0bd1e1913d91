"""Asks an address for a row: over HTTP or HTTPS, only allowed hosts, one deadline for everything."""

import http.client
import socket
import ssl
import time
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

import msgspec

from callroom_menus.sources import Source
from callroom_menus.tables import Row, SourceFailed

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PORTS = {"http": 80, "https": 443}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 3
HEADERS = {"Accept": "application/json", "User-Agent": "callroom", "Connection": "close"}
READ_BYTES = 16 * 1024
MAX_FIELDS = 200
MAX_VALUE = 2_000
"""So many characters of one value: it is said to a caller, or compared."""

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_text = msgspec.json.Decoder(str).decode


def ask(source: Source, url: str) -> Row | None:
    """The JSON object at this address as a row; None if the answer is 404.

    `timeout` is for all of it, redirects included; only the resolver of names has time-outs of its own.

    Raises:
        SourceFailed: anything else.
    """
    deadline = time.monotonic() + source.timeout
    where = _checked(source, url)
    for _ in range(MAX_REDIRECTS + 1):
        try:
            with closing(_Connection(where, deadline)) as connection:
                connection.request("GET", _target(where), headers=HEADERS)
                with connection.getresponse() as answer:
                    if answer.status not in REDIRECTS:
                        return _answered(source, answer)
                    where = _redirected(source, where, answer.getheader("Location") or "")
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise SourceFailed(f"{source.name}: {_reason(source, error)}") from error
    raise SourceFailed(f"{source.name}: more than {MAX_REDIRECTS} redirects")


def _checked(source: Source, url: str) -> SplitResult:
    """The address, if it is one that the source may ask."""
    try:
        where = urlsplit(url)
        host, _ = where.hostname or "", where.port
    except ValueError as error:
        raise SourceFailed(f"{source.name}: a bad address") from error
    if where.scheme not in PORTS:
        raise SourceFailed(f"{source.name}: neither http nor https")
    if host not in {allowed.lower() for allowed in source.allow}:
        raise SourceFailed(f"{source.name}: a host that is not in `allow`")
    return where


def _redirected(source: Source, where: SplitResult, location: str) -> SplitResult:
    """Where a redirect leads: to an allowed host, and never from https to where all can read along."""
    there = _checked(source, urljoin(where.geturl(), location))
    if where.scheme == "https" and there.scheme != "https":
        raise SourceFailed(f"{source.name}: a redirect from https to http")
    return there


def _target(where: SplitResult) -> str:
    return (where.path or "/") + (f"?{where.query}" if where.query else "")


def _answered(source: Source, answer: http.client.HTTPResponse) -> Row | None:
    if answer.status == 404:
        return None
    if answer.status != 200:
        raise SourceFailed(f"{source.name}: status {answer.status}")
    body = bytearray()
    while piece := answer.read1(READ_BYTES):
        body += piece
        if len(body) > source.max_bytes:
            raise SourceFailed(f"{source.name}: the answer is longer than {source.max_bytes} bytes")
    return _row(source, bytes(body))


def _row(source: Source, body: bytes) -> Row:
    try:
        fields = _fields(body)
        row = {name: _value(raw) for name, raw in fields.items()}
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SourceFailed(f"{source.name}: the answer is no flat JSON object") from error
    if len(row) > MAX_FIELDS:
        raise SourceFailed(f"{source.name}: the answer has more than {MAX_FIELDS} fields")
    return row


def _value(raw: msgspec.Raw) -> str:
    """A value as text; a number as it was written, 88.60 and not 88.6.

    Raises:
        ValidationError: it is an object or an array.
    """
    data = bytes(raw)
    if data == b"null":
        return ""
    return (_text(data) if data[:1] in b'"{[' else data.decode())[:MAX_VALUE]


def _reason(source: Source, error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no whole answer within {source.timeout:g} s"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate: {error.verify_message}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__


class _Connection(http.client.HTTPConnection):
    """A connection that waits for nothing beyond its deadline (monotonic seconds)."""

    def __init__(self, where: SplitResult, deadline: float) -> None:
        super().__init__(where.hostname or "", where.port or PORTS[where.scheme])
        self.default_port = PORTS[where.scheme]  # which is not told in the header Host
        self._secure = where.scheme == "https"
        self._deadline = deadline

    def connect(self) -> None:
        """Tries one address of the host after the other."""
        fault = OSError("the name has no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(
            self.host, self.port, type=socket.SOCK_STREAM
        ):
            sock = _Timed(family, kind, protocol)
            try:
                sock.deadline = self._deadline
                sock.settimeout(_left(self._deadline))
                sock.connect(address)
                sock.settimeout(_left(self._deadline))
                self.sock = self._wrapped(sock)
                return
            except OSError as error:
                sock.close()
                fault = error
        raise fault

    def _wrapped(self, sock: "_Timed") -> socket.socket:
        if not self._secure:
            return sock
        wrapped = tls_context().wrap_socket(sock, server_hostname=self.host)
        assert isinstance(wrapped, _TimedTls)
        wrapped.deadline = self._deadline
        return wrapped


class _Timed(socket.socket):
    """A socket whose peer may drip as it likes: the time left is set anew for each read."""

    deadline = 0.0

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int = 0, flags: int = 0) -> int:
        """As in `socket`, until the deadline."""
        self.settimeout(_left(self.deadline))
        return super().recv_into(buffer, nbytes, flags)


class _TimedTls(ssl.SSLSocket):
    """The same under TLS."""

    deadline = 0.0

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int | None = None, flags: int = 0) -> int:
        """As in `SSLSocket`, until the deadline."""
        self.settimeout(_left(self.deadline))
        return super().recv_into(buffer, nbytes, flags)


@cache
def tls_context() -> ssl.SSLContext:
    """Trusts the certificates of the machine, read once: that takes some 20 ms."""
    context = ssl.create_default_context()
    context.sslsocket_class = _TimedTls
    return context


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
