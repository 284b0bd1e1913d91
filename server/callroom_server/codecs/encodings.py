"""The encodings a text door speaks: bad bytes are told and never replaced; what cannot be shown is named."""

import codecs
import re
import unicodedata

import msgspec

ENCODINGS = ("utf-8", "gbk", "gb18030")
DEFAULT_ENCODING = "utf-8"

_ALSO = {
    "utf8": "utf-8",
    "unicode": "utf-8",
    "65001": "utf-8",
    "cp936": "gbk",
    "936": "gbk",
    "gb2312": "gbk",
    "gb": "gbk",
    "54936": "gb18030",
}


class Unreadable(msgspec.Struct, frozen=True, gc=False):
    """Bytes that are no text in the encoding in force; the line they are in is refused."""

    reason: str


def find_encoding(name: str) -> str | None:
    """The encoding a person means by `name` (`GBK`, `cp936`, `utf8` ...), or None."""
    name = name.strip().lower().replace("_", "-")
    name = _ALSO.get(name, name)
    return name if name in ENCODINGS else None


def decode(data: bytes, encoding: str) -> str | Unreadable:
    """Complete text, or what is wrong with it."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        return Unreadable(f"{error.reason} at byte {error.start + 1}")


def breaks_off(data: bytes, encoding: str) -> bool:
    """Whether this ends in the middle of a character."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        decoder.decode(data)
    except UnicodeDecodeError:
        return False
    return bool(decoder.getstate()[0])


def encode(text: str, encoding: str) -> bytes:
    """Text for the wire; a character that the encoding lacks becomes `[U+1F600]`."""
    return text.encode(encoding, _NAMED)


class Decoder:
    """Text out of a byte stream as it is typed: a character may come in pieces.

    After bad bytes the rest of their line is skipped, up to its ending: the line is refused anyway.
    """

    __slots__ = ("_decoder", "_encoding", "_skipping")

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._skipping = False

    def feed(self, data: bytes) -> list[str | Unreadable]:
        """The text that has become complete, with an `Unreadable` wherever bytes were skipped."""
        held = self._decoder.getstate()[0]
        if not self._skipping:
            try:
                text = self._decoder.decode(data)
            except UnicodeDecodeError:
                self._decoder.reset()
            else:
                return [text] if text else []
        found: list[str | Unreadable] = []
        for line in (held + data).splitlines(keepends=True):
            self._feed_line(line, found)
        return found

    def _feed_line(self, line: bytes, found: list[str | Unreadable]) -> None:
        if not self._skipping:
            try:
                text = self._decoder.decode(line)
            except UnicodeDecodeError as error:
                self._decoder.reset()
                if before := line[: error.start].decode(self._encoding):
                    found.append(before)
                found.append(Unreadable(f"{error.reason} at byte {error.start + 1}"))
                self._skipping = True
            else:
                if text:
                    found.append(text)
                return
        if ending := _ENDING.search(line):
            self._skipping = False
            found.append(ending.group().decode("ascii"))


def fold_digits(text: str) -> str:
    """Digits, `#` and `*` of any width as their ASCII twins (NFKC); nothing else is touched.

    Apply it after decoding: a four-byte character of GB18030 holds ASCII digits among its bytes.
    """
    if text.isascii():
        return text
    return "".join(_folded(letter) for letter in text)


def _folded(letter: str) -> str:
    if letter.isascii():
        return letter
    plain = unicodedata.normalize("NFKC", letter)
    return plain if plain in _KEYS else letter


def _named(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError), error
    lacking = error.object[error.start : error.end]
    return "".join(f"[U+{ord(letter):04X}]" for letter in lacking), error.end


_KEYS = frozenset("0123456789#*")
_NAMED = "callroom.named"
_ENDING = re.compile(rb"[\r\n]+")
codecs.register_error(_NAMED, _named)
