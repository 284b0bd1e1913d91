"""Look-ups: a wait like any other, whose answer may come late, twice, or never."""

from callroom_menus import (
    EnterRoom,
    Log,
    Lookup,
    LookupDone,
    LookupFailed,
    LookupMissing,
    Phase,
    Return,
    Say,
    Silence,
    Start,
    Text,
    Unaccepted,
    Wait,
    parse,
)
from callroom_menus.errand import MAX_QUEUED
from menus_support import CHINESE, FULL, HEAD, NOW, Conversation, problems_in

MENU = parse(FULL, "t.toml", {"t.zh.toml": CHINESE})
ROW = {"balance": "12.5", "plan": "gold", "since": "2020"}


def looking() -> Conversation:
    conversation = Conversation(MENU)
    conversation.on(Start(), Text("1"), Text("13800138000"), Text("1"))
    return conversation


def test_a_look_up_is_asked_for_with_its_time() -> None:
    conversation = Conversation(MENU)
    effects = conversation.on(Start(), Text("1"), Text("13800138000"), Text("1"))
    assert effects == (
        Log(NOW, "phone", "confirmed", "1"),
        Say("looking", (), "balance"),
        Lookup("accounts", "13800138000", {"month": "10"}, 3.0, 1),
        Wait(3.0, "balance", ()),
    )
    assert conversation.state.phase is Phase.LOOKING


def test_found() -> None:
    conversation = looking()
    effects = conversation.on(LookupDone(1, ROW))
    assert effects[:2] == (Log(NOW, "balance", "found"), Say("you have 12.5", (), "balance"))
    assert conversation.state.frames[-1].node == "main"
    assert conversation.state.frames[-1].history == ()


def test_the_menu_depends_on_what_was_found() -> None:
    conversation = Conversation(MENU)
    assert "3 gold" not in conversation.says(Start())[0]
    assert conversation.on(Text("3"))[0] == Log(NOW, "main", "no_match", "3")
    conversation = looking()
    effects = conversation.on(LookupDone(1, ROW))
    said, wait = effects[-2:]
    assert isinstance(said, Say)
    assert isinstance(wait, Wait)
    assert "3 gold" in said.text
    assert said.choices == wait.choices
    assert "3" in [choice.key for choice in wait.choices]
    assert conversation.says(Text("3"))[0] == "gold since 2020, lines "


def test_not_found_three_times_goes_to_a_person() -> None:
    """As Rasa tests its forms: three failed verifications, then a human."""
    conversation = looking()
    for ticket in (1, 2):
        assert conversation.says(LookupMissing(ticket)) == ["no such number", "number?"]
        conversation.on(Text("13800138000"), Text("1"))
    assert conversation.says(LookupMissing(3))[:2] == [
        "no such number",
        "closed: Mon to Fri 08:00-12:00, 13:30-20:00; Sat to Sun 22:00-02:00",
    ]


def test_failed_and_too_slow() -> None:
    assert looking().on(LookupFailed(1, "refused"))[:2] == (
        Log(NOW, "balance", "error", "refused"),
        Say("busy", (), "balance"),
    )
    assert looking().on(Silence())[:2] == (
        Log(NOW, "balance", "error", "timeout"),
        Say("busy", (), "balance"),
    )


def test_an_answer_to_another_question_is_not_accepted() -> None:
    conversation = looking()
    assert conversation.on(LookupDone(7, ROW)) == (Unaccepted("LookupDone", "looking"),)
    conversation.on(Silence())
    assert conversation.on(LookupDone(1, ROW)) == (Unaccepted("LookupDone", "waiting"),)


def test_typing_on_meanwhile_is_answered_afterwards() -> None:
    conversation = looking()
    conversation.now += 1
    assert conversation.on(Text("4")) == (Log(NOW + 1, "balance", "queued"), Wait(2.0, "balance", ()))
    conversation.on(Text("nonsense"))
    effects = conversation.on(LookupDone(1, ROW))
    assert [one.what for one in effects if isinstance(one, Log)] == ["found", "key", "no_match"]
    assert sum(isinstance(one, Wait) for one in effects) == 1
    assert conversation.state.frames[-1].node == "amount"
    assert conversation.state.queued == ()


def test_what_is_typed_ahead_of_a_masked_slot_is_not_recorded() -> None:
    conversation = looking()
    conversation.on(Text("13900139000"))
    assert "13900139000" not in str(conversation.on(LookupMissing(1)))


def test_the_queue_has_an_end() -> None:
    conversation = looking()
    conversation.on(*[Text("x")] * MAX_QUEUED)
    assert conversation.on(Text("x")) == (
        Log(NOW, "balance", "dropped"),
        Say("One moment please, I am still looking it up.", (), "balance"),
        Wait(3.0, "balance", ()),
    )
    assert len(conversation.state.queued) == MAX_QUEUED
    conversation.on(LookupDone(1, ROW))
    assert conversation.state.queued == ()


def test_what_is_queued_is_forgotten_where_nobody_listens() -> None:
    text = HEAD + SHORT
    conversation = Conversation(parse(text, "t.toml"))
    conversation.on(Start(), Text("1"), Text("2"))
    assert conversation.on(LookupDone(1, {}))[-1] == EnterRoom("hall")
    assert conversation.state.queued == ()


SHORT = """
[node.main]
lookup = { source = "s", key = "k", save = "v" }
found = "hall"
not_found = "main"
error = "main"
[node.hall]
room = "hall"
goto = "main"
"""


def test_a_source_that_is_gone_for_ever_does_not_keep_the_call_turning() -> None:
    conversation = Conversation(parse(HEAD + SHORT, "t.toml"))
    conversation.on(Start())
    for ticket in range(1, 20):
        assert conversation.on(Silence())[-1] == Wait(5.0, "main", ())
        assert conversation.state.ticket == ticket + 1


def test_coming_back_to_a_look_up() -> None:
    assert looking().says(Return()) == ["One moment please, I am still looking it up."]


def test_a_row_is_cleaned_and_bounded() -> None:
    conversation = looking()
    conversation.on(LookupDone(1, {"balance": "\x1b[2J9" + "9" * 5000, **{f"c{n}": "" for n in range(100)}}))
    variables = conversation.state.frames[-1].variables
    assert variables["acct.balance"].startswith("[2J9")
    assert len(variables["acct.balance"]) <= 2000
    assert sum(name.startswith("acct.") for name in variables) == 64


def test_a_clock_that_jumps_does_not_stretch_the_wait() -> None:
    conversation = looking()
    conversation.now -= 86_400
    assert conversation.on(Text("x"))[-1] == Wait(3.0, "balance", ())
    conversation.now += 10 * 86_400
    assert conversation.on(Text("x"))[-1] == Wait(0.0, "balance", ())


def test_all_three_edges_are_required() -> None:
    for edge in ("found", "not_found", "error"):
        lines = [line for line in (HEAD + SHORT).split("\n") if not line.startswith(f"{edge} =")]
        assert [(one.code, one.text_en) for one in problems_in("\n".join(lines))] == [
            ("missing-field", f"{edge} is missing")
        ]
