"""What a delivery costs: many members of one room, some of them talking as fast as they are acknowledged."""

from collections.abc import Sequence
from time import perf_counter

import msgspec

from callroom_bench import reference
from callroom_bench.bench import Bench, Benchmark, Option, positive, several, undisturbed
from callroom_bench.client import Client, Swarm, swarm_on
from callroom_bench.faults import Unfaithful
from callroom_bench.figures import median_run
from callroom_bench.report import Outcome, Table
from callroom_bench.sender import Sender, says
from callroom_bench.server import Server
from callroom_bench.transcript import Cursor, Transcript
from callroom_words.words import Words

ROOM = "fanout"
WARM_UP = 20
"""Lines of each sender before the clock starts."""


class Settings(msgspec.Struct, frozen=True):
    """`messages` are said in one measurement by all senders; `window` of each may be unacknowledged."""

    members: tuple[int, ...] = (100, 500)
    senders: tuple[int, ...] = (1, 10)
    messages: int = 100_000
    window: int = 1024
    text_bytes: int = 64
    index_seconds: int = 60


class Row(msgspec.Struct, frozen=True):
    """One pair of members and senders. `cpu_s_per_million` is the server's CPU in the measured window alone.

    `index_cpu_s_per_million` is what it used afterwards until it was quiet: the search index is fed when
    idle. It is per million messages, not deliveries; `index_quiet` is false if it was still busy at the end
    of our patience.
    """

    members: int
    senders: int
    messages: int
    deliveries: int
    wall_s: float
    cpu_s: float
    cpu_s_per_million: float
    messages_per_s: float
    deliveries_per_s: float
    index_cpu_s: float
    index_cpu_s_per_million: float
    index_quiet: bool
    verified: bool
    all_runs: Sequence[float] = ()


def run(bench: Bench, settings: Settings) -> Outcome:
    """Measures every pair of members and senders."""
    rows: list[Row] = []
    for senders in settings.senders:
        for members in settings.members:
            runs: list[Row] = []
            for _ in range(bench.runs):
                runs.append(measure(bench, settings, members, min(senders, members)))
                bench.tell(
                    f"fanout {members} x {senders}: {runs[-1].cpu_s_per_million:.3f} CPU s per million"
                )
            row = median_run(runs, lambda row: row.cpu_s_per_million)
            rows.append(msgspec.structs.replace(row, all_runs=[row.cpu_s_per_million for row in runs]))
    notes = [
        Words(
            "CPU s/M: server CPU seconds per million deliveries, ledger on; all deliveries were verified.",
            "CPU s/M：每百万次送达的服务器 CPU 秒数，账本落盘；每次送达都已核对。",
        ),
        Words(
            "index s/M: CPU seconds per million messages that the search index took afterwards, when idle.",
            "index s/M：事后空闲时建搜索索引，每百万条消息的 CPU 秒数。",
        ),
        Words(
            "To its right: the references for CPU s/M, measured without a ledger, and the goal.",
            "其右：CPU s/M 的参考值（都没有账本）和目标。",
        ),
    ]
    return Outcome(settings, rows, _table(rows), notes)


def measure(bench: Bench, settings: Settings, members: int, senders: int) -> Row:
    """One measurement with a fresh server."""
    each = max(1, settings.messages // senders)
    with bench.server() as server, swarm_on(server.address, bench.seconds) as swarm, undisturbed():
        clients = swarm.arrive([ROOM] * members)
        transcript = gather(clients)
        frames = says(ROOM, WARM_UP + each, settings.text_bytes)
        authors = [Sender(client, frames, settings.window) for client in clients[:senders]]
        _say(swarm, clients, authors, WARM_UP)
        bench.settle(server, swarm, settings.index_seconds)
        cpu = server.cpu_seconds()
        begin = perf_counter()
        _say(swarm, clients, authors, WARM_UP + each)
        wall = perf_counter() - begin
        cpu = server.cpu_seconds() - cpu
        index_cpu, quiet = _afterwards(bench, server, swarm, settings)
        verify(transcript, clients, authors)
    messages = each * senders
    deliveries = messages * members
    return Row(
        members,
        senders,
        messages,
        deliveries,
        wall_s=round(wall, 3),
        cpu_s=round(cpu, 2),
        cpu_s_per_million=round(cpu / deliveries * 1e6, 4),
        messages_per_s=round(messages / wall),
        deliveries_per_s=round(deliveries / wall),
        index_cpu_s=round(index_cpu, 2),
        index_cpu_s_per_million=round(index_cpu / messages * 1e6, 2),
        index_quiet=quiet,
        verified=True,
    )


def gather(clients: Sequence[Client]) -> Transcript:
    """Gives the members of a place, to whom nothing has been said yet, one transcript."""
    transcript = Transcript()
    for client in clients:
        pending = client.cursor.pending
        client.cursor = Cursor(transcript)
        client.cursor.pending = pending
    return transcript


def verify(transcript: Transcript, members: Sequence[Client], senders: Sequence[Sender]) -> None:
    """Checks that every member got every line of every sender, once, in order, and as it was acknowledged.

    Raises:
        Unfaithful: it is not so.
    """
    transcript.check(
        {sender.client.name: sender.sent for sender in senders},
        {sender.client.name: sender.acked for sender in senders},
    )
    behind = [member.name for member in members if not member.cursor.level]
    if behind:
        raise Unfaithful(f"{len(behind)} of {len(members)} members did not get everything, {behind[0]} first")


def _say(swarm: Swarm, members: Sequence[Client], senders: Sequence[Sender], upto: int) -> None:
    transcript = members[0].cursor.transcript
    for sender in senders:
        sender.allowed = upto
        sender.pump()
    expected = upto * len(senders)

    def done() -> bool:
        return (
            transcript.count >= expected
            and all(sender.finished for sender in senders)
            and all(member.cursor.level for member in members)
        )

    swarm.until(done, f"every member had got all {expected} lines")


def _afterwards(bench: Bench, server: Server, swarm: Swarm, settings: Settings) -> tuple[float, bool]:
    swarm.deadline += settings.index_seconds
    return bench.settle(server, swarm, settings.index_seconds)


def _table(rows: Sequence[Row]) -> Table:
    head = [
        "members x senders",
        "CPU s/M",
        "messages/s",
        "deliveries/s",
        "wall s",
        "index s/M",
        *reference.FANOUT_NAMES,
    ]
    lines: list[list[str]] = []
    for row in rows:
        others = reference.FANOUT.get((row.members, row.senders), {})
        lines.append(
            [
                f"{row.members} x {row.senders}",
                f"{row.cpu_s_per_million:.3f}",
                f"{row.messages_per_s:,.0f}",
                f"{row.deliveries_per_s:,.0f}",
                f"{row.wall_s:.2f}",
                f"{row.index_cpu_s_per_million:.1f}" + ("" if row.index_quiet else "+"),
                *(f"{others[name]:g}" if name in others else "-" for name in reference.FANOUT_NAMES),
            ]
        )
    return Table(head, lines)


BENCHMARK = Benchmark(
    Words("what a delivery costs in rooms of many members", "多人房间里每次送达的代价"),
    full=Settings(),
    quick=Settings(members=(100,), messages=20_000, index_seconds=15),
    options=(
        Option(
            "members",
            several,
            Words("members of the room, several separated by commas", "房间里的人数，多个用逗号隔开"),
        ),
        Option(
            "senders",
            several,
            Words("how many of them talk, several separated by commas", "其中说话的人数，多个用逗号隔开"),
        ),
        Option(
            "messages",
            positive,
            Words("lines said in one measurement, by all senders together", "一次测量中所有人一共说的行数"),
        ),
        Option(
            "window",
            positive,
            Words("lines that each sender may have unacknowledged", "每人最多有多少行尚未确认"),
        ),
        Option("text_bytes", positive, Words("length of each text", "每行正文的字节数")),
        Option(
            "index_seconds",
            positive,
            Words("how long to wait for the search index afterwards", "事后最多等搜索索引多少秒"),
        ),
    ),
    run=run,
)
