"""Runbooks as people reach them: the command, the framed door, the robot; and what is recorded."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from callroom_server.core import events
from callroom_wire import messages as m
from framed_support import Framed
from house_support import COMMAND, ENVIRON, PATIENCE, LiveHouse, OpenHouse, wait_until
from lab_support import RUNBOOKS

M = TypeVar("M")

PYTHON = f"""
[runbook.python]
about = "Whatever the test needs"
argv = ["{sys.executable}", "-c", "{{script}}"]
who = "anyone"
time = 20
params.script = {{ type = "choice", options = [
  "print('first', flush=True); input_ = open('go').read(); print('second')",
  "import os; os.write(1, b'out'); os.write(2, b'err'); os._exit(7)",
  "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
] }}
"""
STREAMS, BOTH, SIGNAL = (
    "print('first', flush=True); input_ = open('go').read(); print('second')",
    "import os; os.write(1, b'out'); os.write(2, b'err'); os._exit(7)",
    "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
)

MENU = """
schema = 1
id = "ops"
title = "ops"
lang = "en"
start = "main"
[defaults]
give_up = "never"
no_match = ["?"]
[node.main]
say = "what?{menu}"
keys.1 = { label = "echo", goto = "echo" }
keys.2 = { label = "fail", goto = "fail" }
[node.echo]
run = { runbook = "echo", args = ["it works\\u0021"], save = "it" }
done = { say = "done", goto = "main" }
error = { say = "error", goto = "main" }
[node.fail]
run = { runbook = "fails", save = "it" }
done = { say = "done", goto = "main" }
error = { say = "error", goto = "main" }
"""


@pytest.fixture
def house(open_house: OpenHouse, tmp_path: Path) -> LiveHouse:
    runbooks = tmp_path / "runbooks.toml"
    runbooks.write_text(RUNBOOKS + PYTHON, encoding="utf-8")
    menus = tmp_path / "menus"
    menus.mkdir()
    (menus / "ops.toml").write_text(MENU, encoding="utf-8")
    return open_house({}, ["--runbooks", str(runbooks), "--menus", str(menus)])


def command(house: LiveHouse, *argv: str) -> Sequence[str]:
    return [*COMMAND, "run", "--data", str(house.folder), "--lang", "en", "--", *argv]


def called(argv: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(argv, capture_output=True, env=ENVIRON, timeout=PATIENCE, check=False)


def run(house: LiveHouse, *argv: str) -> tuple[int, bytes, bytes]:
    done = called(command(house, *argv))
    return done.returncode, done.stdout, done.stderr


def told(client: Framed, kind: type[M]) -> list[M]:
    """What came of one kind."""
    return [message for message in client.got if isinstance(message, kind)]


def until(client: Framed, condition: Callable[[], bool]) -> None:
    """Receives until it is so."""
    while not condition():
        client.receive()


def test_output_and_exit_code_are_the_programs_own(house: LiveHouse) -> None:
    assert run(house, "echo", "a  'b' $(c)") == (0, b"a  'b' $(c)\n", b"")
    assert run(house, "python", BOTH) == (7, b"out", b"err")
    assert run(house, "python", SIGNAL) == (128 + signal.SIGTERM, b"", b"")


def test_what_may_not_be_is_told_and_ends_with_1(house: LiveHouse) -> None:
    code, out, said = run(house, "rm", "-rf", "/")
    assert (code, out) == (1, b"")
    assert b"There is no runbook rm. There are: echo, fails" in said
    for argv, part in (
        (["secret"], b"operator, admin"),
        (["echo", "-n"], b"never begins with -"),
        (["echo"], b"Write: echo WORDS"),
        (["echo", "a", "b"], b"Write: echo WORDS"),
        (["much", "x"], b"1 - 1e+06"),
    ):
        code, out, said = run(house, *argv)
        assert (code, out) == (1, b"")
        assert part in said


def test_output_streams_and_ctrl_c_ends_the_program(house: LiveHouse, tmp_path: Path) -> None:
    go = tmp_path / "go"
    os.mkfifo(go)
    with subprocess.Popen(command(house, "python", STREAMS), stdout=subprocess.PIPE, env=ENVIRON) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"first\n"
        go.write_text("on")
        assert running.stdout.read() == b"second\n"
    assert running.returncode == 0
    with subprocess.Popen(command(house, "python", STREAMS), stdout=subprocess.PIPE, env=ENVIRON) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"first\n"
        running.send_signal(signal.SIGINT)
    assert running.returncode == 130
    wait_until(lambda: not Path(f"/proc/{house.pid}/task/{house.pid}/children").read_text())


def test_a_reader_that_stops_loses_nothing(house: LiveHouse) -> None:
    with subprocess.Popen(command(house, "much", "500000"), stdout=subprocess.PIPE, env=ENVIRON) as running:
        assert running.stdout is not None
        assert running.stdout.read(2) == b"1\n"
        wait_until(lambda: house.resident() < 200 << 20)
        text = running.stdout.read()
    assert text == b"".join(b"%d\n" % number for number in range(2, 500_001))


def test_limits_are_told(house: LiveHouse) -> None:
    code, out, said = run(house, "much", "1000000")
    assert (code, len(out)) == (128 + signal.SIGKILL, 4_000_000)
    assert said == b"callroom run: killed: it wrote more than the runbook allows\n"


def test_no_house_no_data_and_wrong_use(house: LiveHouse, tmp_path: Path) -> None:
    nowhere = [*COMMAND, "run", "--lang", "en", "--data", str(tmp_path / "none"), "echo", "x"]
    done = subprocess.run(nowhere, capture_output=True, env=ENVIRON, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "start one with callroom serve" in done.stderr
    for argv in (["run"], ["run", "--at", "http://x:1", "echo"], ["run", "--none", "x"]):
        assert called([*COMMAND, *argv]).returncode == 2


def test_every_run_is_recorded_before_and_after(house: LiveHouse) -> None:
    run(house, "echo", "x")
    run(house, "fails")
    run(house, "echo", "-n")
    runs = [*COMMAND, "runs", "--data", str(house.folder), "--lang", "en"]
    first, second = (json.loads(line) for line in called([*runs, "--json"]).stdout.splitlines())
    assert (first["runbook"], first["args"]) == ("echo", ["x"])
    assert (first["door"], first["address"]) == ("frames", "unix")
    assert (first["code"], first["output_bytes"]) == (0, 2)
    assert (second["runbook"], second["code"]) == ("fails", 2)
    assert "echo 'x'  exit code 0" in called(runs).stdout.decode()
    assert [line.code for line in house.events("run.refused")] == ["argument_is_option"]


def test_the_framed_door_runs_as_many_as_it_may(house: LiveHouse) -> None:
    with Framed(house.port) as client:
        client.send(m.Hello(), *(m.Run(name="sleep", args=["0.2"], ref=ref) for ref in (1, 2, 3)))
        client.send(m.Run(name="echo", args=["x"], ref=4))
        until(client, lambda: len(told(client, m.RunOver)) == 2)
        assert [(error.code, error.ref) for error in told(client, m.Error)] == [
            ("runbooks_busy", 3),
            ("runbooks_busy", 4),
        ]
        client.send(m.Run(name="echo", args=["x"], ref=5))
        until(client, lambda: len(told(client, m.RunOver)) == 3)
        assert told(client, m.RunOutput) == [m.RunOutput(channel=1, data=b"x\n", ref=5)]


def test_the_robot_runs_and_says(house: LiveHouse) -> None:
    with Framed(house.port) as client:
        client.send(m.Hello(), m.Dial(menu="ops"), m.Press(text="1"), m.Press(text="2"))
        until(client, lambda: any("error" in prompt.text for prompt in told(client, m.Prompted)))
        said = "\n".join(prompt.text for prompt in told(client, m.Prompted))
        assert "it works!\ndone\nwhat?" in said
        assert "error\nwhat?" in said


def test_a_changed_file_is_read_and_a_broken_one_changes_nothing(house: LiveHouse, tmp_path: Path) -> None:
    file = tmp_path / "runbooks.toml"
    file.write_text('[runbook.new]\nabout = "new"\nargv = ["echo", "new"]\nwho = "anyone"\n')
    assert run(house, "new") == (0, b"new\n", b"")
    file.write_text('[runbook.newer]\nabout = "x"\nargv = ["x"]\nwoh = "anyone"\n')
    assert run(house, "new")[0] == 0
    assert any("did you mean who?" in line.raw for line in house.logged("runbooks.kept", 1))
    file.unlink()
    assert run(house, "new")[0] == 0


def test_a_broken_file_keeps_the_house_closed(open_house: OpenHouse, tmp_path: Path) -> None:
    file = tmp_path / "runbooks.toml"
    file.write_text('[runbook.x]\nabout = "x"\nargv = ["sh"]\nwho = "anyone"\n')
    with pytest.raises(AssertionError, match=r"runbooks\.toml:3:9: sh is a shell"):
        open_house({}, ["--runbooks", str(file)])


def test_a_link_does_not_lead_out_of_the_folder(open_house: OpenHouse, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "inside").write_text("x")
    (shared / "out").symlink_to("/etc")
    file = tmp_path / "runbooks.toml"
    file.write_text(
        '[runbook.ls]\nabout = "x"\nargv = ["ls", "{path}"]\nwho = "anyone"\nfolder = "shared"\n'
        'params.path = { type = "path", default = "." }\n'
    )
    house = open_house({}, ["--runbooks", str(file)])
    assert run(house, "ls") == (0, b"inside\nout\n", b"")
    assert run(house, "ls", "inside") == (0, b"inside\n", b"")
    for path in ("out", "out/passwd", "/etc", "..", "inside/../.."):
        code, out, said = run(house, "ls", path)
        assert (code, out) == (1, b"")
        assert b"that is not below the folder" in said


def test_without_runbooks_there_is_nothing_to_run(open_house: OpenHouse) -> None:
    code, _, said = run(open_house(), "date")
    assert code == 1
    assert b"There are no runbooks here." in said


def test_the_events_can_be_read_by_older_and_newer_houses() -> None:
    asked = events.RunAsked(boot=1, run="1-1", at=5, runbook="x", args=["y"], door="frames", address="unix")
    assert events.decode(events.encode(asked)) == asked
    assert msgspec.json.decode(events.encode(asked))["type"] == "runasked"
