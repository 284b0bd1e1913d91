"""A form as it is told: what is asked for, as kind and limits, and what may be entered besides."""

from typing import Annotated

import msgspec

from callroom_forms.kinds import KINDS
from callroom_forms.patterns import BadPattern, compiled


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What the robot asks for in a `Prompted`, so that an entry can be judged while it is typed.

    `kind`: digits, number, date, text, choice, phone or amount. `low` and `high` bound the value of a number
    or amount, else the length; `length` is an exact one (0: none). `pattern` is a regular expression for the
    whole value, of the part that `callroom_forms.patterns` takes. `end_key` may end an entry. `options` are
    the keys of a choice and their labels. `also`: what is taken besides, though it is no value (compared
    without regard to case and width). `hint`: what the menu says of an entry that does not fit.
    """

    kind: str = ""
    low: float | None = None
    high: float | None = None
    length: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)] = 0
    pattern: str = ""
    end_key: str = ""
    options: dict[str, str] = {}
    also: list[str] = []
    hint: str = ""


def judgeable(form: Form) -> bool:
    """Whether it can be judged here. If not, it is of a house that is newer, or up to no good."""
    if form.kind not in KINDS:
        return False
    try:
        compiled(form.pattern)
    except BadPattern:
        return False
    return True
