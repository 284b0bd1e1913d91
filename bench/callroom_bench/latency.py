"""How long acks and deliveries take while lines come at a fixed rate, whether the server keeps up or not."""

from collections.abc import Sequence
from math import ceil
from time import perf_counter

import msgspec

from callroom_bench import reference
from callroom_bench.bench import Bench, Benchmark, Option, positive, several, undisturbed
from callroom_bench.client import Swarm, swarm_on
from callroom_bench.fanout import gather, verify
from callroom_bench.faults import Overdue
from callroom_bench.figures import Spread, median_run, spread
from callroom_bench.report import Outcome, Table
from callroom_bench.sender import Sender, says
from callroom_words.words import Words

ROOM = "latency"
WARM_UP = 20


class Settings(msgspec.Struct, frozen=True):
    """Each rate (lines a second of one sender) is kept up for `seconds`, in a room of so many members."""

    rates: tuple[int, ...] = (200, 1_000, 5_000, 20_000)
    members: tuple[int, ...] = (2, 100)
    seconds: int = 4
    text_bytes: int = 64


class Row(msgspec.Struct, frozen=True):
    """One rate in one room. Times run from the moment the line was handed to the sender's socket.

    The sender never waits for acks. `late_ms` is how far it was behind its own timetable (a wake-up has steps
    of 1 ms, so above 1,000/s lines go out by the millisecond), and `sent_per_s` what it really reached. The
    delivery is the one to the member who joined last.
    """

    members: int
    rate: int
    messages: int
    sent_per_s: float
    finished_per_s: float
    cpu_share: float
    late_ms: Spread
    ack_ms: Spread
    delivery_ms: Spread
    verified: bool
    all_runs: Sequence[float] = ()


def run(bench: Bench, settings: Settings) -> Outcome:
    """Measures every rate in every room; the median run is the one with the median ack p99."""
    rows: list[Row] = []
    for members in settings.members:
        for rate in settings.rates:
            runs: list[Row] = []
            for _ in range(bench.runs):
                runs.append(measure(bench, settings, max(2, members), rate))
                ack = runs[-1].ack_ms
                bench.tell(
                    f"latency {members} members, {rate}/s: ack p50 {ack.p50:.2f} ms, p99 {ack.p99:.2f} ms"
                )
            row = median_run(runs, lambda row: row.ack_ms.p99)
            rows.append(msgspec.structs.replace(row, all_runs=[row.ack_ms.p99 for row in runs]))
    notes = [
        Words(
            "ms from the sender's socket to the durable ack, and to whoever joined last; all verified.",
            "毫秒：从发送者的套接字到落盘确认，以及到最后加入的成员；全部核对。",
        ),
        Words(
            "alone: p50/p99 of a ledger's writer alone. done/s below the rate: the server was saturated.",
            "alone：账本写线程单独运行的 p50/p99。done/s 低于速率：服务器已饱和。",
        ),
    ]
    return Outcome(settings, rows, _table(rows), notes)


def measure(bench: Bench, settings: Settings, members: int, rate: int) -> Row:
    """One measurement with a fresh server."""
    count = rate * settings.seconds
    with bench.server() as server, swarm_on(server.address, bench.seconds) as swarm, undisturbed():
        clients = swarm.arrive([ROOM] * members)
        transcript = gather(clients)
        sender = Sender(clients[0], says(ROOM, WARM_UP + count, settings.text_bytes), WARM_UP + count)
        sender.observe(clients[-1])
        sender.allowed = WARM_UP
        sender.pump()

        def done() -> bool:
            return (
                transcript.count >= sender.allowed
                and sender.finished
                and all(client.cursor.level for client in clients)
            )

        swarm.until(done, "the warm-up was over")
        bench.settle(server, swarm, 10)
        sender.forget_times()
        cpu = server.cpu_seconds()
        begin = perf_counter()
        late = _keep_up(swarm, sender, count, rate)
        sending = perf_counter() - begin
        swarm.until(done, f"all {count} lines had come")
        wall = perf_counter() - begin
        cpu = server.cpu_seconds() - cpu
        verify(transcript, clients, [sender])
    return Row(
        members,
        rate,
        count,
        sent_per_s=round(count / sending),
        finished_per_s=round(count / wall),
        cpu_share=round(cpu / wall, 3),
        late_ms=spread(late),
        ack_ms=spread(sender.ack_seconds),
        delivery_ms=spread(sender.delivery_seconds),
        verified=True,
    )


def _keep_up(swarm: Swarm, sender: Sender, count: int, rate: int) -> list[float]:
    """Sends `count` lines by the timetable; returns how late each was."""
    late: list[float] = []
    base = sender.allowed
    begin = perf_counter()
    give_up = begin + 4 * count / rate + 5
    while (sent := sender.allowed - base) < count:
        now = perf_counter() - begin
        if now + begin > give_up:
            raise Overdue(f"the load itself does not reach {rate} lines a second here")
        due = min(count, int(now * rate) + 1)
        if due > sent:
            late.extend(now - number / rate for number in range(sent, due))
            sender.allowed = base + due
            sender.pump()
        until_next = due / rate - (perf_counter() - begin)
        swarm.turn(max(0.0, ceil(until_next * 1e3) / 1e3))
    return late


def _table(rows: Sequence[Row]) -> Table:
    head = [
        "members, rate",
        "done/s",
        "CPU %",
        "ack p50",
        "p99",
        "p99.9",
        "delivery p50",
        "p99",
        "p99.9",
        "late p99",
        "alone",
    ]
    lines: list[list[str]] = []
    for row in rows:
        alone = reference.LEDGER_ALONE.get(row.rate)
        lines.append(
            [
                f"{row.members}, {row.rate:,}/s",
                f"{row.finished_per_s:,.0f}",
                f"{row.cpu_share * 100:.0f}",
                *(f"{ms:.2f}" for ms in (row.ack_ms.p50, row.ack_ms.p99, row.ack_ms.p999)),
                *(f"{ms:.2f}" for ms in (row.delivery_ms.p50, row.delivery_ms.p99, row.delivery_ms.p999)),
                f"{row.late_ms.p99:.2f}",
                f"{alone[0]:g}/{alone[1]:g}" if alone else "-",
            ]
        )
    return Table(head, lines)


BENCHMARK = Benchmark(
    Words("how long acks and deliveries take at fixed rates", "固定速率下确认与送达的延迟"),
    full=Settings(),
    quick=Settings(rates=(200, 5_000), seconds=1),
    options=(
        Option(
            "rates", several, Words("lines a second, several separated by commas", "每秒行数，多个用逗号隔开")
        ),
        Option(
            "members",
            several,
            Words("members of the room, several separated by commas", "房间里的人数，多个用逗号隔开"),
        ),
        Option("seconds", positive, Words("how long each rate is kept up", "每种速率保持多少秒")),
        Option("text_bytes", positive, Words("length of each text", "每行正文的字节数")),
    ),
    run=run,
)
