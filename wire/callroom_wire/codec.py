"""Bodies of frames to messages and back: JSON for messages, a small binary head for chunks of a file."""

from struct import Struct

import msgspec

from callroom_wire.errors import BadFrame, BadMessage, BadText
from callroom_wire.frames import MAX_FRAME, frame
from callroom_wire.messages import ClientMessage, ServerMessage
from callroom_wire.text import clean


class Chunk(msgspec.Struct, frozen=True, gc=False):
    """A piece of a file: of which transfer (32 bits), where in the file (64 bits), and the bytes."""

    transfer: int
    offset: int
    data: bytes


CHUNK = b"\x01"
_HEAD = Struct(">cIQ")
_QUOTED = 200  # characters of a fault's description, which repeats what the peer sent

_requests: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
_replies: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)
_to_json = msgspec.json.Encoder().encode


def decode_request(body: bytes) -> ClientMessage | Chunk:
    """Reads what a client sent.

    Raises:
        BadMessage: the JSON is malformed, or not one of `ClientMessage`; the path of the field is named.
        BadText: a text is not UTF-8, or has half of a surrogate pair.
        BadFrame: the body is neither a JSON object nor a chunk.
    """
    if body[:1] != b"{":
        return _chunk(body)
    try:
        return _requests.decode(body)
    except (ValueError, RecursionError) as fault:
        raise _named(fault) from fault


def decode_reply(body: bytes) -> ServerMessage | Chunk:
    """Reads what a server sent; raises as `decode_request`."""
    if body[:1] != b"{":
        return _chunk(body)
    try:
        return _replies.decode(body)
    except (ValueError, RecursionError) as fault:
        raise _named(fault) from fault


def encode(message: ClientMessage | ServerMessage | Chunk) -> bytes:
    """Writes a message as a whole frame.

    Raises:
        ValueError: the frame would be longer than `MAX_FRAME`, so nobody could read it: cut the page smaller.
        UnicodeEncodeError: a text holds half of a surrogate pair. (It is a ValueError, too.)
    """
    if isinstance(message, Chunk):
        body = _HEAD.pack(CHUNK, message.transfer, message.offset) + message.data
    else:
        body = _to_json(message)
    if len(body) > MAX_FRAME:
        raise ValueError(
            f"a {type(message).__name__} of {len(body)} bytes does not fit in a frame of {MAX_FRAME}"
        )
    return frame(body)


def _chunk(body: bytes) -> Chunk:
    if body[:1] != CHUNK:
        raise BadFrame(f"A body begins with {body[:1].hex() or 'nothing'}, which is neither '{{' nor 01.")
    if len(body) < _HEAD.size:
        raise BadFrame(f"A chunk of {len(body)} bytes is shorter than its head of {_HEAD.size}.")
    _, transfer, offset = _HEAD.unpack_from(body)
    return Chunk(transfer, offset, body[_HEAD.size :])


def _named(fault: ValueError | RecursionError) -> BadMessage | BadText:
    if isinstance(fault, RecursionError):
        return BadMessage("The JSON is nested too deeply.")
    if isinstance(fault, UnicodeDecodeError):
        return BadText(f"A text is not valid UTF-8: {fault.reason}.")
    if "surrogate" in str(fault):
        return BadText("A text has half of a surrogate pair.")
    return BadMessage(f"{clean(str(fault)[:_QUOTED])}.")
