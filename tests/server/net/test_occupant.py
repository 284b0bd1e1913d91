"""Who has a port: found for our own process, and quietly not found where /proc does not tell."""

import os
import socket
from pathlib import Path

from callroom_server.net.occupant import occupant


def test_our_own_listening_port_is_ours() -> None:
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.create_server((host, 0), family=family) as listening:
            port = listening.getsockname()[1]
            assert occupant(port).startswith(f"process {os.getpid()} (")
        assert occupant(port) == ""


def test_a_udp_port_is_another_port() -> None:
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as bound:
            bound.bind((host, 0))
            port = bound.getsockname()[1]
            assert occupant(port, socket.SOCK_DGRAM).startswith(f"process {os.getpid()} (")
        assert occupant(port, socket.SOCK_DGRAM) == ""


def test_without_proc_nobody_is_found(tmp_path: Path) -> None:
    assert occupant(1, proc=tmp_path) == ""
