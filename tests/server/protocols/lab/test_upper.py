"""Upper: whatever is sent comes back, in upper case if it is text, however it was cut."""

import codecs
import itertools
import socket
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_server.protocols.lab.upper import raised
from house_support import wait_until
from lab_support import LabHouse, rest, take

LINES = "héllo ß 中文 ŉ\r\n".encode()
BAD = b"\xff\xfea\xe4\xb8b\xed\xa0\x80\x00"


def test_text_bad_bytes_and_every_cut(lab: LabHouse) -> None:
    expected = raised((LINES + BAD + LINES).decode("utf-8", "surrogateescape"))
    with lab.connect("upper") as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in LINES + BAD + LINES:
            sock.sendall(bytes([byte]))
        sock.shutdown(socket.SHUT_WR)
        assert rest(sock) == expected
    assert "HÉLLO SS 中文".encode() in expected
    assert b"\xff\xfeA\xe4\xb8B\xed\xa0\x80\x00" in expected


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=6))
def test_the_answer_does_not_depend_on_the_cuts(data: bytes, cuts: list[int]) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[a:b] for a, b in itertools.pairwise(places)]
    answers = [raised(decoder.decode(piece)) for piece in pieces] + [raised(decoder.decode(b"", final=True))]
    assert b"".join(answers) == raised(data.decode("utf-8", "surrogateescape"))


def test_half_a_character_at_the_end_comes_back_too(lab: LabHouse) -> None:
    with lab.connect("upper") as sock:
        sock.sendall(b"a\xe4\xb8")
        sock.shutdown(socket.SHUT_WR)
        assert rest(sock) == b"A\xe4\xb8"


def test_who_sends_nothing_gets_nothing(lab: LabHouse) -> None:
    with lab.connect("upper") as sock:
        sock.shutdown(socket.SHUT_WR)
        assert rest(sock) == b""


def test_64_mb_go_through_while_others_are_served(lab: LabHouse) -> None:
    block = b"abcdefgh" * 131_072
    with lab.connect("upper") as sock, lab.connect("upper") as other:
        sending = threading.Thread(target=lambda: [sock.sendall(block) for _ in range(64)])
        sending.start()
        got = 0
        while got < 64 * len(block):
            part = sock.recv(1 << 20)
            assert part
            assert part.isupper()
            if not got:
                other.sendall(b"me too")
                assert take(other, 6) == b"ME TOO"
            got += len(part)
        sending.join()
    assert lab.house.resident() < 200 << 20


def test_who_never_reads_is_reset_and_costs_little(slow_lab: LabHouse) -> None:
    lab = slow_lab
    before = lab.house.resident()
    with lab.connect("upper") as sock:
        sock.settimeout(0.5)
        with pytest.raises((TimeoutError, ConnectionError)):  # full, or reset by now
            sock.sendall(b"x" * (64 << 20))
        assert lab.house.resident() - before < 32 << 20
        sock.settimeout(30)
        with pytest.raises(ConnectionError):
            sock.sendall(b"x" * (64 << 20))
    wait_until(lambda: lab.house.sockets() < 20)


def test_datagrams_one_for_one_and_an_empty_one_too(lab: LabHouse) -> None:
    with lab.datagrams("upper+udp") as sock:
        for data in (b"", "ß中".encode(), b"\xff\xfe", b"a" * 20_000):
            sock.send(data)
            assert sock.recv(65536) == raised(data.decode("utf-8", "surrogateescape"))
        sock.send("ŉ".encode() * 30_000)
        assert len(sock.recv(65536)) == 60_000
