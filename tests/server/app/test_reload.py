"""Menus that change while the house is open: new calls find the new ones, live calls keep theirs."""

import os
import random
import signal
from collections.abc import Generator
from pathlib import Path

import msgspec
import pytest

from callroom_menus import MenuError
from callroom_menus.state import Phase
from callroom_server.app.menus import Menus, NoSuchMenu
from callroom_server.config.settings import Settings
from callroom_server.core.effects import LookupJob
from callroom_wire import messages as m
from core_support import Playhouse
from framed_support import Framed
from house_support import Nursery, wait_until
from journey_support import House, Terminal, open_house

HEAD = """
schema = 1
id = "{id}"
title = "t"
lang = "en"
start = "main"

[defaults]
timeout = 20
no_match = ["What?"]
give_up = "bye"
exit_words = ["bye"]

[node.bye]
end = "Goodbye."
"""

MAIN = """
[node.main]
say = "Welcome to {id}, version {version}."
keys.1 = {{ label = "again", goto = "main" }}
keys.2 = {{ label = "other", call = "other" }}
"""


def menu(version: int, id: str = "desk") -> str:  # noqa: A002 - as in the file
    """A menu that says which one it is."""
    return HEAD.format(id=id) + MAIN.format(id=id, version=version)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "menus"
    folder.mkdir()
    (folder / "desk.toml").write_text(menu(1))
    (folder / "other.toml").write_text(menu(1, "other"))
    return folder


@pytest.fixture
def menus(folder: Path) -> Menus:
    return Menus(Settings(data=folder, menus=folder, menu="desk"))


# --- what is noticed, and what is read ----------------------------------------------------------------------


def test_a_change_is_noticed_when_it_has_kept_still_for_a_look_and_once(folder: Path, menus: Menus) -> None:
    looks = [menus.changed(), menus.changed()]
    (folder / "desk.toml").write_text(menu(2))
    looks.append(menus.changed())
    (folder / "desk.toml").write_text(menu(23))
    looks += [menus.changed(), menus.changed()]
    menus.noticed()
    looks += [menus.changed(), menus.changed()]
    assert looks == [False, False, False, False, True, False, False]


def test_a_file_that_is_away_while_it_is_replaced_was_never_away(folder: Path, menus: Menus) -> None:
    aside = (folder / "desk.toml").rename(folder / "desk.toml~")
    assert not menus.changed()
    aside.rename(folder / "desk.toml")
    assert [menus.changed(), menus.changed()] == [False, False]


@pytest.mark.parametrize("what", ["new.toml", "desk.zh.toml", "sources.toml", "gone"])
def test_files_that_come_and_go_are_noticed(what: str, folder: Path, menus: Menus) -> None:
    if what == "gone":
        (folder / "other.toml").unlink()
    else:
        (folder / what).write_text("")
    assert [menus.changed(), menus.changed()] == [False, True]


def test_other_files_are_not_read(folder: Path, menus: Menus) -> None:
    (folder / "desk.chat").write_text("")
    (folder / ".desk.toml.swp").write_text("")
    assert [menus.changed(), menus.changed()] == [False, False]


def test_what_is_taken_is_told(folder: Path, menus: Menus) -> None:
    assert menus.take(*menus.read(), used=()) == []
    (folder / "desk.toml").write_text(menu(2))
    (folder / "fresh.toml").write_text(menu(1, "fresh"))
    (folder / "other.toml").rename(folder / "else.toml")  # the same menu in another file
    assert menus.take(*menus.read(), used=()) == ["desk", "fresh"]
    (folder / "fresh.toml").unlink()
    assert menus.take(*menus.read(), used=()) == ["fresh"]
    assert "fresh" not in menus.shelf.newest()


def test_only_versions_in_use_stay(folder: Path, menus: Menus) -> None:
    first, other = (menus.shelf.newest()[name] for name in ("desk", "other"))
    for version in (2, 3):
        (folder / "desk.toml").write_text(menu(version))
        (folder / "other.toml").write_text(menu(version, "other"))
        menus.take(*menus.read(), used=[("desk", first.hash)])
    assert menus.shelf.find("desk", first.hash) is first
    newest = menus.shelf.find("other", other.hash)
    assert newest is not None
    assert newest.hash != other.hash


def test_an_operators_menu_replaces_a_shipped_one_until_it_is_gone(folder: Path, menus: Menus) -> None:
    shipped = menus.shelf.newest()["classic"].hash
    (folder / "mine.toml").write_text(menu(1, "classic"))
    assert menus.take(*menus.read(), used=()) == ["classic"]
    (folder / "mine.toml").unlink()
    assert menus.take(*menus.read(), used=()) == ["classic"]
    assert menus.shelf.newest()["classic"].hash == shipped


def test_what_cannot_be_used_is_not_read(folder: Path, menus: Menus) -> None:
    (folder / "desk.toml").write_text(menu(2).replace('goto = "main"', 'goto = "mian"'))
    with pytest.raises(MenuError, match=r"desk\.toml:\d+:\d+: "):
        menus.read()
    (folder / "desk.toml").unlink()
    with pytest.raises(NoSuchMenu, match='there is no menu "desk"'):
        menus.read()
    (folder / "desk.toml").write_text(menu(2))
    (folder / "sources.toml").write_text("[source.a]\nkind = 'ftp'\n")
    with pytest.raises(MenuError, match=r"sources\.toml:2:"):
        menus.read()
    (folder / "sources.toml").unlink()
    folder.rename(folder.with_name("away"))  # not the same as a folder without menus
    with pytest.raises(NoSuchMenu, match="there is no folder"):
        menus.read()


def test_sources_and_tables_lie_in_the_operators_folder(folder: Path, menus: Menus) -> None:
    (folder / "sources.toml").write_text("[source.a]\nkind = 'csv'\nfile = 'a.csv'\nkey = 'k'\n")
    (folder / "a.csv").write_text("k,v\n1,2\n")
    menus.take(*menus.read(), used=())
    assert menus.lookups.find(LookupJob("a", "1", {})) == {"k": "1", "v": "2"}


# --- a menu edited under a thousand calls -------------------------------------------------------------------

CALLERS = 1000
ENTRIES = ("1", "2", "3", "9", "0", "*", "#", "what", "bye", "138", "")


def test_a_menu_edited_under_a_thousand_calls(folder: Path, menus: Menus) -> None:
    """Whatever is edited, and whatever versions are gone: every call waits or ends, and nothing raises."""
    chance = random.Random(3)
    house = Playhouse()
    house.hub.shelf = menus.shelf
    for number in range(1, CALLERS + 1):
        house.open(number, "text")
        house.ask(number, m.Dial(), commit=False)
    for version in range(2, 6):
        used: list[tuple[str, str]] = []
        for session in house.hub.sessions.values():
            if session.call is not None and chance.random() < 0.5:  # the versions of the others are gone
                used += [(frame.menu, frame.hash) for frame in session.call.state.frames]
        edit(folder, version)
        menus.take(*menus.read(), used)
        for number in range(1, CALLERS + 1):
            session = house.hub.sessions[number]
            message = m.Press(text=chance.choice(ENTRIES)) if session.call is not None else m.Dial()
            house.ask(number, message, commit=False)
            assert session.call is None or session.call.state.phase is Phase.WAITING
        house.commit()
        house.turn(30)
        assert {type(one) for sent in house.sent.values() for one in sent} == {m.Prompted}
    fresh = CALLERS + 1
    house.open(fresh, "text")
    (prompt,) = house.ask(fresh, m.Dial())
    assert isinstance(prompt, m.Prompted)
    assert prompt.text == "Welcome to desk, version 5."


def edit(folder: Path, version: int) -> None:
    """Nodes come, go, and become something else; a menu that is called goes and comes back."""
    text = menu(version)
    if version == 2:
        text = text.replace("[node.main]", "[node.hall]").replace('"main"', '"hall"')
        (folder / "other.toml").write_text(menu(version, "other").replace('say = "W', 'say = "Once more: w'))
    elif version == 3:
        text = text.replace('call = "other"', 'goto = "main"')
        (folder / "other.toml").unlink()
    elif version == 4:
        text = text.replace('keys.2 = { label = "other", call = "other" }', "")
        text = text.replace(
            'keys.1 = { label = "again", goto = "main" }', 'ask = { slot = "n", type = "digits" }'
        )
        text += 'goto = "bye"\n'
    else:
        (folder / "other.toml").write_text(menu(version, "other"))
    (folder / "desk.toml").write_text(text)


# --- from outside -------------------------------------------------------------------------------------------


class Line(msgspec.Struct):
    """A line of the log."""

    event: str
    level: str = ""
    problem: str = ""
    changed: str = ""
    reason: str = ""


@pytest.fixture(scope="module")
def nursery() -> Generator[Nursery]:
    born = Nursery()
    yield born
    born.close()


@pytest.fixture
def house(nursery: Nursery, folder: Path, tmp_path: Path) -> Generator[House]:
    """A house with the operator's folder."""
    options = ("--menus", str(folder), "--menu", "desk", "--lang", "en")
    with open_house(nursery, tmp_path, *options) as house:
        yield house


def caller(house: House) -> tuple[Framed, str]:
    """A new call, and what it hears first."""
    framed = Framed(house.port())
    framed.send(m.Hello(), m.Dial())
    return framed, framed.expect(m.Prompted).text


def hears(framed: Framed, entry: str) -> str:
    framed.send(m.Press(text=entry))
    return framed.expect(m.Prompted).text


def told(house: House, event: str, count: int = 1) -> Line:
    """The newest such line, once there are so many."""
    found: list[Line] = []

    def enough() -> bool:
        whole = house.log.rpartition("\n")[0].splitlines()
        lines = [msgspec.json.decode(line, type=Line) for line in whole]
        found[:] = [line for line in lines if line.event == event]
        return len(found) >= count

    wait_until(enough, event)
    return found[-1]


def test_an_edited_file_is_for_new_calls_and_live_ones_keep_theirs(house: House, folder: Path) -> None:
    old, heard = caller(house)
    with old:
        assert heard == "Welcome to desk, version 1."
        (folder / "desk.toml").write_text(menu(2))
        assert told(house, "menus.read").changed == "desk"
        new, heard = caller(house)
        with new:
            assert heard == "Welcome to desk, version 2."
            assert hears(old, "1") == "Welcome to desk, version 1."
            assert hears(new, "1") == "Welcome to desk, version 2."
            old.send(m.HangUp(), m.Dial())
            assert old.expect(m.Prompted, lambda one: not one.ended).text == "Welcome to desk, version 2."


def test_sighup_reads_at_once_also_when_nothing_has_changed(house: House, folder: Path) -> None:
    os.kill(house.pid, signal.SIGHUP)
    assert told(house, "menus.read").changed == "-"
    (folder / "fresh.toml").write_text(menu(1, "fresh"))
    os.kill(house.pid, signal.SIGHUP)
    assert told(house, "menus.read", 2).changed == "fresh"
    framed, _ = caller(house)
    with framed:
        framed.send(m.Dial(menu="fresh"))
        assert framed.expect(m.Prompted, lambda one: not one.ended).text == "Welcome to fresh, version 1."


def test_a_broken_file_changes_nothing_and_is_told_until_it_is_mended(house: House, folder: Path) -> None:
    broken = menu(2).replace('goto = "main"', 'goto = "mian"')
    line = broken[: broken.index("mian")].count("\n") + 1
    (folder / "desk.toml").write_text(broken)
    kept = told(house, "menus.kept")
    assert kept.problem.startswith(f"{folder}/desk.toml:{line}:")
    assert kept.problem.endswith("[unknown-target]")
    assert kept.level == "error"
    framed, heard = caller(house)
    with framed:
        assert heard == "Welcome to desk, version 1."
        assert hears(framed, "1") == "Welcome to desk, version 1."
    (folder / "desk.toml").write_text(menu(2))
    assert told(house, "menus.read").changed == "desk"
    framed, heard = caller(house)
    framed.sock.close()
    assert heard == "Welcome to desk, version 2."


def test_whoever_runs_the_house_is_told_of_a_broken_file(
    nursery: Nursery, folder: Path, tmp_path: Path
) -> None:
    """By their Unix socket, and in their language; a caller hears nothing of it."""
    listen = ("tcp://127.0.0.1:0", f"unix://{tmp_path}/door.sock")
    options = ("--menus", str(folder), "--menu", "desk", "--lang", "en")
    with (
        open_house(nursery, tmp_path, *options, listen=listen) as house,
        Terminal("nc", "-U", f"{tmp_path}/door.sock", shown_as_sent=True) as operator,
        Framed(house.port()) as guest,
    ):
        guest.send(m.Hello(), m.Dial())
        guest.expect(m.Prompted)
        operator.see("version 1.\r\n")
        operator.ask("/lang zh", "中文。\r\n")
        (folder / "desk.toml").write_text(menu(2).replace('goto = "main"', 'goto = "mian"'))
        operator.see(f"菜单保持不变，因为有 1 处问题：{folder}/desk.toml:")
        operator.see("[unknown-target]\r\n")
        (folder / "desk.toml").unlink()
        operator.see('there is no menu "desk"')
        guest.send(m.Ping(n=7))
        guest.expect(m.Pong)
        assert not any(isinstance(one, m.Noted) for one in guest.got)


def test_the_menu_that_answers_cannot_be_deleted_under_the_house(house: House, folder: Path) -> None:
    (folder / "other.toml").write_text(menu(1, "other").replace('call = "other"', 'goto = "main"'))
    (folder / "desk.toml").unlink()
    assert 'there is no menu "desk"' in told(house, "menus.kept").problem
    framed, heard = caller(house)
    framed.sock.close()
    assert heard == "Welcome to desk, version 1."


def test_a_wrong_menu_keeps_the_house_closed(house: House, folder: Path) -> None:
    os.kill(house.pid, signal.SIGTERM)
    assert house.ended() == 0
    (folder / "desk.toml").write_text("schema = 1\n")
    house.launch()
    assert house.ended() == 1
    assert f"{folder}/desk.toml:1:1: " in told(house, "serve.failed").reason
