"""The robot's benchmark with tiny numbers, against the real server and one that leaves."""

from pathlib import Path
from socket import socketpair
from time import monotonic

import pytest

from bench_support import PYTHONPATH, REAL, small_bench
from callroom_bench import dialogue, robot, robot_menus
from callroom_bench.dialogue import Caller, Script, script
from callroom_bench.faults import Lost, Overdue, Unfaithful
from callroom_menus import parse

TINY = robot.Settings(turns=60, keys=(2,), callers=6, nodes=40)


@pytest.fixture(autouse=True)
def _find_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setenv("PYTHONPATH", PYTHONPATH)


def test_robot(tmp_path: Path) -> None:
    told: list[str] = []
    outcome = robot.run(small_bench(REAL, tmp_path, told), TINY)
    engine, talk, menu = outcome.rows
    assert isinstance(engine, robot.EngineRow)
    assert (engine.keys, engine.turns, len(engine.all_runs)) == (2, 60, 1)
    assert isinstance(talk, robot.DialogueRow)
    assert (talk.callers, talk.turns, talk.turn_ms.count, talk.verified) == (6, 60, 60, True)
    assert isinstance(menu, robot.MenuRow)
    assert (menu.nodes, len(outcome.table.lines), len(told)) == (40, 4, 3)
    assert list(tmp_path.iterdir()) == []


def test_more_callers_than_may_come_at_once(tmp_path: Path) -> None:
    row = robot.measure_dialogue(small_bench(REAL, tmp_path), robot.Settings(turns=80, callers=80))
    assert row.turns == 80


@pytest.mark.parametrize("nodes", [2, 10, 11, 500])
def test_a_large_menu_has_as_many_nodes_as_asked_for(nodes: int) -> None:
    assert len(parse(robot_menus.large(nodes), "large.toml").nodes) == nodes


def test_keys_must_lead_back() -> None:
    menu = parse(robot_menus.small(), "small.toml")
    assert [key for key, _ in script(menu, ("1", "*")).turns] == [b"1\n", b"*\n"]
    with pytest.raises(ValueError, match="lead elsewhere"):
        script(menu, ("1",))


def test_an_answer_that_is_not_the_one_that_is_due_is_noticed() -> None:
    ours, theirs = socketpair()
    with ours, theirs:
        caller = Caller(ours, Script(b"hello\r\n", [(b"1\n", b"one\r\n")]))
        assert not caller.greeted(b"banner\r\nhel")
        assert caller.greeted(b"lo\r\n")
        caller.press()
        assert theirs.recv(100) == b"1\n"
        assert caller.heard(b"on") is None
        assert caller.heard(b"e\r\n") is not None
        caller.press()
        for wrong in (b"two\r\n", b"one\r\none\r\n"):
            with pytest.raises(Unfaithful, match="the robot said"):
                caller.heard(wrong)


def test_a_greeting_without_an_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "GREETING_BYTES", 10)
    ours, theirs = socketpair()
    with ours, theirs:
        caller = Caller(ours, Script(b"hello\r\n", []))
        assert not caller.greeted(b"1234567890")
        with pytest.raises(Unfaithful, match="greeted with"):
            caller.greeted(b"1")


def test_a_server_that_does_not_answer_or_leaves_is_noticed(tmp_path: Path) -> None:
    banner = Script(b"gbk\r\n", [(b"/rooms\n", b"one\r\n")])
    with small_bench(REAL, tmp_path).server('lang = "en"\n') as server:
        with dialogue.Callers(server.address, banner, 0.0) as callers, pytest.raises(Overdue):
            callers.arrive(1)
        with dialogue.Callers(server.address, banner, monotonic() + 20) as callers:
            server.kill()
            with pytest.raises(Lost):
                callers.arrive(1)
