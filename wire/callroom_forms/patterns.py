r"""Patterns of slots: a part of regular expressions that can be counted, so that none can be slow.

    pattern = '1[3-9]\d{9}'

Allowed are characters, `.`, `\d \w \s` (and `\D \W \S`), `[...]`, groups, `|`, and `? * + {n} {n,} {n,m}`.
A backtracking matcher is slow where there are many ways to match the same text. So the ways are counted from
above: one for a character, the product along a sequence, the sum over alternatives, and for a repetition
the sum over how often it may be repeated, up to the longest entry. `\d+` has 64 ways, an e-mail address
64^3; `(\d+)+` and `(a|b)*` have more than there are atoms, and are refused. (The count is of paths, not of
ambiguities: `(a|b)*` would be harmless, and is better written `[ab]*`.) What may be empty is not repeated: a
matcher would do so in vain, `((){2000}){2000}` four million times.

The same is done on both sides of the wire: a house sends the patterns of its menus, and a client takes none
that could hang it.
"""

import re
from functools import lru_cache
from typing import NamedTuple

MAX_PATTERN = 200  # characters
MAX_ENTRY = 64  # characters of an entry that a pattern is tried on
MAX_WAYS = 300_000  # ways to match: some milliseconds at the very worst
_MANY = MAX_WAYS + 1
_LONG = MAX_ENTRY + 1  # longer than any entry: by how much makes no difference
MAX_DEPTH = 20  # groups within groups
_REMEMBERED = 1024  # patterns: as many slots as a house with many menus has

_CLASS = re.compile(r"\[\^?\]?(?:\\[dwsDWS\\\]\[^.+*?(){}|$/-]|[^\]\\\[])*\]")
_DOUBLED = re.compile(r"--|&&|~~|\|\|")  # re keeps these for set operations of the future
_ATOM = re.compile(r"\\[dwsDWS]|\\[^A-Za-z0-9]|[^\\\[\](){}|*+?^$]", re.DOTALL)
_REPEAT = re.compile(r"(?:([*+?])|\{(\d{1,4})(?:(,)(\d{0,4}))?\})")


class BadPattern(ValueError):  # noqa: N818 - named for what it is about, like re.error
    """A pattern that will not do; `reason` in English and Chinese."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english)
        self.reason = english, chinese


class Lengths(NamedTuple):
    """How many characters a pattern takes; `most` is over `MAX_ENTRY` where there is no end."""

    least: int
    most: int


class _Part(NamedTuple):
    """A part of a pattern: in how many ways it may match, and how many characters."""

    ways: int
    least: int
    most: int


_NOTHING = _Part(1, 0, 0)
_ONE = _Part(1, 1, 1)


@lru_cache(_REMEMBERED)
def lengths(pattern: str) -> Lengths:
    """How long an entry has to be for a pattern that `compiled` takes."""
    whole = _Counter(pattern).count()
    return Lengths(whole.least, whole.most)


@lru_cache(_REMEMBERED)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, for `fullmatch` on at most `MAX_ENTRY` characters.

    Raises:
        BadPattern: it is no pattern, or not of the part that is allowed, or could be slow.
    """
    if len(pattern) > MAX_PATTERN:
        raise BadPattern(f"it is over {MAX_PATTERN} characters", f"超过 {MAX_PATTERN} 个字符")
    if _Counter(pattern).count().ways > MAX_WAYS:
        raise BadPattern(
            "it could take for ever: do not repeat what is repeated or chosen inside",
            "匹配可能没完没了：不要重复本身含有重复或选择的部分",
        )
    try:
        return re.compile(pattern)
    except (re.error, OverflowError) as error:
        raise BadPattern(str(error), f"正则表达式错误({error})") from error


class _Counter:
    """Reads a pattern from the left, counting ways."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def count(self) -> _Part:
        whole = self._alternatives(0)
        if self._at < len(self._pattern):
            self._refuse()
        return whole

    def _alternatives(self, depth: int) -> _Part:
        ways, least, most = self._sequence(depth)
        while self._skip("|"):
            other = self._sequence(depth)
            ways, least, most = ways + other.ways, min(least, other.least), max(most, other.most)
        return _Part(min(ways, _MANY), least, most)

    def _sequence(self, depth: int) -> _Part:
        ways, least, most = _NOTHING
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            one = self._repeated(self._one(depth))
            ways = min(ways * one.ways, _MANY)
            least, most = min(least + one.least, _LONG), min(most + one.most, _LONG)
        return _Part(ways, least, most)

    def _one(self, depth: int) -> _Part:
        if self._skip("("):
            self._skip("?:")
            if depth > MAX_DEPTH:
                self._refuse()
            group = self._alternatives(depth + 1)
            if not self._skip(")"):
                self._refuse()
            return group
        match = _CLASS.match(self._pattern, self._at) or _ATOM.match(self._pattern, self._at)
        if match is None or (match[0].startswith("[") and _DOUBLED.search(match[0])):
            self._refuse()
            return _ONE
        self._at = match.end()
        return _ONE

    def _repeated(self, once: _Part) -> _Part:
        match = _REPEAT.match(self._pattern, self._at)
        if match is None:
            return once
        low, high = {"*": (0, _LONG), "+": (1, _LONG), "?": (0, 1)}.get(match[1] or "", (0, 0))
        if match[2]:
            low = int(match[2])
            high = low if match[3] is None else int(match[4] or _LONG)
        if high > 1 and once.least == 0:
            self._refuse()
        self._at = match.end()
        self._skip("?")  # lazy: other order, same ways
        least, most = min(once.least * low, _LONG), min(once.most * high, _LONG)
        last = max(low, min(high, MAX_ENTRY))  # what has no end is not repeated more often than that
        if once.ways == 1:
            return _Part(last - low + 1, least, most)
        ways = 0
        for times in range(low, last + 1):
            ways += once.ways ** min(times, MAX_ENTRY)
            if ways > MAX_WAYS:
                return _Part(_MANY, least, most)
        return _Part(max(ways, 1), least, most)

    def _skip(self, text: str) -> bool:
        if not self._pattern.startswith(text, self._at):
            return False
        self._at += len(text)
        return True

    def _refuse(self) -> None:
        rest = self._pattern[self._at : self._at + 12]
        raise BadPattern(f"it stops making sense at {rest or 'its end'}", f"从“{rest or '末尾'}”起无法理解")
