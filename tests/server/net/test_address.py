"""URLs to listen at: what they must hold besides an address, and what is said where they do not."""

import pytest

from callroom_server.net.address import listening, unix_mode
from callroom_wire.address import Address, AddressError

SCHEMES = ("tcp", "tls", "unix", "frames", "telnet")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("tcp://[::]:0", Address("tcp", "::", 0)),
        (
            "tls://h:1?cert=%2Fetc%2Fa%20b.pem&key=k.pem",
            Address("tls", "h", 1, query={"cert": "/etc/a b.pem", "key": "k.pem"}),
        ),
        ("unix:///run/a%20b?mode=660", Address("unix", path="/run/a b", query={"mode": "660"})),
    ],
)
def test_right_urls(url: str, address: Address) -> None:
    assert listening(url, SCHEMES) == address


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "tls://h:1",
            r"needs certificate and key: write tls://127\.0\.0\.1:8889\?cert=server\.pem&key=server\.key",
        ),
        ("tls://h:1?cert=a&key=", "needs certificate and key"),
        ("tls://h:1?cert=a&key=b&cert=c", 'the option "cert" stands there twice'),
        ("tls://h:1?cert=a&key=b&ca=c", 'there is no option "ca": tls:// takes cert and key'),
        ("tcp://h:1?mode=600", r'there is no option "mode": tcp:// takes no options'),
        ("unix:///run/x?mode=999", r"three octal digits: write \?mode=660"),
        ("irc://h:1", r'there is no "irc://" here'),
    ],
)
def test_wrong_urls_say_what_would_be_right(url: str, said: str) -> None:
    with pytest.raises(AddressError, match=said):
        listening(url, SCHEMES)


def test_a_unix_socket_is_its_owners_alone_unless_asked() -> None:
    assert unix_mode(listening("unix:///x", SCHEMES)) == 0o600
    assert unix_mode(listening("unix:///x?mode=0660", SCHEMES)) == 0o660
