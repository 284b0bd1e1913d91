"""What is said of an entry while it is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_forms.form import Form, judgeable
from callroom_forms.judging import MARKS, Fit, judge
from callroom_forms.kinds import KINDS

MOBILE = Form(kind="phone", pattern=r"1[3-9]\d{9}", end_key="#", also=["*", "0", "operator"])
PIN = Form(kind="digits", length=6)
CODE = Form(kind="digits", low=3, high=4)
AMOUNT = Form(kind="amount", low=10, high=500)
NUMBER = Form(kind="number", low=-2.5)
DATE = Form(kind="date")
TEXT = Form(kind="text", high=10)
WORD = Form(kind="text", pattern="[a-z]+", hint="只能用小写字母。")
COLOUR = Form(kind="choice", options={"1": "red", "2": "blue"})
ANY = Form(kind="digits")

CASES = [
    (MOBILE, "", Fit.BLANK, "A telephone number, please.", "0/11"),
    (MOBILE, "138", Fit.SHORT, "8 more to come.", "3/11"),
    (MOBILE, "138 0013-80", Fit.SHORT, "2 more to come.", "9/11"),
    (MOBILE, "13800138000#", Fit.FITS, "That fits.", "11/11"),
    (MOBILE, "１３８００１３８０００＃", Fit.FITS, "That fits.", "11/11"),
    (MOBILE, "138001380000", Fit.WRONG, "That is 1 too many.", "12/11"),
    (MOBILE, "12800138000", Fit.WRONG, "That does not have the form that is wanted.", "11/11"),
    (MOBILE, "13x", Fit.WRONG, "Only digits fit here, with or without a +", "3/11"),
    (MOBILE, "*", Fit.FITS, "That fits.", ""),
    (MOBILE, "Operator ", Fit.FITS, "That fits.", ""),
    (PIN, " ", Fit.BLANK, "6 digits, please.", "0/6"),
    (PIN, "12 3", Fit.SHORT, "3 more to come.", "3/6"),
    (PIN, "12345a", Fit.WRONG, "Only digits fit here.", "6/6"),
    (CODE, "12", Fit.SHORT, "At least 3 characters, please.", "2/4"),
    (CODE, "12345", Fit.WRONG, "That is 1 too many.", "5/4"),
    (ANY, "", Fit.BLANK, "Digits, please.", ""),
    (ANY, "1" * 65, Fit.WRONG, "That is 1 too many.", ""),
    (AMOUNT, "", Fit.BLANK, "An amount, such as 12.50. It must be at least 10. It may be at most 500.", ""),
    (AMOUNT, "9.5", Fit.SHORT, "It must be at least 10.", ""),
    (AMOUNT, "￥", Fit.SHORT, "An amount, such as 12.50.", ""),
    (AMOUNT, "￥12.5元", Fit.FITS, "That fits.", ""),
    (AMOUNT, "501", Fit.WRONG, "It may be at most 500.", ""),
    (AMOUNT, "ten", Fit.WRONG, "An amount, such as 12.50.", ""),
    (NUMBER, "-", Fit.SHORT, "A number, such as 12 or 2.5.", ""),
    (NUMBER, "-3", Fit.WRONG, "It must be at least -2.5.", ""),
    (DATE, "2026-1", Fit.SHORT, "A date, such as 2026-10-01.", ""),
    (DATE, "2026年10月1日", Fit.FITS, "That fits.", ""),
    (DATE, "2026-02-30", Fit.WRONG, "There is no such day", ""),
    (DATE, "tomorrow", Fit.WRONG, "There is no such day", ""),
    (TEXT, "hello", Fit.FITS, "That fits.", "5/10"),
    (TEXT, "hello again", Fit.WRONG, "That is 1 too many.", "11/10"),
    (Form(kind="text"), "x" * 2001, Fit.WRONG, "That is 1 too many.", "2001/2000"),
    (WORD, "ABC", Fit.WRONG, "只能用小写字母。", "3/64"),
    (Form(kind="text", length=3), "", Fit.BLANK, "3 characters, please.", "0/3"),
    (COLOUR, "", Fit.BLANK, "One of 1, 2, please.", ""),
    (COLOUR, "bl", Fit.SHORT, "One of 1, 2, please.", ""),
    (COLOUR, "BLUE", Fit.FITS, "That fits.", ""),
    (COLOUR, "green", Fit.WRONG, "One of 1, 2, please.", ""),
    (Form(kind="date", length=3), "2026-10-01", Fit.WRONG, "That does not have the form", ""),
]


@pytest.mark.parametrize(("form", "entry", "fit", "words", "counted"), CASES)
def test_what_is_said(form: Form, entry: str, fit: Fit, words: str, counted: str) -> None:
    verdict = judge(form, entry)
    assert (verdict.fit, verdict.counted) == (fit, counted)
    assert verdict.words.en.startswith(words)
    assert verdict.words.zh
    assert verdict.fits == (fit is Fit.FITS)


def test_every_verdict_has_a_mark_of_its_own() -> None:
    assert set(MARKS) == set(Fit)
    assert len(set(MARKS.values())) == len(Fit)


@pytest.mark.parametrize(
    "form",
    [
        Form(),
        Form(kind="colour"),
        Form(kind="digits", pattern="(a*){100}b"),
        Form(kind="text", pattern="(a|a)*b"),
        Form(kind="text", pattern="["),
    ],
)
def test_what_cannot_be_judged_here(form: Form) -> None:
    assert not judgeable(form)


texts = st.text("abxyz019*#.?+-/ 年是\u0301\x1b", max_size=20)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
forms = st.builds(
    Form,
    kind=st.sampled_from(KINDS),
    low=numbers,
    high=numbers,
    length=st.integers(0, 2**53 - 1),
    pattern=st.sampled_from(["", "[ab]+", r"\d{3,}", "()", "a?"]),
    end_key=texts,
    options=st.dictionaries(texts, texts, max_size=3),
    also=st.lists(texts, max_size=3),
    hint=texts,
)


@given(forms, texts)
def test_any_house_may_ask_for_anything(form: Form, entry: str) -> None:
    assert judgeable(form)
    assert judge(form, entry).words.zh or form.hint == ""


@given(st.sampled_from([MOBILE, PIN, CODE, AMOUNT, NUMBER, DATE, TEXT, WORD, COLOUR]), st.text(min_size=12))
def test_nothing_of_an_entry_is_in_the_words(form: Form, entry: str) -> None:
    verdict = judge(form, entry)
    assert all(entry not in words for words in verdict.words)
