from callroom_menus import Hangup, Return, Start, Text, parse
from callroom_menus.transcript import Exchange, Expected, Pause, Transcript, play, read_transcripts
from menus_support import TWO_KEYS

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
