"""The telnet parser: every sequence survives, every option settles, and no option byte becomes text."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_server.codecs.telnet import (
    AO,
    AYT,
    BINARY,
    DM,
    DO,
    DONT,
    EC,
    ECHO,
    GA,
    IAC,
    IP,
    NAWS,
    NOP,
    SB,
    SE,
    SGA,
    SUBNEGOTIATION_LIMIT,
    TM,
    TTYPE,
    WILL,
    WONT,
    Command,
    Data,
    Event,
    Reply,
    Resized,
    Switched,
    Telnet,
    TerminalType,
    escape,
)
from fuzz.telnet_exhaustive import survives

NEW_ENVIRON = 39


def sent(*codes: int) -> bytes:
    return bytes([IAC, *codes])


def replies(events: list[Event]) -> list[bytes]:
    return [event.data for event in events if isinstance(event, Reply)]


def data(events: list[Event]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, Data))


def merged(events: list[Event]) -> list[Event]:
    """Events with neighbouring runs of data joined: where they are cut is the network's choice."""
    found: list[Event] = []
    for event in events:
        if isinstance(event, Data) and found and isinstance(last := found[-1], Data):
            found[-1] = Data(last.data + event.data)
        else:
            found.append(event)
    return found


def test_text_passes_untouched() -> None:
    assert Telnet().feed("你好\r\n".encode()) == [Data("你好\r\n".encode())]


def test_a_doubled_iac_is_data() -> None:
    telnet = Telnet()
    assert data(telnet.feed(b"a\xff\xffb")) == b"a\xffb"
    assert not telnet.spoken


def test_commands_come_between_the_data_they_stand_in() -> None:
    telnet = Telnet()
    assert telnet.feed(b"ab" + sent(EC) + b"c" + sent(NOP) + b"d" + sent(AYT)) == [
        Data(b"ab"),
        Command(EC),
        Data(b"cd"),
        Command(AYT),
    ]
    assert telnet.spoken


@pytest.mark.parametrize("code", [NOP, DM, GA, SE, 0, 200])
def test_what_means_nothing_here_is_dropped(code: int) -> None:
    assert Telnet().feed(b"a" + sent(code) + b"b") == [Data(b"ab")]


def test_the_timing_mark_is_answered_every_time_and_in_its_place() -> None:
    events = Telnet().feed(sent(IP) + sent(DO, TM) + b"x" + sent(DO, TM))
    mark = Reply(sent(WILL, TM))
    assert events == [Command(IP), mark, Data(b"x"), mark]


def test_an_unknown_option_is_refused_once() -> None:
    telnet = Telnet()
    assert replies(telnet.feed(sent(WILL, NEW_ENVIRON) * 3)) == [sent(DONT, NEW_ENVIRON)]
    assert replies(telnet.feed(sent(DO, NEW_ENVIRON) * 3)) == [sent(WONT, NEW_ENVIRON)]
    assert replies(telnet.feed(sent(WONT, NEW_ENVIRON) + sent(DONT, NEW_ENVIRON))) == []


def test_the_environment_is_never_read() -> None:
    telnet = Telnet()
    telnet.feed(sent(WILL, NEW_ENVIRON))
    assert telnet.feed(sent(SB, NEW_ENVIRON) + b"\0\0USER\1-f root" + sent(SE) + b"hi") == [Data(b"hi")]


def test_our_offer_is_answered() -> None:
    telnet = Telnet()
    assert telnet.will(SGA) == sent(WILL, SGA)
    assert telnet.will(SGA) == b""
    assert telnet.feed(sent(DO, SGA)) == [Switched(SGA, True, True)]
    assert telnet.ours(SGA)
    assert telnet.will(SGA) == b""
    assert telnet.feed(sent(DO, SGA)) == []


def test_an_offer_taken_back_before_its_answer() -> None:
    telnet = Telnet()
    telnet.will(ECHO)
    assert telnet.will(ECHO, on=False) == b""
    assert replies(telnet.feed(sent(DO, ECHO))) == [sent(WONT, ECHO)]
    telnet.feed(sent(DONT, ECHO))
    assert not telnet.ours(ECHO)


def test_a_client_that_begins_by_itself() -> None:
    telnet = Telnet()
    events = telnet.feed(sent(DO, SGA) + sent(WILL, NAWS) + sent(WILL, TTYPE))
    assert events == [
        Reply(sent(WILL, SGA)),
        Switched(SGA, True, True),
        Reply(sent(DO, NAWS)),
        Switched(NAWS, False, True),
        Reply(sent(DO, TTYPE)),
        Switched(TTYPE, False, True),
        Reply(sent(SB, TTYPE, 1) + sent(SE)),
    ]
    assert telnet.feed(sent(WONT, NAWS)) == [Reply(sent(DONT, NAWS)), Switched(NAWS, False, False)]


@given(st.lists(st.sampled_from(["will", "wont", "do", "dont", "+us", "-us", "+them", "-them"]), max_size=30))
def test_two_parsers_always_settle_and_agree(moves: list[str]) -> None:
    """Both ends run the Q method: after any wishes the talk comes to an end, with both of one opinion."""
    ends = (Telnet(theirs=frozenset({ECHO})), Telnet(theirs=frozenset({ECHO})))
    wires = [bytearray(), bytearray()]
    verbs = {
        "will": (0, True, True),
        "wont": (0, True, False),
        "do": (0, False, True),
        "dont": (0, False, False),
    }
    verbs |= {
        "+us": (1, True, True),
        "-us": (1, True, False),
        "+them": (1, False, True),
        "-them": (1, False, False),
    }
    for move in moves:
        end, ours, on = verbs[move]
        wires[end] += ends[end].will(ECHO, on) if ours else ends[end].do(ECHO, on)
    for _ in range(50):
        if not wires[0] and not wires[1]:
            break
        for end in (0, 1):
            arrived, wires[1 - end] = bytes(wires[1 - end]), bytearray()
            for reply in replies(ends[end].feed(arrived)):
                wires[end] += reply
    assert wires == [bytearray(), bytearray()]
    assert ends[0].ours(ECHO) == ends[1].theirs(ECHO)
    assert ends[1].ours(ECHO) == ends[0].theirs(ECHO)


def test_the_window_is_clamped() -> None:
    telnet = Telnet()
    telnet.feed(sent(WILL, NAWS))
    naws = sent(SB, NAWS)
    assert telnet.feed(naws + bytes([0, 132, 0, 43]) + sent(SE)) == [Resized(132, 43)]
    assert telnet.feed(naws + bytes([0, 1, 0, 1]) + sent(SE)) == [Resized(20, 5)]
    assert telnet.feed(naws + bytes([IAC, IAC, 0, 9, 9]) + sent(SE)) == [Resized(500, 200)]
    assert telnet.feed(naws + bytes([0, 0, 0, 0]) + sent(SE)) == []
    assert telnet.feed(naws + bytes([0, 80]) + sent(SE)) == []


def test_a_size_without_leave_is_ignored() -> None:
    assert Telnet().feed(sent(SB, NAWS) + bytes([0, 132, 0, 43]) + sent(SE)) == []


def test_the_terminal_type_is_plain_text() -> None:
    telnet = Telnet()
    telnet.feed(sent(WILL, TTYPE))
    assert telnet.feed(sent(SB, TTYPE, 0) + b"XTERM\x1b[2J" + sent(SE)) == [TerminalType("xterm[2j")]
    assert telnet.feed(sent(SB, TTYPE, 0) + b"\x07" + sent(SE)) == []


def test_an_endless_subnegotiation_keeps_the_user() -> None:
    telnet = Telnet()
    assert telnet.feed(sent(SB, 200) + b"x" * 100_000) == []
    assert data(telnet.feed(b"lost\r\n/help\r\n")) == b"\r\n/help\r\n"


def test_a_long_subnegotiation_with_an_end_never_becomes_text() -> None:
    telnet = Telnet()
    events = telnet.feed(sent(SB, 200) + b"x" * (SUBNEGOTIATION_LIMIT + 5) + b"\xff\xff" + sent(SE) + b"hi")
    assert events == [Data(b"hi")]


def test_a_command_within_a_subnegotiation_ends_it() -> None:
    telnet = Telnet()
    assert telnet.feed(sent(SB, NAWS) + b"\0" + sent(DO, SGA) + b"hi") == [
        Reply(sent(WILL, SGA)),
        Switched(SGA, True, True),
        Data(b"hi"),
    ]
    assert telnet.feed(sent(SB) + sent(AO) + b"hi") == [Command(AO), Data(b"hi")]


def test_a_client_that_flips_an_option_gets_no_more_than_it_sends() -> None:
    telnet = Telnet()
    flips = (sent(WILL, BINARY) + sent(WONT, BINARY)) * 1000
    assert sum(map(len, replies(telnet.feed(flips)))) <= len(flips)


def test_every_one_and_two_byte_sequence_after_iac() -> None:
    for length in (1, 2):
        for sequence in itertools.product(range(256), repeat=length):
            assert survives(bytes(sequence)), sequence


def test_a_sample_of_three_byte_sequences_after_iac() -> None:
    edges = [0, 1, 3, 6, 13, 10, 24, 31, 39, 65, 128, *range(236, 256)]
    for sequence in itertools.product(edges, repeat=3):
        assert survives(bytes(sequence)), sequence


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=6),
            st.sampled_from(
                [sent(SB, NAWS), sent(SB, TTYPE, 0), sent(SE), sent(DO, TM), sent(WILL, NAWS), b"\r\n"]
            ),
            st.integers(200, 300).map(lambda size: b"z" * size),
        ),
        max_size=12,
    ).map(b"".join),
    st.lists(st.integers(0, 2000), max_size=8),
)
def test_any_split_gives_the_same_events(stream: bytes, cuts: list[int]) -> None:
    whole, split = Telnet(), Telnet()
    places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    pieces = [event for a, b in itertools.pairwise(places) for event in split.feed(stream[a:b])]
    assert merged(pieces) == merged(whole.feed(stream))


def test_escape_doubles_iac() -> None:
    assert escape(b"a\xffb") == b"a\xff\xffb"
    assert escape(b"plain") == b"plain"
