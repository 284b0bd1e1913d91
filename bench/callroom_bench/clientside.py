"""How fast a client is: its start, lines through the link, events into the model, a long transcript."""

import socket
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import process_time

import msgspec

from callroom_bench import reference
from callroom_bench.bench import Bench, Benchmark, Option, positive, undisturbed
from callroom_bench.faults import Overdue, Unfaithful
from callroom_bench.figures import median_run
from callroom_bench.report import Outcome, Table
from callroom_bench.server import temporary_folder
from callroom_bench.starting import start
from callroom_client.client import Client
from callroom_client.events import LinkEvent, Received
from callroom_client.model.model import Model
from callroom_wire.codec import Chunk, decode_reply, decode_request, encode
from callroom_wire.frames import HEADER, FrameDecoder
from callroom_wire.messages import Hello, Joined, LoggedIn, Login, Said, ServerMessage, Welcomed
from callroom_words.words import Words

ROOM = "lobby"
TEXT = "十个汉字加上 sixty-four bytes of text"


class Settings(msgspec.Struct, frozen=True):
    """How many lines come, how many a transcript holds, and how often the client is started."""

    lines: int = 200_000
    kept: int = 100_000
    starts: int = 5


class LinkRow(msgspec.Struct, frozen=True, tag="link", tag_field="what"):
    """Lines from a socket to the listener: CPU time of the client's process, all its threads."""

    lines: int
    cpu_s: float
    events_per_s: float
    all_runs: Sequence[float] = ()


class ModelRow(msgspec.Struct, frozen=True, tag="model", tag_field="what"):
    """The same lines into the model, one `apply` each, in a place of which so many are kept."""

    lines: int
    cpu_s: float
    events_per_s: float
    bytes_per_line: float
    all_runs: Sequence[float] = ()


class StartRow(msgspec.Struct, frozen=True, tag="start", tag_field="what"):
    """From the start of `callroom line` to its prompt: the median of so many starts, and the quickest."""

    starts: int
    wall_ms: float
    best_ms: float
    cpu_ms: float
    all_runs: Sequence[float] = ()


Row = StartRow | LinkRow | ModelRow


def run(bench: Bench, settings: Settings) -> Outcome:
    """Measures the start, the link, and the model."""
    begun = measure_starts(bench, settings.starts)
    bench.tell(f"client: {begun.wall_ms:,.0f} ms to the prompt, {begun.cpu_ms:,.0f} ms of CPU")
    links = [measure_link(bench, settings.lines) for _ in range(bench.runs)]
    link = median_run(links, lambda row: row.events_per_s)
    bench.tell(f"client: {link.events_per_s:,.0f} lines a second through the link")
    models = [measure_model(settings.kept) for _ in range(bench.runs)]
    model = median_run(models, lambda row: row.events_per_s)
    bench.tell(f"client: {model.events_per_s:,.0f} lines a second into the model")
    rows: list[Row] = [
        begun,
        msgspec.structs.replace(link, all_runs=[row.events_per_s for row in links]),
        msgspec.structs.replace(
            model,
            bytes_per_line=max(row.bytes_per_line for row in models),  # a later run finds memory of the first
            all_runs=[row.events_per_s for row in models],
        ),
    ]
    note = Words(
        "Start: by the clock, on a pseudo-terminal; the first is not counted. The rest: CPU time of the "
        "client. Link: TCP over loopback, frames, JSON, one event a line; all compared. "
        "Model: one apply a line.",
        "启动：时钟时间，在伪终端上，第一次不计。其余：客户端的 CPU 时间。"
        "链路：回环 TCP、帧、JSON，每行一个事件，逐行核对；模型：每行一次 apply。",
    )
    return Outcome(settings, rows, _table(rows), [note])


def measure_starts(bench: Bench, starts: int) -> StartRow:
    """Starts of the line client, one after another, on a house that is open."""
    with bench.server() as server, temporary_folder(bench.parent) as folder:
        url = "tcp://{}:{}".format(*server.address)
        start(bench.command, url, folder, bench.seconds)  # the first reads its files from the disk
        taken = [start(bench.command, url, folder, bench.seconds) for _ in range(starts)]
    walls = [round(wall * 1e3, 1) for wall, _ in taken]
    return StartRow(
        starts,
        median_run(walls, lambda wall: wall),
        min(walls),
        round(median_run([cpu * 1e3 for _, cpu in taken], lambda cpu: cpu), 1),
        walls,
    )


def said(count: int) -> Iterator[Said]:
    """So many lines of a room."""
    return (Said(room=ROOM, seq=seq, at=seq, by="ann", text=f"{TEXT} {seq}") for seq in range(1, count + 1))


def measure_link(bench: Bench, lines: int) -> LinkRow:
    """Lines through a client's link."""
    expected = iter(range(1, lines + 1))
    whole = threading.Event()
    wrong: list[int] = []

    def listen(event: LinkEvent) -> None:
        if isinstance(event, Received) and isinstance(event.message, Said):
            seq = event.message.seq
            if seq != next(expected):
                wrong.append(seq)
            if seq == lines:
                whole.set()

    flood = b"".join(map(encode, said(lines)))
    with temporary_folder(bench.parent) as folder, _house(flood) as url, undisturbed():
        client = Client(url, listen, profile=folder / "profile.db")
        before = process_time()
        client.start()
        done = whole.wait(bench.seconds)
        cpu = process_time() - before
        client.close()
    if not done:
        raise Overdue(f"not all of {lines:,} lines came in {bench.seconds:g} s")
    if wrong:
        raise Unfaithful(f"line {wrong[0]} came out of order")
    return LinkRow(lines, round(cpu, 3), round(lines / cpu))


@contextmanager
def _house(flood: bytes) -> Generator[str]:
    """The URL of a house that lets one client in, and says all this to it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, flood), daemon=True)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.shutdown(socket.SHUT_RDWR)  # wakes accept: a client in a hurry has never come
            thread.join()


def _serve(listening: socket.socket, flood: bytes) -> None:
    try:
        sock, _ = listening.accept()
    except OSError:  # nobody comes any more
        return
    decoder = FrameDecoder()
    answers: dict[type, Callable[[int], ServerMessage]] = {
        Hello: lambda ref: Welcomed(ref=ref),
        Login: lambda ref: LoggedIn(name="bench", token="t", ref=ref),
    }
    with sock:
        while data := sock.recv(4096):
            for body in decoder.feed(data):
                request = decode_request(body)
                if answer := answers.get(type(request)):
                    sock.sendall(encode(answer(getattr(request, "ref", 0))))
                if isinstance(request, Login):
                    sock.sendall(encode(Joined(place=ROOM)) + flood)


def measure_model(lines: int) -> ModelRow:
    """Lines into a model: the time when the events are there, the memory when only their bytes were."""
    grown = _grown_by(lines)
    events = [Received(at=float(line.seq), message=line) for line in said(lines)]
    model = _model()
    with undisturbed():
        before = process_time()
        for event in events:
            model.apply(event)
        cpu = process_time() - before
    _whole(model, lines)
    return ModelRow(lines, round(cpu, 3), round(lines / cpu), round(grown / lines, 1))


def _grown_by(lines: int) -> int:
    """Bytes that a model of so many lines adds to the process. Nothing may be freed meanwhile that it could
    take instead: so the lines wait as bytes, and each is an object for a moment only.
    """
    bodies = [encode(line)[HEADER:] for line in said(lines)]
    model = _model()
    before = _resident()
    for body in bodies:
        model.apply(Received(at=0.0, message=_decoded(body)))
    grown = _resident() - before
    _whole(model, lines)
    return grown


def _decoded(body: bytes) -> ServerMessage:
    message = decode_reply(body)
    if isinstance(message, Chunk):
        raise Unfaithful("a line was read as a chunk")
    return message


def _model() -> Model:
    model = Model()
    model.apply(Received(at=0.0, message=LoggedIn(name="bench")))
    model.apply(Received(at=0.0, message=Joined(place=ROOM)))
    return model


def _whole(model: Model, lines: int) -> None:
    place = model.place(ROOM)
    if place is None or place.head != lines:
        raise Unfaithful("the model does not hold what was said")


def _resident() -> int:
    """Bytes of memory (proc(5): VmRSS in KiB)."""
    for row in Path("/proc/self/status").read_text().splitlines():
        if row.startswith("VmRSS:"):
            return int(row.split()[1]) * 1024
    return 0


def _table(rows: Sequence[Row]) -> Table:
    lines: list[list[str]] = []
    for row in rows:
        if isinstance(row, StartRow):
            about = f"{row.cpu_ms:,.0f} ms CPU; best {row.best_ms:,.0f} ms"
            goal = f"{reference.START_GOAL_MS} ms"
            lines.append(["start to the prompt", f"{row.wall_ms:,.0f} ms", goal, about])
            continue
        about = f"{row.cpu_s / row.lines * 1e6:.2f} us CPU"
        if isinstance(row, LinkRow):
            lines.append(["lines through the link", f"{row.events_per_s:,.0f}/s", "", about])
        else:
            goal = f"{reference.MODEL_GOAL:,}/s"
            lines.append(["lines into the model", f"{row.events_per_s:,.0f}/s", goal, about])
            kept = f"a transcript of {row.lines:,}"
            lines.append(["memory for a line", f"{row.bytes_per_line:,.0f} B", "", kept])
    return Table(["what", "measured", "goal", "about it"], lines)


BENCHMARK = Benchmark(
    Words(
        "the client: its start, lines through its link, events into its model, a long transcript",
        "客户端：启动、链路、模型、很长的记录",
    ),
    full=Settings(),
    quick=Settings(lines=20_000, kept=20_000, starts=2),
    options=(
        Option("lines", positive, Words("lines through the link", "链路上多少行")),
        Option("kept", positive, Words("lines into the model", "模型中多少行")),
        Option("starts", positive, Words("starts of the line client", "启动多少次")),
    ),
    run=run,
)
