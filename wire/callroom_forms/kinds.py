"""How an entry of each kind is read into its value.

An entry is folded first (full width is half width). What is kept is the plain value: 12.50 of `￥12.5 元`,
2026-10-01 of `2026年10月1日`, +8613800138000 of `+86 138-0013-8000`, the key of a choice.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

MAX_DIGITS = 64
MIN_PHONE, MAX_PHONE = 3, 15
"""Digits of a telephone number: E.164 has at most 15."""

_DIGITS = re.compile(rf"[0-9]{{1,{MAX_DIGITS}}}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?", re.ASCII)
_AMOUNT = re.compile(r"[¥$€£]?\s*([0-9]{1,12}(?:\.[0-9]{1,2})?)\s*(?:元|块|块钱|圆|yuan|cny|rmb)?")
_DATE = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?|(\d{4})(\d{2})(\d{2})", re.ASCII)
_PHONE = re.compile(rf"\+?[0-9]{{{MIN_PHONE},{MAX_PHONE}}}", re.ASCII)
_NO_SIGNS = str.maketrans("", "", " -().")


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


def bare_phone(entry: str) -> str:
    """A telephone number without what only makes it easier to read."""
    return entry.translate(_NO_SIGNS)


def _phone(entry: str) -> str | None:
    entry = bare_phone(entry)
    return entry if _PHONE.fullmatch(entry) else None


TYPES: dict[str, Callable[[str], str | None]] = {
    "digits": _digits,
    "number": _number,
    "date": _date,
    "phone": _phone,
    "amount": _amount,
}
"""How a folded entry is read; `text` and `choice` need the form itself."""

KINDS = (*TYPES, "text", "choice")
BY_VALUE = ("number", "amount")
"""Kinds of which `low` and `high` bound the value, and not the length."""
