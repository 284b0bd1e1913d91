"""What a form is told as: with it, whoever types sees the same verdict as the house will give."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_forms.form import Form, judgeable
from callroom_forms.judging import judge
from callroom_menus import (
    Frame,
    Log,
    Phase,
    Return,
    Shelf,
    Silence,
    Start,
    State,
    Text,
    Wait,
    library,
    load,
    parse,
    shipped,
    step,
)
from callroom_menus.verbs.ask import Ask
from callroom_menus.verbs.rate import Rate
from menus_support import HEAD, NOW, Conversation

SHELF = Shelf([load(shipped(name)) for name in library()], "10086")


def every_form() -> Iterator[tuple[str, State]]:
    """Where the menus that ship ask for a value, in each language, and where they confirm it."""
    for menu in SHELF.newest().values():
        for lang, one in {"": menu, **menu.languages}.items():
            for node in one.nodes.values():
                if isinstance(node.verb, Ask | Rate):
                    frame = Frame(menu.id, menu.hash, node.name)
                    yield f"{menu.id} {lang} {node.name}", State(Phase.WAITING, (frame,), lang)
                if isinstance(node.verb, Ask) and node.verb.confirm is not None:
                    frame = Frame(menu.id, menu.hash, node.name, pending="13800138000")
                    yield f"{menu.id} {lang} {node.name}?", State(Phase.WAITING, (frame,), lang)


FORMS = list(every_form())
ENTRIES = (
    "", " ", "#", "*", "0", "1", "2", "9", "12", "135", "13800138000", "138 0013 8000#", "12800138000",
    "\uff11\uff12", "2026-10-01", "2026/13/01", "20261001", "10", "9.5", "500", "501", "-1", "\uffe512.5元",
    "是", "YES", "no", "exit", "再见", "人工", "彩铃", "slow", "1234567", "123456", "text", "x" * 501,
    "\x1b[31m", "//", "/quit",
)  # fmt: skip


def asked(state: State) -> Form:
    """The form that goes with the robot's question."""
    last = step(SHELF, state, Silence() if state.frames[0].pending else Return(), NOW)[1][-1]
    assert isinstance(last, Wait)
    assert last.form is not None
    return last.form


def taken(state: State, entry: str) -> bool:
    """Whether the robot does something with this entry, other than asking again."""
    said = step(SHELF, state, Text(entry), NOW)[1]
    return not any(isinstance(one, Log) and one.what == "no_match" for one in said)


def test_there_are_forms_of_every_kind_but_one() -> None:
    kinds = {asked(state).kind for _, state in FORMS}
    assert kinds == {"digits", "phone", "choice", "amount", "date", "number", "text"}


@pytest.mark.parametrize("state", [state for _, state in FORMS], ids=[name for name, _ in FORMS])
def test_the_verdict_is_that_of_the_house(state: State) -> None:
    form = asked(state)
    assert judgeable(form)
    for entry in ENTRIES:
        assert judge(form, entry).fits == taken(state, entry), entry


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FORMS), st.text("0123456789*#+-./ 年月日元是yesno\uff15\u0661", max_size=14))
def test_so_it_is_whatever_is_typed(where: tuple[str, State], entry: str) -> None:
    _, state = where
    assert judge(asked(state), entry).fits == taken(state, entry)


def form_of(fields: str, more: str = "") -> Form | None:
    menu = parse(
        f"""{HEAD}[global.keys]
9 = {{ label = "top", do = "top", when = "vip == 1", words = ["vip"] }}
0 = {{ label = "again", do = "repeat" }}
[node.main]
ask = {{ slot = "v", {fields} }}
say = "v?"
give_up = "main"
goto = "bye"
{more}
[node.bye]
end = "bye"
""",
        "t.toml",
    )
    last = Conversation(menu).on(Start())[-1]
    assert isinstance(last, Wait)
    return last.form


def test_a_form_says_what_there_is_to_say() -> None:
    fields = 'type = "phone", pattern = \'1\\d{9}\', end_key = "#", min = 5, max = 12, len = 10, mask = true'
    assert form_of(fields, 'no_match = ["10 of them.", "no!"]') == Form(
        kind="phone",
        low=5,
        high=12,
        length=10,
        pattern=r"1\d{9}",
        end_key="#",
        also=["0"],
        hint="10 of them.",
    )


def test_what_is_not_there_just_now_is_not_told() -> None:
    form = form_of('type = "date"')
    assert form is not None
    assert "vip" not in form.also


def test_too_much_is_not_told() -> None:
    words = ", ".join(f'"w{number}"' for number in range(120))
    assert form_of('type = "date"', f"exit_words = [{words}]") is None
    hint = form_of('type = "date"', f'no_match = ["{"x" * 201}"]')
    assert hint is not None
    assert hint.hint == ""


def test_a_menu_key_has_no_form() -> None:
    menu = parse(
        f'{HEAD}[node.main]\nsay = "x"\nkeys.1 = {{ label = "a", do = "end" }}\ngive_up = "never"\n', "t.toml"
    )
    last = Conversation(menu).on(Start())[-1]
    assert isinstance(last, Wait)
    assert last.form is None
