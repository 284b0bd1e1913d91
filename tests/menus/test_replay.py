from pathlib import Path

import msgspec
import pytest

from callroom_forms.form import Form
from callroom_menus import (
    Hangup,
    LookupDone,
    LookupFailed,
    LookupMissing,
    Menu,
    Return,
    Shelf,
    Silence,
    parse,
)
from callroom_menus.beside import Tables, load_with_called, tables_beside
from callroom_menus.replay import NOT_TAKEN, Parting, Replayed, exported, replayed, stand_in
from callroom_menus.slot import Slot
from callroom_menus.stats import END
from callroom_menus.transcript import play, read_transcripts
from menus_support import CHINESE, FULL, PLANS, TWO_KEYS
from record_support import BEGAN, recorded

MENU = parse(TWO_KEYS, "t.toml")
NONE = Tables({}, Path())


def edited(*changes: tuple[str, str]) -> Menu:
    text = TWO_KEYS
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return parse(text, "t.toml")


def big() -> Shelf:
    return Shelf([parse(FULL, "t.toml", {"t.zh.toml": CHINESE}), parse(PLANS, "plans.toml")], "t")


@pytest.mark.parametrize(
    "entries",
    [
        ("1", "1", "exit"),
        ("x", Silence(), "z"),
        ("7", Return(), "2", Hangup()),
        ("uno", "*", "1*"),
        ("unos", "1", "9"),
        (),
    ],
)
def test_the_same_menu_changes_nothing(entries: tuple[str | Silence | Return | Hangup, ...]) -> None:
    it = replayed(MENU, recorded(MENU, "a", *entries), NONE)
    assert (it.outcome, it.parting, it.guessed, it.ended) == ("same", None, False, it.would_end)
    assert (it.call, it.at) == ("a", BEGAN)


@pytest.mark.parametrize(
    "answer", [LookupDone(0, {"balance": "5"}), LookupMissing(0), LookupFailed(1, "down")]
)
def test_look_ups_and_masked_slots_are_played_as_they_came(
    answer: LookupDone | LookupMissing | LookupFailed,
) -> None:
    it = replayed(big(), recorded(big(), "a", "1", "13800138000", "1", answer, "2", Hangup()), NONE)
    assert it.outcome == "same"
    assert it.guessed


def test_a_key_that_leads_elsewhere() -> None:
    new = edited(('keys.1 = { label = "one", goto = "one"', 'keys.1 = { label = "one", goto = "two"'))
    assert replayed(new, recorded(MENU, "a", "1", "1", "exit"), NONE) == Replayed(
        "a", BEGAN, 4, "other_way", END, END, False, Parting("main", "1", "key", "one", "key", "two")
    )
    it = replayed(new, recorded(MENU, "a", "1", Hangup()), NONE)
    assert (it.outcome, it.ended, it.would_end) == ("elsewhere", "one", "two")


def test_a_word_that_is_no_longer_understood() -> None:
    new = edited((', words = ["uno", "number one"]', ""), (', words = ["dos", "number"]', ""))
    it = replayed(new, recorded(MENU, "a", "uno", Hangup()), NONE)
    assert it.parting == Parting("main", "uno", "word", "one", "no_match", "main")
    assert (it.outcome, it.would_end) == ("elsewhere", "main")


def test_one_that_is_understood_now() -> None:
    new = edited(('"uno"', '"uno", "eins"'))
    it = replayed(new, recorded(MENU, "a", "eins", Hangup()), NONE)
    assert it.parting == Parting("main", "eins", "no_match", "main", "word", "one")


def test_a_menu_that_ends_too_soon_or_not_at_all() -> None:
    new = edited(('keys.8 = { label = "end", do = "end" }', 'keys.8 = { label = "top", do = "top" }'))
    it = replayed(new, recorded(MENU, "a", "1", "1", "8"), NONE)
    assert (it.outcome, it.ended, it.would_end) == ("elsewhere", END, "main")
    assert it.parting == Parting("deep", "8", "key", END, "key", "main")
    it = replayed(MENU, recorded(new, "a", "1", "1", "8", Hangup()), NONE)
    assert (it.outcome, it.ended, it.would_end) == ("elsewhere", "main", END)


def test_an_input_that_is_not_taken() -> None:
    new = edited(("timeout = 5", "timeout = 0"), ('no_input = ["hm?"]\n', ""))
    it = replayed(new, recorded(MENU, "a", Silence(), Silence(), Silence()), NONE)
    assert (it.outcome, it.ended, it.would_end) == ("elsewhere", END, "main")
    assert it.parting == Parting("main", "", "no_input", END, NOT_TAKEN, "main")


def test_what_a_look_up_finds_comes_from_the_tables_beside(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text(FULL.replace(", mask = true", ""), "utf-8")
    (tmp_path / "t.zh.toml").write_text(CHINESE, "utf-8")
    (tmp_path / "plans.toml").write_text(PLANS, "utf-8")
    source = '[source.accounts]\nkind = "csv"\nfile = "a.csv"\nkey = "phone"\n'
    (tmp_path / "sources.toml").write_text(source, "utf-8")
    (tmp_path / "a.csv").write_text("phone,balance\n13800138000,77.70\n", "utf-8")
    shelf, tables = load_with_called(tmp_path / "t.toml"), tables_beside(tmp_path / "t.toml")
    turns = recorded(shelf, "a", "1", "13800138000", "1", LookupDone(0, {"balance": "1"}), Hangup())
    assert any("77.70" in line for line in exported(shelf, turns, tables))
    assert replayed(shelf, turns, tables).outcome == "same"


def test_an_exported_call_keeps_the_time_of_day() -> None:
    turns = recorded(MENU, "a", "1", "exit")
    late = [*turns[:2], msgspec.structs.replace(turns[2], at=BEGAN + 7200)]
    lines = exported(MENU, late, NONE)
    assert [line for line in lines if line.startswith("(")] == [
        "(clock 2026-01-01T01:00+00:00)",
        "(clock 2026-01-01T03:00+00:00)",
    ]


def test_an_exported_call_is_a_transcript_that_holds() -> None:
    for entries in (("1", "x", Silence(), "1", "exit"), ("7", Return(), "uno", Hangup())):
        text = "\n".join(exported(MENU, recorded(MENU, "a-1", *entries), NONE))
        (transcript,) = read_transcripts(text, "a.chat")
        assert transcript.name == "a-1"
        assert play(MENU, transcript) == ()
    turns = recorded(big(), "b", "1", "13800138000", "1", LookupMissing(0), Hangup())
    text = "\n".join(exported(big(), turns, NONE))
    assert "(lookup not_found)" in text
    assert play(big(), read_transcripts(text, "b.chat")[0]) == ()


@pytest.mark.parametrize("kind", ["digits", "number", "date", "phone", "amount", "text"])
def test_a_stand_in_fits(kind: str) -> None:
    assert Slot("x", Form(kind=kind)).read(stand_in(Slot("x", Form(kind=kind)))) is not None


def test_a_stand_in_of_a_length_or_none() -> None:
    assert len(stand_in(Slot("x", Form(kind="digits", length=17)))) == 17
    assert stand_in(Slot("x", Form(kind="digits", length=60))) == ""
