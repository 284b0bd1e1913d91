"""Transcripts: what is in them, who can read them and for how long, and how many there may be."""

import os
import stat
from pathlib import Path

import pytest

from callroom_server.app.transcripts import PER_DEVICE, FullError, Transcripts
from callroom_server.config.limits import Limits
from callroom_server.core import events
from callroom_server.core.effects import TranscriptJob
from callroom_server.core.ledger import Record
from callroom_server.ledger.memory import MemoryLedger
from net_support import Clock

ROOM = "room/lobby"
AT = 1_796_000_000_000


class Listener:
    """Takes what a ledger tells."""

    def restore(self, snapshot: bytes) -> None: ...

    def committed(self, records: list[Record]) -> None: ...

    def refused(self, refusals: object) -> None: ...

    def ledger_changed(self, state: object, reason: str) -> None: ...


def ledger_of(*said: events.Said | events.Topic) -> MemoryLedger:
    ledger = MemoryLedger()
    ledger.open(Listener())
    for event in said:
        assert ledger.submit(ROOM, events.encode(event))
    while ledger.queued:
        ledger.tick()
    return ledger


def said(text: str, by: str = "ann") -> events.Said:
    return events.Said(by=by, at=AT, text=text)


def job(device: int = 1) -> TranscriptJob:
    return TranscriptJob(ROOM, "lobby", device)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_what_was_said_in_order(tmp_path: Path, clock: Clock) -> None:
    ledger = ledger_of(said("hello"), said("你好\n再见", "小明"), events.Topic(by="ann", at=AT, text="tea"))
    transcripts = Transcripts(tmp_path, Limits(), clock)
    handed = transcripts.write(job(), ledger.reader())
    kept = transcripts.find(handed.token)
    assert kept is not None
    head, rest = kept.text.decode().split("\n\n")
    assert head.startswith("lobby · 3 · 1970-01-01 00:16:40Z")
    when = "2026-11-30 00:53:20Z"
    assert rest == f"{when} ann: hello\n{when} 小明: 你好\n    再见\n{when} ann* tea\n"
    assert (handed.entries, handed.whole, kept.left) == (3, True, 86_400)


def test_only_the_owner_and_only_by_the_token(tmp_path: Path, clock: Clock) -> None:
    transcripts = Transcripts(tmp_path, Limits(), clock)
    handed = transcripts.write(job(), ledger_of(said("secret")).reader())
    [path] = (tmp_path / "transcripts").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert handed.token not in path.name
    assert len(handed.token) == 32
    assert transcripts.find(handed.token[:-1] + "!") is None
    assert transcripts.find("*") is None
    assert transcripts.find(path.stem) is None


def test_they_expire(tmp_path: Path, clock: Clock) -> None:
    transcripts = Transcripts(tmp_path, Limits(transcript_seconds=60), clock)
    handed = transcripts.write(job(), ledger_of(said("hello")).reader())
    clock.now += 59
    kept = transcripts.find(handed.token)
    assert kept is not None
    assert kept.left == 1
    clock.now += 1
    assert transcripts.find(handed.token) is None
    assert transcripts.sweep() == []
    assert os.listdir(tmp_path / "transcripts") == []


def test_of_a_long_history_the_newest_fits(tmp_path: Path, clock: Clock) -> None:
    ledger = ledger_of(*(said(f"line {count} " + "x" * 90) for count in range(2500)))
    transcripts = Transcripts(tmp_path, Limits(transcript_bytes=200_000), clock)
    handed = transcripts.write(job(), ledger.reader())
    kept = transcripts.find(handed.token)
    assert kept is not None
    assert not handed.whole
    assert 190_000 < len(kept.text) <= 200_000
    lines = kept.text.decode().splitlines()
    assert lines[0].endswith("…")
    assert " line 2499 " in lines[-1]
    assert len(lines) == handed.entries + 2
    whole = Transcripts(tmp_path / "two", Limits(), clock)
    (tmp_path / "two").mkdir()
    assert whole.write(job(), ledger.reader()).entries == 2500, "in pages"


def test_there_is_a_limit_for_all_and_for_each(tmp_path: Path, clock: Clock) -> None:
    reader = ledger_of(said("hello")).reader()
    transcripts = Transcripts(tmp_path, Limits(transcripts_limit=PER_DEVICE + 2), clock)
    for _ in range(PER_DEVICE):
        transcripts.write(job(1), reader)
    with pytest.raises(FullError):
        transcripts.write(job(1), reader)
    transcripts.write(job(11), reader)
    transcripts.write(job(2), reader)
    with pytest.raises(FullError):
        transcripts.write(job(3), reader)
    clock.now += 86_400
    transcripts.write(job(1), reader)


def test_a_folder_that_cannot_be_written_leaves_nothing(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "transcripts").write_text("in the way")
    with pytest.raises(OSError, match="transcripts"):
        Transcripts(tmp_path, Limits(), clock).write(job(), ledger_of(said("hello")).reader())
