"""Secrets and calls that outlive their line: a PIN that nobody sees, a house that is killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from callroom_wire import messages as m
from framed_support import Framed
from house_support import Nursery, wait_until
from journey_support import CODE, House, Terminal, nc, open_house, telnet

PHONE, PIN = "13812345678", "735914"

BANK = r"""
schema = 1
id = "bank"
title = "Bank"
lang = "zh"
start = "main"

[defaults]
timeout = 0
no_match = ["请重新输入。"]
give_up = "never"
exit_words = ["再见"]

[node.main]
say = "请选择。{menu}"
keys.1 = { label = "余额", goto = "phone" }
keys.2 = { label = "聊天", room = "大厅" }

[node.phone]
say = "请输入手机号码。"
ask = { slot = "phone", type = "digits", mask = true }
confirm = "{phone}，对吗？"
goto = "pin"

[node.pin]
say = "请输入密码。"
ask = { slot = "pin", type = "digits", len = 6, mask = true }
goto = "balance"

[node.balance]
lookup = { source = "logins", key = "{phone}:{pin}", save = "acct", timeout = 5 }
found = { say = "余额 {acct.balance} 元。", goto = "more" }
not_found = { say = "号码或密码不对。", goto = "main" }
error = { say = "系统繁忙。", goto = "main" }

[node.more]
say = "{acct.balance} 元，还有别的事吗？{menu}"
keys.1 = { label = "没有", goto = "bye" }

[node.bye]
end = "再见。"
"""

SOURCES = """
[source.logins]
kind = "csv"
file = "logins.csv"
key = "login"
"""


@pytest.fixture
def bank(nursery: Nursery, tmp_path: Path) -> Iterator[House]:
    """A house whose robot asks for secrets, with a listener for all and one for telnet."""
    menus = tmp_path / "menus"
    menus.mkdir()
    (menus / "bank.toml").write_text(BANK)
    (menus / "sources.toml").write_text(SOURCES)
    (menus / "logins.csv").write_text(f"login,balance\n{PHONE}:{PIN},88.60\n")
    listen = ("tcp://127.0.0.1:0", "telnet://127.0.0.1:0")
    options = ("--menus", str(menus), "--menu", "bank", "--log-level", "debug")
    with open_house(nursery, tmp_path, *options, listen=listen) as house:
        yield house


def to_the_pin(terminal: Terminal, *ready: str) -> None:
    terminal.see("2 聊天\r\n", *ready)
    terminal.ask("1", "请输入手机号码。\r\n")
    terminal.ask(PHONE, "138****5678，对吗？\r\n")
    terminal.ask("1", "请输入密码。\r\n")


def kept(house: House) -> bytes:
    """Every byte that the house has written: its data folder and its log."""
    files = [file for file in house.folder.rglob("*") if file.is_file()]
    return b"".join(file.read_bytes() for file in files) + house.log_file.read_bytes()


def nothing_is_left(house: House) -> None:
    """The call is on record, and no secret of it."""
    wait_until(lambda: b'"what":"found"' in kept(house))
    assert PHONE.encode() not in kept(house)
    assert PIN.encode() not in kept(house)


def test_telnet_shows_stars_in_character_mode(bank: House) -> None:
    with telnet(bank, "telnet") as caller:
        to_the_pin(caller, "机器人> ")  # before character mode the terminal itself shows what is typed
        caller.ask(PIN, "******\r\n", "余额 88.60 元。\r\n")
        caller.ask("1", "再见。\r\n")
        assert PIN not in caller.paper
        assert PHONE not in caller.paper
        caller.ask("/help", "/help\r\n")  # and it is seen again
    nothing_is_left(bank)


def test_telnet_is_without_echo_in_line_mode(bank: House) -> None:
    """A terminal that our editor does not know: the client echoes by itself until it is asked not to."""
    with telnet(bank, "telnet", terminal="dumb") as caller:
        caller.see("2 聊天\r\n")
        caller.ask("1", "1", "请输入手机号码。\r\n")
        caller.ask(PHONE, "138****5678，对吗？\r\n")
        caller.ask("1", "请输入密码。\r\n")
        caller.ask(PIN, "余额 88.60 元。\r\n")
        assert PIN not in caller.paper
        assert PHONE not in caller.paper
        caller.see("1 没有\r\n")
        caller.ask("/rooms", "/rooms", "还没有房间")  # and it echoes again
    nothing_is_left(bank)


def test_nc_is_told_that_it_will_be_seen(bank: House) -> None:
    with nc(bank) as caller:
        caller.see("2 聊天\r\n")
        caller.ask("1", "请输入手机号码。\r\n（接下来输入的内容会显示在您的屏幕上。）\r\n")
        caller.ask(PHONE, "对吗？\r\n")
        caller.ask("1", "请输入密码。\r\n")
        assert "会显示在" not in caller.ask(PIN, "余额 88.60 元。\r\n")
    nothing_is_left(bank)


def test_a_call_goes_on_in_the_terminal_after_the_house_was_killed(bank: House) -> None:
    with nc(bank) as caller:
        caller.see("2 聊天\r\n")
        caller.enter("/nick 小红")
        code = caller.find(CODE)
        caller.enter("1")
        caller.see("请输入手机号码。\r\n")
        caller.ask(PHONE, "对吗？\r\n")
        caller.ask("1", "请输入密码。\r\n")
        caller.ask(PIN, "还有别的事吗？\r\n1 没有\r\n")
        nothing_is_left(bank)
        caller.cut()
    bank.kill()
    bank.start()
    with nc(bank) as caller:
        caller.see("2 聊天\r\n")
        caller.enter(f"/back {code}")
        caller.see("欢迎回来，小红。\r\n")
        caller.see("88.60 元，还有别的事吗？\r\n1 没有\r\n")
        caller.ask("1", "再见。\r\n")


def test_who_was_in_a_room_comes_back_there_and_the_robot_keeps_still(bank: House) -> None:
    with nc(bank) as caller:
        caller.see("2 聊天\r\n")
        caller.enter("2")
        code = caller.find(CODE)
        caller.see("您已进入“大厅”。\r\n")
        caller.cut()
    bank.kill()
    bank.start()
    with nc(bank) as caller:
        caller.see("2 聊天\r\n")
        caller.enter(f"/back {code}")
        shown = caller.see("您已进入“大厅”。\r\n现在没有别人。\r\n") + caller.ask(
            "在", "[大厅] 访客1: 在\r\n"
        )
        assert "请选择" not in shown
        caller.ask("/leave", "您已离开“大厅”。\r\n", "请选择。\r\n")


def test_a_call_goes_on_for_a_program_after_the_house_was_killed(bank: House) -> None:
    with Framed(bank.port()) as client:
        token = client.login("小红").token
        client.send(m.Dial(), m.Press(text="1"), m.Press(text=PHONE))
        assert client.expect(m.Prompted, lambda one: "对吗" in one.text).secret
        wait_until(lambda: b'"what":"entered"' in kept(bank))
        bank.kill()
    assert PHONE.encode() not in kept(bank)
    bank.start()
    with Framed(bank.port()) as client:
        client.send(m.Hello(), m.Resume(token=token))
        assert client.expect(m.LoggedIn).resumed
        prompt = client.expect(m.Prompted)
        assert (prompt.text, prompt.secret) == ("请输入手机号码。", True)
