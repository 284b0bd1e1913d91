import os
import socket
import sys
from pathlib import Path

import pytest

from bench_support import FAKE, PYTHONPATH, small_bench
from callroom_bench.client import swarm_on
from callroom_bench.faults import BenchError, Lost, Overdue
from callroom_bench.server import Server, temporary_folder


@pytest.fixture(autouse=True)
def _find_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setenv("PYTHONPATH", PYTHONPATH)


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_it_is_ready_when_it_can_be_called_and_gone_afterwards(tmp_path: Path) -> None:
    with Server(FAKE, tmp_path) as server:
        pid = server.pid
        socket.create_connection(server.address).close()
        assert server.memory_bytes() > 1_000_000
        assert server.cpu_seconds() > 0
    assert not alive(pid)


def test_it_is_gone_when_the_benchmark_is_interrupted(tmp_path: Path) -> None:
    pids: list[int] = []

    def interrupted() -> None:
        with temporary_folder(tmp_path) as folder, Server(FAKE, folder) as server:
            pids.append(server.pid)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not alive(pids[0])
    assert list(tmp_path.iterdir()) == []


def test_a_killed_one_is_not_waited_for_again(tmp_path: Path) -> None:
    with Server(FAKE, tmp_path) as server:
        pid = server.pid
        server.kill()
        assert not alive(pid)
        with pytest.raises(BenchError, match="not running"):
            server.cpu_seconds()


def test_one_that_does_not_start_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('no such port'); raise SystemExit(3)"]
    with pytest.raises(BenchError, match=r"left with 3:\nno such port"), Server(command, tmp_path):
        pass


def test_the_configuration_is_passed_on(tmp_path: Path) -> None:
    with Server(FAKE, tmp_path, "[limits]\n") as server:
        line = Path(f"/proc/{server.pid}/cmdline").read_bytes().decode().split("\0")
    assert line[line.index("--config") + 1] == str(tmp_path / "callroom.toml")
    assert (tmp_path / "callroom.toml").read_text() == "[limits]\n"


def test_a_server_that_does_nothing_is_quiet(tmp_path: Path) -> None:
    with Server(FAKE, tmp_path) as server, swarm_on(server.address, 10) as swarm:
        cpu, quiet = small_bench(FAKE, tmp_path).settle(server, swarm, 6)
    assert quiet
    assert cpu < 1


def test_a_lost_connection_is_told(tmp_path: Path) -> None:
    with Server(FAKE, tmp_path) as server, swarm_on(server.address, 10) as swarm:
        swarm.arrive([""])
        server.kill()
        with pytest.raises(Lost):
            swarm.rest(5)


def test_nothing_waits_beyond_the_deadline(tmp_path: Path) -> None:
    with Server(FAKE, tmp_path) as server, swarm_on(server.address, 0.2) as swarm:
        swarm.arrive([""])
        with pytest.raises(Overdue, match="before the cows came home"):
            swarm.until(lambda: False, "the cows came home")


def test_it_runs_in_a_session_of_its_own(tmp_path: Path) -> None:
    with Server(FAKE, tmp_path) as server:
        assert os.getsid(server.pid) == server.pid
