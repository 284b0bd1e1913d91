"""Upper: any bytes in, the same UTF-8 text in upper case out, over TCP and UDP."""

import codecs

from callroom_server.protocols.lesson import Answer, Lab, Listen, Stream, Talk
from callroom_wire.address import Address

SCHEME = "upper"
OPTIONS: dict[str, str] = {}


class Upper(Stream):
    """Echoes text in upper case, however it was cut; bytes that are no UTF-8 come back as they are."""

    lesson = SCHEME

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        # What is no UTF-8 becomes lone surrogates, which have no upper case, and then bytes again (PEP 383).
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def taken(self, data: bytes) -> None:
        """Answers what is complete; at most three bytes of a character wait for the rest."""
        self.say(self._decoder.decode(data))

    def ended(self) -> None:
        """Answers what will not be completed any more."""
        self.say(self._decoder.decode(b"", final=True))
        super().ended()

    def say(self, text: str) -> None:
        """Sends it in upper case."""
        if text:
            self.transport.write(raised(text))


def raised(text: str) -> bytes:
    """The answer to a text."""
    return text.upper().encode("utf-8", "surrogateescape")


def over_stream(lab: Lab, address: Address) -> Talk:
    """What serves connections."""
    return lambda: Upper(lab)


def over_datagrams(lab: Lab, address: Address) -> Listen:
    """What answers datagrams: one for each, an empty one for an empty one.

    Upper case may be longer (`ß` becomes `SS`), at worst three times; what no datagram holds is cut.
    """

    def listen(data: bytes, peer: str, answer: Answer) -> None:
        answer(raised(data.decode("utf-8", "surrogateescape"))[: lab.limits.lab_datagram_bytes])

    return listen
