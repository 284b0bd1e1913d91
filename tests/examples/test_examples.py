"""Every example is short, is named by a lesson, and does with a real lab what the lesson says."""

import subprocess
import sys
from pathlib import Path

import pytest

from callroom_lessons import pages
from house_support import PATIENCE, ROOT, OpenHouse
from lab_support import LabHouse, open_lab

EXAMPLES = ROOT / "examples"
MOST_LINES = 40


@pytest.fixture
def lab(open_house: OpenHouse, tmp_path: Path) -> LabHouse:
    return open_lab(open_house, tmp_path)


def example(name: str, *argv: object, typed: str = "", code: int = 0) -> str:
    """What an example prints when this is typed."""
    command = [sys.executable, "-X", "utf8", str(EXAMPLES / name), *map(str, argv)]
    done = subprocess.run(
        command, input=typed, capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_each_is_short_and_belongs_to_a_lesson() -> None:
    named = [name for page in pages() for name in page.examples]
    assert len(set(named)) == len(named)
    for name in named:
        assert len((EXAMPLES / name).read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_upper(lab: LabHouse) -> None:
    said = example("upper.py", *lab.address("upper"), typed="hello\n大厅 ß\n\n")
    assert said == ">>: HELLO\n>>: 大厅 SS\n>>: "


def test_datagrams(lab: LabHouse) -> None:
    host, port = lab.address("upper+udp")
    assert f"HELLO (from {host}:{port})" in example("datagrams.py", host, port, typed="hello\n\n")


def test_web(open_house: OpenHouse, tmp_path: Path) -> None:
    lab = open_lab(open_house, tmp_path, ["http://127.0.0.1:0?hello=Hello,%20World"])
    page = example("web.py", *lab.address("http"))
    assert page.startswith("HTTP/1.1 200 OK\n")
    assert "Hello, World" in page


def test_robot(lab: LabHouse) -> None:
    said = example("robot.py", *lab.address("robot"), typed="0\n你好\nexit\n")
    assert said == (
        "欢迎致电 10086,请输入1xxx,0转人工服务.\n>>: 通过可能会被录音.balabala一大推\n>>: 请重新输入.\n>>: "
    )


def test_sticky_and_its_cure(lab: LabHouse) -> None:
    lines = example("sticky.py", *lab.address("sticky")).splitlines()
    assert "".join(line.removeprefix("one recv: ") for line in lines) == "helloworldegon"
    framed = example("framed.py", *lab.address("sticky+framed"))
    assert framed == "one message: hello\none message: world\none message: egon\n"


def test_commands(lab: LabHouse) -> None:
    said = example("command.py", *lab.address("command"), typed="echo 你好\nnothing\nmuch 5000\nrm\nquit\n")
    assert ">>: 你好\n" in said
    assert ">>: 执行成功\n" in said
    assert "\n5000\n" in said
    assert "There is no runbook rm." in said
    said = example("command_udp.py", *lab.address("command+udp"), typed="echo 你好\nmuch 50000\nquit\n")
    assert ">>: 你好\n" in said
    assert "[cut at 60000 bytes" in said


def test_legitimacy(lab: LabHouse) -> None:
    where = lab.address("hmac")
    assert example("legitimacy.py", *where, typed="let me in\n\n") == ">>: LET ME IN\n>>: "
    assert "this is not the key" in example("legitimacy.py", *where, "wrong", typed="let me in\n", code=1)


def test_many(lab: LabHouse) -> None:
    assert example("many.py", *lab.address("upper"), 1000) == "1000 of 1000 were answered\n"


def test_families(open_house: OpenHouse, tmp_path: Path) -> None:
    path = tmp_path / "upper.sock"
    lab = open_lab(open_house, tmp_path, ["upper://[::1]:0", f"upper+unix://{path}"])
    assert "AF_INET6" in example("families.py", "::1", lab.address("upper")[1])
    assert f"AF_UNIX {path}: HELLO\n" == example("families.py", path)


def test_what_needs_no_lab() -> None:
    waited = example("waiting.py").splitlines()
    assert waited[0].startswith("settimeout(0): BlockingIOError")
    assert waited[1:] == ["settimeout(0.2): TimeoutError, errno None", "settimeout(None): at last"]
    queued = example("backlog.py", 1, 4).splitlines()
    assert queued[:2] == ["client 1: connected", "client 2: connected"]
    assert queued[2:] == [f"client {number}: EAGAIN after 0.2 s" for number in (3, 4)]
    states = example("handshake.py").splitlines()
    assert states[0] == "listener, client: LISTEN, CLOSE"
    assert states[2] == "accepted: ESTABLISHED, ESTABLISHED"
    assert states[3].startswith("the client has finished: CLOSE_WAIT, FIN_WAIT")
