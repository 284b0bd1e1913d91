"""The text protocol of the `udp://` door, for both sides: a greeting, a cookie, and numbered entries.

    to the house                         from the house
    hello callroom over udp              cookie KTDG-MVJZ-Q2XB
    KTDG-MVJZ-Q2XB                       what the robot says when a call begins, or says again
    KTDG-MVJZ-Q2XB 1                     what the robot says to the entry 1
    KTDG-MVJZ-Q2XB [7] 1                 [7] what the robot says to the entry 1

Lines end in LF, or not at all; everything is UTF-8. No reply has the form of anything that is sent to the
house, except for a text of the robot's with a cookie of the other end in front, which it cannot know: so two
houses, whose addresses somebody forges, have nothing to say to one another.
"""

import re

import msgspec

GREETING = "hello callroom over udp"
"""What opens the conversation. Whatever begins with `hello` does, but what is too short gets no cookie."""

COOKIE = re.compile(r"[A-Za-z2-7]{4}(?:-[A-Za-z2-7]{4}){2}")
"""60 bits in base 32 (RFC 4648): what a person can type, and nobody guess within its two minutes."""

COOKIE_BYTES = len("cookie KTDG-MVJZ-Q2XB\n")
"""A greeting must be as long as its answer: else a forged address would be sent more than the forger sent."""

TOO_SHORT = b"long?\n"
"""What a shorter greeting gets, as much of it as the greeting is long."""

HIGHEST_NUMBER = 999_999_999

_GREETED = re.compile(rb"hello(?![a-z])", re.IGNORECASE)
_REQUEST = re.compile(rb"(" + COOKIE.pattern.encode() + rb")(?![^ \r\n])(.*)", re.DOTALL)
_NUMBERED = re.compile(r"\[(\d{1,9})\] ?", re.ASCII)


class Greeted(msgspec.Struct, frozen=True):
    """Somebody asks for a cookie, in so many bytes."""

    size: int


class Asked(msgspec.Struct, frozen=True):
    """Somebody with a cookie, good or bad, enters `entry`, which is None if it is no UTF-8."""

    cookie: str
    number: int | None
    entry: str | None


class Given(msgspec.Struct, frozen=True):
    """The house gives a cookie."""

    cookie: str


class Answered(msgspec.Struct, frozen=True):
    """The house answers the entry of this number, if it had one."""

    number: int | None
    text: str


def read_request(data: bytes) -> Greeted | Asked | None:
    """What a datagram to the house asks for; None is for what gets no answer."""
    if _GREETED.match(data):
        return Greeted(len(data))
    found = _REQUEST.fullmatch(data)
    if found is None:
        return None
    cookie = found[1].decode("ascii").upper()
    try:
        entry = found[2].decode().strip()
    except UnicodeDecodeError:
        return Asked(cookie, None, None)
    numbered = _NUMBERED.match(entry)
    if numbered is None:
        return Asked(cookie, None, entry)
    return Asked(cookie, int(numbered[1]), entry[numbered.end() :])


def request(cookie: str, number: int | None, entry: str) -> bytes:
    """An entry as a datagram; an empty one begins a call, or lets the robot say again where the caller is."""
    entry = entry.strip()
    parts = [cookie, *([] if number is None else [f"[{number}]"]), *([entry] if entry else [])]
    return f"{' '.join(parts)}\n".encode()


def give(cookie: str) -> bytes:
    """A cookie as a datagram of `COOKIE_BYTES`."""
    return f"cookie {cookie}\n".encode("ascii")


def answer(number: int | None, text: str, limit: int) -> bytes:
    """An answer as a datagram of at most `limit` bytes; what does not fit is cut, and "…" says so."""
    data = (text if number is None else f"[{number}] {text}").encode()
    if len(data) >= limit:
        mark = "…".encode()
        data = data[: limit - len(mark) - 1].decode(errors="ignore").encode() + mark
    return data + b"\n"


def read_reply(data: bytes) -> Given | Answered:
    """What a datagram from the house says; what is no UTF-8 in it is replaced."""
    text = data.decode(errors="replace").removesuffix("\n")
    word, _, cookie = text.partition(" ")
    if word == "cookie" and COOKIE.fullmatch(cookie):
        return Given(cookie)
    numbered = _NUMBERED.match(text)
    if numbered is None:
        return Answered(None, text)
    return Answered(int(numbered[1]), text[numbered.end() :])
