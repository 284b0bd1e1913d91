"""Frames as the wire inspector keeps them: cut as they were cut, secrets masked, never more than so many."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_client.events import FramePassed
from callroom_tui.frames import (
    DUMPED,
    HEADER,
    MAX_FRAMES,
    MAX_OPERATIONS,
    Frames,
    dump,
    masked,
    pretty,
    stamp,
    summary,
    written,
)
from callroom_wire import messages as m
from callroom_wire.codec import encode
from callroom_wire.frames import frame as framed


def passed(data: bytes, *pieces: tuple[int, int], outgoing: bool = False, at: float = 100.0) -> FramePassed:
    return FramePassed(at=at, outgoing=outgoing, data=data, pieces=pieces or ((1, len(data)),))


SAID = encode(m.Said(room="lobby", seq=1, by="ann", text="你好"))


def test_what_kind_a_frame_is() -> None:
    frames = Frames()
    padding = b'{"a":"' + b"x" * 400 + b'","type":"who"}'
    datas = (SAID, framed(padding), framed(b"\x01\x00\x00"), framed(b"{}"), framed(b'{"type":"\x1b[2J"}'))
    kinds = [frames.add(passed(data), False, 0.0).kind for data in datas]
    assert kinds == ["said", "who", "chunk", "?", "?"]
    assert [frame.number for frame in frames.kept] == [1, 2, 3, 4, 5]
    assert frames.add(passed(SAID, at=5.0), False, 1000.0).at == 1005.0


def test_how_recv_cut_them() -> None:
    frames = Frames()
    alone = frames.add(passed(SAID, (1, len(SAID))), False, 0.0)
    stuck = [frames.add(passed(SAID, (2, len(SAID))), False, 0.0) for _ in range(2)]
    split = frames.add(passed(SAID, (3, 10), (4, len(SAID) - 10)), False, 0.0)
    after = frames.add(passed(SAID, (4, len(SAID))), False, 0.0)
    sent = frames.add(passed(SAID, (2, len(SAID)), outgoing=True), False, 0.0)
    assert frames.cut(alone, "en") == f"one operation, this frame alone\nrecv #1: {len(SAID)} B"
    assert frames.cut(stuck[0], "en").startswith("stuck: the same operation carried 3\n")
    assert frames.cut(split, "en").startswith(
        "split: it took 2 operations · stuck: the same operation carried 5\n"
    )
    assert frames.cut(split, "zh").startswith("拆包：分 2 次 · 粘包：")
    assert frames.cut(split, "en").endswith(f"recv #3: 10 B + recv #4: {len(SAID) - 10} B")
    assert frames.neighbours(after) == [split.number]
    assert frames.neighbours(sent) == []  # a send of the same number is another operation
    assert frames.cut(sent, "en").endswith(f"send #2: {len(SAID)} B")


def test_the_oldest_frames_and_operations_go() -> None:
    frames = Frames()
    data = framed(b"{}")
    for number in range(MAX_FRAMES + MAX_FRAMES // 10 + 1):
        frames.add(passed(data, (number, len(data))), False, 0.0)
    assert len(frames.kept) == MAX_FRAMES
    assert frames.kept[-1].number == frames.count == MAX_FRAMES + MAX_FRAMES // 10 + 1
    crowd = [frames.add(passed(data, (9_999_999, len(data))), False, 0.0) for _ in range(20)]
    near = frames.cut(crowd[0], "en")
    assert near.count(",") == 7  # of many neighbours eight are named
    assert " …" in near
    for number in range(MAX_OPERATIONS):
        frames.add(passed(data, (-number, len(data))), False, 0.0)
    assert frames.neighbours(crowd[0]) == []


TEXTS = st.text(max_size=60)


@given(TEXTS.filter(bool), TEXTS, st.booleans(), st.sampled_from(["", " ", "\n\t "]))
def test_no_token_and_no_secret_entry_is_kept(token: str, name: str, secret: bool, space: str) -> None:
    logged_in = encode(m.LoggedIn(name=name, token=token)).replace(
        b'"token":', f'"token"{space}:{space}'.encode()
    )
    press = encode(m.Press(text=token))
    for data, outgoing in ((logged_in, False), (encode(m.Resume(token=token)), True), (press, True)):
        kept = Frames().add(passed(data, outgoing=outgoing), secret, 0.0).data
        assert len(kept) == len(data)  # so that the header stays true
        if data is not press or secret:
            hidden = re.search(rb'"(?:token|text)"\s*:\s*"(.*?)"', kept)
            assert hidden
            assert set(hidden[1]) <= set(b"*")
        else:
            assert kept == data


def test_what_others_say_is_no_secret() -> None:
    said = encode(m.Said(room="lobby", seq=1, by="ann", text="hello"))
    assert Frames().add(passed(said), True, 0.0).data == said
    assert masked(b'{"text":"a\\"b","token":""}', True) == b'{"text":"****","token":""}'


def test_bytes_are_shown_in_rows() -> None:
    frame = Frames().add(passed(SAID), False, 0.0)
    rows = dump(frame)
    assert rows[0][0] == "0000"
    assert bytes.fromhex("".join(hexed for _, hexed, _ in rows)) == SAID
    assert "".join(letters for *_, letters in rows).startswith("···")
    assert {len(hexed) for _, hexed, _ in rows} == {47}
    long = Frames().add(passed(framed(b"y" * 5000)), False, 0.0)
    assert len(dump(long)) == DUMPED // 16


@given(st.binary(max_size=300))
def test_nothing_of_a_frame_can_hurt_a_terminal(body: bytes) -> None:
    frames = Frames()
    frame = frames.add(passed(framed(b'{"type":"x","y":"' + body + b'"}')), False, 0.0)
    shown = [summary(frame), pretty(frame), written(frames, [frame], "en"), *(row[2] for row in dump(frame))]
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "".join(shown))


def test_json_is_laid_out_and_what_is_none_is_not() -> None:
    frame = Frames().add(passed(SAID), False, 0.0)
    assert '"text": "你好"' in pretty(frame)
    assert pretty(Frames().add(passed(framed(b"\x01\x02")), False, 0.0)) == ""
    assert pretty(Frames().add(passed(framed(b'["' + b"x" * 9000 + b'"]')), False, 0.0)) == ""


def test_a_text_file_has_all_of_them() -> None:
    frames = Frames()
    chosen = [frames.add(passed(SAID, outgoing=out), False, 0.0) for out in (False, True)]
    text = written(frames, chosen, "en")
    assert re.search(rf"^#1 \S+ <- said, {len(SAID)} B$", text, re.MULTILINE)
    assert re.search(rf"^#2 \S+ -> said, {len(SAID)} B$", text, re.MULTILINE)
    assert text.count("one operation, this frame alone") == 2
    assert HEADER == 4


@pytest.mark.parametrize(("at", "end"), [(1.0, ".000"), (1.0006, ".001"), (1.9996, ".000"), (0.25, ".250")])
def test_a_time_to_the_millisecond(at: float, end: str) -> None:
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3}", stamp(at))
    assert stamp(at).endswith(end)
