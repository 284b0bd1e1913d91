"""Without a terminal: lines and JSON in and out of a real process, against a real house."""

import json
import re
import socket
import subprocess
from pathlib import Path

import msgspec
import pytest

from callroom_client.line.main import main
from framed_support import person
from house_support import COMMAND, ENVIRON, PATIENCE, LiveHouse, OpenHouse
from line_support import Piped, url


class Written(msgspec.Struct):
    """A line of JSON, as far as the tests look into it."""

    type: str
    message: dict[str, object] = {}
    line: int = 0


def written(out: str) -> list[Written]:
    return [msgspec.json.decode(line, type=Written) for line in out.splitlines()]


def test_what_is_typed_ahead_is_done_one_after_another(house: LiveHouse, piped: Piped) -> None:
    typed = "/join lab\nhello\n//etc/passwd\n/topic tea\n/topic\n/msg bob hi\n/xyzzy\n/who *\n"
    done = piped(url(house), "--name", "ann", "--plain", typed=typed, code=1)  # there is no bob, nor xyzzy
    lines = done.stdout.splitlines()
    wanted = [
        "You are ann.",
        "You are in lab.",
        "[lab] ann: hello",
        "[lab] ann: /etc/passwd",
        "[lab] ann set the topic: tea",
    ]
    assert [line for line in lines if line in wanted] == wanted
    assert "Topic of lab: tea" in lines
    assert "[@bob] hi (not sent: " in done.stdout
    assert "! There is no command /xyzzy. " in done.stdout
    assert "In the house: 1" in lines
    again = piped(url(house), "--name", "ann", typed="/history 2\n/quit\n")
    assert "Welcome back, ann." in again.stdout
    assert "-- lab: 2 entries --" in again.stdout


def test_the_robot_from_a_script_in_chinese(house: LiveHouse, piped: Piped) -> None:
    done = piped(url(house), "--lang", "zh", typed="1\n/挂断\n/加人 大厅\n", code=1)
    assert "请重新输入." in done.stdout
    assert "! 没有命令 /加人。您是要 /加入 吗？什么都没有发送。" in done.stdout


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--once", "hello", "--room", "lab", "--expect", r"^\[lab\] \S+: hel+o$"), 0, ""),
        (("--once", "hello", "--room", "lab", "--expect", "goodbye", "--wait", "0.3"), 1, "'goodbye'"),
        (("--once", "/topic x"), 1, ""),
        (("--once", "hello", "--name", "a b"), 1, ""),
    ],
)
def test_a_check_from_a_shell(
    house: LiveHouse, piped: Piped, options: tuple[str, ...], code: int, said: str
) -> None:
    assert said in piped(url(house), *options, code=code).stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--expect", "x"], "--expect needs --once"),
        (["--once", "x", "--expect", "("], "regular expression"),
        (["--once", " "], "--once needs a line"),
        (["--json", "--once", "x"], "--json does not go with --once"),
        (["--json", "--plain"], "--json does not go with --plain"),
        (["--trace"], "--trace needs --json"),
        (["--wait", "-1"], "--wait must be"),
        (["--timeout", "resolve=1"], "--timeout 'resolve=1'"),
        (["--timeout", "recv=-1"], "--timeout 'recv=-1'"),
        (["--nmae", "x"], "did you mean --name?"),
        (["http://127.0.0.1:1", "--once", "x"], "http"),
        (["tcp://127.0.0.1", "--once", "x"], "port"),
        (["tls://127.0.0.1:1?ca=/nowhere.pem", "--once", "x"], "/nowhere.pem"),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], options: list[str], said: str) -> None:
    assert main([*options, "--lang", "en"]) == 2
    assert said in capsys.readouterr().err


def test_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help", "--lang", "zh"]) == 0
    assert "--once TEXT" in capsys.readouterr().out


def test_a_check_sees_nothing_old_and_leaves_nothing_behind(house: LiveHouse, piped: Piped) -> None:
    for _ in range(2):
        done = piped(
            url(house), "--name", "probe", "--once", "ping", "--room", "lab", "--expect", "probe: ping"
        )
        assert done.stdout.count("probe: ping") == 1
    assert "In the house: 1" in piped(url(house), typed="/who *\n/quit\n").stdout


@pytest.mark.parametrize(
    ("where", "said"),
    [("tcp://127.0.0.1:1", "Nobody listens there"), ("unix:///proc/no/door.sock", "There is no such socket")],
)
def test_an_address_where_nobody_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, where: str, said: str
) -> None:
    profile = str(tmp_path / "profile.db")
    assert main([where, "--lang", "en", "--once", "x", "--wait", "0.2", "--profile", profile]) == 1
    assert said in capsys.readouterr().out


def test_somebody_else_answers(piped: Piped) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        process = subprocess.Popen(
            [*COMMAND, "line", f"tcp://127.0.0.1:{server.getsockname()[1]}", "--plain"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRON, text=True,
        )  # fmt: skip
        with process:
            caller, _ = server.accept()
            with caller:
                caller.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
                assert process.stdout is not None
                line = process.stdout.readline()
            process.kill()
    assert line.startswith("! No connection: An SSH server answers there")


@pytest.mark.parametrize(
    ("shell", "code"),
    [
        ("--plain > /dev/full", 1),
        ("--json > /dev/full", 1),
        ("--once hello 0> /dev/null > /dev/full", 1),
        ("--plain 0> /dev/null", 1),
        ("--once hello >&-", 0),
        ("--plain <&-", 0),
    ],
)
def test_streams_that_are_full_closed_or_the_wrong_way_round(
    house: LiveHouse, homes: dict[str, str], shell: str, code: int
) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {shell}', "sh", *COMMAND, "line", url(house)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={**ENVIRON, **homes, "CALLROOM_LANG": "en"},
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert len(done.stderr.splitlines()) == code, done.stderr
    assert not code or done.stderr.startswith("callroom line: what it reads or writes fails: ")


def test_a_name_that_is_taken(house: LiveHouse, piped: Piped) -> None:
    with person(house.port, "ann"):
        done = piped(url(house), "--name", "ann", "--plain", typed="/who\n", code=1)
    assert "The name ann is taken" in done.stdout


def test_json_in_and_out(house: LiveHouse, piped: Piped) -> None:
    requests = [
        {"type": "Ask", "message": {"type": "join", "room": "lab"}},
        {"type": "Say", "place": "lab", "text": "hi\x1b[2J"},
        {"type": "Ask", "message": {"type": "say", "room": "lab", "text": "two"}},
        {"type": "SetTimeout", "verb": "recv", "seconds": None},
        {"type": "SetTimeout", "verb": "resolve", "seconds": 1},
        {"type": "Ask", "message": {"type": "who", "room": "lab"}},
        {"type": "Nonsense"},
    ]
    typed = "".join(json.dumps(one) + "\n" for one in requests) + "{\n"
    done = piped(url(house), "--name", "bot", "--json", typed=typed, code=1)
    lines = written(done.stdout)
    assert [line.message["text"] for line in lines if line.message.get("type") == "said"] == [
        "hi\ufffd[2J",
        "two",
    ]
    assert lines[0].type == "TimeoutsSet"
    assert [line.line for line in lines if line.type == "Wrong"] == [5, 7, 8]
    kinds = {line.type for line in lines}
    assert {"StageChanged", "Asked", "Queued", "Received", "Wrong"} <= kinds
    assert not kinds & {"Began", "Ended", "FramePassed"}


def test_json_with_every_operation_and_no_token(house: LiveHouse, piped: Piped) -> None:
    done = piped(url(house), "--json", "--trace", "--room", "lab", typed='{"type":"Leave"}\n')
    kinds = {line.type for line in written(done.stdout)}
    assert {"Began", "Ended", "SocketOpened", "FramePassed"} <= kinds
    assert "token" not in done.stdout


def test_a_line_outlives_the_client_that_said_it(
    open_house: OpenHouse, piped: Piped, homes: dict[str, str]
) -> None:
    house = open_house()
    command = [*COMMAND, "line", url(house), "--name", "ann", "--json", "--room", "lab"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**ENVIRON, **homes}, text=True
    ) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        lines = iter(client.stdout)
        next(line for line in lines if '"joined"' in line)
        house.kill()
        next(line for line in lines if '"reconnecting"' in line)
        client.stdin.write('{"type":"Say","place":"lab","text":"still here"}\n')
        client.stdin.flush()
        next(line for line in lines if '"Queued"' in line)
        client.kill()
    house.start()
    done = piped(url(house), "--name", "ann", typed="")
    assert re.findall(r"^\[lab\] ann: still here$", done.stdout, re.MULTILINE)
