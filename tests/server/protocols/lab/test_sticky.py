"""Sticky packets: what each recv of five bytes got, and the same messages with their lengths before them."""

import socket
import struct

import pytest

from lab_support import LabHouse, rest, take

WORDS = (b"hello", b"world", b"egon")


def test_messages_sent_apart_arrive_joined_and_cut(lab: LabHouse) -> None:
    with lab.connect("sticky") as sock:
        sock.sendall(b"helloworldegon")
        assert take(sock, 17) == b"hello\nworld\negon\n"
        sock.sendall(b"hi")
        assert take(sock, 3) == b"hi\n"
        sock.sendall("中文".encode())
        assert take(sock, 17) == "中\\xe6\\x96\n".encode() + b"\\x87\n"


def test_each_line_is_one_recv_however_the_bytes_came(lab: LabHouse) -> None:
    with lab.connect("sticky") as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"".join(WORDS) * 20:
            sock.sendall(bytes([byte]))
        sock.shutdown(socket.SHUT_WR)
        lines = rest(sock).decode().split("\n")
        assert "".join(lines) == "helloworldegon" * 20
        assert {len(line) for line in lines[:-1]} <= {1, 2, 3, 4, 5}


def test_what_would_break_the_line_is_escaped(lab: LabHouse) -> None:
    with lab.connect("sticky") as sock:
        sock.sendall(b"a\n\x1b\xff\0")
        assert take(sock, 16) == b"a\\n\\x1b\\xff\\x00\n"


def test_64_kib_are_enough(lab: LabHouse) -> None:
    with lab.connect("sticky") as sock:
        sock.sendall(b"x" * 70_000)
        text = rest(sock)
    assert text.count(b"x") >= 65_500
    assert text.endswith(b"[enough]\n")


def frame(data: bytes) -> bytes:
    return struct.pack("i", len(data)) + data


def test_the_cure_however_the_bytes_came(lab: LabHouse) -> None:
    with lab.connect("sticky+framed") as sock:
        sock.sendall(b"".join(map(frame, (*WORDS, b"", "中文".encode()))))
        assert take(sock, 24) == b"hello\nworld\negon\n\n" + "中文\n".encode()[:6]
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"".join(map(frame, WORDS)):
            sock.sendall(bytes([byte]))
        assert take(sock, 18) == b"\n" + b"hello\nworld\negon\n"


@pytest.mark.parametrize("length", [-1, 65_537, 2**31 - 1])
def test_an_impossible_length_is_told_before_anything_is_kept(lab: LabHouse, length: int) -> None:
    with lab.connect("sticky+framed") as sock:
        sock.sendall(frame(b"first") + struct.pack("i", length) + b"x" * 100)
        assert rest(sock) == b"first\n[a length of %d: 0 to 65536 is possible]\n" % length


def test_64_mb_in_frames(lab: LabHouse) -> None:
    with lab.connect("sticky+framed") as sock:
        block = frame(b"y" * 65_536)
        for _ in range(64):
            sock.sendall(block)
            assert take(sock, 65_537) == b"y" * 65_536 + b"\n"
