"""Broken frames against the real server: told what is wrong with them, closed, and nobody else notices."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_wire import messages as m
from callroom_wire.codec import encode
from callroom_wire.frames import MAX_FRAME, MAX_FRAME_BEFORE_LOGIN, frame
from framed_support import Framed, person
from house_support import LiveHouse

PING = b'{"type":"ping","n":77}'


def padded(size: int) -> bytes:
    """A ping of so many bytes."""
    return frame(PING + b" " * (size - len(PING)))


@pytest.mark.parametrize(
    ("limit", "name"), [(MAX_FRAME_BEFORE_LOGIN, ""), (MAX_FRAME, "edges")], ids=["stranger", "known"]
)
def test_a_frame_may_have_its_limit_and_not_a_byte_more(
    shared_house: LiveHouse, limit: int, name: str
) -> None:
    with Framed(shared_house.port) as client:
        client.hello()
        if name:
            client.send(m.Login(name=name))
            client.expect(m.LoggedIn)
        for size in (len(PING), len(PING) + 1, limit - 1, limit):
            client.send_raw(padded(size))
            assert client.expect(m.Pong).n == 77
        client.send_raw(padded(limit + 1))
        assert farewell(client) == "frame_too_long"
        assert str(limit) in client.expect(m.Error).text


@pytest.mark.parametrize(
    ("length", "code"),
    [
        (0, "bad_frame"),
        (2**24 - 1, "frame_too_long"),
        (2**24, "frame_too_long"),
        (2**31 - 1, "frame_too_long"),
        (2**31, "frame_too_long"),
        (2**32 - 1, "frame_too_long"),
    ],
)
def test_lengths_that_cannot_be(shared_house: LiveHouse, length: int, code: str) -> None:
    with Framed(shared_house.port) as client:
        client.hello()
        client.send_raw(length.to_bytes(4, "big"))
        assert farewell(client) == code


BROKEN = {
    b"[]": ("bad_frame", "5b"),
    b"null": ("bad_frame", "6e"),
    b" " + PING: ("bad_frame", "20"),
    b"\xef\xbb\xbf" + PING: ("bad_frame", "ef"),
    b"\x01": ("bad_frame", "1"),
    b"\x01" + b"\0" * 12 + b"data": ("bad_frame", "chunks"),
    b"{": ("bad_message", "truncated"),
    b"{}": ("bad_message", "type"),
    PING + b"{}": ("bad_message", ""),
    b'{"type":"nope"}': ("bad_message", "nope"),
    b'{"type":7}': ("bad_message", "type"),
    b'{"type":"ping","zzz":1}': ("bad_message", "zzz"),
    b'{"type":"ping","n":"one"}': ("bad_message", "$.n"),
    b'{"type":"ping","n":1.5}': ("bad_message", "$.n"),
    b'{"type":"ping","n":NaN}': ("bad_message", ""),
    b'{"type":"ping","n":99999999999999999999999999}': ("bad_message", "$.n"),
    b'{"type":"resume","token":"x","seen":{"lobby":"all"}}': ("bad_message", "$.seen"),
    b'{"type":"login","name":"\xff\xfe"}': ("bad_text", "UTF-8"),
    b'{"type":"login","name":"\xc0\x80"}': ("bad_text", "UTF-8"),
    b'{"type":"login","name":"\xed\xa0\x80"}': ("bad_text", ""),
    b'{"type":"login","name":"\\udc00"}': ("bad_text", "surrogate"),
    b'{"type":"login","name":' + b"[" * 8000 + b"]" * 8000 + b"}": ("bad_message", ""),
    b'{"type":"login","name":' + b'{"a":' * 2000 + b"1" + b"}" * 2001: ("bad_message", ""),
    b'{"type":"welcomed"}': ("bad_message", "welcomed"),
    b'{"type":"login","name":"a\nb"}': ("bad_message", ""),
}


@pytest.mark.parametrize(
    ("body", "code", "names"),
    [(body, *told) for body, told in BROKEN.items()],
    ids=[ascii(body[:40]) for body in BROKEN],
)
def test_a_broken_body_is_told_what_is_wrong_with_it(
    shared_house: LiveHouse, body: bytes, code: str, names: str
) -> None:
    with Framed(shared_house.port) as client, Framed(shared_house.port) as witness:
        witness.hello()
        client.send_raw(encode(m.Hello()) + encode(m.Ping(n=5)) + frame(body) + encode(m.Ping(n=6)))
        assert farewell(client) == code
        error = next(one for one in client.got if isinstance(one, m.Error))
        assert error.code == code
        assert names in error.text
        assert error.fix
        # What came before the broken one is answered, what comes after it is not.
        assert [one.n for one in client.got if isinstance(one, m.Pong)] == [5]
        witness.alive()


def farewell(client: Framed) -> str:
    """The code with which the server closes, in an error and in a bye."""
    error, bye = client.until_closed()[-2:]
    assert isinstance(error, m.Error)
    assert isinstance(bye, m.Bye)
    assert error.code == bye.code
    return bye.code


messages = st.sampled_from([m.Hello(), m.Login(), m.Join(room="fuzz"), m.Dial(), m.Ping(n=1), m.Rooms()])
jsonish = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
).map(msgspec.json.encode)
tagged = st.dictionaries(
    st.sampled_from(["type", "ref", "name", "n", "room", "seen"]), st.text() | st.integers()
)
bodies = st.binary(max_size=200) | jsonish | tagged.map(msgspec.json.encode)


@settings(max_examples=150, deadline=None)
@given(st.lists(messages, max_size=4), bodies, st.booleans())
def test_any_bytes_after_any_messages(
    shared_house: LiveHouse, good: list[m.ClientMessage], rest: bytes, framed: bool
) -> None:
    with Framed(shared_house.port) as client:
        client.send(m.Hello(), *good)
        client.send_raw(frame(rest) if framed and rest else rest)
        client.finish()
        ends = client.until_closed()
        assert ends
        assert isinstance(ends[0], m.Welcomed)


def test_nothing_of_all_this_was_a_mistake_of_ours(shared_house: LiveHouse) -> None:
    with person(shared_house.port, "survivor", "lobby") as survivor:
        survivor.say(1, "lobby", "still here")
    assert not [line.raw for line in shared_house.log() if line.traceback]
