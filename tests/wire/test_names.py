"""Names: who may be called what, and which names are the same or look it."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callroom_wire import names
from callroom_wire.errors import Refused
from callroom_wire.names import MAX_NAME, RESERVED, NameFault, canonical, canonical_room, key, skeleton


def fault(name: str) -> str:
    with pytest.raises(Refused) as caught:
        canonical(name)
    assert caught.value.code == "name_bad"
    return str(caught.value.params["reason"])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("alice", "alice"),
        ("Alice_B-2.0", "Alice_B-2.0"),
        ("小明", "小明"),
        ("小明2号", "小明2号"),
        ("ＡＢＣ", "ABC"),
        ("e\u0301lodie", "élodie"),
        ("Иван", "Иван"),
        ("さくら姫", "さくら姫"),
        ("김철수", "김철수"),
        ("שלום", "שלום"),
        ("नमस्ते", "नमस्ते"),
        ("x" * MAX_NAME, "x" * MAX_NAME),
        ("小" * 16, "小" * 16),
        ("guest-17", "guest-17"),
    ],
)
def test_good_names(name: str, shown: str) -> None:
    assert canonical(name) == shown
    assert canonical(shown) == shown
    assert key(key(shown)) == key(shown)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", NameFault.EMPTY),
        ("x" * 25, NameFault.TOO_LONG),
        ("x" * 1_000_000, NameFault.TOO_LONG),
        ("小" * 17, NameFault.TOO_WIDE),
        ("a b", NameFault.CHARACTERS),
        ("小\u3000明", NameFault.CHARACTERS),
        ("bob@home", NameFault.CHARACTERS),
        ("bob＠home", NameFault.CHARACTERS),
        ("#room", NameFault.CHARACTERS),
        ("/quit", NameFault.CHARACTERS),
        ("[@click=app.quit]", NameFault.CHARACTERS),
        ("a\x1b[2J", NameFault.CHARACTERS),
        ("a\nb", NameFault.CHARACTERS),
        ("\u202ealice", NameFault.CHARACTERS),
        ("ali\u200bce", NameFault.CHARACTERS),
        ("ali\u200fce", NameFault.CHARACTERS),
        ("\ud800", NameFault.CHARACTERS),
        ("😀", NameFault.CHARACTERS),
        ("ﬁona", NameFault.CHARACTERS),
        ("שa", NameFault.CHARACTERS),
        ("-rf", NameFault.START),
        (".x", NameFault.START),
        ("\u0301x", NameFault.START),
        ("q\u0323\u0324\u0325\u0326\u0327", NameFault.MARKS),
        ("аlice", NameFault.MIXED),
        ("Αdam", NameFault.MIXED),
        ("МАХ", NameFault.LATIN),
        ("асе", NameFault.LATIN),
        ("admin", NameFault.RESERVED),
        ("ADMIN", NameFault.RESERVED),
        ("ＲＯＯＴ", NameFault.RESERVED),
        ("adrnin", NameFault.RESERVED),
        ("1OO86", NameFault.RESERVED),
        ("系统", NameFault.RESERVED),
    ],
)
def test_bad_names(name: str, reason: NameFault) -> None:
    assert fault(name) == reason


def test_the_refusal_names_limit_and_sign() -> None:
    with pytest.raises(Refused) as caught:
        canonical("a/b")
    assert caught.value.params == {"reason": "characters", "sign": "/"}
    with pytest.raises(Refused) as caught:
        canonical("x" * 25)
    assert caught.value.params == {"reason": "too_long", "limit": 24}


def test_rooms_drop_one_hash_and_reserve_nothing() -> None:
    assert canonical_room("#大厅") == canonical_room("大厅") == "大厅"
    assert canonical_room("help") == "help"
    for bad in ("##x", "#", "a b", "@bob"):
        with pytest.raises(Refused):
            canonical_room(bad)


def test_reserved_names_are_refused_in_every_case_and_are_well_formed() -> None:
    for name in RESERVED:
        assert fault(name) == NameFault.RESERVED
        assert fault(name.upper()) == NameFault.RESERVED
        assert canonical_room(name) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice", "ALICE"),
        ("Straße", "STRASSE"),
        ("İx", "i\u0307x"),
        ("alice", "aIice"),
        ("bob0", "bobO"),
        ("Tom", "Torn"),
        ("rоsа", "rosa"),
        ("paypal", "pаypаl"),
        ("user1", "userl"),
        ("カ", "力"),
        ("口", "ロ"),
        ("值日", "値日"),
    ],
)
def test_look_alikes_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("alice", "alina"), ("小明", "小朋"), ("e", "é"), ("van", "nan")])
def test_others_have_not(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def let_through(name: str) -> str | None:
    try:
        return canonical(name)
    except Refused:
        return None


def letters() -> list[str]:
    """Every cased character there is, and every 7th of the others: all of them would take too long."""
    every = map(chr, range(0x110000))
    return [char for char in every if char.lower() != char or (ord(char) % 7 == 0 and char.isalnum())]


def test_folding_twice_is_folding_once_and_the_same_key_has_the_same_skeleton() -> None:
    for shown in filter(None, map(let_through, letters())):
        folded = key(shown)
        assert key(folded) == folded
        assert skeleton(folded) == skeleton(shown)
        assert skeleton(skeleton(shown)) == skeleton(shown)


@settings(max_examples=200)
@given(
    st.text(
        st.characters(exclude_categories=["Cs"]) | st.sampled_from("aIl10Omаеι小力カ_-.\u0301"),
        max_size=MAX_NAME + 2,
    )
)
def test_whatever_is_let_through_is_sound(name: str) -> None:
    assert skeleton(skeleton(name)) == skeleton(name)
    shown = let_through(name)
    if shown is None:
        return
    assert canonical(shown) == shown
    assert shown.isprintable()
    assert " " not in shown
    assert len(shown) <= MAX_NAME
    assert unicodedata.is_normalized("NFC", shown)
    assert key(key(shown)) == key(shown)
    assert skeleton(key(shown)) == skeleton(shown)


def test_ascii_names_need_no_table() -> None:
    table = names._twins()  # pyright: ignore[reportPrivateUsage]
    for char in "0123456789_.-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz":
        assert names._ASCII_TWINS.get(ord(char)) == table.get(ord(char))  # pyright: ignore[reportPrivateUsage]
