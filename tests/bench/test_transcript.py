import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_bench.faults import Unfaithful
from callroom_bench.transcript import Cursor, Transcript, number_in, numbered_text
from callroom_wire.codec import decode_reply, encode
from callroom_wire.messages import Ack, Ping, Present, Said, ServerMessage, Told


def said(seq: int, number: int | None = None, by: str = "ann") -> bytes:
    return encode(Said(room="r", seq=seq, at=1, by=by, text=numbered_text(number or seq, 64)))


PERSONAL: list[ServerMessage] = [Ping(n=1), Ack(place="r", ids=[1], seqs=[1]), Present(room="r", came=["x"])]


def test_a_text_has_its_size_and_begins_with_its_number() -> None:
    assert len(numbered_text(42, 64).encode()) == 64
    assert numbered_text(42, 64).startswith("0000000042 ")
    assert numbered_text(42, 1) == "0000000042"


def test_the_number_is_found_in_the_frame() -> None:
    assert number_in(said(9, 1234)) == 1234
    assert number_in(encode(Told(pair=("a", "b"), seq=1, at=1, by="a", text=numbered_text(7, 64)))) == 7


def test_the_second_member_is_compared_with_what_the_first_got() -> None:
    transcript = Transcript()
    first, second = Cursor(transcript), Cursor(transcript)
    data = said(1) + said(2)
    assert not first.skip(memoryview(data))
    assert first.feed(data) == []
    assert not second.level
    assert second.skip(memoryview(data))
    assert second.level
    assert transcript.count == first.entries == second.entries == 2


def test_what_is_for_one_member_alone_is_handed_out() -> None:
    transcript = Transcript()
    first, second = Cursor(transcript), Cursor(transcript)
    first.feed(said(1) + said(2))
    bodies = second.feed(encode(PERSONAL[0]) + said(1) + encode(PERSONAL[1]) + encode(PERSONAL[2]) + said(2))
    assert [decode_reply(body) for body in bodies] == PERSONAL
    assert second.level


@given(
    st.lists(st.integers(0, 3), max_size=8),
    st.lists(st.integers(1, 200), max_size=12),
    st.lists(st.integers(1, 200), max_size=12),
)
def test_any_cutting_of_the_bytes_gives_the_same(
    personal: list[int], cuts: list[int], other_cuts: list[int]
) -> None:
    entries = b"".join(said(seq) for seq in range(1, 9))
    mixed = b"".join(
        said(seq) + (encode(PERSONAL[what]) if what < len(PERSONAL) else b"")
        for seq, what in enumerate([*personal, *[3] * (8 - len(personal))], 1)
    )
    expected = [PERSONAL[what] for what in personal if what < len(PERSONAL)]
    transcript = Transcript()
    cursors = [Cursor(transcript), Cursor(transcript), Cursor(transcript)]
    watched: list[int] = []
    cursors[2].watch = lambda frame: watched.append(number_in(frame))
    streams = [(cursors[0], mixed, cuts), (cursors[1], entries, other_cuts), (cursors[2], mixed, other_cuts)]
    for cursor, stream, sizes in streams:
        heard: list[bytes] = []
        at = 0
        for size in [*sizes, len(stream)]:
            piece = stream[at : at + size]
            if piece and not cursor.skip(memoryview(piece)):
                heard += cursor.feed(piece)
            at += size
        assert cursor.level
        assert [decode_reply(body) for body in heard] == (expected if stream is mixed else [])
    assert bytes(transcript.data) == entries
    assert watched == list(range(1, 9))
    transcript.check({"ann": 8})


@pytest.mark.parametrize(
    "stream",
    [
        said(1) + said(3),
        said(1) + said(1),
        said(2) + said(1),
        said(1) + said(2, number=9),
        said(1) + said(2, by="eve"),
    ],
    ids=["lost", "doubled", "swapped", "another text", "another author"],
)
@pytest.mark.parametrize("cut", [1, 50, 1000])
def test_a_member_who_gets_something_else_is_noticed(stream: bytes, cut: int) -> None:
    transcript = Transcript()
    Cursor(transcript).feed(said(1) + said(2) + said(3))
    member = Cursor(transcript)

    def receive() -> None:
        for at in range(0, len(stream), cut):
            piece = stream[at : at + cut]
            if not member.skip(memoryview(piece)):
                member.feed(piece)

    with pytest.raises(Unfaithful, match="a member got"):
        receive()


@pytest.mark.parametrize("cut", range(1, 5))
def test_a_ping_whose_first_bytes_look_like_an_entry_is_no_mistake(cut: int) -> None:
    transcript = Transcript()
    Cursor(transcript).feed(said(1) + said(2))
    member = Cursor(transcript)
    stream = said(1) + encode(Ping(n=5)) + said(2)
    border = len(said(1)) + cut
    heard: list[bytes] = []
    for piece in (stream[:border], stream[border:]):
        if not member.skip(memoryview(piece)):
            heard += member.feed(piece)
    assert [decode_reply(body) for body in heard] == [Ping(n=5)]
    assert member.level


@pytest.mark.parametrize(
    ("frames", "what"),
    [
        ([said(1), said(3, 2)], "seq 3 came where 2 was due"),
        ([said(1), said(2, 3)], "line 3 came where 2 was due"),
        ([said(1), said(2, by="eve")], "who said nothing"),
        ([said(1)], "1 lines came of 2"),
        ([said(1), said(2), said(3)], "3 lines came of 2"),
        ([said(1), encode(Said(room="r", seq=2, at=1, by="ann", text="hm"))], "which nobody said"),
    ],
)
def test_a_fault_that_all_members_share_is_noticed(frames: list[bytes], what: str) -> None:
    transcript = Transcript()
    Cursor(transcript).feed(b"".join(frames))
    with pytest.raises(Unfaithful, match=what):
        transcript.check({"ann": 2})


def test_an_ack_must_name_the_seq_of_its_line() -> None:
    transcript = Transcript()
    Cursor(transcript).feed(said(1, 1, "ann") + said(2, 1, "bob") + said(3, 2, "ann"))
    counts = {"ann": 2, "bob": 1}
    transcript.check(counts, {"ann": {1: 1, 2: 3}, "bob": {1: 2}})
    with pytest.raises(Unfaithful, match="acknowledged as 2"):
        transcript.check(counts, {"ann": {1: 1, 2: 2}, "bob": {1: 2}})
    with pytest.raises(Unfaithful, match="acknowledged as None"):
        transcript.check(counts, {"ann": {1: 1}, "bob": {1: 2}})


def test_a_length_that_cannot_be_is_a_fault() -> None:
    with pytest.raises(Unfaithful, match="announces"):
        Cursor(Transcript()).feed(b"HTTP/1.1 400 Bad Request\r\n")
