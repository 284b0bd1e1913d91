"""Every finding has a case in which it, and nothing else, is found, and one just beside it that is sound."""

import re

import pytest

from callroom_menus.documents import Document
from callroom_menus.lint import FINDINGS
from callroom_menus.lint.rules import RULES
from callroom_menus.lint.view import View
from lint_support import BESIDE, SOUND, changed, found_in, places

LONG = "x" * 201
MANY = "".join(
    f'keys.{n} = {{ label = "n{n}", goto = "go", set = {{ topic = "x" }} }}\n' for n in range(11, 18)
)
DEEP = "".join(
    f'[node.d{n}]\nsay = "d"\nkeys.1 = {{ label = "on", goto = "{f"d{n + 1}" if n < 6 else "bye"}" }}\n'
    for n in range(2, 7)
)
ASKS = 'say = "your number, then press #"'
SLOT = 'slot = "phone", type'
MAIN = 'say = "hello{menu}"'
TWO = 'goto = "go", set = { topic = "two" } }'
BYE = "[node.bye]"
UPTIME = 'goto = "up"\n[node.up]\nrun = { runbook = "uptime" }\ndone = "bye"\nerror = "bye"\n[node.bye]'

# What is replaced by what; then the code, line and column of the only finding.
FOUND = [
    ([(BYE, '[node.lost]\ngoto = "bye"\n[node.bye]')], "unreachable", 47, 7),
    ([('end = "bye"', 'say = "bye"\ngoto = "bye"')], "silent-loop", 49, 1),
    (
        [
            (
                'end = "bye"',
                "say = 'bye'\nkeys.1 = { label = 'x', goto = 'bye' }\nexit_words = []\ngive_up = 'bye'",
            ),
            ('[global.keys]\n0 = { label = "desk", goto = "desk", words = ["human"] }', "[global.keys]"),
        ],
        "no-exit",
        46,
        7,
    ),
    ([('end = "bye"', "goto = 'rest'\n[node.rest]\nsay = 'x'")], "no-exit", 49, 7),
    (
        [('goto = "main"\n[node.ask]', 'goto = "on"\n[node.on]\ngoto = "go"\n[node.ask]')],
        "silent-loop",
        26,
        1,
    ),
    (
        [('closed = { say = "open {hours.desk}", goto = "bye" }', 'closed = { goto = "desk" }')],
        "loop-by-condition",
        41,
        12,
    ),
    (
        [
            (
                'goto = "main"\n[node.ask]',
                'when = [{ if = "topic", goto = "on" }, { else = true, goto = "main" }]\n'
                '[node.on]\ngoto = "go"\n[node.ask]',
            )
        ],
        "loop-by-condition",
        26,
        25,
    ),
    (
        [('not_found = { say = "press 1 to try again", goto = "main" }', 'not_found = { goto = "look" }')],
        "lookup-loop",
        35,
        15,
    ),
    (
        [
            (ASKS, ASKS + "\nkeep = true"),
            ('not_found = { say = "press 1 to try again", goto = "main" }', 'not_found = { goto = "ask" }'),
        ],
        "lookup-loop",
        32,
        1,
    ),
    ([(MAIN, 'say = "press 1 or 9"')], "key-not-there", 20, 1),
    ([(MAIN, 'say = "for help press 9"')], "key-not-there", 20, 1),
    ([(MAIN, 'say = "话费请按1,人工请按9"')], "key-not-there", 20, 1),
    ([(MAIN, 'say = "人工请按９"')], "key-not-there", 20, 1),
    ([(MAIN, 'say = "hi{menu}"\nno_match = ["按“8”键"]')], "key-not-there", 21, 13),
    ([("then press #", "then press *#")], "key-not-there", 29, 1),
    ([("then press #", "按井号键"), (', end_key = "#"', "")], "key-not-there", 29, 1),
    ([("if not press 2", "if not press 3")], "key-not-there", 30, 1),
    ([("press 1 to try again", "press 7 to try again")], "key-not-there", 35, 15),
    ([("message press 2", "message press 3")], "key-not-there", 40, 25),
    ([('say = "so it is {topic}"', 'say = "{topic}, or dial 8"')], "key-not-there", 25, 1),
    ([('["no?"]', '["press 9"]')], "key-not-there", 8, 13),
    ([("keys.3 =", "keys.0 =")], "key-shadowed", 23, 6),
    ([('words = ["uno"]', 'words = ["uno", "ＨＵＭＡＮ"]')], "word-shadowed", 21, 57),
    ([(TWO, 'goto = "go" }')], "never-set", 25, 1),
    (
        [
            (', set = { topic = "two" } }', " }"),
            ('label = "one", goto = "ask"', 'label = "one", goto = "ask", set = { topic = "x" }'),
        ],
        "unset-slot",
        25,
        1,
    ),
    ([('["no?"]', '["no, {topic}?"]')], "unset-slot", 8, 13),
    ([('["no?"]', '["no, {tropic}?"]')], "never-set", 8, 13),
    ([('not_found = { say = "press', 'not_found = { say = "{acct.name} press')], "unset-slot", 35, 15),
    ([('key = "{phone}"', 'key = "{topic}"')], "unset-slot", 33, 33),
    ([('"13:00-18:00"', '"11:00-18:00"')], "hours-overlap", 17, 36),
    (
        [('sat = ["20:00-02:00"]', 'fri-sat = ["20:00-02:00"], sat = ["01:00-03:00"]')],
        "hours-overlap",
        17,
        86,
    ),
    (
        [
            (
                'open = { 2026-10-10 = ["08:00-12:00"] }',
                'open = { 2026-10-10 = ["08:00-12:00", "09:00-10:00"] }',
            )
        ],
        "hours-overlap",
        18,
        39,
    ),
    ([("week = {", "# week = {"), ("open = {", "# open = {")], "hours-never", 15, 8),
    ([('source = "accounts"', 'source = "account"')], "unknown-source", 33, 12),
    ([('queue = "general"', 'queue = "generals"')], "unknown-queue", 39, 13),
    ([('goto = "bye"\n[node.bye]', UPTIME.replace("uptime", "uptme"))], "unknown-runbook", 48, 9),
    ([("other#main", "others#main")], "unknown-call", 23, 29),
    ([("other#main", "other#men")], "unknown-call", 23, 29),
    ([("other#main", "#men")], "unknown-call", 23, 29),
    (
        [
            ('goto = "go", set', 'goto = "d2", set'),
            (BYE, DEEP + BYE),
            ('[node.go]\nsay = "so it is {topic}"\ngoto = "main"\n', ""),
        ],
        "too-deep",
        53,
        7,
    ),
    ([("keys.2 = { label", MANY + "keys.2 = { label")], "too-wide", 19, 7),
    ([('say = "one moment"', f'say = "{LONG}"')], "long-text", 38, 1),
    ([(MAIN, f'say = "{"x" * 180}{{menu}}"')], "long-text", 20, 1),
    ([('["hm?"]', f'["hm?", "{LONG}"]')], "long-text", 9, 20),
    ([('no_input = ["hm?"]\n', "")], "silent-no-input", 6, 2),
    ([(MAIN, 'say = "hi{menu}"\nno_input = ["{topic}"]\nset = { topic = "" }')], "silent-no-input", 21, 13),
    (
        [
            (SLOT, 'slot = "login_pin", mask = false, type'),
            ("{phone}: if so", "if so"),
            ("{phone}", "1"),
            (" for {phone}", ""),
        ],
        "secret-unmasked",
        28,
        1,
    ),
    ([(ASKS, 'say = "请输入服务密码"')], "secret-unmasked", 28, 1),
]

# What is replaced by what, and is as sound as before.
SOUND_TOO: list[list[tuple[str, str]]] = [
    [],
    [(MAIN, 'say = "按1元/分钟计费，按30秒计，按2次，拨打10086，press 5G{menu}"')],
    [(MAIN, 'say = "请按1到3，press 0 or *，按“２”键，按星号键返回"')],
    [(MAIN, 'say = "按下数字1，press the 2 key, dial 0"')],
    [("[node.main]", '[node."main"]')],
    [("keys.3 =", "keys.0 ="), ('call = "other#main"', 'goto = "desk"')],
    [('words = ["uno"]', 'words = ["uno", "human2"]')],
    [
        (
            'keys.3 = { label = "three", call = "other#main" }',
            'keys.0 = { label = "d", goto = "desk", words = ["human"] }',
        )
    ],
    [("other#main", "other")],
    [("other#main", "#bye")],
    [('queue = "general"', 'queue = "{topic}"')],
    [('goto = "bye"\n[node.bye]', UPTIME)],
    [('closed = { say = "open {hours.desk}", goto = "bye" }', 'closed = { goto = "main" }')],
    [('pass = ["topic"]', 'pass = ["topic"], skill = "{topic}"')],
    [("timeout = 5", "timeout = 0"), ('no_input = ["hm?"]\n', "")],
    [('no_input = ["hm?"]', 'no_input = ["{menu}"]')],
    [
        (SLOT, 'slot = "pin", mask = true, type'),
        ("{phone}: if so", "if so"),
        ("{phone}", "1"),
        (" for {phone}", ""),
    ],
    [(SLOT, 'slot = "opinion", type'), ("{phone}: if so", "if so"), ("{phone}", "1"), (" for {phone}", "")],
    [('sat = ["20:00-02:00"]', 'sat = ["20:00-02:00"], sun = ["02:00-03:00"]')],
    [('say = "one moment"', f'say = "{LONG[1:]}"')],
    [("{topic}", "{{topic}}")],
    [('give_up = "desk"', 'give_up = "never"')],
]


@pytest.mark.parametrize(("changes", "code", "line", "column"), FOUND)
def test_exactly_this_is_found(changes: list[tuple[str, str]], code: str, line: int, column: int) -> None:
    assert places(found_in(changed(*changes))) == [(code, line, column)]


@pytest.mark.parametrize("changes", SOUND_TOO)
def test_nothing_is_found(changes: list[tuple[str, str]]) -> None:
    assert [it.told("en") for it in found_in(changed(*changes))] == []


def test_every_code_of_a_rule_has_a_case_and_its_sentences() -> None:
    of_rules = {code for codes in RULES.values() for code in codes}
    elsewhere = {code for code in FINDINGS if code.startswith(("translation-", "transcript-"))}
    assert of_rules | elsewhere == FINDINGS.keys()
    assert of_rules == {code for _, code, _, _ in FOUND}


def test_a_rule_finds_nothing_but_its_own_codes() -> None:
    for changes, *_ in FOUND:
        view = View(Document("t", changed(*changes)).table, BESIDE)
        for rule, codes in RULES.items():
            assert {it.code for it in rule(view)} <= set(codes)


@pytest.mark.parametrize(
    "wrong", ["3", "[]", '""', "{}", "[1]", '["a"]', "[{}]", "true", "2026-01-01", "nan"]
)
def test_what_is_of_a_wrong_kind_is_the_loaders_to_tell(wrong: str) -> None:
    """The linter reads on past whatever stands in any field."""
    for field in sorted(set(re.findall(r"([a-z_]+) = ", SOUND))):
        text = re.sub(rf"(?m)^{field} = .*$", f"{field} = {wrong}", SOUND)
        found_in(text)
        found_in(re.sub(rf"\b{field} = (?:\"[^\"]*\"|\d+|\[[^\]]*\])", f"{field} = {wrong}", SOUND))
