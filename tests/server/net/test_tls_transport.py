"""TLS over real sockets: handshakes in pieces, both kinds of goodbye, noise, and cut streams."""

import select
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from callroom_server.config.limits import Limits
from callroom_server.net.tls_transport import TLSTransport
from callroom_wire.errors import TLSError
from callroom_wire.tls import TLSCodec, client_context, server_context
from net_support import House, Recorder, take


class Contexts:
    def __init__(self, folder: Path) -> None:
        cert, key = folder / "cert.pem", folder / "key.pem"
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        subprocess.run(
            [*command.split(), *names, "-keyout", str(key), "-out", str(cert)],
            check=True,
            capture_output=True,
        )
        self.server = server_context(cert, key)
        self.client = client_context(cert)


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    return Contexts(tmp_path_factory.mktemp("tls"))


class Client:
    """The other side, in the same thread: a codec on a socket that does not block."""

    def __init__(self, house: House, contexts: Contexts, sock: socket.socket) -> None:
        self._house = house
        self.sock = sock
        self.sock.setblocking(False)
        self.codec = TLSCodec(contexts.client, server_side=False, server_hostname="localhost")
        self.got = b""
        self.ended = False

    def send(self, data: bytes) -> None:
        if data:
            self.sock.sendall(data)

    def read(self) -> None:
        try:
            data = self.sock.recv(1 << 18)
        except BlockingIOError:
            return
        if data:
            self.got += self.codec.receive(data)
            self.send(self.codec.outgoing())
        else:
            self.ended = True

    def wait(self) -> None:
        """Until there is something to read, were it the end."""
        self._house.until(lambda: select.select([self.sock], [], [], 0)[0])

    def until(self, condition: Callable[[], object]) -> None:
        def step() -> object:
            self.read()
            return condition()

        self._house.until(step)


def made(
    house: House, contexts: Contexts, protocol: Recorder | None = None, limits: Limits | None = None
) -> tuple[TLSTransport, Recorder, Client]:
    ours, theirs = house.tcp_pair()
    protocol = protocol or Recorder()
    transport = TLSTransport(house.reactor, ours, protocol, house.told, contexts.server, limits or Limits())
    transport.start()
    return transport, protocol, Client(house, contexts, theirs)


def shaken(house: House, contexts: Contexts) -> tuple[TLSTransport, Recorder, Client]:
    transport, protocol, client = made(house, contexts)
    client.send(client.codec.outgoing())
    client.until(lambda: transport.handshaken and client.codec.handshaken)
    return transport, protocol, client


def test_the_protocol_hears_nothing_before_the_handshake(house: House, contexts: Contexts) -> None:
    transport, protocol, client = made(house, contexts)
    hello = client.codec.send(b"first words")
    for start in range(0, len(hello), 100):
        assert (protocol.events, transport.handshaken, transport.tls) == ([], False, "")
        client.send(hello[start : start + 100])
        house.settle()
    client.until(lambda: protocol.received == b"first words")
    assert protocol.events == ["made"]
    assert transport.tls.startswith("TLSv1.3 TLS_")
    transport.write(b"welcome")
    client.until(lambda: client.got == b"welcome")
    transport.abort()


def test_what_is_written_before_the_handshake_waits_for_it(house: House, contexts: Contexts) -> None:
    transport, _, client = made(house, contexts)
    transport.write(b"early")
    client.send(client.codec.outgoing())
    client.until(lambda: client.got == b"early")
    transport.abort()


def test_what_is_written_before_the_handshake_has_the_same_limit(house: House, contexts: Contexts) -> None:
    transport, protocol, _ = made(house, contexts, limits=Limits(hard_close_bytes=1000))
    transport.write(bytes(600))
    transport.write(bytes(600))
    house.settle()
    assert protocol.events == ["lost hard_close_bytes"]


def test_much_goes_through_and_the_end_is_said(house: House, contexts: Contexts) -> None:
    transport, protocol, client = shaken(house, contexts)
    much = bytes(range(256)) * 3000
    transport.write(much)
    assert transport.congested
    transport.close("done")
    client.until(lambda: client.ended)
    assert client.got == much
    assert client.codec.peer_closed
    client.sock.close()
    house.until(lambda: protocol.lost)
    assert protocol.events == ["made", "lost done"]


def test_half_close_under_tls(house: House, contexts: Contexts) -> None:
    """A close_notify ends the input once; what follows it, and the end of the stream, tell nothing new."""
    transport, protocol, client = shaken(house, contexts)
    client.send(client.codec.send(b"question") + client.codec.close())
    house.until(lambda: "eof" in protocol.events)
    assert protocol.received == b"question"
    client.send(b"noise after the goodbye")
    client.sock.shutdown(socket.SHUT_WR)
    house.settle()
    transport.write(b"answer")
    transport.close("answered")
    client.until(lambda: client.ended)
    assert client.got == b"answer"
    house.until(lambda: protocol.lost)
    assert protocol.events == ["made", "eof", "lost answered"]


def test_a_stream_cut_without_goodbye_is_a_fault(house: House, contexts: Contexts) -> None:
    _, protocol, client = shaken(house, contexts)
    client.send(client.codec.send(b"half a lin"))
    client.sock.shutdown(socket.SHUT_WR)
    house.until(lambda: protocol.lost)
    assert protocol.received == b"half a lin"
    assert protocol.events[0] == "made"
    assert "unexpected eof" in protocol.events[1]


def test_a_browser_that_forgot_the_s_is_named(house: House, contexts: Contexts) -> None:
    _, protocol, client = made(house, contexts)
    client.send(b"GET / HTTP/1.1\r\n\r\n")
    client.wait()
    client.sock.close()
    house.until(lambda: protocol.lost)
    assert protocol.events == ["lost tls_error: TLS failed: http request."]


def test_a_handshake_cut_short_is_a_fault(house: House, contexts: Contexts) -> None:
    _, protocol, client = made(house, contexts)
    client.send(client.codec.outgoing()[:50])
    client.sock.close()
    house.until(lambda: protocol.lost)
    assert protocol.events[0].startswith("lost tls_error: TLS failed:")


def test_a_broken_record_is_told_to_the_peer_by_an_alert(house: House, contexts: Contexts) -> None:
    _, protocol, client = shaken(house, contexts)
    sealed = bytearray(client.codec.send(b"pay 1"))
    sealed[-1] ^= 1
    client.send(bytes(sealed))
    client.wait()
    with pytest.raises(TLSError, match="bad record mac"):
        client.codec.receive(client.sock.recv(1000))
    client.sock.close()
    house.until(lambda: protocol.lost)
    assert protocol.received == b""
    assert protocol.events[1].startswith("lost tls_error: TLS failed: ")


def test_a_protocol_that_closes_in_connection_made_hears_no_more(house: House, contexts: Contexts) -> None:
    class Refusing(Recorder):
        def connection_made(self, transport: object) -> None:
            self.events.append("made")
            assert isinstance(transport, TLSTransport)
            transport.write(b"no")
            transport.close("refused")

    _, protocol, client = made(house, contexts, Refusing())
    client.send(client.codec.send(b"unheard"))
    client.until(lambda: client.ended)
    assert client.got == b"no"
    client.sock.close()
    house.until(lambda: protocol.lost)
    assert (protocol.events, protocol.received) == (["made", "lost refused"], b"")


def test_an_ordinary_tls_client_is_served(house: House, contexts: Contexts) -> None:
    """The standard library's own TLS socket, in a thread, from handshake to close_notify."""
    ours, theirs = house.tcp_pair()
    protocol = Recorder()
    transport = TLSTransport(house.reactor, ours, protocol, house.told, contexts.server)
    protocol.on_data = transport.write
    transport.start()
    answers: list[bytes] = []

    def talk() -> None:
        with contexts.client.wrap_socket(theirs, server_hostname="localhost") as sock:
            sock.sendall(b"echo " * 20_000)
            answers.append(take(sock, 100_000))
            sock.unwrap().close()

    thread = threading.Thread(target=talk)
    thread.start()
    protocol.on_eof = lambda: transport.close("hung up")
    house.until(lambda: protocol.lost)
    thread.join()
    assert answers == [b"echo " * 20_000]
    assert protocol.events == ["made", "eof", "lost hung up"]
