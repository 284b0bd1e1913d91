"""The HTTP door: requests in, the site's replies out; keep-alive, HEAD, and deadlines for the slow."""

from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from typing import Protocol as Interface

import h11
import msgspec

from callroom_server.codecs.http import Fault, HttpCodec, Request
from callroom_server.config.limits import Limits
from callroom_server.net.transport import Transport
from callroom_server.protocols.house import Connection, Timer

WATCH_SECONDS = 1.0
"""How often a connection's deadlines are looked at."""

REQUESTS_PER_PASS = 16
"""Requests that one connection has answered before the others have their turn."""

PIECE_BYTES = 64 * 1024
"""Of a body at once; the next piece follows when the kernel has taken this one."""

EVERY_REPLY = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
)
"""What is sent is what it says it is, tells no other site where the reader was, and is in nobody's frame."""

NO_CODE = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""A page of this house runs nothing and loads nothing (CSP level 3)."""


class Reply(msgspec.Struct, frozen=True):
    """What the site says: a status, a body, and headers beyond those of every reply."""

    status: int
    body: bytes
    kind: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    policy: str = NO_CODE


class Visitor(msgspec.Struct, frozen=True):
    """Who asks: the peer, our end of the connection, and whether it is under TLS."""

    peer: str
    local: str
    tls: bool


class Site(Interface):
    """Where requests are answered."""

    def answer(self, request: Request, visitor: Visitor) -> Reply:
        """The reply to a request that is correct HTTP, whatever it asks for."""
        ...

    def faulted(self, status: int) -> None:
        """A request was no HTTP, or over a limit."""
        ...


class Host(Interface):
    """What the door needs of the house."""

    def time(self) -> float:
        """Monotonic seconds."""
        ...

    def wall(self) -> float:
        """Unix seconds."""
        ...

    def call_later(self, seconds: float, call: Callable[[], object]) -> Timer:
        """Calls later, once."""
        ...

    def visiting(self, door: "HttpDoor") -> None:
        """A connection is there."""
        ...

    def proved(self, connection: Connection) -> None:
        """It has asked for something that makes sense."""
        ...

    def visited(self, door: "HttpDoor", connection: Connection) -> None:
        """It is gone."""
        ...


class HttpDoor:
    """One connection of a browser, a monitor, or curl.

    Args:
        limits: `http_head_bytes`, `http_body_bytes`, `http_request_seconds`, `http_idle_seconds`,
            `send_stall_seconds`.
    """

    __slots__ = (
        "_asked_at",
        "_body",
        "_codec",
        "_ending",
        "_host",
        "_idle_at",
        "_limits",
        "_site",
        "_timer",
        "_transport",
    )

    kind = "http"

    def __init__(self, host: Host, site: Site, limits: Limits) -> None:
        self._host = host
        self._site = site
        self._limits = limits
        self._codec = HttpCodec(limits.http_head_bytes, limits.http_body_bytes)
        self._body: memoryview | None = None  # what is still to be sent of an answer
        self._asked_at: float | None = None  # when the request that is not whole yet began
        self._idle_at = 0.0
        self._ending = False
        self._timer: Timer | None = None

    # --- for the transport --------------------------------------------------------------------------------

    def connection_made(self, transport: Transport) -> None:
        """The first request has as long as any other: from now on."""
        self._transport = transport
        self._asked_at = self._idle_at = self._host.time()
        self._timer = self._host.call_later(WATCH_SECONDS, self._watch)
        self._host.visiting(self)

    def data_received(self, data: bytes) -> None:
        """Takes in bytes as they come, cut anywhere."""
        if self._ending:
            return
        self._codec.feed(data)
        self._serve()

    def eof_received(self) -> None:
        """Who has finished sending may still be reading: what was asked is answered."""
        if self._body is None and not self._ending:
            fault = self._codec.ended()
            if fault is not None:
                self._refuse(fault.status)
            else:
                self.finish()
        self._ending = True

    def writable(self) -> None:
        """Everything has left: the next piece, or the next request."""
        if self._body is not None:
            self._pump()
        if self._body is None and not self._transport.closed:
            self._serve()

    def connection_lost(self, reason: str) -> None:
        """The connection is gone."""
        if self._timer is not None:
            self._timer.cancel()
        self._body = None
        self._host.visited(self, self._transport)

    # --- for the house ------------------------------------------------------------------------------------

    def finish(self) -> None:
        """The house closes: an answer under way is finished, and no request taken any more."""
        self._ending = True
        if self._body is None:
            self._transport.close("ended")

    # --- requests and answers -----------------------------------------------------------------------------

    def _serve(self) -> None:
        """Answers what has come, as long as answers leave."""
        transport = self._transport
        for _ in range(REQUESTS_PER_PASS):
            if self._body is not None or transport.closed or transport.congested:
                transport.pause_reading()
                return
            found = self._codec.next()
            if found is None:
                break
            if isinstance(found, Fault):
                self._refuse(found.status)
                return
            self._answer(found)
        else:
            transport.pause_reading()
            self._host.call_later(0, self._serve_more)
            return
        if transport.closed:
            return
        if self._ending:
            transport.close("ended")
            return
        if not self._codec.pending:
            self._asked_at = None
        elif self._asked_at is None:
            self._asked_at = self._host.time()
        transport.resume_reading()

    def _serve_more(self) -> None:
        if self._body is None and not self._transport.closed:
            self._serve()

    def _answer(self, request: Request) -> None:
        self._host.proved(self._transport)
        transport = self._transport
        reply = self._site.answer(request, Visitor(transport.peer, transport.local, bool(transport.tls)))
        self._asked_at = None
        self._send(reply, request.method == "HEAD", close=self._ending)

    def _refuse(self, status: int) -> None:
        """Says what is wrong with a request, and closes: what follows it would be read from a wrong place."""
        self._site.faulted(status)
        try:
            self._send(plain(status), head_only=False, close=True)
        except h11.LocalProtocolError:  # an answer is under way already, or the connection was at its end
            self._transport.close("bad_request")

    def _send(self, reply: Reply, head_only: bool, close: bool) -> None:
        headers = [
            ("Date", formatdate(self._host.wall(), usegmt=True)),
            ("Server", "callroom"),
            *EVERY_REPLY,
            ("Content-Security-Policy", reply.policy),
            *reply.headers,
        ]
        if reply.status != HTTPStatus.NOT_MODIFIED:
            headers += [("Content-Type", reply.kind), ("Content-Length", str(len(reply.body)))]
        head = self._codec.head(reply.status, headers, close)
        body = b"" if head_only or reply.status == HTTPStatus.NOT_MODIFIED else reply.body
        if len(body) <= PIECE_BYTES:
            self._transport.write(head + (self._codec.body(body) if body else b""))
            self._answered()
        else:
            self._transport.write(head)
            self._body = memoryview(body)
            self._pump()

    def _pump(self) -> None:
        """Sends pieces of a body until the kernel has had enough."""
        transport = self._transport
        while self._body is not None and not transport.congested:
            if transport.closed:
                self._body = None
                return
            piece, rest = self._body[:PIECE_BYTES], self._body[PIECE_BYTES:]
            transport.write(self._codec.body(bytes(piece)))
            self._body = rest if len(rest) else None
            if self._body is None:
                self._answered()

    def _answered(self) -> None:
        self._idle_at = self._host.time()
        if not self._codec.finish():
            self._transport.close("answered")

    # --- time ---------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        now, limits = self._host.time(), self._limits
        stalled = self._transport.stalled_since
        if stalled is not None and now - stalled > limits.send_stall_seconds:
            self._transport.abort("slow_reader", reset=True)
            return
        self._timer = self._host.call_later(WATCH_SECONDS, self._watch)
        if self._body is not None or self._transport.closed or self._transport.congested:
            return
        if self._asked_at is not None:
            if now - self._asked_at > limits.http_request_seconds:
                if self._codec.pending:
                    self._refuse(HTTPStatus.REQUEST_TIMEOUT)
                else:
                    self._transport.close("first_byte")
        elif now - self._idle_at > limits.http_idle_seconds:
            self._transport.close("idle")


def plain(status: int, text: str = "", headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """A reply of one line: the text, or what the status is called."""
    return Reply(status, f"{text or HTTPStatus(status).phrase}\n".encode(), headers=headers)


def service_unavailable() -> bytes:
    """What is said to whom there is no place for, before any request was read."""
    body = b"The house is full.\n"
    return (
        b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body)
    )
