"""An address that is asked: a real server that answers, drips, floods, lies, sends elsewhere, or is down."""

import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from callroom_menus.sources import Source
from callroom_menus.tables import SourceFailed
from callroom_server.app import asking
from callroom_server.app.asking import ask
from callroom_server.app.lookups import Lookups
from callroom_server.core.effects import LookupJob

PATIENCE = 30.0
DRIP_SECONDS = 0.02

Drip = tuple[bytes, bytes]
"""What comes at once, and what comes of it again and again, until the caller has gone."""


class Billing:
    """A server on the loopback. `answers` are given in turn: bytes, or a drip; `asked` are the requests."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._context = context
        self._stopped = Event()
        self.port = self._listener.getsockname()[1]
        self.answers: Sequence[bytes | Drip] = ()
        self.asked: list[bytes] = []
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def source(self, timeout: float = PATIENCE, allow: Sequence[str] = ("127.0.0.1",)) -> Source:
        """A source that asks here."""
        scheme = "https" if self._context else "http"
        url = f"{scheme}://127.0.0.1:{self.port}/v1/{{key}}?month={{month}}"
        return Source("bills", "http", url=url, allow=tuple(allow), timeout=timeout, max_bytes=1000)

    def find(self, *answers: bytes | Drip, timeout: float = PATIENCE) -> dict[str, str] | None:
        """Looks up 138 0/0; these are the answers."""
        self.answers = answers
        lookups = Lookups({"bills": (self.source(timeout), Path())})
        return lookups.find(LookupJob("bills", "138 0/0", {"month": "2026-11"}))

    def fails(self, *answers: bytes | Drip, timeout: float = PATIENCE) -> str:
        """Why the look-up fails."""
        with pytest.raises(SourceFailed) as failed:
            self.find(*answers, timeout=timeout)
        return str(failed.value)

    def close(self) -> None:
        self._stopped.set()
        with socket.create_connection(("127.0.0.1", self.port)):
            self._thread.join(PATIENCE)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            with sock:
                if self._stopped.is_set():
                    return
                sock.settimeout(PATIENCE)
                with suppress(OSError):
                    self._answer(sock)

    def _answer(self, sock: socket.socket) -> None:
        if self._context is not None:
            sock = self._context.wrap_socket(sock, server_side=True)
        with sock:
            asked = b""
            while b"\r\n\r\n" not in asked:
                data = sock.recv(65536)
                if not data:
                    return
                asked += data
            self.asked.append(asked)
            answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
            if isinstance(answer, bytes):
                sock.sendall(answer)
                return
            first, again = answer
            sock.sendall(first)
            while not self._stopped.wait(DRIP_SECONDS):
                sock.sendall(again)


def found(body: str, *headers: str, status: str = "200 OK") -> bytes:
    """An answer with this body."""
    data = body.encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + data


def sent_to(url: str, status: str = "302 Found") -> bytes:
    """A redirect."""
    return found("elsewhere", f"Location: {url}", status=status)


@pytest.fixture
def billing() -> Generator[Billing]:
    server = Billing()
    yield server
    server.close()


def test_a_flat_object_is_a_row_of_texts(billing: Billing) -> None:
    body = """{"name": "小红 \\"r\\"", "balance": 88.60, "big": 12345678901234567890, "none": null,
        "yes": true, "no": false, "tiny": -1e-400, "empty": "", "": "x"}"""
    assert billing.find(found(body)) == {
        "name": '小红 "r"',
        "balance": "88.60",
        "big": "12345678901234567890",
        "none": "",
        "yes": "true",
        "no": "false",
        "tiny": "-1e-400",
        "empty": "",
        "": "x",
    }
    (asked,) = billing.asked
    assert asked.startswith(b"GET /v1/138%200%2F0?month=2026-11 HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{billing.port}\r\n".encode() in asked


def test_an_answer_in_chunks_is_read(billing: Billing) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert billing.find(head + b'6\r\n{"a":"\r\n3\r\nb"}\r\n0\r\n\r\n') == {"a": "b"}


def test_a_long_value_is_cut(billing: Billing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MAX_VALUE", 3)
    assert billing.find(found('{"a": "一二三四", "b": 12345}')) == {"a": "一二三", "b": "123"}


def test_404_means_that_there_is_none(billing: Billing) -> None:
    assert billing.find(found("no such number", status="404 Not Found")) is None


@pytest.mark.parametrize(
    "status", ["201 Created", "204 No Content", "401 Unauthorized", "500 Oh", "304 Same"]
)
def test_any_other_status_is_a_failure(status: str, billing: Billing) -> None:
    assert billing.fails(found("{}", status=status)) == f"bills: status {status[:3]}"


def test_a_server_that_is_down(billing: Billing) -> None:
    source = billing.source()
    with socket.create_server(("127.0.0.1", 0)) as other:
        free = other.getsockname()[1]
    with pytest.raises(SourceFailed, match=r"^bills: Connection refused$"):
        ask(source, f"http://127.0.0.1:{free}/")


@pytest.mark.parametrize(
    ("begin", "again"),
    [
        (b"", b""),
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 9999999\r\n", b"X"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silent", "status", "headers", "body", "chunks", "redirect", "for ever 100"],
)
def test_a_slow_server_is_left_at_the_deadline_however_it_drips(
    begin: bytes, again: bytes, billing: Billing
) -> None:
    started = time.monotonic()
    assert billing.fails((begin, again), timeout=0.15) in (
        "bills: no whole answer within 0.15 s",
        "bills: HTTPException",  # more headers than anyone needs
    )
    assert 0.1 < time.monotonic() - started < PATIENCE / 2


@pytest.mark.parametrize(
    "answer",
    [found(f'{{"a": "{"x" * 1000}"}}'), b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 2000],
    ids=["length told", "not told"],
)
def test_an_oversized_answer_is_not_read_to_its_end(answer: bytes, billing: Billing) -> None:
    assert billing.fails(answer) == "bills: the answer is longer than 1000 bytes"


def test_an_answer_of_just_the_limit_is_taken(billing: Billing) -> None:
    assert billing.find(found('{"a": "' + "x" * 991 + '"}')) == {"a": "x" * 991}


def test_an_endless_answer_is_left(billing: Billing) -> None:
    assert "longer than 1000 bytes" in billing.fails((b"HTTP/1.1 200 OK\r\n\r\n", b" " * 500))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "oops 138",
        "[]",
        '"a"',
        "null",
        '{"a": {}}',
        '{"a": []}',
        '{"a": 1',
        '{"a": 1} x',
        '{"a": 01}',
        "{a: 1}",
    ],
)
def test_what_is_no_flat_object_is_malformed_and_not_quoted(body: str, billing: Billing) -> None:
    assert billing.fails(found(body)) == "bills: the answer is no flat JSON object"


def test_text_that_is_no_utf8_is_malformed(billing: Billing) -> None:
    assert "no flat JSON" in billing.fails(b'HTTP/1.1 200 OK\r\n\r\n{"a": "\xd6\xd0"}')


def test_too_many_fields_are_too_many(billing: Billing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MAX_FIELDS", 2)
    assert billing.find(found('{"a": 1, "b": 2}'))
    assert "more than 2 fields" in billing.fails(found('{"a": 1, "b": 2, "c": 3}'))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"hello 138\r\n\r\n",
        b"HTTP/9.9 what\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200,
        b"HTTP/1.1 200 " + b"x" * 70_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_what_is_no_http_is_a_failure_and_not_quoted(answer: bytes, billing: Billing) -> None:
    assert "138" not in billing.fails(answer)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_an_allowed_host_is_followed(status: int, billing: Billing) -> None:
    there = f"http://127.0.0.1:{billing.port}/new?x=1"
    assert billing.find(sent_to(there, f"{status} Moved"), found('{"a": "b"}')) == {"a": "b"}
    assert billing.asked[1].startswith(b"GET /new?x=1 HTTP/1.1\r\n")


def test_a_redirect_may_be_relative(billing: Billing) -> None:
    assert billing.find(sent_to("other"), found("{}")) == {}
    assert billing.asked[1].startswith(b"GET /v1/other HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://localhost:{port}/", "a host that is not in `allow`"),
        ("http://127.0.0.1.evil.example/", "a host that is not in `allow`"),
        ("http://127.0.0.1@evil.example/", "a host that is not in `allow`"),
        ("//evil.example/", "a host that is not in `allow`"),
        ("file:///etc/passwd", "neither http nor https"),
        ("ftp://127.0.0.1/", "neither http nor https"),
        ("gopher://127.0.0.1:{port}/", "neither http nor https"),
        ("http://127.0.0.1:99999/", "a bad address"),
        ("http://[/", "ValueError"),
    ],
)
def test_a_redirect_to_anywhere_else_is_not(url: str, reason: str, billing: Billing) -> None:
    assert billing.fails(sent_to(url.format(port=billing.port)), found("{}")) == f"bills: {reason}"
    assert len(billing.asked) == 1


@pytest.mark.parametrize("location", ["\x0b\xff", "/a b\tc", "/\u4e2d"])
def test_a_redirect_that_is_noise_harms_nobody(location: str, billing: Billing) -> None:
    billing.answers = (b"HTTP/1.1 302 x\r\nLocation: " + location.encode() + b"\r\n\r\n", found("{}"))
    with suppress(SourceFailed):
        assert ask(billing.source(), f"http://127.0.0.1:{billing.port}/") == {}


def test_redirects_have_an_end(billing: Billing) -> None:
    assert billing.fails(sent_to("/")) == "bills: more than 3 redirects"
    assert len(billing.asked) == 4


@pytest.mark.parametrize(
    "url", ["http://example.org/", "file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1"]
)
def test_a_source_asks_nothing_but_its_hosts(url: str, billing: Billing) -> None:
    with pytest.raises(SourceFailed, match=r"not in `allow`|neither http nor https"):
        ask(billing.source(), url)


def test_hosts_are_allowed_in_any_case_and_in_full_only(billing: Billing) -> None:
    billing.answers = (found("{}"),)
    url = f"http://LOCALHOST:{billing.port}/"
    assert ask(billing.source(allow=["LocalHost"]), url) == {}
    with pytest.raises(SourceFailed, match="not in `allow`"):
        ask(billing.source(allow=["host", "localhost.example"]), url)


# --- TLS ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -batch -subj /CN=127.0.0.1"
    )
    names = "-addext", "subjectAltName=IP:127.0.0.1"
    subprocess.run(
        [*command.split(), *names, "-keyout", file, "-out", file],
        check=True,
        capture_output=True,
    )
    return file


@pytest.fixture
def secure(certificate: Path) -> Generator[Callable[[bool], Billing]]:
    """Makes a server with that certificate, which we trust or do not."""
    servers: list[Billing] = []
    asking.tls_context.cache_clear()

    def make(trusted: bool) -> Billing:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        if trusted:
            asking.tls_context().load_verify_locations(certificate)
        servers.append(Billing(context))
        return servers[-1]

    yield make
    asking.tls_context.cache_clear()
    for server in servers:
        server.close()


def test_https_is_asked_and_never_left(secure: Callable[[bool], Billing]) -> None:
    billing = secure(True)
    assert billing.find(found('{"a": "b"}')) == {"a": "b"}
    assert f"Host: 127.0.0.1:{billing.port}\r\n".encode() in billing.asked[0]
    away = sent_to(f"http://127.0.0.1:{billing.port}/")
    billing.asked.clear()
    assert billing.fails(away) == "bills: a redirect from https to http"


def test_a_certificate_nobody_knows_is_refused(secure: Callable[[bool], Billing]) -> None:
    billing = secure(False)
    assert billing.fails(found("{}")) == "bills: certificate: self-signed certificate"
    assert billing.asked == []


def test_a_drip_under_tls_is_left_at_the_deadline(secure: Callable[[bool], Billing]) -> None:
    billing = secure(True)
    drip = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b" "
    assert billing.fails(drip, timeout=0.4) == "bills: no whole answer within 0.4 s"
