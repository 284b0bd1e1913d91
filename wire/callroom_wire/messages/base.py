"""What every message of the framed protocol has in common: how it is tagged, and what a number may be."""

from typing import Annotated

import msgspec

PROTOCOL_VERSION = 1

FORMS = "forms"
"""A number in `Welcomed.limits`: above 0, the house tells the forms of its robot to whoever asks for them."""

MAX_NUMBER = 2**53 - 1
"""The greatest number on the wire: every JSON reader keeps it exactly (RFC 8259, section 6)."""

Number = Annotated[int, msgspec.Meta(ge=0, le=MAX_NUMBER)]


def _tag(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


class Message(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="type",
    tag=_tag,
    gc=False,
):
    """Anything that travels in a JSON frame."""


class Request(Message, frozen=True, gc=False):
    """What a client asks for; `ref` comes back in the answer."""

    ref: Number = 0
