"""What a message between two people costs: many pairs at once, one of each talks and one listens."""

from collections.abc import Sequence
from time import perf_counter

import msgspec

from callroom_bench import reference
from callroom_bench.bench import Bench, Benchmark, Option, positive, several, undisturbed
from callroom_bench.client import Client, Swarm, swarm_on
from callroom_bench.fanout import gather, verify
from callroom_bench.figures import Spread, median_run, spread
from callroom_bench.report import Outcome, Table
from callroom_bench.sender import Sender, says, tells
from callroom_words.words import Words

WARM_UP = 5
VIAS = ("tell", "room")
"""A pair talks by direct messages (`Tell`), or in a room of two (`Say`)."""


class Settings(msgspec.Struct, frozen=True):
    """`messages` are said in one measurement, by all pairs together."""

    pairs: int = 50
    via: tuple[str, ...] = VIAS
    window: tuple[int, ...] = (1, 32)
    messages: int = 50_000
    text_bytes: int = 64


class Row(msgspec.Struct, frozen=True):
    """One way to talk and one window. CPU is all of the server's: receiving, ledger, ack, both deliveries."""

    via: str
    pairs: int
    window: int
    messages: int
    wall_s: float
    cpu_s: float
    cpu_us_per_message: float
    messages_per_s: float
    ack_ms: Spread
    delivery_ms: Spread
    verified: bool
    all_runs: Sequence[float] = ()


def run(bench: Bench, settings: Settings) -> Outcome:
    """Measures every way and window."""
    rows: list[Row] = []
    for via in settings.via:
        for window in settings.window:
            runs: list[Row] = []
            for _ in range(bench.runs):
                runs.append(measure(bench, settings, via, window))
                bench.tell(
                    f"pairs {via} window {window}: {runs[-1].cpu_us_per_message:.1f} us CPU per message"
                )
            row = median_run(runs, lambda row: row.cpu_us_per_message)
            rows.append(msgspec.structs.replace(row, all_runs=[row.cpu_us_per_message for row in runs]))
    notes = [
        Words(
            "CPU us: server CPU microseconds per message, all in, ledger on; all deliveries verified.",
            "CPU us：每条消息的服务器 CPU 微秒数，全部计入，账本落盘；每次送达都已核对。",
        ),
        Words("Reference, without a ledger: {others}.", "参考值（没有账本）：{others}。").fill(
            others=", ".join(f"{name} {figure:g}" for name, figure in reference.PAIRS.items())
        ),
    ]
    return Outcome(settings, rows, _table(rows), notes)


def measure(bench: Bench, settings: Settings, via: str, window: int) -> Row:
    """One measurement with a fresh server."""
    each = max(1, settings.messages // settings.pairs)
    with bench.server() as server, swarm_on(server.address, bench.seconds) as swarm, undisturbed():
        pairs = _pairs(swarm, settings.pairs, via)
        senders = [_sender(author, listener, each, window, settings) for author, listener in pairs]
        _say(swarm, pairs, senders, WARM_UP)
        bench.settle(server, swarm, 10)
        for sender in senders:
            sender.forget_times()
        cpu = server.cpu_seconds()
        begin = perf_counter()
        _say(swarm, pairs, senders, WARM_UP + each)
        wall = perf_counter() - begin
        cpu = server.cpu_seconds() - cpu
        for pair, sender in zip(pairs, senders, strict=True):
            verify(pair[0].cursor.transcript, pair, [sender])
    messages = each * settings.pairs
    return Row(
        via,
        settings.pairs,
        window,
        messages,
        wall_s=round(wall, 3),
        cpu_s=round(cpu, 2),
        cpu_us_per_message=round(cpu / messages * 1e6, 2),
        messages_per_s=round(messages / wall),
        ack_ms=spread([s for sender in senders for s in sender.ack_seconds]),
        delivery_ms=spread([s for sender in senders for s in sender.delivery_seconds]),
        verified=True,
    )


def _pairs(swarm: Swarm, count: int, via: str) -> list[tuple[Client, Client]]:
    rooms = [f"pair{i // 2}" if via == "room" else "" for i in range(2 * count)]
    clients = swarm.arrive(rooms)
    pairs = list(zip(clients[::2], clients[1::2], strict=True))
    for pair in pairs:
        gather(pair)
    return pairs


def _sender(author: Client, listener: Client, each: int, window: int, settings: Settings) -> Sender:
    count, size = WARM_UP + each, settings.text_bytes
    frames = says(author.room, count, size) if author.room else tells(listener.name, count, size)
    sender = Sender(author, frames, window)
    sender.observe(listener)
    return sender


def _say(swarm: Swarm, pairs: Sequence[tuple[Client, Client]], senders: Sequence[Sender], upto: int) -> None:
    for sender in senders:
        sender.allowed = upto
        sender.pump()

    def done() -> bool:
        return all(
            sender.finished
            and pair[1].cursor.transcript.count >= upto
            and pair[0].cursor.level
            and pair[1].cursor.level
            for pair, sender in zip(pairs, senders, strict=True)
        )

    swarm.until(done, f"every pair had got its {upto} lines")


def _way(text: str) -> tuple[str, ...]:
    ways = tuple(text.split(","))
    if not set(ways) <= set(VIAS):
        raise ValueError(text)
    return ways


def _table(rows: Sequence[Row]) -> Table:
    head = [
        "via, window",
        "CPU us",
        "messages/s",
        "wall s",
        "delivery p50 ms",
        "p99",
        "ack p50 ms",
        "p99",
        "goal CPU us",
    ]
    return Table(
        head,
        [
            [
                f"{row.via}, {row.window}",
                f"{row.cpu_us_per_message:.1f}",
                f"{row.messages_per_s:,.0f}",
                f"{row.wall_s:.2f}",
                f"{row.delivery_ms.p50:.2f}",
                f"{row.delivery_ms.p99:.2f}",
                f"{row.ack_ms.p50:.2f}",
                f"{row.ack_ms.p99:.2f}",
                f"{reference.PAIRS['goal']:g}",
            ]
            for row in rows
        ],
    )


BENCHMARK = Benchmark(
    Words("what a message between two people costs", "两人之间一条消息的代价"),
    full=Settings(),
    quick=Settings(messages=20_000),
    options=(
        Option("pairs", positive, Words("pairs of people", "多少对人")),
        Option(
            "via",
            _way,
            Words(
                "how they talk: tell (direct messages), room (a room of two), or both: tell,room",
                "怎样交谈：tell（私信）、room（两人房间），或 tell,room",
            ),
        ),
        Option(
            "window",
            several,
            Words(
                "lines that may be unacknowledged, several separated by commas",
                "最多有多少行尚未确认，多个用逗号隔开",
            ),
        ),
        Option(
            "messages",
            positive,
            Words("messages in one measurement, of all pairs together", "一次测量中所有人一共说的行数"),
        ),
        Option("text_bytes", positive, Words("length of each text", "每行正文的字节数")),
    ),
    run=run,
)
