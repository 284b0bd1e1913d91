"""At a terminal: what a person types, sees and keeps, through a server's death; and what never gets there."""

import json
import re
from pathlib import Path

from callroom_wire import messages as m
from framed_support import person
from house_support import LiveHouse, OpenHouse
from line_support import AtTerminal
from terminal_support import Terminal

TEN = [f"line number {number}" for number in range(10)]

# What a client of prompt_toolkit writes itself: CSI without private letters, one title-less mode at a time.
OURS = re.compile(rb"\x1b\[[?>]?[0-9;]*[A-Za-z]|\x1b[=>78M]|[\r\n\x08]|\x07")


def in_room(terminal: Terminal, room: str = "lab") -> Terminal:
    terminal.see(re.compile(rf"^{room}>", re.MULTILINE))
    terminal.see("● ready")
    return terminal


def test_a_talk(house: LiveHouse, at_terminal: AtTerminal) -> None:
    ann = in_room(at_terminal(house, "--name", "ann", "--room", "lab"))
    with person(house.port, "bob", "lab") as bob:
        ann.see("[lab] * bob came")
        ann.send("half a li")
        bob.say(1, "lab", "hi ann")
        ann.see("[lab] bob: hi ann")
        ann.see("lab> half a li")  # what is being typed stays
        ann.wrote(b"\x07")
        ann.send("ne\r")
        bob.expect(m.Said, lambda said: said.text == "half a line")
        ann.see("[lab] ann: half a line")
        ann.send("/m\t")
        ann.see("lab> /msg")
        ann.send(" bo\t")
        ann.see("lab> /msg bob")
        ann.send(" 私下说\r")
        bob.expect(m.Told, lambda told: told.text == "私下说")
        ann.see("[@ann -> @bob] 私下说")
        ann.send("/timeout recv 2.5\r")
        ann.see("recv 2.5 s")
        ann.see(re.compile(r"recv \d\.\d/2\.5 "))
        ann.send("/jion x\r")
        ann.see("Did you mean /join?")
        ann.send("/lang zh\r")
        ann.see("● 已连接")
        ann.send("/go @bob\r")
        ann.see(re.compile(r"^@bob>", re.MULTILINE))
        bob.say(2, "lab", "unread here")
        ann.see("未读 lab:1")
        ann.send("draft")
        ann.key("ctrl-c")
        ann.gone("@bob> draft")
        ann.key("ctrl-c")
        ann.see("再按一次 Ctrl-C 退出")
        ann.key("ctrl-c")
        assert ann.ended() == 0
        assert "名字 ann 会保留一段时间" in ann.text


def test_what_was_chosen_and_typed_is_remembered(
    house: LiveHouse, at_terminal: AtTerminal, homes: dict[str, str]
) -> None:
    ann = in_room(at_terminal(house, "--name", "ann", "--room", "lab"))
    ann.send("/bell off\r")
    ann.see("The bell is off.")
    ann.send("said once\r")
    ann.see("ann: said once")
    ann.key("ctrl-d")
    assert ann.ended() == 0
    settings = json.loads((Path(homes["XDG_CONFIG_HOME"]) / "callroom" / "line.json").read_text())
    assert settings == {"instant": True, "bell": False, "lang": ""}
    again = in_room(at_terminal(house, "--name", "ann"))
    again.see("Welcome back, ann.")
    again.key("up")
    again.see("lab> said once")
    again.key("ctrl-c")
    again.send("/quit\r")
    assert again.ended() == 0
    assert "is kept" not in again.text


def test_the_robot_takes_a_digit_at_once(house: LiveHouse, at_terminal: AtTerminal) -> None:
    ann = in_room(at_terminal(house, "--name", "ann"), "robot")
    ann.send("/call 10086\r")
    ann.see("人工服务")
    ann.send("１")  # as a Chinese keyboard has it
    ann.see("本月账单")
    ann.send("/instant off\r")
    ann.see("Digits wait for Enter.")
    ann.send("1")
    ann.see("robot> 1")
    ann.send("\r")
    ann.see("11 位手机号码")


BANK = """
schema = 1
id = "bank"
title = "Bank"
lang = "en"
start = "pin"

[defaults]
timeout = 0
no_match = ["Six digits, please."]
give_up = "done"
exit_words = ["stop"]

[node.pin]
say = "Your PIN?"
ask = { slot = "pin", type = "digits", len = 6, mask = true }
goto = "done"

[node.done]
end = "Thank you."
"""


def test_a_secret_is_seen_nowhere(
    open_house: OpenHouse, at_terminal: AtTerminal, homes: dict[str, str], tmp_path: Path
) -> None:
    menus = tmp_path / "menus"
    menus.mkdir()
    (menus / "bank.toml").write_text(BANK)
    house = open_house(options=["--menus", str(menus)])
    ann = in_room(at_terminal(house, "--name", "ann", "--no-instant"), "robot")
    ann.send("/wire on\r/call bank\r")
    ann.see("Your PIN?")
    ann.see("secret")
    ann.send("735914")
    ann.see("robot> ******")
    ann.send("\r")
    ann.see("Thank you.")
    ann.key("ctrl-d")
    assert ann.ended() == 0
    assert b"735914" not in ann.raw
    assert b'"type":"press"' in ann.raw
    assert not re.search(rb'"token":"(?!\*\*\*\*")', bytes(ann.raw))
    history = Path(homes["XDG_STATE_HOME"]) / "callroom" / "line-history"
    assert "/call bank" in history.read_text()
    assert "735914" not in history.read_text()
    assert history.stat().st_mode & 0o777 == 0o600


def test_an_entry_is_judged_while_it_is_typed(
    open_house: OpenHouse, at_terminal: AtTerminal, tmp_path: Path
) -> None:
    menus = tmp_path / "menus"
    menus.mkdir()
    (menus / "bank.toml").write_text(BANK)
    house = open_house(options=["--menus", str(menus)])
    ann = in_room(at_terminal(house, "--name", "ann", "--no-instant"), "robot")
    ann.send("/call bank\r")
    ann.see("· 0/6 6 digits, please.")
    ann.send("/73")
    ann.see("✗ 3/6 This does not fit, and is no command")
    ann.send("\r")
    ann.see(re.compile(r"^This does not fit, and is no command", re.MULTILINE))  # and it stays
    ann.send("\x7f\x7f\x7f73591")
    ann.see("… 5/6 1 more to come.")
    ann.send("\r")
    ann.see(re.compile(r"^1 more to come.", re.MULTILINE))
    ann.see("robot> *****")
    ann.send("4")
    ann.see("✓ 6/6 That fits.")
    ann.send("\r")
    ann.see("Thank you.")
    assert b"Six digits" not in ann.raw  # the house never had to say so
    assert b"/73" not in ann.raw.split(b"6 digits, please.")[-1]
    ann.send("/call bank\r")
    ann.see("· 0/6 6 digits, please.")
    ann.send("/hangup\r")
    ann.see("ended")
    ann.gone("secret")


HASTY = BANK.replace('"bank"', '"hasty"').replace("timeout = 0", "timeout = 4\nattempts = 1")


def test_what_is_half_typed_in_secret_is_not_shown_when_the_robot_goes_on(
    open_house: OpenHouse, at_terminal: AtTerminal, tmp_path: Path
) -> None:
    menus = tmp_path / "menus"
    menus.mkdir()
    (menus / "hasty.toml").write_text(HASTY)
    house = open_house(options=["--menus", str(menus)])
    ann = in_room(at_terminal(house, "--name", "ann", "--no-instant"), "robot")
    ann.send("/call hasty\r")
    ann.see("Your PIN?")
    ann.see("secret")
    ann.send("735914\rahead")  # what is typed behind a whole entry is for the next question
    ann.see("robot> ahead")
    ann.key("ctrl-c")
    ann.gone("ahead")
    ann.send("/call hasty\r")
    ann.see(lambda text: text.count("Your PIN?") == 2)
    ann.see("secret")
    ann.send("7359")
    ann.see("robot> ****")
    ann.gone("****")
    ann.see("ended")
    assert b"7359" not in ann.raw


def test_a_paste_of_many_lines_asks(house: LiveHouse, at_terminal: AtTerminal) -> None:
    ann = in_room(at_terminal(house, "--name", "ann", "--room", "lab"))
    ann.paste("one line only")
    ann.see("lab> one line only")
    ann.key("ctrl-c")
    ann.gone("lab> one line only")
    ann.send("a draft ")
    ann.see("lab> a draft")
    ann.paste("\n".join(TEN))
    ann.see("Send 10 lines to lab? y / n")
    ann.send("n")
    ann.gone("Send 10 lines")
    ann.see("lab> a draft")
    assert "line number" not in ann.text
    ann.key("ctrl-c")
    ann.gone("a draft")
    ann.paste("/who\r\n" + "\n".join(TEN))
    ann.see("Send 11 lines to lab? y / n")
    ann.send("y")
    for line in TEN:
        ann.see(f"[lab] ann: {line}")
    ann.see("In lab: 1")
    ann.paste("x\n" * 1001)
    ann.see("1001 lines were pasted")


def test_a_server_dies_while_a_line_is_typed_and_ten_are_unsent(
    house: LiveHouse, at_terminal: AtTerminal
) -> None:
    ann = in_room(at_terminal(house, "--name", "ann", "--room", "lab"))
    house.kill()
    ann.see("No connection: ")
    for line in TEN:
        ann.send(line + "\r")
    ann.see("line number 9 (kept until there is a connection)")
    ann.see("10 not sent yet")
    ann.send("being ty")
    house.start()
    ann.see("● ready")
    ann.see("lab> being ty")
    for line in TEN:
        ann.see(re.compile(rf"\d\d:\d\d \[lab\] ann: {line}$", re.MULTILINE))
    ann.send("ped\r")
    ann.see("[lab] ann: being typed")
    with person(house.port, "bob") as bob:
        bob.join("lab", seen=0)
        bob.expect(m.Said, lambda said: said.text == "being typed")
        assert [text for _, text in bob.lines()] == [*TEN, "being typed"]


HOSTILE = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31mRED\x9d0;title\x9c\u202egnp.exe\u2066\x00\x7f\tend\r\nlab> forged"


def test_hostile_text_reaches_no_terminal(house: LiveHouse, at_terminal: AtTerminal) -> None:
    ann = in_room(at_terminal(house, "--name", "ann", "--room", "lab"))
    with person(house.port, "eve", "lab") as eve:
        eve.say(1, "lab", HOSTILE)
        ann.see("[lab] eve:")  # pyte shows nothing behind the isolate in which the line is put
        ann.wrote("\ufffd]52;c;aGk=\ufffd".encode())
        ann.see("  | lab> forged")
        eve.send(m.Topic(room="lab", text=HOSTILE))
        ann.see("eve set the topic:")
        eve.send(m.Tell(id=2, to="ann", text=HOSTILE))
        ann.see("[@eve -> @ann]")
        eve.send(m.Away(text=HOSTILE))
        ann.see("eve is away:")
        ann.send("/who\r/topic\r/history\r/wire on\r/search forged\r")
        ann.see("-- forged:")
    ann.key("ctrl-d")
    assert ann.ended() == 0
    written = bytes(ann.raw)
    for bad in (b"\x1b]", b"\x1b[2J\xef", b"]52;c;aGk=\x07", b"\x00"):
        assert bad not in written, bad
    rest = OURS.sub(b"", written)
    text = rest.decode()
    assert not set(text) & {chr(code) for code in (*range(32), 0x7F, *range(0x80, 0xA0))}
    openers, closers = "\u2066\u2067\u2068\u202a\u202b\u202d\u202e", "\u2069\u202c"
    assert sum(map(text.count, openers)) == sum(map(text.count, closers))
    assert written.count(b"\x07") <= 2, "only for the line to ann"


def test_without_colours_and_on_a_dumb_terminal(house: LiveHouse, at_terminal: AtTerminal) -> None:
    ann = in_room(at_terminal(house, "--name", "ann", "--room", "lab", env={"NO_COLOR": "1"}))
    ann.send("hello\r")
    ann.see("[lab] ann: hello")
    ann.key("ctrl-d")
    assert ann.ended() == 0
    assert not re.search(rb"\x1b\[[0-9;]*(?:3[0-7]|38|4[0-7]|48|9[0-7]|10[0-7])[;m]", bytes(ann.raw))
    dumb = at_terminal(house, "--name", "bob", "--room", "lab", term="dumb")
    dumb.see("You are in lab.")
    dumb.send("hi\n")
    dumb.see("[lab] bob: hi")
    dumb.send("/quit\n")
    assert dumb.ended() == 0
    assert b"\x1b" not in dumb.raw


def test_a_narrow_window_and_another_one(house: LiveHouse, at_terminal: AtTerminal) -> None:
    ann = in_room(at_terminal(house, "--name", "ann", "--room", "lab"))
    ann.resize(40, 10)
    ann.send("很长的一行" * 12 + "\r")
    ann.see("很长的一行")
    ann.see("● ready")


def test_a_name_that_is_taken_is_replaced_at_the_prompt(house: LiveHouse, at_terminal: AtTerminal) -> None:
    with person(house.port, "ann"):
        other = at_terminal(house, "--name", "ann", "--room", "lab")
        other.see("The name ann is taken, or looks like one that is. Choose another: /nick NAME")
        other.send("/nick anna\r")
        in_room(other)
        other.see("You are anna.")
