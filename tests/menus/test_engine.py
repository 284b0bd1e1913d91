import pytest

from callroom_menus import (
    ENDED,
    NEW,
    End,
    EnterRoom,
    Frame,
    Hangup,
    Input,
    Log,
    Option,
    Phase,
    Return,
    Say,
    Silence,
    Start,
    State,
    Text,
    Unaccepted,
    Wait,
    parse,
    step,
)
from callroom_menus.engine import ACCEPTS
from callroom_menus.turn import MAX_STEPS
from menus_support import HEAD, NOW, TWO_KEYS, Conversation

MENU = parse(TWO_KEYS, "t.toml")
SHARED = (Option("*", "back"), Option("#", "again"), Option("0", "desk"))
AT_MAIN = (
    Option("1", "one"),
    Option("2", "two"),
    Option("7", "room"),
    Option("#", "again"),
    Option("0", "desk"),
)
AT_ONE = (Option("1", "deep"), Option("9", "top"), *SHARED)
WAIT_MAIN = Wait(5.0, "main", AT_MAIN)
WAIT_ONE = Wait(5.0, "one", AT_ONE)
HELLO = "hello\n1 one\n2 two\n7 room\n# again\n0 desk"


def call(*inputs: Input) -> Conversation:
    conversation = Conversation(MENU)
    conversation.on(Start(), *inputs)
    return conversation


def where(conversation: Conversation) -> str:
    return conversation.state.frames[-1].node


def test_a_call_begins_with_the_greeting() -> None:
    state, effects = step(MENU, NEW, Start(), NOW)
    assert effects == (Log(NOW, "", "start"), Say(HELLO, AT_MAIN, "main"), WAIT_MAIN)
    assert state == State(Phase.WAITING, (Frame("t", MENU.hash, "main", heard=("main",)),))


def test_a_key_leads_to_its_node() -> None:
    conversation = call()
    assert conversation.on(Text("1")) == (Log(NOW, "main", "key", "1"), Say("one", AT_ONE, "one"), WAIT_ONE)
    assert conversation.state.frames[-1].history == ("main",)


def test_a_node_without_keys_is_said_on_the_way() -> None:
    assert call().on(Text("0")) == (
        Log(NOW, "main", "global", "0"),
        Say("nobody", (), "desk"),
        Say("choose", AT_MAIN, "main"),
        WAIT_MAIN,
    )


def test_back_goes_up_the_way_and_says_so_at_the_top() -> None:
    conversation = call(Text("1"), Text("1"))
    assert conversation.on(Text("*"))[1] == Say("one", AT_ONE, "one")
    assert conversation.on(Text("*"))[1] == Say("choose", AT_MAIN, "main")
    assert conversation.on(Text("*")) == (
        Log(NOW, "main", "global", "*"),
        Say("You are at the top of the menu.", AT_MAIN, "main"),
        Say(HELLO, AT_MAIN, "main"),
        WAIT_MAIN,
    )


def test_repeat_says_everything_again() -> None:
    expected = (Log(NOW, "main", "global", "#"), Say(HELLO, AT_MAIN, "main"), WAIT_MAIN)
    assert call().on(Text("#")) == expected


def test_coming_round_shortens_the_way() -> None:
    conversation = call(*[Text("2"), Text("1")] * 3)
    assert conversation.state.frames[-1].history == ("main", "two")
    conversation.on(Text("1"), Text("2"))
    assert where(conversation) == "two"
    assert conversation.state.frames[-1].history == ("main",)


def test_top_forgets_the_way() -> None:
    conversation = call(Text("1"))
    assert conversation.on(Text("9"))[1] == Say("choose", AT_MAIN, "main")
    assert conversation.state.frames[-1].history == ()


def test_do_end_says_goodbye() -> None:
    conversation = call(Text("1"), Text("1"))
    assert conversation.on(Text("8")) == (Log(NOW, "deep", "key", "8"), End("Goodbye."))
    assert conversation.state == ENDED


def test_exit_words_end_the_call_anywhere() -> None:
    assert call().on(Text(" EXIT ")) == (Log(NOW, "main", "exit", " EXIT "), End("Goodbye."))
    assert call(Text("1"), Text("1")).on(Text("exit"))[-1] == End("Goodbye.")


def test_a_room_and_back() -> None:
    conversation = call()
    assert conversation.on(Text("7")) == (Log(NOW, "main", "key", "7"), EnterRoom("lobby"))
    assert conversation.state.phase is Phase.AWAY
    assert conversation.on(Text("1")) == (Unaccepted("Text", "away"),)
    assert conversation.on(Silence()) == (Unaccepted("Silence", "away"),)
    assert conversation.on(Return()) == (
        Log(NOW, "main", "return"),
        Say("choose", AT_MAIN, "main"),
        WAIT_MAIN,
    )


def test_return_without_a_room_says_where_one_is() -> None:
    assert call(Text("1")).on(Return()) == (Log(NOW, "one", "return"), Say("one", AT_ONE, "one"), WAIT_ONE)


def test_no_match_then_no_input_then_given_up() -> None:
    conversation = call()
    assert conversation.on(Text("x")) == (
        Log(NOW, "main", "no_match", "x"),
        Say("no?", AT_MAIN, "main"),
        WAIT_MAIN,
    )
    silent = (Log(NOW, "main", "no_input"), Say("hm?", AT_MAIN, "main"), WAIT_MAIN)
    assert conversation.on(Silence()) == silent
    assert conversation.on(Text("x")) == (Log(NOW, "main", "no_match", "x"), End("bye"))


def test_the_second_no_match_is_another_one() -> None:
    assert call(Text("x")).on(Text(""))[1] == Say(
        "no!\n1 one\n2 two\n7 room\n# again\n0 desk", AT_MAIN, "main"
    )


def test_a_match_gives_all_attempts_back() -> None:
    conversation = call(Text("x"), Text("x"), Text("#"), Text("x"))
    assert conversation.on(Text("x"))[-1] == WAIT_MAIN
    assert conversation.on(Text("x"))[-1] == End("bye")


def test_an_ended_call_takes_only_a_start() -> None:
    for happened in (Text("1"), Silence(), Return(), Hangup()):
        conversation = call(Text("exit"))
        assert conversation.on(happened) == (Unaccepted(type(happened).__name__, "ended"),)
    assert call(Text("exit")).on(Start())[-1] == WAIT_MAIN


def test_a_start_in_the_middle_begins_afresh() -> None:
    conversation = call(Text("1"))
    assert conversation.on(Start())[1] == Say(HELLO, AT_MAIN, "main")
    assert conversation.state == call().state


def test_hanging_up() -> None:
    conversation = call(Text("1"))
    assert conversation.on(Hangup()) == (Log(NOW, "one", "hangup"), End(""))
    assert conversation.state == ENDED


def test_what_is_no_input_is_not_accepted() -> None:
    state = call().state
    assert step(MENU, state, Wait(1.0, "", ()), NOW) == (state, (Unaccepted("Wait", "waiting"),))  # pyright: ignore[reportArgumentType]


def test_every_phase_has_its_inputs() -> None:
    assert ACCEPTS.keys() == set(Phase)


# --- words and keys -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "how", "node"),
    [
        ("1", "key", "one"),
        ("\uff11", "key", "one"),
        (" 1 ", "key", "one"),
        ("①", "key", "one"),
        ("UNO", "word", "one"),
        ("\uff55\uff4e\uff4f", "word", "one"),
        ("number", "word", "two"),
        ("number one", "word", "one"),
        ("give me number one please", "contained", "one"),
        ("give me a number", "contained", "two"),
        ("uno dos", "contained", "one"),
        ("dos uno", "contained", "two"),
        ("numbers", "suggested", "main"),
        ("unos", "suggested", "main"),
        ("uno,please", "contained", "one"),
        ("数字uno", "contained", "one"),
        ("1 please", "no_match", "main"),
        ("I want a human", "contained", "main"),
        ("11", "ahead", "deep"),
        ("1*2", "ahead", "two"),
        ("\uff11\uff0a\uff12", "ahead", "two"),
        ("112", "ahead", "two"),
        ("119", "no_match", "main"),
        ("00", "no_match", "main"),
        ("*1", "no_match", "main"),
        ("71", "no_match", "main"),
        ("17", "no_match", "main"),
        ("1" * 65, "no_match", "main"),
        ("", "no_match", "main"),
        ("\0\ud800", "no_match", "main"),
    ],
)
def test_what_is_understood(text: str, how: str, node: str) -> None:
    conversation = call()
    log = conversation.on(Text(text))[0]
    assert log == Log(NOW, "main", how, text)
    assert where(conversation) == node


def test_a_key_of_the_node_goes_before_a_global_one() -> None:
    assert call(Text("2")).on(Text("0"))[0] == Log(NOW, "two", "key", "0")


def test_a_key_goes_before_keys_typed_ahead() -> None:
    menu = parse(TWO_KEYS.replace("keys.7 =", 'keys.12 = { label = "x", goto = "two" }\nkeys.7 ='), "t.toml")
    conversation = Conversation(menu)
    conversation.on(Start())
    assert conversation.on(Text("12"))[0] == Log(NOW, "main", "key", "12")
    assert conversation.on(Start(), Text("121"))[0] == Log(NOW, "main", "ahead", "121")
    assert where(conversation) == "one"


def test_typing_ahead_skips_what_it_passes() -> None:
    conversation = call()
    effects = conversation.on(Text("1*2"))
    assert [effect.text for effect in effects if isinstance(effect, Say)] == ["two"]
    assert conversation.state.frames[-1].history == ("main",)


def test_typing_too_far_ahead_is_no_match() -> None:
    conversation = call()
    assert conversation.on(Text("1*" * 8))[0] == Log(NOW, "main", "ahead", "1*" * 8)
    assert conversation.on(Start(), Text("1*" * 8 + "1"))[0] == Log(NOW, "main", "no_match", "1*" * 8 + "1")


# --- menus that vary, change, or go round ---------------------------------------------------------


def test_variables_are_said() -> None:
    menu = parse(
        HEAD
        + """
[node.main]
say = "{{which}} {what}?{menu}"
give_up = "bye"
keys.1 = { label = "tea", goto = "bye", set = { what = "tea" } }
keys.2 = { label = "more", goto = "more" }
[node.more]
set = { what = "more tea" }
goto = "main"
[node.bye]
end = "Enjoy your {what}."
""",
        "t.toml",
    )
    conversation = Conversation(menu)
    assert conversation.on(Start())[1] == Say(
        "{which} ?\n1 tea\n2 more", menu.nodes["main"].say.ready.choices, "main"
    )
    said = conversation.on(Text("2"))[1]
    assert isinstance(said, Say)
    assert said.text == "{which} more tea?\n1 tea\n2 more"
    assert conversation.on(Text("1"))[-1] == End("Enjoy your tea.")


def test_a_menu_that_goes_round_ends_with_an_apology() -> None:
    menu = parse(
        HEAD + '[node.main]\nsay = "a"\ngoto = "other"\n[node.other]\nsay = "b"\ngoto = "main"\n', "t.toml"
    )
    state, effects = step(menu, NEW, Start(), NOW)
    apology = "Sorry, this menu goes round in circles. The call ends here."
    assert effects == (Log(NOW, "", "start"), End(apology))
    assert state == ENDED


@pytest.mark.parametrize(("length", "arrives"), [(MAX_STEPS, True), (MAX_STEPS + 1, False)])
def test_a_long_way_is_not_a_round_one(length: int, arrives: bool) -> None:
    chain = "".join(f'[node.n{number}]\ngoto = "n{number + 1}"\n' for number in range(1, length))
    menu = parse(HEAD.replace('"main"', '"n1"') + chain + f'[node.n{length}]\nend = "there"\n', "t.toml")
    last = step(menu, NEW, Start(), NOW)[1][-1]
    assert isinstance(last, End)
    assert (last.text == "there") is arrives


def test_a_room_of_its_own_goes_on_where_it_says() -> None:
    hall = '\n[node.hall]\nsay = "this way"\nroom = "hall"\ngoto = "desk"\n'
    menu = parse(TWO_KEYS.replace('room = "lobby"', 'goto = "hall"') + hall, "t.toml")
    conversation = Conversation(menu)
    assert conversation.on(Start(), Text("7"))[1:] == (Say("this way", (), "hall"), EnterRoom("hall"))
    effects = conversation.on(Return())
    assert [effect.text for effect in effects if isinstance(effect, Say)] == ["nobody", "choose"]
    assert conversation.state.frames[-1].history == ()


def test_a_changed_menu_goes_on_at_the_node_of_the_same_name() -> None:
    changed = parse(
        TWO_KEYS.replace('say = "deep"', 'say = "deeper"')
        .replace("[node.one]", "[node.uno]")
        .replace('"one"', '"uno"'),
        "t.toml",
    )
    conversation = call(Text("1"), Text("1"))
    conversation.menu = changed
    assert conversation.on(Text("#"))[1] == Say("deeper", changed.nodes["deep"].say.ready.choices, "deep")
    assert conversation.state.frames == (
        Frame("t", changed.hash, "deep", history=("main",), heard=("main",)),
    )


@pytest.mark.parametrize("change", [("[node.deep]", "[node.deeper]"), ('id = "t"', 'id = "u"')])
def test_a_changed_menu_without_the_node_apologises_and_begins_again(change: tuple[str, str]) -> None:
    changed = parse(TWO_KEYS.replace(*change).replace('goto = "deep"', 'goto = "desk"'), "t.toml")
    conversation = call(Text("1"), Text("1"))
    conversation.menu = changed
    assert conversation.on(Text("2")) == (
        Log(NOW, "deep", "moved"),
        Say("This menu has just changed. Let us begin again.", (), "deep"),
        Say(HELLO, AT_MAIN, "main"),
        WAIT_MAIN,
    )


def test_never_giving_up_and_waiting_for_ever() -> None:
    text = TWO_KEYS.replace("timeout = 5", "timeout = 0").replace('no_input = ["hm?"]\n', "")
    conversation = Conversation(parse(text.replace('give_up = "bye"', 'give_up = "never"'), "t.toml"))
    assert conversation.on(Start())[-1] == Wait(None, "main", AT_MAIN)
    assert conversation.on(Silence()) == (Unaccepted("Silence", "waiting"),)
    for _ in range(200):
        assert conversation.on(Text("x"))[-1] == Wait(None, "main", AT_MAIN)
