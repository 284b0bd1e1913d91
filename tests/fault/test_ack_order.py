"""An acknowledgement leaves only when what it acknowledges is on the disk: read off the system calls."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from callroom_server.ledger.database import LEDGER_FILE
from callroom_wire import messages as m
from callroom_wire.codec import decode_reply
from callroom_wire.frames import MAX_FRAME, FrameDecoder
from framed_support import person
from house_support import OpenHouse, Outright, wait_until

LINES = 150
WINDOW = 32
TRACE = ["-f", "-y", "-xx", "-s", "5000", "-e", "trace=pwrite64,fdatasync,sendto"]
"""Whole pages of the WAL; -y tells which file a descriptor is, -xx keeps every string on one line as hex."""

CALL = re.compile(r"\d+ +(?:<\.\.\. )?(\w+)(?:\(\d+<([^>]*)>(?:, \"([^\"]*)\")?| resumed>)(.*)")


def line(number: int) -> str:
    """A line to be found in the pages of the WAL: of three copies at most one is cut by a page's end."""
    return " ".join([f"line-{number:06}."] * 3)


def calls(trace: Path) -> Iterator[tuple[str, str, bytes, bool]]:
    """Name, file, data, and whether it has returned; a call that another thread interrupts comes twice."""
    for row in trace.read_text().splitlines():
        found = CALL.match(row)
        if found is not None:
            name, file, data, rest = found.groups()
            yield name, _unhex(file or "").decode(), _unhex(data or ""), not rest.endswith("<unfinished ...>")


def _unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def acknowledged_too_early(trace: Path) -> tuple[int, int]:
    """How many lines were acknowledged, and how many of them before a sync that followed their write."""
    written: set[int] = set()  # in the WAL, not synced yet
    synced: set[int] = set()
    told = early = 0
    decoder = FrameDecoder(MAX_FRAME)
    for name, file, data, returned in calls(trace):
        if name == "pwrite64" and file.endswith(f"{LEDGER_FILE}-wal"):
            written.update(int(number) for number in re.findall(rb"line-(\d{6})\.", data))
        elif name == "fdatasync" and returned:
            synced |= written
            written.clear()
        elif name == "sendto" and data[:1] == b"\0" and len(data) > 4:
            for body in decoder.feed(data):
                message = decode_reply(body)
                if isinstance(message, m.Ack):
                    told += len(message.ids)
                    early += len(set(message.ids) - synced)
    return told, early


@pytest.fixture
def strace() -> str:
    program = shutil.which("strace")
    if program is None:
        hint = "install it" if os.geteuid() == 0 else "have it installed by root"
        pytest.fail(f"strace is not there, so nobody can see when the disk is written: {hint} (apt: strace)")
    return program


@pytest.mark.parametrize(("fault", "sound"), [("", True), ("unsynced", False)])
def test_acks_leave_after_the_sync_of_what_they_acknowledge(
    open_house: OpenHouse, strace: str, tmp_path: Path, fault: str, sound: bool
) -> None:
    trace = tmp_path / "trace"
    house = open_house(
        options=["--no-flood"], starter=Outright(strace, "-o", str(trace), *TRACE, fault=fault)
    )
    with person(house.port, "alice", "lobby") as alice:
        said = acknowledged = 0
        while acknowledged < LINES:
            while said < LINES and said - acknowledged < WINDOW:
                said += 1
                alice.send(m.Say(id=said, room="lobby", text=line(said)))
            acknowledged += len(alice.expect(m.Ack).ids)
    house.logged("session.closed")
    house.stop()
    wait_until(lambda: "+++ exited" in trace.read_text()[-200:])
    told, early = acknowledged_too_early(trace)
    assert told == LINES
    # The second round proves that this test can see what it looks for.
    assert early == 0 if sound else early > LINES // 2
