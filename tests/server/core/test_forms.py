"""The robot's forms on the framed door: who asks for them is told, and judges as the house does."""

import pytest

from callroom_forms.form import Form
from callroom_forms.judging import judge
from callroom_menus import Menu, Shelf, parse
from callroom_wire import messages as m
from callroom_wire.text import clean
from core_support import Playhouse, only

PHONE = "13800138000"


def desk(ask: str = 'type = "phone", mask = true', more: str = "") -> Menu:
    return parse(
        f"""
schema = 1
id = "desk"
title = "desk"
lang = "en"
start = "main"
[defaults]
give_up = "main"
attempts = 99
timeout = 20
exit_words = ["goodbye"]
[global.keys]
0 = {{ label = "start", goto = "main" }}
[node.main]
say = "Choose."
keys.1 = {{ label = "number", goto = "number" }}
keys.2 = {{ label = "agent", goto = "agent" }}
keys.3 = {{ label = "rate", goto = "rate" }}
[node.number]
say = "Your number."
ask = {{ slot = "number", {ask} }}
no_match = ["So not."]
goto = "main"
{more}
[node.agent]
handoff = {{ queue = "general", max_wait = 300 }}
waiting = {{ say = "Please wait." }}
closed = {{ goto = "number" }}
unanswered = {{ goto = "rate" }}
done = "main"
[node.rate]
say = "How was it?"
rate = {{ save = "csat", of = "number", options = {{ 1 = "good", 2 = "bad" }} }}
goto = "main"
""",
        "desk.toml",
    )


def calling(menu: Menu, login: m.Login | None = None) -> Playhouse:
    """A program that has logged in, and called the robot."""
    house = Playhouse()
    house.hub.shelf = Shelf([menu], menu.id)
    house.open(1)
    welcomed = only(house.ask(1, m.Hello()), m.Welcomed)
    assert welcomed.limits[m.FORMS]
    house.ask(1, login or m.Login(name="Ann", forms=True))
    house.ask(1, m.Dial())
    return house


def pressed(house: Playhouse, entry: str) -> m.Prompted:
    return only(house.ask(1, m.Press(text=entry, ref=9))[-1:], m.Prompted)


def test_who_asks_for_forms_is_told_them() -> None:
    house = calling(desk())
    assert pressed(house, "x").form is None
    form = pressed(house, "1").form
    assert form == Form(kind="phone", also=["0", "goodbye"], hint="So not.")
    assert pressed(house, PHONE).form is None  # it has been answered


def test_who_does_not_ask_is_told_none() -> None:
    house = calling(desk(), m.Login(name="Ann"))
    assert pressed(house, "1") == m.Prompted("desk", "number", "Your number.", [], 20, ref=9)


def test_a_rating_is_a_choice() -> None:
    form = pressed(calling(desk()), "3").form
    assert form is not None
    assert (form.kind, form.options) == ("choice", {"1": "good", "2": "bad"})


def test_who_comes_back_asks_again() -> None:
    house = calling(desk())
    pressed(house, "1")
    token = only(house.sent[1], m.LoggedIn).token
    house.lose(1)
    house.open(2)
    house.ask(2, m.Hello())
    house.ask(2, m.Resume(token=token, forms=True))
    prompts = [one for one in house.sent[2] if isinstance(one, m.Prompted)]
    assert [one.form.kind for one in prompts if one.form is not None] == ["phone"]


KINDS = {
    'type = "phone"': ("13800138000", "+86 138-0013-8000", "12", "+", "call"),
    'type = "phone", pattern = \'1[3-9]\\d{9}\', end_key = "#"': ("138 0013 8000#", "12800138000", "1#"),
    'type = "digits", len = 6, mask = true': ("123456", "１２３４５６", "12 34 56", "12345", "1234567"),
    'type = "digits", min = 3, max = 4': ("123", "1234", "12", "12345"),
    'type = "number", min = -1.5, max = 9': ("-1.5", "9", "9.1", "-2", "1e1", "0.0000000001"),
    'type = "amount", min = 10, max = 500': ("￥12.5元", "10", "9.99", "501", "ten", "10.001"),
    'type = "date"': ("2026-10-01", "2026年2月28日", "2026-02-29", "20261001", "today"),
    'type = "text", max = 5': ("hello", "hellos", "  hi\u202e ", "a\nb", "\x1b[1m", "\u0301" * 9, "0"),
    "type = \"text\", pattern = '[a-z]+'": ("abc", "ABC", "a b"),
    'type = "choice", options = { 1 = "red", 2 = "深蓝" }': ("1", "red", "RED ", "深蓝", "深", "3", "１"),
}


@pytest.mark.parametrize(("ask", "entries"), KINDS.items())
def test_the_client_and_the_house_agree(ask: str, entries: tuple[str, ...]) -> None:
    house = calling(desk(ask))
    for entry in (*entries, "0", "start", "GOODBYE", "", " ", "/quit", "//"):
        form = pressed(house, "1").form
        assert form is not None
        said = pressed(house, entry)
        taken = "So not." not in said.text
        assert judge(form, clean(entry)).fits == taken, (entry, said)
        if said.ended:
            house.ask(1, m.Dial())
        elif not taken:
            house.ask(1, m.Press(text="0"))
        elif said.node != "main":
            pytest.fail(f"{entry} led to {said.node}")
