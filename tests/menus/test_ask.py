import pytest

from callroom_forms.judging import judge
from callroom_menus import End, Log, Lookup, Option, Return, Save, Silence, Start, Text, Wait, parse
from menus_support import CHINESE, FULL, HEAD, NOW, Conversation, problems_in

MENU = parse(FULL, "t.toml", {"t.zh.toml": CHINESE})


def call(*texts: str) -> Conversation:
    conversation = Conversation(MENU)
    conversation.on(Start(), *map(Text, texts))
    return conversation


def variables(conversation: Conversation) -> dict[str, str]:
    return conversation.state.frames[-1].variables


def recorded(conversation: Conversation, text: str) -> list[tuple[str, str]]:
    effects = conversation.on(Text(text))
    return [(effect.what, effect.entry) for effect in effects if isinstance(effect, Log)]


def test_a_masked_slot_is_asked_in_secret_and_never_shown() -> None:
    conversation = call()
    asked = conversation.on(Text("1"))[-1]
    assert isinstance(asked, Wait)
    assert (asked.seconds, asked.node, asked.choices, asked.secret) == (5.0, "phone", (), True)
    effects = conversation.on(Text("13800138000#"))
    assert [str(effect) for effect in effects if "13800138000" in str(effect)] == []
    assert effects[0] == Log(NOW, "phone", "entered", "")
    assert conversation.says(Return(), Text("13800138000")) == ["138****8000?"]
    assert conversation.on(Text("1"))[2] == Lookup("accounts", "13800138000", {"month": "10"}, 3.0, 1)


def test_one_confirms_and_two_asks_again() -> None:
    conversation = call("1", "13800138000")
    assert conversation.state.frames[-1].pending == "13800138000"
    assert "phone" not in variables(conversation)
    assert conversation.says(Text("2")) == ["number?"]
    assert conversation.on(Text("13900139000"), Text("是"))[2] == Lookup(
        "accounts", "13900139000", {"month": "10"}, 3.0, 1
    )


def test_another_value_is_a_correction() -> None:
    conversation = call("1", "13800138000")
    assert recorded(conversation, "13900139000") == [("corrected", "")]
    assert conversation.state.frames[-1].pending == "13900139000"


def test_the_confirmation_offers_yes_and_no() -> None:
    last = call("1").on(Text("13800138000"))[-1]
    assert isinstance(last, Wait)
    assert (last.choices, last.secret) == ((Option("1", "Yes"), Option("2", "No")), True)
    assert last.form is not None
    assert {"1", "yes", "是", "2", "no", "exit"} <= set(last.form.also)


def test_silence_and_wrong_entries_share_the_attempts_of_both_stages() -> None:
    conversation = call("1")
    assert recorded(conversation, "12345") == [("no_match", "")]
    assert conversation.says(Silence()) == ["Are you still there? Please choose."]
    assert recorded(conversation, "x") == [("no_match", "")]
    assert conversation.state.frames[-1].node == "message"  # the desk is closed


def test_a_silence_while_confirming_asks_again_whether_it_is_right() -> None:
    conversation = call("4", "5", "1")
    assert conversation.says(Silence()) == ["Are you still there? Please choose.", "5.00 of red?"]
    assert conversation.says(Text("?")) == ["That is not on the menu. Please try again.", "5.00 of red?"]


def test_what_is_kept_is_not_asked_again_but_by_going_back() -> None:
    conversation = Conversation(parse(KEPT, "t.toml"))
    assert conversation.says(Start(), Text("7")) == ["again"]
    assert conversation.says(Text("2")) == ["again"]
    assert conversation.says(Text("*")) == ["a?"]
    assert conversation.says(Text("8"), Text("3")) == ["8"]


KEPT = f"""{HEAD}[defaults]
give_up = "bye"
[node.main]
ask = {{ slot = "a", type = "digits" }}
keep = true
say = "a?"
goto = "then"
[node.then]
say = "again"
keys.2 = {{ label = "x", goto = "main" }}
keys.3 = {{ label = "y", goto = "show" }}
keys."*" = {{ label = "y", do = "back" }}
[node.show]
say = "{{a}}"
goto = "bye"
[node.bye]
end = "bye"
"""


def test_keys_and_exit_words_are_understood_besides() -> None:
    assert call("1").says(Text("*"))[0].startswith("hello")
    assert call("1").on(Text("EXIT"))[-1] == End("Goodbye.")
    assert recorded(call("1"), "human")[0] == ("word", "human")
    assert recorded(call("4"), "0")[0] == ("global", "0")  # no amount: less than one


def test_a_text_leaves_the_keys_their_meaning() -> None:
    conversation = call("0")
    assert conversation.on(Text(" please\tcall \x1b me "))[1:] == (
        Save("message", {"message": "please call   me", "phone": ""}),
        End("bye "),
    )
    assert call("0").on(Text("exit"))[-1] == End("Goodbye.")
    assert recorded(call("0"), "x" * 21) == [("no_match", "x" * 21)]
    assert recorded(call("0"), "  ") == [("no_match", "  ")]


def test_a_choice_by_its_key_or_its_label() -> None:
    conversation = call("4", "￥12.5 元")
    assert conversation.says(Text("BLUE")) == ["12.50 of blue?"]
    conversation.on(Text("yes"))
    assert variables(conversation) | {"visits.retry": ""} == {
        "amount": "12.50",
        "colour": "2",
        "colour.label": "blue",
        "visits.retry": "",
    }


KINDS = [
    ('type = "digits"', "12 34", "1234"),
    ('type = "digits"', "12a", None),
    ('type = "digits"', "\uff11\uff12", "12"),
    ('type = "digits", len = 6', "12345", None),
    ('type = "digits", min = 3, max = 4', "123", "123"),
    ('type = "digits", min = 3, max = 4', "12", None),
    ('type = "digits", end_key = "#"', "12\uff03", "12"),
    ('type = "digits", end_key = "#"', "#", None),
    ('type = "number"', "-1.50", "-1.50"),
    ('type = "number"', "1e5", None),
    ('type = "number", min = 18, max = 99.5', "17.99", None),
    ('type = "number", min = 18, max = 99.5', "99.5", "99.5"),
    ('type = "amount"', "30", "30.00"),
    ('type = "amount"', "\uffe5 30.5块", "30.50"),
    ('type = "amount"', "30.555", None),
    ('type = "amount"', "-3", None),
    ('type = "date"', "2026年10月1日", "2026-10-01"),
    ('type = "date"', "20261001", "2026-10-01"),
    ('type = "date"', "2026/2/29", None),
    ('type = "date"', "2026-10", None),
    ('type = "phone"', "+86 138-0013-8000", "+8613800138000"),
    ('type = "phone"', "12", None),
    ('type = "phone"', "call me", None),
    ("type = \"text\", pattern = '[a-z]+'", "Ab", None),
    ("type = \"text\", pattern = '[a-z]+'", "ab", "ab"),
    ('type = "text"', "x" * 501, None),
    ('type = "digits"', "1" * 65, None),
    ('type = "digits"', "\u0661\u0662", None),
]


@pytest.mark.parametrize(("fields", "entry", "value"), KINDS)
def test_types(fields: str, entry: str, value: str | None) -> None:
    text = f"""{HEAD}[node.main]
ask = {{ slot = "v", {fields} }}
say = "v?"
give_up = "main"
goto = "bye"
[node.bye]
end = "<{{v}}>"
"""
    conversation = Conversation(parse(text, "t.toml"))
    asked = conversation.on(Start())[-1]
    assert isinstance(asked, Wait)
    assert asked.form is not None
    assert judge(asked.form, entry).fits == (value is not None)
    assert conversation.on(Text(entry))[-1] == (asked if value is None else End(f"<{value}>"))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ('type = "digits", pattern = "(\\\\d+)+"', "bad-pattern"),
        ('type = "colour"', "bad-value"),
        ('type = "choice"', "missing-field"),
        ('type = "text", options = { 1 = "a" }', "no-effect"),
        ('type = "choice", options = { x = "a", 1 = "b" }', "bad-key"),
        ('type = "digits", min = 5, max = 3', "out-of-range"),
        ('type = "digits", end_key = "x"', "bad-key"),
        ('type = "digits", lenght = 3', "unknown-field"),
        ("", "missing-field"),
    ],
)
def test_what_is_wrong(fields: str, code: str) -> None:
    slot = ", ".join(part for part in ('slot = "v"', fields) if part)
    rest = 'say = "v?"\ngive_up = "main"\ngoto = "main"'
    text = f"{HEAD}[node.main]\nask = {{ {slot} }}\n{rest}\n"
    assert [(one.code, one.line) for one in problems_in(text)] == [(code, 7)]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("", "no-say"),
        ('say = "x"\nconfirm = ""', "empty"),
        ('say = "x"\npass = ["v"]', "no-effect"),
        ('say = "x"\nend = "x"', "two-verbs"),
        ('say = "x"\nfound = "main"', "unknown-field"),
    ],
)
def test_what_is_wrong_beside_it(line: str, code: str) -> None:
    text = f'{HEAD}[node.main]\nask = {{ slot = "v", type = "text" }}\ngive_up = "main"\ngoto = "main"\n'
    assert [one.code for one in problems_in(text + line)] == [code]
