import json
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest

from callroom.main import main
from callroom.menus import RECORDED
from callroom_menus import Hangup, Silence, parse
from callroom_menus.record import Turn
from callroom_server.cli.calls import PAGE
from callroom_server.core import events
from callroom_server.core.ledger import LedgerState
from callroom_server.ledger.sqlite import SqliteLedger
from ledger_support import Listener, Loop
from menus_support import TWO_KEYS
from record_support import BEGAN, recorded

MENU = parse(TWO_KEYS, "t.toml")
DAY = 86_400.0


def stored(turn: Turn, later: float = 0.0) -> bytes:
    """A turn as the server writes it."""
    what = {"node": turn.node, "what": turn.what}
    what |= {key: value for key, value in (("entry", turn.entry), ("menu", turn.called)) if value}
    at = int((turn.at + later) * 1000)
    return events.encode(events.Turn(turn.call, at, turn.menu, what, "" if turn.over else turn.version))


class House:
    """A data folder whose ledger is open, as a running house's is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._loop, self._listener = Loop(), Listener()
        self._ledger = SqliteLedger(folder, self._loop.calls.put)
        self._ledger.open(self._listener)
        self._loop.until(lambda: self._listener.state is LedgerState.READY, self._ledger)

    def record(self, stream: str, recorded: Iterable[bytes]) -> None:
        count = len(self._listener.records)
        for event in recorded:
            while not self._ledger.submit(stream, event):
                self._ledger.tick()
            count += 1
        self._loop.until(lambda: len(self._listener.records) == count, self._ledger)

    def close(self) -> None:
        self._ledger.close(5)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[House]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALLROOM_LANG", "en")
    (tmp_path / "t.toml").write_text(TWO_KEYS, "utf-8")
    (tmp_path / "new.toml").write_text(
        TWO_KEYS.replace('label = "one", goto = "one"', 'label = "one", goto = "two"', 1), "utf-8"
    )
    house = House(tmp_path / "data")
    house.record(events.CALLS, map(stored, recorded(MENU, "a", "1", "eins", Hangup())))
    house.record(events.CALLS, [stored(turn, DAY) for turn in recorded(MENU, "b", "2", Silence(), "exit")])
    yield house
    house.close()


def test_figures_of_a_running_house(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["menus", "stats", "--data", "data"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == [
        "t:",
        "2",
        "calls,",
        "3.0",
        "turns",
        "each;",
        "1",
        "ended,",
        "1",
        "hung",
        "up,",
        "0",
        "unfinished",
    ]
    assert ["one", "1", "1", "100%"] in lines
    assert ["main", "keys.2", "two", "1"] in lines
    assert ["eins", "one", "1"] in lines
    assert main(["menus", "stats", "--data", "data", "--lang", "zh"]) == 0
    assert "t：2 次通话，平均 3.0 轮；正常结束 1，挂断 1" in capsys.readouterr().out


def test_figures_as_json_feed_the_graph(
    house: House, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["menus", "stats", "--data", "data", "--json"]) == 0
    out = capsys.readouterr().out
    assert json.loads(out)["visits"] == {"main": 2, "one": 1, "two": 1}
    (tmp_path / "stats.json").write_text(out, "utf-8")
    assert main(["menus", "graph", "t.toml", "--stats", "stats.json"]) == 0
    drawn = capsys.readouterr().out
    assert main(["menus", "graph", "t.toml", "--data", "data"]) == 0
    assert capsys.readouterr().out == drawn
    assert drawn.splitlines()[3].split() == ["main", "2"]


def test_since_and_menu_choose_calls(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    since = "2026-01-01T12:00+00:00"
    assert main(["menus", "stats", "--data", "data", "--since", since, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["visits"] == {"main": 1, "two": 1}
    assert main(["menus", "stats", "--data", "data", "--menu", "other"]) == 0
    assert capsys.readouterr().out == "no calls are recorded\n"


def test_a_call_that_began_before_is_left_out(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    long = recorded(MENU, "c", "1", "1", Hangup())
    house.record(events.CALLS, [stored(turn, 2 * DAY) for turn in long[:2]])
    house.record(events.CALLS, [stored(turn, 4 * DAY) for turn in long[2:]])
    house.record(events.CALLS, [stored(turn, 4 * DAY) for turn in recorded(MENU, "d", Hangup())])
    assert main(["menus", "stats", "--data", "data", "--since", "2026-01-04", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["calls"] == 1


def test_more_than_a_page_is_read(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    calls = (recorded(MENU, f"n{number}", "1", Hangup()) for number in range(PAGE // 2))
    house.record(events.CALLS, [stored(turn, 9 * DAY) for call in calls for turn in call])
    assert main(["menus", "stats", "--data", "data", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["calls"] == PAGE // 2 + 2
    assert main(["menus", "stats", "--data", "data", "--since", "2026-01-08", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["calls"] == PAGE // 2


def test_replay_against_an_edited_menu(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["menus", "replay", "--data", "data", "--against", "new.toml"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "a 2026-01-01T01:00:00+00:00: ended at one, now at two",
        "  at main, 1: then key, to one; now key, to two",
        "calls: 2; as before: 1, another way to the same end: 0, elsewhere: 1",
    ]
    assert main(["menus", "replay", "--data", "data", "--against", "new.toml", "--lang", "zh"]) == 0
    assert "去向不同 1" in capsys.readouterr().out
    assert main(["menus", "replay", "--data", "data", "--against", "new.toml", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["call"], row["outcome"]) for row in rows] == [("a", "elsewhere"), ("b", "same")]


def test_an_exported_call_is_a_test(house: House, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["menus", "replay", "--data", "data", "--export", "a", "--against", "t.toml"]) == 0
    (tmp_path / "t.chat").write_text(capsys.readouterr().out, "utf-8")
    assert "> eins\n" in (tmp_path / "t.chat").read_text("utf-8")
    assert main(["menus", "test", "t.chat"]) == 0
    (tmp_path / "t.toml").write_text((tmp_path / "new.toml").read_text("utf-8"), "utf-8")
    assert main(["menus", "test", "t.chat"]) == 1


def test_messages(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["menus", "messages", "--data", "data"]) == 0
    assert capsys.readouterr().out == "nobody has left anything\n"
    at = int(BEGAN * 1000)
    left = [
        events.Kept("a", at, "t", "message", {"message": "please\x1b[2J ring"}, "小明"),
        events.Kept("b", at + 60_000, "t", "rating", {"csat": "1"}),
    ]
    house.record(events.MESSAGES, map(events.encode, left))
    assert main(["menus", "messages", "--data", "data"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith(r"t  message  小明  message=please\x1b[2J ring")
    assert second.endswith("t  rating  csat=1")
    assert (
        main(["menus", "messages", "--data", "data", "--json", "--since", "2026-01-01T01:00:30+00:00"]) == 0
    )
    assert json.loads(capsys.readouterr().out)["values"] == {"csat": "1"}


@pytest.mark.parametrize(
    ("argv", "code", "told"),
    [
        (["stats"], 2, "callroom menus stats: --data is missing"),
        (["stats", "--data", "nowhere"], 1, "callroom menus stats: "),
        (["stats", "--data", "data", "--since", "yesterday"], 2, "--since must be a date"),
        (["replay", "--data", "data"], 2, "--against is missing"),
        (["replay", "--data", "data", "--against", "gone.toml"], 1, "gone.toml:1:1: "),
        (["replay", "--data", "data", "--export", "zz"], 1, "no call 'zz' is recorded"),
        (["replay", "--data", "data", "--export", "a"], 1, "t does not ship"),
        (["graph", "10086", "--data", "data"], 1, "there are no figures of 10086"),
        (["messages", "--jsno"], 2, "did you mean --json?"),
    ],
)
def test_what_cannot_be_done(
    argv: list[str], code: int, told: str, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["menus", *argv]) == code
    err = capsys.readouterr().err
    assert told in err
    assert "Traceback" not in err


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_names_everything(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["menus", "--help", "--lang", lang]) == 0
    out = capsys.readouterr().out
    for name in ("check", "try", "test", "new", *RECORDED):
        assert f"  {name} " in out
        assert main(["menus", name, "--help", "--lang", lang]) == 0
