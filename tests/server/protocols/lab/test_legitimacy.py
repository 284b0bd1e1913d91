"""Legitimacy: the right answer is served, everything else is closed, at once or in time."""

import hmac
import socket
from pathlib import Path

import pytest

from house_support import OpenHouse
from lab_support import KEY, LabHouse, open_lab, rest, take


def prove(sock: socket.socket, key: bytes, digest: str = "md5") -> bytes:
    return hmac.new(key, take(sock, 32), digest).digest()


def test_who_knows_the_key_is_served(lab: LabHouse) -> None:
    with lab.connect("hmac") as sock:
        sock.sendall(prove(sock, KEY) + b"at once")
        assert take(sock, 7) == b"AT ONCE"
        sock.sendall(b"and later")
        assert take(sock, 9) == b"AND LATER"


def test_the_answer_may_come_in_pieces(lab: LabHouse) -> None:
    with lab.connect("hmac") as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in prove(sock, KEY) + b"abc":
            sock.sendall(bytes([byte]))
        assert take(sock, 3) == b"ABC"


def test_no_nonce_comes_twice(lab: LabHouse) -> None:
    nonces: set[bytes] = set()
    for _ in range(20):
        with lab.connect("hmac") as sock:
            nonces.add(take(sock, 32))
    assert len(nonces) == 20


@pytest.mark.parametrize("wrong", [b"x" * 16, b"x" * 64, b"\xff\0" * (32 << 20)], ids=["16", "64", "64 MB"])
def test_a_wrong_answer_is_closed_at_once(lab: LabHouse, wrong: bytes) -> None:
    with lab.connect("hmac") as sock:
        take(sock, 32)
        try:
            sock.sendall(wrong)
            assert rest(sock) == b""
        except (ConnectionResetError, BrokenPipeError):
            pass


def test_who_ends_without_an_answer_is_closed_at_once(lab: LabHouse) -> None:
    with lab.connect("hmac") as sock:
        sock.sendall(b"half")
        sock.shutdown(socket.SHUT_WR)
        assert len(rest(sock)) == 32


def test_who_is_silent_or_slow_is_closed_in_time(slow_lab: LabHouse) -> None:
    with slow_lab.connect("hmac") as silent, slow_lab.connect("hmac") as slow:
        proof = prove(slow, KEY)
        slow.settimeout(0.2)
        ended = False
        for byte in proof[:-1] * 100:  # bytes do not start the time anew
            try:
                slow.sendall(bytes([byte]))
                if not slow.recv(10):
                    ended = True
            except TimeoutError:
                continue
            except (ConnectionResetError, BrokenPipeError):
                ended = True
            if ended:
                break
        assert ended
        assert len(rest(silent)) == 32


def test_keys_and_digests_of_ones_own(open_house: OpenHouse, tmp_path: Path) -> None:
    (tmp_path / "lab.key").write_bytes(b"linhaifeng bang bang bang\n")
    url = f"hmac+unix://{tmp_path}/h.sock?key-file={tmp_path}/lab.key&digest=sha256"
    lab = open_lab(open_house, tmp_path, [url])
    with lab.connect("hmac+unix") as sock:
        sock.sendall(prove(sock, b"linhaifeng bang bang bang", "sha256") + b"ok")
        assert take(sock, 2) == b"OK"
    with lab.connect("hmac+unix") as sock:
        sock.sendall(prove(sock, KEY, "sha256") + b"ok")
        assert rest(sock) == b""
