"""Menus that call each other, choose, suggest, and speak two languages."""

from pathlib import Path

import pytest

from callroom_menus import (
    End,
    Log,
    LookupDone,
    Return,
    Say,
    Shelf,
    Silence,
    Start,
    Text,
    check_calls,
    load,
    load_folder,
    parse,
)
from callroom_menus.problems import MenuError
from callroom_menus.turn import MAX_STACK
from menus_support import CHINESE, FULL, HEAD, NOW, PLANS, Conversation, problems_in

MENU = parse(FULL, "t.toml", {"t.zh.toml": CHINESE})
PLAN_MENU = parse(PLANS, "plans.toml")


def call(*texts: str) -> Conversation:
    conversation = Conversation(Shelf([MENU, PLAN_MENU], "t"))
    conversation.on(Start(), *map(Text, texts))
    return conversation


def where(conversation: Conversation) -> list[tuple[str, str]]:
    return [(frame.menu, frame.node) for frame in conversation.state.frames]


# --- calls between menus --------------------------------------------------------------------------


def test_a_call_knows_what_it_is_given_and_brings_back_what_it_returns() -> None:
    conversation = call("1", "13800138000", "1")
    conversation.on(LookupDone(1, {"balance": "1"}))
    assert conversation.says(Text("2"))[0].startswith("plans for 138****8000\n1 gold")
    assert where(conversation) == [("t", "main"), ("plans", "main")]
    assert conversation.state.frames[-1].variables == {"phone": "13800138000"}
    assert conversation.on(Text("1"))[0] == Log(NOW, "main", "key", "1", "plans")
    assert where(conversation) == [("t", "main")]
    assert conversation.state.frames[-1].variables["plan"] == "gold"


def test_back_at_the_start_of_a_called_menu_returns() -> None:
    conversation = call("2")
    assert conversation.says(Text("*"))[0].startswith("hello")
    assert where(conversation) == [("t", "main")]


def test_typing_ahead_goes_on_in_a_called_menu_whose_node_has_the_same_name() -> None:
    conversation = call("1", "13800138000", "1")
    conversation.on(LookupDone(1, {"balance": "1"}))
    assert conversation.on(Text("21"))[0] == Log(NOW, "main", "ahead", "21")  # `main` calls `plans#main`
    assert where(conversation) == [("t", "main")]
    assert conversation.state.frames[-1].variables["plan"] == "gold"


def test_a_way_back_typed_ahead_is_over_with_its_key() -> None:
    """Only the way back itself asks again what is known; `1` after it does not."""
    conversation = call("1", "13800138000", "1")
    conversation.on(LookupDone(1, {"balance": "1"}), Text("2"))  # in the menu that `main` has called
    assert conversation.on(Text("*1"))[0] == Log(NOW, "main", "ahead", "*1", "plans")
    assert conversation.state.frames[-1].node == "balance"  # `phone` has keep = true


def test_giving_up_may_return() -> None:
    conversation = call("2", "x")
    assert conversation.says(Silence())[0].startswith("hello")


def test_return_without_a_caller_is_the_start() -> None:
    conversation = Conversation(PLAN_MENU)
    assert conversation.says(Start(), Text("1"))[0].startswith("plans for")


def test_menus_that_call_each_other_for_ever_come_to_an_end() -> None:
    """As goflow tests its sub-flows: a loop of them is stopped, and the caller is told."""
    conversation = call()
    for _ in range(MAX_STACK // 2 - 1):
        conversation.on(Text("2"), Text("3"))
    assert len(conversation.state.frames) == MAX_STACK - 1
    conversation.on(Text("2"))
    assert len(conversation.state.frames) == MAX_STACK
    assert conversation.says(Text("3"))[0] == "Sorry, this service is not available just now."
    assert len(conversation.state.frames) == MAX_STACK
    conversation.on(*[Text("*")] * 2 * MAX_STACK)
    assert where(conversation) == [("t", "main")]


def test_a_menu_that_is_not_there() -> None:
    conversation = Conversation(MENU)
    assert conversation.says(Start(), Text("2"))[0] == "Sorry, this service is not available just now."
    assert where(conversation) == [("t", "main")]


def test_a_call_ends_where_an_exit_word_is_said() -> None:
    menu = parse(PLANS.replace("attempts = 2", 'attempts = 2\nexit_words = ["exit"]'), "plans.toml")
    conversation = Conversation(Shelf([MENU, menu], "t"))
    assert conversation.on(Start(), Text("2"), Text("exit"))[-1] == End("Goodbye.")


def test_a_node_that_calls_goes_on_afterwards() -> None:
    text = f"""{HEAD}[node.main]
say = "first"
call = "plans"
goto = "bye"
[node.bye]
end = "bye {{plan}}"
"""
    conversation = Conversation(Shelf([parse(text, "t.toml"), PLAN_MENU], "t"))
    assert conversation.on(Start(), Text("1"))[-1] == End("bye ")
    returning = parse(text.replace('goto = "bye"', 'goto = "bye"\nreturns = ["plan"]'), "t.toml")
    conversation = Conversation(Shelf([returning, PLAN_MENU], "t"))
    assert conversation.on(Start(), Text("1"))[-1] == End("bye gold")


def test_a_caller_that_is_gone_or_changed_meanwhile() -> None:
    conversation = call("4", "5", "*", "*", "2")
    changed = parse(FULL.replace('say = "hello', 'say = "hi'), "t.toml", {"t.zh.toml": CHINESE})
    conversation.menu = Shelf([changed, PLAN_MENU], "t")
    assert conversation.says(Text("1"))[0].startswith("hi")
    conversation = call("2")
    other = parse(
        HEAD.replace('"t"', '"other"') + '[node.main]\nsay="other"\nroom = "x"\ngoto = "main"\n', "o.toml"
    )
    conversation.menu = Shelf([other, PLAN_MENU], "other")
    assert conversation.says(Text("1")) == ["This menu has just changed. Let us begin again.", "other"]
    assert where(conversation) == [("other", "main")]


def test_a_called_menu_that_is_gone() -> None:
    conversation = call("2")
    conversation.menu = MENU
    said = conversation.says(Text("1"))
    assert said[0] == "This menu has just changed. Let us begin again."
    assert where(conversation) == [("t", "main")]


def test_a_start_names_its_menu() -> None:
    conversation = call()
    assert conversation.says(Start("plans"))[0].startswith("plans for")
    assert conversation.says(Start())[0].startswith("plans for")
    assert conversation.says(Start("nowhere"))[0].startswith("hello")


# --- the shelf ------------------------------------------------------------------------------------


def test_a_call_stays_on_its_version_while_that_is_there() -> None:
    shelf = Shelf([MENU, PLAN_MENU], "t")
    conversation = Conversation(shelf)
    conversation.on(Start())
    changed = parse(FULL.replace('say = "hello', 'say = "hi'), "t.toml", {"t.zh.toml": CHINESE})
    shelf.put([changed, PLAN_MENU])
    assert conversation.says(Return())[0].startswith("hello")
    shelf.keep({(frame.menu, frame.hash) for frame in conversation.state.frames})
    assert conversation.says(Return())[0].startswith("hello")
    shelf.keep(())
    assert conversation.says(Return())[0].startswith("hi")
    assert Conversation(shelf).says(Start())[0].startswith("hi")
    assert shelf.newest() == {"t": changed, "plans": PLAN_MENU}


def test_a_shelf_needs_its_home() -> None:
    shelf = Shelf([MENU], "t")
    with pytest.raises(KeyError):
        shelf.put([PLAN_MENU])
    assert shelf.first() is MENU


def test_calls_are_checked_across_a_folder() -> None:
    plans = parse(PLANS.replace('call = "t#main"', 'call = "t#mian"'), "plans.toml")
    assert check_calls({"t": MENU, "plans": PLAN_MENU}) == ()
    assert [(one.file, one.line, one.code) for one in check_calls({"t": MENU, "plans": plans})] == [
        ("plans.toml", 16, "unknown-target")
    ]
    assert [one.code for one in check_calls({"t": MENU})] == ["unknown-menu"]


# --- languages ------------------------------------------------------------------------------------


def test_a_language_once_chosen_is_spoken_from_then_on() -> None:
    conversation = call()
    said = conversation.on(Text("9"))[1]
    assert isinstance(said, Say)
    assert said.text.startswith("您好\n1 余额\n2 plans")
    assert conversation.says(Text("qqqq")) == ["没有这个选项，请重新输入。"]
    assert conversation.says(Text("余额")) == ["号码?"]
    assert conversation.says(Text("12")) == ["十一位"]
    assert conversation.says(Text("*"))[0].startswith("您好")
    assert conversation.says(Text("4"), Text("5")) == ["which?\n1 红\n2 blue"]
    assert conversation.says(Text("红")) == ["5.00 of 红?"]
    conversation.on(Start())
    assert conversation.state.lang == ""


def test_a_language_goes_along_into_a_called_menu_and_back() -> None:
    conversation = call("9")
    assert conversation.says(Text("2"))[0].startswith("plans for")
    assert conversation.says(Text("*"))[0].startswith("您好")


def test_translations_are_the_same_menu() -> None:
    chinese = MENU.languages["zh"]
    assert chinese.hash == MENU.hash
    assert chinese.nodes.keys() == MENU.nodes.keys()
    assert (chinese.title, MENU.title) == ("测试", "test")


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("[node.phone]", "[node.fone]", "nothing-to-translate", 7),
        ("keys.1 = ", "keys.5 = ", "nothing-to-translate", 6),
        ('say = "您好{menu}"', 'goto = "phone"', "not-a-text", 5),
        ('say = "您好{menu}"', 'say = "您好{"', "brace", 5),
        ('say = "您好{menu}"', 'end = "您好"', "nothing-to-translate", 5),
        ('lang = "zh"', 'lang = "en"', "lang-taken", 2),
        ('lang = "zh"', "", "missing-field", 1),
        ("options = { 1", "options = { 3", "nothing-to-translate", 13),
        ("schema = 1", "schema = 2", "bad-value", 1),
    ],
)
def test_what_is_wrong_with_a_translation(old: str, new: str, code: str, line: int) -> None:
    found = problems_in(FULL, {"t.zh.toml": CHINESE.replace(old, new, 1)})
    assert (found[0].code, found[0].file, found[0].line) in [
        (code, "t.zh.toml", line),
        ("bad-value", "t.toml", 29),
    ]
    assert code in [one.code for one in found if one.file == "t.zh.toml"]


def test_words_of_a_translation_that_clash_with_the_menus() -> None:
    text = CHINESE.replace('words = ["余额"]', 'words = ["balance", "desk"]')
    assert problems_in(FULL, {"t.zh.toml": text}) == ()
    (found,) = problems_in(FULL, {"t.zh.toml": CHINESE.replace('words = ["余额"]', 'words = ["a", "a"]')})
    assert (found.file, found.line, found.code) == ("t.zh.toml", 6, "word-twice")


def test_files_and_their_translations(tmp_path: Path) -> None:
    folder = tmp_path
    (folder / "t.toml").write_text(FULL, encoding="utf-8")
    (folder / "t.zh.toml").write_text(CHINESE, encoding="utf-8")
    (folder / "sources.toml").write_text("", encoding="utf-8")
    assert load(folder / "t.toml").languages.keys() == {"zh"}
    with pytest.raises(MenuError) as caught:
        load_folder(folder)
    assert [one.code for one in caught.value.problems] == ["unknown-menu"]
    assert list(load_folder(folder, {"plans": PLAN_MENU})) == ["t"]
    (folder / "u.en.toml").write_text(CHINESE, encoding="utf-8")
    with pytest.raises(MenuError) as caught:
        load_folder(folder, {"plans": PLAN_MENU})
    assert [one.code for one in caught.value.problems] == ["no-original"]


# --- suggestions ----------------------------------------------------------------------------------


def test_a_word_that_is_nearly_right() -> None:
    conversation = call()
    assert conversation.on(Text("ballance"))[:2] == (
        Log(NOW, "main", "suggested", "ballance"),
        Say(
            "Did you mean: 1 balance? Press 1 for yes, or enter something else.",
            conversation.menu.first().nodes["main"].say.ready.choices[:2]
            + conversation.menu.first().nodes["main"].say.ready.choices[3:],
            "main",
        ),
    )
    assert conversation.on(Text("是"))[0] == Log(NOW, "main", "confirmed", "是")
    assert where(conversation) == [("t", "phone")]


def test_a_suggestion_that_was_not_meant() -> None:
    conversation = call("ballance")
    assert conversation.says(Text("no"))[0].startswith("hello")
    conversation = call("ballance")
    assert conversation.on(Text("4"))[0] == Log(NOW, "main", "key", "4")


def test_suggestions_are_attempts_too() -> None:
    conversation = call("ballance", "balanse")
    conversation.on(Text("ballancer"))
    assert where(conversation) == [("t", "message")]


def test_the_keypad_suggests_nothing() -> None:
    assert call().on(Text("55555"))[0] == Log(NOW, "main", "no_match", "55555")
