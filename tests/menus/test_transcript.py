from callroom_menus import Hangup, Return, Shelf, Start, Text, parse
from callroom_menus.transcript import Exchange, Expected, Pause, Transcript, play, read_transcripts
from menus_support import CHINESE, FULL, PLANS, TWO_KEYS

MENU = parse(TWO_KEYS, "t.toml")


def differences(text: str) -> list[str]:
    return [str(one) for transcript in read_transcripts(text, "t.chat") for one in play(MENU, transcript)]


def test_how_a_transcript_is_read() -> None:
    text = "# a name\n# in two lines\n< hi\n> 1 \n(silence 5)\n> (silence 6)\n! room a b\n(return)\n"
    text += ">\n\n(hangup)\n"
    assert read_transcripts(text, "t.chat") == (
        Transcript(
            "a name in two lines",
            "t.chat",
            3,
            (
                Exchange(3, Start(), (Expected(3, "<", "hi"),)),
                Exchange(4, Text("1 "), ()),
                Exchange(5, Pause(5), ()),
                Exchange(6, Pause(6), (Expected(7, "!", "room a b"),)),
                Exchange(8, Return(), ()),
                Exchange(9, Text(""), ()),
            ),
        ),
        Transcript("", "t.chat", 11, (Exchange(11, Start(), ()), Exchange(11, Hangup(), ()))),
    )


def test_a_call_as_written() -> None:
    assert (
        differences("< hello 1 one*desk\n> 7\n! room lobby\n(return)\n< choose\n> exit\n< Goodbye.\n! end\n")
        == []
    )


def test_something_else_is_said() -> None:
    assert differences("< hello*\n> 1\n< two\n> x\n< never looked at\n") == [
        "t.chat:3: expected < two, got < one"
    ]


def test_something_more_is_said() -> None:
    assert differences("< hello*\n> 0\n< nobody\n") == ["t.chat:2: expected nothing, got < choose"]


def test_something_is_not_said() -> None:
    assert differences("< hello*\n> 1\n< one\n< and more\n") == ["t.chat:4: expected < and more, got nothing"]


def test_saying_is_not_doing() -> None:
    assert differences("< hello*\n> 7\n< room lobby\n") == [
        "t.chat:3: expected < room lobby, got ! room lobby"
    ]


def test_what_is_not_accepted_shows() -> None:
    assert differences("< *\n(hangup)\n! end\n> 1\n") == ["t.chat:4: expected nothing, got ! unaccepted Text"]


def test_silence_is_counted_from_the_last_wait() -> None:
    assert (
        differences("< *\n(silence 4)\n(silence 1)\n< hm?\n(silence 4)\n> #\n< hello*\n(silence 4)\n") == []
    )
    assert differences("< *\n(silence 15)\n< hm?\n< hm?\n< bye\n! end\n(silence 999)\n") == []


def test_wildcards() -> None:
    for pattern in ("*", "one", "o*e", "*n*", "*one*", "on*", "**"):
        assert differences(f"< hello*\n> 1\n< {pattern}\n") == []
    for pattern in ("on", "o*x", "*x*", "one*one", "*e*e", "o*n", ""):
        assert differences(f"< hello*\n> 1\n< {pattern}\n") != []


FULL_CALLS = """
# through to somebody, after a look-up
< hello*
> 1
< number?
> 13800138000
< 138****8000?
> 1
< looking
> 4
(lookup found {"balance": "12.5"})
< you have 12.5
< hello*
< how much?
(clock 2026-09-28T09:00)
> 0
< through
! queue general
(agent waiting 3 120)
< 3 ahead, about 2 minutes
(silence 20)
< 3 ahead*
(agent answered Li)
(silence 999)
(agent ended)
< Please rate*
> 1
! save rating csat=1 csat.label=good agent=Li
< bye Li
! end

# nobody, then a message
< hello*
(clock 2026-09-28T09:00+08:00)
> 0
< through
! queue general
(silence 60)
< You are in the queue*
< You are in the queue*
! leave
< nobody
< your message
> call me
! save message message=call me phone=
< bye *
! end

# nothing is found
< hello*
> 1
< number?
> 13800138000
< *
> 1
< looking
(lookup not_found)
< no such number
< number?
> 13800138000
< *
> 1
< looking
(clock 2026-10-01T03:00)
(lookup error)
< busy
< closed*
< your message

# another menu
< hello*
> 2
< plans for*
"""


def test_a_transcript_plays_the_outside() -> None:
    shelf = Shelf([parse(FULL, "t.toml", {"t.zh.toml": CHINESE}), parse(PLANS, "plans.toml")], "t")
    transcripts = read_transcripts(FULL_CALLS, "t.chat")
    assert len(transcripts) == 4
    assert [str(one) for transcript in transcripts for one in play(shelf, transcript)] == []
