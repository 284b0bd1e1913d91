"""TLS between client and house: good, mistrusted, cut, silent, and where one side does not speak it."""

import socket
from pathlib import Path

import pytest

from callroom_client.client import Patience, Timeouts
from callroom_client.events import Broken, Ended, FramePassed, Outcome, SocketOpened, Stage, Verb
from callroom_wire import messages as m
from callroom_wire.tls import TLSCodec, server_context
from house_support import OpenHouse
from link_support import Peer
from tls_support import Certificate, certificate, expired_certificate, good_certificate

from .conftest import Call, Host


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return good_certificate(tmp_path_factory.mktemp("good"))


def test_a_house_with_a_certificate(open_house: OpenHouse, call: Call, good: Certificate) -> None:
    house = open_house(listen=good.listener)
    client, ear = call(f"tls://localhost:{house.port}?ca={good.file}", timeouts=Timeouts(recv=0.2))
    client.watch_frames(True)
    ear.stage(Stage.READY)
    plain, secured = ear.all(SocketOpened)
    assert plain.tls == ""
    assert secured.tls.startswith("TLSv1.3 TLS_")
    client.ask(m.Join(room="lab"))
    client.say("lab", "secret")
    ear.heard(m.Said)
    ear.wait(Ended, lambda e: e.outcome is Outcome.TIMED_OUT)  # the plain socket's own
    for passed in ear.all(FramePassed):
        carried = sum(size for _, size in passed.pieces)
        assert carried > len(passed.data) if passed.outgoing else carried == len(passed.data)
    client.close()
    house.logged("session.closed", reason="ended")


def test_a_name_that_is_not_in_the_certificate(open_house: OpenHouse, call: Call, tmp_path: Path) -> None:
    other = certificate(tmp_path, "other", "-days", "2", "-addext", "subjectAltName=DNS:elsewhere")
    house = open_house(listen=other.listener)
    _, ear = call(f"tls://localhost:{house.port}?ca={other.file}")
    assert ear.stage(Stage.WAITING).code == "cert_wrong_name"
    assert "Hostname mismatch" in ear.wait(Broken).detail


def test_a_certificate_that_nobody_trusts(open_house: OpenHouse, call: Call, good: Certificate) -> None:
    house = open_house(listen=good.listener)
    _, ear = call(f"tls://localhost:{house.port}")
    assert ear.stage(Stage.WAITING).code == "cert_untrusted"


def test_a_certificate_that_is_over(open_house: OpenHouse, call: Call, tmp_path: Path) -> None:
    old = expired_certificate(tmp_path)
    house = open_house(listen=old.listener)
    _, ear = call(f"tls://localhost:{house.port}?ca={old.file}")
    assert ear.stage(Stage.WAITING).code == "cert_expired"


def test_tls_to_a_house_that_speaks_none(open_house: OpenHouse, call: Call) -> None:
    house = open_house()
    _, ear = call(f"tls://localhost:{house.port}")
    assert ear.stage(Stage.WAITING).code == "tls_refused"  # for it is polite
    assert not ear.all(SocketOpened)[0].tls


@pytest.mark.parametrize(
    ("words", "code"), [(b"HTTP/1.1 400 Bad Request\r\n\r\n", "speaks_http"), (b"hello\r\n", "no_tls")]
)
def test_tls_to_somebody_else(host: Host, call: Call, words: bytes, code: str) -> None:
    def act(peer: Peer) -> None:
        peer.sock.sendall(words)
        peer.until_closed()

    _, ear = call(host(act).url.replace("tcp", "tls"))
    assert ear.wait(Broken).code == code


def test_no_tls_to_a_house_that_speaks_it(open_house: OpenHouse, call: Call, good: Certificate) -> None:
    house = open_house(listen=good.listener)
    _, ear = call(f"tcp://127.0.0.1:{house.port}")
    assert ear.stage(Stage.WAITING).code == "hung_up"


@pytest.mark.parametrize("answer", [b"", b"\x16\x03\x03\x00\x7a\x02\x00"])
def test_a_handshake_that_stops(host: Host, call: Call, answer: bytes) -> None:
    def act(peer: Peer) -> None:
        peer.sock.sendall(answer)
        peer.until_closed()

    _, ear = call(host(act).url.replace("tcp", "tls"), patience=Patience(tls=0.3))
    ear.stage(Stage.SECURING)
    assert ear.stage(Stage.WAITING).code == "tls_timeout"


@pytest.mark.parametrize("how", ["closed", "reset"])
def test_a_handshake_that_is_cut(host: Host, call: Call, how: str) -> None:
    def act(peer: Peer) -> None:
        peer.sock.recv(65536)
        peer.sock.sendall(b"\x16\x03\x03\x00\x7a\x02\x00")
        if how == "reset":
            peer.reset()

    _, ear = call(host(act).url.replace("tcp", "tls"))
    assert ear.stage(Stage.WAITING).code == ("ECONNRESET" if how == "reset" else "hung_up")


def test_a_stream_that_is_cut_is_no_end(host: Host, call: Call, good: Certificate) -> None:
    context = server_context(good.file, good.key)

    def act(peer: Peer) -> None:
        codec = TLSCodec(context, server_side=True)
        while not codec.receive(peer.sock.recv(65536)):  # until it has said hello
            peer.sock.sendall(codec.outgoing())
        peer.sock.shutdown(socket.SHUT_WR)  # without a close_notify
        peer.until_closed()

    _, ear = call(f"tls://localhost:{host(act).port}?ca={good.file}")
    waiting = ear.stage(Stage.WAITING)
    assert waiting.code == "tls_error"
    assert "unexpected eof" in waiting.detail
    assert [e.outcome for e in ear.all(Ended) if e.verb is Verb.RECV][-1] is Outcome.CLOSED
