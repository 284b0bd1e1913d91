"""Closing and not opening: everyone is told why, and what to do."""

import os
import signal
import time
from pathlib import Path

from callroom_wire import messages as m
from framed_support import person
from house_support import Nursery
from journey_support import House, nc, telnet

LAST_WORDS = "连接关闭：服务即将关闭。凭返回码回来，什么都不会丢。\r\n"


def test_everyone_is_told_when_the_house_closes(house: House) -> None:
    with nc(house) as ann, telnet(house, "telnet") as tom, person(house.port(), "小美", "大厅") as framed:
        for terminal in (ann, tom):
            terminal.see("# 重听\r\n")
            terminal.ask("/join 大厅", "您已进入“大厅”。\r\n")
        tom.type("写到一半")
        tom.see("写到一半")
        ann.ask("最后一句", ": 最后一句\r\n")
        asked = time.monotonic()
        os.kill(house.pid, signal.SIGTERM)
        assert house.ended() == 0
        assert time.monotonic() - asked < 5
        ann.see(LAST_WORDS)
        tom.see(LAST_WORDS)
        tom.ends()
        assert framed.expect(m.Bye).code == "shutting_down"
    house.start()
    with nc(house) as ann:
        ann.see("# 重听\r\n")
        ann.ask("/join 大厅", "您已进入“大厅”。\r\n")
        ann.ask("/history", "最后一句\r\n-- 没有更早的了 --\r\n")


def failure(
    nursery: Nursery, folder: Path, *options: str, listen: str = "tcp://127.0.0.1:0"
) -> tuple[int, str]:
    """The exit code and the log of a house that does not open."""
    house = House(nursery, folder, *options, listen=(listen,))
    house.launch()
    return house.ended(), house.log


def test_a_second_house_over_one_folder(house: House, nursery: Nursery) -> None:
    code, log = failure(nursery, house.folder)
    assert code == 1
    assert "is in use by another Callroom (process " in log
    assert "Traceback" not in log


def test_a_port_that_is_taken(house: House, nursery: Nursery, tmp_path: Path) -> None:
    url = f"tcp://127.0.0.1:{house.port()}"
    code, log = failure(nursery, tmp_path / "other", listen=url)
    assert code == 1
    assert url in log
    assert str(house.pid) in log
    assert "Traceback" not in log


def test_a_bad_setting(nursery: Nursery, tmp_path: Path) -> None:
    settings = tmp_path / "callroom.toml"
    settings.write_text('lang = "tlh"\n')
    code, log = failure(nursery, tmp_path / "data", "--config", str(settings))
    assert code == 2
    assert str(settings) in log
    code, log = failure(nursery, tmp_path / "data2", "--frob")
    assert code == 2
    assert "--frob" in log
