"""URLs that are right give their parts; those that are wrong say what would be right."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_wire.address import CALLING, Address, AddressError, address_text, parse

SCHEMES = ("tcp", "tls", "unix", "frames", "telnet")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("tcp://127.0.0.1:8888", Address("tcp", "127.0.0.1", 8888)),
        ("TCP://localhost:0/", Address("tcp", "localhost", 0)),
        ("frames://[::1]:8888", Address("frames", "::1", 8888)),
        ("telnet://[fe80::1%eth0]:23", Address("telnet", "fe80::1%eth0", 23)),
        ("tcp://[::]:65535", Address("tcp", "::", 65535)),
        (
            "tls://h:1?ca=%2Fetc%2Fa%20b.pem",
            Address("tls", "h", 1, query={"ca": "/etc/a b.pem"}),
        ),
        ("unix:///run/callroom.sock", Address("unix", path="/run/callroom.sock")),
        ("unix:///run/a%20b", Address("unix", path="/run/a b")),
    ],
)
def test_right_urls(url: str, address: Address) -> None:
    assert parse(url, SCHEMES, CALLING) == address


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("127.0.0.1:8888", r"has no scheme: write tcp://127\.0\.0\.1:8888, or another of frames://, tcp://"),
        ("irc://127.0.0.1:6667", r'there is no "irc://" here; write one of frames://, tcp://, telnet://'),
        ("tcp://127.0.0.1", r"has no port: write tcp://127\.0\.0\.1:8888"),
        ("tcp://[::1]", r"has no port: write tcp://\[::1\]:8888"),
        ("tcp://", r"has no port: write tcp://127\.0\.0\.1:8888"),
        ("tcp://:8888", r"has no host: write tcp://127\.0\.0\.1:8888, or tcp://\[::1\]:8888"),
        ("tcp://::1:8888", r"stands in brackets: write tcp://\[::1\]:8888"),
        ("tcp://[::g]:8888", r"write tcp://\[::1\]:8888"),
        ("tcp://[127.0.0.1]:8888", r"write tcp://\[::1\]:8888"),
        ("tcp://h:65536", r'"65536" is no port: write a number from 0 \(any\) to 65535'),
        ("tcp://h:-1", r'"-1" is no port'),
        ("tcp://h:", r'"" is no port'),
        ("tcp://h:８８", r'"８８" is no port'),
        ("tcp://h:" + "9" * 5000, "is no port"),
        ("tcp://h:1/room", r"has a path, which means nothing here: write tcp://127\.0\.0\.1:8888"),
        ("tcp://me@h:1", "names a user"),
        ("tcp://a b:1", '"a b" is no host'),
        ("tcp://h:1?mode=600", r'there is no option "mode": tcp:// takes no options'),
        ("tcp://h\x1b:1", "cannot be printed"),
        ("tls://h", r"has no port: write tls://h:8889"),
        ("tls://u@h:1", r"write tls://127\.0\.0\.1:8889\?ca=server\.pem"),
        ("tls://h:1?ca=b&ca=c", 'the option "ca" stands there twice'),
        ("tls://h:1?cert=a", 'there is no option "cert": tls:// takes ca'),
        ("tls://h:1?ca", "name=value&name=value"),
        ("unix://run/x.sock", r"write three slashes, as in unix:///run/callroom\.sock"),
        ("unix:///run/", "names a folder"),
        ("unix:///run/x%00y", "NUL"),
        ("unix:///run/x?mode=660", 'there is no option "mode": unix:// takes no options'),
        ("unix:///" + "x" * 107, "has 108 bytes, the kernel takes 107"),
    ],
)
def test_wrong_urls_say_what_would_be_right(url: str, said: str) -> None:
    with pytest.raises(AddressError, match=said) as caught:
        parse(url, SCHEMES, CALLING)
    assert re.search(r"[\u4e00-\u9fff]", caught.value.words.zh)
    assert "{" not in "".join(caught.value.words)


@pytest.mark.parametrize("url", ["127.0.0.1:8888", "tcp://127.0.0.1:8888"])
def test_where_there_is_one_scheme_no_other_is_named(url: str) -> None:
    with pytest.raises(AddressError, match=r"; write|: write udp://127\.0\.0\.1:8888$") as caught:
        parse(url, {"udp"}, CALLING)
    assert caught.value.words.zh.endswith("请写 udp://127.0.0.1:8888")


@given(st.text(max_size=60), st.sampled_from(["", "tcp://", "unix://", "tls://", "tcp://[", "tls://h:1?"]))
def test_any_text_is_an_address_or_an_error(text: str, scheme: str) -> None:
    with suppress(AddressError):
        address = parse(scheme + text, SCHEMES, CALLING)
        assert address.path.startswith("/") or address.host
        assert 0 <= address.port <= 65535


def test_an_address_prints_as_its_url_without_its_options() -> None:
    assert str(Address("tcp", "::1", 8888)) == "tcp://[::1]:8888"
    assert str(Address("unix", path="/x", query={"mode": "660"})) == "unix:///x"


def test_names_of_ends() -> None:
    assert address_text(("192.0.2.1", 5000)) == "192.0.2.1:5000"
    assert address_text(("::1", 5000, 0, 0)) == "[::1]:5000"
    assert address_text("/run/x") == "unix:/run/x"
    assert address_text("") == "unix"
    assert address_text(b"") == "unix"
    assert address_text(b"\0name\xff") == "unix:@name\\xff"
