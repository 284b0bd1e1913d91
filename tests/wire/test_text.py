"""Hostile texts come out harmless; harmless ones come out as they were."""

import unicodedata

import pytest
import wcwidth
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_wire import text as text_module
from callroom_wire.text import MAX_BIDI_DEPTH, MAX_MARKS, cells, clean

FSI, LRI, RLI, PDI = "\u2068", "\u2066", "\u2067", "\u2069"
LRE, RLE, LRO, RLO, PDF = "\u202a", "\u202b", "\u202d", "\u202e", "\u202c"

HOSTILE = "\x00\x07\x1b\t\n\r\x7f\x85\x9b\u2028\u2029\ud800\udfff\ufeff\ufff9\ufffe\U000e0041" + (
    "\u0300\u0301\u0345\u0489\u3099\u0e31\u1100\u1161\u11a8\u200d\ufe0f\u212b\u0f71\u0f72\u0344\u115f"
)
nasty = st.text(
    st.sampled_from(
        HOSTILE + FSI + LRI + RLI + PDI + LRE + RLE + LRO + RLO + PDF + "\u061c\u200e\u200f" + "aé小א1 "
    )
    | st.characters(),
    max_size=30,
)


@settings(max_examples=300)
@given(nasty, st.booleans())
def test_clean_twice_is_clean_once(text: str, multiline: bool) -> None:
    once = clean(text, multiline)
    assert clean(once, multiline) == once


@settings(max_examples=300)
@given(nasty, st.booleans())
def test_nothing_unsafe_comes_through(text: str, multiline: bool) -> None:
    got = clean(text, multiline)
    got.encode()  # no surrogates
    assert unicodedata.is_normalized("NFC", got)
    allowed = "\t\n" if multiline else "\t"
    for char in got:
        assert unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") or char in allowed
    run = 0
    for char in got:
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        assert run <= MAX_MARKS


@settings(max_examples=300)
@given(nasty)
def test_bidi_controls_are_closed_and_isolated(text: str) -> None:
    got = clean(text)
    nest: list[str] = []
    for index, char in enumerate(got):
        if char in FSI + LRI + RLI:
            nest.append(PDI)
        elif char in LRE + RLE + LRO + RLO:
            nest.append(PDF)
        elif char in PDI + PDF:
            assert nest.pop() == char
        assert nest or char not in "\u061c\u200e\u200f"
        assert len(nest) <= MAX_BIDI_DEPTH + 1
        if nest == [] and FSI in got:
            assert index == len(got) - 1
    assert nest == []


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain", "plain"),
        ("\x1b]52;c;ZXZpbA==\x07", "\ufffd]52;c;ZXZpbA==\ufffd"),
        ("\x1b[2J\x9b31m", "\ufffd[2J\ufffd31m"),
        ("a\rPRIVMSG #x :spoof", "a PRIVMSG #x :spoof"),
        ("a\r\nb\x85c\u2028d", "a b c d"),
        ("tab\tstays", "tab\tstays"),
        ("nul\0", "nul\ufffd"),
        ("\ud800half", "\ufffdhalf"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("e\u0301", "é"),
        ("Z\u0351\u036b\u0344\u036a\u0302\u036b", "Z\u0351\u036b\u0308\u0301"),
        ("see \u202egpj.exe", f"{FSI}see {RLO}gpj.exe{PDF}{PDI}"),
        ("stray\u2069\u202c", "stray"),
        (f"{FSI}whole{PDI}", f"{FSI}whole{PDI}"),
        (f"{FSI}two{PDI} of {FSI}them{PDI}", f"{FSI}{FSI}two{PDI} of {FSI}them{PDI}{PDI}"),
        (f"{LRI}{RLE}x{PDI}y", f"{FSI}{LRI}{RLE}x{PDF}{PDI}y{PDI}"),
        (f"{RLE}{LRI}{PDF}x{PDI}", f"{FSI}{RLE}{LRI}x{PDI}{PDF}{PDI}"),
        ("shalom\u200f!", f"{FSI}shalom\u200f!{PDI}"),
        ("hid\U000e0064\ufeffden", "hidden"),
        ("👨\u200d👩\u200d👧 ❤\ufe0f", "👨\u200d👩\u200d👧 ❤\ufe0f"),
        ("欢迎致电，请按 1", "欢迎致电，请按 1"),
    ],
)
def test_a_line(text: str, safe: str) -> None:
    assert clean(text) == safe


def test_many_lines_keep_their_breaks_and_each_is_isolated_for_itself() -> None:
    assert clean("a\r\nb\rc\u2029d", multiline=True) == "a\nb\nc\nd"
    assert clean(f"x{RLO}y\nz", multiline=True) == f"{FSI}x{RLO}y{PDF}{PDI}\nz"


def test_nesting_is_bounded() -> None:
    got = clean(RLO * 2000 + "x")
    assert got.count(RLO) == MAX_BIDI_DEPTH
    assert len(got) == 2 * MAX_BIDI_DEPTH + 3


def test_what_passes_unseen_is_harmless_in_any_order() -> None:
    """The quick way out of `clean` is taken by no character that NFC, a terminal or bidi would change."""
    suspicious = text_module._suspicious  # pyright: ignore[reportPrivateUsage]
    unseen = [char for char in map(chr, range(0x110000)) if not suspicious(char)]
    seconds: set[str] = set()  # what NFC joins to the character before
    for char in map(chr, range(0x110000)):
        parts = unicodedata.decomposition(char).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            seconds.add(chr(int(parts[1], 16)))
    assert seconds.isdisjoint(unseen)
    for char in unseen:
        assert char == "\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp")
        assert unicodedata.normalize("NFC", char) == char


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("hotline", 7),
        ("大厅", 4),
        ("10086 热线", 10),
        ("ｗｉｄｅ", 8),
        ("é", 1),
        ("e\u0327\u0301", 1),
        ("a\t大é", 5),
        ("😀", 2),
    ],
)
def test_cells(text: str, width: int) -> None:
    assert cells(text) == width


@given(st.text(st.sampled_from("az09 ，。「」〈〉大厅ひカ가ｱＡ￥…—·é😀"), max_size=20))
def test_cells_agree_with_wcwidth(text: str) -> None:
    assert cells(text) == wcwidth.wcswidth(text)
