"""Every command of the text door, in both languages, right and wrong; and that none is ever said."""

import re
from pathlib import Path

import pytest

from callroom_server.protocols.text.commands import COMMANDS
from callroom_wire import messages as m
from framed_support import person
from house_support import Nursery
from journey_support import CODE, House, Terminal, lines_of, nc, open_house

# What one person types, one after another, and the answers to each in their order.
ENGLISH: list[tuple[str, ...]] = [
    (
        "/help",
        "Commands:\r\n",
        "  /quit ",
        "Anything else goes to the robot. /help COMMAND tells more about one.\r\n",
    ),
    ("/help join", "Usage: /join ROOM - enters a room; a new one is made\r\nAlso: /j, /加入\r\n"),
    ("/help jion", "There is no command /jion. Did you mean /join? Nothing was sent.\r\n"),
    ("/topic x", "That is for a room; enter one first: /join ROOM\r\n"),
    ("/leave", "That is for a room"),
    ("/history", "That is for a room"),
    ("/join", "Usage: /join ROOM - "),
    ("/rooms", "There are no rooms yet. /join ROOM makes one.\r\n"),
    (
        "/join lobby",
        "You are guest-1.\r\nTo come back after a break: /back ",
        "You are in lobby.\r\nNobody else",
    ),
    ("/help", "Anything else goes to lobby. "),
    ("/join -x", "! That name cannot be used: it begins with a hyphen or a dot. Choose another.\r\n"),
    ("/nick", "Usage: /nick NAME - "),
    ("/nick root", "! That name cannot be used: it is kept for the house."),
    ("/nick ann", "You are called ann now.\r\n"),
    ("/nick 小美", "! The name 小美 is taken, or looks like one that is. Choose another: /nick NAME. If "),
    ("/who", "In lobby: 1\r\n  ann  here\r\n"),
    ("/who *", "In the house: 2\r\n"),
    ("/who nowhere", "! There is no room nowhere. See which there are: /rooms\r\n"),
    ("/rooms", "  lobby  1 here  * you are in it\r\n"),
    ("/rooms x", "Usage: /rooms - "),
    ("/topic", "lobby has no topic.\r\n"),
    ("/topic Tea at four", "[lobby] ann set the topic: Tea at four\r\n"),
    ("/topic", "Topic of lobby: Tea at four\r\n"),
    ("/topic -", "[lobby] ann cleared the topic.\r\n"),
    ("/msg", "Usage: /msg NAME TEXT - "),
    ("/msg 小美", "Usage: /msg NAME TEXT - "),
    ("/msg nobody hi", "! Nobody here is called nobody. See who is here: /who *\r\n"),
    ("/msg ann hi", "! That would be to yourself. Name someone else.\r\n"),
    ("/msg 小美 hello there", "[@ann -> @小美] hello there\r\n"),
    ("/go @小美", "What you type goes to @小美 now.\r\n"),
    ("just us", "[@ann -> @小美] just us\r\n"),
    (
        "/history 1",
        "-- @小美: 1 entries --\r\n",
        " [@ann -> @小美] just us\r\n-- older ones: /history more --\r\n",
    ),
    ("/history more", " [@ann -> @小美] hello there\r\n-- the beginning --\r\n"),
    ("/history many", "Usage: /history [NUMBER | more] - "),
    (
        "/transcript",
        "@小美, 2 entries, for 24 hours, for whoever has this address: http://127.0.0.1:",
        "/transcripts/",
    ),
    ("/transcript nowhere", "! You are not in nowhere. Enter it: /join ROOM\r\n"),
    ("/leave", "1 话费与流量\r\n"),
    ("/go lobby", "What you type goes to lobby now.\r\n"),
    ("/go", "Usage: /go ROOM | @NAME | robot - "),
    ("my balance is 42", "[lobby] ann: my balance is 42\r\n"),
    ("/search balance", "-- balance: 1 found --\r\n", " [lobby] ann: my balance is 42\r\n"),
    ("/search", "Usage: /search WORDS - "),
    ("/encoding", "Usage: /encoding NAME | auto - utf-8, gbk or gb18030; auto finds out, or asks you\r\n"),
    ("/encoding utf8", "This door speaks utf-8 now.\r\n"),
    ("/plain on", "Plain: nothing is redrawn or drawn in columns. /plain off ends it.\r\n"),
    ("/who", "In lobby: 1\r\nann, here\r\n"),
    ("/plain maybe", "Usage: /plain [on | off] - "),
    ("/plain off", "Plain is off.\r\n"),
    ("/doctor", "What your client sends:\r\n", "raw text, no telnet\r\n", "LF\r\n", "ann\r\n", "lobby"),
    ("/doctor x", "Usage: /doctor - "),
    ("/away tea", "You are away: tea\r\n"),
    ("/who", "  ann  away  tea\r\n"),
    ("/back", "You are back.\r\n"),
    (
        "/back ABCDE",
        "You have a name already. The code is for a new connection: /quit, call again, then /back CODE\r\n",
    ),
    ("/call nothing", "! There is no menu nothing. These are there: 10086, classic, faq, plans"),
    ("/call classic", "欢迎致电 10086,请输入1xxx,0转人工服务.\r\n"),
    ("/hangup", "The call has ended. /call calls again, /rooms shows the rooms.\r\n"),
    ("/hangup", "! You are not in a call. Call the robot: /call\r\n"),
    ("/frobnicate", "There is no command /frobnicate. /help lists them; a line that begins with a slash is "),
    ("/lang tlh", "Usage: /lang en | zh - "),
    ("/lang zh", "好的，中文。\r\n"),
    ("/lang en", "English it is.\r\n"),
    ("/go lobby", "What you type goes to lobby now.\r\n"),
    ("//join us", "[lobby] ann: /join us\r\n"),
    ("/leave lobby", "You have left lobby.\r\nWhat you type goes to the robot now.\r\n"),
    ("/leave lobby", "! You are not in lobby. Enter it: /join ROOM\r\n"),
    ("/quit", "Goodbye.\r\n"),
]
CHINESE: list[tuple[str, ...]] = [
    ("/帮助", "命令：\r\n", "其他输入都发给机器人。/help 命令 可看详细说明。\r\n"),
    ("/帮助 加入", "用法：/join 房间 - 进入房间，没有就新建\r\n也可写作：/j、/加入\r\n"),
    ("/房间", "还没有房间。/join 房间 可新建。\r\n"),
    (
        "/加入 lobby",
        "您的名字是 访客1。\r\n断线后回来请输入：/back ",
        "您已进入“lobby”。\r\n现在没有别人。\r\n",
    ),
    ("/改名 小明", "您现在叫 小明。\r\n"),
    (
        "/改名 小美",
        "! 名字“小美”已有人使用，或与别人的太像。请换一个：/nick 名字。如果是您本人，请回来：/back 返回码",
    ),
    ("/谁", "lobby：1 人\r\n  小明  在\r\n"),
    ("/在线 *", "本站：2 人\r\n"),
    ("/主题", "“lobby”还没有主题。\r\n"),
    ("/主题 四点喝茶", "[lobby] 小明 设置了主题：四点喝茶\r\n"),
    ("/私聊 没人 你好", "! 这里没有叫“没人”的人。看有谁在：/who *\r\n"),
    ("/私聊 小美 你好", "[@小明 -> @小美] 你好\r\n"),
    ("查余额，谢谢", "[lobby] 小明: 查余额，谢谢\r\n"),
    ("/搜索 余额", "-- 余额：找到 1 条 --\r\n", " [lobby] 小明: 查余额，谢谢\r\n"),
    ("/历史", "-- lobby：2 条 --\r\n", "-- 没有更早的了 --\r\n"),
    ("/导出 lobby", "“lobby”的记录，共 2 条，24 小时内凭此网址可读：http://127.0.0.1:", "/transcripts/"),
    ("/暂离 吃饭", "已设为暂离：吃饭\r\n"),
    ("/回来", "您已回来。\r\n"),
    ("/诊断", "您的客户端发送的内容：\r\n", "纯文本，没有 telnet\r\n"),
    ("/去 机器人", "1 话费与流量\r\n"),
    ("/挂断", "通话已结束。\r\n"),
    ("/呼叫", "1 话费与流量\r\n"),
    ("/语言 英文", "English it is.\r\n"),
    ("/语言 中文", "好的，中文。\r\n"),
    ("/jion 大厅", "没有命令 /jion。您是要 /join 吗？什么都没有发送。\r\n"),
    ("/没有", "没有命令 /没有。/help 列出所有命令；要发送以斜杠开头的文字，请输入 //没有\r\n"),
    ("／谁", "本站：2 人\r\n"),
    ("/离开 lobby", "您已离开“lobby”。\r\n"),
    ("/退出", "再见。\r\n"),
]


def walk(terminal: Terminal, steps: list[tuple[str, ...]]) -> None:
    for line, *answers in steps:
        terminal.ask(line, *answers)


@pytest.mark.parametrize(("lang", "steps"), [("en", ENGLISH), ("zh", CHINESE)])
def test_every_command(nursery: Nursery, tmp_path: Path, lang: str, steps: list[tuple[str, ...]]) -> None:
    with (
        open_house(nursery, tmp_path, "--no-flood", "--lang", lang) as house,
        person(house.port(), "小美") as framed,
    ):
        with nc(house) as ann:
            ann.see("# 重听\r\n")
            walk(ann, steps)
        framed.alive()
        said = [one.text for one in framed.got if isinstance(one, m.Told)]
        assert said == (["hello there", "just us"] if lang == "en" else ["你好"])


def test_no_command_is_left_out() -> None:
    for steps in (ENGLISH, CHINESE):
        typed = {re.split("[ /／]", line)[1] for line, *_ in steps if line[0] in "/／"}
        for command in COMMANDS:
            if (
                command.name not in ("join", "plain", "leave", "go", "lang", "encoding", "msg")
                or steps is ENGLISH
            ):
                assert typed & {command.name, *command.also}, command.name


def test_a_line_for_someone_who_is_lost_arrives_on_return(house: House) -> None:
    with nc(house) as ann:
        ann.see("# 重听\r\n")
        ann.enter("/nick 小红")
        code = ann.find(CODE)
        ann.cut()
    house.logged("session.closed")
    with nc(house) as bob:
        bob.see("# 重听\r\n")
        bob.ask("/nick 小明", "您的名字是 小明。\r\n")
        bob.ask("/msg 小红 等你", "小红 目前不在线。消息已为其保留。\r\n", "[@小明 -> @小红] 等你\r\n")
        with nc(house) as ann:
            ann.see("# 重听\r\n")
            ann.ask(f"/back {code}", "欢迎回来，小红。\r\n", "-- @小明：您可能错过的 1 条 --\r\n")
            ann.see("[@小明 -> @小红] 等你\r\n")
            ann.ask("/msg 小明 来了", "[@小红 -> @小明] 来了\r\n")
        bob.see("[@小红 -> @小明] 来了\r\n")


def test_a_conversation_goes_on_under_a_new_name_and_not_with_who_takes_the_old(house: House) -> None:
    with nc(house) as ann, person(house.port(), "bob") as bob:
        ann.see("# 重听\r\n")
        ann.ask("/nick 小红", "您的名字是 小红。\r\n")
        ann.ask("/go @BOB", "现在输入的内容发给“@BOB”。\r\n")
        ann.ask("在吗", "[@小红 -> @bob] 在吗\r\n")
        bob.send(m.Nick(name="robert"))
        ann.see("[@robert] * bob 改名为 robert\r\n")
        with person(house.port(), "bob") as other:
            ann.ask("还在吗", "[@小红 -> @robert] 还在吗\r\n")
            assert bob.expect(m.Told, lambda told: told.text == "还在吗").pair == ("robert", "小红")
            ann.ask("/nick 小明", "您现在叫 小明。\r\n")
            news = bob.expect(m.Present, lambda news: bool(news.renamed) and "bob" not in news.renamed)
            assert news == m.Present(room="@小明", renamed={"小红": "小明"})
            other.alive()
            assert not [one for one in other.got if isinstance(one, m.Told)]


def test_an_unknown_command_is_never_said(house: House) -> None:
    with nc(house) as bob:
        bob.see("# 重听\r\n")
        bob.ask("/join 大厅", "您已进入“大厅”。\r\n")
        bob.ask("/passwd 秘密", "没有命令 /passwd。")
        bob.ask("／怎么办 ", "没有命令 /怎么办。")
        bob.ask("//斜杠", ": /斜杠\r\n")
        assert lines_of(bob, "大厅") == ["访客1: /斜杠"]
