"""The index finds exactly what the words say, is fed behind the commits, and can be lost."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_server.core.ledger import Record
from callroom_server.ledger.database import SEARCH_FILE
from callroom_server.ledger.limits import LedgerLimits
from callroom_server.ledger.sqlite import SqliteLedger
from callroom_server.ledger.words import matches, parts
from ledger_support import Listener, Loop

SLOW_INDEXER = LedgerLimits(index_idle=3600, index_patience=3600, search_catch_up=10)
STREAMS = ["room/a", "room/b", "dm/1+2"]
TEXTS = st.text(st.sampled_from("余额查询ab1 ,\"*()^:-.'"), min_size=1, max_size=12)
SYNTAX = st.sampled_from(
    [
        '"',
        '""',
        "a OR b",
        "NOT a",
        "a*",
        "tokens:a",
        "{tokens} : a",
        "NEAR(a b)",
        "^a",
        "余*",
        "a AND",
        "(",
        "a\0b",
        "\ue0001",
    ]
)


class Talk:
    """A ledger in which people talk."""

    def __init__(self, folder: Path, limits: LedgerLimits) -> None:
        self.loop, self.listener = Loop(), Listener()
        self.ledger = SqliteLedger(folder, self.loop.calls.put, limits)
        self.ledger.open(self.listener)
        self.reader = self.ledger.reader()

    def say(self, *texts: str, stream: str = "room/a") -> None:
        wanted = len(self.listener.records) + len(texts)
        for text in texts:
            assert self.ledger.submit(stream, said(text))
        self.loop.until(lambda: len(self.listener.records) == wanted, self.ledger)

    def close(self) -> None:
        self.reader.close()
        self.ledger.close(5)


def said(text: str) -> bytes:
    return json.dumps({"type": "said", "by": "x", "at": 1, "text": text}).encode()


def text_of(record: Record) -> str:
    return json.loads(record.event)["text"]


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    talk = Talk(tmp_path, SLOW_INDEXER)
    yield talk
    talk.close()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(STREAMS), TEXTS), max_size=12),
    st.lists(st.one_of(TEXTS, SYNTAX, st.text(max_size=5)), min_size=1, max_size=4),
    st.sets(st.sampled_from(STREAMS)),
    st.integers(1, 4),
)
def test_what_is_found_is_what_a_plain_look_finds(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[tuple[str, str]],
    queries: list[str],
    among: set[str],
    limit: int,
) -> None:
    talk = Talk(tmp_path_factory.mktemp("talk"), LedgerLimits(index_idle=3600))
    try:
        for stream, text in lines:
            talk.say(text, stream=stream)
        for query in (*queries, *(text for _, text in lines[:2])):
            wanted = parts(query)
            expected = [
                record
                for record in reversed(talk.listener.records)
                if wanted and record.stream in among and matches(text_of(record), wanted)
            ]
            hits = talk.reader.search(query, sorted(among), limit)
            assert hits.records == expected[:limit]
            assert hits.more == (len(expected) > limit)
            assert hits.behind == 0
    finally:
        talk.close()


def test_a_search_indexes_what_is_missing_within_its_limit_and_tells_the_rest(talk: Talk) -> None:
    talk.say(*(f"line {n}" for n in range(25)))
    found = (talk.reader.search("line", ["room/a"], 99) for _ in range(4))
    counts = [(hits.behind, len(hits.records)) for hits in found]
    assert counts == [(15, 10), (5, 20), (0, 25), (0, 25)]


def test_the_indexer_catches_up_by_itself(tmp_path: Path) -> None:
    talk = Talk(tmp_path, LedgerLimits(index_idle=0.005, index_chunk=7, search_catch_up=0))
    talk.say(*(f"line {n}" for n in range(50)))
    talk.loop.until(lambda: talk.reader.search("line", ["room/a"], 99).behind == 0, talk.ledger)
    assert len(talk.reader.search("line", ["room/a"], 99).records) == 50
    talk.close()


def test_hits_that_the_index_proposes_in_vain_are_not_told(talk: Talk) -> None:
    talk.say("余额额查", "余额查")  # both have the pairs of the query, in one of them they are not together
    assert [text_of(record) for record in talk.reader.search("余额查", ["room/a"], 5).records] == ["余额查"]


@pytest.mark.parametrize("harm", ["deleted", "garbage", "empty", "older", "middle"])
def test_a_lost_index_is_made_again(tmp_path: Path, harm: str) -> None:
    talk = Talk(tmp_path, LedgerLimits(index_idle=3600))
    talk.say(*(f"余额 {n}" for n in range(300)))
    assert len(talk.reader.search("余额", ["room/a"], 999).records) == 300
    talk.close()
    path = tmp_path / SEARCH_FILE
    match harm:
        case "deleted":
            path.unlink()
        case "garbage":
            path.write_bytes(os.urandom(20_000))
        case "empty":
            path.write_bytes(b"")
        case "older":
            content = bytearray(path.read_bytes())
            content[60:64] = b"\0\0\0\0"  # PRAGMA user_version in the header
            path.write_bytes(content)
        case _:
            content = bytearray(path.read_bytes())
            content[4096:] = os.urandom(len(content) - 4096)
            path.write_bytes(content)
    talk = Talk(tmp_path, LedgerLimits(index_idle=3600))
    talk.loop.until(lambda: len(talk.reader.search("余额", ["room/a"], 999).records) == 300, talk.ledger)
    talk.close()


def test_what_is_pruned_is_not_found_and_leaves_the_index(tmp_path: Path) -> None:
    talk = Talk(tmp_path, LedgerLimits(index_idle=3600, search_catch_up=20))
    for n in range(60):
        talk.say(f"line {n}")
    while talk.reader.search("line", ["room/a"], 99).behind:
        pass
    talk.ledger.save_snapshot(55, b"state")
    talk.ledger.prune(1 << 62)
    talk.loop.until(lambda: talk.reader.first_kept("room/a") == 56, talk.ledger)
    assert [text_of(r) for r in talk.reader.search("line", ["room/a"], 99).records] == [
        f"line {n}" for n in range(59, 54, -1)
    ]
    talk.close()
