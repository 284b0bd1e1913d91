"""The robot for bare sockets: the tutorial's dialogue to the byte, and what else a socket may bring."""

import socket
from pathlib import Path

from house_support import OpenHouse
from lab_support import LabHouse, open_lab, rest, take

GREETING = "欢迎致电 10086,请输入1xxx,0转人工服务.".encode()
RECORDED = "通过可能会被录音.balabala一大推".encode()
AGAIN = "请重新输入.".encode()


def test_the_tutorials_client_is_served_to_the_byte(lab: LabHouse) -> None:
    with lab.connect("robot") as sock:
        assert take(sock, len(GREETING)) == GREETING
        for entry, answer in (("0", RECORDED), ("1", AGAIN), ("0\n", RECORDED), ("你好\r\n", AGAIN)):
            sock.sendall(entry.encode())
            assert take(sock, len(answer)) == answer
        sock.sendall(b"exit")
        assert rest(sock) == b""


def test_single_bytes_are_one_entry(lab: LabHouse) -> None:
    with lab.connect("robot") as sock:
        take(sock, len(GREETING))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"exit":
            sock.sendall(bytes([byte]))
        assert rest(sock) == b""


def test_bad_utf8_is_no_choice_and_empty_lines_are_no_entries(lab: LabHouse) -> None:
    with lab.connect("robot") as sock:
        sock.sendall(b"\r\n\n\xff\xfe\n\n0\n")
        sock.shutdown(socket.SHUT_WR)
        assert rest(sock) == GREETING + AGAIN + RECORDED


def test_an_endless_entry_is_refused_and_closed(lab: LabHouse) -> None:
    with lab.connect("robot") as sock:
        take(sock, len(GREETING))
        sock.sendall(b"x" * 2000)
        assert rest(sock) == b"A request has at most 1024 bytes.\n"


def test_another_menu_and_its_rooms(open_house: OpenHouse, tmp_path: Path) -> None:
    lab = open_lab(open_house, tmp_path, ["robot://[::1]:0?menu=10086"])
    menu = "0 人工服务".encode()
    with lab.connect("robot") as sock:
        until(sock, menu)
        sock.sendall(b"7\n")
        until(sock, b"This door leads to the robot only", b"enter rooms.", menu)  # it is back in the menu


def until(sock: socket.socket, *parts: bytes) -> None:
    """Receives until these have come, one after the other."""
    text = b""
    for part in parts:
        while part not in text:
            came = sock.recv(65536)
            assert came, f"the connection ended before {part.decode()!r}"
            text += came
        text = text.partition(part)[2]
