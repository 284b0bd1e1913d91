"""The robot over datagrams, in a real house: by hand with nc, with the command, and to the last word."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from callroom_wire.datagrams import Given, read_reply
from house_support import COMMAND, ENVIRON, PATIENCE, Nursery
from journey_support import House, Terminal, open_house


@pytest.fixture
def house(nursery: Nursery, tmp_path: Path) -> Iterator[House]:
    """Robot 10086 in Chinese, on one port for streams and one for datagrams."""
    with open_house(nursery, tmp_path, listen=("tcp://127.0.0.1:0", "udp://127.0.0.1:0")) as house:
        yield house


def caller(house: House) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(PATIENCE)
    sock.connect(("127.0.0.1", house.port("udp")))
    return sock


def cookie(sock: socket.socket) -> str:
    sock.send(b"hello callroom over udp\n")
    given = read_reply(sock.recv(100))
    assert isinstance(given, Given)
    return given.cookie


def test_by_hand_with_nc(house: House) -> None:
    with Terminal("nc", "-u", "127.0.0.1", str(house.port("udp")), shown_as_sent=True) as nc:
        nc.enter("hello")
        nc.see("long?")
        nc.enter("hello, is this the hotline?")
        given = nc.find(r"cookie (\S+)")
        nc.enter(given)
        nc.see("1 话费与流量")
        nc.enter(f"{given} 1")
        nc.see("1 余额")
        nc.enter(f"{given} 余额")
        nc.see("199-0000-1234")
        nc.enter(f"{given} 199-0000-1234")
        nc.see("当前余额 88.60 元")
        nc.enter(f"{given} /quit")
        nc.see("再见")
    house.emptied()


def test_the_command(house: House) -> None:
    done = subprocess.run(
        [*COMMAND, "udp", f"udp://127.0.0.1:{house.port('udp')}", "--lang", "zh", "--timeout", "20"],
        input="1\n余额\n199-0000-1234\n".encode(),
        env=ENVIRON,
        capture_output=True,
        check=True,
        timeout=PATIENCE,
    )
    shown = done.stdout.decode()
    assert "<- [1]" in shown
    assert "当前余额 88.60 元" in shown
    assert "发送 4（重发 0），应答 4，丢失 0" in shown


def test_a_room_is_not_for_datagrams(house: House) -> None:
    with caller(house) as sock:
        given = cookie(sock)
        sock.send(f"{given}\n".encode())
        assert "7 聊天室" in sock.recv(2000).decode()
        sock.send(f"{given} 7\n".encode())
        assert "telnet" in sock.recv(2000).decode()
        sock.send(f"{given} 1\n".encode())
        assert "7 聊天室" in sock.recv(2000).decode(), "the call is over; this begins another"


def test_a_taken_port_names_who_has_it(house: House) -> None:
    url = f"udp://127.0.0.1:{house.port('udp')}"
    done = subprocess.run(
        [*COMMAND, "serve", "--data", str(house.folder) + "2", "--listen", url],
        env=ENVIRON,
        capture_output=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 1
    assert f"taken by process {house.pid}" in done.stderr.decode()


def test_a_house_that_ends_lets_nobody_wait(house: House) -> None:
    with caller(house) as sock:
        sock.send(f"{cookie(sock)}\n".encode())
        sock.recv(2000)
        os.kill(house.pid, signal.SIGTERM)
        assert house.ended() == 0
    assert '"session.closed"' in house.log
