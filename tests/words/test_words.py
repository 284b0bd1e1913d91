from callroom_words.words import Words


def test_words_within_words_go_in_by_language() -> None:
    inner = Words("red", "红")
    filled = Words("a {colour} door, {n}", "{n} 扇{colour}门").fill(colour=inner, n=2)
    assert filled == ("a red door, 2", "2 扇红门")
    assert filled.say("en") == "a red door, 2"
    assert filled.say("zh") == "2 扇红门"
    assert Words("{n} doors", "{n} 扇门").say("zh", n=2) == "2 扇门"


def test_braces_in_a_value_are_left_alone() -> None:
    assert Words("not {given}", "不是 {given}").fill(given="{other}").en == "not {other}"
