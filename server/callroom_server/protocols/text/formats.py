"""How a text door writes a log entry: one object for each way of reading, so an entry is encoded once."""

from functools import cache

import msgspec

from callroom_server.codecs.encodings import encode
from callroom_server.core.events import direct_parts
from callroom_wire.rendering import said, told, topic_set


class _Event(msgspec.Struct, frozen=True, gc=False):
    type: str
    by: str = ""
    at: int = 0
    text: str = ""


_decode = msgspec.json.Decoder(_Event).decode


class TextFormat:
    """Entries as lines, in one language and one encoding; `plain` for screen readers, without brackets."""

    __slots__ = ("encoding", "lang", "plain")

    def __init__(self, lang: str, encoding: str, plain: bool) -> None:
        self.lang = lang
        self.encoding = encoding
        self.plain = plain

    def encode(self, place: str, seq: int, event: bytes) -> bytes:
        """One entry as a line, or more if it has more, each with its ending."""
        entry = _decode(event)
        if place.startswith("@"):
            line = told(direct_parts(place)[1], entry.by, entry.text, self.plain)
        elif entry.type == "topic":
            line = topic_set(self.lang, place, entry.by, entry.text, self.plain)
        else:
            line = said(place, entry.by, entry.text, self.plain)
        return wire(line + "\n", self.encoding)


@cache
def text_format(lang: str, encoding: str, plain: bool) -> TextFormat:
    """The one format for this way of reading."""
    return TextFormat(lang, encoding, plain)


def wire(text: str, encoding: str) -> bytes:
    """Text as it goes out: a line ends in CR LF, for a raw terminal and as RFC 854 asks."""
    return encode(text.replace("\n", "\r\n"), encoding)
