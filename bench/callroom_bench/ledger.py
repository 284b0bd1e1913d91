"""The durable record: acks a second, the restart after a million records, a backup while it is used."""

import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import msgspec

from callroom_bench import reference
from callroom_bench.bench import Bench, Benchmark, Option, positive, undisturbed
from callroom_bench.client import swarm_on
from callroom_bench.fanout import gather, verify
from callroom_bench.faults import BenchError
from callroom_bench.figures import Spread, median_run, spread
from callroom_bench.filling import Filling
from callroom_bench.report import Outcome, Table
from callroom_bench.sender import Sender, says
from callroom_bench.server import Server, temporary_folder
from callroom_server.config.limits import Limits
from callroom_words.words import Words

WARM_UP = 20
BACKUP_SECONDS = 120.0


class Settings(msgspec.Struct, frozen=True):
    """`acks` lines are said by all clients together; the restarts are with `records`, `batch` to a commit."""

    clients: int = 8
    window: int = 32
    acks: int = 200_000
    records: int = 1_000_000
    batch: int = 100
    text_bytes: int = 64


class AcksRow(msgspec.Struct, frozen=True, tag="acks", tag_field="what"):
    """Durable acks: each client says lines in a room of its own."""

    clients: int
    window: int
    acks: int
    wall_s: float
    acks_per_s: float
    cpu_us_per_ack: float
    ack_ms: Spread
    verified: bool
    all_runs: Sequence[float] = ()


class RestartRow(msgspec.Struct, frozen=True, tag="restart", tag_field="what"):
    """From the process's start to the first `LoggedIn`; after `listening_s` of it the server listened."""

    after: str
    records: int
    replayed: int
    listening_s: float
    login_s: float
    all_runs: Sequence[float] = ()


class BackupRow(msgspec.Struct, frozen=True, tag="backup", tag_field="what"):
    """`callroom backup` of that ledger while its server runs. `ledger_bytes` is the size of the copy."""

    records: int
    ledger_bytes: int
    wall_s: float
    all_runs: Sequence[float] = ()


Row = AcksRow | RestartRow | BackupRow


def run(bench: Bench, settings: Settings) -> Outcome:
    """Measures acks, then fills a ledger, and measures restarts and a backup of it."""
    acks: list[AcksRow] = []
    for _ in range(bench.runs):
        acks.append(measure_acks(bench, settings))
        bench.tell(f"ledger: {acks[-1].acks_per_s:,.0f} durable acks a second")
    best = median_run(acks, lambda row: -row.acks_per_s)
    rows: list[Row] = [msgspec.structs.replace(best, all_runs=[row.acks_per_s for row in acks])]
    with temporary_folder(bench.parent) as folder:
        unsaved = min(Limits().snapshot_records, settings.records) - 1
        bench.tell(f"ledger: making {settings.records:,} records")
        begin = time.monotonic()
        Filling(folder / "data", settings.records, settings.batch, unsaved, settings.text_bytes).run(
            begin + bench.seconds
        )
        bench.tell(f"ledger: made and indexed in {time.monotonic() - begin:.1f} s")
        rows += _restarts(bench, settings, folder, unsaved)
        rows.append(_backups(bench, settings, folder))
    notes = [
        Words(
            "Goals: acks with 8 clients of window 32; restart with 1,000,000 records.",
            "目标：8 个客户端、窗口 32 时的确认数；1,000,000 条记录时的重启。",
        ),
        Words(
            "killed: just before a snapshot, so {unsaved} records are replayed; stopped: by SIGTERM.",
            "killed：恰在下一个快照之前被杀，因此重放 {unsaved} 条记录；stopped：由 SIGTERM 停止。",
        ).fill(unsaved=f"{unsaved:,}"),
    ]
    return Outcome(settings, rows, _table(rows), notes)


def measure_acks(bench: Bench, settings: Settings) -> AcksRow:
    """One measurement of durable acks with a fresh server."""
    each = max(1, settings.acks // settings.clients)
    with bench.server() as server, swarm_on(server.address, bench.seconds) as swarm, undisturbed():
        clients = swarm.arrive([f"ledger{i}" for i in range(settings.clients)])
        transcripts = [gather([client]) for client in clients]
        senders = [
            Sender(client, says(client.room, WARM_UP + each, settings.text_bytes), settings.window)
            for client in clients
        ]

        def say(upto: int) -> None:
            for sender in senders:
                sender.allowed = upto
                sender.pump()
            swarm.until(
                lambda: all(
                    s.finished and t.count >= upto for s, t in zip(senders, transcripts, strict=True)
                ),
                f"all {upto} lines of each client were acknowledged",
            )

        say(WARM_UP)
        bench.settle(server, swarm, 10)
        for sender in senders:
            sender.forget_times()
        cpu = server.cpu_seconds()
        begin = perf_counter()
        say(WARM_UP + each)
        wall = perf_counter() - begin
        cpu = server.cpu_seconds() - cpu
        for client, transcript, sender in zip(clients, transcripts, senders, strict=True):
            verify(transcript, [client], [sender])
    acks = each * settings.clients
    return AcksRow(
        settings.clients,
        settings.window,
        acks,
        wall_s=round(wall, 3),
        acks_per_s=round(acks / wall),
        cpu_us_per_ack=round(cpu / acks * 1e6, 2),
        ack_ms=spread([seconds for sender in senders for seconds in sender.ack_seconds]),
        verified=True,
    )


def _restarts(bench: Bench, settings: Settings, folder: Path, unsaved: int) -> list[RestartRow]:
    rows: list[RestartRow] = []
    for after, replayed in (("killed", unsaved), ("stopped", 0)):
        runs: list[RestartRow] = []
        for _ in range(bench.runs):
            with Server(bench.command, folder) as server:
                runs.append(_first_login(bench, settings, server, after, replayed))
                if after == "killed":
                    server.kill()
            bench.tell(f"ledger: restart after it was {after}: {runs[-1].login_s:.3f} s to the first login")
        row = median_run(runs, lambda row: row.login_s)
        rows.append(msgspec.structs.replace(row, all_runs=[row.login_s for row in runs]))
        if after == "killed":  # so that the next ones follow a server that has left in order
            with Server(bench.command, folder):
                pass
    return rows


def _first_login(bench: Bench, settings: Settings, server: Server, after: str, replayed: int) -> RestartRow:
    listening = time.monotonic() - server.started_at
    with swarm_on(server.address, bench.seconds) as swarm:
        swarm.arrive([""])
        login = time.monotonic() - server.started_at
    return RestartRow(
        after, settings.records, replayed, listening_s=round(listening, 4), login_s=round(login, 4)
    )


def _backups(bench: Bench, settings: Settings, folder: Path) -> BackupRow:
    runs: list[BackupRow] = []
    for number in range(bench.runs):
        copy = folder / f"backup{number}"
        with Server(bench.command, folder) as server:
            begin = perf_counter()
            _backup(bench.command, server.data, copy)
            wall = perf_counter() - begin
        size = _size(copy)
        _remove(copy)
        runs.append(BackupRow(settings.records, size, wall_s=round(wall, 3)))
        bench.tell(f"ledger: backup of {size / 2**20:.0f} MiB in {wall:.2f} s")
    row = median_run(runs, lambda row: row.wall_s)
    return msgspec.structs.replace(row, all_runs=[row.wall_s for row in runs])


def _backup(command: Sequence[str], data: Path, copy: Path) -> None:
    try:
        done = subprocess.run(
            [*command, "backup", str(data), str(copy)],
            capture_output=True,
            text=True,
            timeout=BACKUP_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BenchError(f"the backup took longer than {BACKUP_SECONDS:g} s") from None
    if done.returncode:
        raise BenchError(f"the backup failed with {done.returncode}: {done.stderr.strip()}")


def _size(copy: Path) -> int:
    files = [copy] if copy.is_file() else [path for path in copy.rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in files)


def _remove(copy: Path) -> None:
    if copy.is_file():
        copy.unlink()
    else:
        shutil.rmtree(copy)


def _table(rows: Sequence[Row]) -> Table:
    lines: list[list[str]] = []
    for row in rows:
        match row:
            case AcksRow():
                about = (
                    f"p50/p99 {row.ack_ms.p50:.2f}/{row.ack_ms.p99:.2f} ms, {row.cpu_us_per_ack:.1f} us CPU"
                )
                goal = f"{reference.ACKS_GOAL:,}/s"
                lines.append(
                    [f"durable acks, {row.clients} x {row.window}", f"{row.acks_per_s:,.0f}/s", goal, about]
                )
            case RestartRow():
                about = f"listening after {row.listening_s:.3f} s, {row.replayed:,} replayed"
                goal = f"{reference.RESTART_GOAL_SECONDS:g} s"
                lines.append(
                    [
                        f"first login of {row.records:,} records, {row.after}",
                        f"{row.login_s:.3f} s",
                        goal,
                        about,
                    ]
                )
            case BackupRow():
                size = f"{row.ledger_bytes / 2**20:.0f} MiB"
                lines.append([f"backup of {row.records:,} records", f"{row.wall_s:.2f} s", "-", size])
    return Table(["what", "measured", "goal", "about it"], lines)


BENCHMARK = Benchmark(
    Words("durable acks a second, restart and backup of a long ledger", "每秒落盘确认数，长账本的重启与备份"),
    full=Settings(),
    quick=Settings(acks=20_000, records=50_000),
    options=(
        Option(
            "clients",
            positive,
            Words("clients that talk, each in a room of its own", "说话的客户端数，各在自己的房间里"),
        ),
        Option(
            "window", positive, Words("lines that each may have unacknowledged", "每个最多有多少行尚未确认")
        ),
        Option(
            "acks",
            positive,
            Words("lines in one measurement, of all clients together", "一次测量中一共说的行数"),
        ),
        Option(
            "records",
            positive,
            Words(
                "records of the ledger that is restarted and backed up", "用来测重启和备份的账本有多少条记录"
            ),
        ),
        Option("batch", positive, Words("records to a commit in that ledger", "该账本每次提交多少条记录")),
        Option("text_bytes", positive, Words("length of each text", "每行正文的字节数")),
    ),
    run=run,
)
