import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from callroom_server.cli.serve import announce, serve

DEADLINE = 30


@contextmanager
def house(folder: Path, *argv: str, **environ: str) -> Generator[subprocess.Popen[str]]:
    """A served house in a process of its own; ended when the test is over."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("CALLROOM_")}
    paths = os.pathsep.join(filter(None, sys.path))
    process = subprocess.Popen(
        [sys.executable, "-m", "callroom.main", "--listen", "tcp://127.0.0.1:0", *argv],
        cwd=folder,
        env=clean
        | {"PYTHONPATH": paths, "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        | environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def port_of(process: subprocess.Popen[str]) -> int:
    found = re.fullmatch(r"listening tcp://127\.0\.0\.1:(\d+)\n", line_of(process))
    assert found, process.communicate(timeout=DEADLINE)
    return int(found[1])


def test_plain_callroom_serves_says_how_to_call_and_leaves_in_order(tmp_path: Path) -> None:
    with house(tmp_path, "--log-format", "json", LANG="en_GB.UTF-8") as process:
        port = port_of(process)
        assert line_of(process) == "\n"
        assert line_of(process).startswith("Callroom is open.")
        assert line_of(process) == f"  telnet -E 127.0.0.1 {port}\n"
        assert line_of(process) == f"  nc 127.0.0.1 {port}\n"
        with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as caller:
            assert caller.recv(4096)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0
    events = [json.loads(line)["event"] for line in log.splitlines()]
    assert "serve.started" in events
    assert events[-1] == "serve.ended"
    assert (tmp_path / "callroom").is_dir()


def test_settings_come_from_the_file_here(tmp_path: Path) -> None:
    (tmp_path / "callroom.toml").write_text('lang = "zh"\ndata = "kept"\nlog_format = "json"\n')
    with house(tmp_path, CALLROOM_PORT="tcp://10.0.0.1:1") as process:
        port_of(process)
        assert line_of(process) == "\n"
        assert line_of(process).startswith("Callroom 已开张")
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=DEADLINE)
    rows = [json.loads(line) for line in log.splitlines()]
    assert (rows[0]["event"], rows[0]["file"]) == ("config.read", str(tmp_path / "callroom.toml"))
    assert (rows[1]["event"], rows[1]["variable"]) == ("config.ignored", "CALLROOM_PORT")
    assert (tmp_path / "kept").is_dir()


def test_a_second_house_in_one_folder_fails(tmp_path: Path) -> None:
    with house(tmp_path) as first:
        port_of(first)
        with house(tmp_path) as second:
            out, log = second.communicate(timeout=DEADLINE)
        assert second.returncode == 1
        assert out == ""
        assert "serve.failed" in log
        assert "Traceback" not in log


def test_a_house_without_output_opens_all_the_same(tmp_path: Path) -> None:
    """As under a service manager that has closed all three standard descriptors."""
    path = tmp_path / "x.sock"
    closed = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
    command = [*closed, sys.executable, "-m", "callroom.main", "--listen", f"unix://{path}", "--data", "d"]
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, cwd=tmp_path, env=environ) as process:
        try:
            wait_for(path, process)
        finally:
            process.terminate()
        assert process.wait(DEADLINE) == 0


def wait_for(path: Path, process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    end = time.monotonic() + DEADLINE
    while True:
        assert process.poll() is None
        assert time.monotonic() < end
        with socket.socket(socket.AF_UNIX) as caller:
            if caller.connect_ex(str(path)) == 0:
                caller.settimeout(DEADLINE)
                assert caller.recv(4096)
                return
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--frob"], "callroom serve: there is no option --frob"),
        (["here"], "one argument too many: 'here'"),
        (
            ["--log-level", "loud"],
            "command line: --log-level must be one of debug, error, info, warning, not 'loud'",
        ),
        (["--config", "/nowhere.toml"], "/nowhere.toml: cannot be read"),
        (["--listen", "8888"], "--listen must be text such as tcp://127.0.0.1:8888, not '8888'"),
        (["--listen", "tcp://127.0.0.1:0", "--listen", "x"], ", not 'x'"),
    ],
)
def test_wrong_usage(argv: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert serve([*argv, "--lang", "en"]) == 2
    assert said in capsys.readouterr().err


def test_a_house_for_programs_only_says_no_more_than_where(capsys: pytest.CaptureFixture[str]) -> None:
    announce(["frames://127.0.0.1:1"], "en")
    assert capsys.readouterr().out == "listening frames://127.0.0.1:1\n"


@pytest.mark.parametrize(
    ("call", "ends"),
    [
        ("serve import announce; announce(['tcp://127.0.0.1:8888'], 'en')", b"Ctrl-C ends it.\n"),
        ("lab import announce; announce(['upper://127.0.0.1:8000'], 'en', False)", b"ends the lab.\n"),
        ("lab import announce; announce(['upper://127.0.0.1:8000'], 'en', True)", b"}]\n"),
    ],
    ids=["serve", "lab", "lab --json"],
)
def test_it_is_announced_in_one_write(call: str, ends: bytes) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)  # a record for each write
    with ours, theirs:
        argv = [sys.executable, "-u", "-c", f"from callroom_server.cli.{call}"]
        subprocess.run(argv, stdout=theirs.fileno(), timeout=DEADLINE, check=True)
        assert ours.recv(65536).endswith(ends)


def test_it_ends_with_its_stdin_if_asked(tmp_path: Path) -> None:
    argv = ["serve", "--until-eof", "--listen", f"unix://{tmp_path}/x.sock", "--data", str(tmp_path / "data")]
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "callroom.main", *argv]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environ, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdin is not None
            process.stdin.write("what comes means nothing\n")
            process.stdin.flush()
            wait_for(tmp_path / "x.sock", process)
            _, logged = process.communicate(timeout=DEADLINE)  # closes stdin
        finally:
            process.kill()
    assert process.returncode == 0
    assert "serve.draining" in logged
    assert "serve.ended" in logged


def test_only_what_can_end_ends_it(tmp_path: Path) -> None:
    argv = ["serve", "--until-eof", "--data", str(tmp_path / "data"), "--lang", "en"]
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    run = subprocess.run(
        [sys.executable, "-m", "callroom.main", *argv],
        env=environ,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert run.returncode == 2
    assert "--until-eof needs a stdin that can end" in run.stderr
