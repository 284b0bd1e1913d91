"""The pure parts of the line client: rows, toolbar, frames, settings, history."""

import json
import os
import stat
from pathlib import Path

import pytest
from prompt_toolkit.history import FileHistory

from callroom_client import events as e
from callroom_client.events import Stage, StageChanged, Verb
from callroom_client.line import history
from callroom_client.line.history import Remembering
from callroom_client.line.pipe import Pipe
from callroom_client.line.rows import Rows
from callroom_client.line.settings import Remembered, load, save
from callroom_client.line.toolbar import toolbar
from callroom_client.line.wire import frame_row, masked
from callroom_client.model import PlaceChosen
from callroom_client.trouble import meaning, trouble
from callroom_wire import messages as m
from callroom_wire.codec import encode
from callroom_wire.errors import FAREWELLS
from callroom_wire.messages import ClientMessage, ServerMessage
from client_support import Watched


class Shown(Watched):
    """A model, and every row that was made of it."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = Rows(self.model, "en")
        self.texts: list[str] = []
        self.bells = 0

    def told(self, event: e.Event | ServerMessage) -> list[str]:
        if isinstance(event, m.Message):
            event = e.Received(at=self.now(), message=event)
        rows = self.rows.of(event, self.happens(event))
        self.bells += sum(row.bell for row in rows)
        texts = [row.text for row in rows]
        self.texts += texts
        return texts


@pytest.fixture
def shown() -> Shown:
    shown = Shown()
    shown.told(m.LoggedIn(name="ann"))
    shown.told(m.Joined(place="lab", seen=3, head=3, people=["ann"]))
    shown.texts.clear()
    return shown


def said(seq: int, text: str, by: str = "bob") -> m.Said:
    return m.Said(room="lab", seq=seq, at=1000 + seq, by=by, text=text)


def test_each_line_once_and_in_order(shown: Shown) -> None:
    shown.told(said(4, "a"))
    shown.told(e.StageChanged(at=1, stage=Stage.READY))
    assert shown.told(e.Queued(at=1, id=1, place="lab", text="mine")) == []
    assert shown.told(m.Ack(place="lab", ids=[1], seqs=[6])) == []  # 5 comes first
    shown.told(said(5, "b"))
    shown.told(said(6, "mine", "ann"))
    shown.told(m.Joined(place="lab", seen=4, head=6))
    shown.told(said(5, "b"))
    shown.told(said(6, "mine", "ann"))
    shown.told(said(7, "c"))
    shown.told(m.Present(room="lab", came=["eve"]))
    assert shown.texts == [
        "[lab] bob: a",
        "[lab] bob: b",
        "[lab] ann: mine",
        "-- lab: 2 you may have missed --",
        "[lab] bob: c",
        "[lab] * eve came",
    ]


def test_what_is_missing_is_told(shown: Shown) -> None:
    assert shown.told(m.Gap(place="lab", first=4, last=9)) == ["Entries 4 to 9 of lab are no longer kept."]
    shown.told(m.Joined(place="lab", seen=12, head=12))
    shown.told(said(13, "x"))
    assert shown.texts[1:] == [
        "-- lab: entries 10 to 12 are not shown; /history shows the newest --",
        "[lab] bob: x",
    ]


def test_a_line_of_many_lines_and_a_bell(shown: Shown) -> None:
    assert shown.told(said(4, "one\ntwo\tANN")) == ["[lab] bob: one\n  | two    ANN"]
    assert shown.bells == 1


def test_a_line_that_waits_and_one_that_was_refused(shown: Shown) -> None:
    shown.told(e.StageChanged(at=1, stage=Stage.WAITING, code="ECONNREFUSED", retry_at=3.0))
    shown.told(e.Queued(at=1, id=1, place="lab", text="a"))
    shown.told(m.Error(code="text_too_long", text="Too long.", fix="Shorter.", id=1))
    shown.told(e.Dropped(at=1, id=2, place="@bob", text="b", code="fate_unknown"))
    assert shown.texts == [
        "! No connection: Nobody listens there: is the house open, and the port right? Trying again in 2 s.",
        "[lab] a (kept until there is a connection)",
        "[lab] a (not sent: Too long. Shorter. /retry says it again)",
        "[@bob] b (not sent: The server had forgotten this device before it acknowledged the line: "
        "look whether it arrived, and say it again if not. /retry says it again)",
    ]


def test_the_same_trouble_is_told_once(shown: Shown) -> None:
    for attempt in range(3):
        shown.told(e.StageChanged(at=1, stage=Stage.CONNECTING, attempt=attempt))
        shown.told(e.StageChanged(at=1, stage=Stage.WAITING, attempt=attempt, code="closed", retry_at=2.0))
    assert len(shown.texts) == 1
    shown.told(e.StageChanged(at=1, stage=Stage.READY))
    shown.told(e.StageChanged(at=1, stage=Stage.WAITING, code="closed", retry_at=2.0))
    assert len(shown.texts) == 2


@pytest.mark.parametrize("code", [*FAREWELLS, "ECONNREFUSED", "speaks_ssh", "EWHATEVER"])
def test_every_code_has_words(code: str) -> None:
    event = StageChanged(at=1, stage=Stage.OFFLINE, code=code, detail="in the system's words")
    assert trouble(event, 1.0)
    assert meaning(code, "in the system's words").zh


def test_the_toolbar(shown: Shown) -> None:
    now = shown.now()
    shown.told(e.TimeoutsSet(at=now, connect=5.0, recv=10.0, send=None))
    shown.told(e.Began(at=now, number=1, verb=Verb.RECV, timeout=10.0, deadline=now + 10))
    shown.told(
        e.SocketOpened(at=now, descriptor=7, family="ipv4", local="a", peer="127.0.0.1:8888", tls="TLSv1.3")
    )
    shown.told(e.StageChanged(at=now, stage=Stage.READY))
    shown.told(e.RoundTrip(at=now, seconds=0.0014))
    shown.told(said(4, "x"))
    shown.told(e.Queued(at=1, id=1, place="lab", text="a"))
    text = "".join(text for _, text in toolbar(shown.model, now + 2.5, "en", "note"))
    assert text == (
        " note  │  ● ready │ robot │ unread lab:1 │ 1 not sent yet │ connect 5  recv 7.5/10  send none"
        " │ 1.4 ms │ 127.0.0.1:8888 TLSv1.3 fd 7"
    )
    shown.happens(PlaceChosen(at=1, place="lab"))
    shown.told(e.SocketClosed(at=now, by_us=False))
    shown.told(e.StageChanged(at=now, stage=Stage.WAITING, attempt=2, retry_at=now + 4, address="tcp://x:1"))
    text = "".join(text for _, text in toolbar(shown.model, now + 1, "zh"))
    assert text.startswith(" ↻ 等待重连 │ 第 3 次，3.0 秒后重试 │ lab │ 1 条待发")
    shown.happens(PlaceChosen(at=1, place=""))
    shown.told(m.Prompted(text="PIN?", wait=15, secret=True))
    text = "".join(text for _, text in toolbar(shown.model, now, "en"))
    assert "│ secret │ answer within" in text


def framed(message: ClientMessage | ServerMessage) -> bytes:
    body = encode(message)
    return body if body[:1] == b"\0" else len(body).to_bytes(4, "big") + body


def test_frames_are_shown_without_secrets(shown: Shown) -> None:
    shown.told(m.Prompted(text="PIN?", secret=True))
    shown.asks(m.Press(text="1234", ref=9))
    for message in (m.Press(text="1234", ref=9), m.Resume(token="AAAA"), m.LoggedIn(name="a", token="BBBB")):
        row = frame_row(
            e.FramePassed(at=1, outgoing=True, data=framed(message), pieces=((3, 10), (4, 2))), shown.model
        )
        assert not any(secret in row for secret in ("1234", "AAAA", "BBBB"))
        assert "****" in row
        assert row.endswith("| 10@3+2@4")
    row = frame_row(e.FramePassed(at=1, outgoing=False, data=b"\0\0\0\1\x1b\xff", pieces=()), shown.model)
    assert row == "<- 00 00 00 01 | \ufffd\\xff | "
    assert masked(b"{", shown.model) == b"{"


def test_settings_are_remembered_and_a_bad_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "line.json"
    assert load(file) == (Remembered(), "")
    chosen = Remembered(instant=False, bell=False, lang="zh")
    assert save(file, chosen) == ""
    assert load(file) == (chosen, "")
    assert json.loads(file.read_text())["lang"] == "zh"
    file.write_text('{"bell": 3}')
    remembered, fault = load(file)
    assert remembered == Remembered()
    assert "$.bell" in fault
    assert str(file) in save(file / "below", chosen)


def test_history_is_private_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "state" / "history"
    kept = Remembering(file)
    for number in range(50):
        kept.store_string(f"line {number}")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    monkeypatch.setattr(history, "MOST_BYTES", 400)
    shorter = list(Remembering(file).load_history_strings())
    assert shorter[0] == "line 49"
    assert 0 < len(shorter) < 10
    assert file.stat().st_size <= 400
    nowhere = Remembering(Path("/proc/nowhere/history"))
    nowhere.store_string("x")
    assert list(nowhere.load_history_strings()) == []
    assert isinstance(nowhere, FileHistory)


def test_lines_beyond_what_may_come_now_wait_in_the_pipe() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"".join(b"%d\n" % number for number in range(3000)))  # one read brings all of them
    os.close(writing)
    pipe = Pipe(reading)
    got: list[str] = []
    counts: list[int] = []
    while not pipe.ended:
        before = len(got)
        pipe.wait(lambda _: None, got.append, 0.0, lambda most=before + 1000: len(got) >= most)
        counts.append(len(got) - before)
    pipe.close()
    os.close(reading)
    assert got == [str(number) for number in range(3000)]
    assert max(counts) == 1000
