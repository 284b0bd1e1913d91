"""Names of people and rooms: how they are written, when two are the same, and when two look the same.

A name is letters and digits of one alphabet (Chinese, Japanese and Korean go with Latin), and `_ - .` within:
what PRECIS lets a user name be (RFC 8265 section 3), without the ASCII signs that mean something in commands,
mixed no more than UTS #39 section 5.2 calls highly restrictive, and not a name of another alphabet of which
every letter looks Latin (UTS #39 section 4.1, whole-script confusable). Three forms are made of it:

- `canonical`: the form that is shown; full-width letters become narrow, NFC.
- `key`: the form in which two names are the same name; lower case.
- `skeleton`: the form in which two names look alike (UTS #39 section 4); to be compared, never shown. Names
  with the same key have the same skeleton: whoever keeps skeletons apart keeps names apart.
"""

import re
import unicodedata
from bisect import bisect_right
from enum import StrEnum
from functools import cache, lru_cache, partial

import msgspec
from precis_i18n import get_profile

from callroom_wire.errors import Refused
from callroom_wire.text import MAX_MARKS, cells

MAX_NAME = 24
"""Characters."""
MAX_NAME_CELLS = 32
"""Columns on a terminal."""

_KEPT = 4096  # names of which the forms are remembered; about 1 MiB

# fmt: off
RESERVED = frozenset({
    "10086", "admin", "administrator", "callroom", "everyone", "guest", "help",
    "here", "hotline", "house", "moderator", "nobody", "operator", "root",
    "robot", "server", "service", "staff", "support", "sysop", "system", "系统",
    "系統", "管理员", "管理員", "机器人", "機器人", "客服", "人工客服", "服务器", "服務器", "伺服器", "官方",
    "所有人", "大家", "主持人", "热线", "熱線",
})
"""Names that no person may take, nor any that is the same or looks like one."""
# fmt: on


class NameFault(StrEnum):
    """Which rule a name breaks: the `reason` of `Refused("name_bad")`."""

    EMPTY = "empty"
    TOO_LONG = "too_long"  # `limit` characters
    TOO_WIDE = "too_wide"  # `limit` columns
    CHARACTERS = (
        "characters"  # something that is no letter, digit or `_ - .`; `sign` if it is a single ASCII one
    )
    START = "start"  # it begins with `-` or `.`
    MARKS = "marks"  # more than `limit` combining marks in a row
    MIXED = "mixed"  # letters of alphabets that do not go together
    LATIN = "latin"  # all its letters look Latin, and none is
    RESERVED = "reserved"  # kept for the house


# Here PRECIS changes nothing and allows everything: ASCII, and the unified ideographs.
_plain = re.compile(r"[0-9A-Za-z_\u4e00-\u9fff][0-9A-Za-z_.\u4e00-\u9fff-]*").fullmatch
_bad_ascii = re.compile(r"[^0-9A-Za-z_.\x80-\U0010ffff-]").search
_preserved = get_profile("UsernameCasePreserved").enforce
_mapped = get_profile("UsernameCaseMapped").enforce
_decomposed = partial(unicodedata.normalize, "NFD")


@lru_cache(_KEPT)
def canonical(name: str) -> str:
    """The form of a person's name that is shown.

    Raises:
        Refused: `name_bad`, with the broken rule as `reason` (a `NameFault`), and its `limit` or the `sign`.
    """
    shown = _well_formed(name)
    if key(shown) in RESERVED or skeleton(shown) in _reserved_skeletons():
        raise Refused("name_bad", reason=NameFault.RESERVED)
    return shown


@lru_cache(_KEPT)
def canonical_room(name: str) -> str:
    """The form of a room's name that is shown, without one `#` before it; none is reserved.

    Raises as `canonical`.
    """
    return _well_formed(name.removeprefix("#"))


@lru_cache(_KEPT)
def key(name: str) -> str:
    """What two names have in common if they are the same name. `name` is a canonical one."""
    return name.lower() if _plain(name) else _mapped(name)


@lru_cache(_KEPT)
def skeleton(name: str) -> str:
    """What two names have in common if they look alike. `name` is a canonical one, or any text.

    Case does not tell names apart, so `i` stands for `I` and looks like `l`: `aIice` is `alice`, and `Ian` is
    `Lan`. That is rarely in the way, and what it costs then is to choose another name.
    """
    table = _ASCII_TWINS if name.isascii() else _twins()
    before = ""
    while name != before:  # what a twin stands for may fold, or have a twin, in turn
        before = name
        name = _decomposed(_decomposed(name.casefold()).translate(table))
    return name


def _well_formed(name: str) -> str:
    if not name:
        raise Refused("name_bad", reason=NameFault.EMPTY)
    if len(name) > MAX_NAME:
        raise Refused("name_bad", reason=NameFault.TOO_LONG, limit=MAX_NAME)
    if not _plain(name):
        name = _prepared(name)
    if cells(name) > MAX_NAME_CELLS:
        raise Refused("name_bad", reason=NameFault.TOO_WIDE, limit=MAX_NAME_CELLS)
    return name


def _prepared(name: str) -> str:
    """A name that is more than ASCII and ideographs, or bad."""
    if bad := _bad_ascii(name):
        raise Refused("name_bad", reason=NameFault.CHARACTERS, sign=bad[0] if bad[0].isprintable() else "")
    try:
        name = _preserved(name)
        _mapped(name)  # lower case may break the rules where upper case kept them
    except UnicodeEncodeError as fault:
        raise Refused("name_bad", reason=NameFault.CHARACTERS) from fault
    if len(name) > MAX_NAME:
        raise Refused("name_bad", reason=NameFault.TOO_LONG, limit=MAX_NAME)
    if bad := _bad_ascii(name):  # a full-width sign is an ASCII one by now
        raise Refused("name_bad", reason=NameFault.CHARACTERS, sign=bad[0])
    categories = "".join([unicodedata.category(char)[0] for char in name])
    if name[0] in "-." or categories[0] == "M":
        raise Refused("name_bad", reason=NameFault.START)
    if "M" * (MAX_MARKS + 1) in categories:
        raise Refused("name_bad", reason=NameFault.MARKS, limit=MAX_MARKS)
    scripts = {_script(char) for char in name} - {"COMMON", "INHERITED"}
    if len(scripts) > 1 and not any(scripts <= allowed for allowed in _TOGETHER):
        raise Refused("name_bad", reason=NameFault.MIXED)
    if "LATIN" not in scripts and _decomposed(name).translate(_twins()).isascii():
        raise Refused("name_bad", reason=NameFault.LATIN)
    return name


# --- scripts and twins, read when the first name needs them ---

_TOGETHER = (
    frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
)

# What `_twins` holds of the ASCII characters that a name may have, so that an ASCII name needs no table.
_ASCII_TWINS = str.maketrans({"0": "O", "1": "l", "I": "l", "i": "l", "m": "rn"})


class _Twin(msgspec.Struct):
    c: str


class _Scripts(msgspec.Struct):
    iso_15924_aliases: list[str]
    code_points_ranges: list[tuple[int, int, int, int]]


def _data(name: str) -> bytes:
    from importlib.resources import files  # here, for it takes 20 ms, and plain ASCII never needs it

    return (files("confusable_homoglyphs") / name).read_bytes()


@cache
def _reserved_skeletons() -> frozenset[str]:
    return frozenset(map(skeleton, RESERVED))


@cache
def _scripts() -> tuple[list[int], _Scripts]:
    scripts = msgspec.json.decode(_data("categories.json"), type=_Scripts)
    return [first for first, *_ in scripts.code_points_ranges], scripts


def _script(char: str) -> str:
    firsts, scripts = _scripts()
    _, last, script, _ = scripts.code_points_ranges[bisect_right(firsts, ord(char)) - 1]
    return scripts.iso_15924_aliases[script] if ord(char) <= last else "UNKNOWN"


@cache
def _twins() -> dict[int, str]:
    """The prototype of each character that has one: confusables.txt, as confusable_homoglyphs has it.

    The package keeps no direction: a prototype lists all its twins, a twin its one prototype. Where a
    prototype has one twin only, both list each other, and the smaller of the two stands for both.
    """
    lists = msgspec.json.decode(_data("confusables.json"), type=dict[str, list[_Twin]])
    table: dict[int, str] = {ord("i"): "l"}
    for char, twins in lists.items():
        if len(char) == 1 and len(twins) == 1:
            prototype = twins[0].c
            mutual = len(prototype) == 1 and len(lists[prototype]) == 1
            if not (mutual and char < prototype):
                table[ord(char)] = prototype.replace("\u200e", "")
    return table
