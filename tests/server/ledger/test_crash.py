"""What was acknowledged is there, in its place and once, after kill -9 and after the power fails."""

import os
import random
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest

from callroom_server.core.ledger import LedgerError
from callroom_server.ledger.database import LEDGER_FILE
from callroom_server.ledger.reader import SqliteReader
from callroom_server.ledger.verify import verify

CHILD = Path(__file__).with_name("child_writer.py")
STREAM = "room/a"
CYCLES = int(os.environ.get("CALLROOM_KILL_CYCLES", "30"))
CUTS = int(os.environ.get("CALLROOM_POWER_CUTS", "100"))
FOREVER = 1 << 40
SECTOR = 512
FEW_ROWS = 6
"""Index rows are filed every third batch, so that some of what ends a writer hits the filing."""

MANY_ROWS = 4000
"""None are filed: all that is written is batches."""


def child(
    folder: Path, first: int, count: int, window: int, *before: str, unfiled_rows: int = FEW_ROWS
) -> subprocess.Popen[bytes]:
    numbers = map(str, (first, count, window, unfiled_rows))
    return subprocess.Popen(
        [*before, sys.executable, "-S", str(CHILD), str(folder), *numbers],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def answers_in(output: bytes) -> list[tuple[int, int]]:
    """Whole lines only: the kill may come in the middle of one."""
    lines = output[: output.rfind(b"\n") + 1].splitlines()
    return [(int(counter), int(seq)) for counter, seq in (line.split() for line in lines)]


def test_nothing_acknowledged_is_lost_or_doubled_by_kill_9(tmp_path: Path) -> None:
    chance = random.Random(9)
    folder = tmp_path / "house"
    acknowledged: dict[int, int] = {}
    first = 1
    for _ in range(CYCLES):
        process = child(folder, first, FOREVER, 32)
        assert process.stdout is not None
        output = b""
        wanted = chance.randrange(1, 4000)
        while len(output) < wanted:
            output += os.read(process.stdout.fileno(), chance.randrange(1, 4000))
        process.kill()
        output += process.stdout.read()
        process.stdout.close()
        process.wait()
        for counter, seq in answers_in(output):
            assert acknowledged.setdefault(counter, seq) == seq
        # The client's view: what has no answer is sent again, from the first such line on.
        first = max(acknowledged) + 1
        assert len(acknowledged) == max(acknowledged)
    report = verify(folder)
    assert report.sound, report.problems
    reader = SqliteReader(folder)
    stored = {r.counter: r.seq for r in reader.read(STREAM, 0, FOREVER, FOREVER, False)}
    reader.close()
    assert acknowledged.items() <= stored.items()
    assert len(stored) == report.records


# --- what reaches the disk, seen by strace(1) ---

TRACED = ("-f", "-y", "-xx", "-s", "70000", "-e", "trace=pwrite64,fdatasync,fsync,ftruncate,unlink,write")
CALL = re.compile(r"\d+ +(?:<\.\.\. )?(\w+)(?: resumed>|\()(.*)")


class Write(msgspec.Struct, frozen=True):
    """Bytes that a file was given; not on the disk yet."""

    file: str
    offset: int
    content: bytes


class Truncate(msgspec.Struct, frozen=True):
    """A file was cut, or made longer."""

    file: str
    size: int


class Sync(msgspec.Struct, frozen=True):
    """All of a file is on the disk."""

    file: str


class Remove(msgspec.Struct, frozen=True):
    """A file is gone, with what was cached of it. SQLite syncs the folder when that matters."""

    file: str


class Ack(msgspec.Struct, frozen=True):
    """So many lines have been answered for."""

    lines: int


Event = Write | Truncate | Sync | Remove | Ack


def not_permitted() -> str:
    """Why the kernel lets nobody trace (seccomp, Yama), in strace's own words; "" if it does."""
    tried = subprocess.run(["strace", "-e", "trace=none", "true"], stderr=subprocess.PIPE, check=False)
    said = tried.stderr.decode()
    return said.strip() if tried.returncode and "Operation not permitted" in said else ""


def record(folder: Path, log: Path, count: int, unfiled_rows: int = FEW_ROWS) -> list[Event]:
    """Runs the child under strace, line after line: what it did to its files, and when it answered."""
    if shutil.which("strace") is None:
        pytest.fail("strace is not there, so nobody can see what reaches the disk: install it (apt: strace)")
    refused = not_permitted()
    if refused:
        pytest.skip(f"strace may not trace here: {refused}")
    process = child(folder, 1, count, 1, "strace", "-o", str(log), *TRACED, unfiled_rows=unfiled_rows)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert len(answers_in(output)) == count
    return events_in(log.read_text())


def events_in(log: str) -> list[Event]:
    """A call counts when it has returned; its arguments stand where it began."""
    events: list[Event] = []
    begun: dict[str, str] = {}
    acks = 0
    for line in log.splitlines():
        thread = line.split(" ", 1)[0]
        if line.endswith("<unfinished ...>"):
            begun[thread] = line.removesuffix(" <unfinished ...>")
            continue
        if "<... " in line:
            line = begun.pop(thread) + line.split("resumed>", 1)[1]
        found = CALL.match(line)
        if found is None or " = -1 " in line:
            continue
        name, arguments = found[1], found[2]
        file = re.match(r'\d+<([^>]*)>|"([^"]*)"', arguments)
        assert file is not None, line
        path = (file[1] or file[2]).encode("ascii").decode("unicode_escape")
        if name == "write":
            if arguments.startswith("1<"):
                acks += 1
                events.append(Ack(acks))
            continue
        short = Path(path).name
        if not short.startswith(LEDGER_FILE) or short.endswith("-shm"):
            continue
        match name:
            case "pwrite64":
                written = re.search(r'"([^"]*)", \d+, (\d+)\)', arguments)
                assert written is not None, line[:200]
                content = bytes.fromhex(written[1].replace("\\x", ""))
                events.append(Write(short, int(written[2]), content))
            case "ftruncate":
                size = re.search(r", (\d+)\)", arguments)
                assert size is not None, line
                events.append(Truncate(short, int(size[1])))
            case "unlink":
                events.append(Remove(short))
            case _:
                events.append(Sync(short))
    return events


def test_no_acknowledgement_leaves_before_its_sync(tmp_path: Path) -> None:
    # Index rows are filed beside the answer, and it need not wait for them: they can be made again.
    events = record(tmp_path / "house", tmp_path / "strace", 20, MANY_ROWS)
    unsynced, commits, acks = False, 0, 0
    for event in events:
        match event:
            case Write(file=file) if file.endswith("-wal"):
                unsynced = True
            case Sync(file=file) if file.endswith("-wal"):
                commits += unsynced
                unsynced = False
            case Ack():
                acks += 1
                assert not unsynced, f"acknowledgement {acks} left before the sync"
            case _:
                pass
    assert acks == 20
    assert commits >= acks


class Disk:
    """A disk with a cache: at a power cut, of what was not synced any 512-byte piece may be there or not."""

    def __init__(self) -> None:
        self._synced: dict[str, bytearray] = defaultdict(bytearray)
        self._cached: dict[str, list[Write | Truncate]] = defaultdict(list)

    def do(self, event: Event) -> None:
        match event:
            case Write() | Truncate():
                self._cached[event.file].append(event)
            case Sync():
                for each in self._cached.pop(event.file, []):
                    self._apply(self._synced[event.file], each)
            case Remove():
                self._cached.pop(event.file, None)
                self._synced.pop(event.file, None)
            case Ack():
                pass

    def cut(self, folder: Path, chance: random.Random) -> None:
        """Writes what is left after a power cut now."""
        folder.mkdir()
        keep = chance.choice((0.0, 0.5, 0.9, 1.0))
        for file in {*self._synced, *self._cached}:
            content = bytearray(self._synced.get(file, b""))
            for each in self._cached.get(file, []):
                for piece in self._pieces(each):
                    if chance.random() < keep:
                        self._apply(content, piece)
            (folder / file).write_bytes(content)

    @staticmethod
    def _pieces(event: Write | Truncate) -> list[Write | Truncate]:
        if isinstance(event, Truncate):
            return [event]
        pieces: list[Write | Truncate] = []
        start, end = event.offset, event.offset + len(event.content)
        while start < end:
            stop = min(end, (start // SECTOR + 1) * SECTOR)
            pieces.append(Write(event.file, start, event.content[start - event.offset : stop - event.offset]))
            start = stop
        return pieces

    @staticmethod
    def _apply(content: bytearray, event: Write | Truncate) -> None:
        if isinstance(event, Truncate):
            del content[event.size :]
            content.extend(bytes(event.size - len(content)))
            return
        content.extend(bytes(max(0, event.offset - len(content))))
        content[event.offset : event.offset + len(event.content)] = event.content


def holds(folder: Path, acknowledged: int) -> bool:
    try:
        report = verify(folder)
    except LedgerError:
        return False  # not even the schema is there
    return report.sound and report.records >= acknowledged


def lost_at(events: list[Event], cuts: list[int], folder: Path) -> int:
    """In how many of these power cuts an acknowledged line is gone, or the ledger is broken."""
    chance = random.Random(4)
    disk, acknowledged, lost = Disk(), 0, 0
    at = iter(sorted(cuts))
    cut = next(at, None)
    for place, event in enumerate(events):
        while cut == place:
            left = folder / str(place)
            disk.cut(left, chance)
            lost += not holds(left, acknowledged)
            shutil.rmtree(left)
            cut = next(at, None)
        disk.do(event)
        if isinstance(event, Ack):
            acknowledged = event.lines
    return lost


def test_nothing_acknowledged_is_lost_in_a_power_cut(tmp_path: Path) -> None:
    events = record(tmp_path / "house", tmp_path / "strace", 600)
    assert any(isinstance(event, Write) and event.file == LEDGER_FILE for event in events[200:-200])
    begin = next(place for place, event in enumerate(events) if isinstance(event, Ack))
    chance = random.Random(5)
    cuts = [chance.randrange(begin, len(events)) for _ in range(CUTS)]
    (tmp_path / "full").mkdir()
    assert lost_at(events, cuts, tmp_path / "full") == 0
    # The control: without the sync of each commit, as with `synchronous = NORMAL`, such cuts do lose lines.
    lazy = [event for event in events if not (isinstance(event, Sync) and event.file.endswith("-wal"))]
    cuts = [chance.randrange(len(lazy) // 2, len(lazy)) for _ in range(10)]
    (tmp_path / "lazy").mkdir()
    assert lost_at(lazy, cuts, tmp_path / "lazy") > 0
