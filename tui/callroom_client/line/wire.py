"""Frames as they pass, for `/wire on`: their length, their JSON, their pieces; secrets masked. Pure."""

import msgspec

from callroom_client.events import FramePassed
from callroom_client.model import SECRET, Model
from callroom_wire.text import clean

HEADER_BYTES = 4
SHOWN = 400
"""Characters of a frame's body."""


class _Body(msgspec.Struct):
    type: str = ""
    ref: int = 0
    token: str = ""
    text: str = ""


_decode = msgspec.json.Decoder(_Body).decode
_generic = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def frame_row(event: FramePassed, model: Model) -> str:
    """A frame as one harmless line."""
    body = event.data[HEADER_BYTES:]
    arrow = "->" if event.outgoing else "<-"
    pieces = "+".join(f"{size}@{number}" for number, size in event.pieces)
    header = event.data[:HEADER_BYTES].hex(" ")
    shown = masked(body, model).decode("utf-8", "backslashreplace")
    more = f" ... ({len(shown)})" if len(shown) > SHOWN else ""
    return clean(f"{arrow} {header} | {shown[:SHOWN]}{more} | {pieces}")


def masked(body: bytes, model: Model) -> bytes:
    """The JSON of a frame without what nobody should see: tokens, and what was typed in secret."""
    try:
        known = _decode(body)
        secret = known.type == "press" and known.ref in model.secret_refs
        if not known.token and not secret:
            return body
        fields = _generic(body)
    except msgspec.MsgspecError:
        return body
    hidden = msgspec.Raw(msgspec.json.encode(SECRET))
    if known.token:
        fields["token"] = hidden
    if secret:
        fields["text"] = hidden
    return msgspec.json.encode(fields)
