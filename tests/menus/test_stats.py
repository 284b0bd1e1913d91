import msgspec

from callroom_menus import Hangup, LookupDone, LookupFailed, LookupMissing, Menus, Return, Silence, parse
from callroom_menus.record import calls
from callroom_menus.stats import END, Figures, Step, Typed, figures
from menus_support import CHINESE, FULL, PLANS, TWO_KEYS
from record_support import recorded, together

MENU = parse(TWO_KEYS, "t.toml")
BIG = parse(FULL, "t.toml", {"t.zh.toml": CHINESE})


def test_visits_steps_and_where_callers_left() -> None:
    (it,) = figures(
        together(
            recorded(MENU, "a", "1", "1", "exit"),
            recorded(MENU, "b", "1", Hangup()),
            recorded(MENU, "c", "uno", "*", Hangup()),
        )
    )
    assert (it.menu, it.calls, it.ended, it.turns, it.average) == ("t", 3, 1, 8, 8 / 3)
    assert it.visits == {"main": 4, "one": 3, "deep": 1}
    assert it.hangups == {"one": 1, "main": 1}
    assert set(it.steps) == {
        Step("", "start", "main", 3),
        Step("main", "keys.1", "one", 2),
        Step("main", "word", "one", 1),
        Step("one", "keys.1", "deep", 1),
        Step("one", "global.*", "main", 1),
        Step("deep", "exit", END, 1),
    }


def test_what_leaves_a_call_where_it_is_is_no_visit() -> None:
    (it,) = figures(recorded(MENU, "a", "x", Silence(), "1", "7", Return(), Hangup()))
    assert it.visits == {"main": 1, "one": 1}
    assert it.turns == 6
    (it,) = figures(recorded(MENU, "a", "x", "y", "z"))
    assert it.steps == (Step("", "start", "main", 1), Step("main", "no_match", END, 1))


def test_what_was_not_understood_most_often_first() -> None:
    turns = [*recorded(MENU, "a", "ＸＹＺ", "1", "xyz"), *recorded(MENU, "b", "what?", "", "y" * 999)]
    (it,) = figures(turns)
    assert it.no_match == (
        Typed("main", "xyz", 1),
        Typed("one", "xyz", 1),
        Typed("main", "what?", 1),
        Typed("main", "y" * 60, 1),
    )


def looked(menus: Menus, name: str, *answers: LookupDone | LookupMissing | LookupFailed) -> Figures:
    (it,) = figures(recorded(menus, name, "1", "13800138000", "1", *answers, Hangup()))
    return it


def test_look_ups_and_why_they_failed() -> None:
    assert looked(BIG, "a", LookupDone(0, {"balance": "1"})).answers == {"balance": {"found": 1}}
    assert looked(BIG, "a", LookupMissing(0)).answers == {"balance": {"not_found": 1}}
    it = looked(BIG, "a", LookupFailed(1, "the host is down"))
    assert it.answers == {"balance": {"error": 1}}
    assert it.reasons == {"the host is down": 1}


def test_masked_slots_leave_no_text() -> None:
    (it,) = figures(recorded(BIG, "a", "1", "12345", "00000", Hangup()))
    assert it.no_match == ()
    assert "12345" not in repr(it)


def test_menus_are_told_apart_and_one_can_be_asked_for() -> None:
    other = parse(PLANS, "plans.toml")
    turns = together(recorded(MENU, "a", "1"), recorded(other, "b", "1"), recorded(other, "c"))
    assert [(it.menu, it.calls) for it in figures(turns)] == [("plans", 2), ("t", 1)]
    assert [it.menu for it in figures(turns, "t")] == ["t"]
    assert figures([]) == ()
    assert [*calls(turns)] == ["a", "b", "c"]


def test_figures_survive_json() -> None:
    (it,) = figures(recorded(MENU, "a", "x", "1", "exit"))
    assert msgspec.json.decode(msgspec.json.encode(it), type=Figures) == it
