"""HTTP/1.1 requests out of a byte stream, one at a time, and answers into it: h11, and what it lets pass.

Nothing that two readers could cut differently gets through (RFC 9112, section 11.2): a folded line, a bare
CR, a NUL, both a length and chunks, chunks in HTTP/1.0, two lengths. After any fault nothing more is read.
"""

import re
from collections.abc import Sequence
from http import HTTPStatus

import h11
import msgspec

HEAD_END = re.compile(rb"\r?\n\r?\n")

_BAD_BYTES = re.compile(rb"\0|\r(?!\n)|\n[ \t]")
_LENGTHS = re.compile(rb"\ncontent-length[ \t]*:", re.IGNORECASE)
_CHUNKS = re.compile(rb"\ntransfer-encoding[ \t]*:", re.IGNORECASE)
_OTHER_VERSION = re.compile(rb"[^\r\n]* HTTP/(?!1\.)[0-9.]+\r?\n")
_OLD_VERSION = re.compile(rb"[^\r\n]* HTTP/1\.0\r?\n")

REASONS = {status.value: status.phrase.encode("ascii") for status in HTTPStatus}

BLANK_LINES = re.compile(rb"(?:\r?\n)+")
"""Before a request they are skipped: some senders put one behind a body (RFC 9112, section 2.2)."""


class Request(msgspec.Struct, frozen=True):
    """A whole request; what was in its body is gone. Names of headers are in lower case, the first counts."""

    method: str
    target: str
    headers: dict[str, str]


class Fault(msgspec.Struct, frozen=True):
    """The peer broke HTTP: answer with `status`, and close."""

    status: int


class HttpCodec:
    """One connection's requests and answers, strictly in turn: after a request, its answer; then the next.

    Args:
        head_bytes: of a request line and its headers; a longer one is 431, a longer request line 414.
        body_bytes: of a body, which is read and dropped; a longer one is 413.
    """

    def __init__(self, head_bytes: int, body_bytes: int) -> None:
        self._head_bytes = head_bytes
        self._body_bytes = body_bytes
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=head_bytes)
        self._buffer = bytearray()
        self._looked = 0
        self._body_left = 0
        self._body_read = 0
        self._request: Request | None = None
        self._close = False
        self._broken = False

    @property
    def pending(self) -> bool:
        """Whether a part of a request is here."""
        return bool(self._buffer) or self._request is not None

    @property
    def in_body(self) -> bool:
        """Whether a head is complete, and its body is not."""
        return self._request is not None

    def feed(self, data: bytes) -> None:
        """Takes in bytes, cut anywhere."""
        if not self._broken:
            self._buffer += data

    def next(self) -> Request | Fault | None:
        """The next request, None if more of it has to come, or what is wrong with it."""
        if self._broken:
            return None
        try:
            if self._request is None:
                found = self._read_head()
                if found is not None or self._request is None:
                    return found
            return self._read_body()
        except h11.RemoteProtocolError as error:
            return self._fail(error.error_status_hint)

    def ended(self) -> Fault | None:
        """The peer has finished sending: a half request is a fault."""
        return self._fail(400) if self.pending and not self._broken else None

    def head(self, status: int, headers: Sequence[tuple[str, str]], close: bool) -> bytes:
        """The beginning of an answer. `close`: no request will be read after this one."""
        close = close or self._close or self._broken
        self._close = close
        rows = [*headers, ("Connection", "close")] if close else list(headers)
        response = h11.Response(status_code=status, headers=rows, reason=REASONS.get(status, b""))
        return self._http.send(response) or b""

    def body(self, data: bytes) -> bytes:
        """A part of an answer's body, which `Content-Length` has announced."""
        return self._http.send(h11.Data(data=data)) or b""

    def finish(self) -> bool:
        """The answer is complete; whether another request may follow."""
        self._http.send(h11.EndOfMessage())
        if self._close or self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            self._broken = True
            return False
        self._http.start_next_cycle()
        return True

    def _fail(self, status: int) -> Fault:
        self._broken = True
        self._buffer.clear()
        return Fault(status)

    def _read_head(self) -> Fault | None:
        """Reads a head, if it is complete, into `_request`."""
        buffer = self._buffer
        if blank := BLANK_LINES.match(buffer):
            del buffer[: blank.end()]
            self._looked = 0
        end = HEAD_END.search(buffer, max(0, self._looked - 3))
        self._looked = len(buffer)
        if (end.end() if end else len(buffer)) > self._head_bytes:
            return self._fail(431 if b"\n" in buffer[: self._head_bytes] else 414)
        if end is None:
            return None
        head = bytes(buffer[: end.end()])
        del buffer[: end.end()]
        self._looked = 0
        if fault := wrong_with(head):
            return self._fail(fault)
        self._http.receive_data(head)
        event = self._http.next_event()
        assert isinstance(event, h11.Request), event
        headers: dict[str, str] = {}
        for name, value in event.headers:
            headers.setdefault(name.decode("ascii"), value.decode("latin-1"))
        self._request = Request(event.method.decode("ascii"), event.target.decode("ascii"), headers)
        self._body_read = 0
        self._body_left = int(headers.get("content-length", "0"))
        # Chunks end where only h11 knows, and what is behind them would be its: no request follows those.
        self._close = "transfer-encoding" in headers
        if self._body_left > self._body_bytes:
            self._request = None
            return self._fail(413)
        return None

    def _read_body(self) -> Request | Fault | None:
        assert self._request is not None
        if self._http.they_are_waiting_for_100_continue:  # no body is wanted here: the answer says so
            self._close = True
            return self._whole()
        chunked = "transfer-encoding" in self._request.headers
        share = bytes(self._buffer) if chunked else bytes(self._buffer[: self._body_left])
        del self._buffer[: len(share)]
        self._body_left -= len(share)
        if share:
            self._http.receive_data(share)
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Data):
                self._body_read += len(event.data)
                if self._body_read > self._body_bytes:
                    self._request = None
                    return self._fail(413)
            elif isinstance(event, h11.EndOfMessage):
                return self._whole()
            else:
                return None

    def _whole(self) -> Request | None:
        request, self._request = self._request, None
        return request


def wrong_with(head: bytes) -> int:
    """The status for what is wrong with a head beyond what h11 sees; 0 if nothing is."""
    if _OTHER_VERSION.match(head):
        return 505
    if _BAD_BYTES.search(head):
        return 400
    chunks, lengths = _CHUNKS.search(head), len(_LENGTHS.findall(head))
    if lengths > 1 or (chunks and (lengths or _OLD_VERSION.match(head))):
        return 400
    return 0
