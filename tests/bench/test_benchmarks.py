"""Each benchmark with tiny numbers: against the real server, and against one that betrays its members."""

from pathlib import Path

import pytest

from bench_fake_server import BETRAYAL
from bench_support import FAKE, PYTHONPATH, REAL, small_bench
from callroom_bench import fanout, idle, latency, ledger, pairs
from callroom_bench.faults import BenchError, Lost, Unfaithful

FANOUT = fanout.Settings(members=(12,), senders=(1, 3), messages=300, window=16, index_seconds=3)
PAIRS = pairs.Settings(pairs=4, window=(8,), messages=240)
LATENCY = latency.Settings(rates=(1_000,), members=(5,), seconds=1)


@pytest.fixture(autouse=True)
def _find_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setenv("PYTHONPATH", PYTHONPATH)


@pytest.fixture(params=[FAKE, REAL], ids=["fake", "real"])
def command(request: pytest.FixtureRequest) -> list[str]:
    chosen: list[str] = request.param
    return chosen


def test_fanout(command: list[str], tmp_path: Path) -> None:
    told: list[str] = []
    outcome = fanout.run(small_bench(command, tmp_path, told), FANOUT)
    rows = [row for row in outcome.rows if isinstance(row, fanout.Row)]
    assert [(row.members, row.senders, row.deliveries) for row in rows] == [(12, 1, 3600), (12, 3, 3600)]
    assert all(row.verified and row.messages_per_s > 0 and len(row.all_runs) == 1 for row in rows)
    assert len(told) == 2
    assert outcome.table.lines[0][0] == "12 x 1"
    assert list(tmp_path.iterdir()) == []


def test_the_median_of_three_runs_is_told_with_all_of_them(tmp_path: Path) -> None:
    settings = fanout.Settings(members=(4,), senders=(1,), messages=2_000, window=16, index_seconds=1)
    (row,) = fanout.run(small_bench(FAKE, tmp_path, runs=3), settings).rows
    assert isinstance(row, fanout.Row)
    assert sorted(row.all_runs)[1] == row.cpu_s_per_million
    assert len(row.all_runs) == 3


def test_pairs(command: list[str], tmp_path: Path) -> None:
    outcome = pairs.run(small_bench(command, tmp_path), PAIRS)
    rows = [row for row in outcome.rows if isinstance(row, pairs.Row)]
    assert [(row.via, row.window) for row in rows] == [("tell", 8), ("room", 8)]
    assert all(row.verified and row.ack_ms.count == row.delivery_ms.count == 240 for row in rows)
    assert all(0 < row.delivery_ms.p50 <= row.delivery_ms.p99 for row in rows)


def test_latency(command: list[str], tmp_path: Path) -> None:
    outcome = latency.run(small_bench(command, tmp_path), LATENCY)
    rows = [row for row in outcome.rows if isinstance(row, latency.Row)]
    assert [(row.members, row.rate) for row in rows] == [(5, 1_000)]
    for row in rows:
        assert row.verified
        assert row.ack_ms.count == row.delivery_ms.count == row.late_ms.count == row.messages == row.rate


def test_idle(tmp_path: Path) -> None:
    outcome = idle.run(small_bench(REAL, tmp_path), idle.Settings(connections=80, seconds=1))
    rows = [row for row in outcome.rows if isinstance(row, idle.Row)]
    assert [row.stage for row in rows] == ["welcomed", "logged in"]
    assert all(row.after_bytes >= row.before_bytes > 1_000_000 for row in rows)


def test_too_many_connections_for_this_process_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="open files allows"):
        idle.run(small_bench(FAKE, tmp_path), idle.Settings(connections=10**9))


def test_durable_acks(command: list[str], tmp_path: Path) -> None:
    row = ledger.measure_acks(small_bench(command, tmp_path), ledger.Settings(clients=3, acks=300))
    assert row.verified
    assert row.ack_ms.count == row.acks == 300
    assert row.acks_per_s > 0


def test_ledger(tmp_path: Path) -> None:
    told: list[str] = []
    settings = ledger.Settings(clients=2, acks=200, records=2_000)
    outcome = ledger.run(small_bench(REAL, tmp_path, told), settings)
    acks, killed, stopped, backup = outcome.rows
    assert isinstance(acks, ledger.AcksRow)
    assert isinstance(killed, ledger.RestartRow)
    assert isinstance(stopped, ledger.RestartRow)
    assert isinstance(backup, ledger.BackupRow)
    assert (killed.replayed, stopped.replayed) == (1_999, 0)
    assert 0 < killed.listening_s < killed.login_s
    assert backup.ledger_bytes > 2_000 * 64 / 4
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("betrayal", ["drop", "double", "renumber", "alter"])
def test_a_betrayed_member_of_a_room_is_noticed(
    betrayal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BETRAYAL, betrayal)
    with pytest.raises(Unfaithful, match="a member got"):
        fanout.run(small_bench(FAKE, tmp_path), FANOUT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("betrayal", ["drop", "double"])
def test_a_betrayed_listener_of_a_pair_is_noticed(
    betrayal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BETRAYAL, betrayal)
    with pytest.raises(Unfaithful, match="a member got"):
        pairs.run(small_bench(FAKE, tmp_path), PAIRS)


def test_a_wrong_ack_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BETRAYAL, "ack")
    with pytest.raises(Unfaithful, match="acknowledged as 31"):
        fanout.run(small_bench(FAKE, tmp_path), FANOUT)


def test_a_member_who_is_thrown_out_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BETRAYAL, "close")
    with pytest.raises(Lost, match="closed a connection"):
        fanout.run(small_bench(FAKE, tmp_path), FANOUT)
