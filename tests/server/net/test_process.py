"""Programs beside the loop: real ones, with everything they may do wrong."""

import os
import signal
import sys
from pathlib import Path

import pytest

from callroom_server.net.process import End, Process, Spawn
from net_support import House, descriptors

PYTHON = sys.executable


class Heard:
    """What a process has told."""

    def __init__(self) -> None:
        self.out: dict[int, bytes] = {1: b"", 2: b""}
        self.end: End | None = None

    def output(self, channel: int, data: bytes) -> None:
        assert self.end is None
        self.out[channel] += data

    def ended(self, end: End) -> None:
        assert self.end is None
        self.end = end


def start(
    house: House, *argv: str, seconds: float = 20, output: int = 100_000, folder: str = "/"
) -> tuple[Process, Heard]:
    heard = Heard()
    spawn = Spawn(argv[0], list(argv), folder, {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}, seconds, output)
    return Process(house.reactor, spawn, heard.output, heard.ended), heard


def finish(house: House, heard: Heard) -> End:
    house.until(lambda: heard.end is not None)
    assert heard.end is not None
    return heard.end


def test_output_and_exit_code_come_as_they_are(house: House) -> None:
    before = descriptors()
    script = "import sys; print('到', *sys.argv[1:]); sys.exit(3)"
    _, heard = start(house, PYTHON, "-c", script, "a b", "$(x)\n")
    end = finish(house, heard)
    assert heard.out == {1: "到 a b $(x)\n\n".encode(), 2: b""}
    assert (end.code, end.reason, end.output_bytes) == (3, "", len(heard.out[1]))
    assert descriptors() == before


def test_output_streams_while_it_runs(house: House, tmp_path: Path) -> None:
    fifo = tmp_path / "go"
    os.mkfifo(fifo)
    script = f"print('first', flush=True); open({str(fifo)!r}).read(); print('second')"
    _, heard = start(house, PYTHON, "-c", script)
    house.until(lambda: heard.out[1] == b"first\n")
    assert heard.end is None
    fifo.write_text("go")
    assert finish(house, heard).code == 0
    assert heard.out[1] == b"first\nsecond\n"


def test_it_gets_no_more_than_it_is_given(house: House, tmp_path: Path) -> None:
    script = (
        "import os, sys; print(sorted(os.environ), os.getcwd(), sys.stdin.read() == '',"
        " os.getsid(0) == os.getpid(), sorted(map(int, os.listdir('/proc/self/fd')))[:3],"
        " len(os.listdir('/proc/self/fd')))"
    )
    with open(os.devnull, "rb") as kept:
        os.set_inheritable(kept.fileno(), False)
        _, heard = start(house, PYTHON, "-I", "-c", script, folder=str(tmp_path))
        finish(house, heard)
    assert heard.out[1].decode() == f"['LC_ALL', 'PATH'] {tmp_path} True True [0, 1, 2] 4\n", heard.out


def test_what_it_may_use_is_bounded(house: House) -> None:
    names = "r.RLIMIT_CORE, r.RLIMIT_NOFILE, r.RLIMIT_CPU"
    script = f"print([r.getrlimit(x)[1] for x in ({names})])"
    # The limits are set from outside as it begins; an interpreter that has started is well past that.
    _, heard = start(house, PYTHON, "-c", f"import resource as r; {script}", seconds=7)
    finish(house, heard)
    assert heard.out[1] == b"[0, 256, 8]\n"


GRANDCHILD = (
    "import os, signal, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "pid = os.fork()\n"
    "print(os.getpid(), flush=True)\n"
    "time.sleep(600 if pid == 0 or len(sys.argv) < 2 else 0)\n"
)


def gone(pid: int) -> bool:
    """Whether a process is there no more, or only waits to be reaped by init."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def test_the_time_limit_takes_the_whole_group(house: House) -> None:
    process, heard = start(house, PYTHON, "-c", GRANDCHILD, seconds=0.5)
    end = finish(house, heard)
    assert (end.code, end.reason) == (-signal.SIGKILL, "time_limit")
    pids = [int(word) for word in heard.out[1].split()]
    assert process.pid in pids or not pids
    house.until(lambda: all(gone(pid) for pid in pids))


def test_who_is_left_behind_is_killed_with_the_program(house: House) -> None:
    _, heard = start(house, PYTHON, "-c", GRANDCHILD, "leave")
    end = finish(house, heard)
    assert (end.code, end.reason) == (0, "")
    house.until(lambda: all(gone(int(word)) for word in heard.out[1].split()))


def test_one_that_leaves_its_group_does_not_hold_the_end(house: House) -> None:
    script = (
        "import os, time\nready, tell = os.pipe()\n"
        "if os.fork() == 0:\n os.setsid(); os.write(tell, b'.'); time.sleep(30)\n"
        "else:\n os.read(ready, 1); print('done')"
    )
    _, heard = start(house, PYTHON, "-c", script)
    assert finish(house, heard).code == 0
    assert heard.out[1] == b"done\n"


def test_too_much_output_ends_it_at_the_limit(house: House) -> None:
    _, heard = start(house, PYTHON, "-c", "while True: print('x' * 1000)", output=50_000)
    end = finish(house, heard)
    assert end.reason == "output_limit"
    assert len(heard.out[1]) == end.output_bytes == 50_000


def test_a_pause_slows_it_down_and_loses_nothing(house: House) -> None:
    process, heard = start(house, PYTHON, "-c", "print('x' * 99_999)")
    process.pause()
    process.pause()
    for _ in range(20):
        house.reactor.run_pass(0.01)
    assert heard.out[1] == b""
    process.resume()
    process.resume()
    finish(house, heard)
    assert len(heard.out[1]) == 100_000


def test_one_that_ended_while_paused_keeps_its_last_words(house: House) -> None:
    process, heard = start(house, PYTHON, "-c", "print('last words')")
    process.pause()
    house.until(lambda: gone(process.pid))
    for _ in range(100):
        house.reactor.run_pass(0.01)
    assert heard.end is None
    process.resume()
    finish(house, heard)
    assert heard.out[1] == b"last words\n"


@pytest.mark.parametrize("paused", [False, True])
def test_whoever_asked_may_leave(house: House, paused: bool) -> None:
    before = descriptors()
    process, heard = start(house, PYTHON, "-c", "while True: print('x' * 1000)")
    house.until(lambda: len(heard.out[1]) > 1000)
    if paused:
        process.pause()
    process.kill("caller_left")
    end = finish(house, heard)
    assert (end.code, end.reason) == (-signal.SIGKILL, "caller_left")
    process.kill("time_limit")
    assert descriptors() == before


def test_what_cannot_be_started_leaves_nothing(house: House, tmp_path: Path) -> None:
    before = descriptors()
    for program, folder in ((str(tmp_path / "none"), "/"), (PYTHON, str(tmp_path / "none"))):
        with pytest.raises(FileNotFoundError):
            start(house, program, folder=folder)
    (tmp_path / "text").write_text("no program")
    with pytest.raises(PermissionError):
        start(house, str(tmp_path / "text"))
    assert descriptors() == before
