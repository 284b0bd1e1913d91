"""Messages to bytes and back, and what is said about bytes that are none."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_forms.form import Form
from callroom_wire import messages as m
from callroom_wire.codec import Chunk, decode_reply, decode_request, encode
from callroom_wire.errors import BadFrame, BadMessage, BadText, WireError
from callroom_wire.frames import MAX_FRAME, FrameDecoder

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
counts = st.integers(0, m.MAX_NUMBER)
said = st.builds(m.Said, room=texts, seq=counts, at=counts, by=texts, text=texts)
told = st.builds(m.Told, pair=st.tuples(texts, texts), seq=counts, at=counts, by=texts, text=texts)
topic_set = st.builds(m.TopicSet, room=texts, seq=counts, at=counts, by=texts, text=texts, ref=counts)
chunks = st.builds(Chunk, st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.binary(max_size=50))
forms = st.builds(
    Form,
    kind=texts,
    low=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    length=counts,
    pattern=texts,
    options=st.dictionaries(texts, texts, max_size=2),
    also=st.lists(texts, max_size=2),
)
requests: st.SearchStrategy[m.ClientMessage] = st.one_of(
    st.builds(m.Hello, ref=counts, version=counts, client=texts, lang=texts),
    st.builds(m.Login, name=texts, forms=st.booleans()),
    st.builds(m.Resume, token=texts, seen=st.dictionaries(texts, counts, max_size=3), forms=st.booleans()),
    st.builds(m.Say, ref=counts, id=counts, room=texts, text=texts),
    st.builds(m.Join, room=texts, seen=st.none() | counts),
    st.builds(m.Topic, room=texts, text=st.none() | texts),
    st.builds(m.History, place=texts, before=counts, after=st.none() | counts, limit=counts),
    st.builds(m.Ping, n=counts),
)
replies: st.SearchStrategy[m.ServerMessage] = st.one_of(
    said,
    told,
    st.builds(m.Welcomed, server=texts, limits=st.dictionaries(texts, counts, max_size=3)),
    st.builds(m.Ack, place=texts, ids=st.lists(counts, max_size=3), seqs=st.lists(counts, max_size=3)),
    st.builds(
        m.Page, place=texts, entries=st.lists(st.one_of(said, told, topic_set), max_size=3), end=st.booleans()
    ),
    st.builds(
        m.Present,
        room=texts,
        came=st.lists(texts, max_size=3),
        renamed=st.dictionaries(texts, texts, max_size=2),
    ),
    st.builds(m.Prompted, text=texts, wait=st.floats(0, 1e6), form=st.none() | forms),
    st.builds(m.Diagnosed, rows=st.lists(st.tuples(texts, texts), max_size=3)),
)


def only_body(data: bytes) -> bytes:
    (body,) = FrameDecoder(MAX_FRAME).feed(data)
    return body


def fault_of(decode: Callable[[bytes], object], body: bytes) -> WireError | None:
    try:
        decode(body)
    except WireError as fault:
        return fault
    return None


@settings(max_examples=60)
@given(st.one_of(requests, chunks))
def test_requests_survive_the_wire(message: m.ClientMessage | Chunk) -> None:
    assert decode_request(only_body(encode(message))) == message


@settings(max_examples=60)
@given(st.one_of(replies, chunks))
def test_replies_survive_the_wire(message: m.ServerMessage | Chunk) -> None:
    assert decode_reply(only_body(encode(message))) == message


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda tail: b'{"type":"say","text":"' + tail))
def test_any_bytes_are_a_message_or_a_named_fault(body: bytes) -> None:
    for decode in (decode_request, decode_reply):
        fault = fault_of(decode, body)
        assert fault is None or fault.code in ("bad_frame", "bad_message", "bad_text")
        assert fault is None or str(fault).endswith(".")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"type":"say","text":5}', "Expected `str`, got `int` - at `$.text`."),
        (b'{"type":"resume","seen":{"lobby":"x"}}', "Expected `int`, got `str` - at `$.seen[...]`."),
        (b'{"type":"say","room":"a","colour":1}', "Object contains unknown field `colour`."),
        (b'{"type":"shout"}', "Invalid value 'shout' - at `$.type`."),
        (b'{"text":"hi"}', "Object missing required field `type`."),
        (b'{"type":"say","id":1' + b"0" * 5000 + b"}", "Integer value out of range - at `$.id`."),
        (b'{"type":"say","id":1.5}', "Expected `int`, got `float` - at `$.id`."),
        (b'{"type":"say"', "Input data was truncated."),
        (b'{"type":"say"} {}', "JSON is malformed: trailing characters (byte 16)."),
        (b'{"type":"say","text":"a\nb"}', "JSON is malformed: invalid character (byte 23)."),
        (b'{"x":' + b"[" * 60_000, "The JSON is nested too deeply."),
        (b'{"type":"said","text":"a server\'s word"}', "Invalid value 'said' - at `$.type`."),
    ],
)
def test_a_bad_message_names_the_field_and_what_is_expected(body: bytes, said: str) -> None:
    with pytest.raises(BadMessage) as caught:
        decode_request(body)
    assert str(caught.value) == said


@pytest.mark.parametrize("number", [-1, m.MAX_NUMBER + 1, 2**63 - 1, 2**70])
def test_a_reply_with_a_number_that_nobody_can_keep_is_refused(number: int) -> None:
    for body in (
        b'{"type":"logged_in","last_id":%d}',
        b'{"type":"said","seq":%d}',
        b'{"type":"said","at":%d}',
        b'{"type":"ack","ids":[%d]}',
    ):
        with pytest.raises(BadMessage):
            decode_reply(body % number)


def test_a_bad_message_is_quoted_shortly_and_safely() -> None:
    with pytest.raises(BadMessage) as caught:
        decode_request(b'{"type":"say","\\u001b[2J%s":1}' % (b"x" * 60_000))
    assert str(caught.value).startswith("Object contains unknown field `\ufffd[2Jxxx")
    assert len(str(caught.value)) == 201


@pytest.mark.parametrize(
    "text",
    [
        b"\xff",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xe5\xb0",
        rb"\ud800\u0041 and more",
        rb"\udc00 and more",
    ],
)
def test_what_is_not_unicode_never_becomes_text(text: bytes) -> None:
    for body in (b'{"type":"say","text":"%s"}' % text, b'{"type":"resume","seen":{"%s":1}}' % text):
        with pytest.raises(BadText):
            decode_request(body)


def test_half_a_pair_at_the_very_end_is_refused_too() -> None:
    with pytest.raises(BadMessage, match="truncated"):
        decode_request(rb'{"type":"say","text":"\ud800"}')


def test_a_whole_pair_is_one_character() -> None:
    assert decode_request(rb'{"type":"say","text":"\ud83d\ude00"}') == m.Say(text="😀")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b' {"type":"rooms"}', b"\x02", b"hello", b"\x01", b"\x01" + bytes(11)]
)
def test_a_body_of_another_kind_is_a_bad_frame(body: bytes) -> None:
    with pytest.raises(BadFrame):
        decode_request(body)
    with pytest.raises(BadFrame):
        decode_reply(body)


def test_a_chunk_is_thirteen_bytes_and_its_data() -> None:
    body = bytes.fromhex("01 00000007 0000000000010000") + b"data"
    assert decode_request(body) == Chunk(7, 65536, b"data")
    assert encode(Chunk(7, 65536, b"data"))[4:] == body


def test_what_nobody_could_read_is_not_sent() -> None:
    room = MAX_FRAME - len(encode(m.Said(text="x"))) + 5
    assert len(encode(m.Said(text="x" * room))) == MAX_FRAME + 4
    with pytest.raises(ValueError, match="Said of 65537 bytes"):
        encode(m.Said(text="x" * (room + 1)))
    with pytest.raises(ValueError, match="surrogates"):
        encode(m.Said(text="\ud800"))


def test_every_message_is_in_one_of_the_two_tables() -> None:
    listed = {*m.ClientMessage.__args__, *m.ServerMessage.__args__}
    made = {
        kind
        for kind in vars(m).values()
        if isinstance(kind, type) and issubclass(kind, m.Message) and kind not in (m.Message, m.Request)
    }
    assert made == listed


def test_who_asks_for_no_forms_sends_and_gets_what_an_older_peer_knows() -> None:
    """It refuses fields that it does not know, so none of them may be there."""
    assert only_body(encode(m.Login(name="ann"))) == b'{"type":"login","name":"ann"}'
    assert only_body(encode(m.Resume(token="t"))) == b'{"type":"resume","token":"t"}'
    assert only_body(encode(m.Prompted(secret=True))) == b'{"type":"prompted","secret":true}'


def test_a_form_travels() -> None:
    form = Form(kind="amount", low=10, high=500, also=["0"], hint="10 - 500")
    body = only_body(encode(m.Prompted(form=form)))
    assert body == (
        b'{"type":"prompted","form":{"kind":"amount","low":10,"high":500,"also":["0"],"hint":"10 - 500"}}'
    )
    assert decode_reply(body) == m.Prompted(form=form)
    assert fault_of(decode_reply, body.replace(b"10,", b"NaN,")) is not None
