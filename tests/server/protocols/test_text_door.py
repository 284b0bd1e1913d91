"""The text door over a real socket: what each kind of client sees, and what the house is asked."""

import itertools
import socket

import msgspec
import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_server.codecs.telnet import (
    AO,
    AYT,
    BINARY,
    BRK,
    DO,
    DONT,
    ECHO,
    IAC,
    IP,
    NAWS,
    SB,
    SE,
    SGA,
    SUSP,
    TM,
    TTYPE,
    WILL,
    WONT,
    Data,
    Telnet,
)
from callroom_server.protocols.text.formats import text_format
from callroom_wire import messages as m
from text_door_support import Caller, calling, unnumbered


def sent(*codes: int) -> bytes:
    return bytes([IAC, *codes])


XTERM = sent(DO, SGA) + sent(WILL, TTYPE) + sent(SB, TTYPE, 0) + b"XTERM-256COLOR" + sent(SE)


def entry(by: str, text: str, kind: str = "said") -> bytes:
    return msgspec.json.encode({"type": kind, "by": by, "at": 1_700_000_000_000, "text": text})


def shown(caller: Caller, place: str, event: bytes) -> None:
    caller.door.deliver(caller.door.format.encode(place, 1, event))


def editing(caller: Caller) -> None:
    """Brings a telnet caller into character mode."""
    caller.send(XTERM)
    caller.see_bytes(sent(WILL, ECHO))
    caller.send(sent(DO, ECHO))
    caller.see("robot> ")


# --- greeting and the robot


def test_the_greeting_comes_at_once_and_without_option_bytes() -> None:
    with calling() as caller:
        seen = caller.see("1 话费\r\n")
        assert seen.startswith("Callroom. ")
        assert "Unreadable? Type /encoding gbk\r\n" in seen
        assert "\\xff" not in seen
        assert caller.house.kind == "text"


def test_a_telnet_listener_negotiates_beside_the_greeting() -> None:
    with calling("telnet", telnet=True) as caller:
        offer = caller.see_bytes(sent(DO, TTYPE))
        assert offer == sent(WILL, SGA) + sent(DO, BINARY) + sent(DO, NAWS) + sent(DO, TTYPE)
        caller.see("1 话费")


def test_what_a_telnet_client_takes_out_of_characters_is_put_back() -> None:
    """The bytes that inetutils' telnet really sends for 本, 随 and 僐, each command with its DO TM."""
    with calling() as caller:
        cut = b"\xe6" + sent(BRK) + sent(DO, TM) + b"\xac\xe9" + sent(SUSP) + sent(DO, TM)
        caller.send(cut + sent(AO) + sent(DO, TM) + b"\xe5" + sent(IP) + sent(DO, TM) + b"\x90\r\n")
        caller.asks(m.Press(text="本随僐"))
        caller.send(b"1" + sent(SUSP) + b"2\r\n")
        caller.asks(m.Press(text="12"))
        caller.send(b"1\xff\xf4")
        caller.see("Cancelled.")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r\0", "\r"])
def test_an_entry_goes_to_the_robot(ending: str) -> None:
    with calling() as caller:
        caller.send("１０＃" + ending)
        caller.see("pressed 10#\r\n")


def test_an_entry_without_any_line_ending_is_taken_after_a_silence() -> None:
    with calling() as caller:
        caller.send("0")
        caller.see("pressed 0")
        caller.send("1")
        caller.see("pressed 1")


def test_a_slow_typist_with_line_endings_is_not_cut_short() -> None:
    with calling() as caller:
        caller.send("1\n2")
        caller.see("pressed 1")
        deadline = caller.reactor.time() + 0.6
        caller.wait(lambda: caller.reactor.time() > deadline)
        assert "pressed 2" not in caller.text
        caller.send("3\n")
        caller.see("pressed 23")


def test_the_ended_call_is_told() -> None:
    with calling() as caller:
        caller.door.send(m.Prompted(text="再见", ended=True))
        caller.see("再见\r\nThe call has ended.")


# --- names, rooms and places


def test_joining_takes_a_name_first_and_then_says_in_order() -> None:
    with calling() as caller:
        caller.send("/join 大厅\r\n你好\r\n//slash\r\n")
        caller.asks(m.Say(id=6, room="大厅", text="/slash"))
        assert [unnumbered(one) for one in caller.house.asked] == [
            m.Dial(),
            m.Login(),
            m.Join(room="大厅"),
            m.Say(id=5, room="大厅", text="你好"),
            m.Say(id=6, room="大厅", text="/slash"),
        ]
        caller.see("You are guest-7.\r\nTo come back after a break: /back ABCDE-FGHJK")
        caller.see("You are in 大厅.")


def test_lines_wait_until_the_place_is_reached() -> None:
    with calling() as caller:
        caller.see("话费")
        caller.house.answering = False
        caller.send("/nick 小明\n/join 大厅\nhello\n")
        caller.asks(m.Login(name="小明"))
        login = caller.house.asked[-1]
        assert isinstance(login, m.Login)
        caller.door.send(m.LoggedIn(name="小明", ref=login.ref))
        caller.asks(m.Join(room="大厅"))
        join = caller.house.asked[-1]
        assert isinstance(join, m.Join)
        caller.door.send(m.Joined(place="大厅", ref=join.ref))
        caller.asks(m.Say(id=1, room="大厅", text="hello"))


def test_a_refused_name_lets_the_talk_go_on() -> None:
    with calling() as caller:
        caller.see("话费")
        caller.house.answering = False
        caller.send("/nick root\n")
        caller.asks(m.Login(name="root"))
        login = caller.house.asked[-1]
        assert isinstance(login, m.Login)
        caller.house.answering = True
        caller.door.send(m.Error(code="name_taken", text="Taken.", fix="Choose another.", ref=login.ref))
        caller.see("! Taken. Choose another: /nick NAME.")
        caller.send("5\n")
        caller.see("pressed 5")


def test_places() -> None:
    with calling() as caller:
        caller.send("/join a\n/join b\n/go a\n")
        caller.see("What you type goes to a now.")
        caller.send("one\n/go @小明\ntwo\n/go robot\n3\n/go b\n/leave\n")
        caller.asks(m.Say(id=5, room="a", text="one"))
        caller.asks(m.Tell(id=6, to="小明", text="two"))
        caller.asks(m.Press(text="3"))
        caller.asks(m.Leave(room="b"))
        caller.see("You have left b.")
        caller.send("/leave\n/msg 小明 hi there\n")
        caller.asks(m.Tell(id=7, to="小明", text="hi there"))


def test_lines_wait_until_a_room_is_left() -> None:
    with calling() as caller:
        caller.send("/join a\n")
        caller.see("You are in a.")
        caller.house.answering = False
        caller.send("/leave\n7\n")
        caller.asks(m.Leave(room="a"))
        leave = caller.house.asked[-1]
        assert isinstance(leave, m.Leave)
        caller.door.send(m.Left(room="a", ref=leave.ref))
        caller.asks(m.Press(text="7"))


def test_the_robot_can_take_one_to_a_room() -> None:
    with calling() as caller:
        caller.see("话费")
        caller.door.send(m.LoggedIn(name="guest-1", token="T"))
        caller.door.send(m.Joined(place="lobby", go=True))
        caller.send("hello\n")
        caller.asks(m.Say(id=1, room="lobby", text="hello"))


def test_coming_back() -> None:
    with calling() as caller:
        caller.send("/back ABCDE-FGHJK\n")
        caller.asks(m.Resume(token="ABCDE-FGHJK"))
        resume = caller.house.asked[-1]
        assert isinstance(resume, m.Resume)
        caller.door.send(m.LoggedIn(name="小明", token="NEW", resumed=True, last_id=41, ref=resume.ref))
        caller.door.send(m.Joined(place="大厅", seen=3, head=5))
        caller.see("Welcome back, 小明.")
        caller.see("-- 大厅: 2 you may have missed --")
        caller.send("again\n")
        caller.asks(m.Say(id=42, room="大厅", text="again"))


def test_a_command_is_never_sent_as_text() -> None:
    with calling() as caller:
        caller.send("/jion 大厅\n/xyzzy\n/join\n")
        caller.see("There is no command /jion. Did you mean /join? Nothing was sent.")
        caller.see("There is no command /xyzzy.")
        caller.see("Usage: /join ROOM")
        assert [unnumbered(one) for one in caller.house.asked] == [m.Dial()]


def test_language_and_words_in_chinese() -> None:
    with calling() as caller:
        caller.send("/lang zh\n／帮助\n/加入 大厅\n")
        caller.asks(m.Lang(lang="zh"))
        caller.see("列出命令")
        caller.see("您已进入“大厅”。")


# --- entries


def test_entries_and_what_they_cannot_do() -> None:
    with calling() as caller:
        caller.see("话费")
        shown(caller, "大厅", entry("小明", "你好"))
        caller.see("[大厅] 小明: 你好\r\n")
        shown(caller, "大厅", entry("小明", "新主题", "topic"))
        caller.see("[大厅] 小明 set the topic: 新主题\r\n")
        shown(caller, "@1+2 小明+alice", entry("alice", "psst"))
        caller.see("[@alice -> @小明] psst\r\n")
        shown(caller, "大厅", entry("小明", "a\n[大厅] bob: spoof"))
        caller.see("[大厅] 小明: a\r\n  | [大厅] bob: spoof\r\n")


HOSTILE = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("\x1b\x07\x08\x9b\r\n\x00\u2028\u202e"))
)


@given(HOSTILE, HOSTILE, st.sampled_from(["utf-8", "gbk", "gb18030"]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_no_text_reaches_a_terminal_raw(name: str, text: str, encoding: str, plain: bool) -> None:
    event = entry(name, text)
    line = text_format("zh", encoding, plain).encode("大厅", 1, event).decode(encoding)
    assert line.endswith("\r\n")
    first, *others = line[:-2].split("\r\n")
    assert first.startswith("大厅," if plain else "[大厅]")
    assert all(other.startswith("  | ") for other in others)
    assert not any(one < " " and one not in "\t" for part in [first, *others] for one in part)
    assert not any("\x7f" <= one <= "\x9f" for one in line)
    assert not others or any(one in text for one in "\n\r\x0b\x0c\x85\u2028\u2029")


# --- encodings


def test_gbk_is_chosen_and_bad_bytes_are_told() -> None:
    with calling("text", "zh") as caller:
        caller.see("话费")
        caller.send("你好\n".encode("gbk"))
        caller.see("/encoding gbk | /encoding utf-8")
        caller.send("/encoding gbk\n")
        caller.see("现在使用 gbk 编码。", "gbk")
        caller.send("话费\n".encode("gbk"))
        caller.see("pressed 话费", "gbk")
        shown(caller, "大厅", entry("小明", "😀"))
        caller.see("小明: [U+1F600]", "gbk")
        assert all(not isinstance(one, m.Press) or one.text == "话费" for one in caller.house.asked)


def test_formats_are_shared_and_swapped() -> None:
    with calling() as one, calling() as other:
        assert one.door.format is other.door.format
        one.send("/plain on\n")
        one.see("Plain:")
        assert one.door.format is not other.door.format


def test_samples_to_choose_from() -> None:
    with calling() as caller:
        caller.send("/encoding auto\n")
        caller.see("能看懂这行吗？能就输入 /encoding utf-8\r\n")
        caller.see("能看懂这行吗？能就输入 /encoding gbk\r\n", "gbk")


# --- telnet


def test_the_timing_mark_after_ctrl_c() -> None:
    with calling("telnet", telnet=True) as caller:
        caller.see("话费")
        caller.send(b"half a line" + sent(IP) + sent(DO, TM) + b"7\r\n")
        seen = caller.see_bytes(b"pressed 7")
        assert seen.index(sent(WILL, TM)) > 0
        assert b"half" not in seen


def test_a_raw_peer_that_shows_telnet_is_spoken_to() -> None:
    with calling() as caller:
        caller.see("话费")
        caller.send(sent(AYT))
        caller.see_bytes(sent(WILL, SGA) + sent(DO, BINARY) + sent(DO, NAWS) + sent(DO, TTYPE))
        caller.see("[Callroom: yes, still here]")


def test_character_mode_is_entered_by_a_real_terminal_only() -> None:
    mudlet = sent(SB, TTYPE, 0) + b"MUDLET" + sent(SE)
    with calling("telnet", telnet=True) as caller:
        caller.send(sent(DO, SGA) + sent(WILL, TTYPE) + mudlet + sent(AYT))
        caller.see("still here")
        assert sent(WILL, ECHO) not in caller.got
        caller.send("/doctor\r\n")
        seen = caller.see("plain")
        assert "by your terminal" in seen
        assert "mudlet" in seen
    with calling("telnet", telnet=True) as caller:
        editing(caller)
        caller.send("/doctor\r\0")
        seen = caller.see("plain")
        assert "by this server, with line editing" in seen
        assert "CR NUL" in seen


def test_a_client_that_takes_echo_but_not_sga_gets_its_echo_back() -> None:
    with calling("telnet", telnet=True) as caller:
        caller.see("话费")
        caller.send(sent(DO, ECHO) + sent(DONT, SGA) + b"1\r\n")
        caller.see_bytes(sent(WONT, ECHO))
        caller.see("pressed 1")


def test_what_a_terminal_shows_while_one_types() -> None:
    screen = pyte.Screen(30, 12)
    stream = pyte.ByteStream(screen)
    client = Telnet()
    with calling("telnet", telnet=True) as caller:
        caller.send(XTERM + sent(DO, ECHO) + sent(WILL, NAWS) + sent(SB, NAWS, 0, 30, 0, 12) + sent(SE))
        caller.send("/nick 小明\r/join 大厅\r")
        caller.asks(m.Join(room="大厅"))
        caller.send("half a 你好x\x7f that goes over the edge")
        caller.wait(lambda: caller.got.endswith(b"edge"))
        shown(caller, "大厅", entry("小红", "一"))
        shown(caller, "大厅", entry("小红", "二"))
        caller.wait(lambda: caller.got.endswith(b"edge") and "二".encode() in caller.got)
        for event in client.feed(caller.got):
            if isinstance(event, Data):
                stream.feed(event.data)
        rows = [row.rstrip().replace(" ", "") for row in screen.display if row.strip()]
        assert rows[-4:] == ["[大厅]小红:一", "[大厅]小红:二", "大厅>halfa你好thatgoesov", "ertheedge"]
        caller.send("\r")
        caller.asks(m.Say(id=5, room="大厅", text="half a 你好 that goes over the edge"))


def test_plain_never_redraws() -> None:
    with calling("telnet", telnet=True) as caller:
        editing(caller)
        caller.send("/plain on\r/join lobby\r")
        caller.see("You are in lobby.")
        caller.got = b""
        caller.send("half")
        caller.see("half")
        shown(caller, "lobby", entry("bob", "hi"))
        seen = caller.see("lobby, bob: hi\r\nhalf")
        assert "\x1b" not in seen


def test_line_mode_never_erases_and_starts_on_a_fresh_line() -> None:
    with calling() as caller:
        caller.send("x\n")
        caller.see("pressed x\r\n")
        caller.send("half")
        caller.wait(lambda: caller.door.transport.bytes_in == 6)
        shown(caller, "lobby", entry("bob", "one"))
        shown(caller, "lobby", entry("bob", "hi"))
        seen = caller.see("hi\r\n")
        assert seen == "\r\n[lobby] bob: one\r\n[lobby] bob: hi\r\n"
        assert "\x1b" not in seen
        assert "\b" not in seen


def test_abort_output_keeps_the_answers() -> None:
    with calling("telnet", telnet=True) as caller:
        caller.see("话费")
        caller.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for _ in range(40):
            caller.door.deliver(b"y" * 20_000 + b"\r\n")
        assert caller.door.congested
        caller.send(sent(DO, TM) + sent(AO) + b"1\r\n")
        caller.reactor.run_pass(0)
        caller.reactor.run_pass(0)
        seen = caller.see_bytes(b"pressed 1")
        assert sent(WILL, TM) in seen
        assert len(seen) < 40 * 20_000
        caller.wait(lambda: caller.house.drained == [1])


# --- limits and the end


def test_a_line_without_end_is_told_once() -> None:
    with calling() as caller:
        caller.see("话费")
        caller.pour(b"z" * 65536 * 8)
        caller.pour(b"\n9\n")
        seen = caller.see("pressed 9")
        assert seen.count("more than 1024 bytes") == 1


def test_the_end_of_input_is_answered_before_the_close() -> None:
    with calling() as caller:
        caller.send("/join lobby\nhello\nlast")
        caller.sock.shutdown(socket.SHUT_WR)
        caller.asks(m.Say(id=6, room="lobby", text="last"))
        shown(caller, "lobby", entry("guest-7", "last"))
        caller.wait(lambda: caller.ended)
        assert caller.text.endswith("[lobby] guest-7: last\r\nYour input has ended. Goodbye.\r\n")


def test_the_reason_is_told_before_the_close() -> None:
    with calling() as caller:
        caller.see("话费")
        caller.door.close("shutting_down", "The server closes.\x1b[2J")
        caller.wait(lambda: caller.ended)
        assert caller.text.endswith("Closing: The server closes.\ufffd[2J\r\n")


def test_goodbye_is_said_once() -> None:
    with calling() as caller:
        caller.see("话费")
        caller.door.send(m.Bye(code="quit", text="Bye."))
        caller.door.close("quit", "Bye.")
        caller.wait(lambda: caller.ended)
        assert caller.text.count("Bye.") == 1


def test_an_interrupt_drops_what_waits() -> None:
    with calling() as caller:
        caller.see("话费")
        caller.house.answering = False
        caller.send(b"/join a\nb\nc\n")
        caller.asks(m.Login())
        caller.send(sent(IP))
        caller.see("Cancelled.")
        caller.house.answering = True
        caller.send("4\n")
        caller.see("pressed 4")
        assert not any(isinstance(one, m.Press) and one.text in "bc" for one in caller.house.asked)


def test_a_look_back_waits_for_the_lines_just_said() -> None:
    with calling() as caller:
        caller.see("话费")
        caller.send("/join a\n")
        caller.asks(m.Join(room="a"))
        caller.house.answering = False
        caller.send("one\ntwo\n/history\n/who\n")
        caller.asks(m.Say(id=6, room="a", text="two"))
        assert not any(isinstance(one, m.History | m.Who) for one in caller.house.asked)
        caller.door.send(m.Ack(place="a", ids=[5], seqs=[1]))
        assert not any(isinstance(one, m.History | m.Who) for one in caller.house.asked)
        caller.door.send(m.Error(code="ledger_down", id=6))
        assert [type(one) for one in caller.house.asked[-2:]] == [m.History, m.Who]


def test_a_great_paste_is_held_and_handed_over_in_order() -> None:
    with calling() as caller:
        caller.see("话费")
        caller.house.answering = False
        caller.send("/join a\n" + "".join(f"line {n}\n" for n in range(300)))
        caller.asks(m.Login())
        caller.house.answering = True
        login = caller.house.asked[-1]
        assert isinstance(login, m.Login)
        caller.door.send(m.LoggedIn(name="n", ref=login.ref))
        caller.asks(m.Say(id=300, room="a", text="line 299"))
        assert caller.see("sent one after another").count("Many lines at once") == 1
        lines = [one.text for one in caller.house.asked if isinstance(one, m.Say)]
        assert lines == [f"line {n}" for n in range(300)]


PIECES = [b"1", "话".encode(), b"\r\n", b"\n", b"\r\0", b"\b", b"/join a", b"/who", b"//x", b"\xff\xff"]
OPTIONS = [sent(DO, TM), sent(IP), XTERM, sent(DO, ECHO), sent(DONT, ECHO)]
STREAM = st.lists(st.sampled_from(PIECES + OPTIONS), max_size=12)


@given(STREAM, st.lists(st.integers(0, 100), max_size=5))
@settings(max_examples=25, deadline=None)
def test_any_split_asks_the_house_the_same(parts: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(parts) + b"\r\n"
    places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    asked: list[list[m.ClientMessage]] = []
    for pieces in ([stream], [stream[a:b] for a, b in itertools.pairwise(places) if a < b]):
        with calling("telnet", telnet=True) as caller:
            for piece in pieces:
                caller.door.data_received(piece)
            caller.settle()
            asked.append(caller.house.asked)
    assert asked[0] == asked[1]


def test_a_line_is_read_in_the_encoding_that_the_line_before_it_chose() -> None:
    with calling() as caller:
        caller.send(b"/encoding gbk\n" + "/nick 老张\n".encode("gbk"))
        caller.wait(lambda: m.Login(ref=2, name="老张") in caller.house.asked, caller.house.asked)
