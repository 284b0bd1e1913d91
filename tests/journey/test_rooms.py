"""A room between everything that can be in it: telnet, nc, plink and a framed client, in two encodings."""

from callroom_wire import messages as m
from framed_support import person
from journey_support import Bytes, House, Terminal, lines_of, nc, plink, talk, telnet

ROOM = "大厅"


def enters(terminal: Terminal, name: str) -> None:
    """Takes a name and goes to the room."""
    terminal.see("# 重听\r\n")
    terminal.ask(f"/nick {name}", f"您的名字是 {name}。")
    terminal.ask(f"/join {ROOM}", f"您已进入“{ROOM}”。\r\n")


def test_everyone_sees_each_line_once_and_in_order(house: House) -> None:
    with (
        telnet(house) as ann,
        nc(house) as bob,
        plink(house, "telnet") as eve,
        telnet(house, "telnet") as tom,
    ):
        terminals = {"小红": ann, "小明": bob, "小芳": eve, "小刚": tom}
        for name, terminal in terminals.items():
            enters(terminal, name)
        with person(house.port(), "小美", ROOM) as framed:
            expected: list[str] = []
            for turn in range(3):
                for name, terminal in terminals.items():
                    text = f"来，本周第 {turn} 次：{name}说“随便”，🙂"
                    terminal.enter(text)
                    terminal.see(f"[{ROOM}] {name}: {text}\r\n")  # one's own line is the receipt
                    expected.append(f"{name}: {text}")
                framed.say(turn + 1, ROOM, f"第 {turn} 轮完")
                expected.append(f"小美: 第 {turn} 轮完")
            for terminal in terminals.values():
                terminal.see(f"[{ROOM}] 小美: 第 2 轮完\r\n")
                assert lines_of(terminal, ROOM) == expected
            framed.alive()
            told = [one for one in framed.got if isinstance(one, m.Said)]
            assert [f"{one.by}: {one.text}" for one in told] == expected
            assert [one.seq for one in told] == list(range(1, len(expected) + 1))


def test_comings_and_goings_are_told_to_the_others_only(house: House) -> None:
    with nc(house) as ann:
        enters(ann, "小红")
        with nc(house) as bob:
            enters(bob, "小明")
            bob.see("在场：小红\r\n")
            ann.see(f"[{ROOM}] * 小明 来了\r\n")
            bob.ask("/away 吃饭", "已设为暂离：吃饭\r\n")
            ann.see(f"[{ROOM}] * 小明 暂时离开：吃饭\r\n")
            bob.ask("/back", "您已回来。\r\n")
            ann.see(f"[{ROOM}] * 小明 回来了\r\n")
            bob.ask("/nick 大明", "您现在叫 大明。\r\n")
            ann.see(f"[{ROOM}] * 小明 改名为 大明\r\n")
            assert bob.ask("/quit", "再见。\r\n") == "再见。\r\n"
            assert f"[{ROOM}] *" not in bob.paper
            ann.see(f"[{ROOM}] * 大明 走了\r\n")


def test_a_gbk_terminal(house: House) -> None:
    """Byte for byte: what a user of a GBK terminal types and sees, beside one of UTF-8."""
    with nc(house) as bob:
        enters(bob, "小明")
        with Bytes("nc", "127.0.0.1", str(house.port())) as gbk:
            gbk.see(b"Unreadable? Type /encoding gbk\r\n")
            gbk.enter(b"/encoding gbk")
            gbk.see("现在使用 gbk 编码。\r\n".encode("gbk"))
            gbk.enter("/join 大厅".encode("gbk"))
            gbk.see("您已进入“大厅”。\r\n在场：小明\r\n".encode("gbk"))
            gbk.enter(
                "谢谢，状态通知".encode("gbk")
            )  # of these the GBK bytes are valid UTF-8: guessing would go wrong
            bob.see(f"[{ROOM}] 访客", ": 谢谢，状态通知\r\n")
            bob.ask("好🙂的", f"[{ROOM}] 小明: 好🙂的\r\n")
            gbk.see("[大厅] 小明: 好[U+1F642]的\r\n".encode("gbk"))
            gbk.enter("坏了".encode("gbk")[:-1])
            gbk.see("这一行不是 gbk（".encode("gbk"))
            gbk.see("没有发送。换编码 / change: /encoding gbk | /encoding utf-8\r\n".encode("gbk"))
            gbk.enter("最后".encode("gbk"))
            bob.see(": 最后\r\n")
            gbk.enter("/history".encode("gbk"))
            seen = gbk.see("-- 没有更早的了 --\r\n".encode("gbk")).decode("gbk")
            assert "-- 大厅：3 条 --\r\n" in seen
        assert "\ufffd" not in bob.paper


def test_bad_bytes_are_refused_with_a_hint_and_not_stored(house: House) -> None:
    with nc(house) as bob:
        enters(bob, "小明")
        said = talk(
            house.port(), "/join 大厅\n".encode() + "余额\n".encode("gbk") + b"ok\n", b": ok\r\n"
        ).decode()
        assert "这一行不是 utf-8（invalid" in said
        assert "换编码 / change: /encoding gbk | /encoding utf-8\r\n" in said
        bob.see(f"[{ROOM}] 访客", ": ok\r\n")
        assert len(lines_of(bob, ROOM)) == 1


def test_samples_to_choose_from(house: House) -> None:
    said = talk(house.port(), b"/encoding auto\n/encoding klingon\n", "/encoding 编码 | auto".encode())
    for encoding in ("utf-8", "gbk", "gb18030"):
        assert f"{encoding}：能看懂这行吗？能就输入 /encoding {encoding}\r\n".encode(encoding) in said
