"""Where lessons listen, and where they do not; and a thousand callers at once."""

import resource
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from callroom_server.protocols.lab import BY_SCHEME, LESSONS
from house_support import ROOT, OpenHouse
from lab_support import STREAMS, LabHouse, ask, open_lab, take

FOLDER = ROOT / "server" / "callroom_server" / "protocols" / "lab"


def test_the_table_and_the_folder_agree() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    modules = {
        door.__module__.rpartition(".")[2]
        for lesson in LESSONS
        for door in (lesson.talk, lesson.listen)
        if door is not None
    }
    assert modules == files
    for lesson in LESSONS:
        assert (lesson.talk is None) is lesson.scheme.endswith("+udp")
        assert (lesson.listen is not None) is lesson.scheme.endswith("+udp")
    assert {scheme for scheme in BY_SCHEME if not scheme.endswith(("+udp", "+unix"))} == set(STREAMS)


def test_every_stream_on_ipv6_and_unix_and_datagrams_on_ipv6(open_house: OpenHouse, tmp_path: Path) -> None:
    urls = [f"{scheme}://[::1]:0" for scheme in (*STREAMS, "upper+udp", "command+udp")]
    urls += [f"{scheme}+unix://{tmp_path}/{scheme}.sock" for scheme in STREAMS]
    lab = open_lab(open_house, tmp_path, urls)
    for suffix in ("", "+unix"):
        with lab.connect("upper" + suffix) as sock:
            sock.sendall(b"a")
            assert take(sock, 1) == b"A"
        with lab.connect("sticky" + suffix) as sock:
            sock.sendall(b"hello!")
            assert take(sock, 8) == b"hello\n!\n"
        with lab.connect("command" + suffix) as sock:
            assert ask(sock, b"echo x") == "x\n"
        with lab.connect("hmac" + suffix) as sock:
            assert len(take(sock, 32)) == 32
        with lab.connect("robot" + suffix) as sock:
            assert take(sock, 6).decode() == "欢迎"
    for scheme in ("upper+udp", "command+udp"):
        with lab.datagrams(scheme) as sock:
            sock.send(b"echo x")
            assert sock.recv(100) in (b"ECHO X", b"x\n")


def refused(open_house: OpenHouse, tmp_path: Path, url: str) -> str:
    """Why a house with this lesson does not open."""
    with pytest.raises(AssertionError) as caught:
        open_lab(open_house, tmp_path, [url])
    return str(caught.value)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("upper://0.0.0.0:0", "a lesson serves this machine only"),
        ("upper+udp://[::]:0", 'lab_reach = \\"network\\" in callroom.toml'),
        ("hmac://127.0.0.1:0?digest=crc", "there is no digest"),
        ("hmac://127.0.0.1:0?key-file=/none", "cannot be read: No such file or directory"),
        ("hmac://127.0.0.1:0?key-file=/dev/null", "is empty"),
        ("hmac://127.0.0.1:0?key-file=/dev/zero", "over 4096 bytes"),
        ("command://127.0.0.1:0?encoding=klingon", "there is no encoding"),
        ("robot://127.0.0.1:0?menu=none", "there is no menu"),
        ("sticky://127.0.0.1:0?mode=600", "there is no option"),
        ("uper://127.0.0.1:0", "there is no"),
    ],
)
def test_what_may_not_be_is_told(open_house: OpenHouse, tmp_path: Path, url: str, reason: str) -> None:
    assert reason in refused(open_house, tmp_path, url)


def test_beyond_loopback_only_in_words(open_house: OpenHouse, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="the lab's own key is no secret"):
        open_lab(open_house, tmp_path, ["hmac://0.0.0.0:0"], words='lab_reach = "network"')
    key = tmp_path / "lab.key"
    key.write_text("key")
    urls = [f"hmac://0.0.0.0:0?key-file={key}", "upper://0.0.0.0:0"]
    lab = open_lab(open_house, tmp_path, urls, words='lab_reach = "network"')
    with socket.create_connection(("127.0.0.1", lab.address("upper")[1]), timeout=30) as sock:
        sock.sendall(b"x")
        assert take(sock, 1) == b"X"


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """As many as the system allows this process."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("many_descriptors")
def test_a_thousand_callers_at_once(open_house: OpenHouse, tmp_path: Path) -> None:
    lab = open_lab(open_house, tmp_path)
    for scheme, sent, answer in (
        ("upper", b"me", b"ME"),
        ("sticky", b"me", b"me\n"),
        ("sticky+framed", b"\2\0\0\0me", b"me\n"),
        ("hmac", b"", b""),
        ("robot", b"", "欢迎致电".encode()),
        ("command", b"nobody\n", b""),
    ):
        crowd = [lab.connect(scheme) for _ in range(1000)]
        for sock in crowd:
            sock.sendall(sent)
        for sock in crowd:
            assert take(sock, len(answer) or 4)[: len(answer)] == answer
        for sock in crowd:
            sock.close()


def test_a_port_that_is_taken_is_told_with_who_and_another(open_house: OpenHouse, tmp_path: Path) -> None:
    lab: LabHouse = open_lab(open_house, tmp_path)
    _, port = lab.address("upper")
    told = refused(open_house, tmp_path, f"sticky://127.0.0.1:{port}")
    assert f"is taken by process {lab.house.pid} (" in told
    assert "listen on another port, such as 127.0.0.1:" in told
