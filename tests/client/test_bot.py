"""The bot of the examples is a real one: it answers, and goes on after it was killed."""

import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from callroom_wire import messages as m
from framed_support import Framed
from house_fixtures import nursery, open_house
from house_support import ENVIRON, PATIENCE, ROOT, LiveHouse, OpenHouse

__all__ = ["nursery", "open_house"]

BOT = ROOT / "examples" / "bot.py"


@contextmanager
def bot(house: LiveHouse, state: Path, name: str = "Clock") -> Generator[subprocess.Popen[str]]:
    argv = [sys.executable, str(BOT), f"tcp://127.0.0.1:{house.port}", "lobby", name]
    environ = {**ENVIRON, "XDG_STATE_HOME": str(state)}
    process = subprocess.Popen(argv, env=environ, text=True, stderr=subprocess.PIPE)
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_it_answers_and_loses_nothing_by_being_killed(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    with Framed(house.port) as person:
        person.login("ann")
        person.join("lobby")
        with bot(house, tmp_path) as process:
            person.expect(m.Present, lambda present: "Clock" in present.came)
            person.say(1, "lobby", "hello everyone")
            person.say(2, "lobby", "@Clock what can you do?")
            answer = person.expect(m.Said, lambda said: said.by == "Clock")
            assert answer.text == "@ann ask me for the time / 可以问我几点"
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
        person.say(3, "lobby", "@Clock what time is it?")
        with bot(house, tmp_path):
            answer = person.expect(m.Said, lambda said: said.by == "Clock" and ":" in said.text)
            assert answer.text.startswith("@ann ")
            person.alive()
        answers = [said for said in person.got if isinstance(said, m.Said) and said.by == "Clock"]
        assert answers[-1].seq == answer.seq


def test_a_name_that_is_taken_ends_it(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house()
    with Framed(house.port) as person:
        person.login("Clock")
        with bot(house, tmp_path) as process:
            assert process.stderr is not None
            assert process.stderr.read().startswith("name_taken: ")
            assert process.wait(PATIENCE) == 1


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "usage: python examples/bot.py"),
        (["127.0.0.1:8888", "lobby", "Clock"], '"127.0.0.1:8888" has no scheme: write tcp://127.0.0.1:8888'),
        (["irc://h:1", "lobby", "Clock"], "write one of frames://, tcp://, tls://, unix://"),
    ],
)
def test_wrong_usage_is_said(argv: list[str], said: str) -> None:
    run = subprocess.run(
        [sys.executable, str(BOT), *argv], env=ENVIRON, text=True, stderr=subprocess.PIPE, check=False
    )
    assert run.returncode == 1
    assert said in run.stderr
    assert "Traceback" not in run.stderr


def test_it_is_short() -> None:
    assert len(BOT.read_text().splitlines()) <= 40
