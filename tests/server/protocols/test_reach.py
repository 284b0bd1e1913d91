import pytest

from callroom_server.protocols.reach import commands


@pytest.mark.parametrize(
    ("url", "typed"),
    [
        ("tcp://127.0.0.1:8888", ["telnet -E 127.0.0.1 8888", "nc 127.0.0.1 8888"]),
        ("tcp://0.0.0.0:23", ["telnet -E 127.0.0.1 23", "nc 127.0.0.1 23"]),
        ("tcp://[::]:8888", ["telnet -E ::1 8888", "nc ::1 8888"]),
        ("telnet://[::1]:2323", ["telnet -E ::1 2323"]),
        ("text://127.0.0.1:7", ["nc 127.0.0.1 7"]),
        ("tls://[::1]:8889", ["openssl s_client -quiet -connect [::1]:8889"]),
        ("tls://127.0.0.1:8889", ["openssl s_client -quiet -connect 127.0.0.1:8889"]),
        ("unix:///run/call room.sock", ["nc -U '/run/call room.sock'"]),
        ("udp://[::]:8890", ["callroom udp udp://[::1]:8890"]),
        ("http://127.0.0.1:8080", ["curl http://127.0.0.1:8080/"]),
        ("frames://127.0.0.1:1", []),
    ],
)
def test_what_to_type(url: str, typed: list[str]) -> None:
    assert commands(url) == typed
