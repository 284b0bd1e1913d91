"""A form that asks for a secret and does not mask it: it would be logged, and shown to agents."""

import re
from collections.abc import Iterator

from callroom_menus.lint.findings import Found, found
from callroom_menus.lint.raw import table, text
from callroom_menus.lint.view import View

# Parts of a slot's name, and what a text asks for.
_NAMES = frozenset(
    {
        "password",
        "passwd",
        "passcode",
        "passphrase",
        "pwd",
        "pin",
        "cvv",
        "cvc",
        "cvn",
        "csc",
        "ssn",
        "secret",
        "otp",
        "token",
        "card",
        "iban",
        "passport",
        "mima",
    }
)
_JOINED = (
    "idcard",
    "idnumber",
    "idno",
    "cardno",
    "cardnumber",
    "creditcard",
    "bankcard",
    "smscode",
    "shenfenzheng",
    "yanzhengma",
)
_ASKED = re.compile(
    r"密码|口令|身份证|护照号|验证码|校验码|动态码|银行卡|信用卡|储蓄卡|卡号|安全码"
    r"|\b(?:password|passcode|passphrase|pin|cvv|cvc|one-time code|verification code|security code"
    r"|social security|id card|card number|credit card|passport number)\b",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def find(view: View) -> Iterator[Found]:
    """Each such form, by the slot's name or by what the node says."""
    for node in view.nodes.values():
        if node.verb != "ask":
            continue
        ask = table(node.table, "ask")
        slot = text(ask, "slot")
        if ask.get("mask") is not True and (_secret(slot) or _ASKED.search(text(node.table, "say"))):
            yield found("secret-unmasked", (*node.path, "ask"), slot=slot or node.name)


def _secret(slot: str) -> bool:
    parts = [part.lower() for part in _PARTS.findall(slot)]
    joined = "".join(parts)
    return (
        not _NAMES.isdisjoint(parts) or any(name in joined for name in _JOINED) or bool(_ASKED.search(slot))
    )
