"""TLS on both sides, in memory, with a certificate made by openssl, however the bytes are cut."""

import ssl
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_wire.errors import TLSError
from callroom_wire.tls import TLSCodec, client_context, server_context


class Contexts:
    def __init__(self, folder: Path) -> None:
        self.cert = folder / "cert.pem"
        key = folder / "key.pem"
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        files = ["-keyout", str(key), "-out", str(self.cert)]
        subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
        self.server = server_context(self.cert, key)
        self.client = client_context(self.cert)


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    return Contexts(tmp_path_factory.mktemp("tls"))


class Pair:
    """A client and a server; `pump` carries bytes between them, cut into pieces."""

    def __init__(self, contexts: Contexts, server_hostname: str = "localhost") -> None:
        self.server = TLSCodec(contexts.server, server_side=True)
        self.client = TLSCodec(contexts.client, server_side=False, server_hostname=server_hostname)
        self.at_server = b""
        self.at_client = b""

    def pump(self, to_server: bytes = b"", to_client: bytes = b"", piece: int = 1 << 20) -> None:
        to_server += self.client.outgoing()
        to_client += self.server.outgoing()
        while to_server or to_client:
            for start in range(0, len(to_server), piece):
                self.at_server += self.server.receive(to_server[start : start + piece])
            to_client, to_server = to_client + self.server.outgoing(), b""
            for start in range(0, len(to_client), piece):
                self.at_client += self.client.receive(to_client[start : start + piece])
            to_server, to_client = self.client.outgoing(), b""


def shaken(contexts: Contexts) -> Pair:
    pair = Pair(contexts)
    pair.pump()
    return pair


def test_handshake_names_what_was_agreed(contexts: Contexts) -> None:
    pair = Pair(contexts)
    assert (pair.client.version, pair.client.cipher, pair.server.handshaken) == ("", "", False)
    pair.pump()
    assert pair.client.handshaken
    assert pair.server.handshaken
    assert pair.client.version == pair.server.version == "TLSv1.3"
    assert pair.client.cipher == pair.server.cipher
    assert pair.client.cipher.startswith("TLS_")


@pytest.mark.parametrize("piece", [1, 5, 1000])
def test_any_piece_carries_handshake_and_text(contexts: Contexts, piece: int) -> None:
    pair = Pair(contexts)
    pair.pump(piece=piece)
    text = bytes(range(256)) * 20
    pair.pump(pair.client.send(text), pair.server.send(text[::-1]), piece)
    assert (pair.at_server, pair.at_client) == (text, text[::-1])


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(st.binary(max_size=3000), max_size=4), cuts=st.lists(st.integers(0, 12_500), max_size=8)
)
def test_any_cutting_gives_the_same_plaintext(
    contexts: Contexts, texts: list[bytes], cuts: list[int]
) -> None:
    pair = shaken(contexts)
    stream = b"".join(map(pair.client.send, texts)) + pair.client.close()
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    got = b"".join(pair.server.receive(stream[start:end]) for start, end in pairwise(edges))
    assert got == b"".join(texts)
    assert pair.server.peer_closed


def test_plaintext_beyond_a_record_is_drained_at_once(contexts: Contexts) -> None:
    pair = shaken(contexts)
    text = b"x" * 300_000
    assert pair.server.receive(pair.client.send(text)) == text


def test_what_is_sent_before_the_handshake_waits_for_it(contexts: Contexts) -> None:
    pair = Pair(contexts)
    assert pair.server.send(b"welcome") == b""
    assert pair.server.waiting == 7
    hello = pair.client.send(b"hi")
    assert b"hi" not in hello[11 + 32 :]  # behind the record's head and the random bytes
    pair.pump(hello)
    assert (pair.at_client, pair.at_server, pair.server.waiting) == (b"welcome", b"hi", 0)


def test_half_close_lets_the_other_side_finish(contexts: Contexts) -> None:
    pair = shaken(contexts)
    pair.pump(pair.client.send(b"last words") + pair.client.close())
    assert (pair.at_server, pair.server.peer_closed, pair.client.peer_closed) == (b"last words", True, False)
    assert pair.server.eof() == b""
    pair.pump(to_client=pair.server.send(b"answer") + pair.server.close())
    assert (pair.at_client, pair.client.peer_closed) == (b"answer", True)
    with pytest.raises(TLSError, match="shutdown"):
        pair.client.send(b"more")


def test_a_cut_stream_is_told_from_a_closed_one(contexts: Contexts) -> None:
    pair = shaken(contexts)
    with pytest.raises(TLSError, match="unexpected eof"):
        pair.server.eof()


def test_a_cut_handshake_is_an_error(contexts: Contexts) -> None:
    server = TLSCodec(contexts.server, server_side=True)
    server.receive(TLSCodec(contexts.client, False, "localhost").outgoing()[:40])
    with pytest.raises(TLSError):
        server.eof()


def test_close_before_the_handshake_says_nothing(contexts: Contexts) -> None:
    assert TLSCodec(contexts.server, server_side=True).close() == b""


@pytest.mark.parametrize(
    "noise", [b"GET / HTTP/1.1\r\n\r\n", b"\x00\x00\x00\x05hello", b"hello\r\n" * 9, bytes(64)]
)
def test_noise_is_refused_with_the_reason(contexts: Contexts, noise: bytes) -> None:
    server = TLSCodec(contexts.server, server_side=True)
    with pytest.raises(TLSError, match=r"^TLS failed: .+\.$") as caught:
        server.receive(noise)
    assert caught.value.code == "tls_error"


def test_a_changed_byte_is_noticed(contexts: Contexts) -> None:
    pair = shaken(contexts)
    sealed = bytearray(pair.client.send(b"pay 1"))
    sealed[-1] ^= 1
    with pytest.raises(TLSError, match="bad"):
        pair.server.receive(bytes(sealed))
    assert pair.server.outgoing()  # the alert


def test_an_unknown_certificate_is_refused_and_both_sides_know(contexts: Contexts) -> None:
    server = TLSCodec(contexts.server, server_side=True)
    client = TLSCodec(client_context(), server_side=False, server_hostname="localhost")
    server.receive(client.outgoing())
    with pytest.raises(TLSError, match="certificate verify failed, self-signed"):
        client.receive(server.outgoing())
    with pytest.raises(TLSError, match="unknown ca"):
        server.receive(client.outgoing())


def test_another_name_is_refused(contexts: Contexts) -> None:
    pair = Pair(contexts, server_hostname="example.org")
    with pytest.raises(TLSError, match=r"example\.org"):
        pair.pump()


def test_old_protocols_are_refused(contexts: Contexts) -> None:
    old = client_context(contexts.cert)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    client = TLSCodec(old, server_side=False, server_hostname="localhost")
    with pytest.raises(TLSError, match="unsupported protocol"):
        TLSCodec(contexts.server, server_side=True).receive(client.outgoing())


def test_tls_1_2_is_spoken_and_not_renegotiated(contexts: Contexts) -> None:
    older = client_context(contexts.cert)
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    pair = Pair(contexts)
    pair.client = TLSCodec(older, server_side=False, server_hostname="localhost")
    pair.pump()
    pair.pump(pair.client.send(b"hi"))
    assert (pair.at_server, pair.server.version) == (b"hi", "TLSv1.2")
    assert contexts.server.options & ssl.OP_NO_RENEGOTIATION
    assert contexts.server.options & ssl.OP_NO_COMPRESSION
