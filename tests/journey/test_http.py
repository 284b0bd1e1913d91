"""HTTP from outside: a browser's questions, monitors, curl, wrk, and a corpus that no server may take."""

import http.client
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from house_support import PATIENCE, ROOT, Nursery
from http_support import FAULTY, SMUGGLED
from journey_support import House, open_house, program, receive, talk

ASK = b"GET %b HTTP/1.1\r\nHost: here\r\n\r\n"
CLOSING = b"GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def house(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all of these: a shared port, and one for HTTP alone."""
    listen = ("tcp://127.0.0.1:0", "http://127.0.0.1:0?hello=Hello,+World")
    with open_house(nursery, tmp_path_factory.mktemp("http"), listen=listen) as house:
        yield house


def curl(house: House, path: str, *options: str, scheme: str = "tcp") -> str:
    """What curl prints."""
    url = path if path.startswith("http") else f"http://127.0.0.1:{house.port(scheme)}{path}"
    command = [program("curl"), "--silent", "--show-error", "--max-time", f"{PATIENCE:g}", *options, url]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout


def figures(house: House) -> dict[str, Metric]:
    text = curl(house, "/metrics")
    return {family.name: family for family in text_string_to_metric_families(text)}


def statuses(answer: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"^HTTP/1\.1 (\d{3}) [A-Z]", answer, re.MULTILINE)]


@pytest.mark.parametrize("name", FAULTY)
def test_nothing_of_a_hostile_corpus_gets_through(house: House, name: str) -> None:
    data, status = FAULTY[name]
    scheme = "tcp" if data.startswith((b"GET ", b"POST ", b"PRI * HTTP/2")) else "http"
    answer = talk(house.port(scheme), data + SMUGGLED)
    assert statuses(answer) == [status]
    assert b"Connection: close" in answer
    assert b"smuggled" not in answer


def test_a_page_on_both_ports_in_both_languages(house: House) -> None:
    chinese = curl(house, "/")
    assert '<html lang="zh">' in chinese
    assert f"nc 127.0.0.1 {house.port()}" in chinese
    assert "Hello, World" not in chinese
    english = curl(house, "/", "-H", "Accept-Language: en-GB,en;q=0.9", scheme="http")
    assert "a hotline and chat house for the terminal" in english
    assert "<p>Hello, World</p>" in english


def test_head_tells_the_same_and_sends_nothing(house: House) -> None:
    head = curl(house, "/", "--head")
    length = re.search(r"Content-Length: (\d+)", head)
    assert length
    assert len(curl(house, "/").encode()) == int(length[1])
    for each in ("nosniff", "default-src 'none'", "no-referrer", "Date: ", "DENY"):
        assert each in head


def test_one_connection_for_many_requests(house: House) -> None:
    client = http.client.HTTPConnection("127.0.0.1", house.port(), timeout=PATIENCE)
    client.connect()
    ours = client.sock.getsockname()
    for path, status in (("/healthz", 200), ("/readyz", 200), ("/none", 404), ("/", 200)):
        client.request("GET", path)
        reply = client.getresponse()
        reply.read()
        assert (reply.status, client.sock.getsockname()) == (status, ours)
    client.request("POST", "/healthz", body=b"x" * 60_000)
    reply = client.getresponse()
    reply.read()
    assert reply.status == 405
    assert client.sock.getsockname() == ours
    client.close()


def test_what_comes_together_is_answered_in_order(house: House) -> None:
    paths = [b"/healthz", b"/none", b"/readyz"] * 40
    answer = talk(house.port(), b"".join(ASK % path for path in paths) + CLOSING)
    assert statuses(answer) == [200, 404, 200] * 40 + [200]


def test_byte_by_byte(house: House) -> None:
    with socket.create_connection(("127.0.0.1", house.port()), PATIENCE) as sock:
        for byte in CLOSING:
            sock.send(bytes([byte]))
        assert statuses(receive(sock)) == [200]


def test_who_has_finished_sending_is_still_answered(house: House) -> None:
    with socket.create_connection(("127.0.0.1", house.port()), PATIENCE) as sock:
        sock.sendall(ASK % b"/healthz")
        sock.shutdown(socket.SHUT_WR)
        assert statuses(receive(sock)) == [200]
    with socket.create_connection(("127.0.0.1", house.port()), PATIENCE) as sock:
        sock.sendall(b"GET /healthz HTTP/1.1\r\nHo")
        sock.shutdown(socket.SHUT_WR)
        assert statuses(receive(sock)) == [400]


def test_the_slow_are_told_and_the_silent_are_closed(nursery: Nursery, tmp_path: Path) -> None:
    settings = tmp_path / "own.toml"
    settings.write_text("[limits]\nhttp_request_seconds = 0.2\nhttp_idle_seconds = 0.2\n")
    with open_house(nursery, tmp_path, "--config", str(settings), listen=("http://127.0.0.1:0",)) as house:
        port = house.port("http")
        assert statuses(talk(port, b"GET / HTTP/1.1\r\nHost: h")) == [408]
        assert statuses(talk(port, b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc")) == [408]
        assert talk(port, b"") == b""
        assert statuses(talk(port, ASK % b"/healthz")) == [200]


def test_a_transcript_is_handed_out(house: House) -> None:
    talk(house.port(), "/nick 小明\n/join 大厅\n第一句\n第二句\n".encode(), "小明: 第二句".encode())
    with socket.create_connection(("127.0.0.1", house.port()), PATIENCE) as sock:
        sock.sendall("/nick 小红\n/join 大厅\n第三句\n".encode())
        receive(sock, "小红: 第三句".encode())
        sock.sendall(b"/transcript\n")
        told = receive(sock, b"transcripts/")
        told += receive(sock, b"\n") if not told.endswith(b"\n") else b""
    found = re.search(rb"(http://127\.0\.0\.1:\d+/transcripts/[\w-]{32})", told)
    assert found
    url = found[1].decode()
    whole = curl(house, url)
    assert re.search("小明: 第一句\n.* 小明: 第二句\n.* 小红: 第三句\n", whole)
    assert curl(house, url, "--range", "0-5") == "大厅"
    assert "206 Partial Content" in curl(house, url, "--range", "0-2", "--include")
    tag = re.search(r'ETag: ("[^"]+")', curl(house, url, "--head"))
    assert tag
    assert "304 Not Modified" in curl(house, url, "--include", "-H", f"If-None-Match: {tag[1]}")
    other = url[:-1] + ("A" if url[-1] != "A" else "B")
    assert "404 Not Found" in curl(house, other, "--include")


def test_a_transcript_that_has_expired_is_gone_after_a_restart(nursery: Nursery, tmp_path: Path) -> None:
    settings = tmp_path / "own.toml"
    settings.write_text("[limits]\ntranscript_seconds = 1\n")
    kept = tmp_path / "data" / "transcripts"
    with open_house(nursery, tmp_path, "--config", str(settings)) as house:
        talk(house.port(), b"/nick ann\n/join lobby\n/transcript\n", b"transcripts/")
        [path] = kept.iterdir()
        os.utime(path, (0, 0))
        house.kill()
        house.start()
        assert list(kept.iterdir()) == []


def test_the_figures_are_what_the_handbook_says(house: House) -> None:
    talk(house.port(), b"/nick ann\n/join lobby\nhello\n", b"ann: hello")
    talk(house.port(), b"/join nowhere\n/leave nowhere\n/topic\n/quit\n")
    families = figures(house)
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `(callroom_\w+)`", page, re.MULTILINE))
    named = {
        name + ("_total" if family.type == "counter" else "")
        for name, family in families.items()
        if name.startswith("callroom_")
    }
    assert named == documented - {"callroom_datagrams_total", "callroom_datagrams_ignored_total"}
    assert all(family.documentation for family in families.values())
    assert value(families, "callroom_messages") >= 1
    assert value(families, "callroom_deliveries") >= 1
    assert value(families, "callroom_records") >= 4
    commits = families["callroom_commit_seconds"]
    assert commits.type == "histogram"
    assert "process_resident_memory_bytes" in families
    ready = [s.value for s in families["callroom_ledger_state"].samples if s.labels == {"state": "ready"}]
    assert ready == [1.0]


def value(families: dict[str, Metric], name: str) -> float:
    return sum(sample.value for sample in families[name].samples)


def test_wrk_finds_no_fault(house: House) -> None:
    """Eight connections that never pause: all of it answered, none of it wrong."""
    at = f"http://127.0.0.1:{house.port()}/healthz"
    shown = subprocess.run(
        [program("wrk"), "-t1", "-c8", "-d1s", "--timeout", "30s", at],
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    ).stdout
    asked = re.search(r"(\d+) requests in", shown)
    assert asked
    assert int(asked[1]) > 100, shown
    assert "Socket errors" not in shown
    assert "Non-2xx" not in shown


def test_a_house_that_ends_waits_for_no_monitor(nursery: Nursery, tmp_path: Path) -> None:
    with (
        open_house(nursery, tmp_path, listen=("http://127.0.0.1:0",)) as house,
        socket.create_connection(("127.0.0.1", house.port("http")), PATIENCE) as sock,
    ):
        sock.sendall(ASK % b"/healthz")
        receive(sock, b"ok\n")
        os.kill(house.pid, signal.SIGTERM)
        assert receive(sock) == b""
        assert house.ended() == 0
