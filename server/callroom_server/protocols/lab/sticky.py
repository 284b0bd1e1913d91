"""Sticky packets: the server reads with a 5-byte buffer and shows what each `recv` got; framing is the cure.

sticky://           one line for each recv: hello, world, egon sent apart arrive joined and cut
sticky+framed://    the same messages with 4 bytes of length before each: one line for each message
"""

import struct

from callroom_server.protocols.lesson import Lab, Stream, Talk
from callroom_wire.address import Address

SCHEME = "sticky"
FRAMED = "sticky+framed"
OPTIONS: dict[str, str] = {}

HEADER = struct.Struct("i")
"""As the tutorial packs a length: `struct.pack('i', n)`, the machine's own int."""


class Sticky(Stream):
    """Answers each recv with a line of what it got. The listener gives its transport the small buffer."""

    lesson = SCHEME

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self._left = lab.limits.lab_sticky_bytes

    def taken(self, data: bytes) -> None:
        """One recv."""
        self._left -= len(data)
        if self._left < 0:
            self.transport.write(b"[enough]\n")
            self.transport.close("lab_sticky_bytes")
            return
        self.transport.write(shown(data) + b"\n")


class Framed(Stream):
    """Answers each message with a line of it, however the bytes were cut."""

    lesson = FRAMED

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self._held = bytearray()

    def taken(self, data: bytes) -> None:
        """Takes the messages that are complete; the length is looked at before anything is kept for it."""
        held = self._held
        held += data
        lines: list[bytes] = []
        limit = self.lab.limits.lab_message_bytes
        at = 0
        while len(held) - at >= HEADER.size:
            (length,) = HEADER.unpack_from(held, at)
            if not 0 <= length <= limit:
                lines.append(b"[a length of %d: 0 to %d is possible]\n" % (length, limit))
                self.transport.write(b"".join(lines))
                self.transport.close("lab_message_bytes")
                held.clear()
                return
            if len(held) - at - HEADER.size < length:
                break
            at += HEADER.size
            lines.append(shown(held[at : at + length]) + b"\n")
            at += length
        del held[:at]
        if lines:
            self.transport.write(b"".join(lines))


def shown(data: bytes | bytearray) -> bytes:
    """Bytes in one line: what is no text, or would end the line, is escaped as Python writes it."""
    text = data.decode("utf-8", "backslashreplace")
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text).encode()


def over_stream(lab: Lab, address: Address) -> Talk:
    """What serves connections."""
    if address.scheme.startswith(FRAMED):
        return lambda: Framed(lab)
    return lambda: Sticky(lab)
