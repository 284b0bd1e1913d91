"""Every problem has its line and its code; every code has a case here."""

from pathlib import Path

import pytest

from callroom_menus import MenuError, Problem, load, load_folder, parse
from callroom_menus.loader import MAX_BYTES
from callroom_menus.problems import PROBLEMS, problem
from callroom_menus.transcript import read_transcripts
from menus_support import HEAD, problems_in

BASE = f"""{HEAD}[defaults]
give_up = "bye"
[global.keys]
0 = {{ label = "desk", goto = "bye", words = ["human"] }}
[node.main]
say = "hi {{what}}{{menu}}"
set = {{ what = "you" }}
keys.1 = {{ label = "one", goto = "bye", words = ["uno", "un"] }}
keys.2 = {{ label = "two", goto = "on" }}
[node.on]
goto = "hall"
[node.hall]
room = "hall"
goto = "main"
[node.bye]
end = "bye"
"""
LINES = BASE.split("\n")
LABELLED = 'keys.2 = { label = "two", '

# What is replaced by what; then the code, line and column of the only problem.
CASES = [
    ("schema = 1", "", "missing-field", 1, 1),
    ("schema = 1", "schema = 2", "bad-value", 1, 1),
    ("schema = 1", "schema = true", "bad-value", 1, 1),
    ("schema = 1", 'schema = "1"', "bad-value", 1, 1),
    ("schema = 1", "schema = 1 = 1", "toml", 1, 12),
    ('title = "test"', 'title = "test', "open-text", 3, 14),
    ('title = "test"', "title = test", "no-quotes", 3, 9),
    ('title = "test"', "title = 测试", "no-quotes", 3, 9),
    ('title = "test"', 'title = "a"\ntitle = "b"', "given-twice", 4, 12),
    ("[node.bye]", "[node.main]", "given-twice", 20, 11),
    ("[node.bye]", "[node.main.say]", "given-twice", 20, 15),
    ('title = "test"', "title = { a = 1, a = 2 }", "given-twice", 3, 23),
    ('title = "test"', "title = { a = 1,\nb = 2 }", "table-over-lines", 3, 17),
    ("[node.bye]", "[node.再见]", "name-not-ascii", 20, 7),
    ("[node.bye]", "[node.bye见]", "name-not-ascii", 20, 10),
    ('title = "test"', '标题 = "test"', "name-not-ascii", 3, 1),
    ('title = "test"', "title = \u201ctest\u201d", "full-width", 3, 9),
    ('title = "test"', 'title \uff1d "test"', "full-width", 3, 7),
    ('title = "test"', 'title = ""', "empty", 3, 1),
    ('title = "test"', "title = 3", "wrong-type", 3, 1),
    ('title = "test"', f"title = {'9' * 5000}", "toml", None, None),
    ('title = "test"', f"title = {'[' * 3000}{']' * 3000}", "toml", None, None),
    ('title = "test"', "title = 2026-02-31", "toml", None, None),
    ('id = "t"', "", "missing-field", 1, 1),
    ('id = "t"', 'id = "a b"', "bad-name", 2, 1),
    ('lang = "en"', 'lang = "tlh"', "bad-value", 4, 1),
    ('start = "main"', 'start = "mian"', "unknown-target", 5, 1),
    ('start = "main"', 'start = "main"\nstrat = "x"', "unknown-field", 6, 1),
    ("[defaults]", "[defaults]\ntimeout = -1", "out-of-range", 7, 1),
    ("[defaults]", "[defaults]\ntimeout = nan", "out-of-range", 7, 1),
    ("[defaults]", "[defaults]\ntimeout = true", "wrong-type", 7, 1),
    ("[defaults]", "[defaults]\nattempts = 0", "out-of-range", 7, 1),
    ("[defaults]", "[defaults]\nattempts = 1.5", "wrong-type", 7, 1),
    ("[defaults]", '[defaults]\nno_match = "text"', "wrong-type", 7, 1),
    ("[defaults]", '[defaults]\nno_match = ["a", 1]', "wrong-type", 7, 1),
    ("[defaults]", "[defaults]\nno_match = []", "empty", 7, 1),
    ("[defaults]", '[defaults]\nno_match = ["a", ""]', "empty", 7, 18),
    ("[defaults]", '[defaults]\ntimeout = 0\nno_input = ["a"]', "no-effect", 8, 1),
    ("[defaults]", '[defaults]\ngoodbye = "{menu}"', "no-menu-here", 7, 1),
    ("[defaults]", '[defaults]\nexit_words = ["uno"]', "word-twice", 14, 50),
    ("[defaults]", '[defaults]\nexit_words = ["x", "1"]', "word-is-key", 7, 20),
    ('give_up = "bye"', 'give_up = "never"\nattempts = 3', "no-effect", 8, 1),
    ('give_up = "bye"', "", "no-give-up", 10, 7),
    ('give_up = "bye"', 'give_up = "by"', "unknown-target", 7, 1),
    ("0 = {", 'say = "x"\n0 = {', "bad-key", 9, 1),
    ("0 = {", '1 = "x"\n0 = {', "wrong-type", 9, 1),
    ("0 = {", '"\uff10" = { label = "x", goto = "bye" }\n0 = {', "key-twice", 10, 1),
    ("0 = {", '[global.nokeys]\n0 = { label = "x" }\n[global.keys]\n0 = {', None, None, None),
    ("[node.main]", '[node."m n"]\ngoto = "main"\n[node.main]', "bad-name", 10, 7),
    ("[node.main]", '[node.never]\ngoto = "main"\n[node.main]', "reserved-name", 10, 7),
    ('say = "hi {what}{menu}"', "", "no-say", 10, 7),
    ('say = "hi {what}{menu}"', 'say = ""', "empty", 11, 1),
    ('say = "hi {what}{menu}"', 'say = "hi {"', "brace", 11, 1),
    ('say = "hi {what}{menu}"', 'say = "\\u001b[2J"', "control-character", 11, 1),
    ('say = "hi {what}{menu}"', 'say = "hi"\nsya = "x"', "unknown-field", 12, 1),
    ('set = { what = "you" }', 'set = { what = "{you}" }', "no-variables-here", 12, 9),
    ('set = { what = "you" }', 'set = { what = "you", lang = "zh" }', "bad-value", 12, 23),
    ('set = { what = "you" }', 'set = { what = "you", menu = "x" }', "bad-name", 12, 23),
    ('set = { what = "you" }', "set = { what = 1 }", "wrong-type", 12, 9),
    (LABELLED, "keys.2 = { ", "missing-field", 14, 6),
    (LABELLED, 'keys.2 = { label = "", ', "empty", 14, 12),
    (LABELLED, 'keys.2 = { label = "{what}", ', "no-variables-here", 14, 12),
    (LABELLED, 'keys.q = { label = "two", ', "bad-key", 14, 6),
    (LABELLED, 'keys.12345 = { label = "two", ', "bad-key", 14, 6),
    (LABELLED, 'keys.2 = { label = "two", do = "top", ', "one-action", 14, 27),
    (LABELLED, 'keys.2 = { label = "two", hidden = "no", ', "wrong-type", 14, 27),
    (LABELLED, 'keys.2 = { label = "two", words = ["UNO"], ', "word-twice", 14, 36),
    (LABELLED, 'keys.2 = { label = "two", words = ["a", "\uff11"], ', "word-is-key", 14, 41),
    (LABELLED, 'keys.2 = { label = "two", when = "x y", ', "bad-expression", 14, 27),
    (LABELLED, 'keys.2 = { label = "two", word = ["x"], ', "unknown-field", 14, 27),
    ('goto = "on" }', 'do = "up" }', "bad-value", 14, 27),
    ('goto = "on" }', "}", None, None, None),
    ('goto = "on" }', 'goto = "no" }', "unknown-target", 14, 27),
    ('goto = "on" }', 'call = "other#node#" }', "bad-call", 14, 27),
    ('goto = "hall"', "", "no-way-out", 15, 7),
    ('goto = "hall"', 'goto = "hall"\nattempts = 3', "unknown-field", 17, 1),
    ('goto = "hall"', 'say = "{menu}"\ngoto = "hall"', "no-menu-here", 16, 1),
    ('goto = "hall"', 'end = "x"\ngoto = "hall"', "two-verbs", 17, 1),
    ('goto = "hall"', 'keys = 3\nsay = "x"', "wrong-type", 16, 1),
    ('room = "hall"\ngoto = "main"', 'room = "hall"', "missing-field", 17, 7),
    ('end = "bye"', 'end = ""', "empty", 21, 1),
]


def changed(old: str, new: str) -> str:
    assert BASE.count(old) >= 1
    return BASE.replace(old, new, 1)


def test_the_base_has_no_problem() -> None:
    assert problems_in(BASE) == ()


@pytest.mark.parametrize(("old", "new", "code", "line", "column"), CASES)
def test_each_problem(old: str, new: str, code: str | None, line: int | None, column: int | None) -> None:
    found = problems_in(changed(old, new))
    if code is None:
        assert found
        return
    assert [one.code for one in found] == [code]
    if line is not None:
        assert (found[0].line, found[0].column) == (line, column)
    assert found[0].file == "t.toml"


def test_all_problems_are_told_in_the_order_of_the_file() -> None:
    text = changed('id = "t"', "").replace('goto = "hall"', "").replace('label = "one"', 'lable = "one"')
    assert [(one.line, one.code) for one in problems_in(text)] == [
        (1, "missing-field"),
        (13, "missing-field"),
        (13, "unknown-field"),
        (15, "no-way-out"),
    ]


def test_a_problem_says_what_may_have_been_meant() -> None:
    (found,) = problems_in(changed('goto = "on" }', 'goto = "onn" }'))
    assert found.told("en") == "t.toml:14:27: there is no node onn - did you mean on? [unknown-target]"
    assert found.told("zh") == "t.toml:14:27: 没有名为 onn 的节点 - 您是指 on 吗? [unknown-target]"


def test_nobody_can_press_anything() -> None:
    text = f'{HEAD}[node.main]\nsay = "x"\nkeys = {{}}\ngive_up = "main"\n'
    assert [(one.code, one.line) for one in problems_in(text)] == [("no-keys", 8)]


def test_no_nodes_at_all() -> None:
    assert {one.code for one in problems_in(HEAD)} == {"missing-field", "unknown-target"}


def test_the_error_tells_everything() -> None:
    with pytest.raises(MenuError) as caught:
        parse(changed('id = "t"', 'id = "?"'), "x.toml")
    assert str(caught.value).startswith("x.toml:2:1: the name ? will not do - use ")


def test_what_an_editor_adds_does_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "t.toml"
    file.write_bytes(b"\xef\xbb\xbf" + BASE.rstrip("\n").replace("\n", "\r\n").encode())
    menu = load(file)
    assert menu.hash == parse(BASE, "t").hash
    assert menu.hash != parse(BASE + "# x\n", "t").hash
    assert menu == parse(BASE, "t")


def file_problems(file: Path) -> tuple[Problem, ...]:
    with pytest.raises(MenuError) as caught:
        load(file)
    return caught.value.problems


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert [one.code for one in file_problems(tmp_path / "none.toml")] == ["unreadable"]
    assert [one.code for one in file_problems(tmp_path)] == ["unreadable"]
    big = tmp_path / "big.toml"
    big.write_bytes(b"#" * (MAX_BYTES + 1))
    assert [one.code for one in file_problems(big)] == ["too-big"]
    gbk = tmp_path / "gbk.toml"
    gbk.write_bytes('schema = 1\ntitle = "菜单"\n'.encode("gbk"))
    (found,) = file_problems(gbk)
    assert (found.code, found.line, found.column) == ("not-utf8", 2, 10)


def test_a_folder_of_menus(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(BASE, encoding="utf-8")
    (tmp_path / "b.toml").write_text(BASE.replace('id = "t"', 'id = "u"'), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    assert list(load_folder(tmp_path)) == ["t", "u"]
    (tmp_path / "c.toml").write_text(BASE, encoding="utf-8")
    (tmp_path / "d.toml").write_text("schema = 9", encoding="utf-8")
    with pytest.raises(MenuError) as caught:
        load_folder(tmp_path)
    assert [(Path(one.file).name, one.line, one.code) for one in caught.value.problems] == [
        ("c.toml", 2, "id-taken"),
        ("d.toml", 1, "bad-value"),
    ]


def test_variables_that_are_never_set_are_told_but_no_error() -> None:
    menu = parse(changed('say = "hi {what}{menu}"', 'say = "hi {waht}{menu}{visits.on}{lang}"'), "t.toml")
    assert [(one.code, one.line, one.column) for one in menu.unset] == [("unknown-variable", 11, 1)]
    assert menu.counted == {"on"}
    assert parse(BASE, "t.toml").unset == ()


CONDITIONS = [
    ('{ if = "what", goto = "hall" }', "no-else", 16, 1),
    ('{ if = "what ==", goto = "hall" }, { else = true, goto = "hall" }', "bad-expression", 16, 11),
    ('{ else = true, goto = "hall" }, { if = "what", goto = "hall" }', "no-effect", 16, 11),
    ('{ else = false, goto = "hall" }', "bad-value", 16, 11),
    ('{ if = "visits.no", goto = "hall" }, { else = true, goto = "hall" }', "unknown-target", 16, 11),
    ('{ if = "open(\'x\')", goto = "hall" }, { else = true, goto = "hall" }', "unknown-hours", 16, 11),
    ('{ if = "what", goto = "hall", then = 1 }, { else = true, goto = "hall" }', "unknown-field", 16, 39),
    ("1", "wrong-type", 16, 1),
]


@pytest.mark.parametrize(("branches", "code", "line", "column"), CONDITIONS)
def test_conditions(branches: str, code: str, line: int, column: int) -> None:
    found = problems_in(changed('goto = "hall"', f"when = [{branches}]"))
    assert (code, line, column) in [(one.code, one.line, one.column) for one in found]


def test_every_code_has_a_case() -> None:
    here = {code for _, _, code, _, _ in CASES if code is not None} | {code for _, code, _, _ in CONDITIONS}
    elsewhere = {"unreadable", "too-big", "not-utf8", "id-taken", "no-keys", "chat-line", "chat-effect"}
    elsewhere |= {"unknown-variable", "unknown-menu", "bad-pattern"}
    of_hours = {"bad-zone", "bad-day", "day-twice", "bad-date", "bad-interval"}
    of_translations = {"nothing-to-translate", "not-a-text", "no-original", "lang-taken"}
    of_sources = {"bad-file", "bad-url", "bad-host", "host-not-allowed"}
    of_runbooks = {"unknown-place", "unused-parameter", "default-before", "bad-default", "lone-brace"}
    of_runbooks |= {"bad-program", "no-shell"}
    assert here | elsewhere | of_hours | of_translations | of_sources | of_runbooks == PROBLEMS.keys()


def test_a_problem_in_two_languages() -> None:
    found = problem("f", 1, 2, "wrong-type", field="x", wanted=("a text", "文字"), example="y")
    assert (found.text_en, found.text_zh) == ("x must be a text", "x 必须是文字")


def test_transcripts_have_problems_too() -> None:
    with pytest.raises(MenuError) as caught:
        read_transcripts("< hi\nhello\n! dance wildly\n(clock 12)\n(lookup found [])\n(agent x)\n", "t.chat")
    assert [(one.line, one.code) for one in caught.value.problems] == [
        (2, "chat-line"),
        (3, "chat-effect"),
        (4, "chat-line"),
        (5, "chat-line"),
        (6, "chat-line"),
    ]
