"""What is said of an entry while it is typed: that it fits, that more is wanted, or what is wrong in words.

`reading` decides whether an entry fits; here is only told why it does not. Nothing that was typed is ever in
these words: it may be a secret.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from enum import Enum
from itertools import islice
from typing import NamedTuple
from unicodedata import normalize

from callroom_forms.cleaning import clean
from callroom_forms.folding import fold
from callroom_forms.form import Form
from callroom_forms.kinds import BY_VALUE, MAX_DIGITS, MAX_PHONE, MIN_PHONE, TYPES, bare_phone
from callroom_forms.patterns import MAX_ENTRY, lengths
from callroom_forms.reading import MAX_TEXT, bare, value_of
from callroom_words.words import Lang, Words


class Fit(Enum):
    """How far an entry is."""

    BLANK = "blank"
    FITS = "fits"
    SHORT = "short"
    """It may become right by what is typed next."""
    WRONG = "wrong"


class Verdict(NamedTuple):
    """How far an entry is, and why it does not fit; of a blank one, what is wanted.

    `typed` of at most `most` characters are there; `most` is 0 where characters are not counted.
    """

    fit: Fit
    words: Words
    typed: int = 0
    most: int = 0

    @property
    def fits(self) -> bool:
        """Whether the house takes it."""
        return self.fit is Fit.FITS

    def say(self, lang: Lang) -> str:
        """The mark, the count and the words, for a row of its own."""
        return " ".join(filter(None, (MARKS[self.fit], self.counted, self.words.say(lang))))

    @property
    def counted(self) -> str:
        """How much is typed of what may be: `3/11`; empty where that is not counted."""
        return f"{self.typed}/{self.most}" if self.most else ""


MARKS = {Fit.BLANK: "·", Fit.FITS: "✓", Fit.SHORT: "…", Fit.WRONG: "✗"}
"""How far it is, for those who see no colours."""

FITS = Words("That fits.", "可以提交。")
DIGITS = Words("Digits, please.", "请输入数字。")
EXACTLY = Words("{count} characters, please.", "请输入 {count} 位。")
EXACT_DIGITS = Words("{count} digits, please.", "请输入 {count} 位数字。")
A_NUMBER = Words("A number, such as 12 or 2.5.", "请输入一个数，如 12 或 2.5。")
AN_AMOUNT = Words("An amount, such as 12.50.", "请输入金额，如 12.50。")
A_DATE = Words("A date, such as 2026-10-01.", "请输入日期，如 2026-10-01。")
A_PHONE = Words("A telephone number, please.", "请输入电话号码。")
A_TEXT = Words("A text, please.", "请输入文字。")
CHOICE = Words("One of {keys}, please.", "请输入 {keys} 之一。")
ONLY_DIGITS = Words("Only digits fit here.", "这里只能输入数字。")
PHONE_ONLY = Words("Only digits fit here, with or without a + in front.", "这里只能输入数字，前面可以加 +。")
NO_DATE = Words("There is no such day; a date is written 2026-10-01.", "没有这一天；日期写作 2026-10-01。")
MORE = Words("{count} more to come.", "还差 {count} 位。")
AT_LEAST_LONG = Words("At least {count} characters, please.", "至少输入 {count} 位。")
TOO_LONG = Words("That is {count} too many.", "多了 {count} 位。")
AT_LEAST = Words("It must be at least {low}.", "不能小于 {low}。")
AT_MOST = Words("It may be at most {high}.", "不能大于 {high}。")
NOT_SO = Words("That does not have the form that is wanted.", "格式不符合要求。")

KEYS_NAMED = 9
"""Keys of a choice that are named; the others stand beside, with their labels."""

_ALL_DIGITS = re.compile(r"[0-9 ]*", re.ASCII)
_ALL_PHONE = re.compile(r"\+?[0-9]*", re.ASCII)
_PART_OF_DATE = re.compile(r"[0-9年月日/.-]*", re.ASCII)
_PART_OF_NUMBER = re.compile(r"-?(?:[0-9]+\.?)?", re.ASCII)
_PART_OF_AMOUNT = re.compile(r"[¥$€£]?\s*(?:[0-9]+\.?)?", re.ASCII)
_DATE_DIGITS = 8


def judge(form: Form, entry: str) -> Verdict:
    """How far an entry is for a form that is `judgeable`."""
    if not entry.strip():
        return Verdict(Fit.BLANK, wanted(form), 0, _most(form))
    typed = _typed(form, entry)
    most = _most(form)
    if fold(entry) in form.also:
        return Verdict(Fit.FITS, FITS)
    if value_of(form, entry) is not None:
        return Verdict(Fit.FITS, FITS, typed, most)
    fit, words = _why(form, fold(bare(form, entry)), typed)
    return Verdict(fit, words, typed, most)


def wanted(form: Form) -> Words:
    """What the form asks for, in a few words."""
    least, most = _bounds(form)
    match form.kind:
        case "digits":
            return EXACT_DIGITS.fill(count=most) if least == most else DIGITS
        case "choice":
            return one_of(form.options)
        case "date":
            return A_DATE
        case "number" | "amount":
            plain = A_NUMBER if form.kind == "number" else AN_AMOUNT
            return _joined(plain, *_limits(form))
        case "phone":
            return A_PHONE
        case _:
            return EXACTLY.fill(count=most) if least == most else A_TEXT


def one_of(keys: Iterable[str]) -> Words:
    """That one of a few keys is wanted; the first of them are named."""
    named = list(islice(keys, KEYS_NAMED))
    return CHOICE.fill(keys=Words(", ".join(named), "、".join(named)))


def _why(form: Form, entry: str, typed: int) -> tuple[Fit, Words]:
    """Why a folded entry has no value that fits."""
    match form.kind:
        case "digits" if not _ALL_DIGITS.fullmatch(entry):
            return Fit.WRONG, ONLY_DIGITS
        case "phone" if not _ALL_PHONE.fullmatch(bare_phone(entry)):
            return Fit.WRONG, PHONE_ONLY
        case "choice":
            begun = any(fold(one).startswith(entry) for pair in form.options.items() for one in pair)
            return (Fit.SHORT if begun else Fit.WRONG), wanted(form)
        case "date" if TYPES["date"](entry) is None:
            part = _PART_OF_DATE.fullmatch(entry) and sum(map(str.isdigit, entry)) < _DATE_DIGITS
            return (Fit.SHORT, A_DATE) if part else (Fit.WRONG, NO_DATE)
        case "date":
            return Fit.WRONG, _not_so(form)
        case "number" | "amount":
            return _of_value(form, entry)
        case _:
            return _of_length(form, typed)


def _of_value(form: Form, entry: str) -> tuple[Fit, Words]:
    value = TYPES[form.kind](entry)
    if value is None:
        part = _PART_OF_NUMBER if form.kind == "number" else _PART_OF_AMOUNT
        plain = A_NUMBER if form.kind == "number" else AN_AMOUNT
        return (Fit.SHORT if part.fullmatch(entry) else Fit.WRONG), plain
    size = Decimal(value)
    if form.low is not None and size < Decimal(str(form.low)):
        return (Fit.SHORT if size >= 0 else Fit.WRONG), AT_LEAST.fill(low=_shown(form.low))
    if form.high is not None and size > Decimal(str(form.high)):
        return Fit.WRONG, AT_MOST.fill(high=_shown(form.high))
    return Fit.WRONG, _not_so(form)


def _of_length(form: Form, typed: int) -> tuple[Fit, Words]:
    least, most = _bounds(form)
    if typed < least:
        return Fit.SHORT, (
            MORE.fill(count=least - typed) if least == most else AT_LEAST_LONG.fill(count=least)
        )
    if typed > most:
        return Fit.WRONG, TOO_LONG.fill(count=typed - most)
    return Fit.WRONG, _not_so(form)


def _not_so(form: Form) -> Words:
    """What the menu itself says of what does not fit, in the caller's language; else that it does not."""
    return Words(form.hint, form.hint) if form.hint else NOT_SO


def _limits(form: Form) -> list[Words]:
    low = [] if form.low is None else [AT_LEAST.fill(low=_shown(form.low))]
    return low if form.high is None else [*low, AT_MOST.fill(high=_shown(form.high))]


def _joined(*parts: Words) -> Words:
    return Words(" ".join(part.en for part in parts), "".join(part.zh for part in parts))


def _shown(number: float) -> str:
    return f"{number:.0f}" if number == int(number) else f"{number}"


# --- how long ----------------------------------------------------------------------------------------------


def _typed(form: Form, entry: str) -> int:
    """How many characters of an entry count."""
    if form.kind == "text":
        return len(clean(entry)) if len(entry) <= MAX_TEXT else len(entry)
    entry = normalize("NFKC", bare(form, entry)).strip()
    if form.kind == "phone":
        return len(bare_phone(entry))
    return len(entry.replace(" ", "") if form.kind == "digits" else entry)


def _most(form: Form) -> int:
    """How many characters may be typed, where that means something."""
    if form.kind not in ("digits", "phone", "text"):
        return 0
    most = _bounds(form)[1]
    own = {"digits": MAX_DIGITS, "phone": MAX_PHONE + 1}.get(form.kind, 0)
    return 0 if most == own else most  # nobody counts up to what is only there for safety


def _bounds(form: Form) -> tuple[int, int]:
    """The fewest and the most characters of a value, as far as it is length that decides."""
    least, most = {"digits": (1, MAX_DIGITS), "phone": (MIN_PHONE, MAX_PHONE + 1)}.get(
        form.kind, (1, MAX_TEXT)
    )
    if form.low is not None and form.kind not in BY_VALUE:
        least = max(least, _whole(form.low))
    if form.high is not None and form.kind not in BY_VALUE:
        most = min(most, int(form.high))
    if form.length:
        least = most = form.length
    if form.pattern:
        shortest, longest = lengths(form.pattern)
        least = max(least, shortest)
        most = min(most, longest, MAX_ENTRY)
    return least, most


def _whole(low: float) -> int:
    return int(low) + (low > int(low))
