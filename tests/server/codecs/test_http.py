"""Requests out of bytes: cut anywhere, in turn, and a hostile corpus of which nothing gets through."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_server.codecs.http import Fault, HttpCodec, Request
from http_support import FAULTY, SMUGGLED


def codec() -> HttpCodec:
    return HttpCodec(16 * 1024, 64 * 1024)


def answered(reading: HttpCodec, close: bool = False) -> bool:
    reading.head(200, [("Content-Length", "0")], close)
    return reading.finish()


def all_of(data: bytes, cuts: list[int]) -> list[Request | Fault]:
    """What comes of these bytes, fed in pieces; every request is answered at once."""
    reading = codec()
    found: list[Request | Fault] = []
    edges = [0, *sorted({cut % (len(data) + 1) for cut in cuts}), len(data)]
    for start, stop in pairwise(edges):
        reading.feed(data[start:stop])
        while (one := reading.next()) is not None:
            found.append(one)
            if isinstance(one, Request) and not answered(reading):
                return found
    return found


@pytest.mark.parametrize("name", FAULTY)
def test_what_is_faulty_is_refused_and_nothing_after_it_is_read(name: str) -> None:
    data, status = FAULTY[name]
    for cuts in ([], [5], [20, 40], list(range(min(len(data), 400)))):
        assert all_of(data + SMUGGLED, cuts) == [Fault(status)], cuts


GOOD = (
    b"GET /a HTTP/1.1\r\nHost: here\r\nX: 1\r\nX: 2\r\n\r\n",
    b"HEAD /b HTTP/1.1\nHost: here\n\n",
    b"POST /c HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nhello",
    b"\r\n\r\nGET http://here/d?e HTTP/1.1\r\nHost: here\r\n\r\n",
)


@given(st.lists(st.integers(0, 10_000), max_size=30))
def test_requests_are_the_same_however_they_are_cut(cuts: list[int]) -> None:
    assert all_of(b"".join(GOOD), cuts) == [
        Request("GET", "/a", {"host": "here", "x": "1"}),
        Request("HEAD", "/b", {"host": "here"}),
        Request("POST", "/c", {"host": "here", "content-length": "5"}),
        Request("GET", "http://here/d?e", {"host": "here"}),
    ]


def test_after_chunks_no_request_follows() -> None:
    chunked = b"POST /c HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    found = all_of(chunked + SMUGGLED, [])
    assert [one.target for one in found if isinstance(one, Request)] == ["/c"]


def test_who_waits_to_be_told_to_go_on_is_answered_before_the_body() -> None:
    reading = codec()
    reading.feed(b"POST /c HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
    assert isinstance(reading.next(), Request)
    assert b"Connection: close" in reading.head(405, [("Content-Length", "0")], close=False)


def test_old_clients_are_closed_and_may_leave_out_the_host() -> None:
    reading = codec()
    reading.feed(b"GET / HTTP/1.0\r\n\r\n")
    assert reading.next() == Request("GET", "/", {})
    assert not answered(reading)


def test_a_half_request_is_a_fault_at_the_end() -> None:
    for part in (b"GET /", GOOD[2][:-1]):
        reading = codec()
        reading.feed(part)
        assert reading.next() is None
        assert reading.ended() == Fault(400)
    assert codec().ended() is None


@given(st.binary(max_size=300), st.integers(0, 3))
def test_noise_never_raises(noise: bytes, which: int) -> None:
    all_of(GOOD[which][:-2] + noise, [7, 30])
    all_of(noise, [3])
