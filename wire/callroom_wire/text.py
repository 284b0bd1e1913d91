"""Safe text: what a person typed, made harmless for every terminal, log and door, and how wide it is shown.

What `clean` does, in this order. Doing it twice does no more than once, and costs next to nothing on a clean
text, so that every edge may do it again:

- A line break of any kind (CR LF, CR, LF, VT, FF, NEL, U+2028, U+2029) becomes LF in a text of many lines,
  and a space in others.
- Any other C0 control but TAB, DEL, C1 controls, halves of surrogate pairs and noncharacters become U+FFFD:
  seen, not obeyed.
- What is invisible and only carries hidden data (U+FEFF, U+FFF9 to U+FFFB, tags from U+E0000 on) is dropped.
- NFC. Then at most `MAX_MARKS` combining marks in a row; the rest of a run is dropped.
- In each line that holds bidi controls (UAX #9 2.1 to 2.6), closers without an opener and openers deeper than
  `MAX_BIDI_DEPTH` are dropped, what is open is closed, and the line is put between FSI and PDI: nothing of it
  can turn around what stands before or after it.
"""

import re
import unicodedata

MAX_MARKS = 4
MAX_BIDI_DEPTH = 8
REPLACEMENT = "\ufffd"

# Harmless in any order: printable, not marks, not bidi controls, and NFC leaves any string of them alone.
_HARMLESS = (
    "\t\x20-\x7e\xa0-\xac\xae-\u02ff"  # ASCII, Latin, IPA, letters that modify; without the soft hyphen
    "\u0388\u0389\u038a\u038c\u038e-\u03a1\u03a3-\u0482\u048a-\u052f"  # Greek, Cyrillic
    "\u2010-\u2027\u2030-\u205e\u20a0-\u20c0\u2190-\u2328\u232b-\u2429\u2440-\u244a\u2460-\u2adb\u2add-\u2b73"
    "\u3000-\u3029\u3030-\u303f\u3041-\u3096\u309b-\u30ff\u3105-\u312f\u3400-\u9fff\uac00-\ud7a3"  # CJK
    "\uff01-\uffdc\uffe0-\uffee\U0001f300-\U0001faff\U00020000-\U0002a6df"  # full width, emoji, rarer CJK
)
_suspicious = re.compile(f"[^{_HARMLESS}]").search
_suspicious_in_line = re.compile(f"[^\n{_HARMLESS}]").search

_BREAKS = "\n\x0b\x0c\r\x85\u2028\u2029"
_break = re.compile(f"\r\n|[{_BREAKS}]").sub
_PLANE_ENDS = "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
_UNSAFE = f"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef{_PLANE_ENDS}"
_unsafe = re.compile(f"[{_UNSAFE}]").sub
_hidden = re.compile("[\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]").sub

_FSI, _PDI, _PDF = "\u2068", "\u2069", "\u202c"
_ISOLATES = "\u2066\u2067\u2068"  # LRI RLI FSI
_EMBEDDINGS = "\u202a\u202b\u202d\u202e"  # LRE RLE LRO RLO
_CLOSERS = dict.fromkeys(_ISOLATES, _PDI) | dict.fromkeys(_EMBEDDINGS, _PDF)
_NESTING = f"{_ISOLATES}{_EMBEDDINGS}{_PDI}{_PDF}"
_bidi = re.compile(f"[\u061c\u200e\u200f{_NESTING}]").search
_nesting_or_text = re.compile(f"[{_NESTING}]|[^{_NESTING}]+").findall

_WIDE = (
    "\u3000-\u3029\u3030-\u303e\u3041-\u3096\u309b-\u30ff\u3105-\u312f"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60\uffe0-\uffe6"
)
_plain_width = re.compile(f"[\x20-\x7e{_WIDE}]*").fullmatch


def clean(text: str, multiline: bool = False) -> str:
    """Makes a text safe to keep, log and show anywhere, as the module says."""
    if text.isascii() and text.isprintable():
        return text
    if not (_suspicious_in_line if multiline else _suspicious)(text):
        return text
    text = _break("\n" if multiline else " ", text)
    text = _unsafe(REPLACEMENT, text)
    text = _hidden("", text)
    text = _few_marks(unicodedata.normalize("NFC", text))
    if not _bidi(text):
        return text
    return "\n".join([_isolated(line) if _bidi(line) else line for line in text.split("\n")])


def cells(text: str) -> int:
    """How many columns a clean line takes on a terminal; a TAB counts as one."""
    if text.isascii():
        return len(text)
    if _plain_width(text):
        return 2 * len(text) - len(text.encode("ascii", "ignore"))  # what is not ASCII here is wide
    from wcwidth import wcswidth  # here, for it takes 30 ms, and few texts need it

    return sum(wcswidth(part) + 1 for part in text.split("\t")) - 1


def _few_marks(text: str) -> str:
    marks = {char for char in set(text) if unicodedata.category(char) in ("Mn", "Me")}
    if not marks:
        return text
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if char in marks else 0
        if run <= MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def _isolated(line: str) -> str:
    """Balances the bidi controls of a line and isolates it as a whole, once."""
    if _is_isolate(line):
        return f"{_FSI}{_balanced(line[1:-1])}{_PDI}"
    line = _balanced(line)
    return f"{_FSI}{line}{_PDI}" if _bidi(line) else line


def _is_isolate(line: str) -> bool:
    """Whether the line is one isolate from its first character to its last."""
    if not (line.startswith(_FSI) and line.endswith(_PDI)):
        return False
    depth = 0
    for index, char in enumerate(line):
        if char in _ISOLATES:
            depth += 1
        elif char == _PDI:
            depth -= 1
            if depth == 0:
                return index == len(line) - 1
    return False


def _balanced(line: str) -> str:
    """Drops closers that close nothing and openers too deep, closes what is open (UAX #9, BD9, X1 to X8)."""
    parts: list[str] = []
    nest: list[tuple[str, bool]] = []  # the closer of each opener, and whether the opener was kept
    depth = isolates = 0
    for part in _nesting_or_text(line):
        if part in _CLOSERS:
            kept = depth < MAX_BIDI_DEPTH
            nest.append((_CLOSERS[part], kept))
            depth += kept
            isolates += _CLOSERS[part] == _PDI
            if kept:
                parts.append(part)
        elif part == _PDI:
            closer = "" if isolates else _PDI
            while closer != _PDI:  # an isolate's end closes the embeddings within it
                closer, kept = nest.pop()
                depth -= kept
                if kept:
                    parts.append(closer)
                isolates -= closer == _PDI
        elif part == _PDF:
            if nest and nest[-1][0] == _PDF:
                _, kept = nest.pop()
                depth -= kept
                if kept:
                    parts.append(part)
        else:
            parts.append(part)
    parts.extend(closer for closer, kept in reversed(nest) if kept)
    return "".join(parts)
