"""The disk runs full and has space again: nothing acknowledged is lost, reading goes on, the house heals."""

import http.client
import resource
import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import Protocol

import pytest

from callroom_server.ledger.verify import verify
from callroom_wire import messages as m
from framed_support import Framed, person
from house_support import PATIENCE, LiveHouse, Nursery, OpenHouse, Special, Starter

SMALL_KIB = 3000
LARGE_KIB = 24_000
FILLING = "x" * 2000
MOST_LINES = 20_000
WINDOW = 32


class Disk(Protocol):
    """Where a house lives that is short of space."""

    folder: Path
    starter: Starter

    def grow(self, house: LiveHouse) -> None:
        """Gives it more space while it runs."""
        ...


class SmallFileSystem:
    """A file system in memory, which only root can make."""

    def __init__(self, mounted: Path, starter: Starter) -> None:
        self.folder = mounted / "house"
        self.starter: Starter = starter
        self._mounted = mounted

    def grow(self, house: LiveHouse) -> None:
        run("mount", "-o", f"remount,size={LARGE_KIB}k", str(self._mounted))


class ShortFiles:
    """Files that may not grow beyond a size (setrlimit(2), RLIMIT_FSIZE), which anyone can ask for."""

    def __init__(self, folder: Path, nursery: Nursery) -> None:
        self.folder = folder
        self.starter: Starter = Special(nursery, soft={"RLIMIT_FSIZE": SMALL_KIB * 512})

    def grow(self, house: LiveHouse) -> None:
        resource.prlimit(house.pid, resource.RLIMIT_FSIZE, (LARGE_KIB * 1024, resource.RLIM_INFINITY))


def run(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(params=["file system", "file size"])
def disk(request: pytest.FixtureRequest, nursery: Nursery, tmp_path: Path) -> Generator[Disk]:
    if request.param == "file size":
        yield ShortFiles(tmp_path / "house", nursery)
        return
    mounted = tmp_path / "disk"
    mounted.mkdir()
    if not run("mount", "-t", "tmpfs", "-o", f"size={SMALL_KIB}k", "callroom-test", str(mounted)):
        pytest.skip("only root may mount a file system; files of limited size are tested all the same")
    yield SmallFileSystem(mounted, nursery)
    assert run("umount", "--lazy", str(mounted))


class Writer:
    """Someone who talks with many lines under way."""

    def __init__(self, client: Framed) -> None:
        self.client = client
        self.said = 0
        self.acknowledged: dict[int, int] = {}  # id -> seq

    def talk_until_refused(self) -> m.Error:
        """Talks until something is not stored."""
        while True:
            while self.said - len(self.acknowledged) < WINDOW:
                self.said += 1
                self.client.send(self.line(self.said))
            assert self.said < MOST_LINES, "the disk never ran full"
            answer = self.client.expect((m.Ack, m.Error))
            if isinstance(answer, m.Error):
                assert answer.id not in self.acknowledged
                return answer
            self.heard(answer)

    def say_again(self) -> None:
        """Sends what has no acknowledgement once more, and waits for all of it."""
        for number in range(1, self.said + 1):
            if number not in self.acknowledged:
                self.client.send(self.line(number))
        while len(self.acknowledged) < self.said:
            self.heard(self.client.expect(m.Ack))

    def heard(self, ack: m.Ack) -> None:
        for number, seq in zip(ack.ids, ack.seqs, strict=True):
            assert self.acknowledged.setdefault(number, seq) == seq

    def line(self, number: int) -> m.Say:
        return m.Say(id=number, room="lobby", text=f"{number}:{FILLING}")


def ready(house: LiveHouse) -> tuple[int, str]:
    """What a monitor is told that asks whether callers should be sent here."""
    asking = http.client.HTTPConnection("127.0.0.1", house.port, timeout=PATIENCE)
    asking.request("GET", "/readyz")
    reply = asking.getresponse()
    said = reply.read().decode()
    asking.close()
    return reply.status, said


def page(client: Framed, after: int) -> list[tuple[int, int]]:
    """Seqs and numbers of the lines after a seq, as the history tells them."""
    client.send(m.History(place="lobby", after=after, limit=500))
    entries = client.expect(m.Page).entries
    return [(entry.seq, int(entry.text.partition(":")[0])) for entry in entries]


def test_the_disk_runs_full_and_has_space_again(open_house: OpenHouse, disk: Disk, nursery: Nursery) -> None:
    house = open_house(options=["--no-flood"], starter=disk.starter, folder=disk.folder)
    with person(house.port, "alice", "lobby") as alice, person(house.port, "bob", "lobby") as bob:
        writer = Writer(alice)
        refusal = writer.talk_until_refused()
        assert refusal.code == "ledger_down"
        assert "disk" in refusal.text, refusal
        assert "disk" in house.logged("ledger.changed", state="degraded")[0].reason
        assert len(writer.acknowledged) > WINDOW
        assert ready(house) == (503, "not ready: the ledger is degraded\n")

        # Nobody is thrown out, whoever only reads or asks is served, whoever would write is told why not.
        bob.alive()
        assert page(bob, 0)[0] == (1, 1)
        head = max(writer.acknowledged.values())
        bob.hear(head)
        bob.send(m.Say(id=1, room="lobby", text="and me?"))
        assert bob.expect(m.Error).id == 1
        with Framed(house.port) as late:
            late.send(m.Hello(), m.Login(name="carol", ref=5))
            assert late.expect(m.Error, lambda error: error.ref == 5).code == "ledger_down"

            disk.grow(house)
            house.logged("ledger.changed", count=2, state="ready")
            assert ready(house) == (200, "ready\n")
            late.send(m.Login(name="carol"))
            assert late.expect(m.LoggedIn).name == "carol"
        writer.say_again()
        head = bob.say(1, "lobby", "0:and me?").seqs[0]
        bob.hear(head)
        assert [seq for seq, _ in bob.lines()] == list(range(1, head + 1))
    house.kill()
    house.starter = nursery  # where there is space
    house.start()
    assert verify(disk.folder).sound
    with person(house.port, "dave", "lobby") as dave:
        kept: dict[int, int] = {}
        while len(kept) < head:
            kept.update(page(dave, len(kept)))
    assert {number: seq for seq, number in kept.items() if number} == writer.acknowledged
    assert not house.events("session.broke")
    assert not house.events("callback.failed")
