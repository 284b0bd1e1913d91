import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_forms.patterns import MAX_ENTRY, BadPattern, compiled, lengths


@pytest.mark.parametrize(
    ("pattern", "fits", "not_fits"),
    [
        (r"1[3-9]\d{9}", "13800138000", "12800138000"),
        (r"\d{3,4}-?\d{7,8}", "010-12345678", "01012345"),
        (r"[\w.+-]+@[\w-]+\.[\w.]+", "a.b@c.de", "a@b"),
        (r"(?:\d{2}){3}", "123456", "12345"),
        (r"(GET|PUT)? ?[^ ]*", "PUT x", "a b"),
        (r"[]a]+", "]a]", "b"),
        (r"[\]\\-]{1,3}?", "]\\-", "x"),
        (r"", "", "a"),
        (r"(a|b){3}", "aba", "ab"),
        (r"(\d*)?x", "12x", "12"),
    ],
)
def test_patterns_that_will_do(pattern: str, fits: str, not_fits: str) -> None:
    found = compiled(pattern)
    assert found.fullmatch(fits)
    assert not found.fullmatch(not_fits)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(\d+)+",
        r"(a*)*b",
        r"(a|a)*b",
        r"(a|b|ab)*c",
        r"(.*)*",
        r"(\w+\s?)+",
        r"a*a*a*a*a*b",
        r"(a{1,30}){1,30}",
        r"((a?){20}){20}",
        r"(a*){100}b",
        r"(a|a){100}",
        r"((){2000}){2000}",
        r"(a?)+",
        r"(|a){2}",
        r"(a)\1",
        r"(?=a)",
        r"(?P<n>a)",
        r"(?i)a",
        r"a**",
        r"a{2}{3}",
        r"*a",
        r"(a",
        r"a)",
        r"[a",
        r"[[a]]",
        r"[a--b]",
        r"[z-a]",
        r"a{3,2}",
        r"\bx",
        r"^a$",
        "a\\",
        "(" * 30 + "a" + ")" * 30,
        "a" * 300,
    ],
)
def test_patterns_that_will_not(pattern: str) -> None:
    with pytest.raises(BadPattern) as caught:
        compiled(pattern)
    assert all(caught.value.reason)


@settings(max_examples=150, deadline=None)
@given(st.text("ab.*+?|(){}[]\\d12,-", max_size=14), st.sampled_from(["a", "ab", "1", "a1"]))
def test_whatever_is_allowed_comes_to_an_end(pattern: str, piece: str) -> None:
    try:
        found = compiled(pattern)
    except BadPattern:
        return
    found.fullmatch((piece * MAX_ENTRY)[: MAX_ENTRY - 1] + "!")


def test_an_allowed_pattern_is_what_re_takes_it_for() -> None:
    assert compiled(r"\d{2}|x") == re.compile(r"\d{2}|x")


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [
        (r"1[3-9]\d{9}", 11, 11),
        (r"\d{3,4}-?\d{7,8}", 10, 13),
        (r"a|bc|", 0, 2),
        (r"(ab){2,3}?x", 5, 7),
        (r"\d+", 1, MAX_ENTRY + 1),
        (r"a{9999}", MAX_ENTRY + 1, MAX_ENTRY + 1),
    ],
)
def test_how_long_an_entry_has_to_be(pattern: str, least: int, most: int) -> None:
    assert lengths(pattern) == (least, most)


@settings(max_examples=150, deadline=None)
@given(st.text("ab?*|(){},12\\d", max_size=12), st.text("ab1", max_size=8))
def test_what_fits_is_as_long_as_is_said(pattern: str, entry: str) -> None:
    try:
        found = compiled(pattern)
    except BadPattern:
        return
    if found.fullmatch(entry):
        least, most = lengths(pattern)
        assert least <= len(entry) <= most
