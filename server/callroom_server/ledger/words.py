"""What is searched in a text: words of scripts with spaces, and any substring of scripts without."""

import re
import unicodedata
from itertools import pairwise

import msgspec

# Scripts written without spaces between words (https://www.unicode.org/Public/UNIDATA/Scripts.txt): Han with
# its radicals and extensions, kana, Bopomofo, Hangul (which has spaces, but inflects), Thai, Lao, Burmese,
# Khmer; and pictures.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b"
    "\u3041-\u30ff\u3105-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7ff\uf900-\ufaff"
    "\u2600-\u27bf\U0001f300-\U0001faff\U00020000-\U0003ffff"
)
_PART = re.compile(f"([{_UNSPACED}]+)|[^\\W_{_UNSPACED}]+")


class Parts(msgspec.Struct, frozen=True):
    """A text taken apart: its words, and its unbroken runs of a script without spaces."""

    words: frozenset[str]
    runs: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.words or self.runs)


class _Event(msgspec.Struct):
    """The part of an event that search looks at."""

    type: str = ""
    text: str = ""


_decode_event = msgspec.json.Decoder(_Event).decode
_SEARCHED_TYPES = frozenset(("said", "topic"))
SEARCHED_STREAMS = ("room/", "dm/")


def searchable_text(stream: str, event: bytes) -> str:
    """The text of an event that search may find, or nothing: what was said, and topics."""
    if not stream.startswith(SEARCHED_STREAMS):
        return ""
    try:
        decoded = _decode_event(event)
    except msgspec.DecodeError:
        return ""  # some other kind of event: the ledger does not say what an event is
    return decoded.text if decoded.type in _SEARCHED_TYPES else ""


def parts(text: str) -> Parts:
    """Takes a text apart. Width and case of letters make no difference (NFKC and case folding)."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    words: set[str] = set()
    runs: list[str] = []
    for found in _PART.finditer(folded):
        if found[1] is None:
            words.add(found[0])
        else:
            runs.append(found[0])
    return Parts(frozenset(words), tuple(runs))


def matches(text: str, wanted: Parts) -> bool:
    """Whether a text holds every wanted word, and every wanted run as a part of one of its own."""
    have = parts(text)
    return wanted.words <= have.words and all(any(run in mine for mine in have.runs) for run in wanted.runs)


def tokens_of_text(text: str) -> set[str]:
    """The tokens under which a text is indexed: its words, and each character and each pair of its runs."""
    have = parts(text)
    tokens = set(have.words)
    for run in have.runs:
        tokens.update(run)
        tokens.update(map("".join, pairwise(run)))
    return tokens


def tokens_of_query(wanted: Parts) -> set[str]:
    """The tokens that every match has; not everything that has them is a match (`matches` decides)."""
    tokens = set(wanted.words)
    for run in wanted.runs:
        tokens.update(map("".join, pairwise(run)) if len(run) > 1 else run)
    return tokens
