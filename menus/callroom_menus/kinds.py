"""What an `ask` can ask for: how an entry of each type is read into the value of its slot.

An entry is folded first (full width is half width). What is kept is the plain value: 12.50 of `￥12.5 元`,
2026-10-01 of `2026年10月1日`, +8613800138000 of `+86 138-0013-8000`, the key of a choice.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from unicodedata import normalize

import msgspec

from callroom_menus.events import Option
from callroom_menus.folding import fold
from callroom_menus.patterns import MAX_ENTRY
from callroom_menus.values import clean

MAX_TEXT = 2000  # the most that `max` of a text may be; without `max` it is DEFAULT_TEXT
DEFAULT_TEXT = 500

_DIGITS = re.compile(r"[0-9]{1,64}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?", re.ASCII)
_AMOUNT = re.compile(r"[¥$€£]?\s*([0-9]{1,12}(?:\.[0-9]{1,2})?)\s*(?:元|块|块钱|圆|yuan|cny|rmb)?")
_DATE = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?|(\d{4})(\d{2})(\d{2})", re.ASCII)
_PHONE = re.compile(r"\+?[0-9]{3,15}", re.ASCII)  # E.164: at most 15 digits
_PHONE_SIGNS = str.maketrans("", "", " -().")


class Slot(msgspec.Struct, frozen=True, gc=False):
    """What is asked for. `low` and `high` bound the value of a number or amount, else the length."""

    name: str
    type: str
    pattern: re.Pattern[str] | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    length: int | None = None
    end_key: str = ""
    mask: bool = False
    options: tuple[Option, ...] = ()

    def read(self, entry: str) -> str | None:
        """The value in this entry; None if there is none."""
        if self.type == "text":
            value = clean(entry)
            if not value or len(entry) > MAX_TEXT:
                return None
        else:
            entry = entry.strip()
            if self.end_key:
                entry = normalize("NFKC", entry[: MAX_ENTRY + 2]).removesuffix(self.end_key)
            if not entry or len(entry) > MAX_ENTRY:
                return None
            if self.type == "choice":
                return self._chosen(fold(entry))
            value = TYPES[self.type](fold(entry))
            if value is None:
                return None
        return value if self._fits(value) else None

    def _chosen(self, entry: str) -> str | None:
        for option in self.options:
            if entry in (option.key, fold(option.label)):
                return option.key
        return None

    def _fits(self, value: str) -> bool:
        size = Decimal(value) if self.type in ("number", "amount") else Decimal(len(value))
        if self.low is not None and size < self.low:
            return False
        if self.high is not None and size > self.high:
            return False
        if self.length is not None and len(value) != self.length:
            return False
        return self.pattern is None or (len(value) <= MAX_ENTRY and self.pattern.fullmatch(value) is not None)

    @property
    def hidden(self) -> bool:
        """Whether it is not even shown while it is typed: a phone number is, so that it can be checked."""
        return self.mask and self.type != "phone"


def _digits(entry: str) -> str | None:
    entry = entry.replace(" ", "")
    return entry if _DIGITS.fullmatch(entry) else None


def _number(entry: str) -> str | None:
    return entry if _NUMBER.fullmatch(entry) else None


def _amount(entry: str) -> str | None:
    match = _AMOUNT.fullmatch(entry)
    return None if match is None else str(Decimal(match[1]).quantize(Decimal("0.01")))


def _date(entry: str) -> str | None:
    match = _DATE.fullmatch(entry)
    if match is None:
        return None
    year, month, day = [int(part) for part in match.groups() if part is not None]
    try:
        return date(year, month, day).isoformat()
    except ValueError:  # the thirtieth of February
        return None


def _phone(entry: str) -> str | None:
    entry = entry.translate(_PHONE_SIGNS)
    return entry if _PHONE.fullmatch(entry) else None


# How a folded entry is read; `text` and `choice` are read by the slot itself.
TYPES: dict[str, Callable[[str], str | None]] = {
    "digits": _digits,
    "number": _number,
    "date": _date,
    "phone": _phone,
    "amount": _amount,
}
KINDS = (*TYPES, "text", "choice")
