"""The doors: Unix socket, TLS, IPv6, and what callers hear who meant something else."""

import re
import stat
import struct
import subprocess
from pathlib import Path

from callroom_wire.codec import decode_reply
from callroom_wire.frames import MAX_FRAME, FrameDecoder
from callroom_wire.messages import Bye, Error
from house_support import Nursery
from journey_support import House, Terminal, open_house, program, talk

MENU_END = "# 重听\r\n"


def test_a_unix_socket(nursery: Nursery, tmp_path: Path) -> None:
    path = tmp_path / "door.sock"
    with open_house(nursery, tmp_path, listen=(f"unix://{path}",)) as house:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with Terminal("nc", "-U", str(path), shown_as_sent=True) as caller:
            caller.see(MENU_END)
            caller.ask("1", "话费与流量。\r\n")
        house.kill()
        house.start()  # the socket file of one that died is replaced
        with Terminal("nc", "-U", str(path), shown_as_sent=True) as caller:
            caller.see(MENU_END)


def test_tls(nursery: Nursery, tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    files = ["-subj", "/CN=localhost", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([program("openssl"), *make, *files], check=True, capture_output=True)
    listen = f"tls://127.0.0.1:0?cert={cert}&key={key}"
    with open_house(nursery, tmp_path, listen=(listen,)) as house:
        found = re.search(r":(\d+)", house.urls[0])
        assert found
        at = f"127.0.0.1:{found[1]}"
        client = ("openssl", "s_client", "-quiet", "-verify_quiet", "-CAfile", str(cert), "-connect", at)
        with Terminal(*client, shown_as_sent=True) as caller:
            caller.see(MENU_END)
            caller.ask("余额", "请输入 11 位手机号码")
            caller.ask("199-0000-1234", "当前余额 88.60 元")
            caller.ask("/doctor", "您的客户端发送的内容：\r\n")
            caller.ask("/quit", "再见。\r\n")
        fetch = (
            program("curl"),
            "--silent",
            "--cacert",
            str(cert),
            "--resolve",
            f"localhost:{found[1]}:127.0.0.1",
        )
        page = subprocess.run(
            [*fetch, f"https://localhost:{found[1]}/healthz"], check=True, capture_output=True
        )
        assert page.stdout == b"ok\n"
        refused = talk(int(found[1]), b"1\n")
        assert b"Callroom" not in refused  # nobody is served in clear on a port for TLS


def test_ipv6(nursery: Nursery, tmp_path: Path) -> None:
    with (
        open_house(nursery, tmp_path, listen=("tcp://[::1]:0",)) as house,
        Terminal("nc", "::1", str(house.port()), shown_as_sent=True) as caller,
    ):
        caller.see(MENU_END)
        caller.ask("/doctor", "::1")


def test_a_browser_and_an_irc_client_are_told_what_this_is(house: House) -> None:
    page = talk(house.port(), b"GET / HTTP/1.0\r\n\r\n").decode()
    assert page.startswith("HTTP/1.1 200 OK\r\n")
    assert f"nc 127.0.0.1 {house.port()}" in page
    line = talk(house.port(), b"NICK ann\r\nUSER ann 0 * :Ann\r\n").decode()
    assert line.startswith("ERROR :This is a Callroom")
    assert line.count("\r\n") == 1
    assert talk(house.port(), b"\x16\x03\x01\x02\x00\x01").startswith(b"\x15")  # a TLS alert


def test_text_at_a_door_for_programs(nursery: Nursery, tmp_path: Path) -> None:
    with open_house(nursery, tmp_path, listen=("frames://127.0.0.1:0",)) as house:
        answer = talk(house.port("frames"), b"hello, anybody?\r\n")
        told = [decode_reply(body) for body in FrameDecoder(MAX_FRAME).feed(answer)]
        assert isinstance(told[-1], Bye)
        assert told[-1].text
        answer = talk(house.port("frames"), struct.pack(">I", 2) + b"{}")
        told = [decode_reply(body) for body in FrameDecoder(MAX_FRAME).feed(answer)]
        assert isinstance(told[-1], Error | Bye)
