import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_menus.expressions import MAX_LENGTH, BadExpression, parsed

VALUES = {"plan": "gold", "age": "30", "acct.balance": "9.5", "zero": "0", "visits.pin-code": "2"}


class Scene:
    def value(self, name: str) -> str:
        return VALUES.get(name, "")

    def open(self, hours: str) -> bool:
        return hours == "desk"


@pytest.mark.parametrize(
    ("source", "true"),
    [
        ('plan == "gold"', True),
        ("plan == 'gold'", True),
        ('plan != "gold"', False),
        ("plan", True),
        ("nothing", False),
        ("zero", True),
        ('nothing == ""', True),
        ("age > 9", True),
        ('age > "9"', False),
        ("age >= 30 and age <= 30", True),
        ("acct.balance < 10", True),
        ("acct.balance < age", True),
        ("nothing < 10", False),
        ("nothing == 0", False),
        ("nothing != 0", True),
        ("plan < 1 or plan >= 1", False),
        ("-1 < zero", True),
        ("30.0 == age", True),
        ("visits.pin-code >= 2", True),
        ('open("desk")', True),
        ("not open('door')", True),
        ("not plan or plan and nothing", False),
        ("not (plan and nothing)", True),
        ('plan == "gold" and not (age < 18 or nothing)', True),
        ("plan<plans", False),
    ],
)
def test_what_is_true(source: str, true: bool) -> None:
    assert parsed(source).true(Scene()) is true


@pytest.mark.parametrize(
    "source",
    [
        "",
        "plan ==",
        "== plan",
        "plan = 1",
        "plan == 1 == 2",
        "1",
        '"text"',
        "1 + 1 == 2",
        "plan()",
        "open(desk)",
        "open('a', 'b')",
        "open",
        "a b",
        "(a",
        "a)",
        "a and",
        "and",
        "__import__('os')",
        "a[0]",
        "a..b",
        "plan == `x`",
        "x if y else z",
        "1e9 < age",
        "a" * (MAX_LENGTH + 1),
        "(" * 20 + "a" + ")" * 20,
        "not " * 20 + "a",
    ],
)
def test_what_is_none(source: str) -> None:
    with pytest.raises(BadExpression) as caught:
        parsed(source)
    assert all(caught.value.reason)


def test_what_it_names() -> None:
    condition = parsed('a.b == 1 and open("desk") or not c')
    assert (condition.names, condition.hours) == (("a.b", "c"), ("desk",))


@given(st.text(max_size=60) | st.text("ab.()<=!'\"0 andortp", max_size=60))
def test_any_text_is_an_expression_or_refused(source: str) -> None:
    try:
        condition = parsed(source)
    except BadExpression:
        return
    assert condition.true(Scene()) in (True, False)
