"""Calling the robot: by digits and by words, with wrong keys and with none, from real programs."""

import socket
from pathlib import Path

from house_support import PATIENCE, Nursery
from journey_support import House, nc, open_house, receive, talk, telnet

CLASSIC = "欢迎致电 10086,请输入1xxx,0转人工服务."
"""The greeting of the tutorial's robot, to the letter."""

QUIET = """
schema = 1
id = "quiet"
title = "Quiet"
lang = "en"
start = "main"

[defaults]
timeout = 0.2
no_match = ["Not on the menu."]
no_input = ["Still there?", "Really?"]
attempts = 3
give_up = "bye"

[node.main]
say = "Press one.{menu}"
keys.1 = { label = "Chat", room = "lobby" }

[node.bye]
end = "You said nothing. Goodbye."
"""


def test_by_digits_and_by_words(house: House) -> None:
    with nc(house) as caller:
        greeting = caller.see("# 重听\r\n")
        assert greeting.startswith(
            "Callroom：按机器人的提示输入，或输入命令；/help 列出所有命令。\r\n"
            "Unreadable? Type /encoding gbk\r\n欢迎致电移动通信自助热线"
        )
        assert "\r\n1 话费与流量\r\n2 套餐变更\r\n" in greeting
        assert caller.ask("1", "# 重听\r\n").startswith("话费与流量。\r\n1 余额\r\n")
        caller.ask("１", "请输入 11 位手机号码")  # full-width, as a Chinese keyboard types it
        caller.ask("199-0000-1234", "当前余额 88.60 元", "# 重听\r\n")
        caller.ask("*", "请输入 11 位手机号码", "199-0000-1234。\r\n")
        assert caller.ask("*", "# 重听\r\n").startswith("话费与流量。\r\n")
        assert caller.ask("#", "# 重听\r\n").startswith("话费与流量。\r\n")
        caller.ask("＊", "1 话费与流量\r\n", "# 重听\r\n")
        caller.ask("余额", "当前余额 88.60 元", "# 重听\r\n")
        caller.ask("＃", "当前余额 88.60 元", "# 重听\r\n")
        caller.ask("再见", "通话已结束。/call 再次呼叫，/rooms 看房间。\r\n")
        caller.ask("1", "! 您不在通话中。呼叫机器人：/call\r\n")
        caller.ask("/call", "欢迎致电", "# 重听\r\n")


def test_three_wrong_keys_are_enough(house: House) -> None:
    with telnet(house) as caller:
        caller.see("# 重听\r\n")
        caller.ask("77", "没有这个选项")
        caller.ask("随便", "还是没听懂", "# 重听\r\n")
        caller.ask("79", "几次都没能听懂您的选择", "请留言")
        caller.ask("请给我回电话", "您的留言已记录", "2 结束通话\r\n", "# 重听\r\n")
        caller.ask("2", "再见", "通话已结束。")


def test_silence(nursery: Nursery, tmp_path: Path) -> None:
    menus = tmp_path / "menus"
    menus.mkdir()
    (menus / "quiet.toml").write_text(QUIET)
    options = ("--menus", str(menus), "--menu", "quiet", "--lang", "en")
    with open_house(nursery, tmp_path, *options) as house, nc(house) as caller:
        caller.see("Press one.\r\n1 Chat\r\n", "Still there?", "Really?", "You said nothing. Goodbye.\r\n")
        caller.see("The call has ended. /call calls again, /rooms shows the rooms.\r\n")
        caller.ask("/call", "Press one.")
        caller.ask("1", "You are in lobby.\r\n")


def test_the_robot_takes_one_to_a_room_and_is_still_there_afterwards(house: House) -> None:
    with nc(house) as caller:
        caller.see("# 重听\r\n")
        caller.ask("聊天", "您的名字是 访客", "断线后回来请输入：/back ", "您已进入“大厅”。\r\n")
        caller.see("现在没有别人。\r\n")
        caller.ask("你好", "[大厅] 访客1: 你好\r\n")
        caller.ask("/leave", "您已离开“大厅”。\r\n现在输入的内容发给机器人。\r\n", "1 话费与流量\r\n")
        caller.ask("1", "话费与流量。\r\n")


def test_the_tutorials_own_client(nursery: Nursery, tmp_path: Path) -> None:
    """`sendall("0")` without a line ending, `recv`, and `exit`: as the tutorial's client does."""
    with (
        open_house(nursery, tmp_path, "--menu", "classic") as house,
        socket.create_connection(("127.0.0.1", house.port()), PATIENCE) as client,
    ):
        assert receive(client, CLASSIC.encode()).decode().endswith(f"\r\n{CLASSIC}\r\n")
        for entry, answer in (
            ("0", "通过可能会被录音.balabala一大推"),
            ("1", "请重新输入."),
            ("x", "请重新输入."),
        ):
            client.sendall(entry.encode())
            assert receive(client, f"{answer}\r\n".encode()).decode().strip() == answer
        client.sendall(b"0")
        receive(client, "一大推\r\n".encode())
        client.sendall(b"exit")
        assert receive(client, "/rooms 看房间。\r\n".encode()).decode() == (
            "通话已结束。/call 再次呼叫，/rooms 看房间。\r\n"
        )


def test_the_tutorials_robot_with_line_endings(nursery: Nursery, tmp_path: Path) -> None:
    with open_house(nursery, tmp_path, "--menu", "classic") as house:
        said = talk(house.port(), b"0\nexit\n", wait="通话已结束".encode()).decode()
        assert CLASSIC in said
        assert "balabala一大推\r\n" in said
