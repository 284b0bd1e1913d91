"""What idle connections cost: the server's memory for each, and its CPU while all of them are silent."""

from collections.abc import Sequence
from time import perf_counter

import msgspec

from callroom_bench import reference
from callroom_bench.bench import Bench, Benchmark, Option, positive
from callroom_bench.client import swarm_on
from callroom_bench.faults import BenchError
from callroom_bench.figures import median_run
from callroom_bench.report import Outcome, Table
from callroom_bench.server import raise_descriptor_limit
from callroom_words.words import Words

FIRST_GUESTS = 50
"""Connections that are there before memory is looked at: what only the first guests cost is not counted."""

SETTLING_SECONDS = 10.0
"""At most so long, the server may be busy with the arrivals before its memory is looked at."""

DESCRIPTORS_OF_OUR_OWN = 256
STAGES = ("welcomed", "logged in")


class Settings(msgspec.Struct, frozen=True):
    """`connections` stay open and, but for answering pings, silent; the CPU is watched for `seconds`."""

    connections: int = 10_000
    seconds: int = 10


class Row(msgspec.Struct, frozen=True):
    """One stage at which the connections wait: after `Welcomed`, or after `LoggedIn`."""

    stage: str
    connections: int
    before_bytes: int
    after_bytes: int
    bytes_per_connection: float
    arriving_s: float
    idle_cpu_share: float
    all_runs: Sequence[float] = ()


def run(bench: Bench, settings: Settings) -> Outcome:
    """Measures both stages."""
    limit = raise_descriptor_limit()
    most = limit - DESCRIPTORS_OF_OUR_OWN - FIRST_GUESTS
    if settings.connections > most:
        raise BenchError(f"{settings.connections} connections: the limit of {limit} open files allows {most}")
    rows: list[Row] = []
    for stage in STAGES:
        runs: list[Row] = []
        for _ in range(bench.runs):
            runs.append(measure(bench, settings, stage))
            bench.tell(f"idle {stage}: {runs[-1].bytes_per_connection:,.0f} bytes per connection")
        row = median_run(runs, lambda row: row.bytes_per_connection)
        rows.append(msgspec.structs.replace(row, all_runs=[row.bytes_per_connection for row in runs]))
    notes = [
        Words(
            "bytes each: server memory (VmRSS) with the connections, less without them, by their number.",
            "bytes each：有这些连接时的服务器内存（VmRSS）减去没有时的，除以连接数。",
        ),
        Words(
            "The limits on connections that have not logged in are raised for this; the others are not.",
            "为此放宽了未登录连接数的限制；其他限制不变。",
        ),
    ]
    return Outcome(settings, rows, _table(rows), notes)


def measure(bench: Bench, settings: Settings, stage: str) -> Row:
    """One measurement with a fresh server."""
    login = stage == "logged in"
    count = settings.connections
    with bench.server(_config(count)) as server, swarm_on(server.address, bench.seconds) as swarm:
        swarm.arrive([""] * FIRST_GUESTS, login=login)
        bench.settle(server, swarm, SETTLING_SECONDS)
        before = server.memory_bytes()
        begin = perf_counter()
        swarm.arrive([""] * count, login=login)
        arriving = perf_counter() - begin
        bench.settle(server, swarm, SETTLING_SECONDS)
        after = server.memory_bytes()
        cpu = server.cpu_seconds()
        begin = perf_counter()
        swarm.rest(settings.seconds)
        cpu = (server.cpu_seconds() - cpu) / (perf_counter() - begin)
    return Row(
        stage,
        count,
        before,
        after,
        bytes_per_connection=round((after - before) / count, 1),
        arriving_s=round(arriving, 2),
        idle_cpu_share=round(cpu, 4),
    )


def _config(count: int) -> str:
    newcomers = count + FIRST_GUESTS + 1
    return (
        "[limits]\n"
        f"unauthenticated_connections = {newcomers}\n"
        f"unauthenticated_drop_from = {newcomers}\n"
        "login_seconds = 3600\n"
    )


def _table(rows: Sequence[Row]) -> Table:
    return Table(
        ["after", "connections", "bytes each", "goal", "before MiB", "after MiB", "idle CPU %", "arriving s"],
        [
            [
                row.stage,
                f"{row.connections:,}",
                f"{row.bytes_per_connection:,.0f}",
                f"{reference.IDLE_GOAL_BYTES:,}",
                f"{row.before_bytes / 2**20:.1f}",
                f"{row.after_bytes / 2**20:.1f}",
                f"{row.idle_cpu_share * 100:.1f}",
                f"{row.arriving_s:.1f}",
            ]
            for row in rows
        ],
    )


BENCHMARK = Benchmark(
    Words("what an idle connection costs in memory, and all of them in CPU", "空闲连接占用的内存和 CPU"),
    full=Settings(),
    quick=Settings(connections=1_000, seconds=3),
    options=(
        Option("connections", positive, Words("idle framed connections", "空闲的分帧连接数")),
        Option(
            "seconds",
            positive,
            Words("how long the CPU is watched while nobody speaks", "无人说话时观察 CPU 多少秒"),
        ),
    ),
    run=run,
)
