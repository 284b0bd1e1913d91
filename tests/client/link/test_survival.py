"""Whoever is killed, server or client, and whenever: each line is said once, and all of them in order."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from callroom_client.client import Client, NotSent, ProfileError
from callroom_client.events import Dropped, Queued, Stage
from callroom_client.link.profile import claim
from callroom_wire import messages as m
from framed_support import Framed
from house_support import ENVIRON, PATIENCE, LiveHouse, OpenHouse, wait_until
from link_support import Ear

from .conftest import Call

ROOM = "lab"
CHILD = Path(__file__).with_name("child_client.py")


def said(house: LiveHouse) -> list[str]:
    """What was said in the room, from the beginning."""
    with Framed(house.port) as reader:
        reader.login()
        reader.join(ROOM)
        reader.send(m.History(place=ROOM, after=0, limit=1000))
        page = reader.expect(m.Page)
        assert page.end
        entries = [entry for entry in page.entries if isinstance(entry, m.Said)]
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        return [entry.text for entry in entries]


def acknowledged(ear: Ear) -> set[int]:
    return {number for message in ear.messages() if isinstance(message, m.Ack) for number in message.ids}


def in_room(client: Client, ear: Ear) -> None:
    ear.stage(Stage.READY)
    client.ask(m.Join(room=ROOM))
    ear.heard(m.Joined)


def url(house: LiveHouse) -> str:
    return f"tcp://127.0.0.1:{house.port}"


@pytest.fixture
def house(open_house: OpenHouse) -> LiveHouse:
    return open_house(options=["--no-flood"])


def test_ten_lines_that_were_unsent_when_the_server_was_killed(house: LiveHouse, call: Call) -> None:
    client, ear = call(url(house))
    in_room(client, ear)
    client.say(ROOM, "before")
    wait_until(lambda: acknowledged(ear) == {1})
    house.kill()
    ear.stage(Stage.WAITING)
    texts = [f"offline {number}" for number in range(10)]
    ids = [client.say(ROOM, text) for text in texts]
    ear.wait(Queued, lambda e: e.id == ids[-1])
    house.start()
    client.reconnect_now()
    wait_until(lambda: acknowledged(ear) == {1, *ids}, lambda: ear.events[-12:])
    assert said(house) == ["before", *texts]
    heard = [message.seq for message in ear.messages() if isinstance(message, m.Said)]
    wait_until(lambda: len([1 for message in ear.messages() if isinstance(message, m.Said)]) == 11)
    assert heard == sorted(set(heard))


def test_the_server_is_killed_again_and_again_while_lines_are_said(house: LiveHouse, call: Call) -> None:
    client, ear = call(url(house))
    in_room(client, ear)
    texts: list[str] = []
    for turn in range(4):
        for number in range(30):
            texts.append(f"{turn}.{number}")
            client.say(ROOM, texts[-1])
        wait_until(lambda turn=turn: len(acknowledged(ear)) > turn * 30 + 5)
        house.kill()
        ear.stage(Stage.WAITING, after=len(ear.events) - 1)
        house.start()
        client.reconnect_now()
        before = len(ear.events)
        client.say(ROOM, f"{turn}.end")
        texts.append(f"{turn}.end")
        ear.stage(Stage.READY, after=before - 1)
    wait_until(lambda: len(acknowledged(ear)) == len(texts), lambda: ear.events[-12:])
    assert said(house) == texts


@contextmanager
def child(house: LiveHouse, profile: Path, first: int, count: int) -> Generator[subprocess.Popen[str]]:
    argv = [sys.executable, str(CHILD), url(house), str(profile), ROOM, str(first), str(count)]
    process = subprocess.Popen(argv, env=ENVIRON, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        try:
            yield process
        finally:
            process.kill()


def until(process: subprocess.Popen[str], *lines: str) -> None:
    """Reads what the child prints until all of these were among it."""
    assert process.stdout is not None
    missing = set(lines)
    for line in process.stdout:
        missing.discard(line.strip())
        if not missing:
            return
    raise AssertionError(f"the child never said {missing}")


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def killed(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    assert process.wait(PATIENCE) == -signal.SIGKILL


def test_a_client_that_is_killed_with_unsent_lines(house: LiveHouse, call: Call, tmp_path: Path) -> None:
    with child(house, tmp_path / "profile.db", 1, 10) as process:
        until(process, "ready")
        house.kill()
        go(process)
        until(process, "queued 10")
        killed(process)
    house.start()
    _, ear = call(url(house))
    wait_until(lambda: len(acknowledged(ear)) == 10, lambda: ear.events[-12:])
    assert said(house) == [f"line {number}" for number in range(1, 11)]
    assert {event.text for event in ear.all(Queued)} == {f"line {number}" for number in range(1, 11)}
    login = ear.heard(m.LoggedIn)
    assert (login.name, login.resumed) == ("child", True)


def test_a_client_that_is_killed_before_it_hears_of_its_lines(
    house: LiveHouse, call: Call, tmp_path: Path
) -> None:
    with child(house, tmp_path / "profile.db", 1, 20) as process:
        until(process, "ready")
        house.freeze()  # the kernel takes what it says, and nobody acknowledges it
        go(process)
        until(process, "queued 20", "sent")
        killed(process)
        house.thaw()
    client, ear = call(url(house))
    client.say(ROOM, "line 21")
    wait_until(lambda: len(acknowledged(ear)) == 21, lambda: ear.events[-12:])
    assert said(house) == [f"line {number}" for number in range(1, 22)]
    assert ear.heard(m.LoggedIn).last_id >= 1
    assert not ear.all(Dropped)


def test_a_client_comes_back_and_hears_what_it_missed(house: LiveHouse, call: Call, tmp_path: Path) -> None:
    client, ear = call(url(house), name="ann")
    in_room(client, ear)
    assert stat.S_IMODE((tmp_path / "profile.db").stat().st_mode) == 0o600
    client.close()
    with Framed(house.port) as other:
        other.login("bob")
        other.join(ROOM)
        for number in range(1, 4):
            other.say(number, ROOM, f"missed {number}")
    again, ear = call(url(house))
    assert ear.heard(m.LoggedIn).name == "ann"
    ear.heard(m.Said, lambda message: message.seq == 3)
    assert [message.text for message in ear.messages() if isinstance(message, m.Said)] == [
        "missed 1",
        "missed 2",
        "missed 3",
    ]
    again.ask(m.Quit())
    assert ear.stage(Stage.OFFLINE).code == "quit"
    again.close()
    _, ear = call(url(house), name="ann")  # the name is free, the token void and forgotten
    assert not ear.heard(m.LoggedIn).resumed


def test_what_was_asked_before_closing_still_leaves(house: LiveHouse, call: Call) -> None:
    client, ear = call(url(house), name="ann")
    ear.stage(Stage.READY)
    client.ask(m.Quit())
    client.close()
    house.logged("session.closed", reason="quit")


def test_one_profile_is_one_clients(house: LiveHouse, call: Call, tmp_path: Path) -> None:
    client, ear = call(url(house))
    with pytest.raises(ProfileError, match="another client is using this profile: end it, or choose another"):
        Client(url(house), profile=tmp_path / "profile.db")
    ear.stage(Stage.READY)
    client.close()
    Client(url(house), profile=tmp_path / "profile.db").close()


def test_a_second_client_of_one_address_gets_a_profile_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "clients"
    first = claim("tcp://127.0.0.1:8888", "", folder)
    second = claim("tcp://127.0.0.1:8888", "", folder)
    other = claim("tcp://127.0.0.1:8888", "ann", folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len({first.file, second.file, other.file}) == 3
    assert first.file.name.startswith("tcp-127.0.0.1-8888.")
    first.close()
    again = claim("tcp://127.0.0.1:8888", "", folder)
    assert again.file == first.file
    for profile in (again, second, other):
        profile.close()


def test_a_file_that_is_no_profile(tmp_path: Path) -> None:
    file = tmp_path / "p.db"
    file.write_bytes(b"no database " * 100)
    with pytest.raises(ProfileError, match=r"is no profile: file is not a database: choose another"):
        Client("tcp://127.0.0.1:1", profile=file)
    os.unlink(file)
    Client("tcp://127.0.0.1:1", profile=file).close()


def test_a_line_that_cannot_be_written_down_is_given_back(
    house: LiveHouse, call: Call, tmp_path: Path
) -> None:
    client, ear = call(url(house))
    in_room(client, ear)
    with closing(sqlite3.connect(tmp_path / "profile.db", isolation_level=None)) as intruder:
        intruder.execute("BEGIN IMMEDIATE")
        number = client.say(ROOM, "lost")
        dropped = ear.wait(Dropped)
        assert (dropped.id, dropped.text, dropped.code) == (number, "lost", "not_kept")
        intruder.execute("ROLLBACK")
    kept = client.say(ROOM, "kept")
    wait_until(lambda: acknowledged(ear) == {kept})
    assert said(house) == ["kept"]
    client.close()
    with pytest.raises(NotSent, match="offline"):
        client.say(ROOM, "too late")
