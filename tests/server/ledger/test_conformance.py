"""What every ledger promises, whatever it is made of."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_server.core.ledger import LedgerState, Outcome, Record
from callroom_server.ledger.limits import LedgerLimits
from callroom_server.ledger.memory import MemoryLedger
from callroom_server.ledger.sqlite import SqliteLedger
from ledger_support import QUICK, House, Listener, MemoryHouse, SqliteHouse

UNFILED_ROWS = {"sqlite": QUICK.unfiled_rows, "sqlite, filed now and then": 5, "sqlite, filed at once": 1}
KINDS = ("memory", *UNFILED_ROWS)


def make_house(kind: str, folder: Path) -> House:
    return MemoryHouse() if kind == "memory" else SqliteHouse(folder, UNFILED_ROWS[kind])


@pytest.fixture(params=KINDS)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    return make_house(str(request.param), tmp_path / "house")


@pytest.fixture
def opened(house: House) -> Iterator[tuple[MemoryLedger | SqliteLedger, Listener]]:
    ledger, listener = house.ledger(), Listener()
    ledger.open(listener)
    yield ledger, listener
    ledger.close(5)


def submit(ledger: MemoryLedger | SqliteLedger, *entries: tuple[str, bytes, int, int]) -> None:
    for stream, event, device, counter in entries:
        assert ledger.submit(stream, event, device, counter)


def settle(house: House, ledger: MemoryLedger | SqliteLedger, listener: Listener, answers: int) -> None:
    house.loop.until(lambda: listener.answers >= answers, ledger)
    assert listener.answers == answers


def shape(records: list[Record]) -> list[tuple[str, int, bytes]]:
    return [(record.stream, record.seq, record.event) for record in records]


def test_opening_nothing_restores_nothing_and_is_ready(house: House) -> None:
    ledger, listener = house.ledger(), Listener()
    assert not ledger.submit("room/a", b"too early")
    ledger.open(listener)
    assert listener.told == ["restore", "ready"]
    assert listener.snapshots == [b""]
    ledger.close(5)
    assert not ledger.submit("room/a", b"too late")


def test_records_come_in_order_with_gapless_seqs_per_stream(
    house: House, opened: tuple[MemoryLedger | SqliteLedger, Listener]
) -> None:
    ledger, listener = opened
    for n in range(300):
        submit(ledger, (f"room/{n % 3}", b"%d" % n, 1, n + 1))
        if n % 7 == 0:
            ledger.tick()
    settle(house, ledger, listener, 300)
    assert [record.event for record in listener.records] == [b"%d" % n for n in range(300)]
    positions = [record.position for record in listener.records]
    assert positions == sorted(set(positions))
    for stream in ("room/0", "room/1", "room/2"):
        seqs = [record.seq for record in listener.records if record.stream == stream]
        assert seqs == list(range(1, 101))


def test_a_batch_is_told_in_one_call_and_its_refusals_after_it(
    house: House, opened: tuple[MemoryLedger | SqliteLedger, Listener]
) -> None:
    ledger, listener = opened
    submit(ledger, ("room/a", b"1", 7, 1), ("room/a", b"1", 7, 1), ("room/a", b"2", 7, 2))
    settle(house, ledger, listener, 3)
    assert listener.told == ["restore", "ready", "committed", "refused"]
    assert shape(listener.records) == [("room/a", 1, b"1"), ("room/a", 2, b"2")]
    [refusal] = listener.refusals
    assert (refusal.outcome, refusal.seq, refusal.event) == (Outcome.DUPLICATE, 1, b"1")


def test_counter_zero_is_never_a_duplicate(
    house: House, opened: tuple[MemoryLedger | SqliteLedger, Listener]
) -> None:
    ledger, listener = opened
    submit(ledger, ("people", b"came", 0, 0), ("people", b"came", 0, 0), ("people", b"came", 5, 0))
    settle(house, ledger, listener, 3)
    assert [record.seq for record in listener.records] == [1, 2, 3]


def test_a_resend_is_answered_with_what_it_was_stored_as(
    house: House, opened: tuple[MemoryLedger | SqliteLedger, Listener]
) -> None:
    ledger, listener = opened
    for counter in (1, 2, 5, 9):
        submit(ledger, ("room/a" if counter != 5 else "room/b", b"%d" % counter, 3, counter))
        settle(house, ledger, listener, len(listener.records) + 1)
    submit(ledger, *(("room/a", b"again", 3, counter) for counter in (1, 2, 3, 5, 9)))
    settle(house, ledger, listener, 9)
    told = [(r.counter, r.outcome, r.stream, r.seq) for r in listener.refusals]
    assert told == [
        (1, Outcome.DUPLICATE, "room/a", 1),
        (2, Outcome.DUPLICATE, "room/a", 2),
        (3, Outcome.REJECTED, "room/a", 0),
        (5, Outcome.DUPLICATE, "room/b", 1),  # where it is, not where it was sent this time
        (9, Outcome.DUPLICATE, "room/a", 3),
    ]


def test_the_same_counter_of_two_devices_is_two_records(
    house: House, opened: tuple[MemoryLedger | SqliteLedger, Listener]
) -> None:
    ledger, listener = opened
    submit(ledger, ("room/a", b"x", 2, 1), ("room/a", b"y", 1, 1))
    settle(house, ledger, listener, 2)
    assert not listener.refusals


@pytest.mark.parametrize("counter", [-1, 1 << 63, 1 << 70])
def test_a_counter_that_cannot_be_kept_is_rejected(
    house: House, opened: tuple[MemoryLedger | SqliteLedger, Listener], counter: int
) -> None:
    ledger, listener = opened
    submit(ledger, ("room/a", b"x", 2, counter), ("room/a", b"y", 2, 1))
    settle(house, ledger, listener, 2)
    assert [refusal.outcome for refusal in listener.refusals] == [Outcome.REJECTED]


def test_a_restart_replays_everything_and_still_knows_duplicates(house: House) -> None:
    ledger, listener = house.ledger(), Listener()
    ledger.open(listener)
    for n in range(1, 41):
        submit(ledger, (f"room/{n % 2}", b"%d" % n, 4, n))
        settle(house, ledger, listener, n)
    ledger.close(5)
    again, heard = house.ledger(), Listener()
    again.open(heard)
    assert heard.records == listener.records
    assert heard.told[0] == "restore"
    assert heard.told[-1] == "ready"
    submit(again, ("room/0", b"2", 4, 2), ("room/0", b"41", 4, 41), ("room/new", b"1", 5, 1))
    settle(house, again, heard, 43)
    assert [(r.outcome, r.seq) for r in heard.refusals] == [(Outcome.DUPLICATE, 1)]
    assert shape(heard.records[-2:]) == [("room/0", 21, b"41"), ("room/new", 1, b"1")]
    again.close(5)


@pytest.mark.parametrize("saved_at", [0, 1, 7, 10])
def test_a_snapshot_is_restored_and_only_what_follows_is_replayed(house: House, saved_at: int) -> None:
    ledger, listener = house.ledger(), Listener()
    ledger.open(listener)
    for n in range(10):
        submit(ledger, ("people", b"%d" % n, 0, 0))
        if n % 4 == 0:
            settle(house, ledger, listener, n + 1)
    settle(house, ledger, listener, 10)
    if saved_at:
        ledger.save_snapshot(listener.records[0].position, b"an older state")
        ledger.save_snapshot(listener.records[saved_at - 1].position, b"state")
    ledger.close(5)
    again, heard = house.ledger(), Listener()
    again.open(heard)
    assert heard.snapshots == [b"state" if saved_at else b""]
    assert heard.records == listener.records[saved_at:]
    again.close(5)


def test_closing_commits_and_tells_what_has_queued(house: House) -> None:
    ledger, listener = house.ledger(LedgerLimits(batch_records=10)), Listener()
    ledger.open(listener)
    submit(ledger, *(("room/a", b"%d" % n, 1, n) for n in range(1, 96)))
    ledger.close(10)
    while not house.loop.calls.empty():
        house.loop.calls.get()()
    assert [record.seq for record in listener.records] == list(range(1, 96))
    ledger.close(1)


def test_a_full_queue_refuses_until_there_is_room(house: House) -> None:
    for limits in (
        LedgerLimits(queue_records=3),
        LedgerLimits(queue_bytes=30),
    ):
        ledger, listener = house.ledger(limits), Listener()
        ledger.open(listener)
        before = len(listener.records)
        taken = [ledger.submit("room/a", b"0123456789") for _ in range(5)]
        assert taken == [True, True, True, False, False]
        settle(house, ledger, listener, before + 3)
        assert ledger.submit("room/a", b"again")
        settle(house, ledger, listener, before + 4)
        ledger.close(5)


def test_a_failed_commit_acknowledges_nothing_and_the_ledger_recovers(house: House) -> None:
    ledger, listener = house.ledger(), Listener()
    ledger.open(listener)
    submit(ledger, ("room/a", b"1", 1, 1))
    settle(house, ledger, listener, 1)
    house.damage()
    submit(ledger, ("room/a", b"2", 1, 2), ("room/new", b"3", 2, 1))
    house.loop.until(lambda: listener.state is LedgerState.DEGRADED, ledger)
    assert {(r.counter, r.outcome) for r in listener.refusals} == {(2, Outcome.UNKNOWN), (1, Outcome.UNKNOWN)}
    assert all(refusal.reason and refusal.event for refusal in listener.refusals)
    assert listener.states[-1][1]
    assert len(listener.records) == 1
    assert not ledger.submit("room/a", b"2", 1, 2)
    house.mend()
    house.loop.until(lambda: listener.state is LedgerState.READY, ledger)
    submit(ledger, ("room/new", b"3", 2, 1), ("room/a", b"2", 1, 2), ("room/a", b"4", 1, 4))
    settle(house, ledger, listener, 6)
    assert shape(listener.records[1:]) == [("room/new", 1, b"3"), ("room/a", 2, b"2"), ("room/a", 3, b"4")]
    ledger.close(5)
    again, heard = house.ledger(), Listener()
    again.open(heard)
    assert heard.records == listener.records
    again.close(5)


def test_what_queued_behind_a_failed_commit_is_refused_too(house: House) -> None:
    ledger, listener = (
        house.ledger(LedgerLimits(batch_records=2, busy_timeout=0.05, probe_every=0.02)),
        Listener(),
    )
    ledger.open(listener)
    house.damage()
    submit(ledger, *(("room/a", b"%d" % n, 1, n) for n in range(1, 8)))
    house.loop.until(lambda: listener.state is LedgerState.DEGRADED, ledger)
    assert [refusal.counter for refusal in listener.refusals] == list(range(1, 8))
    house.mend()
    house.loop.until(lambda: listener.state is LedgerState.READY, ledger)
    assert not listener.records
    ledger.close(5)


def test_reading_from_both_ends(house: House) -> None:
    ledger, listener = house.ledger(), Listener()
    ledger.open(listener)
    for n in range(1, 41):
        submit(ledger, ("room/a", b"%d" % n, 1, n), ("room/b", b"other", 2, n))
        if n % 6 == 0:
            settle(house, ledger, listener, 2 * n)
    settle(house, ledger, listener, 80)
    reader, inside = house.reader(), ledger.reader()

    def seqs(after: int, before: int, limit: int, newest: bool) -> list[int]:
        found = reader.read("room/a", after, before, limit, newest)
        assert all(record in listener.records for record in found)
        assert found == inside.read("room/a", after, before, limit, newest)
        return [record.seq for record in found]

    try:
        assert seqs(0, 1 << 62, 5, True) == [36, 37, 38, 39, 40]
        assert seqs(0, 1 << 62, 5, False) == [1, 2, 3, 4, 5]
        assert seqs(0, 13, 4, True) == [9, 10, 11, 12]
        assert seqs(11, 14, 50, True) == seqs(11, 14, 50, False) == [12, 13]
        assert seqs(39, 1 << 62, 50, False) == [40]
        assert (
            seqs(40, 1 << 62, 50, False)
            == seqs(5, 6, 50, True)
            == seqs(0, 0, 5, True)
            == seqs(0, 9, 0, True)
            == []
        )
        assert seqs(0, 1 << 62, 1000, True) == list(range(1, 41))
        assert reader.read("room/nowhere", 0, 1 << 62, 5, True) == []
        assert reader.first_kept("room/a") == reader.first_kept("room/nowhere") == 1
    finally:
        reader.close()
        inside.close()
        ledger.close(5)


def test_searching_in_given_streams_newest_first(house: House) -> None:
    ledger, listener = house.ledger(), Listener()
    ledger.open(listener)
    said = [
        ("room/a", "我的余额是多少"),
        ("room/b", "Balance 余额 10086"),
        ("dm/1+2", "hello BALANCE!"),
        ("room/a", "查询balance余额"),
        ("people", "余额 balance"),
        ("room/a", "余"),
    ]
    for stream, text in said:
        submit(
            ledger, (stream, json.dumps({"type": "said", "by": "x", "at": 1, "text": text}).encode(), 0, 0)
        )
    submit(ledger, ("room/a", b'{"type":"topic","text":"topic of balance"}', 0, 0))
    submit(ledger, ("room/a", b'{"type":"seen","text":"balance"}', 0, 0), ("room/a", b"balance", 0, 0))
    settle(house, ledger, listener, 9)
    reader = house.reader()

    def found(query: str, streams: list[str], limit: int = 10) -> list[int]:
        hits = reader.search(query, streams, limit)
        assert hits.behind == 0
        return [listener.records.index(record) for record in hits.records]

    everywhere = ["room/a", "room/b", "dm/1+2", "people", "room/none"]
    try:
        assert found("余额", everywhere) == [3, 1, 0]
        assert found("余", everywhere) == [5, 3, 1, 0]
        assert found("balance", everywhere) == [6, 3, 2, 1]
        assert found("ＢＡＬＡＮＣＥ", ["room/b"]) == [1]
        assert found("10086", everywhere) == [1]
        assert found("balance 余额", everywhere) == [3, 1]
        assert (
            found("余额 balance nothing", everywhere)
            == found("额余", everywhere)
            == found("bal", everywhere)
            == []
        )
        assert found("", everywhere) == found(' ."* ', everywhere) == found("余额", []) == []
        hits = reader.search("余", everywhere, 2)
        assert ([listener.records.index(record) for record in hits.records], hits.more) == ([5, 3], True)
        assert not reader.search("余", everywhere, 4).more
    finally:
        reader.close()
        ledger.close(5)


def test_pruning_keeps_order_heads_and_counters(house: House) -> None:
    ledger, listener = house.ledger(), Listener()
    ledger.open(listener)
    for n in range(1, 21):
        submit(ledger, ("room/a", b"%d" % n, 1, n), ("room/quiet" if n == 1 else "room/b", b"x", 100 + n, 1))
        settle(house, ledger, listener, 2 * n)
    ledger.save_snapshot(listener.records[19].position, b"state")
    ledger.prune(1 << 62)
    reader = house.reader()
    house.loop.until(lambda: reader.first_kept("room/a") == 11, ledger)
    assert [r.seq for r in reader.read("room/a", 0, 1 << 62, 99, False)] == list(range(11, 21))
    assert reader.first_kept("room/quiet") == 2
    ledger.close(5)
    again, heard = house.ledger(), Listener()
    again.open(heard)
    assert (heard.snapshots, heard.records) == ([b"state"], listener.records[20:])
    submit(again, ("room/quiet", b"more", 0, 0), ("room/a", b"more", 1, 21), ("room/a", b"2", 1, 2))
    settle(house, again, heard, 23)
    assert shape(heard.records[-2:]) == [("room/quiet", 2, b"more"), ("room/a", 21, b"more")]
    assert heard.records[-2].position > listener.records[-1].position
    assert [refusal.outcome for refusal in heard.refusals] == [Outcome.REJECTED]
    reader.close()
    again.close(5)


ENTRIES = st.tuples(
    st.sampled_from(["people", "room/a", "room/b", "dm/1+2"]),
    st.binary(max_size=4),
    st.integers(0, 3),
    st.integers(0, 6),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(ENTRIES, st.sampled_from(["tick", "restart", "snapshot"])), max_size=30))
def test_all_kinds_answer_everything_alike(
    tmp_path_factory: pytest.TempPathFactory, script: list[tuple[str, bytes, int, int] | str]
) -> None:
    answers: list[object] = []
    for kind in KINDS:
        house = make_house(kind, tmp_path_factory.mktemp("house"))
        ledger, listener = house.ledger(QUICK), Listener()
        ledger.open(listener)
        heard: list[object] = []
        submitted = 0
        for step in script:
            if isinstance(step, tuple):
                submit(ledger, step)
                submitted += 1
                continue
            settle(house, ledger, listener, submitted)
            if step == "snapshot" and listener.records:
                ledger.save_snapshot(listener.records[-1].position, b"%d" % submitted)
            if step == "restart":
                ledger.close(5)
                heard += [listener.snapshots, listener.records, listener.refusals]
                ledger, listener = house.ledger(QUICK), Listener()
                ledger.open(listener)
                submitted = len(listener.records)
        settle(house, ledger, listener, submitted)
        ledger.close(5)
        answers.append([*heard, listener.snapshots, listener.records, listener.refusals])
    assert all(each == answers[0] for each in answers)
