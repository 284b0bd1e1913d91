"""Keys: Ctrl-C and its like in telnet, editing in character mode, and what line mode must leave alone."""

from collections.abc import Callable

import pytest

from framed_support import person
from journey_support import House, Terminal, nc, plink, telnet

MENU_END = "# 重听\r\n"
ROOM = "大厅"


def in_room(terminal: Terminal, name: str) -> None:
    """Takes a name and goes to the room."""
    terminal.see(MENU_END)
    terminal.ask(f"/nick {name}", f"您的名字是 {name}。")
    terminal.ask(f"/join {ROOM}", f"您已进入“{ROOM}”。\r\n")


def test_after_ctrl_c_the_output_goes_on(house: House) -> None:
    """A telnet client discards all output after IAC IP until its DO TM is answered."""
    with telnet(house) as ann, nc(house) as bob:
        in_room(ann, "小红")
        in_room(bob, "小明")
        ann.type("删掉这些\x03")
        ann.see("已取消。\r\n")
        bob.ask("看得到吗", f"[{ROOM}] 小明: 看得到吗\r\n")
        ann.see(f"[{ROOM}] 小明: 看得到吗\r\n")
        ann.ask("看得到", f"[{ROOM}] 小红: 看得到\r\n")
        bob.see(f"[{ROOM}] 小红: 看得到\r\n")
        assert "删掉" not in bob.paper


def test_are_you_there_and_abort_output(house: House) -> None:
    with telnet(house) as ann:
        in_room(ann, "小红")
        for command in ("ayt", "ao"):
            ann.type("\x1d")
            ann.see("telnet> ")
            ann.enter(f"send {command}")
        ann.see("[Callroom：在的]\r\n")
        ann.ask("还好", f"[{ROOM}] 小红: 还好\r\n")


def test_in_line_mode_nothing_is_drawn(house: House) -> None:
    with nc(house) as ann, person(house.port(), "小美", ROOM) as framed:
        in_room(ann, "小红")
        ann.type("打到一半")
        framed.say(1, ROOM, "插一句")
        ann.see(f"[{ROOM}] 小美: 插一句\r\n")
        ann.ask("，写完了", f"[{ROOM}] 小红: 打到一半，写完了\r\n")
        assert "\x1b" not in ann.paper
        assert "\b" not in ann.paper


def test_wide_characters_are_erased_cleanly(house: House) -> None:
    with plink(house, "telnet") as eve:
        in_room(eve, "小芳")
        eve.shows("您已进入“大厅”。", "现在没有别人。", "大厅>")
        eve.type("你好世界abc")
        eve.shows("大厅> 你好世界abc")
        eve.type("\x7f\x7f\x7f\x7f")
        eve.shows("大厅> 你好世")
        eve.type("\b")
        eve.shows("大厅> 你好")
        eve.type(" 第二个词\x17")
        eve.shows("大厅> 你好")
        eve.type("👩‍👩‍👧")
        eve.type("\x7f再见")
        eve.shows("大厅> 你好 再见")
        eve.type("\x15")
        eve.shows("大厅>")
        eve.type("好的\x1b[D\x1b[A\x12")  # arrows mean nothing; ^R draws the line again
        eve.shows("大厅> 好的")
        eve.enter("")
        eve.shows("大厅> 好的", f"[{ROOM}] 小芳: 好的", "大厅>")


def test_a_line_longer_than_the_window(house: House) -> None:
    with telnet(house, "telnet", columns=30) as tom:
        in_room(tom, "小刚")
        tom.type("一二三四五六七八九十" * 2)
        tom.shows("大厅> 一二三四五六七八九十一二", "三四五六七八九十")
        tom.type("\x7f" * 12)
        tom.shows("大厅> 一二三四五六七八")
        tom.type("\x15短")
        tom.shows("大厅> 短")


@pytest.mark.parametrize("client", [plink, telnet])
def test_what_comes_while_one_types_leaves_the_line_whole(
    house: House, client: Callable[[House, str], Terminal]
) -> None:
    with client(house, "telnet") as tom, person(house.port(), "小美", ROOM) as framed:
        in_room(tom, "小刚")
        tom.type("我正在写")
        tom.shows("大厅> 我正在写")
        framed.say(1, ROOM, "打断一下")
        tom.shows(f"[{ROOM}] 小美: 打断一下", "大厅> 我正在写")
        tom.enter("完了")
        tom.shows("大厅> 我正在写完了", f"[{ROOM}] 小刚: 我正在写完了", "大厅>")
        tom.enter("/quit")
        tom.ends()
        screen = tom.screen()
        assert screen[screen.index("大厅> /quit") + 1] == "再见。"  # and no prompt below it
        assert not any(line.startswith(f"{ROOM}>") for line in screen[screen.index("再见。") :])


def test_ctrl_c_in_character_mode_drops_the_line(house: House) -> None:
    with telnet(house, "telnet") as tom:
        in_room(tom, "小刚")
        tom.type("不要了\x03")
        tom.shows("大厅> 不要了^C", "已取消。", "大厅>")
        tom.ask("要", f"[{ROOM}] 小刚: 要\r\n")


def test_the_window_may_change(house: House) -> None:
    with telnet(house, "telnet") as tom:
        tom.see(MENU_END)
        tom.ask("/doctor", "80 x 24\r\n")
        tom.resize(40, 132)
        tom.ask("/doctor", "132 x 40\r\n")


def test_plain_draws_nothing_and_has_every_function(house: House) -> None:
    with plink(house, "telnet") as eve, person(house.port(), "小美", ROOM) as framed:
        in_room(eve, "小芳")
        eve.ask("/plain", "朴素模式：不重绘，不排表格。/plain off 关闭。\r\n")
        before = len(eve.paper)
        eve.type("半句")
        eve.see("半句")
        framed.say(1, ROOM, "你好")
        eve.see(f"\r\n{ROOM}, 小美: 你好\r\n半句")
        eve.ask("话", f"{ROOM}, 小芳: 半句话\r\n")
        eve.ask("/who", f"{ROOM}：2 人\r\n", "小美, 在\r\n")
        assert "\x1b" not in eve.paper[before:]
        assert "  " not in eve.paper[before:]
        eve.ask("/plain off", "已关闭朴素模式。\r\n", f"{ROOM}> ")
