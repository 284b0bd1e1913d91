"""The pages: what each says to whom, and that nothing of a request is shown back."""

from collections import Counter

import pytest

from callroom_server.codecs.http import Request
from callroom_server.config.settings import Watchers
from callroom_server.protocols.http import Reply, Visitor
from callroom_server.protocols.site import Kept, Site, language

TOKEN = "A" * 32
HERE = Visitor("127.0.0.1:5000", "127.0.0.1:8888", False)
AWAY = Visitor("192.0.2.7:5000", "192.0.2.1:8888", False)


class Facts:
    """A house that is well, or not."""

    def __init__(self) -> None:
        self.reason = ""
        self.listening = ["tcp://127.0.0.1:8888"]

    def ready(self) -> str:
        return self.reason

    def figures(self) -> tuple[bytes, str]:
        return b"x 1\n", "text/plain; version=1"

    def transcript(self, token: str) -> Kept | None:
        return Kept(b"0123456789", "tag", 60) if token == TOKEN else None

    def urls(self) -> list[str]:
        return self.listening


class House:
    def __init__(self, watchers: Watchers = "loopback", hello: str = "") -> None:
        self.facts = Facts()
        self.answered: Counter[tuple[str, int]] = Counter()
        self.site = Site(self.facts, "<b>acme</b>", "en", watchers, hello, self.answered)

    def ask(self, path: str, visitor: Visitor = HERE, method: str = "GET", **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.site.answer(Request(method, path, {"host": "127.0.0.1:8888", **named}), visitor)


def header(reply: Reply, name: str) -> str:
    return dict(reply.headers).get(name, "")


def test_the_page_tells_how_to_call() -> None:
    house = House(hello="Hello, World <i>")
    page = house.ask("/").body.decode()
    assert "nc 127.0.0.1 8888" in page
    assert "<p>Hello, World &lt;i&gt;</p>" in page
    assert "<b>" not in page
    assert '<html lang="en">' in page
    assert '<html lang="zh">' in house.ask("/", accept_language="zh-CN").body.decode()


def test_what_listens_everywhere_is_called_where_it_was_reached() -> None:
    house = House()
    house.facts.listening = ["tcp://0.0.0.0:8888", "tcp://[::]:8889", "http://0.0.0.0:80", "frames://[::1]:1"]
    page = house.ask("/", AWAY).body.decode()
    assert "nc 192.0.2.1 8888" in page
    assert "nc ::1 8889" in page
    assert "curl" not in page
    house.facts.listening = ["frames://127.0.0.1:1"]
    assert "Ask whoever runs it" in house.ask("/").body.decode()


def test_health_and_readiness() -> None:
    house = House()
    assert house.ask("/healthz").body == b"ok\n"
    assert house.ask("/readyz").body == b"ready\n"
    house.facts.reason = "not ready: the ledger is degraded"
    assert (house.ask("/readyz").status, house.ask("/healthz").status) == (503, 200)


@pytest.mark.parametrize(
    ("watchers", "visitor", "headers", "status"),
    [
        ("loopback", HERE, {}, 200),
        ("loopback", Visitor("[::1]:5", "[::1]:1", False), {"host": "[::1]:1"}, 200),
        ("loopback", Visitor("unix", "unix:/x", False), {"host": "anything"}, 200),
        ("loopback", HERE, {"host": "localhost"}, 200),
        ("loopback", HERE, {"host": "evil.example:8888"}, 403),
        ("loopback", HERE, {"x_forwarded_for": "192.0.2.7"}, 403),
        ("loopback", HERE, {"forwarded": "for=192.0.2.7"}, 403),
        ("loopback", HERE, {"via": "1.1 proxy"}, 403),
        ("loopback", AWAY, {}, 403),
        ("anyone", AWAY, {}, 200),
        ("nobody", HERE, {}, 403),
    ],
)
def test_who_may_see_the_figures(
    watchers: Watchers, visitor: Visitor, headers: dict[str, str], status: int
) -> None:
    reply = House(watchers).ask("/metrics", visitor, **headers)
    assert reply.status == status
    assert (reply.body == b"x 1\n") == (status == 200)


def test_a_transcript_and_its_parts() -> None:
    house, path = House(), f"/transcripts/{TOKEN}"
    whole = house.ask(path)
    assert (whole.status, whole.body) == (200, b"0123456789")
    assert header(whole, "ETag") == '"tag"'
    assert header(whole, "Cache-Control") == "private, no-transform, max-age=60"
    part = house.ask(path, range="bytes=2-4")
    assert (part.status, part.body, header(part, "Content-Range")) == (206, b"234", "bytes 2-4/10")
    assert house.ask(path, range="bytes=2-4", if_range='"tag"').status == 206
    assert house.ask(path, range="bytes=2-4", if_range='"other"').status == 200
    assert house.ask(path, range="bytes=0-1,5-6").body == b"0123456789"
    assert house.ask(path, method="HEAD", range="bytes=2-4").status == 200, "only GET has ranges"
    beyond = house.ask(path, range="bytes=10-")
    assert (beyond.status, header(beyond, "Content-Range")) == (416, "bytes */10")
    same = house.ask(path, if_none_match='"x", W/"tag"')
    assert (same.status, same.body) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/transcripts/",
        f"/transcripts/{TOKEN[:-1]}B",
        f"/transcripts/{TOKEN}A",
        f"/transcripts/../transcripts/{TOKEN}",
        f"/transcripts/%41{TOKEN[3:]}",
        "/%2e%2e/ledger.db",
        "//",
        "/<script>alert(1)</script>",
        "*",
        "evil.example:443",
        "ftp://x/",
    ],
)
def test_what_is_not_there_is_not_shown_back(path: str) -> None:
    reply = House().ask(path)
    assert reply.status == 404
    assert reply.body == b"Not Found\n"


@pytest.mark.parametrize("path", ["http://127.0.0.1:8888/healthz", "HTTPS://other/healthz", "/healthz?x=1"])
def test_absolute_targets_and_queries(path: str) -> None:
    assert House().ask(path).body == b"ok\n"


@pytest.mark.parametrize(
    ("method", "status"), [("POST", 405), ("DELETE", 405), ("TRACE", 405), ("BREW", 501), ("OPTIONS", 200)]
)
def test_other_methods(method: str, status: int) -> None:
    reply = House().ask("/", method=method)
    assert reply.status == status
    assert header(reply, "Allow") == "GET, HEAD, OPTIONS"


def test_replies_are_counted_by_page_and_never_by_what_was_asked() -> None:
    house = House()
    for path in ("/", "/a", "/b", f"/transcripts/{TOKEN}"):
        house.ask(path)
    house.site.faulted(400)
    assert house.answered == {("/", 200): 1, ("none", 404): 2, ("transcript", 200): 1, ("fault", 400): 1}


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-Hant-TW, en;q=0.8", "zh"),
        ("en;q=0.5, zh;q=0.9", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("fr, de", "en"),
        ("zh;q=2", "en"),
        ("zh;q=nan", "en"),
        ("*", "en"),
        ("," * 1000 + "zh", "en"),
    ],
)
def test_the_language_that_is_preferred(accepted: str, lang: str) -> None:
    assert language(accepted, "en") == lang
