"""Losing the connection and coming back: nothing is missed, and one can tell what is new."""

from callroom_wire import messages as m
from framed_support import Framed, person
from journey_support import CODE, House, Terminal, lines_of, nc, telnet

ROOM = "大厅"


def joins(terminal: Terminal, name: str) -> str:
    """Takes a name and goes to the room; the code to come back with."""
    terminal.see("# 重听\r\n")
    terminal.enter(f"/nick {name}")
    code = terminal.find(CODE)
    terminal.ask(f"/join {ROOM}", f"您已进入“{ROOM}”。\r\n")
    return code


def says(framed: Framed, *texts: str) -> None:
    """Says one line after another."""
    for text in texts:
        framed.say(int(text.split()[-1]), ROOM, text)


def test_a_lost_connection_loses_nothing(house: House) -> None:
    with person(house.port(), "小美", ROOM) as framed:
        with telnet(house, "telnet") as ann:
            code = joins(ann, "小红")
            says(framed, "你好 1", "你好 2")
            ann.see(f"[{ROOM}] 小美: 你好 2\r\n")
            ann.ask("收到", f"[{ROOM}] 小红: 收到\r\n")
            ann.cut()
        house.logged("session.closed")
        says(framed, "错过 3", "错过 4")
        framed.send(m.Tell(id=5, to="小红", text="悄悄话"))
        framed.expect(m.Ack, lambda ack: 5 in ack.ids)
        with nc(house) as bob:
            bob.see("# 重听\r\n")
            bob.ask("/who *", "小红", "断线\r\n")
        with nc(house) as ann:
            ann.see("# 重听\r\n")
            ann.enter(f"/back {code}")
            ann.see("欢迎回来，小红。\r\n断线后回来请输入：/back ")
            ann.see(f"您已进入“{ROOM}”。\r\n在场：小美\r\n-- {ROOM}：您可能错过的 ")
            count = int(ann.find(r"(\d+) 条 --\r\n"))
            ann.see("-- @小美：您可能错过的 1 条 --\r\n")
            ann.ask("我回来了", f"[{ROOM}] 小红: 我回来了\r\n")
            lines = lines_of(ann, ROOM)
            assert lines[-3:] == ["小美: 错过 3", "小美: 错过 4", "小红: 我回来了"]
            # What was sent just before the end may have been seen or not: it is shown, and counted as such.
            said = ["小美: 你好 1", "小美: 你好 2", "小红: 收到"]
            assert lines[:-3] == said[len(said) + 2 - count :]
            assert ann.paper.count("[@小美 -> @小红] 悄悄话\r\n") == 1


def test_a_server_that_died_loses_nothing(house: House) -> None:
    with telnet(house, "telnet") as ann:
        code = joins(ann, "小红")
        with person(house.port(), "小美", ROOM) as framed:
            says(framed, "看过 1", "看过 2")
            ann.see(f"[{ROOM}] 小美: 看过 2\r\n")
            ann.cut()
            says(framed, "错过 3")
            house.kill()
    house.start()
    with person(house.port(), "小芳", ROOM) as framed:
        framed.say(1, ROOM, "又开了")
        with telnet(house) as ann:
            ann.see("# 重听\r\n")
            ann.enter(f"/back {code}")
            ann.see("欢迎回来，小红。\r\n")
            ann.see("您可能错过的 ", " 条 --\r\n", f"[{ROOM}] 小芳: 又开了\r\n")
            assert lines_of(ann, ROOM)[-2:] == ["小美: 错过 3", "小芳: 又开了"]
            assert len(set(lines_of(ann, ROOM))) == len(lines_of(ann, ROOM))


def test_the_name_is_kept_and_the_code_changes_with_each_return(house: House) -> None:
    with nc(house) as ann:
        first = joins(ann, "小红")
        ann.cut()
    house.logged("session.closed")
    with nc(house) as thief:
        thief.see("# 重听\r\n")
        thief.ask("/nick 小红", "! 名字“小红”已有人使用，或与别人的太像。", "/nick 名字", "/back 返回码\r\n")
        thief.ask("/back ABCDE-ABCDE-ABCDE-ABCDE", "! 这个返回码无效或已过期。请另取名字：/nick 名字\r\n")
    with nc(house) as ann:
        ann.see("# 重听\r\n")
        ann.enter(f"/back {first.lower().replace('-', '')}")  # as one types it
        second = ann.find(CODE)
        assert second != first
        ann.see(f"您已进入“{ROOM}”。\r\n")
        assert "您可能错过" not in ann.paper
        with nc(house) as again:
            again.see("# 重听\r\n")
            again.enter(f"/back {second}")
            again.see("欢迎回来，小红。\r\n")
            ann.see("连接关闭：您已在另一个连接上回来。\r\n")


def test_several_rooms_are_told_apart(house: House) -> None:
    with nc(house) as ann, person(house.port(), "小美", "甲", "乙") as framed:
        ann.see("# 重听\r\n")
        ann.enter("/join 甲")
        code = ann.find(CODE)
        ann.see("您已进入“甲”。\r\n")
        ann.ask("/join 乙", "您已进入“乙”。\r\n")
        ann.cut()
        house.logged("session.closed")
        framed.say(1, "甲", "一")
        framed.say(2, "乙", "二")
        with nc(house) as back:
            back.see("# 重听\r\n")
            back.ask(f"/back {code}", "您已进入“甲”。\r\n", "-- 甲：您可能错过的 1 条 --\r\n")
            back.see("您也在“乙”里：/go 乙\r\n", "-- 乙：您可能错过的 1 条 --\r\n")
            back.see_all("[甲] 小美: 一\r\n", "[乙] 小美: 二\r\n")
            back.ask("在甲", "[甲] 访客", ": 在甲\r\n")
            back.ask("/go 乙", "现在输入的内容发给“乙”。\r\n")
            back.ask("在乙", "[乙] 访客", ": 在乙\r\n")
