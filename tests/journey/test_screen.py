"""The whole-screen client at a real terminal, from the first digit to a server that is killed."""

import re
from pathlib import Path

from callroom_wire import messages as m
from desk_support import DEAF, FAULTY, READY, RESTORED, Desk, enter_room, quit_by_key
from framed_support import person
from house_support import Nursery
from journey_support import House, open_house
from link_support import Peer, Stranger
from terminal_support import Terminal

ROOM = "大厅"


def url_of(house: House) -> str:
    return f"tcp://127.0.0.1:{house.port()}"


def said(terminal: Terminal) -> list[str]:
    """What people said in the room that is shown, whatever mark stands before it."""
    return [text.strip() for text in re.findall(r"[│┃✓…] (.*?)(?: {2}|$)", terminal.text, re.MULTILINE)]


def test_the_hotline_by_digit_by_click_and_back(house: House, tmp_path: Path) -> None:
    with Desk(tmp_path, "zh").chat(url_of(house)) as eve:
        eve.see("欢迎致电移动通信自助热线")
        eve.see("1  话费与流量")  # the button; the robot's own list has one space
        eve.send("1")
        eve.see("2  本月账单")
        eve.click("*  返回上级")
        eve.see("7  聊天室")
        eve.click("7  聊天室")
        eve.see(f"#{ROOM}")
        eve.gone("7  聊天室")
        eve.send("1")  # with no robot there, a digit is a text
        eve.key("enter")
        eve.see(lambda _: said(eve) == ["1"])
        eve.click("☎ 热线")
        eve.see("☎ 10086 › main  等您回来")
        eve.click("# 大厅")
        eve.see(lambda _: said(eve) == ["1"])
        quit_by_key(eve)


def timed_out(terminal: Terminal) -> int:
    """How many recvs have timed out so far, by the panel's totals."""
    totals = re.findall(r"◷ timed out (\d+)", terminal.text)
    return int(totals[-1]) if totals else 0


def test_a_silent_server_is_seen_as_timeouts_of_recv(tmp_path: Path) -> None:
    def silent(peer: Peer) -> None:
        peer.log_in()
        peer.until_closed()

    server = Stranger(silent)
    try:
        with Desk(tmp_path).chat(server.url, size=(110, 40)) as eve:
            eve.see(READY)
            eve.key("f5")
            eve.see("recv(10 s)")
            eve.send("/timeout recv 1\r")
            eve.see("recv(1 s) waits at most 1 s")
            eve.see(
                re.compile(r"◷ recv +1\.0\d s timed out")
            )  # the one before ends at its own time-out first
            eve.see(re.compile(r"recv raised TimeoutError after\s+│?\s*1\.0"))
            eve.see("client calls recv again")
            first = timed_out(eve)
            eve.see(lambda _: timed_out(eve) >= first + 2)
            eve.see(re.compile("◷◷◷"))
            colours = {
                cell.fg for row in eve.screen.buffer.values() for cell in row.values() if cell.data == "◷"
            }
            others = {
                cell.fg for row in eve.screen.buffer.values() for cell in row.values() if cell.data == "■"
            }
            assert colours.isdisjoint(others)
            assert others
            eve.send("/timeout recv 0.2\r")
            eve.see("recv(0.2 s) waits at most 0.2 s")
            eve.click(" None ")  # of connect, which comes first
            eve.see("connect(None)")
            eve.key("escape")
            eve.send("/timeout recv 0\r")
            eve.see("∅")
            eve.send("/timeout recv None\r")
            eve.see("waiting, no deadline")
            quit_by_key(eve)
    finally:
        server.close()


def test_a_window_of_any_size(nursery: Nursery, tmp_path: Path) -> None:
    with (
        open_house(nursery, tmp_path, "--no-flood") as house,
        Desk(tmp_path).chat(url_of(house), "--name", "eve", size=(120, 40)) as eve,
        person(house.port(), "小美", ROOM) as other,
    ):
        enter_room(eve, ROOM)
        for number in range(60):
            other.send(m.Say(id=number + 1, room=ROOM, text=f"line {number} 一行中文 and some words"))
        eve.see("line 59")
        eve.send("a draft")
        eve.see("a draft")
        eve.resize(40, 10)
        eve.see(lambda text: "line 59" in text and "a draft" in text and "F1 Help" in text)
        eve.resize(1, 1)
        eve.pump()
        eve.resize(200, 60)
        eve.see(lambda text: "line 20" in text and "line 59" in text and "a draft" in text)
        eve.resize(120, 40)
        eve.see(lambda text: "line 59" in text and "小美" in text and "a draft" in text)
        quit_by_key(eve)


def test_a_window_whose_last_change_went_unheard(tmp_path: Path) -> None:
    with Desk(tmp_path).chat(size=(100, 30), first=DEAF) as eve:
        eve.see("Call a server")
        column, row = eve.find("╭")
        eve.resize(120, 40)
        eve.see(lambda text: "╭" in text and eve.find("╭") == (column + 10, row + 5))  # still in the middle
        eve.resize(100, 30)
        eve.see(lambda text: "╭" in text and eve.find("╭") == (column, row))
        quit_by_key(eve)


def test_a_damaged_settings_file_is_told_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "config" / "callroom" / "screen.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"bell": "lou')
    with Desk(tmp_path, "zh").chat() as eve:
        eve.see("连接服务器")
        eve.see(re.compile(r"已损坏"))
        quit_by_key(eve)
    assert (file.parent / "screen.json.damaged").read_text() == '{"bell": "lou'


def test_a_fault_of_our_own_leaves_a_report_and_a_whole_terminal(house: House, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with desk.chat(url_of(house), first=FAULTY) as eve:
        eve.see(READY)
        eve.send("\x1br")  # Alt+R
        assert eve.ended() == 1
        (report,) = desk.reports
        eve.see("a fault of its own")
        assert str(report) in eve.text.replace("\n", "")
        assert all(sequence in eve.raw for sequence in RESTORED)
        assert b"Traceback" not in eve.raw
        assert report.stat().st_mode & 0o777 == 0o600
        assert report.parent.stat().st_mode & 0o777 == 0o700
        written = report.read_text()
        assert re.search("KeyError\nwhich led to:\n(.*\n)*RuntimeError\n$", written)
        assert "no report may hold" not in written
